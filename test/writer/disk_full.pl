# A disk that is full: a clear error, nothing left, and the next call works. GE_SMALL_DISK is a directory of a file system of
# 24 MB or so, of the user who runs the server.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;
use GeWriter;

plan skip_all => 'no small file system: mounting one needs root' if !$ENV{GE_SMALL_DISK};
my $node = writer_server('disk_full', conf => "max_wal_size = 1GB\n");
mkdir "$ENV{GE_SMALL_DISK}/space";
script($node, "CREATE TABLESPACE small LOCATION '$ENV{GE_SMALL_DISK}/space'");
script($node, q{SELECT make_narrow('narrow', 500000), make_wide('wide', 150000), make_narrow('little', 1000)});
script($node, encode('little', 'expected', way => 'off'));

sub bytes_there
{
	my $bytes = 0;
	$bytes += -s $_ for glob "$ENV{GE_SMALL_DISK}/space/*/*/*";
	return $bytes;
}

for my $way ('auto', 'off')
{
	for my $kind ([ 'narrow', 1 ], [ 'narrow', 0 ], [ 'wide', 1 ])
	{
		my ($source, $logged) = @$kind;
		my $name = "page_writer = $way, $source, " . ($logged ? 'logged' : 'unlogged');
		my $big = encode($source, 'big', way => $way, logged => $logged);
		my $little = encode('little', 'little_output', way => $way, logged => $logged);
		$node->psql('postgres', qq{
\\set VERBOSITY verbose
SET client_min_messages = error;
SET default_tablespace = small;
BEGIN; $big ROLLBACK;
$big
$little
SELECT differences('little_output', 'expected') || bad_pages('little_output');
DROP TABLE little_output;}, on_error_stop => 0, stdout => \my $out, stderr => \my $err);
		my $errors = () = $err =~ /ERROR:  53100: could not (?:extend|write)[^\n]*/g;
		is($errors, 2, "$name: an error that says what is full, twice") or diag $err;
		is((split /\n/, $out)[-1], '0', "$name: the next call of the session works");
		is(one_value($node, q{SELECT to_regclass('big') IS NULL}), 't', "$name: no table is left");
		script($node, 'CHECKPOINT');
		is(bytes_there(), 0, "$name: no bytes are left");
	}
}
script($node, 'DROP TABLESPACE small');
$node->stop;
checksums_ok($node, 'checksums hold');
done_testing();
