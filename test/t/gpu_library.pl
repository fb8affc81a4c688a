# gpu_encode_cuda.so where there is no GPU: what the server says of it, without a driver and with one that is too old.
use strict;
use warnings;
use File::Basename;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;

my $pg_config = $ENV{PG_CONFIG} // 'pg_config';
chomp(my $libraries = `'$pg_config' --pkglibdir`);
plan skip_all => 'no gpu_encode_cuda.so was built' if !-e "$libraries/gpu_encode_cuda.so";
plan skip_all => 'this machine has a driver of NVIDIA' if -e '/proc/driver/nvidia/version' || -e '/dev/nvidiactl';

# What the view says, how 'cuda' fails, whether 'auto' works.
sub look
{
	my ($what, $reason, $driver) = @_;
	local $ENV{LD_LIBRARY_PATH} = join ':', grep { $_ } $driver, $ENV{LD_LIBRARY_PATH};
	my $node = start_server("gpu_library_$what");
	script($node, 'CREATE TABLE t AS SELECT i % 7 AS x FROM generate_series(1, 100) i');
	like(one_value($node, q{SELECT usable, reason FROM gpu_encode.devices WHERE backend = 'cuda'}), qr/^f\|$reason$/, "$what: the view says why");
	my $call = q{SELECT count(*) FROM gpu_encode.label_encode('t', 'x')};
	$node->psql('postgres', "SET gpu_encode.backend = cuda; $call", stderr => \my $error);
	like($error, qr/ERROR:  no GPU can be used\nDETAIL:  $reason\n/, "$what: 'cuda' is an error that says why");
	like(one_value($node, "SET gpu_encode.min_gpu_rows = 0; $call; SELECT backend, detail FROM gpu_encode.last_run() WHERE stage = 'backend'"),
		qr/^cpu\|$reason$/, "$what: 'auto' takes the CPU and says why");
	$node->stop;
	return;
}
look('no_driver', 'no NVIDIA driver is loaded');
look('old_driver', 'the NVIDIA driver supports CUDA 9\.2, this build needs \d+\.\d+', dirname($ENV{GE_FAKE_BACKEND}) . '/old_driver');
done_testing();
