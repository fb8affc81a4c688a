-- reproducible: the same bits by any way, in any scan order, with any physical layout.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_reproducible;
SET search_path = test_reproducible;

CREATE TABLE t AS SELECT i, 'v' || (i * i) % 101 AS x, 'w' || i % 13 AS z, (i % 1000) / 7.0::float8 AS y FROM generate_series(1, 20000) i;
CREATE TABLE base AS SELECT ordinal, fold, encoding FROM gpu_encode.target_encode('t', 'x', 'y', smooth => 20.3, order_by => '{i}');

-- twice the same
SELECT testlib.digest('SELECT * FROM gpu_encode.target_encode(''t'', ''x'', ''y'') ORDER BY ordinal') = testlib.digest('SELECT * FROM gpu_encode.target_encode(''t'', ''x'', ''y'') ORDER BY ordinal') AS same;
-- as a table, a partitioned table, a view, a materialized view, a clustered and a rewritten table
CREATE TABLE parts (LIKE t) PARTITION BY HASH (i);
DO $$ BEGIN FOR m IN 0..4 LOOP EXECUTE format('CREATE TABLE part_%s PARTITION OF parts FOR VALUES WITH (MODULUS 5, REMAINDER %s)', m, m); END LOOP; END $$;
INSERT INTO parts SELECT * FROM t ORDER BY -i;
CREATE VIEW v AS SELECT z, y, x, i FROM t;
CREATE MATERIALIZED VIEW m AS SELECT * FROM t ORDER BY md5(i::text);
CREATE TABLE wide_rows AS SELECT repeat('pad', 300) AS pad, t.* FROM t ORDER BY y, i;
CREATE INDEX wide_rows_i ON wide_rows (i DESC);
CLUSTER wide_rows USING wide_rows_i;
SELECT s, testlib.same('TABLE base', format('SELECT ordinal, fold, encoding FROM gpu_encode.target_encode(%L, ''x'', ''y'', smooth => 20.3, order_by => ''{i}'')', s))
FROM unnest('{t,parts,v,m,wide_rows}'::text[]) s;
-- through target_encode, fit_transform, preprocess
SELECT rows FROM gpu_encode.fit_transform('e', 'm', 'o', 'y', '{x}', '{}', smooth => 20.3, order_by => '{i}');
SELECT testlib.output_check('o', 'x_TE', 'SELECT ordinal, encoding AS expected FROM base');
SELECT rows FROM gpu_encode.preprocess('parts', 'o2', 'y', '{x,z}', label_columns => '{x,z}', smooth => 20.3, order_by => '{i}');
SELECT testlib.output_check('o2', 'x_TE', 'SELECT ordinal, encoding AS expected FROM base');
-- coded columns give the bits of the raw ones
CREATE TABLE coded AS SELECT i, e.code AS x, y FROM t JOIN gpu_encode.label_encode('t', 'x') e ON t.ctid = e.row_id;
SELECT testlib.same('TABLE base', 'SELECT ordinal, fold, encoding FROM gpu_encode.target_encode(''coded'', ''x'', ''y'', smooth => 20.3, order_by => ''{i}'')');
-- full statistics are those of any order of rows
SELECT count(*) FROM gpu_encode.fit('e_t', 't', 'y', '{x,z}', '{x}', smooth => 20.3) a, gpu_encode.fit('e_m', 'm', 'y', '{x,z}', '{x}', smooth => 20.3) b;
SELECT testlib.same('SELECT kind, column_name, value, code, n_rows, moments::text, encoding::text FROM e_t WHERE kind <> ''parameters''',
                    'SELECT kind, column_name, value, code, n_rows, moments::text, encoding::text FROM e_m WHERE kind <> ''parameters''');
-- an encoder of train applied to train differs from out-of-fold values, and to one new row is the encoder's
SET client_min_messages = error;
SELECT rows FROM gpu_encode.transform('e_t', 't', 'o_t', label_suffix => '_c');
RESET client_min_messages;
SELECT count(*) FILTER (WHERE o."x_TE" <> e.encoding) AS wrong FROM o_t o JOIN e_t e ON e.kind = 'category' AND e.column_name = 'x' AND e.value = o.x;
CREATE TABLE one_row AS SELECT 'v4' AS x, 'w1' AS z;
SELECT rows FROM gpu_encode.transform('e_t', 'one_row', 'o_row', label_suffix => '_c');
SELECT o."x_TE" = e.encoding AS te, o.x_c = e.code AS code FROM o_row o, e_t e WHERE e.kind = 'category' AND e.column_name = 'x' AND e.value = 'v4';

-- inside functions, loops, cursors and prepared statements
CREATE FUNCTION nightly() RETURNS TABLE (n bigint) LANGUAGE plpgsql AS
$$
DECLARE r record;
BEGIN
    FOR r IN SELECT * FROM unnest('{x,z}'::text[]) c LOOP
        PERFORM gpu_encode.fit_transform('e_' || r.c, 't', 'o_' || r.c, 'y', ARRAY[r.c]);
        RETURN QUERY EXECUTE format('SELECT count(*) FROM o_%s', r.c);
    END LOOP;
    BEGIN
        PERFORM gpu_encode.fit('e_x', 't');
    EXCEPTION WHEN duplicate_table THEN
        n := -1;
        RETURN NEXT;
    END;
END
$$;
SELECT * FROM nightly();
SELECT l.ordinal, code, fold, n FROM ROWS FROM (gpu_encode.label_encode('t', 'x'), gpu_encode.target_encode('t', 'x', 'y')) WITH ORDINALITY AS l (ordinal, a, b, code, o, c, d, fold, e, n) LIMIT 3;
PREPARE p(text) AS SELECT count(*), count(DISTINCT code) FROM gpu_encode.label_encode('t', $1);
EXECUTE p('x');
EXECUTE p('z');
DEALLOCATE p;
BEGIN;
DECLARE c CURSOR FOR SELECT ordinal, fold FROM gpu_encode.target_encode('t', 'x', 'y', order_by => '{i}');
FETCH 3 FROM c;
MOVE 19990 FROM c;
FETCH ALL FROM c;
CLOSE c;
DECLARE s SCROLL CURSOR FOR SELECT ordinal FROM gpu_encode.label_encode('t', 'x');
FETCH LAST FROM s;
FETCH BACKWARD 2 FROM s;
FETCH ABSOLUTE 5 FROM s;
CLOSE s;
DECLARE c2 CURSOR FOR SELECT i FROM t ORDER BY i;
FETCH 1 FROM c2;
SELECT rows FROM gpu_encode.transform('e_t', 'one_row', 'while_open');
FETCH 1 FROM c2;
COMMIT;

-- text forms that parallel workers make: as without workers, whatever the session's settings are
CREATE TYPE reading AS (value float8, span interval);
CREATE TABLE forms AS SELECT i, ARRAY['2024-01-01 00:00Z'::timestamptz + i % 101 * interval '1 hour'] AS times, (i % 7 / 3.0, i % 9 * interval '1 day')::reading AS readings, repeat('pad', 100) AS pad FROM generate_series(1, 40000) i;
SET min_parallel_table_scan_size = 0; SET parallel_leader_participation = off;
LOAD 'gpu_encode';
SET gpu_encode.max_workers = 0;
CREATE TABLE alone AS SELECT c, e.* FROM unnest('{times,readings}'::text[]) c, gpu_encode.label_encode('forms', c) e;
SET gpu_encode.max_workers = 2;
SET TimeZone = 'Asia/Kolkata'; SET DateStyle = 'SQL, DMY'; SET IntervalStyle = 'iso_8601'; SET extra_float_digits = -10;
SELECT c, testlib.same(format('SELECT ordinal, source_table, row_id, code FROM alone WHERE c = %L', c), format('SELECT * FROM gpu_encode.label_encode(''forms'', %L)', c)),
       (SELECT detail ~ '[1-9] workers' OR (SELECT setting::int FROM pg_settings WHERE name = 'max_parallel_workers') = 0 FROM gpu_encode.last_run() WHERE stage = 'read') AS by_workers
FROM unnest('{times,readings}'::text[]) c;
RESET TimeZone; RESET DateStyle; RESET IntervalStyle; RESET extra_float_digits; RESET gpu_encode.max_workers; RESET min_parallel_table_scan_size; RESET parallel_leader_participation;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_reproducible CASCADE;
