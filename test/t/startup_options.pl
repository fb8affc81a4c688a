# Settings of superusers do not come in with a connection: whatever its options say, limits hold or the library does not load.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;

my $limit = 'gpu_encode.s3_allowed_endpoints';
my $node = start_server('startup_options', conf => "$limit = 'everywhere.example.org'\n", init => { auth_extra => [ "--create-role", "limited,granted,owner,careless" ] });
script($node, <<"SQL");
CREATE ROLE limited LOGIN;
CREATE ROLE granted LOGIN;
CREATE ROLE owner LOGIN;
CREATE DATABASE owned OWNER owner;
ALTER ROLE limited SET $limit = 'role.example.org';
GRANT SET ON PARAMETER $limit TO granted;
CREATE TABLE t AS SELECT i % 3 AS x FROM generate_series(1, 10) i;
GRANT SELECT ON t TO PUBLIC;
SQL
script($node, 'CREATE EXTENSION gpu_encode', 'owned');

my $superuser = getpwuid($<);

# What a session with startup options prints of statements, and its errors.
sub session
{
	my ($user, $options, $sql, %more) = @_;
	my ($out, $error) = ('', '');
	local $ENV{PGOPTIONS} = $options;
	$node->psql($more{database} // 'postgres', $sql, extra_params => [ '-U', $user ], connstr => $more{connstr}, stdout => \$out, stderr => \$error, on_error_stop => 0);
	return ($out, $error);
}
my $call = q{SELECT count(*) FROM gpu_encode.label_encode('t', 'x')};
my $refused = qr/ERROR:  parameter "gpu_encode\.\w+" cannot be set when a connection starts\nDETAIL: .*\nHINT: /;

# refused in every statement that would load the library, every setting of superusers, in every way of saying it
my @names = split /\n/, script($node, "LOAD 'gpu_encode'; SELECT name FROM pg_settings WHERE name LIKE 'gpu\\_encode.%' AND context = 'superuser' ORDER BY 1");
cmp_ok(scalar(@names), '>=', 2, 'there are settings of superusers');
for my $name (@names)
{
	my ($out, $error) = session('limited', "-c $name=", "$call; $call; SELECT gpu_encode.version(); SHOW $name");
	is(() = $error =~ /$refused/g, 3, "$name: no call works");
	unlike($out, qr/gpu_encode|10/, '... and none gives anything');
}
for my $options ("-c $limit=x", '-c ' . uc($limit) . '=', "--$limit=", "--gpu-encode.s3-allowed-endpoints=", "-c $limit=a -c $limit=")
{
	my ($out, $error) = session('limited', $options, $call);
	like($error, $refused, "$options: refused");
}
for my $say ("options='-c $limit='", "options=-c\\ $limit=")
{
	my ($out, $error) = session('limited', '', $call, connstr => $node->connstr('postgres') . " user=limited $say");
	like($error, $refused, "in a connection string, $say: refused");
}
my ($out, $error) = session('limited', "-c $limit= -c session_preload_libraries=gpu_encode", $call);
like($error, qr/permission denied|FATAL|cannot be set/, 'a library that is preloaded');
is($out, '', '... gives no way either');
script($node, 'ALTER ROLE limited SET session_preload_libraries = gpu_encode');
($out, $error) = session('limited', "-c $limit=", $call);
like($error, qr/FATAL:  parameter "$limit" cannot be set when a connection starts/, 'preloaded by a superuser: the connection is refused');
script($node, 'ALTER ROLE limited RESET session_preload_libraries');

# what else a user can say changes nothing
my $show = "SET client_min_messages = error; $call; SHOW $limit";
sub shows { my ($what, $value, @session) = @_; is((session(@session))[0], "10\n$value", $what); return; }
shows('ALTER ROLE by a superuser limits', 'role.example.org', 'limited', '', $show);
shows('SET before the library is there', 'role.example.org', 'limited', '', "SET $limit = ''; $show");
shows('set_config before the library is there', 'role.example.org', 'limited', '', "SELECT set_config('$limit', '', false) IS NULL \\gset\n$show");
shows('SET LOCAL before the library is there', 'role.example.org', 'limited', '', "BEGIN; SET LOCAL $limit = ''; $show; COMMIT");
for my $database ('postgres', 'owned')
{
	my ($who, $what) = $database eq 'owned' ? ('owner', 'DATABASE owned') : ('limited', 'ROLE limited');
	for my $load ('', q{LOAD 'gpu_encode'; })
	{
		(undef, $error) = session($who, '', "${load}ALTER $what SET $limit = ''", database => $database);
		like($error, qr/permission denied to set parameter|must be superuser|access to library/, "ALTER $what by its own" . ($load ? ', loaded' : ''));
	}
}

# and nobody is refused wrongly
shows('other settings come with the connection', 'role.example.org', 'limited', '-c gpu_encode.backend=cpu -c gpu_encode.max_workers=1', $show);
shows('a superuser may', '', $superuser, "-c $limit=", $show);
shows('so may who was granted SET', 'mine', 'granted', "-c $limit=mine", $show);
script($node, "REVOKE SET ON PARAMETER $limit FROM granted");
like((session('granted', "-c $limit=mine", $show))[1], $refused, '... until it is revoked');

# parallel workers have the leader's settings, and load the library when the leader has not
script($node, 'CREATE TABLE big AS SELECT i, i % 3 AS x FROM generate_series(1, 20000) i; ANALYZE big; GRANT SELECT ON big TO PUBLIC;'
	  . q{SELECT count(*) FROM gpu_encode.fit('e', 't', label_columns => '{x}'); GRANT SELECT ON e TO PUBLIC});
my $parallel = "SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2; SET parallel_leader_participation = off;"
  . "SELECT sum(gpu_encode.label('e', 'x', x)) FROM big";
for my $session ([ 'limited', '' ], [ 'limited', '-c gpu_encode.backend=cpu' ], [ 'granted', '' ], [ $superuser, "-c $limit=a" ])
{
	my ($sum, $why) = session(@$session, $parallel);
	is($sum, '20001', "parallel workers of @$session") or diag $why;
}
(undef, $error) = session('limited', "-c $limit=", $parallel);
like($error, $refused, 'a worker refuses what its leader would');

# an entry that no endpoint can match closes wherever it stands; SET and ALTER refuse it when the library is there
my $closed = q{SELECT gpu_encode.s3_list('s3://b/', 'closed')};
script($node, "CREATE SERVER closed FOREIGN DATA WRAPPER gpu_encode_s3 OPTIONS (endpoint 'http://127.0.0.1:1')");
$node->safe_psql('postgres', "CREATE ROLE careless SUPERUSER LOGIN; ALTER ROLE careless SET $limit = ','");

sub is_closed
{
	my ($what, $value, @session) = @_;
	($out, $error) = session(@session, "SET client_min_messages = error; $call; SHOW $limit; $closed");
	is($out, "10\n$value", "$what: the value stays");
	like($error, qr/endpoint "127\.0\.0\.1:1" is not allowed/, '... and allows nothing');
	return;
}
for my $preloaded (0, 1)
{
	my $where = $preloaded ? 'preloaded' : 'not preloaded';
	$node->append_conf('postgresql.conf', "shared_preload_libraries = '" . ($preloaded ? 'gpu_encode' : '') . "'\n$limit = '::1'\n");
	$node->restart;
	is_closed("the configuration file, $where", '::1', $superuser, '');
	is((session($superuser, '', $parallel))[0], '20001', '... and parallel workers take it');
	$node->append_conf('postgresql.conf', "$limit = ''\n");
	$node->restart;
	is_closed("ALTER ROLE, $where", ',', 'careless', '');
	my ($sum, $why) = session('careless', '', $parallel);
	is($sum, '20001', '... and parallel workers take it');
	is(() = $why =~ /WARNING:  wrong value of parameter "$limit": ","/g, 1, '... told of once');
}
for my $refused ("SET $limit = '*'", "ALTER SYSTEM SET $limit = '*'", "ALTER ROLE limited SET $limit = '*'", "ALTER DATABASE postgres SET $limit = '*'")
{
	like((session($superuser, '', $refused))[1], qr/ERROR:  invalid value for parameter "$limit": "\*"\nDETAIL:  No endpoint can match the entry "\*"\.\nHINT: /, "$refused: refused");
}
$node->append_conf('postgresql.conf', "$limit = 'a.example.org'\n");
$node->reload;
wait_for_answer($node, 'a reload', "SELECT current_setting('$limit') = 'a.example.org'");
my $log = -s $node->logfile;
$node->append_conf('postgresql.conf', "$limit = 'http://b.example.org'\n");
$node->reload;
wait_until('a word in the log', sub { return slurp_file($node->logfile, $log) =~ /invalid value for parameter "$limit": "http:/ });
is((session($superuser, '', "SHOW $limit"))[0], 'a.example.org', 'a reload leaves the value before');
$node->stop;
done_testing();
