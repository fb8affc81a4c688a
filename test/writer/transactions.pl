# A table of finished pages belongs to its transaction: snapshots, rollback, savepoints, two-phase commit across a crash.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;
use GeWriter;

my $node = writer_server('transactions', conf => "fsync = on\n");
my $psql = 'psql -XAtq';
script($node, "SELECT make_narrow('narrow', 20000), make_wide('wide', 5000)");
script($node, encode($_, "ordinary_$_", way => 'off')) for 'narrow', 'wide';
my %expected = map { $_ => one_value($node, "SELECT rows_digest('ordinary_$_')") } 'narrow', 'wide';

# A snapshot taken before sees the table, as the catalog has it, and none of its rows, whatever VACUUM did since and
# however they are read; a later one sees all.
for my $source ('narrow', 'wide')
{
	for my $level ('REPEATABLE READ', 'SERIALIZABLE')
	{
		my @lines = split /\n/, script($node, qq{
BEGIN ISOLATION LEVEL $level;
SELECT count(*) > 0 FROM pg_class;
\\! $psql -c "SELECT rows FROM encode_table('$source', 'later')" -c "VACUUM later" -c "VACUUM (FREEZE) later" -c "SELECT count(*) FROM later"
SELECT to_regclass('later') IS NOT NULL, pg_relation_size('later') > 0;
SELECT count(*) FROM later;
SELECT count(*) FROM later WHERE ctid = '(0,1)';
SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0; SET LOCAL min_parallel_table_scan_size = 0;
SELECT count(*) FROM later WHERE y >= 0;
COMMIT;
SELECT rows_digest('later');
DROP TABLE later;});
		my $rows = $source eq 'narrow' ? 20000 : 5000;
		is_deeply(\@lines, [ 't', $rows, $rows, 't|t', 0, 0, 0, $expected{$source} ], "$source: an older $level snapshot sees no row");
	}
}

# nobody else sees a table before it is committed; a cursor that is open goes on
is(script($node, qq{
BEGIN;
DECLARE c CURSOR FOR SELECT id FROM narrow ORDER BY id;
FETCH 1 FROM c;
SELECT rows FROM encode_table('narrow', 'open');
\\! $psql -c "SELECT to_regclass('open') IS NULL"
FETCH 1 FROM c;
SELECT rows_digest('open') = '$expected{narrow}';
UPDATE open SET y = -1 WHERE id = 5;
DELETE FROM open WHERE id > 19000;
SELECT count(*), min(y) FROM open;
COMMIT;
SELECT count(*), min(y) FROM open;}), "1\n20000\nt\n2\nt\n19000|-1\n19000|-1", 'in its own transaction a table can be read and changed');

# What is rolled back leaves no table and no bytes, at any depth; what is written after it stays.
for my $way ('auto', 'off')
{
	my ($a, $b, $c, $d, $e) = map { encode('narrow', "${way}_$_", way => $way) =~ s/^SET/SET LOCAL/r } 'a' .. 'e';
	my $sql = qq{
CREATE TEMP TABLE path (name text, path text);
BEGIN; $a SELECT pg_relation_filepath('${way}_a') AS a \\gset
ROLLBACK;
BEGIN;
SAVEPOINT s1; $a SAVEPOINT s2; $b SELECT pg_relation_filepath('${way}_b') AS b \\gset
ROLLBACK TO s2; $b RELEASE s2; SELECT pg_relation_filepath('${way}_b') AS b2 \\gset
ROLLBACK TO s1; $c
SAVEPOINT s3; $d RELEASE s3;
COMMIT;
DO \$\$ BEGIN
    BEGIN
        PERFORM encode_table('narrow', '${way}_e');
        PERFORM 1 / (SELECT count(*) - 20000 FROM ${way}_e);
    EXCEPTION WHEN division_by_zero THEN
        IF to_regclass('${way}_e') IS NOT NULL THEN RAISE 'not gone'; END IF;
    END;
    PERFORM encode_table('narrow', '${way}_e');
END \$\$;
SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relname LIKE '${way}__' AND relkind = 'r';
SELECT rows_digest('${way}_c') = rows_digest('${way}_d'), rows_digest('${way}_d') = rows_digest('${way}_e'), rows_digest('${way}_e');
SELECT sum((pg_stat_file(p, true)).size) FROM unnest(ARRAY[:'a', :'b', :'b2']) p;};
	my @lines = split /\n/, script($node, $sql);
	is_deeply([ @lines[ -3 .. -1 ] ], [ "${way}_c ${way}_d ${way}_e", "t|t|$expected{narrow}", 0 ], "page_writer = $way: what is rolled back is gone");
}
is(one_value($node, q{SELECT bad_pages('auto_c') || bad_pages('auto_d') || bad_pages('auto_e')}), '', 'good pages after savepoints');

# Two-phase commit across a crash, under each wal_level that may matter, logged and unlogged.
for my $level ('replica', 'minimal')
{
	$node->append_conf('postgresql.conf', "wal_level = $level\nmax_wal_senders = 0\n");
	$node->restart;
	for my $end ('commit', 'rollback')
	{
		script($node, "BEGIN; SELECT rows FROM encode_table('narrow', '${end}_narrow'); SELECT rows FROM encode_table('wide', '${end}_wide'); SAVEPOINT s;
			SELECT rows FROM encode_table('narrow', '${end}_gone'); ROLLBACK TO s; SELECT rows FROM encode_table('wide', '${end}_unlogged', false);
			PREPARE TRANSACTION '$end'");
	}
	crash($node);
	$node->start;
	my $tables = q{SELECT coalesce(string_agg(relname, ' ' ORDER BY relname), '') FROM pg_class WHERE relname ~ '^(commit|rollback)_' AND relkind = 'r'};
	is(one_value($node, $tables), '', "wal_level = $level: not there before the second phase");
	script($node, q{COMMIT PREPARED 'commit'; ROLLBACK PREPARED 'rollback'});
	is(one_value($node, $tables), 'commit_narrow commit_unlogged commit_wide', "wal_level = $level: there after it");
	for my $source ('narrow', 'wide')
	{
		is(one_value($node, "SELECT rows_digest('commit_$source')"), $expected{$source}, "wal_level = $level: $source is whole");
		is(one_value($node, "SELECT bad_pages('commit_$source')"), '', "wal_level = $level: $source has good pages");
	}
	is(one_value($node, q{SELECT count(*) FROM commit_unlogged}), 0, "wal_level = $level: unlogged and empty after the crash");
	script($node, 'DROP TABLE commit_narrow, commit_wide, commit_unlogged');
}
$node->stop;
checksums_ok($node, 'checksums hold');
done_testing();
