# Foreign tables as sources: of a file and of another server, with order_by and without.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;

my $node = start_server('foreign_tables');
my $file = PostgreSQL::Test::Utils::tempdir() . '/rows.csv';
load_testlib($node);
script($node, "CREATE TABLE t AS SELECT i, 'v' || i % 31 AS x, CASE WHEN i % 7 > 0 THEN 'w, \"' || i % 5 END AS z, i % 3 AS y FROM generate_series(1, 3000) i ORDER BY i % 100, i;\nCOPY (SELECT * FROM t) TO '$file' (FORMAT csv)");

sub check_source
{
	my ($name) = @_;
	is(one_value($node, "SELECT count(*) || ' ' || count(row_id) || ' ' || count(source_table) || ' ' || count(DISTINCT code) FROM gpu_encode.label_encode('$name', 'x')"), '3000 0 0 31', "$name: label codes, rows without ids");
	is(one_value($node, <<"SQL"), 'ok', "$name: target encodings in a declared order");
SELECT testlib.same('SELECT ordinal, fold, encoding FROM gpu_encode.target_encode(''$name'', ''x'', ''y'', order_by => ''{i}'', split_method => ''random'')',
                    'SELECT ordinal, fold, encoding FROM gpu_encode.target_encode(''t'', ''x'', ''y'', order_by => ''{i}'', split_method => ''random'')');
SQL
	my (undef, undef, $error) = $node->psql('postgres', "SELECT gpu_encode.target_encode('$name', 'x', 'y')");
	like($error, qr/order_by/, "$name: interleaved folds need order_by, and the error says so");
	is(one_value($node, "SELECT count(DISTINCT fold) FROM gpu_encode.target_encode('$name', 'x', 'y', fold_column => 'y')"), '3', "$name: custom folds need none");
	is(one_value($node, <<"SQL"), '3000 rows equal 3000 rows equal', "$name: fit_transform");
SELECT count(*) FROM gpu_encode.fit_transform('e_$name', '$name', 'o_$name', 'y', '{x,z}', smooth => 0, null_value => 'None', order_by => '{i}');
SELECT testlib.output_check('o_$name', 'z', 'SELECT ordinal, code AS expected FROM testlib.label_rows(''t'', ''z'', ''{i}'', ''None'')') || ' ' ||
       testlib.output_check('o_$name', 'z_TE', 'SELECT ordinal, encoding AS expected FROM testlib.target_rows(''t'', ''{z}'', ''y'', order_by => ''{i}'', null_value => ''None'')');
SQL
	is(one_value($node, "SELECT rows FROM gpu_encode.transform('e_$name', '$name', 'o2_$name')"), '3000', "$name: transform without an order");
	return;
}

SKIP:
{
	skip 'this server has no file_fdw', 1 if !has_extension($node, 'file_fdw');
	script($node, "CREATE EXTENSION file_fdw; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw; CREATE FOREIGN TABLE of_file (i int, x text, z text, y int) SERVER files OPTIONS (filename '$file', format 'csv')");
	check_source('of_file');
}
SKIP:
{
	skip 'this server has no postgres_fdw', 1 if !has_extension($node, 'postgres_fdw');
	my ($host, $port) = ($node->host, $node->port);
	script($node, <<"SQL");
CREATE EXTENSION postgres_fdw;
CREATE SERVER other FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '$host', port '$port', dbname 'postgres');
CREATE USER MAPPING FOR CURRENT_USER SERVER other;
CREATE FOREIGN TABLE of_server (i int, x text, z text, y int) SERVER other OPTIONS (table_name 't');
CREATE TABLE p (i int, x text, z text, y int) PARTITION BY RANGE (i);
CREATE TABLE p_local PARTITION OF p FOR VALUES FROM (3001) TO (4000);
CREATE FOREIGN TABLE p_foreign PARTITION OF p FOR VALUES FROM (1) TO (3001) SERVER other OPTIONS (table_name 't');
SQL
	check_source('of_server');
	# a partitioned table with a foreign partition has no physical order of its own
	my (undef, undef, $error) = $node->psql('postgres', q{SELECT gpu_encode.target_encode('p', 'x', 'y')});
	like($error, qr/order_by/, 'a foreign partition: order_by is needed');
	is(one_value($node, q{SELECT count(*) FROM gpu_encode.target_encode('p', 'x', 'y', order_by => '{i}')}), '3000', 'and works');
}
$node->stop;
done_testing();
