# GE_NIGHTS (8) nights in a row: the census job with replace, codes_from and guards over a new load each night, while sessions read.
# What readers have works before, during and after; nothing is left over. If GE_NIGHTS is set, the real census is taken where it is.
use strict;
use warnings;
use FindBin;
use IPC::Run ();
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes;
use GeTest;

my $nights = $ENV{GE_NIGHTS} || 8;
my $data = "$FindBin::Bin/../../../shared/data/census";
my $source = $ENV{GE_NIGHTS} && -r "$data/train.csv.gz" ? "gzip -dc $data/%s.csv.gz" : "perl $FindBin::Bin/../../scripts/make-census 2000 1";
my $node = start_server('nights', conf => <<'CONF');
autovacuum = on
autovacuum_naptime = 1
shared_buffers = 256MB
max_wal_size = 4GB
dynamic_shared_memory_type = mmap
max_parallel_workers_per_gather = 0
CONF
my $began = Time::HiRes::time();

# ---------------------------------------------------------------------------------- sessions
sub open_session
{
	my ($name) = @_;
	my %session = (in => '', out => '', name => $name);
	$session{harness} = IPC::Run::start([ 'psql', '-XqAt', '-d', $node->connstr('postgres') ],
		'<', \$session{in}, '>&', \$session{out}, IPC::Run::timeout($GeTest::longest_wait * 10));
	return \%session;
}

# What a session prints, errors among it.
sub ask
{
	my ($session, $sql) = @_;
	$session->{out} = '';
	$session->{in} .= "$sql\n;\n\\echo answered\n";
	$session->{harness}->pump until $session->{out} =~ s/^answered\n\z//m;
	chomp $session->{out};
	return $session->{out};
}

sub close_session
{
	my ($session) = @_;
	$session->{in} .= "\\q\n";
	$session->{harness}->finish;
	return;
}

# -------------------------------------------------------------------------- tables and readers
my $columns;
for my $part ('train', 'validation')
{
	my $program = sprintf $source, $part;
	chomp(my $header = `$program | head -n 1`);
	$columns = join ', ', map { "\"$_\"" } split /,/, $header =~ s/\r//r;
	script($node, "CREATE UNLOGGED TABLE base_$part (" . ($columns =~ s/(?<=")(?=,|$)/ text/gr) . ");
		COPY base_$part FROM PROGRAM '$program' (FORMAT csv, HEADER match);
		ALTER TABLE base_$part ADD number serial;
		CREATE TABLE $part AS SELECT $columns, 0 AS night FROM base_$part LIMIT 0");
}
my $rows = one_value($node, 'SELECT count(*) FROM base_train');

# A load: 1 of 500 rows has a course that only this night has, and one state is absent. A bad load has a third of the rows.
sub load
{
	my ($night, $is_bad) = @_;
	my $values = $columns =~ s/"education"/CASE WHEN number % 500 = $night % 500 THEN 'course of night $night' ELSE education END/r;
	return script($node, "BEGIN; TRUNCATE train, validation;
		INSERT INTO train SELECT $values, $night FROM base_train WHERE (\"state of previous residence\" LIKE '%universe%' OR length(\"state of previous residence\") % 13 <> $night % 13)" . ($is_bad ? ' AND number % 3 = 0' : '') . ";
		INSERT INTO validation SELECT $columns, $night FROM base_validation;
		INSERT INTO loads SELECT $night, count(*) FROM train; COMMIT");
}

my $call = q{INSERT INTO job_log SELECT now(), * FROM gpu_encode.preprocess('train', 'train_encoded', 'income',
	ARRAY['class of worker', 'education', 'major industry code'], 'validation', 'validation_encoded', smooth => 0.001, prior => 'global',
	null_value => 'None', pos_label => '50000+.', encoder => 'census_encoder', codes_from => to_regclass('census_encoder'), %s replace => true)};
my $guards = sprintf q{guards => '{"min_rows": %d, "max_missing": 0.1, "max_unknown": 0.1, "max_new_categories": 60, "max_vanished": 0.2,
	"max_prior_change": 0.3, "max_psi": 0.5}',}, $rows / 2;
my $first = sprintf $call, '';
my $nightly = sprintf $call, $guards;

script($node, 'CREATE TABLE loads (night int PRIMARY KEY, rows bigint); CREATE TABLE control AS SELECT false AS stop, false AS encoding');
load(0);
script($node, "CREATE TABLE job_log AS SELECT now() AS at, * FROM gpu_encode.preprocess('train', 'unused') WITH NO DATA; $first;
	CREATE INDEX ON train_encoded (night);
	COMMENT ON TABLE train_encoded IS 'read by many';
	CREATE VIEW dashboard AS SELECT education, avg(\"education_TE\") AS encoding, count(*) FROM train_encoded GROUP BY education;
	CREATE ROLE reader;
	GRANT SELECT ON train_encoded, validation_encoded, census_encoder, dashboard, loads, control TO reader;
	CREATE TABLE codes_before AS SELECT column_name, value, code FROM census_encoder WHERE kind = 'category'");
my $identity = q{SELECT string_agg(oid || relname || coalesce(relacl::text, '') || coalesce(obj_description(oid), ''), ' ' ORDER BY oid)
	FROM pg_class WHERE relname IN ('train_encoded', 'validation_encoded', 'census_encoder', 'dashboard', 'train_encoded_night_idx')};
my $identity_before = one_value($node, $identity);
my $category = one_value($node, q{SELECT value FROM census_encoder WHERE kind = 'category' AND column_name = 'education' AND n_rows > 0 ORDER BY code LIMIT 1});
my $code = one_value($node, "SELECT gpu_encode.label('census_encoder', 'education', '$category'::text)");

# Prepared once, before all nights, by somebody who may only read.
my $reader = open_session('reader');
ask($reader, "SET ROLE reader;
	PREPARE whole AS SELECT count(*) = (SELECT rows FROM loads WHERE night = max(t.night)) AND min(night) = max(night) FROM train_encoded t;
	PREPARE view AS SELECT sum(count) > 0 AND bool_and(encoding IS NOT NULL) FROM dashboard;
	PREPARE code AS SELECT gpu_encode.label('census_encoder', 'education', '$category'::text) = $code;
	PREPARE joined AS SELECT bool_and(e.code = t.education) FROM census_encoder e JOIN train_encoded t ON e.code = t.education WHERE e.kind = 'category' AND e.column_name = 'education' AND e.value = '$category'");

sub reads
{
	return ask($reader, 'EXECUTE whole; EXECUTE view; EXECUTE code; EXECUTE joined') eq "t\nt\nt\nt";
}

# Reads all the time, by plans that are kept; any wrong answer is an error. Each statement in a transaction of its own, as the manual
# asks of those that read several replaced tables. It also sees the peak of the size of the database.
my $watcher = open_session('watcher');
$watcher->{in} .= <<"SQL";
SET ROLE reader;
DO \$\$
DECLARE
	good boolean; rounds bigint = 0; peak bigint = 0; size bigint;
BEGIN
	WHILE NOT (SELECT stop FROM control) LOOP
		COMMIT;
		SELECT count(*) = (SELECT l.rows FROM loads l WHERE l.night = max(t.night)) AND min(night) = max(night) INTO good FROM train_encoded t;
		ASSERT good, 'rows of two nights, or not all';
		COMMIT;
		SELECT sum(count) > 0 INTO good FROM dashboard;
		ASSERT good, 'the view';
		COMMIT;
		ASSERT gpu_encode.label('census_encoder', 'education', '$category'::text) = $code, 'the code';
		ASSERT gpu_encode.target_encoding('census_encoder', 'education', '$category'::text) IS NOT NULL, 'the encoding';
		COMMIT;
		size = pg_database_size(current_database());
		IF (SELECT encoding FROM control) THEN peak = greatest(peak, size); END IF;
		rounds = rounds + 1;
		PERFORM pg_sleep(0.01);
	END LOOP;
	RAISE NOTICE 'rounds % peak %', rounds, peak;
END
\$\$;
\\echo answered
SQL
$watcher->{harness}->pump_nb;

# ---------------------------------------------------------------------------------- what is left
my $job = open_session('job');
my $pid = ask($job, 'SELECT pg_backend_pid()');

sub files_of
{
	my ($directory) = @_;
	opendir my $handle, $directory or return;
	return grep { !/^\.\.?$/ } readdir $handle;
}

# What must not grow from night to night.
sub leftovers
{
	my $directory = $node->data_dir;
	my $database = one_value($node, 'CHECKPOINT; SELECT oid FROM pg_database WHERE datname = current_database()');
	my %known = map { $_ => 1 } split /\n/, script($node, 'SELECT DISTINCT pg_relation_filenode(oid) FROM pg_class WHERE pg_relation_filenode(oid) IS NOT NULL');
	my @orphans = grep { /^(t\d+_)?(\d+)/ && !$known{$2} } files_of("$directory/base/$database");
	# what the session has open; asked after a query, by which it has let go of files that are gone
	my $memory = ask($job, 'SELECT sum(used_bytes) FROM pg_backend_memory_contexts');
	my @open = map { readlink("/proc/$pid/fd/$_") // '' } files_of("/proc/$pid/fd");
	my ($anonymous) = slurp_file("/proc/$pid/status") =~ /RssAnon:\s+(\d+)/;
	return {
		'relations' => one_value($node, 'SELECT count(*) FROM pg_class'),
		'types' => one_value($node, 'SELECT count(*) FROM pg_type'),
		'dependencies' => one_value($node, 'SELECT count(*) FROM pg_depend'),
		'statistics' => one_value($node, 'SELECT count(*) FROM pg_statistic WHERE starelid NOT IN (SELECT oid FROM pg_class)'),
		'files without a relation' => scalar(@orphans),
		'temporary files' => scalar(files_of("$directory/base/pgsql_tmp")),
		'segments of shared memory' => scalar(files_of("$directory/pg_dynshmem")),
		'connections' => one_value($node, "SELECT count(*) FROM pg_stat_activity WHERE backend_type IN ('client backend', 'parallel worker')"),
		'locks' => one_value($node, "SELECT count(*) FROM pg_locks WHERE pid = $pid"),
		'open files that are gone' => scalar(grep { / \(deleted\)$/ } @open),
		memory => $memory,
		anonymous => $anonymous,
		open_files => scalar(@open),
		size => one_value($node, 'SELECT pg_database_size(current_database())'),
	};
}

# ------------------------------------------------------------------------------------- the nights
# A night's kind: what happens to its run.
sub kind_of
{
	my ($night) = @_;
	return $night % 7 == 4 ? 'bad' : $night % 11 == 5 ? 'rolled back' : $night % 13 == 6 ? 'cancelled' : 'good';
}

sub encode
{
	my ($kind, $night) = @_;
	my $timeout = 20 + $night * 53 % 400;
	my %statements = (
		'good' => $nightly,
		'bad' => $nightly,
		'rolled back' => "BEGIN; $nightly; ROLLBACK",
		'cancelled' => "SET statement_timeout = $timeout; $nightly; RESET statement_timeout");
	script($node, 'UPDATE control SET encoding = true');
	my $answer = ask($job, $statements{$kind});
	script($node, 'UPDATE control SET encoding = false');
	return $answer;
}

my (%wrong, %answers, $before);
my ($shown_night, $replaced) = (0, 0);
for my $night (1 .. $nights)
{
	my $kind = kind_of($night);
	# the load comes in while readers still have the night before
	load($night, $kind eq 'bad');
	$wrong{"reads before night $night"} = $reader->{out} if !reads();
	my $answer = encode($kind, $night);
	$answers{$kind} //= $answer;
	if ($answer eq '' && $kind ne 'rolled back')
	{
		$shown_night = $night;
		$replaced++;
	}
	$wrong{"answer of night $night ($kind)"} = $answer
	  if $kind eq 'bad' ? $answer !~ /guard/ : $kind eq 'cancelled' ? $answer !~ /^$|statement timeout/ : $answer ne '';
	$wrong{"reads after night $night"} = $reader->{out} if !reads();
	my $seen = one_value($node, 'SELECT DISTINCT night FROM train_encoded');
	$wrong{"rows of night $night"} = "those of $seen" if $seen ne $shown_night;
	my $moved = one_value($node, q{SELECT count(*) FROM codes_before b LEFT JOIN census_encoder e ON e.kind = 'category' AND e.column_name = b.column_name AND e.value = b.value WHERE e.code IS DISTINCT FROM b.code});
	$wrong{"codes of night $night"} = "$moved moved" if $moved ne '0';
	script($node, "TRUNCATE codes_before; INSERT INTO codes_before SELECT column_name, value, code FROM census_encoder WHERE kind = 'category'");
	$before = leftovers() if $night == 3;
}
is(join("\n", map { "$_: $wrong{$_}" } sort keys %wrong), '', "$nights nights: prepared statements, views, grants, rows and codes before and after each");
is(one_value($node, $identity), $identity_before, 'OIDs, grants, comments and indexes are those of the first night');
is(one_value($node, q{SELECT bool_and(indisvalid AND indisready) FROM pg_index}), 't', 'indexes are valid');
like($answers{bad}, qr/min_rows: \d+, limit \d+ \(not met\)/, 'a bad load was stopped by a guard');
is(one_value($node, 'SELECT count(DISTINCT at) - 1 FROM job_log'), $replaced, 'the history has the nights that ended well');

# ------------------------------------------------------------------------------ what is left over
my $after = leftovers();
for my $what (grep { !/^(memory|anonymous|open_files|size)$/ } sort keys %$after)
{
	is($after->{$what}, $before->{$what}, "$what: as many as after night 3");
}
# the server's own caches grow by 700 bytes with each new heap that has a TOAST table, in REFRESH MATERIALIZED VIEW too; a reset of
# the caches, whenever it comes, frees up to 150,000 bytes for some statements
cmp_ok($after->{memory}, '<=', $before->{memory} + 200_000 + 2_100 * $nights, 'memory of the session that runs all nights');
cmp_ok($after->{open_files}, '<=', $before->{open_files} + 16, 'files that it has open');

script($node, "UPDATE control SET stop = true");
$watcher->{harness}->pump until $watcher->{out} =~ /^answered\n/m;
my ($rounds, $peak) = $watcher->{out} =~ /NOTICE:  rounds (\d+) peak (\d+)/;
ok($rounds, 'a session that read all the time met nothing else') or diag $watcher->{out};
my @sizes = split /\|/, one_value($node, q{SELECT sum(pg_total_relation_size(c)), sum(pg_relation_size(c)) FROM unnest('{train_encoded,validation_encoded,census_encoder}'::regclass[]) c});
my $copies = one_value($node, q{CREATE TABLE copy_1 AS TABLE train_encoded; CREATE TABLE copy_2 AS TABLE validation_encoded; CREATE TABLE copy_3 AS TABLE census_encoder;
	SELECT sum(pg_relation_size(c)) FROM unnest('{copy_1,copy_2,copy_3}'::regclass[]) c});
cmp_ok($sizes[1], '<=', $copies * 1.01 + 8192 * 3, 'the tables have no bloat');
cmp_ok($peak // 0, '<=', ($after->{size} > $before->{size} ? $after->{size} : $before->{size}) + $sizes[0] * 1.05 + 1_048_576, 'never more than one copy beyond');
close_session($_) for ($reader, $job, $watcher);
is(one_value($node, "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"), '1', 'all sessions are gone');

note sprintf '%d nights of %d rows in %.0f s; %d rounds of reading; tables %.1f MB, database %.1f MB, peak %.1f MB; used memory of the session %.3f MB, then %.3f; RssAnon %.1f MB, then %.1f; open files %d, then %d',
  $nights, $rows, Time::HiRes::time() - $began, $rounds // 0, $sizes[0] / 1e6, $after->{size} / 1e6, ($peak // 0) / 1e6, $before->{memory} / 1e6, $after->{memory} / 1e6,
  $before->{anonymous} / 1e3, $after->{anonymous} / 1e3, $before->{open_files}, $after->{open_files};
$node->stop;
done_testing();
