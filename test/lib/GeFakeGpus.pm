# What the tests of GPUs that are none share: a server whose library for GPUs is that of test/fake_backend, and orders for it.
package GeFakeGpus;
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;
use Exporter 'import';
our @EXPORT = qw(gpus start_fake_server session $orders $library);

plan skip_all => 'no library of test/fake_backend: GE_FAKE_BACKEND names one' if !$ENV{GE_FAKE_BACKEND};

our $orders;  # the file of test/fake_backend/orders.h
our $library; # where the server looks for the library for GPUs
my $node;
$ENV{PG_CONFIG} //= 'pg_config';

# What the GPUs do from now on, in lines as test/fake_backend/orders.h has them.
sub gpus
{
	my $lines = join '', map { "$_\n" } @_;
	PostgreSQL::Test::Utils::append_to_file("$orders.new", $lines);
	rename "$orders.new", $orders or die "$orders: $!";
	return;
}

# A server for the test of that name, whose GPUs follow these orders from the start.
sub start_fake_server
{
	my ($name, @lines) = @_;
	my $directory = PostgreSQL::Test::Utils::tempdir();
	$orders = $ENV{GE_FAKE_GPU} = "$directory/orders";
	gpus(@lines);
	my $installed = `'$FindBin::Bin/../lib/relocated-server' '$directory/server' '$ENV{GE_FAKE_BACKEND}'`;
	chomp $installed;
	die 'no relocated server' if $? != 0;
	# beside the server's other libraries
	($library) = grep { -e } glob("$installed/lib/{,postgresql/}gpu_encode_cuda.so");
	$node = start_server($name, new => { install_path => $installed }, conf => <<'CONF');
max_worker_processes = 8
max_parallel_workers = 8
min_parallel_table_scan_size = 0
CONF
	return $node;
}

# A script in a session of its own, each statement's SQLSTATE, message, detail and hint instead of an end.
sub session
{
	my ($sql) = @_;
	$node->psql('postgres', "\\set VERBOSITY verbose\n$sql",
		on_error_stop => 0, stdout => \my $stdout, stderr => \my $stderr);
	return ($stdout, $stderr);
}

1;
