-- sources: every kind of relation, and what is none.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_sources;
SET search_path = test_sources;

CREATE TABLE heap AS SELECT i, 'v' || i % 7 AS x, i % 5 AS y, 'w' || i % 3 AS z FROM generate_series(1, 500) i;
CREATE UNLOGGED TABLE unlogged AS TABLE heap;
CREATE TEMP TABLE temporary AS TABLE heap;
CREATE MATERIALIZED VIEW materialized AS TABLE heap;
CREATE VIEW "a view" AS SELECT i, x || '!' AS x, y FROM heap WHERE i % 2 = 0;

-- heaps of every kind
SELECT t, testlib.label_check(t, 'x'), testlib.target_check(t, '{x}', 'y', smooth => 1)
FROM unnest('{heap,unlogged,temporary,materialized}'::regclass[]) t;

-- views: no ctid, so folds by position need order_by; row ids are NULL
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('"a view"', 'x', 'y')$$, '22023', 'order_by');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('"a view"', 'x', 'y', split_method => 'random')$$, '22023', 'order_by');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('"a view"', 'x', 'y', split_method => 'contiguous')$$, '22023', 'order_by');
SELECT count(*), count(source_table), count(row_id), count(code), min(ordinal), max(ordinal) FROM gpu_encode.label_encode('"a view"', 'x');
SELECT count(*), count(source_table), count(row_id), count(encoding) FROM gpu_encode.target_encode('"a view"', 'x', 'y', order_by => '{i}');
CREATE TABLE from_view AS SELECT * FROM "a view" ORDER BY i;
SELECT testlib.same(
    'SELECT ordinal, fold, encoding FROM gpu_encode.target_encode(''"a view"'', ''x'', ''y'', order_by => ''{i}'', split_method => ''random'', smooth => 1)',
    'SELECT ordinal, fold, encoding FROM gpu_encode.target_encode(''from_view'', ''x'', ''y'', split_method => ''random'', smooth => 1)');
-- custom folds need no order
SELECT testlib.same(
    'SELECT fold, encoding FROM gpu_encode.target_encode(''"a view"'', ''x'', ''y'', fold_column => ''y'')',
    'SELECT fold, encoding FROM gpu_encode.target_encode(''from_view'', ''x'', ''y'', fold_column => ''y'')');

-- a constant of type oid is no relation that the view reads
CREATE VIEW with_oid AS SELECT i, x, y FROM heap WHERE tableoid <> 4294967295::oid;
SELECT count(*) FROM gpu_encode.label_encode('with_oid', 'x');

-- a view is evaluated once for a call
CREATE SEQUENCE evaluations;
CREATE VIEW counting AS SELECT i, x, y, nextval('evaluations') AS n FROM heap;
SELECT count(*) FROM gpu_encode.fit_transform('counting_encoder', 'counting', 'counting_output', 'y', '{x}', '{x}', order_by => '{i}');
SELECT last_value FROM evaluations;
-- what a regclass constant names is nobody's to hold: a function that the view calls may empty it
CREATE TABLE notes AS SELECT 1 AS n;
CREATE FUNCTION emptied(about regclass, i integer) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN IF i = 1 THEN EXECUTE format('TRUNCATE %s', about); END IF; RETURN i; END $$;
CREATE VIEW emptying AS SELECT i, x, y, emptied('notes', i) AS n FROM heap;
SELECT count(*) FROM gpu_encode.fit_transform('emptying_encoder', 'emptying', 'emptying_output', 'y', '{x}', '{x}', order_by => '{i}');
SELECT count(*) FROM notes;
CREATE VIEW volatile_view AS SELECT i, x, random() AS y FROM heap;
SELECT count(*) FROM gpu_encode.target_encode('volatile_view', 'x', 'y', order_by => '{i}');

-- inheritance: the parent with its children, in the order of order_by
CREATE TABLE parent (i int, x text, y int);
CREATE TABLE child (more text) INHERITS (parent);
INSERT INTO parent SELECT i, x, y FROM heap WHERE i % 3 = 0;
INSERT INTO child SELECT i, x, y, 'm' FROM heap WHERE i % 3 <> 0;
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('parent', 'x', 'y')$$, '22023', 'order_by');
SELECT testlib.same('SELECT ordinal, code FROM gpu_encode.label_encode(''parent'', ''x'', order_by => ''{i}'')',
                    'SELECT ordinal, code FROM gpu_encode.label_encode(''heap'', ''x'')');
SELECT testlib.same('SELECT ordinal, fold, encoding FROM gpu_encode.target_encode(''parent'', ''x'', ''y'', order_by => ''{i}'')',
                    'SELECT ordinal, fold, encoding FROM gpu_encode.target_encode(''heap'', ''x'', ''y'')');
SELECT testlib.target_check('child', '{x}', 'y');

-- foreign tables: test/t/foreign_tables.pl
-- dropped columns, columns added later with a default, generated columns
CREATE TABLE altered (gone int, i int, x text, gone2 text, y int);
INSERT INTO altered SELECT 0, i, 'v' || i % 4, 'gone', i % 3 FROM generate_series(1, 300) i;
ALTER TABLE altered DROP COLUMN gone, DROP COLUMN gone2;
ALTER TABLE altered ADD COLUMN late text DEFAULT 'late', ADD COLUMN late_int int DEFAULT 7, ADD COLUMN late_null text,
    ADD COLUMN generated text GENERATED ALWAYS AS (x || '+') STORED;
INSERT INTO altered (i, x, y, late) VALUES (301, 'v9', 1, 'new'), (302, NULL, 2, NULL);
SELECT c, testlib.label_check('altered', c), testlib.target_check('altered', ARRAY[c], 'y') FROM unnest('{x,late,late_int,late_null,generated}'::text[]) c;
SELECT testlib.target_check('altered', '{x,late}', 'late_int');
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('altered', 'gone')$$, '42703', '"gone"');
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('altered', '........pg.dropped.1........')$$, '42703', 'column "........pg.dropped.1........" of relation altered does not exist');
SELECT rows, columns FROM gpu_encode.fit_transform('altered_encoder', 'altered', 'altered_output', 'y', '{late}');
SELECT testlib.columns('altered_output');
SELECT attname, atthasdef, attgenerated = '' AS plain FROM pg_attribute WHERE attrelid = 'altered_output'::regclass AND attnum > 0 ORDER BY attnum;

-- values out of line and compressed
CREATE TABLE toasted (i int, x text, compressed text, y int);
ALTER TABLE toasted ALTER x SET STORAGE EXTERNAL, ALTER compressed SET STORAGE MAIN;
INSERT INTO toasted SELECT i, string_agg(md5((i % 5)::text || j), ''), repeat('long ' || i % 4, 5000), i FROM generate_series(1, 40) i, generate_series(1, 500) j GROUP BY i;
SELECT c, testlib.label_check('toasted', c), testlib.target_check('toasted', ARRAY[c], 'y') FROM unnest('{x,compressed}'::text[]) c;

-- many pages, holes, and rows in the middle of an update
CREATE TABLE holes AS SELECT i, md5((i % 900)::text) AS x, i % 7 AS y FROM generate_series(1, 40000) i;
DELETE FROM holes WHERE i BETWEEN 9000 AND 21000 OR i % 13 = 0;
SELECT testlib.label_check('holes', 'x'), testlib.target_check('holes', '{x}', 'y', 5, 1, 'random');

-- own uncommitted rows count, others' do not; so in a savepoint and in an exception block
BEGIN;
INSERT INTO heap VALUES (501, 'new', 1, 'w');
SELECT testlib.label_check('heap', 'x'), testlib.target_check('heap', '{x}', 'y');
SAVEPOINT s;
DELETE FROM heap WHERE x = 'v1';
SELECT testlib.label_check('heap', 'x'), testlib.target_check('heap', '{x}', 'y');
ROLLBACK TO s;
SELECT testlib.label_check('heap', 'x');
ROLLBACK;

-- what is no source
CREATE INDEX heap_i ON heap (i);
CREATE TYPE composite AS (x text);
SELECT k, testlib.refuses(format('SELECT gpu_encode.label_encode(%L, ''x'')', k), '42809', split_part(k, '.', 1))
FROM unnest('{heap_i,evaluations,composite}'::text[]) k;
SELECT testlib.refuses($$SELECT gpu_encode.label_encode(4294967295::oid::regclass, 'x')$$, '42P01', 'relation with OID 4294967295 does not exist');
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('no_such_table', 'x')$$, '42P01', '"no_such_table"');
SELECT testlib.refuses($$SELECT gpu_encode.label_encode(NULL, 'x')$$, '22004', '"source"');
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('heap', 'x', label_sources => '{heap_i}')$$, '42809', '"heap_i"');
CREATE MATERIALIZED VIEW unpopulated AS TABLE heap WITH NO DATA;
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('unpopulated', 'x')$$, '55000', '"unpopulated"');
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('pg_toast.pg_toast_1255', 'chunk_id')$$, '42809', '"pg_toast_1255"');
CREATE TABLE no_columns ();
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('no_columns', 'x')$$, '42703', '"x"');
-- system columns are none of a table's columns
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('heap', 'ctid')$$, '42703', '"ctid"');
-- the catalogs are tables as others are
SELECT count(*) > 0 AS works FROM gpu_encode.label_encode('pg_catalog.pg_type', 'typname');

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_sources CASCADE;
