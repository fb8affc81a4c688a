-- target: out-of-fold target encodings of one column, golden vectors and small cases by hand.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_target;
SET search_path = test_target;

-- as cuML: a,b,b,a
CREATE TABLE g1 (x text, y int, f int);
INSERT INTO g1 VALUES ('a', 1, 0), ('b', 0, 1), ('b', 1, 1), ('a', 1, 2);
SELECT * FROM gpu_encode.target_encode('g1', 'x', 'y', n_folds => 4, prior => 'global', smooth => 0) ORDER BY ordinal;
SELECT ordinal, encoding FROM gpu_encode.target_encode('g1', 'x', 'y', n_folds => 4, smooth => 1, prior => 'global') ORDER BY ordinal;
SELECT ordinal, round(encoding::numeric, 4) AS encoding
FROM gpu_encode.target_encode('g1', 'x', 'y', n_folds => 4, smooth => 10000, prior => 'global') ORDER BY ordinal;
SELECT ordinal, fold, encoding FROM gpu_encode.target_encode('g1', 'x', 'y', fold_column => 'f', prior => 'global', smooth => 0) ORDER BY ordinal;
SELECT ordinal, fold, encoding FROM gpu_encode.target_encode('g1', 'x', 'y', split_method => 'custom', fold_column => 'f', prior => 'global', smooth => 0) ORDER BY ordinal;

CREATE TABLE g2 (x text, y int);
INSERT INTO g2 SELECT * FROM unnest('{a,a,b,b,a,b,c,b,a,c}'::text[], '{1,0,1,1,0,1,1,0,1,0}'::int[]);
SELECT ordinal, fold, round(encoding::numeric, 10) AS encoding
FROM gpu_encode.target_encode('g2', 'x', 'y', n_folds => 5, split_method => 'interleaved', smooth => 0.001, prior => 'global') ORDER BY ordinal;
SELECT ordinal, fold, round(encoding::numeric, 10) AS encoding
FROM gpu_encode.target_encode('g2', 'x', 'y', n_folds => 4, split_method => 'contiguous', smooth => 0.001, prior => 'global') ORDER BY ordinal;

-- more folds than rows: one row each
CREATE TABLE g3 (x text, y int);
INSERT INTO g3 SELECT * FROM unnest('{a,a,b,b,a,c}'::text[], '{1,0,1,1,0,1}'::int[]);
SELECT ordinal, fold, round(encoding::numeric, 10) AS encoding
FROM gpu_encode.target_encode('g3', 'x', 'y', n_folds => 100, prior => 'global', smooth => 0) ORDER BY ordinal;

-- two columns as one category
CREATE TABLE g4 (x1 text, x2 int, y int);
INSERT INTO g4 SELECT * FROM unnest('{a,b,b,a,a,b}'::text[], '{1,1,2,2,1,2}'::int[], '{1,0,1,1,0,1}'::int[]);
SELECT ordinal, fold, round(encoding::numeric, 10) AS encoding
FROM gpu_encode.target_encode('g4', ARRAY['x1', 'x2'], 'y', n_folds => 4, prior => 'global', smooth => 0) ORDER BY ordinal;

-- encodings of new rows
SELECT count(*) FROM gpu_encode.fit('e1', 'g1', 'y', '{x}', '{}', smooth => 0);
SELECT v, gpu_encode.target_encoding('e1', 'x', v) FROM unnest('{b,a,c,d}'::text[]) v;
SELECT count(*) FROM gpu_encode.fit('e2', 'g2', 'y', '{x}', '{}', smooth => 0.001);
SELECT v, round(gpu_encode.target_encoding('e2', 'x', v)::numeric, 10) FROM unnest('{a,b,c,d,NULL}'::text[]) v;
SELECT count(*) FROM gpu_encode.fit('e4', 'g4', 'y', label_columns => '{}', target_combinations => '[["x1","x2"]]', smooth => 0);
SELECT v, gpu_encode.target_encoding('e4', '{x1,x2}', v::text[]) FROM unnest('{"{b,1}","{b,2}","{a,1}"}'::text[]) v;

-- the types of the result; the defaults: 5 folds, smooth from the data, interleaved, prior out of fold
SELECT pg_typeof(ordinal) AS ordinal, pg_typeof(source_table) AS source_table, pg_typeof(row_id) AS row_id,
       pg_typeof(fold) AS fold, pg_typeof(encoding) AS encoding
FROM gpu_encode.target_encode('g2', 'x', 'y', prior => 'global', smooth => 0) LIMIT 1;
SELECT testlib.same('SELECT * FROM gpu_encode.target_encode(''g2'', ''x'', ''y'')',
                    'SELECT * FROM gpu_encode.target_encode(''g2'', ''x'', ''y'', 5, NULL, ''interleaved'', NULL, NULL, NULL, NULL, 42, ''out_of_fold'', ''mean'', NULL, NULL, ''value'', ''auto'', NULL)');
SELECT testlib.target_check('g2', '{x}', 'y');

-- a list of one column is that column
SELECT testlib.same('SELECT * FROM gpu_encode.target_encode(''g2'', ''x'', ''y'')',
                    'SELECT * FROM gpu_encode.target_encode(''g2'', ARRAY[''x''], ''y'')');

-- priors: 'global' takes all rows, 'out_of_fold' the other folds
CREATE TABLE priors (x text, y int, f int);
INSERT INTO priors VALUES ('once', 20, 0), ('a', 2, 0), ('a', 4, 1), (NULL, 8, 1);
SELECT ordinal, fold, encoding FROM gpu_encode.target_encode('priors', 'x', 'y', fold_column => 'f', prior => 'global', smooth => 0) ORDER BY ordinal;
SELECT ordinal, fold, encoding FROM gpu_encode.target_encode('priors', 'x', 'y', fold_column => 'f', prior => 'out_of_fold', smooth => 0) ORDER BY ordinal;
SELECT ordinal, encoding FROM gpu_encode.target_encode('priors', 'x', 'y', fold_column => 'f', smooth => 2, prior => 'out_of_fold') ORDER BY ordinal;
-- where the other folds have no target, 'out_of_fold' has no prior
UPDATE priors SET y = NULL WHERE f = 1;
SELECT ordinal, fold, encoding FROM gpu_encode.target_encode('priors', 'x', 'y', fold_column => 'f', prior => 'out_of_fold', smooth => 0)
ORDER BY ordinal, encoding;

-- few rows, few categories, no target at all
CREATE TABLE empty_table (x text, y int);
SELECT testlib.target_check('empty_table', '{x}', 'y');
CREATE TABLE one_row AS SELECT 'only'::text AS x, 3 AS y;
SELECT testlib.target_check('one_row', '{x}', 'y'), (SELECT encoding FROM gpu_encode.target_encode('one_row', 'x', 'y', prior => 'global', smooth => 0));
CREATE TABLE one_category AS SELECT 'same'::text AS x, i % 3 AS y FROM generate_series(1, 1000) i;
SELECT testlib.target_check('one_category', '{x}', 'y', smooth => 1);
CREATE TABLE all_distinct AS SELECT md5(i::text) AS x, i % 2 AS y FROM generate_series(1, 3000) i;
SELECT testlib.target_check('all_distinct', '{x}', 'y'), (SELECT string_agg(DISTINCT encoding::text, ' ') FROM gpu_encode.target_encode('all_distinct', 'x', 'y', prior => 'global', smooth => 0));
CREATE TABLE all_null AS SELECT NULL::text AS x, i AS y FROM generate_series(1, 5) i;
SELECT testlib.target_check('all_null', '{x}', 'y'), (SELECT string_agg(DISTINCT encoding::text, ' ') FROM gpu_encode.target_encode('all_null', 'x', 'y', prior => 'global', smooth => 0));
CREATE TABLE no_target AS SELECT 'v' || i % 2 AS x, NULL::float8 AS y FROM generate_series(1, 5) i;
SELECT testlib.target_check('no_target', '{x}', 'y'), (SELECT count(encoding) FROM gpu_encode.target_encode('no_target', 'x', 'y', prior => 'global', smooth => 0));
SELECT testlib.target_check('no_target', '{x}', 'y', prior => 'out_of_fold', smooth => 1);

-- the target's own column is no category
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('g2', 'y', 'y')$$, '22023', '"y"');

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_target CASCADE;
