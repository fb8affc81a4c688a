# The next version: encoders, results, servers, keys and rights that were made before are kept; ALTER EXTENSION UPDATE leaves
# what CREATE EXTENSION makes; the next version restores a dump.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;

plan skip_all => 'no next version: GE_NEXT_VERSION names its directory' if !$ENV{GE_NEXT_VERSION};
$ENV{PG_CONFIG} //= 'pg_config';
my $directory = PostgreSQL::Test::Utils::tempdir();
my $installed = `'$FindBin::Bin/../lib/relocated-server' '$directory/server' '$ENV{GE_FAKE_BACKEND}'`;
chomp $installed;
die 'no relocated server' if $? != 0;

# the versions that have a script of their own, and the next one, which is not there yet
my ($next) = map { m/^default_version = '(.*)'/m } slurp_file("$ENV{GE_NEXT_VERSION}/share/postgresql/extension/gpu_encode.control");
my @versions = map { m/gpu_encode--([^-]+)\.sql$/ } glob("$FindBin::Bin/../../sql/gpu_encode--*.sql");
my $node = start_server('upgrade', new => { install_path => $installed });
my $version = extension_version('postgres', 'gpu_encode');
isnt($version, $next, "from $version to $next");

sub extension_version
{
	my ($database, $extension) = @_;
	return one_value($node, "SELECT extversion FROM pg_extension WHERE extname = '$extension'", $database);
}

load_testlib($node);
$node->safe_psql('postgres', "\\i $FindBin::Bin/../lib/before_upgrade.sql");
sub answers { return one_value($node, "\\i $FindBin::Bin/../lib/upgrade_answers.sql", $_[0]); }

# Everything that belongs to the extensions, with what makes it what it is.
sub objects
{
	return script($node, <<'SQL', $_[0]); # of a database where nobody granted anything
SELECT o.type, o.identity, obj_description(d.objid, d.classid::regclass::name), nspacl, relacl, fdwacl, proacl::text,
    CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END, CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) END
FROM pg_depend d JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e' AND e.extname LIKE 'gpu\_encode%'
CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) o
LEFT JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
LEFT JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
LEFT JOIN pg_namespace n ON d.classid = 'pg_namespace'::regclass AND n.oid = d.objid
LEFT JOIN pg_foreign_data_wrapper w ON d.classid = 'pg_foreign_data_wrapper'::regclass AND w.oid = d.objid
ORDER BY o.type COLLATE "C", o.identity COLLATE "C";
SQL
}

my $before = answers('postgres');
like($before, qr/^[0-9a-f]{32}$/, "$version answers");
my $dump = "$directory/dump.sql";
command_ok([ 'pg_dump', '--exclude-schema', 'testlib', '--file', $dump, '--dbname', $node->connstr('postgres') ], "$version is dumped");

# the files of the next version come, as a package would bring them
chomp(my ($share, $library) = map { `'$installed/bin/pg_config' $_` } '--sharedir', '--pkglibdir');
for my $file (glob("$ENV{GE_NEXT_VERSION}/share/postgresql/extension/*"), glob("$ENV{GE_NEXT_VERSION}/lib/postgresql/gpu_encode.so"))
{
	system('cp', '--remove-destination', $file, $file =~ m/\.so$/ ? $library : "$share/extension") == 0 or die "cannot install $file";
}
like(one_value($node, 'SELECT gpu_encode.version()'), qr/^gpu_encode \Q$next\E,/, 'its library is loaded');
is(answers('postgres'), $before, '... and serves the SQL of the version before');

script($node, 'ALTER EXTENSION gpu_encode UPDATE; ALTER EXTENSION gpu_encode_aws_s3 UPDATE');
is(extension_version('postgres', $_), $next, "$_ is updated") for 'gpu_encode', 'gpu_encode_aws_s3';
is(answers('postgres'), $before, 'the same answers after the update');
like(one_value($node, 'SELECT aws_s3.of_next_version()'), qr/^gpu_encode \Q$next\E,/, 'what is new is there');

# a database that has the next version from the start, and one for each version before that is updated
$node->safe_psql('postgres', 'CREATE DATABASE fresh');
script($node, 'CREATE EXTENSION gpu_encode_aws_s3 CASCADE', 'fresh');
is(extension_version('fresh', 'gpu_encode'), $next, 'CREATE EXTENSION makes the next version');
my $fresh = objects('fresh');
cmp_ok(length($fresh), '>', 10000, '... with its objects');
for my $older (@versions)
{
	$node->safe_psql('postgres', "CREATE DATABASE \"from $older\"");
	script($node, "CREATE EXTENSION gpu_encode VERSION '$older'; CREATE EXTENSION gpu_encode_aws_s3 VERSION '$older';
		ALTER EXTENSION gpu_encode UPDATE; ALTER EXTENSION gpu_encode_aws_s3 UPDATE", "from $older");
	is(objects("from $older"), $fresh, "$older, updated, has the same objects");
}

$node->safe_psql('postgres', 'CREATE DATABASE restored');
command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('restored'), '-f', $dump ], "$next restores the dump of $version");
load_testlib($node, 'restored');
is(extension_version('restored', 'gpu_encode'), $next, '... as the next version');
is(answers('restored'), $before, '... with the same answers');
$node->stop;
done_testing();
