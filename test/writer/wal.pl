# What is logged of a new table: full pages under wal_level = replica; its rows, which logical decoding sees, under logical;
# nothing under minimal, where it is synced at commit. An unlogged table: nothing ever.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;
use GeWriter;

my %size = (narrow => 20_000, wide => 2_000);
my $node = writer_server('wal', conf => "max_wal_size = 1GB\nwal_skip_threshold = 64kB\n");
script($node, "SELECT make_$_('$_', $size{$_})") for 'narrow', 'wide';

# written($source, $way, $logged): encodes into a new table; returns the way that was taken, and the numbers of records of
# its main fork in the log by kind: 'full pages', 'rows'
my $count = 0;
sub written
{
	my ($source, $way, $logged) = @_;
	my $table = 'table_' . $count++;
	my $from = one_value($node, 'SELECT pg_current_wal_insert_lsn()');
	script($node, encode($source, $table, way => $way, logged => $logged));
	my $taken = one_value($node, "SELECT written_by('$table')");
	my $relation = one_value($node, qq{SELECT concat_ws('/', CASE WHEN reltablespace = 0 THEN d.dattablespace ELSE reltablespace END, d.oid, pg_relation_filenode(c.oid))
		FROM pg_class c, pg_database d WHERE relname = '$table' AND datname = current_database()});
	my $to = one_value($node, 'SELECT pg_current_wal_flush_lsn()');
	my ($records) = run_command([ 'pg_waldump', '-p', $node->data_dir . '/pg_wal', '-s', $from, '-e', $to, '-R', $relation, '-F', 'main' ]);
	my $pages = () = $records =~ /desc: FPI/g;
	my $rows = () = $records =~ /desc: (?:INSERT|MULTI_INSERT)/g;
	return ($taken, $pages > 0 ? 'full pages' : $rows > 0 ? 'rows' : 'nothing', $table);
}

sub logs
{
	my ($level, $source, $way, $logged, $taken, $records) = @_;
	my @got = written($source, $way, $logged);
	is("@got[0, 1]", "$taken $records", "wal_level = $level: $source, page_writer = $way, " . ($logged ? 'logged' : 'unlogged') . ": by $taken, logs $records");
	return $got[2];
}

for my $source ('narrow', 'wide')
{
	logs('replica', $source, 'auto', 1, 'pages', 'full pages');
	logs('replica', $source, 'off', 1, 'rows', 'rows');
	logs('replica', $source, 'auto', 0, 'pages', 'nothing');
}

$node->append_conf('postgresql.conf', "wal_level = minimal\nmax_wal_senders = 0\n");
$node->restart;
script($node, 'CREATE TABLE small AS TABLE narrow LIMIT 500; CHECKPOINT');
my %ordinary = map { $_ => logs('minimal', $_, 'off', 1, 'rows', 'nothing') } 'narrow', 'wide';
my %pages = map { $_ => logs('minimal', $_, 'auto', 1, 'pages', 'nothing') } 'narrow', 'wide';
# what is smaller than wal_skip_threshold is logged at commit
my $small = (written('small', 'auto', 1))[2];
crash($node);
$node->start;
for my $source ('narrow', 'wide')
{
	is(one_value($node, "SELECT differences('$pages{$source}', '$ordinary{$source}')"), 0, "wal_level = minimal: $source is whole after a crash");
	is(one_value($node, "SELECT bad_pages('$pages{$source}')"), '', "wal_level = minimal: $source has good pages after a crash");
}
is(one_value($node, "SELECT count(*) || bad_pages('$small') FROM $small"), 500, 'wal_level = minimal: a small table is whole after a crash');

$node->append_conf('postgresql.conf', "wal_level = logical\nmax_wal_senders = 5\n");
$node->restart;
SKIP:
{
	skip 'this server has no test_decoding', 2
	  if $node->psql('postgres', q{SELECT pg_create_logical_replication_slot('decoding', 'test_decoding')}) != 0;
	for my $source ('narrow', 'wide')
	{
		my $table = logs('logical', $source, 'auto', 1, 'rows', 'rows');
		is(one_value($node, "SELECT count(*) || ' ' || count(*) FILTER (WHERE data LIKE '%y[integer]:' || d.y || '%') FROM (SELECT row_number() OVER () i, data
			FROM pg_logical_slot_get_changes('decoding', NULL, NULL) WHERE data LIKE 'table public.$table: INSERT%') c
			JOIN (SELECT row_number() OVER (ORDER BY ctid) i, y FROM $table) d USING (i)"), "$size{$source} $size{$source}", "every row of $source is decoded, in order");
	}
	my $unlogged = logs('logical', 'narrow', 'auto', 0, 'pages', 'nothing');
	is(one_value($node, "SELECT count(*) FROM pg_logical_slot_get_changes('decoding', NULL, NULL) WHERE data LIKE '%$unlogged%'"), 0, 'an unlogged table is not decoded');
}
$node->stop;
checksums_ok($node, 'checksums hold');
done_testing();
