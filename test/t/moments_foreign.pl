# Statistics as values across servers: postgres_fdw pushes the aggregates down, and the parts make the bits of one server.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;

my $node = start_server('moments_local');
if (!has_extension($node, 'postgres_fdw'))
{
	$node->stop;
	plan skip_all => 'this server has no postgres_fdw';
}
load_testlib($node);
my $rows = q{SELECT i, 'c' || i * i % 101 AS c, CASE WHEN i % 10 > 0 THEN sin(i) * 1000 END AS y, i % 3 = 0 AS b, (i % 4)::float8 AS w FROM generate_series(1, 20000) i};
script($node, "CREATE EXTENSION postgres_fdw; CREATE TABLE whole AS $rows; CREATE TABLE parts (i integer, c text, y float8, b boolean, w float8) PARTITION BY RANGE (i)");

# two servers hold a half each
my @others;
for my $part (0, 1)
{
	my $other = start_server("moments_other_$part");
	my ($from, $to) = (1 + 10000 * $part, 10001 + 10000 * $part);
	push @others, $other;
	script($other, "CREATE TABLE half AS SELECT * FROM ($rows) r WHERE i >= $from AND i < $to");
	my ($host, $port) = ($other->host, $other->port);
	script($node, <<"SQL");
CREATE SERVER other_$part FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '$host', port '$port', dbname 'postgres', extensions 'gpu_encode', async_capable 'true');
CREATE USER MAPPING FOR CURRENT_USER SERVER other_$part;
CREATE FOREIGN TABLE half_$part PARTITION OF parts FOR VALUES FROM ($from) TO ($to) SERVER other_$part OPTIONS (table_name 'half');
SQL
}

# remote_queries QUERY: what a plan sends to other servers
sub remote_queries
{
	my ($query) = @_;
	my $plan = $node->safe_psql('postgres', "EXPLAIN (VERBOSE, COSTS off) $query");
	return ($plan, $plan =~ /Remote SQL: (.*)/g);
}

my $learn = 'SELECT gpu_encode.category_text(c) AS c, gpu_encode.fold_of(5, 42, c) AS fold, gpu_encode.moments(y) AS m, gpu_encode.moments(b, w) AS n, gpu_encode.exact_sum(y) AS s FROM %s GROUP BY 1, 2';
for my $aggregate ('gpu_encode.moments(y)', 'gpu_encode.moments(y, w)', 'gpu_encode.moments(b)', 'gpu_encode.exact_sum(y)', 'gpu_encode.exact_avg(y)', 'gpu_encode.moments(y) FILTER (WHERE b)')
{
	my ($plan, @sent) = remote_queries("SELECT gpu_encode.category_text(c), $aggregate FROM half_0 GROUP BY 1");
	like($sent[0], qr/gpu_encode\.category_text\(c\), gpu_encode\.\w+\(.*GROUP BY/, "$aggregate is computed where the rows are");
}
my $union = join(' UNION ALL ', map { sprintf($learn, "half_$_") } 0, 1);
my ($plan, @sent) = remote_queries("SELECT * FROM ($union) u");
is(scalar(grep { /GROUP BY/ } @sent), 2, 'one query a server, which sends a row for each category and fold');
like($plan, qr/Async Foreign Scan/, 'both servers work at once');

# the rows that crossed the wire, and what became of them
my $answer = $node->safe_psql('postgres', "EXPLAIN (ANALYZE, VERBOSE, COSTS off, TIMING off, SUMMARY off) SELECT * FROM ($union) u");
my $crossed = 0;
$crossed += $_ for $answer =~ /Foreign Scan.*rows=(\d+)/g;
is($crossed, $node->safe_psql('postgres', "SELECT count(*) FROM ($union) u"), 'no more rows cross the wire');
cmp_ok($crossed, '<=', 202, 'one for each category of each server');
is(one_value($node, "SELECT testlib.same('SELECT c, fold, gpu_encode.merge(m), gpu_encode.merge(n) FROM ($union) u GROUP BY c, fold', '" . sprintf($learn =~ s/, gpu_encode\.exact_sum\(y\) AS s//r, 'whole') . q{')}), 'ok', 'merged they have the bits of one server');

# a partitioned table grouped by its own key, and what an old server or a missing option makes of it
is(one_value($node, "SELECT count(*) FROM (SELECT gpu_encode.moments(y) AS m FROM parts) p WHERE m OPERATOR(gpu_encode.=) (SELECT gpu_encode.moments(y) FROM whole)"), '1', 'partitions that are pulled give the same');
script($node, "ALTER SERVER other_0 OPTIONS (DROP extensions)");
($plan, @sent) = remote_queries(sprintf($learn, 'half_0'));
unlike($sent[0], qr/gpu_encode/, 'without the option extensions rows are pulled');
is(one_value($node, "SELECT testlib.same('" . sprintf($learn, 'half_0') . "', '" . sprintf($learn, '(SELECT * FROM whole WHERE i <= 10000) h') . q{')}), 'ok', 'with the same result');
$_->stop for @others, $node;
done_testing();
