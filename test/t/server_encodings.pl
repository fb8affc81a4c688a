# Databases in other server encodings: codes follow the bytes of that encoding.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;

my $node = start_server('server_encodings');
my %texts = (
	LATIN1 => 'zürich,Zürich,zebra,Österreich,ost,éclair,eclair,ñ,n,ß',
	EUC_JP => '東京,大阪,京都,とうきょう,トウキョウ,abc,ABC,北海道,九州,沖縄',
	UTF8 => '東京,zürich,😀,é,e,z,中文,Österreich,abc,ABC',
	SQL_ASCII => 'zürich,東京,abc,ABC,é,e,z,ß,n,ñ');

for my $encoding (sort keys %texts)
{
	my $database = lc $encoding;
	my $client = $encoding eq 'SQL_ASCII' ? '' : "SET client_encoding = 'UTF8';";
	$node->safe_psql('postgres', "CREATE DATABASE $database ENCODING '$encoding' TEMPLATE template0 LOCALE 'C'");
	load_testlib($node, $database);
	script($node, <<"SQL", $database);
$client
CREATE TABLE t AS SELECT i, (string_to_array('$texts{$encoding}', ','))[1 + i % 10] AS x, i % 3 AS y FROM generate_series(1, 200) i;
ALTER TABLE t RENAME x TO "n\xc3\xa4me";
ALTER TABLE t ADD COLUMN copy text;
UPDATE t SET copy = "n\xc3\xa4me";
SQL
	is(one_value($node, "$client SELECT testlib.label_check('t', 'copy')", $database), '200 rows equal', "$encoding: codes as the oracle");
	is(one_value($node, "$client SELECT testlib.label_check('t', 'n\xc3\xa4me')", $database), '200 rows equal', "$encoding: a column name that is not ASCII");
	is(one_value($node, "$client SELECT testlib.target_check('t', '{copy}', 'y', smooth => 1)", $database), '200 rows equal', "$encoding: encodings as the oracle");
	my $one = (split /,/, $texts{$encoding})[0];
	is(one_value($node, <<"SQL", $database), 'f|t|t', "$encoding: an encoder, transform and lookups");
$client
SELECT count(*) FROM gpu_encode.fit_transform('e', 't', 'o', 'y', '{"n\xc3\xa4me"}', '{"n\xc3\xa4me",copy}', te_suffix => '_\xc3\xa9');
SELECT count(*) FROM gpu_encode.transform('e', 't', 'o2', label_suffix => '_code');
SELECT bool_or(copy_code <> gpu_encode.label('e', 'copy', copy)), bool_and(gpu_encode.inverse_label('e', 'copy', copy_code) = copy),
       gpu_encode.label('e', 'n\xc3\xa4me', '$one'::text) IS NOT NULL FROM o2;
SQL
}

# bytes that are no character of any encoding
is(one_value($node, <<'SQL', 'sql_ascii'), '256 rows equal', 'SQL_ASCII: any bytes');
CREATE TABLE bytes AS SELECT i, convert_from(decode(lpad(to_hex(1 + i % 255), 2, '0') || '41', 'hex'), 'SQL_ASCII') AS x FROM generate_series(0, 255) i;
SELECT testlib.label_check('bytes', 'x');
SQL

# such bytes as the end of a text in a database that says that its texts are UTF-8, as texts of other servers can be
script($node, <<'SQL', 'sql_ascii');
CREATE TABLE cut AS SELECT i % 2 AS y, convert_from(('\x61f0'::bytea), 'SQL_ASCII') || CASE WHEN i % 2 = 0 THEN 'b' ELSE '' END AS x FROM generate_series(1, 20) i;
SELECT count(*) FROM gpu_encode.fit('cut_encoder', 'cut', 'x', '{y}', '{}', target_type => 'multiclass');
SQL
script($node, q{UPDATE pg_database SET encoding = pg_char_to_encoding('UTF8') WHERE datname = 'sql_ascii'});
my $page = $node->safe_psql('sql_ascii', q{SELECT gpu_encode.report('cut_encoder')});
like($page, qr{class a&#10216;F0&#10217;</span>}, 'a report ends a text where it ends');
like($page, qr{class a&#10216;F0&#10217;b</span>}, 'a byte that is no character hides none after it');
$node->stop;
done_testing();
