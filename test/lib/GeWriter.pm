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

sub is_gone
{
	my ($pid) = @_;
	open(my $file, '<', "/proc/$pid/stat") or return 1;
	return (<$file> // '') =~ /\) Z /;
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
		wait_until("process $pid is gone after SIGKILL", sub { is_gone($pid) });
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

# begin_writing($node, $sql, $bytes, $slowly): a session that runs $sql, stopped (SIGSTOP) once new files have that many bytes.
# $slowly gives it the lowest priority, so that beside a busy neighbour it is not done before this process looks again.
# Returns it, or undef where it was done before it could be stopped. Its members: pid of the backend, seconds since the
# script began, known (the files that were there before), harness. end_of() lets it go on and gives what came of it.
sub begin_writing
{
	my ($node, $sql, $bytes, $slowly) = @_;
	my %session = (node => $node, out => '', err => '', known => new_files($node));
	my $pause = $slowly ? 'SELECT FROM pg_sleep(0.1);' : '';
	my $script = "SELECT pg_backend_pid() AS pid \\gset\n\\warn pid :pid\n$pause$sql\n\\q\n";
	$session{began} = time;
	$session{harness} = IPC::Run::start(
		[ 'psql', '-XAtq', '-v', 'VERBOSITY=verbose', '-d', $node->connstr('postgres') ],
		'<', \$script, '>', \$session{out}, '2>', \$session{err}, limit("a session with: $sql"));
	$session{harness}->pump_nb, usleep(1000) until $session{err} =~ /^pid (\d+)\n/ || time > $session{began} + 60;
	($session{pid}) = $session{err} =~ /^pid (\d+)\n/ or die "no session: $session{err}";
	setpriority(0, $session{pid}, 19) if $slowly;

	return \%session if stop_at(\%session, $bytes);
	$session{harness}->finish;
	return undef;
}

# Stop a session once new files have that many bytes; false where it ends before.
sub stop_at
{
	my ($session, $bytes) = @_;
	kill 'CONT', $session->{pid};
	while ($session->{harness}->pumpable)
	{
		if (size_of(new_files($session->{node}, $session->{known})) >= $bytes)
		{
			kill 'STOP', $session->{pid};
			return 1;
		}
		usleep(200);
		$session->{harness}->pump_nb;
	}
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
