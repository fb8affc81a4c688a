-- CSV that COPY would misread: stray quotes, a last row that is NULL, a line of \. alone. In s3_import, s3_create_table and preprocess_s3.
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
CREATE SCHEMA test_csv_quotes;
SET search_path = test_csv_quotes;
\set ECHO none
\i :csv_rows
\set ECHO all
CREATE TABLE one (v text);
CREATE TABLE two (a text, b int);

-- the last row is NULL and has no line end
SELECT rows_of('one', testlib.put('na.csv', E'v\n1\nNA'), nulls => '{NA}');
SELECT rows_of('one', testlib.put('na_crlf.csv', E'v\r\n1\r\nNA'), nulls => '{NA}');
SELECT rows_of('one', testlib.put('na_cr.csv', E'v\r1\rNA'), nulls => '{NA}');
SELECT rows_of('one', testlib.put('na_only.csv', E'NA'), '(format csv)', '{NA}');
SELECT rows_of('one', testlib.put('empty.csv', E'v\n1\n""'));
SELECT rows_of('one', testlib.put('force.csv', E'v\n1\n""'), '(format csv, header, force_null (v))');
SELECT rows_of('one', testlib.put('listed.csv', E'v\n1\n""'), '(format csv, header, null ''x'')', '{""}');
SELECT rows_of('one', testlib.put('null_text.csv', E'v\n1\nx'), '(format csv, header, null ''x'')');
SELECT rows_of('one', testlib.put('blank.csv', E'v\n1\n\n'));
SELECT rows_imported FROM gpu_encode.s3_import('one', testlib.put('text.txt', E'1\nNA'), options => '(format text, null '''')', null_values => '{NA}');
SELECT rows_imported FROM gpu_encode.s3_import('one', testlib.put('text.txt', E'1\r\nNA'), options => '(format text, null '''')', null_values => '{NA}');
SELECT rows_imported FROM gpu_encode.s3_import('one', testlib.put('text.txt', E'1\rNA'), options => '(format text, null '''')', null_values => '{NA}');
-- the last field of a file, empty, long, or with a backslash before the end
CREATE FUNCTION last_line(rel text, content text, nulls text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE format('TRUNCATE %I', rel);
    PERFORM gpu_encode.s3_import(rel::regclass, testlib.put('last.txt', content), options => '(format text)', null_values => nulls);
    EXECUTE format('SELECT string_agg(x::text, '' '' ORDER BY ctid) FROM %I x', rel) INTO answer;
    RETURN answer;
END $$;
SELECT last_line('two', content || line_end, '{"",NA}') FROM unnest(ARRAY[E'x\t1\na\t', E'x\t1\n\t', E'x\t1\na\tNA', E'x\t1\na\t12345']) content, unnest(ARRAY['', E'\n']) line_end;
SELECT last_line('one', content, '{"",NA}') FROM unnest(ARRAY['', 'x', 'NA', E'x\nNA', E'x\n\n', E'x\nb\\']) content;
TRUNCATE two;

-- a line of \. is a value, with and without a line end, as a header, and in quotes
SELECT rows_of('one', testlib.put('dots.csv', E'v\na\n\\.\nb\n'));
SELECT rows_of('one', testlib.put('dots_crlf.csv', E'v\r\na\r\n\\.\r\nb\r\n'));
SELECT rows_of('one', testlib.put('dots_last.csv', E'v\na\n\\.'), nulls => '{NA}');
SELECT rows_of('one', testlib.put('dots_null.csv', E'\\.\na\n\\.\nb\n'), nulls => '{a}');
SELECT rows_of('one', testlib.put('dots_inside.csv', E'v\n"a\n\\.\nb"\nc\n'));
SELECT rows_of('one', testlib.put('dots_escape.csv', E'v\na\n\\.\nb\n'), $$(format csv, header, escape '\')$$);
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_import('two', %L)$$, testlib.put('dots_two.csv', E'a,b\nx,1\n\\.\ny,2\n')), '22P04', '"b"');
SELECT count(*) FROM two;

-- a stray quote is an error that names its line
SELECT testlib.put('tv.csv', E'a,b\n"x\ny",1\n27" TV,2\nz,3\n30" TV,4\n') AS tv \gset
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_import('two', %L)$$, :'tv'), '22P04', 'quote', 'line 4', 'tv.csv', 'stray_quotes literal');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_import('two', %L, null_values => '{NA}')$$, :'tv'), '22P04', 'quote', 'line 4', 'tv.csv');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, :'tv'), '22P04', 'quote', 'line 4', 'tv.csv', 'stray_quotes literal');
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, testlib.uri('e.csv'))$$, :'tv'), '22P04', 'quote', 'line 4', 'tv.csv', 'stray_quotes literal');
-- a quote that is not closed ends at the next field with quotes: where it opened is named, too
SELECT n, testlib.refuses(format(call, testlib.put('open.csv', E'a,b\n1,x\n2,"y\n3,z\n4,"w"\n5,v\n')), '22P04', 'quote', 'line 5', 'begins with a quote in line 3')
FROM (VALUES (1, $$SELECT gpu_encode.s3_import('two', %L)$$), (2, $$SELECT gpu_encode.s3_create_table('e', %L)$$), (3, $$SELECT gpu_encode.s3_create_table('e', %L, sample_rows => 1)$$),
             (4, $$SELECT gpu_encode.preprocess_s3(%L, testlib.uri('e.csv'))$$)) t (n, call);
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, testlib.put('header.csv', E'size 27",b\n1,2\n')), '22P04', 'quote', 'line 1', 'header.csv');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, testlib.put('spaced.csv', E'a,b\n1, "x"\n')), '22P04', 'quote', 'line 2', 'spaced.csv');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, testlib.put('reopened.csv', E'a,b\n1,2\n"x"y"z",2\n')), '22P04', 'quote', 'line 3', 'reopened.csv');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L, options => '(format csv, header, stray_quotes error)')$$, :'tv'), '22P04', 'quote', 'line 4');

-- or stands for itself
SELECT rows_of('two', :'tv', '(format csv, header, stray_quotes literal)');
SELECT rows_of('two', :'tv', '(format csv, header, stray_quotes ''literal'')', '{z}');
SELECT rows_of('one', testlib.put('odd.csv', E'v"w\na"b"c\n"d"e"f"\n x"\n"""g"""\n"h,i"\n'), '(format csv, header, stray_quotes literal)');
SELECT gpu_encode.s3_import('two', testlib.put('match.csv', E'b,a\n1,27" TV\n'), '{b,a}', '(format csv, header match, stray_quotes literal)');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_import('two', %L, options => '(format csv, stray_quotes perhaps)')$$, :'tv'), '22023', 'stray_quotes: "perhaps"', 'literal or error');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_import('two', %L, options => '(format csv, stray_quotes)')$$, :'tv'), '22023', 'stray_quotes: ""', 'literal or error');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_import('two', %L, options => '(format csv, stray_quotes error, stray_quotes literal)')$$, :'tv'), '22023', 'stray_quotes is given twice');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_import('two', %L, options => '(format text, stray_quotes literal)')$$, :'tv'), '0A000', 'csv');

-- a quote that is never closed: the line where it opens
SELECT testlib.put('open.csv', E'a,b\n"x\ny",1\nz,"2\n3\n4\n') AS open \gset
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_import('two', %L)$$, :'open'), '22P04', 'unterminated', 'line 4', 'open.csv');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, :'open'), '22P04', 'unterminated', 'line 4', 'open.csv');
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, testlib.uri('e.csv'))$$, :'open'), '22P04', 'unterminated', 'line 4', 'open.csv');

-- columns that the file has not, an import within an import, and rights
CREATE FUNCTION import_more() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM gpu_encode.s3_import('one', testlib.uri('dots.csv')); RETURN NEW; END $$;
TRUNCATE one, two;
CREATE TRIGGER more BEFORE INSERT ON two FOR EACH ROW EXECUTE FUNCTION import_more();
SELECT rows_imported FROM gpu_encode.s3_import('two', testlib.put('nested.csv', E'a,b\nx,1\ny,2\n'));
SELECT count(*), (SELECT count(*) FROM two) FROM one;
DROP TRIGGER more ON two;
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_import('two', %L)$$, testlib.put('late.csv', E'a,b\nx,1\ny,z\n')), '22P02', '"z"');
BEGIN TRANSACTION READ ONLY;
SELECT testlib.refuses($$SELECT gpu_encode.s3_import('two', testlib.uri('nested.csv'))$$, '25006', 'cannot execute s3_import in a read-only transaction');
ROLLBACK;
-- into a table by its OID, in a schema without USAGE
CREATE ROLE regress_gpu_encode_importer;
GRANT gpu_encode_s3_read, pg_read_server_files TO regress_gpu_encode_importer;
GRANT USAGE ON SCHEMA testlib TO regress_gpu_encode_importer;
CREATE SCHEMA test_csv_closed;
CREATE TABLE test_csv_closed.t (a text);
GRANT INSERT ON test_csv_closed.t TO regress_gpu_encode_importer;
SELECT format('SELECT rows_imported FROM gpu_encode.s3_import(%s::regclass, %L)', 'test_csv_closed.t'::regclass::oid, testlib.put('closed.csv', E'a\nx\n')) AS import \gset
SET ROLE regress_gpu_encode_importer;
SELECT testlib.refuses(:'import', '42501', 'permission denied for schema test_csv_closed');
RESET ROLE;
GRANT USAGE ON SCHEMA test_csv_closed TO regress_gpu_encode_importer;
SET ROLE regress_gpu_encode_importer;
:import;
RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA test_csv_closed CASCADE;
RESET client_min_messages;
DROP OWNED BY regress_gpu_encode_importer;
DROP ROLE regress_gpu_encode_importer;
SELECT testlib.files() LIKE '%unfinished%' AS unfinished;

SELECT testlib.remove_files();
SET client_min_messages = warning;
DROP SCHEMA test_csv_quotes CASCADE;
