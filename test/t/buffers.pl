# A scan leaves shared buffers as a sequential scan does: a big table passes through a few of them.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;

my $node = start_server('buffers', conf => "shared_buffers = 16MB\nmax_parallel_workers = 8\n");
plan skip_all => 'this server has no pg_buffercache' if !has_extension($node, 'pg_buffercache');
script($node, <<'SQL');
CREATE EXTENSION pg_buffercache;
CREATE TABLE t AS SELECT i, repeat('pad', 100) AS pad, 'v' || i % 1000 AS x, i % 3 AS y FROM generate_series(1, 200000) i;
VACUUM t;
SQL
my $buffers = q{SELECT count(*) FROM pg_buffercache WHERE relfilenode = pg_relation_filenode('t') AND relforknumber = 0};
$node->restart;
my $pages = one_value($node, q{SELECT pg_relation_size('t') / 8192});
for my $workers (0, 4)
{
	$node->restart;
	script($node, "SET gpu_encode.max_workers = $workers; SELECT count(*) FROM gpu_encode.label_encode('t', 'x')");
	my $left = one_value($node, $buffers);
	# a ring is 256 kB (32 buffers) for each process that scans; some releases make it larger
	cmp_ok($left, '<', 0.05 * $pages + 64 * ($workers + 1), "$workers workers leave $left of $pages pages in shared buffers");
}
$node->stop;
done_testing();
