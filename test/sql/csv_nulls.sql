-- NULL in CSV by null_values and by the options of COPY together: in s3_import, s3_create_table and preprocess_s3.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set csv_rows :abs_srcdir '/lib/csv_rows.sql'
\set ECHO none
\i :testlib
\set ECHO all
SELECT testlib.refuses('SELECT gpu_encode.s3_create_table(NULL, NULL)', '0A000', 'no S3 support') = 'ok' AS without_s3 \gset
\if :without_s3
\quit
\endif
CREATE SCHEMA test_csv_nulls;
SET search_path = test_csv_nulls;
\set ECHO none
\i :csv_rows
\set ECHO all
CREATE TABLE one (v text);
CREATE TABLE two (a text, b text);

-- a text of null_values is NULL, whatever the options say of the null text
SELECT rows_of('two', testlib.put('not_null.csv', E'a,b\nNA,1\n,\nq,NA\n"","NA"\n'), '(format csv, header, force_not_null (a))', '{NA}');
SELECT rows_of('two', testlib.put('not_null_q.csv', E'a,b\nNA,1\n,\nq,q\n"q","NA"\n'), '(format csv, header, force_not_null (a), null ''q'')', '{NA}');
SELECT rows_of('two', testlib.put('both.csv', E'a,b\nNA,1\n,\n"",""\n'), '(format csv, header, force_not_null (a), force_null (b))', '{NA}');
-- the same in columns of numbers, whose types were inferred
SELECT created FROM gpu_encode.s3_create_table('numbers', testlib.put('numbers.csv', E'a,b\nNA,1\n2,\n'), options => '(format csv, header, force_not_null (a, b))', null_values => '{NA}');
SELECT n.*, pg_typeof(a), pg_typeof(b) FROM numbers n;
DROP TABLE numbers;
SELECT created FROM gpu_encode.s3_create_table('numbers', testlib.put('numbers.csv', E'a,b\n,1\n2,3\n"",4\n'), options => '(format csv, header, force_not_null (a))');
SELECT n.*, pg_typeof(a) FROM numbers n;
-- of an import without null_values: as COPY has it
SELECT rows_of('two', testlib.put('alone.csv', E'a,b\n,\n"",""\n'), '(format csv, header, force_not_null (a))');
-- columns of the import, in another order; those that are generated take no part
CREATE TABLE generated (a text, g text GENERATED ALWAYS AS ('g' || coalesce(a, 'null')) STORED, b text);
SELECT rows_imported FROM gpu_encode.s3_import('generated', testlib.put('order.csv', E'NA,NA\n,\n'), options => '(format csv, force_not_null (b))', null_values => '{NA}');
SELECT rows_imported FROM gpu_encode.s3_import('generated', testlib.uri('order.csv'), '{b,a}', '(format csv, force_not_null (b))', null_values => '{NA}');
SELECT generated::text FROM generated;
SELECT testlib.refuses($$SELECT gpu_encode.s3_import('two', testlib.uri('order.csv'), options => '(format csv, force_not_null (c))', null_values => '{NA}')$$, '42P10', '"c"');
SELECT testlib.refuses($$SELECT gpu_encode.s3_import('two', testlib.uri('order.csv'), '{a}', options => '(format csv, force_not_null (b))', null_values => '{NA}')$$, '42P10', '"b"');
SELECT testlib.refuses($$SELECT gpu_encode.s3_import('two', testlib.put('many.csv', E'1,2,NA\n'), options => '(format csv)', null_values => '{NA}')$$, '22P04', 'extra data');

-- \. as a text of null_values, and as the null text, which COPY cannot read
SELECT rows_of('one', testlib.put('dots.csv', E'v\na\n\\.\nb\n\\.'), nulls => array['\.']);
SELECT rows_of('two', testlib.put('dots_two.csv', E'a,b\n\\.,1\n"\\.",\\.\n'), nulls => array['\.']);
SELECT created FROM gpu_encode.s3_create_table('dots', testlib.put('dots_number.csv', E'v\n\\.\n1\n'), null_values => array['\.']);
SELECT d.*, pg_typeof(v) FROM dots d;
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_import('one', %L, options => '(format csv, header, null ''\.'')')$$, testlib.uri('dots.csv')), '0A000', 'line 3', 'dots.csv', 'null_values');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L, options => '(format csv, header, null ''\.'')')$$, testlib.uri('dots.csv')), '0A000', 'line 3', 'dots.csv', 'null_values');
SELECT rows_of('two', testlib.uri('dots_two.csv'), '(format csv, header, null ''\.'')');

-- a line of \. with two fields, because the delimiter is one of its bytes: COPY's null text has no quotes, and keeps none
SELECT testlib.put('marker.csv', E'a.b\n\\.\nx.y\n\\.') IS NOT NULL, testlib.put('marker_back.csv', E'a\\b\n\\.\nx\\y\n\\.') IS NOT NULL;
SELECT name, options, nulls, rows_of('two', testlib.uri(name), '(format csv, header, ' || options || ')', nulls) FROM (VALUES
    ('marker.csv', 'delimiter ''.''', NULL::text[]), ('marker.csv', 'delimiter ''.''', '{NA}'), ('marker.csv', 'delimiter ''.'', null ''\''', NULL),
    ('marker.csv', 'delimiter ''.'', null ''NULL''', NULL), ('marker.csv', 'delimiter ''.'', force_not_null (b)', NULL),
    ('marker.csv', 'delimiter ''.'', force_null (b)', NULL), ('marker.csv', 'delimiter ''.'', null ''\''', '{""}'),
    ('marker_back.csv', 'delimiter ''\''', NULL), ('marker_back.csv', 'delimiter ''\''', '{NA}'), ('marker_back.csv', 'delimiter ''\'', null ''.''', NULL),
    ('marker_back.csv', 'delimiter ''\''', '{.}'), ('marker_back.csv', 'delimiter ''\'', escape ''.''', NULL)) AS v (name, options, nulls);
-- such a header
SELECT rows_imported FROM gpu_encode.s3_import('two', testlib.put('marker_first.csv', E'\\.\nx.y\n'), options => '(format csv, header, delimiter ''.'')');
-- NULL by null_values on a line of its own, if the null text is \.
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_import('one', %L, options => '(format csv, header, null ''\.'')', null_values => '{NA}')$$, testlib.put('marker_null.csv', E'v\na\nNA\nb\n')), '0A000', 'line 3', 'null_values');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L, options => '(format csv, header, null ''\.'')', null_values => '{NA}')$$, testlib.uri('marker_null.csv')), '0A000', 'line 3', 'null_values');

-- a column that is not there
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L, '{"B": "text"}')$$, testlib.uri('numbers.csv')), '42703', '"B"', 'Perhaps you meant the column "b"');

SELECT testlib.remove_files();
SET client_min_messages = warning;
DROP SCHEMA test_csv_nulls CASCADE;
