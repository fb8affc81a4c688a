# Pages that the page writer wrote are a cluster's own: checksums, standby, two-phase
# commit, older snapshots, logical decoding, dump and restore.
use strict;
use warnings;
use OutputProbe;
use PostgreSQL::Test::Utils;
use Test::More;

my $query = q{'SELECT g, g::text t, repeat(md5(g::text), 200) wide FROM generate_series(1, 20000) g'};
my $sums = 'SELECT count(*), sum(g), count(t), sum(length(wide))';
my $expected = '20000|200010000|20000|128000000';

my $primary = new_server('primary', 'wal_level = replica', 'wal_keep_size = 1GB', 'max_prepared_transactions = 5');
install_probe($primary);
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;

# a standby replays the pages
is($primary->safe_psql('postgres', "SELECT by_pages FROM probe_output('logged', $query)"), 't', 'logged by pages');
is($primary->safe_psql('postgres', "SELECT by_pages FROM probe_output('unlogged', $query, logged => false)"),
	't', 'unlogged by pages');
$primary->wait_for_catchup($standby);
is($standby->safe_psql('postgres', "$sums FROM logged"), $expected, 'a standby has the rows');
is(bad_pages($standby, 'logged'), '', 'a standby has good pages');
is( $standby->safe_psql('postgres', q{SELECT pg_relation_size('logged')}),
	$primary->safe_psql('postgres', q{SELECT pg_relation_size('logged')}),
	'as many on both');

# two-phase commit
for my $end ('commit', 'rollback')
{
	$primary->safe_psql('postgres',
		"BEGIN; SELECT probe_output('to_$end', $query); PREPARE TRANSACTION 'p';");
	$primary->restart;
	is($primary->safe_psql('postgres', "SELECT to_regclass('to_$end') IS NULL"), 't', "not there before $end prepared");
	$primary->safe_psql('postgres', "$end PREPARED 'p'");
}
is($primary->safe_psql('postgres', "$sums FROM to_commit"), $expected, 'there after commit prepared');
is($primary->safe_psql('postgres', q{SELECT to_regclass('to_rollback') IS NULL}), 't', 'gone after rollback prepared');

# a snapshot taken before sees no row, also when the writer is gone and vacuum has run
my $psql = 'psql -XAtq -c';
is( $primary->safe_psql(
		'postgres', qq{
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT count(*) > 0 FROM pg_class;
\\! $psql "SELECT n_rows FROM probe_output('later', 'SELECT g FROM generate_series(1, 1000) g')" -c "VACUUM later"
SELECT count(*) FROM later;
COMMIT;
SELECT count(*) FROM later;}),
	"t\n1000\n0\n1000",
	'an older snapshot sees nothing');

# dump and restore
$primary->safe_psql('postgres', 'CREATE DATABASE restored');
my $dump = PostgreSQL::Test::Utils::tempdir() . '/dump.sql';
command_ok([ 'pg_dump', '-t', 'logged', '-f', $dump, $primary->connstr('postgres') ], 'pg_dump');
command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-f', $dump, $primary->connstr('restored') ], 'restore');
is($primary->safe_psql('restored', "$sums FROM logged"), $expected, 'the rows are restored');

# a clean stop: checksums hold, nothing is lost
$standby->stop;
$primary->stop;
command_ok([ 'pg_checksums', '--check', '-D', $primary->data_dir ], 'checksums of the primary');
command_ok([ 'pg_checksums', '--check', '-D', $standby->data_dir ], 'checksums of the standby');
$primary->start;
is($primary->safe_psql('postgres', "$sums FROM unlogged"), $expected, 'an unlogged table survives a clean stop');

# logical decoding needs rows, not pages
$primary->append_conf('postgresql.conf', "wal_level = logical\n");
$primary->restart;
my $decodes = $primary->psql('postgres', q{SELECT pg_create_logical_replication_slot('decoding', 'test_decoding')}) == 0;
is( $primary->safe_psql('postgres', q{SELECT by_pages FROM probe_output('decoded', 'SELECT g FROM generate_series(1, 500) g')}),
	'f',
	'logged is not by pages under wal_level = logical');
is($primary->safe_psql('postgres', "SELECT by_pages FROM probe_output('unlogged2', $query, logged => false)"),
	't', 'unlogged still is');
SKIP:
{
	skip 'no test_decoding here', 1 unless $decodes;
	is( $primary->safe_psql(
			'postgres', q{
SELECT count(*) FROM pg_logical_slot_get_changes('decoding', NULL, NULL)
WHERE data LIKE 'table public.decoded: INSERT%'}),
		'500',
		'every row is decoded');
}
$primary->stop;

done_testing();
