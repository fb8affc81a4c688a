-- order: ordinals by order_by: ascending, NULLs last, text by bytes; ties are an error.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_order;
SET search_path = test_order;

CREATE TYPE size AS ENUM ('small', 'large');
CREATE TABLE t (i int, a text, b int, d date, e size, x text, y int);
INSERT INTO t SELECT i, (ARRAY['B', 'a', 'A', 'b', NULL])[1 + i % 5], (i * 7919) % 1000, CASE WHEN i % 9 > 0 THEN date '2024-01-01' + (i * 31) % 365 END,
    (enum_range(NULL::size))[1 + i % 2], 'v' || i % 6, i % 4
FROM generate_series(1, 400) i;

CREATE FUNCTION first_rows(VARIADIC order_by text[]) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(i::text, ' ' ORDER BY ordinal)
   FROM gpu_encode.label_encode('t', 'x', order_by => first_rows.order_by) e JOIN t ON t.ctid = row_id WHERE ordinal < 5 OR ordinal > 397 $$;
SELECT first_rows('i');
SELECT first_rows('b');
SELECT first_rows('a', 'i');
SELECT first_rows('d', 'i') = (SELECT string_agg(i::text, ' ' ORDER BY n) FROM (SELECT i, row_number() OVER (ORDER BY d, i) - 1 AS n FROM t) q WHERE n < 5 OR n > 397) AS dates;
SELECT first_rows('e', 'b') = (SELECT string_agg(i::text, ' ' ORDER BY n) FROM (SELECT i, row_number() OVER (ORDER BY e, b) - 1 AS n FROM t) q WHERE n < 5 OR n > 397) AS enums;

-- the oracle orders by the column itself, so text columns under COLLATE "C"
ALTER TABLE t ALTER a TYPE text COLLATE "C";
SELECT o, testlib.label_check('t', 'x', o::text[]), testlib.target_check('t', '{x}', 'y', 5, 1, 'contiguous', o::text[]),
       testlib.target_check('t', '{x}', 'y', 5, 1, 'random', o::text[])
FROM unnest(ARRAY['{i}', '{b}', '{a,i}', '{d,b}', '{e,a,b}']) o;
-- ordering by the category or the target themselves
SELECT testlib.target_check('t', '{x}', 'y', 5, 1, 'contiguous', '{x,y,i}');

-- rows that tie: the columns and values are named
INSERT INTO t SELECT 400, a, b, d, e, x, y FROM t WHERE i = 400;
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('t', 'x', order_by => '{i}')$$, '22023', 'rows of t', '(i) = (400)');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('t', 'x', 'y', order_by => '{a,b}')$$, '22023', 'rows of t', '(a, b) = (B, 600)');
UPDATE t SET i = NULL WHERE i IN (7, 8);
UPDATE t SET i = 401 WHERE ctid = (SELECT max(ctid) FROM t WHERE i = 400);
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('t', 'x', order_by => '{i}')$$, '22023', 'rows of t', '(i) = (NULL)');
UPDATE t SET i = 402 WHERE i IS NULL AND ctid = (SELECT max(ctid) FROM t WHERE i IS NULL);
SELECT testlib.label_check('t', 'x', '{i}');

-- lists that are none
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('t', 'x', order_by => '{nope}')$$, '42703', '"nope"');
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('t', 'x', order_by => '{i,i}')$$, '42701', '"i"');
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('t', 'x', order_by => '{i,NULL}')$$, '22004', '"order_by"');
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('t', 'x', order_by => '{{i},{b}}')$$, '2202E', '"order_by"');
CREATE TABLE unordered AS SELECT json_build_object('k', i) AS j, point(i, i) AS p, 'v' AS x FROM generate_series(1, 3) i;
SELECT c, testlib.refuses(format($$SELECT gpu_encode.label_encode('unordered', 'x', order_by => '{%s}')$$, c), '42883', format('"%s"', c)) FROM unnest('{j,p}'::text[]) c;

-- results follow the declared order, not the physical one: the same after CLUSTER
CREATE TABLE c AS SELECT i, 'v' || i % 17 AS x, i % 5 AS y FROM generate_series(1, 3000) i ORDER BY (i * 7919) % 3001;
CREATE TABLE before AS SELECT ordinal, fold, encoding FROM gpu_encode.target_encode('c', 'x', 'y', order_by => '{i}', smooth => 0.001);
CREATE TABLE physical AS SELECT ordinal, fold, encoding FROM gpu_encode.target_encode('c', 'x', 'y', smooth => 0.001);
CREATE INDEX c_i ON c (i);
CLUSTER c USING c_i;
SELECT testlib.same('TABLE before', 'SELECT ordinal, fold, encoding FROM gpu_encode.target_encode(''c'', ''x'', ''y'', order_by => ''{i}'', smooth => 0.001)');
SELECT testlib.same('TABLE before', 'SELECT ordinal, fold, encoding FROM gpu_encode.target_encode(''c'', ''x'', ''y'', smooth => 0.001)');
SELECT testlib.same('TABLE before', 'TABLE physical') <> 'ok' AS was_another_order;

-- output tables stand in the declared order (transform warns of the fitted table)
SET client_min_messages = error;
CREATE TABLE shuffled AS SELECT * FROM c ORDER BY (i * 7919) % 3001;
SELECT rows FROM gpu_encode.fit_transform('e', 'shuffled', 'o', 'y', '{x}', '{}', order_by => '{i}', smooth => 0.001);
SELECT testlib.output_check('o', 'i', 'SELECT i - 1 AS ordinal, i AS expected FROM c'), testlib.output_check('o', 'x_TE', 'SELECT ordinal, encoding AS expected FROM before');
SELECT rows FROM gpu_encode.transform('e', 'shuffled', 'o2', order_by => '{i}');
SELECT testlib.output_check('o2', 'i', 'SELECT i - 1 AS ordinal, i AS expected FROM c');
SELECT rows FROM gpu_encode.transform('e', 'shuffled', 'o3');
SELECT testlib.output_check('o3', 'i', 'SELECT row_number() OVER (ORDER BY ctid) - 1 AS ordinal, i AS expected FROM shuffled');

-- many rows: the sort may go to disk
SET work_mem = '64kB';
CREATE TABLE many AS SELECT i, md5(i::text) AS k, 'v' || i % 17 AS x, i % 5 AS y FROM generate_series(1, 30000) i;
SELECT testlib.target_check('many', '{x}', 'y', 5, 1, 'contiguous', '{k}');

-- rows that only teach labels need no order: ties do not matter there, and their columns are not read
CREATE TABLE ordered (id int, x text, y int);
INSERT INTO ordered VALUES (2, 'b', 1), (1, 'c', 0);
CREATE TABLE teachers (id int, x text, y int);
INSERT INTO teachers VALUES (1, 'a', 1), (1, 'c', 1);
SELECT ordinal, code FROM gpu_encode.label_encode('ordered', 'x', order_by => '{id}', label_sources => '{teachers}') ORDER BY ordinal;
SELECT rows FROM gpu_encode.fit_transform('e_teachers', 'ordered', 'o_teachers', 'y', '{x}', order_by => '{id}', label_sources => '{teachers}');
SELECT rows FROM gpu_encode.preprocess('ordered', 'o_alone', 'y', '{x}', 'teachers', order_by => '{id}');
SELECT testlib.refuses($$SELECT gpu_encode.preprocess('ordered', 'o_train', 'y', '{x}', 'teachers', 'o_validation', order_by => '{id}')$$, '22023', 'rows of teachers', '(id) = (1)');
CREATE ROLE test_order_reader;
GRANT USAGE ON SCHEMA test_order TO test_order_reader;
GRANT SELECT ON ordered TO test_order_reader;
GRANT SELECT (x) ON teachers TO test_order_reader;
SET ROLE test_order_reader;
SELECT count(*) FROM gpu_encode.label_encode('ordered', 'x', order_by => '{id}', label_sources => '{teachers}');
RESET ROLE;
DROP OWNED BY test_order_reader;
DROP ROLE test_order_reader;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_order CASCADE;
