# The private memory of a session grows by the bytes a row that docs/memory.md states, and by no more.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes;
use GeTest;

plan skip_all => 'no /proc' if !-r '/proc/self/status';

# a target of 8 bytes; three numbers of categories, of 4 bytes each where as few rows as here are read; an id of 8
my $bytes_of_row = 8 + 3 * 4 + 8;

my $node = start_server('memory', conf => "shared_buffers = 128MB\nmax_wal_size = 4GB\nfsync = off\n");
script($node, <<'SQL');
CREATE UNLOGGED TABLE many AS
SELECT i AS id, 'v' || i % 64 AS a, 'user ' || i * 7919 % 5003 AS b, 'item ' || i * 104729 % 50021 AS c, (i % 7 = 0)::int AS y
FROM generate_series(1::bigint, 3000000) i;
CREATE UNLOGGED TABLE fewer AS SELECT * FROM many WHERE id <= 1000000;
SQL

# The largest private memory, in kB, of a process until it ends.
sub peak
{
	my ($pid) = @_;
	my ($peak, $end) = (0, time + $ENV{PG_TEST_TIMEOUT_DEFAULT});
	while (open my $status, '<', "/proc/$pid/status")
	{
		/^RssAnon:\s*(\d+)/ && $1 > $peak and $peak = $1 while <$status>;
		die "process $pid: still there after $ENV{PG_TEST_TIMEOUT_DEFAULT} s" if time > $end;
		Time::HiRes::sleep(0.002);
	}
	return $peak;
}

# What a session answers to one query, and its peak.
sub peak_of
{
	my ($query) = @_;
	open my $psql, '-|', 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres'), '-c', 'SELECT pg_backend_pid()', '-c', $query
		or die "cannot run psql: $!";
	chomp(my $pid = readline $psql);
	my $peak = peak($pid);
	chomp(my $answer = readline $psql);
	close $psql or die 'psql failed';
	return ($answer, $peak);
}

# The same of a job.
sub peak_of_job
{
	my ($table) = @_;
	return peak_of("SELECT rows FROM gpu_encode.preprocess('$table', '${table}_encoded', 'y', '{b,c}', label_columns => '{a,b,c}', logged => false)");
}

my ($rows, $base) = peak_of_job('fewer');
my ($more_rows, $peak) = peak_of_job('many');
is("$rows $more_rows", '1000000 3000000', 'both tables are encoded');
my $grown = ($peak - $base) * 1024 / ($more_rows - $rows);
note sprintf '%.0f and %.0f MB, %.1f bytes a row', $base / 1024, $peak / 1024, $grown;
cmp_ok($grown, '<=', 1.25 * $bytes_of_row, 'bytes a row, those stated and what more there is of buffers');
cmp_ok($grown, '>', $bytes_of_row / 2, 'they are what was measured');

# An encoder of five rows that promises 200 million: its rows are counted before any memory is taken for them.
load_testlib($node);
script($node, <<'SQL');
CREATE TABLE five AS SELECT 'v' || i AS x, 'w' || i AS z, i AS y FROM generate_series(1, 5) i;
SELECT count(*) FROM gpu_encode.fit('promising', 'five', 'y', '{x}', target_combinations => '[["x","z"]]');
CREATE TABLE promising_pairs AS TABLE promising;
UPDATE promising SET parameters = jsonb_set(parameters, '{columns,0,categories}', '200000000') WHERE kind = 'parameters';
UPDATE promising_pairs SET parameters = jsonb_set(parameters, '{combinations,0,categories}', '200000000') WHERE kind = 'parameters';
SQL
for my $encoder ('promising', 'promising_pairs')
{
	my ($refused, $held) = peak_of("SELECT testlib.refuses('SELECT gpu_encode.transform(''$encoder'', ''five'', ''never'')', '55000', '200000000 are expected')");
	is($refused, 'ok', "$encoder is refused");
	cmp_ok($held, '<', 100 * 1024, '... with little memory, in kB');
}
$node->stop;
done_testing();
