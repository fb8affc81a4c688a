# What the tests of whole servers share: a private server with the extension, and queries on it.
package GeTest;
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Exporter 'import';
our @EXPORT = qw(start_server load_testlib one_value script has_extension);

my $testlib = "$FindBin::Bin/../lib/testlib.sql";

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
