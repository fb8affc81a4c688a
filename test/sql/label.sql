-- label: codes of one column as rows, against values computed by hand and the oracle.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_label;
SET search_path = test_label;

-- golden vectors: bytewise order
CREATE TABLE decimals AS SELECT unnest(ARRAY['.09', '0.09', '09', '1.09']) AS x;
SELECT ordinal, code FROM gpu_encode.label_encode('decimals', 'x') ORDER BY ordinal;
CREATE TABLE cities AS SELECT unnest(ARRAY['Tokyo', 'Paris', 'Austin']) AS x;
SELECT ordinal, code FROM gpu_encode.label_encode('cities', 'x') ORDER BY ordinal;

-- bytes, not a locale: upper case before lower case, non-ASCII after, a prefix before what it starts
CREATE TABLE bytes AS SELECT unnest(ARRAY['b', 'B', 'ab', 'a', '', 'é', 'z', ' ', 'a b', 'a-b', '中']) AS x;
SELECT x, code FROM bytes t JOIN gpu_encode.label_encode('bytes', 'x') e ON (t.tableoid, t.ctid) = (e.source_table, e.row_id)
ORDER BY code;

-- the columns and types of the result; rows join back by (tableoid, ctid)
SELECT pg_typeof(ordinal) AS ordinal, pg_typeof(source_table) AS source_table, pg_typeof(row_id) AS row_id, pg_typeof(code) AS code
FROM gpu_encode.label_encode('cities', 'x') LIMIT 1;
SELECT x, source_table, code FROM cities t
JOIN gpu_encode.label_encode('cities', 'x') e ON (t.tableoid, t.ctid) = (e.source_table, e.row_id) ORDER BY x;

-- rows deleted and updated: ordinals count the visible ones
CREATE TABLE updated AS SELECT i, 'v' || i % 5 AS x FROM generate_series(0, 19) i;
DELETE FROM updated WHERE i % 4 = 0;
UPDATE updated SET x = 'w' WHERE i % 4 = 1;
SELECT testlib.label_check('updated', 'x');

-- few rows, few categories
CREATE TABLE empty_table (x text);
SELECT testlib.label_check('empty_table', 'x');
CREATE TABLE one_row AS SELECT 'only'::text AS x;
SELECT testlib.label_check('one_row', 'x');
CREATE TABLE one_category AS SELECT 'same'::text AS x FROM generate_series(1, 1000);
SELECT testlib.label_check('one_category', 'x'), (SELECT string_agg(DISTINCT code::text, ' ') FROM gpu_encode.label_encode('one_category', 'x'));
CREATE TABLE all_distinct AS SELECT md5(i::text) AS x FROM generate_series(1, 20000) i;
SELECT testlib.label_check('all_distinct', 'x');
CREATE TABLE all_null AS SELECT NULL::text AS x FROM generate_series(1, 100);
SELECT testlib.label_check('all_null', 'x'), (SELECT count(code) FROM gpu_encode.label_encode('all_null', 'x'));
SELECT testlib.label_check('all_null', 'x', null_value => 'None'), (SELECT count(code) FROM gpu_encode.label_encode('all_null', 'x', null_value => 'None'));

-- empty strings are values; strings alike in their first bytes and in length are not confused
CREATE TABLE alike AS
SELECT repeat('x', 40) || i % 700 || repeat('y', 40) AS x FROM generate_series(1, 3000) i
UNION ALL SELECT '' UNION ALL SELECT repeat('x', i) FROM generate_series(1, 300) i;
SELECT testlib.label_check('alike', 'x');

-- codes learned from several sources: 0..C-1 over the union, rows from the first alone
CREATE TABLE seen (x text);
INSERT INTO seen VALUES ('m'), ('d'), ('m');
CREATE TABLE more (id int, x text);
INSERT INTO more VALUES (1, 'a'), (2, 'z'), (3, 'd'), (4, NULL);
CREATE TABLE still_more (x text);
INSERT INTO still_more VALUES ('e');
SELECT ordinal, source_table, code FROM gpu_encode.label_encode('seen', 'x', label_sources => '{more}') ORDER BY ordinal;
SELECT testlib.label_check('seen', 'x', label_sources => '{more,still_more}');
SELECT testlib.label_check('seen', 'x', label_sources => '{seen}'), testlib.label_check('seen', 'x', label_sources => '{}');
SELECT testlib.label_check('seen', 'x', null_value => 'b', label_sources => '{more}'),
       testlib.label_check('seen', 'x', handle_missing => 'category', label_sources => '{more}');

-- a label source must have the column, and in the same type
CREATE TABLE other_type (x int);
CREATE TABLE other_column (y text);
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('seen', 'x', label_sources => '{more,other_type}')$$, '42804', 'other_type', 'type integer', 'text');
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('seen', 'x', label_sources => '{other_column}')$$, '42703', '"x"', 'relation other_column');

-- random tables, every kind of column
SELECT testlib.make_table('r' || n, n, n + 1) FROM unnest('{0,1,2,7,100,5000}'::int[]) n \g /dev/null
SELECT c, string_agg(testlib.label_check(t::regclass, c), ', ' ORDER BY n)
FROM unnest('{r0,r1,r2,r7,r100,r5000}'::text[]) WITH ORDINALITY t (t, n), unnest('{few,many,number,amount,y_float,y_boolean}'::text[]) c
GROUP BY c ORDER BY c;

-- in FROM with LIMIT, in a subquery, in CREATE TABLE AS, in UPDATE through a join
SELECT count(*) FROM (SELECT * FROM gpu_encode.label_encode('r5000', 'few') LIMIT 10) l;
SELECT (gpu_encode.label_encode('cities', 'x')).code;
CREATE TABLE coded AS SELECT t.id, e.code FROM r100 t JOIN gpu_encode.label_encode('r100', 'few') e ON t.ctid = e.row_id;
SELECT count(*) FROM coded;
ALTER TABLE cities ADD COLUMN code int;
-- rows that the same statement writes are not seen
INSERT INTO seen SELECT x FROM seen t JOIN gpu_encode.label_encode('seen', 'x') e ON t.ctid = e.row_id;
SELECT count(*) FROM seen;
WITH written AS (INSERT INTO seen VALUES ('now') RETURNING 1) SELECT count(*) FROM gpu_encode.label_encode('seen', 'x'), written;
SELECT count(*) FROM seen;
UPDATE cities t SET code = e.code FROM gpu_encode.label_encode('cities', 'x') e WHERE (t.tableoid, t.ctid) = (e.source_table, e.row_id);
SELECT * FROM cities ORDER BY code;

-- blocks of rows with the 256th and the 65536th category alone: ids at the edge of their bytes
CREATE TABLE edges AS SELECT i, 'v' || least(i, 256) AS x, 'v' || least(i, 65536) AS y FROM generate_series(1, 200000) i;
SELECT count(*) FILTER (WHERE x.code IS DISTINCT FROM a.code) AS wrong_bytes, count(*) FILTER (WHERE y.code IS DISTINCT FROM b.code) AS wrong_shorts
FROM edges t JOIN gpu_encode.label_encode('edges', 'x') x ON t.ctid = x.row_id JOIN gpu_encode.label_encode('edges', 'y') y ON t.ctid = y.row_id
JOIN testlib.codes('edges', 'x') a ON a.key = t.x JOIN testlib.codes('edges', 'y') b ON b.key = t.y;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_label CASCADE;
