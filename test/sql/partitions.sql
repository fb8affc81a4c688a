-- partitions: ordinals follow partition bound order, DEFAULT last, depth first.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_partitions;
SET search_path = test_partitions;

-- the order as EXPLAIN shows it, whatever the order of creation and the names
CREATE TABLE p (k int, x text, y int) PARTITION BY RANGE (k);
CREATE TABLE a_default PARTITION OF p DEFAULT;
CREATE TABLE z_first PARTITION OF p FOR VALUES FROM (MINVALUE) TO (100);
CREATE TABLE b_third PARTITION OF p FOR VALUES FROM (200) TO (300) PARTITION BY LIST (x);
CREATE TABLE c_second PARTITION OF p FOR VALUES FROM (100) TO (200);
CREATE TABLE b_b PARTITION OF b_third FOR VALUES IN ('v1', 'v3');
CREATE TABLE b_default PARTITION OF b_third DEFAULT;
CREATE TABLE b_a PARTITION OF b_third FOR VALUES IN ('v0', 'v2');
CREATE TABLE b_null PARTITION OF b_third FOR VALUES IN (NULL);
INSERT INTO p SELECT i * 37 % 400, CASE WHEN i % 11 > 0 THEN 'v' || i % 6 END, i % 5 FROM generate_series(1, 2000) i;
CREATE VIEW leaves AS SELECT * FROM unnest('{z_first,c_second,b_a,b_b,b_null,b_default,a_default}'::regclass[]) WITH ORDINALITY l (leaf, n);

-- each leaf has a run of ordinals, leaves in order, rows of a leaf by ctid
SELECT source_table, min(n) = max(n) AS one_leaf, count(*) = max(ordinal) - min(ordinal) + 1 AS one_run
FROM gpu_encode.label_encode('p', 'x') e JOIN leaves ON leaf = source_table GROUP BY source_table ORDER BY min(ordinal);
SELECT count(*) AS out_of_order FROM (
    SELECT ordinal, row_number() OVER (ORDER BY n, row_id) - 1 AS expected
    FROM gpu_encode.label_encode('p', 'x') e JOIN leaves ON leaf = source_table) o
WHERE ordinal <> expected;

-- results equal those of one table with the rows in that order
CREATE TABLE one AS SELECT p.* FROM p JOIN leaves ON leaf = p.tableoid::regclass ORDER BY n, p.ctid;
SELECT testlib.label_check('one', 'x'), testlib.target_check('one', '{x}', 'y', 5, 1, 'random');
SELECT testlib.same('SELECT ordinal, code FROM gpu_encode.label_encode(''p'', ''x'')', 'SELECT ordinal, code FROM gpu_encode.label_encode(''one'', ''x'')');
SELECT s, testlib.same(
    format('SELECT ordinal, fold, encoding FROM gpu_encode.target_encode(''p'', ''x'', ''y'', smooth => 1, split_method => %L)', s),
    format('SELECT ordinal, fold, encoding FROM gpu_encode.target_encode(''one'', ''x'', ''y'', smooth => 1, split_method => %L)', s))
FROM unnest('{interleaved,contiguous,random}'::text[]) s;

-- rows join back by (tableoid, ctid)
SELECT count(*), count(*) FILTER (WHERE code <> c.code2) AS wrong
FROM p JOIN gpu_encode.label_encode('p', 'x') e ON (p.tableoid, p.ctid) = (e.source_table, e.row_id)
JOIN (SELECT x, dense_rank() OVER (ORDER BY x COLLATE "C") - 1 AS code2 FROM p WHERE x IS NOT NULL GROUP BY x) c USING (x);

-- leaves whose columns stand in another order, with dropped columns
CREATE TABLE attached (y int, gone int, x text, k int);
ALTER TABLE attached DROP COLUMN gone;
INSERT INTO attached SELECT i % 5, 'v' || i % 6, 1000 + i FROM generate_series(1, 100) i;
DELETE FROM a_default WHERE k >= 1000;
ALTER TABLE p ATTACH PARTITION attached FOR VALUES FROM (1000) TO (2000);
CREATE VIEW leaves2 AS SELECT * FROM unnest('{z_first,c_second,b_a,b_b,b_null,b_default,attached,a_default}'::regclass[]) WITH ORDINALITY l (leaf, n);
CREATE TABLE two AS SELECT p.* FROM p JOIN leaves2 ON leaf = p.tableoid::regclass ORDER BY n, p.ctid;
SELECT testlib.same('SELECT ordinal, code FROM gpu_encode.label_encode(''p'', ''x'')', 'SELECT ordinal, code FROM gpu_encode.label_encode(''two'', ''x'')');
SELECT testlib.same('SELECT ordinal, fold, encoding FROM gpu_encode.target_encode(''p'', ''x'', ''y'')',
                    'SELECT ordinal, fold, encoding FROM gpu_encode.target_encode(''two'', ''x'', ''y'')');

-- a part of it alone, and with order_by
SELECT string_agg(source_table::text, ' ' ORDER BY first) FROM (
    SELECT source_table, min(ordinal) AS first FROM gpu_encode.label_encode('b_third', 'x') GROUP BY source_table) l;
CREATE TABLE keyed (id int, x text, y int) PARTITION BY HASH (id);
CREATE TABLE keyed_0 PARTITION OF keyed FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE keyed_1 PARTITION OF keyed FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE keyed_2 PARTITION OF keyed FOR VALUES WITH (MODULUS 3, REMAINDER 2);
INSERT INTO keyed SELECT i, 'v' || i % 7, i % 5 FROM generate_series(1, 900) i;
CREATE TABLE by_id AS SELECT * FROM keyed ORDER BY id;
SELECT testlib.same('SELECT ordinal, fold, encoding FROM gpu_encode.target_encode(''keyed'', ''x'', ''y'', order_by => ''{id}'')',
                    'SELECT ordinal, fold, encoding FROM gpu_encode.target_encode(''by_id'', ''x'', ''y'')');
SELECT count(*), count(row_id) AS ids, count(DISTINCT source_table) AS tables FROM gpu_encode.label_encode('keyed', 'x', order_by => '{id}');

-- fit_transform and transform of a partitioned table; what comes out is a plain table in ordinal order
SELECT rows, columns FROM gpu_encode.fit_transform('e', 'p', 'o', 'y', '{x}', '{x}');
SELECT relkind FROM pg_class WHERE oid = 'o'::regclass;
SELECT testlib.output_check('o', 'x', 'SELECT ordinal, code AS expected FROM gpu_encode.label_encode(''p'', ''x'')'),
       testlib.output_check('o', 'x_TE', 'SELECT ordinal, encoding AS expected FROM gpu_encode.target_encode(''p'', ''x'', ''y'')'),
       testlib.output_check('o', 'k', 'SELECT row_number() OVER (ORDER BY n, p.ctid) - 1 AS ordinal, k AS expected FROM p JOIN leaves2 ON leaf = p.tableoid::regclass');

-- where row security makes a query of it, rows have the same order
CREATE ROLE test_partitions_reader;
GRANT USAGE ON SCHEMA test_partitions, testlib TO test_partitions_reader;
GRANT SELECT ON p, two TO test_partitions_reader;
ALTER TABLE p ENABLE ROW LEVEL SECURITY;
CREATE POLICY everything ON p USING (true);
SET ROLE test_partitions_reader;
SELECT testlib.same('SELECT ordinal, code FROM gpu_encode.label_encode(''p'', ''x'')', 'SELECT ordinal, code FROM gpu_encode.label_encode(''two'', ''x'')');
SELECT testlib.same('SELECT ordinal, fold, encoding FROM gpu_encode.target_encode(''p'', ''x'', ''y'')',
                    'SELECT ordinal, fold, encoding FROM gpu_encode.target_encode(''two'', ''x'', ''y'')');
RESET ROLE;
DROP OWNED BY test_partitions_reader;
DROP ROLE test_partitions_reader;

-- no partition at all; empty leaves
CREATE TABLE none_yet (x text, y int) PARTITION BY LIST (x);
SELECT count(*) FROM gpu_encode.label_encode('none_yet', 'x');
SELECT count(*) FROM gpu_encode.target_encode('none_yet', 'x', 'y');
CREATE TABLE still_empty PARTITION OF none_yet FOR VALUES IN ('a');
SELECT count(*) FROM gpu_encode.label_encode('none_yet', 'x');

-- rows that an encoder learned from are warned of by whatever relation they come
CREATE TABLE learned (x text, y int, at int) PARTITION BY RANGE (at);
CREATE TABLE learned_1 PARTITION OF learned FOR VALUES FROM (1) TO (9) PARTITION BY RANGE (at);
CREATE TABLE learned_11 PARTITION OF learned_1 DEFAULT;
CREATE TABLE learned_2 PARTITION OF learned DEFAULT;
INSERT INTO learned SELECT 'v' || i % 3, i % 2, i FROM generate_series(1, 20) i;
CREATE TABLE still_plain AS SELECT x, y FROM learned;
CREATE TABLE child () INHERITS (still_plain);
INSERT INTO child TABLE still_plain;
SELECT count(*) FROM gpu_encode.fit('e_all', 'learned', 'y', '{x}', '{}'), gpu_encode.fit('e_part', 'learned_11', 'y', '{x}', '{}') b, gpu_encode.fit('e_child', 'child', 'y', '{x}', '{}') c;
SELECT rows FROM gpu_encode.transform('e_all', 'learned_11', 'o1');
SELECT rows FROM gpu_encode.transform('e_part', 'learned', 'o2');
SELECT rows FROM gpu_encode.transform('e_child', 'still_plain', 'o3');
SELECT rows FROM gpu_encode.transform('e_part', 'learned_2', 'o4');
SELECT part, rows FROM gpu_encode.preprocess('learned', 'o5', 'y', '{x}', 'learned_2', 'o6', label_columns => '{}');
SELECT part, rows FROM gpu_encode.preprocess('learned_2', 'o7', 'y', '{x}', 'learned', 'o8', label_columns => '{}');
SELECT part, rows FROM gpu_encode.preprocess('learned_2', 'o9', 'y', '{x}', 'learned_11', 'o10', label_columns => '{}');
-- the relation that the encoder learned from is gone
DROP TABLE child;
SELECT rows FROM gpu_encode.transform('e_child', 'still_plain', 'o11');

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_partitions CASCADE;
