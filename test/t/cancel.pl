# Cancel and time-outs: at whatever moment they come, a call ends soon, nothing remains of it, and the
# next call of the same session works.
use strict;
use warnings;
use Time::HiRes qw(usleep);
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;

# mmap: shared memory that a call has left behind would be seen as a file
my $node = start_server('cancel', conf => <<'CONF');
dynamic_shared_memory_type = mmap
max_worker_processes = 8
max_parallel_workers = 8
CONF
script($node, <<'SQL');
CREATE TABLE t AS
SELECT i, 'user ' || (i * 7919::bigint) % 500009 AS many, 'v' || i % 64 AS few, md5((i % 50000)::text) AS hash, i % 2 AS y
FROM generate_series(1, 800000) i;
SELECT count(*) FROM gpu_encode.fit('small', 't', 'y', '{few}', '{few}');
SQL
$node->restart;
my $dsm_files = () = glob($node->data_dir . '/pg_dynshmem/mmap.*');

my %calls = (
	label_encode => q{SELECT count(*) FROM gpu_encode.label_encode('t', 'many')},
	ordered => q{SELECT count(*) FROM gpu_encode.target_encode('t', 'many', 'y', order_by => '{hash,i}')},
	target_encode => q{SELECT count(*) FROM gpu_encode.target_encode('t', 'many', 'y', n_folds => 7, split_method => 'random')},
	fit => q{SELECT count(*) FROM gpu_encode.fit('e', 't', 'y', '{many,hash}', '{many,few,hash}', target_combinations => '[["few","hash"]]')},
	transform => q{SELECT count(*) FROM gpu_encode.transform('small', 't', 'o')},
	preprocess => q{SELECT count(*) FROM gpu_encode.preprocess('t', 'o', 'y', '{many,hash}', 't', 'v', encoder => 'e')},
);

# What a call leaves behind: tables, temporary files, shared memory, processes.
sub remains
{
	my $tables = one_value($node,
		q{SELECT coalesce(string_agg(relname, ' '), '') FROM pg_class WHERE relname IN ('e', 'o', 'v')});
	my $processes = one_value($node,
		q{SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'parallel worker'});
	my @files = (glob($node->data_dir . '/base/pgsql_tmp/*'));
	my $dsm = () = glob($node->data_dir . '/pg_dynshmem/mmap.*');
	return "tables: $tables, workers: $processes, temporary files: " . scalar(@files)
	  . ', shared memory: ' . ($dsm - $dsm_files);
}
my $nothing = 'tables: , workers: 0, temporary files: 0, shared memory: 0';

# The second ROLLBACK is for a first one that hits the time-out itself on a machine that stands still.
# The call with a statement_timeout in one session, and a small call after it: how many milliseconds
# the call outlived the time-out (negative: it was done before), its SQLSTATE, what the next call gave.
sub with_timeout
{
	my ($call, $timeout) = @_;
	$node->psql('postgres', <<"SQL", on_error_stop => 0, stdout => \my $stdout, stderr => \my $stderr);
SET client_min_messages = error;
\\set VERBOSITY sqlstate
SET statement_timeout = $timeout;
SELECT clock_timestamp() AS began \\gset
BEGIN;
$call;
\\set state :SQLSTATE
ROLLBACK;
ROLLBACK;
SET statement_timeout = 0;
SELECT :'state', round(1000 * extract(epoch FROM clock_timestamp() - :'began'::timestamptz)) - $timeout;
SELECT count(*) FROM gpu_encode.label_encode('small', 'value');
SQL
	my @lines = split /\n/, $stdout;
	my ($state, $late) = split /\|/, $lines[-2];
	return ($state, $late, $lines[-1]);
}

my $worst = 0;
for my $name (sort keys %calls)
{
	my (%states, @late, %next);
	for my $timeout (1, 5, 20, 60, 150, 300, 500, 800, 1200)
	{
		my ($state, $late, $next) = with_timeout($calls{$name}, $timeout);
		$states{$state}++;
		$next{$next}++;
		push @late, $late if $state eq '57014';
		last if $state eq '00000';
	}
	my ($most, $second) = sort { $b <=> $a } @late, 0, 0;
	$worst = $most if $most > $worst;
	note "$name: cancelled " . scalar(@late) . " times, at most $most ms late";
	ok(!grep({ $_ ne '57014' && $_ ne '00000' } keys %states), "$name ends by 57014 or is done")
	  or diag explain \%states;
	cmp_ok(scalar(@late), '>', 0, "$name is cancelled");
	# one of them may meet a moment in which the machine itself stands still
	cmp_ok($second, '<', 1000, "$name ends soon after the time-out");
	is_deeply([ keys %next ], ['67'], "the next call after $name works");
	is(remains(), $nothing, "nothing remains of $name");
}

# pg_cancel_backend and pg_terminate_backend from another session
for my $how ([ 'pg_cancel_backend', '57014' ], [ 'pg_terminate_backend', '57P01' ])
{
	my ($function, $state) = @$how;
	for my $wait (30, 250, 600)
	{
		my ($in, $out, $err) = ('', '', '');
		my $session = IPC::Run::start(
			[ 'psql', '-X', '-q', '-d', $node->connstr('postgres'), '-v', 'VERBOSITY=verbose', '-c', "SET client_min_messages = error; SET application_name = 'victim'", '-c', $calls{preprocess} ],
			'<', \$in, '>', \$out, '2>', \$err, limit("a session that $function ends"));
		usleep(1000 * ($wait + 100));
		my $hit = one_value($node, "SELECT count($function(pid)) FROM pg_stat_activity WHERE application_name = 'victim' AND state = 'active'");
		my $began = Time::HiRes::time();
		$session->finish;
		my $late = int(1000 * (Time::HiRes::time() - $began));
	  SKIP:
		{
			skip "the call was done before $function", 2 if $hit eq '0' or $err eq '';
			like($err, qr/$state|server closed the connection/, "$function after $wait ms is answered by $state");
			cmp_ok($late, '<', 1000, "and soon ($late ms)");
			$worst = $late if $late > $worst;
		}
		is(remains(), $nothing, "nothing remains after $function");
		$node->safe_psql('postgres', 'DROP TABLE IF EXISTS e, o, v');
	}
}
# while threads form pages: last_run() tells whether the call ended in its write
script($node, "CREATE TABLE w AS SELECT i, 'v' || i % 64 AS few, i % 2 AS y FROM generate_series(1, 2000000) i");
my $write = q{SELECT count(*) FROM gpu_encode.preprocess('w', 'o', 'y', '{few}')};
my $stages = q{SELECT string_agg(DISTINCT stage, ' '), sum(seconds), sum(seconds) FILTER (WHERE stage = 'write') FROM gpu_encode.last_run()};
my $threads = 'SET client_min_messages = error; SET gpu_encode.threads = 4';
my ($hit, @late_writes) = (0);
for my $part (map { $_ / 10 } 1 .. 9)
{
	my (undef, $all, $writing) = split /\|/, (split /\n/, $node->safe_psql('postgres', "$threads; BEGIN; $write; ROLLBACK; $stages"))[-1];
	my $timeout = int(1000 * ($all - $writing * (1 - $part)));
	$node->psql('postgres', <<"SQL", on_error_stop => 0, stdout => \my $stdout, stderr => \my $stderr);
$threads;
SET statement_timeout = $timeout;
SELECT clock_timestamp() AS began \\gset
$write;
\\set state :SQLSTATE
SET statement_timeout = 0;
SELECT :'state', round(1000 * extract(epoch FROM clock_timestamp() - :'began'::timestamptz)) - $timeout;
$stages;
DROP TABLE IF EXISTS o;
SQL
	my ($ended, $seen) = (split /\n/, $stdout)[-2, -1];
	my ($state, $late) = split /\|/, $ended;
	next if $state ne '57014' or $seen !~ /fit/ or $seen =~ /write/;
	$hit++;
	push @late_writes, $late;
}
note "cancelled in the write $hit times: @late_writes ms late";
cmp_ok($hit, '>', 0, 'a call is cancelled while threads form pages');
my (undef, $second_write) = sort { $b <=> $a } @late_writes, 0, 0;
cmp_ok($second_write, '<', 200, 'and ends at once');
is(remains(), $nothing, 'nothing remains of a cancelled write');
is(one_value($node, "SELECT rows FROM gpu_encode.preprocess('w', 'o', 'y', '{few}')"), '2000000', 'the next write works');

note "worst of all: $worst ms after the cancel";
$node->stop;
done_testing();
