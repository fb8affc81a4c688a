# OutputProbe.pm: servers that have the probe's functions.
package OutputProbe;
use strict;
use warnings;
use Exporter 'import';
use PostgreSQL::Test::Cluster;
our @EXPORT = qw(new_server install_probe bad_pages);

# A server with fsync, and a setting for each further argument.
sub new_server
{
	my ($name, @settings) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init(extra => ['--data-checksums'], allows_streaming => 1);
	$node->append_conf('postgresql.conf', join("\n", 'fsync = on', 'autovacuum = off', @settings) . "\n");
	$node->start;
	return $node;
}

sub install_probe
{
	my ($node) = @_;
	open(my $file, '<', "$ENV{GE_PROBE_DIRECTORY}/sql/probe.sql") or die "probe.sql: $!";
	my $sql = do { local $/; <$file> };
	$sql =~ s/^\\getenv.*$//m;
	$node->safe_psql('postgres', "\\set directory $ENV{GE_PROBE_DIRECTORY}\n$sql");
	return;
}

# What verify_heapam() finds wrong in a table.
sub bad_pages
{
	my ($node, $table) = @_;
	return $node->safe_psql('postgres', "SELECT * FROM verify_heapam('$table', check_toast => true)");
}

1;
