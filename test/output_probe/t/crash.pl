# A server that is killed keeps what was committed and nothing else, wherever it was killed.
use strict;
use warnings;
use OutputProbe;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep);

my $rounds = $ENV{GE_TEST_LONG} ? 20 : 3;
my $rows = 150_000;

sub is_zombie
{
	my ($pid) = @_;
	return -e "/proc/$pid/stat" && slurp_file("/proc/$pid/stat") =~ /\) Z /;
}

# Wait until the killed server's first process is dead.  Where process 1 does not reap, it
# stays as a zombie, and its lock files would stop the next one for ever.
sub bury
{
	my ($node) = @_;
	my $file = $node->data_dir . '/postmaster.pid';
	my ($pid) = slurp_file($file) =~ /^(\d+)/;
	sleep 0.02 while kill(0, $pid) && !is_zombie($pid);
	unlink $file, $node->host . '/.s.PGSQL.' . $node->port . '.lock' if is_zombie($pid);
	return;
}

# Until all processes of the killed server are gone it cannot start again.
sub start_again
{
	my ($node) = @_;
	bury($node);
	for (1 .. 600)
	{
		return 1 if $node->start(fail_ok => 1);
		sleep 0.1;
		# a start that timed out may come true later
		$node->stop('fast', fail_ok => 1);
	}
	return 0;
}

# Tables t1, t2, ... one after the other until the server is killed; after each a line in
# a file tells that it was committed.
sub kill_while_writing
{
	my ($node, $prefix, $delay) = @_;
	my $log = PostgreSQL::Test::Utils::tempdir() . '/committed';
	append_to_file($log, '');
	my $sql = join "\n", map
	{
		(   "SELECT probe_fill('$prefix$_', $rows, logged => " . ($_ % 4 ? 'true' : 'false') . ') > 0;',
			"\\! echo $_ >>$log",
			$_ % 3 == 0 ? 'CHECKPOINT;' : '')
	} 1 .. 1000;
	my $script = PostgreSQL::Test::Utils::tempdir() . '/script.sql';
	append_to_file($script, $sql);
	my $harness = IPC::Run::start(
		[ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-f', $script, '-d', $node->connstr('postgres') ],
		'>', \my $out, '2>', \my $err);
	my $end = Time::HiRes::time() + $delay;
	$harness->pump_nb, sleep 0.01 while Time::HiRes::time() < $end;
	$node->kill9;
	$harness->finish;
	return split /\n/, slurp_file($log);
}

for my $level ('replica', 'minimal')
{
	my $node = new_server("crash_$level", "wal_level = $level", 'max_wal_senders = 0', 'checkpoint_timeout = 30s');
	install_probe($node);
	my ($n_committed, @wrong) = (0);

	for my $round (1 .. $rounds)
	{
		my $prefix = "r${round}_";
		my @committed = kill_while_writing($node, $prefix, 0.5 + rand 1.5);
		start_again($node) or die 'no start after a crash';
		for my $i (@committed)
		{
			my $count = $node->safe_psql('postgres', "SELECT count(*), coalesce(sum(id), 0) FROM $prefix$i");
			my $expected = $i % 4 ? $rows . '|' . $rows * ($rows - 1) / 2 : '0|0';
			push @wrong, "$prefix$i: $count" if $count ne $expected;
			push @wrong, "$prefix$i: bad pages" if bad_pages($node, "$prefix$i") ne '';
		}
		# the kill may have come between a commit and the line about it
		my $extra = $node->safe_psql('postgres', "SELECT count(*) FROM pg_class WHERE relname LIKE 'r${round}\\_%'") - @committed;
		push @wrong, "round $round: $extra tables that were never committed" if $extra < 0 || $extra > 1;
		$n_committed += @committed;
		$node->safe_psql('postgres', "SELECT format('DROP TABLE %s', oid::regclass) FROM pg_class WHERE relname LIKE 'r${round}\\_%' \\gexec");
	}
	is(join("\n", @wrong), '', "wal_level = $level: $rounds crashes, $n_committed tables committed, all whole");
	$node->stop;
	command_ok([ 'pg_checksums', '--check', '-D', $node->data_dir ], "wal_level = $level: checksums hold");
}

done_testing();
