# Results do not depend on workers and threads: any number of them, none to be had, no shared memory,
# a call from inside a parallel worker.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;

my $node = start_server('workers', conf => "max_worker_processes = 16\nmax_parallel_workers = 16\n");
load_testlib($node);
script($node, <<'SQL');
CREATE TABLE t AS
SELECT i, 'user ' || (i * 7919::bigint) % 20011 AS many, CASE WHEN i % 11 > 0 THEN 'v' || i % 64 END AS few, i % 977 AS number,
       (i % 1000 - 500) / 7.0::float8 * 10.0 ^ (i % 40 - 20) AS y
FROM generate_series(1, 80000) i;
CREATE TABLE p (LIKE t) PARTITION BY HASH (i);
CREATE TABLE p0 PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE p1 PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO p SELECT * FROM t;
SQL

# Digests of everything that a call gives, in one line.
my $work = <<'SQL';
SELECT concat_ws(' ',
    testlib.digest('SELECT * FROM gpu_encode.label_encode(''t'', ''many'') ORDER BY ordinal'),
    testlib.digest('SELECT * FROM gpu_encode.target_encode(''t'', ''many'', ''y'', smooth => 0.001, split_method => ''random'') ORDER BY ordinal'),
    testlib.digest('SELECT * FROM gpu_encode.target_encode(''p'', ''{few,number}''::text[], ''y'', prior => ''out_of_fold'') ORDER BY ordinal'));
SQL
my $tables = <<'SQL';
BEGIN;
SELECT count(*) FROM gpu_encode.preprocess('t', 'o', 'y', '{many,few}', 'p', 'v', '{many,few,number}', encoder => 'e', order_by => '{i}', smooth => 20.3);
SELECT concat_ws(' ', testlib.digest('SELECT * FROM o ORDER BY ctid'), testlib.digest('SELECT * FROM v ORDER BY i'),
    testlib.digest('SELECT kind, column_name, value, code, n_rows, moments::text, encoding FROM e WHERE kind <> ''parameters'' ORDER BY 1, 2, 3'));
ROLLBACK;
SQL
sub answer { return (grep { /:/ } split /\n/, script($node, $_[0] . $_[1]))[-1]; }

my ($rows, $made) = (answer('', $work), answer('', $tables));
for my $workers (0, 1, 2, 7)
{
	for my $threads (1, 2, 5)
	{
		my $set = "SET gpu_encode.max_workers = $workers; SET gpu_encode.threads = $threads;\n";
		is(answer($set, $work), $rows, "rows with $workers workers and $threads threads");
		is(answer($set, $tables), $made, "tables with $workers workers and $threads threads");
	}
}
for my $set ('max_parallel_workers = 0', 'work_mem = \'64kB\'', 'default_transaction_isolation = serializable',
	'default_transaction_isolation = \'repeatable read\'', 'max_parallel_workers_per_gather = 0')
{
	is(answer("SET $set;\n", $work), $rows, "rows with $set");
}

# own uncommitted rows, in a subtransaction and an exception block, are read by the workers too; a
# temporary table by the leader alone
is(one_value($node, <<'SQL'), '80002 80001 80001 80000', 'rows that are not committed');
BEGIN;
CREATE TEMP TABLE mine AS SELECT * FROM t;
INSERT INTO t VALUES (-1, 'own', 'own', 0, 1);
SAVEPOINT s;
INSERT INTO t VALUES (-2, 'own', 'own', 0, 1);
CREATE TEMP TABLE counts AS SELECT 1 AS n, count(*) AS c FROM gpu_encode.label_encode('t', 'many');
DO $$ BEGIN DELETE FROM t WHERE i = -1; INSERT INTO counts SELECT 2, count(*) FROM gpu_encode.label_encode('t', 'many'); RAISE division_by_zero; EXCEPTION WHEN division_by_zero THEN
    DELETE FROM t WHERE i = -2; INSERT INTO counts SELECT 3, count(*) FROM gpu_encode.label_encode('t', 'many'); END $$;
INSERT INTO counts SELECT 4, count(*) FROM gpu_encode.label_encode('mine', 'many');
INSERT INTO counts SELECT 2, count(*) FROM gpu_encode.label_encode('t', 'many');
SELECT string_agg(c::text, ' ' ORDER BY n) FROM counts;
ROLLBACK;
SQL

# from inside a parallel worker: a wrapper that claims to be parallel safe
my $force = $node->pg_version >= 16 ? 'debug_parallel_query' : 'force_parallel_mode';
script($node, <<'SQL');
CREATE FUNCTION safe_digest() RETURNS text LANGUAGE sql PARALLEL SAFE AS
$$ SELECT count(*) || ' ' || sum(code) FROM gpu_encode.label_encode('t', 'many') $$;
CREATE FUNCTION safe_fit() RETURNS bigint LANGUAGE plpgsql PARALLEL SAFE AS
$$ BEGIN RETURN (SELECT count(*) FROM gpu_encode.fit('e_in_worker', 't')); END $$;
SQL
is(one_value($node, "SET $force = on; SELECT safe_digest()"), one_value($node, 'SELECT safe_digest()'), 'label_encode inside a parallel worker');
my (undef, undef, $error) = $node->psql('postgres', "SET $force = on; SELECT safe_fit()");
like($error, qr/parallel/, 'fit inside a parallel worker is refused');

# no workers at all
$node->append_conf('postgresql.conf', "max_worker_processes = 0\n");
$node->restart;
is(answer('', $work), $rows, 'rows with max_worker_processes = 0');
is(answer('', $tables), $made, 'tables with max_worker_processes = 0');

# all workers taken by others: two queries that keep two workers each
$node->append_conf('postgresql.conf', "max_worker_processes = 2\nmax_parallel_workers = 2\nmax_logical_replication_workers = 0\n");
$node->restart;
my ($in, $out, $err) = ('', '', '');
my $busy = IPC::Run::start(
	[ 'psql', '-X', '-q', '-d', $node->connstr('postgres'), '-c', 'SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0',
		'-c', "SET application_name = 'busy'; SELECT count(pg_sleep(0.001)) FROM t" ], '<', \$in, '>', \$out, '2>', \$err,
	limit('the query that keeps all workers'));
wait_for_answer($node, 'two workers are taken', "SELECT count(*) = 2 FROM pg_stat_activity WHERE backend_type = 'parallel worker'");
is(answer('', $work), $rows, 'rows while all workers are taken');
is(one_value($node, "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE application_name = 'busy' AND backend_type = 'client backend'"), '1', 'they were still taken');
$busy->finish;
$node->stop;
done_testing();
