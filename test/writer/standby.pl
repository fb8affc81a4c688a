# A physical standby replays finished pages, and has them when it is promoted; one that was made before them, and one that
# is made of a base backup that runs while they are written.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;
use GeWriter;

my $primary = writer_server('primary', init => { allows_streaming => 1 }, conf => "max_wal_size = 1GB\n");
my @sources = ('narrow', 'wide');
my %rows = (narrow => 100_000, wide => 5_000);
script($primary, "SELECT make_$_('$_', $rows{$_})") for @sources;
script($primary, encode($_, "ordinary_$_", way => 'off')) for @sources;
my %expected = map { $_ => one_value($primary, "SELECT rows_digest('ordinary_$_')") } @sources;

sub standby
{
	my ($name) = @_;
	my $standby = PostgreSQL::Test::Cluster->new($name);
	$standby->init_from_backup($primary, $name, has_streaming => 1);
	$standby->start;
	return $standby;
}

# is_whole($node, $source, $table, $name): it is the table that was written row by row, in good pages
sub is_whole
{
	my ($node, $source, $table, $name) = @_;
	is(one_value($node, "SELECT rows_digest('$table')"), $expected{$source}, "$name: $table is whole");
	is(one_value($node, "SELECT bad_pages('$table')"), '', "$name: $table has good pages");
	return;
}

$primary->backup('before');
my $before = standby('before');

# a backup that begins in the middle of a write
my $session = begin_writing($primary, encode('narrow', 'narrow_during'), 2_000_000);
ok($session, 'stopped in the middle of writing') or BAIL_OUT('the write was over too soon');
my ($in, $out, $err) = ('', '', '');
my $backup = IPC::Run::start([ 'pg_basebackup', '--no-sync', '-c', 'fast', '-D', $primary->backup_dir . '/during', '-h', $primary->host, '-p', $primary->port ],
	'<', \$in, '>', \$out, '2>', \$err, limit('pg_basebackup during a write'));
my $began = time;
my $walsender = q{SELECT count(*) FROM pg_stat_progress_basebackup WHERE phase <> 'initializing'};
Time::HiRes::usleep(20_000) until one_value($primary, $walsender) > 0 || time > $began + 3;
end_of($session);
$backup->finish;
is($backup->result(0), 0, 'base backup during a write') or diag $err;
my $during = standby('during');

for my $source (@sources)
{
	script($primary, encode($source, "${source}_after"));
	script($primary, encode($source, "${source}_unlogged", logged => 0));
	script($primary, 'BEGIN;' . encode($source, "${source}_gone") . 'ROLLBACK');
}
script($primary, "DELETE FROM wide_after WHERE id % 2 = 0; UPDATE wide_after SET y = -y; INSERT INTO wide_after SELECT * FROM ordinary_wide; VACUUM wide_after");
my $changed = one_value($primary, q{SELECT rows_digest('wide_after')});
for my $standby ($before, $during)
{
	my $name = $standby->name;
	$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
	is_whole($standby, 'narrow', 'narrow_during', $name);
	is_whole($standby, 'narrow', 'narrow_after', $name);
	is(one_value($standby, q{SELECT rows_digest('wide_after')}), $changed, "$name: wide_after is as changed on the primary");
	is(one_value($standby, q{SELECT bad_pages('wide_after')}), '', "$name: wide_after has good pages");
	is(one_value($standby, q{SELECT to_regclass('narrow_gone') IS NULL}), 't', "$name: nothing of what was rolled back");
	is( one_value($standby, q{SELECT pg_relation_size('narrow_after')}),
		one_value($primary, q{SELECT pg_relation_size('narrow_after')}), "$name: as many pages as on the primary");
}

# the primary dies, a standby takes its place; a crash of the new primary loses nothing either
crash($primary);
$during->promote;
wait_for_answer($during, 'the standby is promoted', 'SELECT NOT pg_is_in_recovery()');
is_whole($during, 'narrow', 'narrow_after', 'promoted');
is(one_value($during, q{SELECT count(*) FROM narrow_unlogged}), 0, 'promoted: the unlogged table is empty');
script($during, encode('wide', 'wide_promoted'));
crash($during);
$during->start;
is_whole($during, 'wide', 'wide_promoted', 'promoted and crashed');
is_whole($during, 'narrow', 'narrow_during', 'promoted and crashed');
$before->stop;
$during->stop;
checksums_ok($_, 'checksums of standby ' . $_->name) for $before, $during;
done_testing();
