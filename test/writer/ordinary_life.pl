# A table of finished pages lives as any other: statistics, autovacuum, updates and deletes, HOT, VACUUM, FREEZE, indexes,
# dump and restore, all as its twin that was written row by row.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;
use GeWriter;

my $node = writer_server('life', conf => "autovacuum_naptime = 1s\nautovacuum_vacuum_insert_threshold = 500\n");
my @shapes = ('narrow', 'wide');
my $rows = 5000;

sub of_twins
{
	my ($shape, $what) = @_;
	return [ map { one_value($node, $what =~ s/TABLE/${shape}_$_/gr) } 'pages', 'rows' ];
}

# like_twin($shape, $what, $name): what a query says of TABLE is the same for both; returns it
sub like_twin
{
	my ($shape, $what, $name) = @_;
	my ($pages, $rows) = @{ of_twins($shape, $what) };
	is($pages, $rows, "$shape: $name");
	return $pages;
}

my $counters = q{SELECT concat_ws(' ', 'inserted', n_tup_ins, 'updated', n_tup_upd, 'hot', n_tup_hot_upd, 'deleted', n_tup_del, 'live', n_live_tup,
	'dead', n_dead_tup, 'modified', n_mod_since_analyze, 'since vacuum', n_ins_since_vacuum) FROM pg_stat_all_tables WHERE relid = 'TABLE'::regclass};

for my $shape (@shapes)
{
	script($node, "SELECT make_$shape('$shape', $rows)");
	script($node, encode($shape, "${shape}_pages"));
	script($node, encode($shape, "${shape}_rows", way => 'off'));
	is_deeply(of_twins($shape, q{SELECT written_by('TABLE')}), [ 'pages', 'rows' ], "$shape: both ways are taken");
	is(one_value($node, $counters =~ s/TABLE/${shape}_pages/r),
		"inserted $rows updated 0 hot 0 deleted 0 live $rows dead 0 modified $rows since vacuum $rows", "$shape: the rows are counted");

	# nothing of what only VACUUM may make
	is(one_value($node, "SELECT pg_relation_size('${shape}_pages', 'fsm') + pg_relation_size('${shape}_pages', 'vm')"), 0, "$shape: no maps");
	is(one_value($node, qq{SELECT count(*) FROM generate_series(0, pg_relation_size('${shape}_pages') / 8192 - 1) b,
		get_raw_page('${shape}_pages', b) page, page_header(page) h, heap_page_items(page)
		WHERE t_xmin <> (SELECT xmin FROM pg_class WHERE oid = '${shape}_pages'::regclass) OR t_infomask & x'0F00'::int <> x'0800'::int OR t_xmax <> 0 OR h.flags <> 0}),
		0, "$shape: own transaction, nothing frozen, no hint, no page flag");
	like(like_twin($shape, q{SELECT string_agg(DISTINCT t_field3::text, ' ') FROM heap_page_items(get_raw_page('TABLE', 0))}, 'the same command'),
		qr/^[1-9]\d*$/, "$shape: one command, after that of CREATE TABLE");
	is(one_value($node, "SELECT bad_pages('${shape}_pages')"), '', "$shape: good pages");
}

# updates and deletes; HOT needs room on the page, which deletes and VACUUM make
for my $shape (@shapes)
{
	script($node, "DELETE FROM ${shape}_$_ WHERE id % 4 = 0; VACUUM ${shape}_$_; UPDATE ${shape}_$_ SET y = y + 10 WHERE id % 8 = 1;
		UPDATE ${shape}_$_ SET id = -id WHERE id % 16 = 9; DELETE FROM ${shape}_$_ WHERE id = 777") for 'pages', 'rows';
	my $counted = like_twin($shape, $counters, 'counted alike after updates');
	like($counted, qr/ hot [1-9]/, "$shape: some updates are HOT");
	like_twin($shape, q{SELECT rows_digest('TABLE')}, 'the same rows after updates');
	like_twin($shape, q{SELECT pg_relation_size('TABLE', 'vm')}, 'a map of visible pages after VACUUM');
	is(one_value($node, "SELECT bad_pages('${shape}_pages')"), '', "$shape: good pages after updates");
}

# VACUUM FREEZE freezes every row; inserts, an index and CLUSTER afterwards
for my $shape (@shapes)
{
	script($node, "VACUUM (FREEZE, ANALYZE) ${shape}_$_; INSERT INTO ${shape}_$_ SELECT * FROM ${shape}_$_ LIMIT 1000") for 'pages', 'rows';
	is(one_value($node, qq{SELECT count(*) FILTER (WHERE infomask & 768 = 0) FROM tuples('${shape}_pages') WHERE data IS NOT NULL}), 1000,
		"$shape: all but new rows are frozen");
	is(one_value($node, qq{SELECT age(relfrozenxid) < 10 FROM pg_class WHERE oid = '${shape}_pages'::regclass}), 't', "$shape: nothing keeps old transactions");
	script($node, "CREATE INDEX ${shape}_$_ ON ${shape}_$_ (id); CLUSTER ${shape}_$_ USING ${shape}_$_\_id" =~ s/INDEX (\w+) ON/INDEX $1_id ON/r) for 'pages', 'rows';
	my $indexed = q{SET enable_seqscan = off; SET enable_bitmapscan = off; SELECT count(*) || ' ' || sum(y) FROM TABLE WHERE id BETWEEN 100 AND 200};
	is_deeply(of_twins($shape, $indexed), of_twins($shape, $indexed =~ s/= off/= on/gr), "$shape: an index finds the rows");
	like_twin($shape, $indexed, 'the same rows by index');
	is(one_value($node, "SELECT bad_pages('${shape}_pages')"), '', "$shape: good pages after CLUSTER");
}

# dump and restore, from tables as they were written
$node->safe_psql('postgres', 'CREATE DATABASE restored');
for my $shape (@shapes)
{
	script($node, encode($shape, "${shape}_dumped"));
	my $dump = PostgreSQL::Test::Utils::tempdir() . "/$shape.sql";
	command_ok([ 'pg_dump', '--no-sync', '-t', "${shape}_dumped", '-f', $dump, $node->connstr('postgres') ], "$shape: pg_dump");
	command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-f', $dump, $node->connstr('restored') ], "$shape: restore");
	# COPY puts wide rows where there is room
	my $rows = "SELECT count(*) || ' ' || md5(string_agg(o::text, ',' ORDER BY id)) FROM ${shape}_dumped o";
	is(one_value($node, $rows, 'restored'), one_value($node, $rows), "$shape: the same rows are restored");
}

# autovacuum comes for the rows that were written, and for statistics of them
script($node, "SELECT rows FROM encode_table('narrow', 'for_autovacuum'); ALTER SYSTEM SET autovacuum = on; SELECT pg_reload_conf()");
ok($node->poll_query_until('postgres', q{SELECT autovacuum_count > 0 AND autoanalyze_count > 0 FROM pg_stat_all_tables WHERE relname = 'for_autovacuum'}),
	'autovacuum and autoanalyze come');
is(one_value($node, q{SELECT reltuples FROM pg_class WHERE relname = 'for_autovacuum'}), $rows, 'and count the rows');
$node->stop;
checksums_ok($node, 'checksums hold');
done_testing();
