# What the tests of whole servers share: a private server with the extension, and queries on it.
package GeTest;
use strict;
use warnings;
use FindBin;
use IPC::Run ();
use Time::HiRes ();

# Seconds after which a wait fails: of the server's own modules, which read this once, and of those below.
BEGIN { $ENV{PG_TEST_TIMEOUT_DEFAULT} ||= $ENV{GE_TEST_LONG} ? 1800 : 300 }
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Exporter 'import';
our @EXPORT = qw(limit wait_until wait_for_answer start_server load_testlib one_value script has_extension);

my $testlib = "$FindBin::Bin/../lib/testlib.sql";

our $longest_wait = $ENV{PG_TEST_TIMEOUT_DEFAULT};

# For IPC::Run::start(): what waits for that program dies when it is not over in time, and says what it is.
sub limit
{
	my ($what) = @_;
	return IPC::Run::timeout($longest_wait, exception => "$what: not over after $longest_wait s");
}

# Looks again and again whether a condition holds; dies when it does not in time.
sub wait_until
{
	my ($what, $condition) = @_;
	my $end = Time::HiRes::time() + $longest_wait;
	until ($condition->())
	{
		die "$what: not so after $longest_wait s" if Time::HiRes::time() > $end;
		Time::HiRes::usleep(2000);
	}
	return;
}

# The same of a query that gives true.
sub wait_for_answer
{
	my ($node, $what, $query) = @_;
	$node->poll_query_until('postgres', $query) or die "$what: not so after $longest_wait s";
	return;
}

# Every statement of psql(), and so of safe_psql(), has an end too.
{
	no warnings 'redefine';
	my $psql = \&PostgreSQL::Test::Cluster::psql;
	*PostgreSQL::Test::Cluster::psql = sub {
		my ($node, $database, $sql, %options) = @_;
		my $is_late = 0;
		my @limit = defined $options{timeout} ? () : (timeout => $longest_wait, timed_out => \$is_late);
		my @answer = wantarray ? $psql->($node, $database, $sql, %options, @limit) : scalar $psql->($node, $database, $sql, %options, @limit);
		die "no answer after $longest_wait s to:\n$sql" if $is_late;
		return wantarray ? @answer : $answer[0];
	};
}

# A running server in UTF-8 and locale C, with the extension in database postgres. One that streams keeps its log: a standby
# that has just started may ask for what a checkpoint would remove before it.
sub start_server
{
	my ($name, %options) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name, %{ $options{new} // {} });

	$node->init(
		extra => [ '--encoding=UTF8', '--locale=C' ],
		%{ $options{init} // {} });
	$node->append_conf('postgresql.conf',
		"fsync = off\nautovacuum = off\n" . ($options{init}{allows_streaming} ? "wal_keep_size = 1GB\n" : '') . ($options{conf} // ''));
	$node->start;
	$node->safe_psql('postgres', 'CREATE EXTENSION gpu_encode');
	return $node;
}

sub load_testlib
{
	my ($node, $database) = @_;
	$node->safe_psql($database // 'postgres', "\\i $testlib");
	return;
}

# The output of a script of SQL in one session, which must not fail.
sub script
{
	my ($node, $sql, $database) = @_;
	return $node->safe_psql($database // 'postgres',
		"SET client_min_messages = error;\n$sql");
}

# The last line that a script prints.
sub one_value
{
	my @lines = split /\n/, script(@_);
	return $lines[-1] // '';
}

# Whether an extension of contrib is there to be created.
sub has_extension
{
	my ($node, $name) = @_;
	return $node->safe_psql('postgres',
		"SELECT count(*) FROM pg_available_extensions WHERE name = '$name'") eq '1';
}

1;
