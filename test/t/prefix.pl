# PostgreSQL 18: files that "make install prefix=..." put somewhere else are found by extension_control_path and
# dynamic_library_path alone, S3 and the library for GPUs included.
use strict;
use warnings;
use File::Copy;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;

plan skip_all => 'no installation with a prefix: GE_PREFIX names it' if !$ENV{GE_PREFIX};
my $pg_config = $ENV{PG_CONFIG} // 'pg_config';
plan skip_all => 'extension_control_path came with PostgreSQL 18' if `'$pg_config' --version` !~ m/ (\d+)/ || $1 < 18;

# a server that has neither files nor library of the extension
my $directory = PostgreSQL::Test::Utils::tempdir();
my $installed = `'$FindBin::Bin/../lib/relocated-server' '$directory/server' '$ENV{GE_FAKE_BACKEND}'`;
chomp $installed;
die 'no relocated server' if $? != 0;
system("find '$directory/server' -name 'gpu_encode*' -delete") == 0 or die;
$ENV{GE_FAKE_GPU} = "$directory/orders";
append_to_file($ENV{GE_FAKE_GPU}, '');

my $node = start_server('prefix', new => { install_path => $installed },
	conf => "extension_control_path = '$ENV{GE_PREFIX}/share/postgresql:\$system'\ndynamic_library_path = '$ENV{GE_PREFIX}/lib/postgresql:\$libdir'\n");
script($node, q{CREATE EXTENSION gpu_encode_aws_s3; CREATE TABLE t AS SELECT i % 7 AS x FROM generate_series(1, 100) i});
is(one_value($node, q{SELECT max(code) FROM gpu_encode.label_encode('t', 'x')}), '6', 'the extension works');
like(one_value($node, q{SET client_min_messages = error; LOAD 'gpu_encode'; SELECT string_agg(DISTINCT substring(line from '/.*'), ' ') FROM regexp_split_to_table(pg_read_file('/proc/self/maps'), E'\n') line WHERE line ~ 'gpu_encode\.so$'}),
	qr{^\Q$ENV{GE_PREFIX}\E/lib/postgresql/gpu_encode\.so$}, 'from the prefix alone');
$node->psql('postgres', q{SELECT gpu_encode.s3_list('s3://b/k', 'no such server')}, stderr => \my $error);
like($error, qr/server "no such server" does not exist|has no S3 support/, 'S3 does, or is not built');
is(one_value($node, q{SELECT count(*) FROM gpu_encode.devices WHERE reason ~ 'not installed'}), '1', 'there is no library for GPUs');
copy($ENV{GE_FAKE_BACKEND}, "$ENV{GE_PREFIX}/lib/postgresql/gpu_encode_cuda.so") or die $!;
is(one_value($node, q{SELECT bool_or(backend = 'cuda' AND usable) FROM gpu_encode.devices}), 't', '... until it lies beside the other');
$node->stop;
done_testing();
