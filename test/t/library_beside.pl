# gpu_encode_cuda.so is looked for beside gpu_encode.so, wherever that one lies, then in the server's directory of libraries.
use strict;
use warnings;
use File::Copy;
use FindBin;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;

plan skip_all => 'no library of test/fake_backend: GE_FAKE_BACKEND names one' if !$ENV{GE_FAKE_BACKEND};
$ENV{PG_CONFIG} //= 'pg_config';
my $directory = PostgreSQL::Test::Utils::tempdir();
$ENV{GE_FAKE_GPU} = "$directory/orders";
append_to_file($ENV{GE_FAKE_GPU}, '');

# a server without the library, and the extension somewhere else
my $installed = `'$FindBin::Bin/../lib/relocated-server' '$directory/server' '$ENV{GE_FAKE_BACKEND}'`;
chomp $installed;
die 'no relocated server' if $? != 0;
my ($of_server) = grep { -e } glob("$installed/lib/{,postgresql/}gpu_encode_cuda.so");
my $elsewhere = "$directory/else where";
mkdir $elsewhere;
copy($of_server =~ s/_cuda//r, "$elsewhere/gpu_encode.so") or die $!;
my $beside = "$elsewhere/gpu_encode_cuda.so";

my $node = start_server('library_beside', new => { install_path => $installed });
$node->safe_psql('postgres', 'CREATE DATABASE elsewhere');
my $script = slurp_file((glob("$FindBin::Bin/../../sql/gpu_encode--*.sql"))[0]) =~ s/^\\echo.*$//mr =~ s/MODULE_PATHNAME/$elsewhere\/gpu_encode/gr;
script($node, "BEGIN;\n$script\nCOMMIT;", 'elsewhere');

# What the library in a database says of GPUs, and of itself.
sub look
{
	my ($database) = @_;
	return one_value($node, q{SELECT bool_or(backend = 'cuda' AND usable), gpu_encode.version() ~ 'with the CUDA' FROM gpu_encode.devices}, $database);
}
is(look('elsewhere'), 't|t', 'only the server has it: found there');
move($of_server, $beside) or die $!;
is(look('elsewhere'), 't|t', 'it lies beside: found there');
is(look('postgres'), 'f|f', '... which is not beside the library of another database');
copy($beside, $of_server) or die $!;
unlink $beside;
append_to_file($beside, 'no library');
is(look('elsewhere'), 'f|t', 'what lies beside goes first, and is what is there');
is(look('postgres'), 't|t', '... for this one alone');
$node->stop;
done_testing();
