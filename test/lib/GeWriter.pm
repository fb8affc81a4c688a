# What the tests of finished pages share: servers with sync and checksums, sources, outputs written in either way,
# crashes, and calls that are stopped in the middle of writing.
package GeWriter;
use strict;
use warnings;
use FindBin;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);
use GeTest;
use Exporter 'import';
our @EXPORT = qw(writer_server encode crash begin_writing stop_at end_of new_files size_of checksums_ok);

my $library = "$FindBin::Bin/../lib/pages.sql";

# Servers get a library in which a session stops in the middle of writing (begin_writing).
sub preload_stop_write
{
	my $directory = PostgreSQL::Test::Utils::tempdir_short();
	my $stops = "$directory/stop_write.so";
	plan skip_all => 'no compiler that makes a shared library here'
	  if system('cc', '-shared', '-fPIC', '-O2', '-Wall', '-Wextra', '-Werror', '-o', $stops, "$FindBin::Bin/../writer/stop_write.c", '-ldl') != 0;
	$ENV{LD_PRELOAD} = join ' ', grep { $_ } $ENV{LD_PRELOAD}, $stops;
	$ENV{STOP_WRITE} = "$directory/stop";
	return;
}
preload_stop_write();

# A running server with checksums, the extension, the functions of pages.sql and sources.sql; the whole test is
# skipped where it lacks what they need.
sub writer_server
{
	my ($name, %options) = @_;
	my $node = start_server(
		$name,
		init => { %{ $options{init} // {} }, extra => [ '--encoding=UTF8', '--locale=C', '--data-checksums' ] },
		conf => "wal_level = replica\nshared_buffers = 32MB\nmax_prepared_transactions = 5\n" . ($options{conf} // ''));
	for my $name ('amcheck', 'pageinspect', 'pg_buffercache')
	{
		next if has_extension($node, $name);
		$node->stop('immediate');
		plan skip_all => "this server has no $name";
	}
	script($node, "\\i $library");
	script($node, "\\i $FindBin::Bin/../writer/sources.sql");
	return $node;
}

# SQL that encodes a source of sources.sql into a new table; %options: way ('auto', 'off'), logged.
sub encode
{
	my ($source, $output, %options) = @_;
	my ($way, $logged) = ($options{way} // 'auto', $options{logged} // 1 ? 'true' : 'false');
	return "SET gpu_encode.page_writer = $way; SELECT rows FROM encode_table('$source', '$output', $logged);\n";
}

# The state of a process, a letter; Z where there is none.
sub state_of
{
	my ($pid) = @_;
	open(my $file, '<', "/proc/$pid/stat") or return 'Z';
	return (<$file> // '') =~ /\) (\S) / ? $1 : 'Z';
}

sub children
{
	my ($parent) = @_;
	my @children;
	for my $path (glob '/proc/[0-9]*/stat')
	{
		open(my $file, '<', $path) or next;
		my ($pid, $ppid) = (<$file> // '') =~ /^(\d+) \(.*\) \S (\d+) /s or next;
		push @children, $pid if $ppid == $parent;
	}
	return @children;
}

# kill -9 of the postmaster and all its children at once; comes back when all are dead.
sub crash
{
	my ($node) = @_;
	my $file = $node->data_dir . '/postmaster.pid';
	my ($postmaster) = slurp_file($file) =~ /^(\d+)/;
	kill 'STOP', $postmaster;    # no new children meanwhile
	my @children = children($postmaster);
	kill 'KILL', @children;
	$node->kill9;
	for my $pid ($postmaster, @children)
	{
		wait_until("process $pid is gone after SIGKILL", sub { state_of($pid) eq 'Z' });
	}

	# Where process 1 does not reap, the postmaster stays as a zombie, and its lock files would stop the next one.
	unlink $file, $node->host . '/.s.PGSQL.' . $node->port . '.lock' if kill(0, $postmaster);
	return;
}

# The main forks in the directory of database postgres that @$known has not got, as path => size.
sub new_files
{
	my ($node, $known) = @_;
	my %is_known = map { $_ => 1 } keys %{ $known // {} };
	my %files;
	for my $path (glob $node->data_dir . "/base/*/*")
	{
		next if $path !~ m{/\d+(\.\d+)?$} || $is_known{$path};
		$files{$path} = -s $path // 0;
	}
	return \%files;
}

sub size_of
{
	my ($files) = @_;
	my $size = 0;
	$size += $_ for values %$files;
	return $size;
}

# begin_writing($node, $sql, $bytes): a session that runs $sql, stopped (SIGSTOP) once a new file has that many bytes. Returns
# it, or undef where it was done without. Its members: pid of the backend, known (the files that were there before), harness.
# end_of() lets it go on and gives what came of it.
sub begin_writing
{
	my ($node, $sql, $bytes) = @_;
	my %session = (node => $node, out => '', err => '', known => new_files($node));
	# until it is known when to stop
	my $script = "SELECT pg_backend_pid() AS pid \\gset\n\\warn pid :pid\n\\! until [ -e '$ENV{STOP_WRITE}' ]; do sleep 0.01; done\n$sql\n\\q\n";
	my $began = time;
	$session{harness} = IPC::Run::start(
		[ 'psql', '-XAtq', '-v', 'VERBOSITY=verbose', '-d', $node->connstr('postgres') ],
		'<', \$script, '>', \$session{out}, '2>', \$session{err}, limit("a session with: $sql"));
	$session{harness}->pump_nb, usleep(1000) until $session{err} =~ /^pid (\d+)\n/ || time > $began + 60;
	($session{pid}) = $session{err} =~ /^pid (\d+)\n/ or die "no session: $session{err}";
	return \%session if stop_at(\%session, $bytes);
	$session{harness}->finish;
	return undef;
}

# Stop a session once a new file has that many bytes; false where it ends before.
sub stop_at
{
	my ($session, $bytes) = @_;
	my ($last) = sort { $b <=> $a } map { m{/(\d+)(?:\.\d+)?$} } keys %{ $session->{known} };
	append_to_file("$ENV{STOP_WRITE}.new", sprintf("%d %d %d\n", $session->{pid}, $last, $bytes));
	rename "$ENV{STOP_WRITE}.new", $ENV{STOP_WRITE} or die "rename $ENV{STOP_WRITE}.new: $!";
	kill 'CONT', $session->{pid};
	while ($session->{harness}->pumpable)
	{
		return 1 if state_of($session->{pid}) eq 'T' && !-e $ENV{STOP_WRITE};
		usleep(1000);
		$session->{harness}->pump_nb;
	}
	unlink $ENV{STOP_WRITE};
	return 0;
}

# Let a stopped session go on until it ends; returns what it printed, its errors, and the seconds that it took.
sub end_of
{
	my ($session) = @_;
	my $began = time;
	kill 'CONT', $session->{pid};
	$session->{harness}->finish;
	return ($session->{out}, $session->{err} =~ s/^pid \d+\n//r, time - $began);
}

sub checksums_ok
{
	my ($node, $name) = @_;
	local %ENV = $node->_get_env();
	return command_ok([ 'pg_checksums', '--check', '-D', $node->data_dir ], $name);
}

1;
