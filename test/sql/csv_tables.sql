-- s3_create_table: tables from CSV files of the server, with types inferred from the values.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
SELECT testlib.refuses('SELECT gpu_encode.s3_create_table(NULL, NULL)', '0A000', 'no S3 support') = 'ok' AS without_s3 \gset
\if :without_s3
\quit
\endif
CREATE SCHEMA test_csv;
SET search_path = test_csv;

-- every type; empty is NULL; a column without values is text
SELECT testlib.put('types.csv', $$id,big,code,ratio,flag,day,moment,instant,name,nothing,mixed
1,9223372036854775807,007,1.5,true,2026-11-23,2026-11-23 10:00:00,2026-11-23T10:00:00Z,a,,1
-2,9223372036854775808,12,2,FALSE,2024-02-29,2026-11-23,2026-11-23 10:00:00+05:30,"b, ""c""",,x
0,0,0,-.5e-3,,,,,,,
$$) AS types \gset
SELECT * FROM gpu_encode.s3_create_table('types', :'types');
SELECT testlib.columns('types');
SELECT * FROM types;
SELECT nothing IS NULL AS nothing_is_null, name IS NULL AS name_is_null FROM types WHERE id = 0;

-- given types; inference switched off; one that does not exist; a column that is not there
SELECT created FROM gpu_encode.s3_create_table('given', :'types', '{"id": "text", "ratio": "numeric(6,4)", "day": "text"}');
SELECT testlib.columns('given');
SELECT ratio FROM given;
SELECT created FROM gpu_encode.s3_create_table('off', :'types', '{"*": "text", "id": "integer"}');
SELECT testlib.columns('off');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L, '{"id": "no_such_type"}')$$, :'types'), '42704', '"no_such_type"', '"id"');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L, '{"ID": "text"}')$$, :'types'), '42703', '"ID"', 'types.csv');
-- whatever is wrong with a type, its column is named
CREATE FUNCTION names_column(uri text, types jsonb, name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    PERFORM gpu_encode.s3_create_table('e', uri, types);
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN CASE WHEN strpos(detail, format('column "%s"', name)) > 0 THEN 'ok' ELSE SQLERRM || ' ' || detail END;
END $$;
SELECT type, names_column(:'types', jsonb_build_object('id', type), 'id')
FROM unnest(ARRAY['int; x', '', 'varchar(0)', 'setof int', 'numeric(2000)', 'a.b.c.d', 'int(3)', 'no_such_type', 'no_such_schema.type']) type;
SELECT names_column(:'types', '{"*": "varchar(0)"}', 'id');
DROP FUNCTION names_column;
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L, '["text"]')$$, :'types'), '22023', 'column_types');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L, '{"id": 1}')$$, :'types'), '22023', '"id"');

-- texts that mean NULL; quoted empty fields are empty texts, but NULL where there is no empty value
SELECT testlib.put('nulls.csv', E'n,t,q\n1,NA,""\nNA,x,"5"\n"",-,"6"\n"-","",7\n') AS nulls \gset
SELECT created FROM gpu_encode.s3_create_table('nulls_plain', :'nulls');
SELECT testlib.columns('nulls_plain');
SELECT created FROM gpu_encode.s3_create_table('nulls_listed', :'nulls', null_values => '{NA,-}');
SELECT testlib.columns('nulls_listed');
SELECT n, t, t = '' AS empty, q FROM nulls_listed;

-- options of COPY: delimiter, quote, escape, no header; carriage returns; a byte order mark
SELECT testlib.put('semicolon.csv', E'1;''a;b''\r\n2;''c\\''d''\r\n') AS semicolon \gset
SELECT created FROM gpu_encode.s3_create_table('semicolon', :'semicolon', options => $$(format csv, delimiter ';', quote '''', escape '\')$$);
SELECT * FROM semicolon;
SELECT testlib.put('mark.csv', chr(65279) || E'Ünï,"two\nlines"\n"a\n""b""",2') AS mark \gset
SELECT created FROM gpu_encode.s3_create_table('mark', :'mark');
SELECT testlib.columns('mark');
SELECT * FROM mark;
SET client_encoding = 'latin1';
SELECT created FROM gpu_encode.s3_create_table('encoded', :'mark');
RESET client_encoding;
SELECT testlib.columns('encoded') = testlib.columns('mark') AS same;
SELECT testlib.put('latin1.csv', E'n\u00e9\n\u00fc\n', 'LATIN1') AS latin \gset
SELECT created FROM gpu_encode.s3_create_table('latin', :'latin', options => '(format csv, header, encoding ''latin1'')');
SELECT testlib.columns('latin'), (SELECT * FROM latin);
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L, options => '(format csv, header, encoding ''utf8'')')$$, :'latin'), '22021', 'invalid byte sequence for encoding "UTF8": 0xe9 0x0a 0xfc');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L, options => '(format text)')$$, :'types'), '0A000', 'csv');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L, options => '(format csv) WHERE true')$$, :'types'), '42601', 'argument "options" has no options of COPY: "(format csv) WHERE true"');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L, options => '(format csv); SELECT 1')$$, :'types'), '42601', 'argument "options" has no options of COPY: "(format csv); SELECT 1"');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L, options => '(format csv, colour blue)')$$, :'types'), '42601', '"colour"');

-- a sample: a later row that does not fit is named by file, line, column and value
SELECT testlib.put('late.csv', E'a,b\n1,x\n2,"y\nz"\nthree,w\n') AS late \gset
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L, sample_rows => 2)$$, :'late'), '22P02', 'late.csv', 'line 5', '"a"', '"three"');
SELECT created, rows_imported, files_imported FROM gpu_encode.s3_create_table('late', :'late', sample_rows => 3);
SELECT testlib.columns('late'), (SELECT count(*) FROM late);
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L, '{"a": "integer"}')$$, :'late'), '22P02', '"three"');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L, sample_rows => 0)$$, :'late'), '22023', 'sample_rows');

-- files that are no tables
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, testlib.put('short.csv', E'a,b\n1,2\n3\n')), '22P04', 'line 3', '"b"', 'short.csv');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, testlib.put('long.csv', E'a,b\n1,2,3\n')), '22P04', 'line 2', 'long.csv');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, testlib.put('open.csv', E'a,b\n1,"2\n')), '22P04', 'quoted', 'open.csv');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, testlib.put('ends.csv', E'a,b\n1,2\r\n3,4\n')), '22P04', 'carriage return', 'line 2');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, testlib.put('empty.csv', '')), '22P04', 'empty.csv');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, testlib.put('twice.csv', E'a,a\n')), '42701', 'twice.csv', '"a"');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, testlib.put('name.csv', repeat('n', 64) || E'\n')), '42622', '64 bytes');
SELECT testlib.refuses($$SELECT gpu_encode.s3_create_table('e', testlib.uri('missing.csv'))$$, '58P01', 'missing.csv');
-- no pipe either, whose other end no cancel could wait for
SELECT testlib.shell('mkfifo gpu_encode_test_pipe.csv && mkdir gpu_encode_test_directory.csv');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, uri), '42809', 'is not a regular file', uri_end)
FROM (VALUES ('file:///dev/zero', 'zero'), (testlib.uri('directory.csv'), 'directory.csv'), (testlib.uri('pipe.csv'), 'pipe.csv')) t (uri, uri_end);
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, testlib.uri('e.csv'))$$, testlib.uri('pipe.csv')), '42809', 'is not a regular file');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_import('late', %L)$$, testlib.uri('pipe.csv')), '42809', 'is not a regular file');
SELECT testlib.shell('rmdir gpu_encode_test_directory.csv');
-- nor a path that no file can have
SELECT testlib.refuses($$SELECT gpu_encode.s3_create_table('e', 'file:///' || repeat('a/', 50000))$$, '58P03', 'path of a file is too long', '100001 bytes', '(99937 more characters)');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, testlib.uri(repeat('a', 250))), '58P03', 'could not open file');
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, %L)$$, :'types', testlib.uri(repeat('a', 250))), '58P03', 'could not create file');
SELECT testlib.refuses($$SELECT gpu_encode.s3_create_table('e', 'http://example.org/a.csv')$$, '22023', 'not a URI of an object: "http://example.org/a.csv"');

-- a header alone; unnamed columns; a line that up to 17 would end COPY's data
SELECT rows_imported FROM gpu_encode.s3_create_table('alone', testlib.put('alone.csv', E',x\n'));
SELECT testlib.columns('alone');
SELECT rows_imported FROM gpu_encode.s3_create_table('dots', testlib.put('dots.csv', E'a\n\\.\nb\n'));
SELECT * FROM dots;

-- values that one type would merge are text: whole numbers above 2^53 beside a fraction, times finer than microseconds, leading zeros
SELECT testlib.put('merged.csv', $$big,bigger,beyond,fine,zeros,small,exact,trailing,padded
9007199254740993,9007199254740993,18446744073709551615,2026-11-23 10:00:00.123456789,00.5,1.5e-00005,9007199254740992,2026-11-23 10:00:00.123456000,1.50
0.5,9007199254740992,18446744073709551614,2026-11-23 10:00:00.123456711,1.5,2,0.5,2026-11-23 10:00:00.5,2
$$) AS merged \gset
SELECT created FROM gpu_encode.s3_create_table('merged', :'merged');
SELECT testlib.columns('merged');
SELECT * FROM merged;
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L, sample_rows => 1)$$, testlib.put('late_big.csv', E'a\n0.5\n9007199254740993\n')), '22P02', 'line 3', '"9007199254740993"');

-- errors name file, line and column, and say what to do
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, testlib.put('ragged.csv', E'a,b\n"x\ny",1\n3\n')), '22P04', 'line 4', '"b"', 'ragged.csv', 'It reads "3"');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, testlib.put('ragged.csv', E'a,b\n1,2,' || repeat('é', 70) || E'\n')), '22P04', 'line 2', 'has 3 fields', 'It reads "1,2,' || repeat('é', 60) || '... (10 more characters)"');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L, sample_rows => 2)$$, :'late'), '22P02', 'late.csv', 'line 5', 'null_values', 'sample_rows');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L, sample_rows => 1)$$, testlib.put('long_value.csv', E'a\r\n1\r\n"' || repeat(E'x\n', 70) || E'"\r\n')), '22P02', 'line 3', repeat(E'x\n', 32) || '... (76 more characters)"');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L, null_values => '{NULL}')$$, :'late'), '22004', 'null_values', '{"NULL"}');
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, testlib.uri('e.csv'), null_values => '{NULL}')$$, :'late'), '22004', 'null_values', '{"NULL"}');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_import('late', %L, null_values => '{NULL}')$$, :'late'), '22004', 'null_values', '{"NULL"}');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, testlib.put('twice.csv', E'a,b,a\n')), '42701', 'twice.csv', '"a"', 'columns 1 and 3', 'header');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, testlib.put_bytes('invalid.csv', E'a,b\nx,1\n'::bytea || '\xff'::bytea || E',2\n'::bytea)), '22021', '0xff', 'line 3', 'invalid.csv', 'encoding');
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, testlib.uri('e.csv'))$$, testlib.uri('invalid.csv')), '22021', '0xff', 'line 3', 'invalid.csv');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_import('late', %L)$$, testlib.uri('invalid.csv')), '22021', '0xff', 'line 3', 'invalid.csv');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, testlib.put_bytes('far.csv', ('a' || E'\r\n' || repeat(E'1\r\n', 100000))::bytea || '\xff'::bytea)), '22021', '0xff', 'line 100002', 'far.csv');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, testlib.put_bytes(name, mark)), '22021', name, 'is encoded in ' || encoding, 'iconv')
FROM (VALUES ('utf16.csv', '\xfffe61000a00'::bytea, 'UTF-16 little-endian'), ('utf16be.csv', '\xfeff0061000a', 'UTF-16 big-endian'),
             ('utf32.csv', '\xfffe0000610000000a000000', 'UTF-32 little-endian'), ('utf32be.csv', '\x0000feff000000610000000a', 'UTF-32 big-endian')) t (name, mark, encoding);
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, testlib.put_bytes('no_mark.csv', bytes)), '22021', 'line 1', 'byte 0', 'UTF-16') FROM (VALUES ('\x61000a00'::bytea), ('\x0061000a')) t (bytes);
-- without an encoding a mark is left out, too
SELECT testlib.put('mark.csv', U&'\FEFFa\000Aé\000A') LIKE '%mark.csv' AS put;
SELECT created FROM gpu_encode.s3_create_table('marked', testlib.uri('mark.csv'), options => '(format csv, header, encoding ''sql_ascii'')');
SELECT a FROM marked;
-- formats that are no text
SELECT name, testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, testlib.put_bytes(name, bytes)), '0A000', name || ' is ', word, 'gzip or zstd'),
       testlib.refuses(format($$SELECT gpu_encode.s3_import('late', %L, options => '(format text)')$$, testlib.uri(name)), '0A000', name || ' is ', word)
FROM (VALUES ('a.bz2', 'BZh91AY&SY'::bytea || '\x95e50cce', 'bzip2'), ('a.xz', '\xfd377a585a000004e6d6b446', 'compressed by xz'), ('a.lz4', '\x04224d186440a7', 'lz4'),
             ('a.zip', '\x504b03040a00', 'zip'), ('a.parquet', '\x504152311504150c', 'Parquet')) t (name, bytes, word);
-- what begins as they do
SELECT rows_imported FROM gpu_encode.s3_create_table('par', testlib.put('par.csv', E'PAR1,PK,BZh9,7zXZ\n1,2,3,4\n'));
SELECT rows_imported FROM gpu_encode.s3_create_table('bz', testlib.put('bz.csv', E'BZh91AY&SY\n1\n'), compression => 'none');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, testlib.put_bytes('cut.csv.gz', '\x1f8b0800')), '22P03', 'cut.csv.gz', 'gzip', 'cut short');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, testlib.put('plain.csv.gz', E'a\n1\n')), '22P03', 'plain.csv.gz', 'gzip');
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, testlib.uri('e.csv'), column_types => '{"a": "date"}', label_columns => '{a}')$$, :'late'), '22007', '"1"', 'line 2', 'late.csv', '"a"');

-- blank lines at the end are no rows, others are short ones; in a file of one column they are NULL
SELECT rows_imported FROM gpu_encode.s3_create_table('blank', testlib.put('blank.csv', E'a,b\n1,2\n\n \t\n\n'));
SELECT * FROM blank;
SELECT rows_imported FROM gpu_encode.s3_create_table('blank_crlf', testlib.put('blank.csv', E'a,b\r\n1,2\r\n\r\n'));
SELECT part, rows FROM gpu_encode.preprocess_s3(testlib.uri('blank.csv'), testlib.uri('blank_out.csv'));
SELECT rows_imported FROM gpu_encode.s3_create_table('blank_one', testlib.put('blank_one.csv', E'a\n1\n\n\n'));
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, testlib.put('blank.csv', E'a,b\n1,2\n\n3,4\n')), '22P04', 'line 3', '"b"');

-- names, temporary and unlogged tables, what is not supported yet, rights, read-only transactions
SELECT created FROM gpu_encode.s3_create_table('pg_temp."A b"', :'late');
SELECT created FROM gpu_encode.s3_create_table('unlogged', :'late', logged => false);
SELECT relname, relpersistence FROM pg_class WHERE relname IN ('A b', 'unlogged', 'late') ORDER BY relname COLLATE "C";
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('late', %L)$$, :'late'), '42P07', '"late"');
-- replaced: the table keeps what it is, its rows are those of the files; with dropped columns too
SELECT testlib.put('night1.csv', E'id,name\n1,a\n2,b\n') AS night1, testlib.put('night2.csv', E'id,name\n3,c\n4,\n5,"d ""e"""\n') AS night2 \gset
SELECT created, rows_imported FROM gpu_encode.s3_create_table('nightly', :'night1', replace => true);
CREATE VIEW over_nightly AS SELECT name, id FROM nightly;
CREATE INDEX ON nightly (id);
SELECT created, rows_imported FROM gpu_encode.s3_create_table('nightly', :'night2', replace => true);
SELECT * FROM over_nightly ORDER BY id;
CREATE TABLE gaps (gone text, id bigint, gone_too int, name text);
ALTER TABLE gaps DROP COLUMN gone, DROP COLUMN gone_too;
SELECT rows_imported FROM gpu_encode.s3_create_table('gaps', :'night2', replace => true);
TABLE gaps;
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('nightly', %L, replace => true)$$, testlib.put('night3.csv', E'id,name\nx,a\n')), '55000', '"nightly"', 'Column 1 is id bigint; id text COLLATE "default" is needed.');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('nightly', %L, '{"id": "bigint"}', replace => true)$$, testlib.put('night3.csv', E'id,name\n1,a\nx,a\n')), '22P02', 'invalid input syntax for type bigint', '"x"');
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('over_nightly', %L, replace => true)$$, :'night1'), '42809', '"over_nightly"');
SELECT * FROM over_nightly ORDER BY id;
SELECT testlib.refuses($$SELECT gpu_encode.s3_create_table('e', NULL)$$, '22004', '"uri"');
CREATE ROLE gpu_encode_test_reader;
GRANT ALL ON SCHEMA test_csv TO gpu_encode_test_reader;
GRANT USAGE ON SCHEMA testlib TO gpu_encode_test_reader;
SET ROLE gpu_encode_test_reader;
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, :'late'), '42501', 'permission denied for function s3_create_table');
RESET ROLE;
GRANT gpu_encode_s3_read TO gpu_encode_test_reader;
SET ROLE gpu_encode_test_reader;
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, :'late'), '42501', 'pg_read_server_files');
RESET ROLE;
GRANT pg_read_server_files TO gpu_encode_test_reader;
SET ROLE gpu_encode_test_reader;
SELECT created FROM gpu_encode.s3_create_table('of_reader', :'late');
RESET ROLE;
BEGIN TRANSACTION READ ONLY;
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, :'late'), '25006', 'cannot execute gpu_encode.s3_create_table() in a read-only transaction');
ROLLBACK;
SELECT testlib.tables('test_csv');

SELECT testlib.remove_files();
SET client_min_messages = warning;
DROP SCHEMA test_csv CASCADE;
DROP OWNED BY gpu_encode_test_reader;
DROP ROLE gpu_encode_test_reader;
