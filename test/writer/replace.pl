# replace => true on whole servers: a crash at any moment of it leaves the old table or the new one, whole; what fails or is
# ended leaves no file; a standby has the new rows, and so has a server with wal_level = minimal.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;
use GeWriter;

my %rows = (narrow => 60_000, wide => 4_000);
my @kinds = (
	[ 'narrow', 'auto', 1 ], [ 'wide', 'auto', 1 ], [ 'wide', 'off', 1 ], [ 'wide', 'auto', 0 ],
);

sub replacing
{
	my ($source, $output, $way, $logged) = @_;
	return "SET gpu_encode.page_writer = $way; SELECT rows FROM gpu_encode.preprocess('$source', '$output', target => 'y', "
	  . "target_columns => '{few}', label_columns => '{few,many}', smooth => 0.5, logged => " . ($logged ? 'true' : 'false') . ", replace => true);\n";
}

# Main forks in the directory of the database that belong to no relation.
sub orphans
{
	my ($node) = @_;
	return one_value($node, q{CHECKPOINT; SELECT count(*) FROM pg_ls_dir('base/' || (SELECT oid FROM pg_database WHERE datname = current_database())) f
		WHERE f ~ '^[0-9]+$' AND NOT EXISTS (SELECT FROM pg_class WHERE pg_relation_filenode(oid)::text = f)});
}

sub is_table
{
	my ($node, $table, $digest, $name) = @_;
	is(one_value($node, "SELECT rows_digest('$table')"), $digest, "$name: the rows");
	is(one_value($node, "SELECT bad_pages('$table')"), '', "$name: the pages");
	is(one_value($node, "SET enable_seqscan = off; SELECT count(*) FROM $table WHERE id > 0"), (split / /, $digest)[0] || 0, "$name: the index");
	is(one_value($node, q{SELECT count(*) FROM pg_class WHERE relname LIKE 'pg\_temp\_%'}), 0, "$name: no relation is left");
	return;
}

# Tables with the rows of the first night; returns the digests of both nights.
sub prepare
{
	my ($node) = @_;
	my %digest;
	for my $source (sort keys %rows)
	{
		script($node, "SELECT make_$source('$source', $rows{$source}), make_$source('${source}_2', $rows{$source} / 2)");
		script($node, encode($source, "${source}_expected", way => 'off') . encode("${source}_2", "${source}_expected_2", way => 'off'));
		$digest{$source} = [ map { one_value($node, "SELECT rows_digest('${source}_expected$_')") } '', '_2' ];
	}
	for my $kind (@kinds)
	{
		my ($source, $way, $logged) = @$kind;
		my $table = join '_', 'o', @$kind;
		script($node, replacing($source, $table, $way, $logged) . "CREATE INDEX ON $table (id); CREATE VIEW v_$table AS TABLE $table;");
	}
	return \%digest;
}

my $node = writer_server('replace', init => { allows_streaming => 1 }, conf => "fsync = on\nmax_wal_size = 1GB\n");
my $digest = prepare($node);
$node->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('replace_standby');
$standby->init_from_backup($node, 'backup', has_streaming => 1);
$standby->start;

for my $kind (@kinds)
{
	my ($source, $way, $logged) = @$kind;
	my $table = join '_', 'o', @$kind;
	my $name = "$source, page_writer = $way, " . ($logged ? 'logged' : 'unlogged');
	my $call = replacing("${source}_2", $table, $way, $logged);
	my $old = $digest->{$source}[0];

	# ended in the middle of writing, and rolled back after the swap; a call that is done before it is ended waits for that
	my $session = begin_writing($node, "BEGIN; $call SELECT pg_sleep(1000);", 300_000);
	ok($session, "$name: stopped in the middle of writing") or BAIL_OUT('the write was over too soon');
	script($node, "SELECT pg_terminate_backend($session->{pid})");
	like((end_of($session))[1], qr/57P01/, "$name: ended");
	script($node, "BEGIN; $call ROLLBACK;");
	is_table($node, $table, $old, "$name, ended and rolled back");
	is(orphans($node), 0, "$name: no file is left");
}

# A crash after the swap and before the commit, and one after the commit.
my $session = begin_writing($node, 'BEGIN;' . join('', map { replacing("$_->[0]_2", join('_', 'o', @$_), @$_[ 1, 2 ]) } @kinds) . 'SELECT pg_sleep(1000);', 1);
kill 'CONT', $session->{pid};
wait_for_answer($node, 'all tables are swapped', "SELECT count(*) = 1 FROM pg_stat_activity WHERE pid = $session->{pid} AND wait_event = 'PgSleep'");
crash($node);
$session->{harness}->finish;
$node->start;
for my $kind (@kinds)
{
	is_table($node, join('_', 'o', @$kind), $kind->[2] ? $digest->{ $kind->[0] }[0] : '0', "crash before the commit: @$kind");
}
for my $kind (@kinds)
{
	my $table = join '_', 'o', @$kind;
	script($node, replacing("$kind->[0]_2", $table, @$kind[ 1, 2 ]));
	is_table($node, $table, $digest->{ $kind->[0] }[1], "replaced: @$kind");
	next if !$kind->[2];
	$node->wait_for_catchup($standby, 'replay', $node->lsn('insert'));
	is_table($standby, $table, $digest->{ $kind->[0] }[1], "standby: @$kind");
	is(one_value($standby, "SELECT count(*) FROM v_$table"), (split / /, $digest->{ $kind->[0] }[1])[0], "standby: the view of @$kind");
}
crash($node);
$node->start;
for my $kind (@kinds)
{
	is_table($node, join('_', 'o', @$kind), $kind->[2] ? $digest->{ $kind->[0] }[1] : '0', "crash after the commit: @$kind");
}

# unlogged becomes logged, and survives
script($node, replacing('wide', 'o_wide_auto_0', 'auto', 1));
crash($node);
$node->start;
is_table($node, 'o_wide_auto_0', $digest->{wide}[0], 'logged instead of unlogged');
$standby->stop;
$node->stop;
checksums_ok($node, 'checksums hold');

# without records in the log
my $minimal = writer_server('replace_minimal', conf => "fsync = on\nwal_level = minimal\nmax_wal_senders = 0\n");
$digest = prepare($minimal);
script($minimal, join '', map { replacing("$_->[0]_2", join('_', 'o', @$_), @$_[ 1, 2 ]) } @kinds);
crash($minimal);
$minimal->start;
is_table($minimal, join('_', 'o', @$_), $_->[2] ? $digest->{ $_->[0] }[1] : '0', "wal_level = minimal: @$_") for @kinds;
is(orphans($minimal), 0, 'wal_level = minimal: no file is left');
$minimal->stop;
checksums_ok($minimal, 'wal_level = minimal: checksums hold');

# logical decoding wants every row in the log; new rows are written the slow way, and not decoded
my $logical = writer_server('replace_logical', conf => "wal_level = logical\n");
$digest = prepare($logical);
script($logical, q{SELECT pg_create_logical_replication_slot('slot', 'pgoutput')});
script($logical, join '', map { replacing("$_->[0]_2", join('_', 'o', @$_), @$_[ 1, 2 ]) } @kinds);
is_table($logical, join('_', 'o', @$_), $digest->{ $_->[0] }[1], "wal_level = logical: @$_") for @kinds;
$logical->stop;
done_testing();
