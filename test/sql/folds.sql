-- folds: the fold of every row by interleaved, contiguous, random and custom splits.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_folds;
SET search_path = test_folds;

CREATE TABLE ten AS SELECT i, 'v' || i % 3 AS x, i * i AS y, i % 4 - 2 AS f FROM generate_series(0, 9) i;
CREATE FUNCTION folds(VARIADIC options text[]) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE answer text;
BEGIN
    EXECUTE format('SELECT string_agg(fold::text, '' '' ORDER BY ordinal) FROM gpu_encode.target_encode(''ten'', ''x'', ''y'', %s)',
                   array_to_string(options, ', ')) INTO answer;
    RETURN answer;
END
$$;

-- interleaved: i mod k; contiguous: floor(i k / n)
SELECT folds('n_folds => 3'), folds('n_folds => 3', 'split_method => ''contiguous''');
SELECT folds('n_folds => 4'), folds('n_folds => 4', 'split_method => ''contiguous''');
SELECT folds('n_folds => 10'), folds('n_folds => 10', 'split_method => ''contiguous''');

-- random: the published permutations of ten for seeds 42, 0 and -1
SELECT folds('n_folds => 10', 'split_method => ''random''');
SELECT folds('n_folds => 10', 'split_method => ''random''', 'seed => 0');
SELECT folds('n_folds => 10', 'split_method => ''random''', 'seed => -1');
SELECT folds('n_folds => 5', 'split_method => ''random''', 'seed => 42');

-- custom: the integers of the fold column
SELECT folds('fold_column => ''f''');
SELECT folds('fold_column => ''f''', 'split_method => ''custom''') = folds('fold_column => ''f''') AS same;

-- against the oracle, n from 1 to 300 (permutation widths 8 and 9)
CREATE TABLE t1 AS SELECT 'a' AS x, 1 AS y;
CREATE TABLE t255 AS SELECT 'v' || i % 7 AS x, i AS y FROM generate_series(1, 255) i;
CREATE TABLE t256 AS SELECT 'v' || i % 7 AS x, i AS y FROM generate_series(1, 256) i;
CREATE TABLE t257 AS SELECT 'v' || i % 7 AS x, i AS y FROM generate_series(1, 257) i;
CREATE TABLE t3000 AS SELECT 'v' || i % 7 AS x, i AS y FROM generate_series(1, 3000) i;
SELECT t, s, string_agg(testlib.target_check(t, '{x}', 'y', k, 1, s), ', ' ORDER BY k)
FROM unnest('{t1,t255,t256,t257,t3000}'::regclass[]) t, unnest('{interleaved,contiguous,random}'::text[]) s, unnest('{2,5,255,1000}'::int[]) k
GROUP BY t, s ORDER BY t::text, s;
SELECT seed, testlib.target_check('t257', '{x}', 'y', 5, 1, 'random', seed => seed)
FROM unnest('{0,-1,9223372036854775807,-9223372036854775808,11400714819323198485}'::numeric[]) n,
     LATERAL (SELECT (CASE WHEN n > 9223372036854775807 THEN n - 18446744073709551616 ELSE n END)::bigint) s (seed);

-- random folds are balanced to one row
SELECT max(c) - min(c) AS difference FROM (
    SELECT count(*) AS c FROM gpu_encode.target_encode('t3000', 'x', 'y', n_folds => 7, split_method => 'random', prior => 'global') GROUP BY fold) b;

-- custom folds: any int4, in any integer type, with gaps
CREATE TABLE custom AS
SELECT i, 'v' || i % 5 AS x, i % 11 AS y, (ARRAY[-2147483648, 2147483647, 0, -1, 17])[1 + i % 5] AS f4,
       (i % 3 - 1)::smallint AS f2, (ARRAY[-2147483648, 2147483647])[1 + i % 2]::bigint AS f8
FROM generate_series(1, 200) i;
SELECT f, testlib.target_check('custom', '{x}', 'y', fold_column => f, smooth => 2) FROM unnest('{f4,f2,f8}'::text[]) f;
SELECT DISTINCT fold FROM gpu_encode.target_encode('custom', 'x', 'y', fold_column => 'f4', prior => 'global') ORDER BY fold;
-- n_folds does not matter then; one fold leaves no other rows and is refused
SELECT testlib.same('SELECT * FROM gpu_encode.target_encode(''custom'', ''x'', ''y'', n_folds => 2, fold_column => ''f4'')',
                    'SELECT * FROM gpu_encode.target_encode(''custom'', ''x'', ''y'', n_folds => 9, fold_column => ''f4'')');
ALTER TABLE custom ADD COLUMN same_fold int DEFAULT 7;
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('custom', 'x', 'y', fold_column => 'same_fold')$$, '22023', 'same_fold', 'fold 7');

-- as many folds as rows, and more
SELECT testlib.target_check('t3000', '{x}', 'y', 3000), testlib.target_check('t3000', '{x}', 'y', 1000000),
       testlib.target_check('t3000', '{x}', 'y', 2147483647, 0, 'random');

-- folds that cannot be: out-of-fold values need another fold
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('ten', 'x', 'y', n_folds => 1)$$, '22023', 'n_folds');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('ten', 'x', 'y', n_folds => 0)$$, '22023', 'n_folds');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('ten', 'x', 'y', n_folds => -3)$$, '22023', 'n_folds');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('ten', 'x', 'y', n_folds => NULL)$$, '22004', '"n_folds"');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('ten', 'x', 'y', seed => NULL, split_method => 'random')$$, '22004', '"seed"');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('ten', 'x', 'y', split_method => 'continuous')$$, '22023', '"continuous"', '"contiguous"');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('ten', 'x', 'y', split_method => 'customize')$$, '22023', '"customize"', '"custom"');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('ten', 'x', 'y', split_method => 'kfold')$$, '22023', '"kfold"');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('ten', 'x', 'y', split_method => 'custom')$$, '22023', 'fold_column');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('ten', 'x', 'y', split_method => 'random', fold_column => 'f')$$, '22023', 'fold_column');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('ten', 'x', 'y', fold_column => 'nope')$$, '42703', '"nope"');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('ten', 'x', 'y', fold_column => 'x')$$, '42804', '"x"', 'type text');
ALTER TABLE custom ADD COLUMN fold_null int;
UPDATE custom SET fold_null = i WHERE i <> 123;
CREATE INDEX custom_i ON custom (i);
CLUSTER custom USING custom_i;
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('custom', 'x', 'y', fold_column => 'fold_null')$$, '22004', '"fold_null"', 'ordinal 122');
UPDATE custom SET f8 = 2147483648 WHERE i = 5;
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('custom', 'x', 'y', fold_column => 'f8')$$, '22003', '"f8"', '2147483648');

-- a million folds, and a million custom folds over a million categories
CREATE TABLE million AS SELECT i % 1000 AS x, i % 3 AS y, (i * 7919::bigint % 1000003)::int - 500000 AS f, i AS unique_x FROM generate_series(1, 1000000) i;
CREATE TABLE sums AS SELECT x, sum(y) AS s FROM million GROUP BY x;
SELECT count(*) AS n, max(fold) - min(fold) + 1 AS folds, count(*) FILTER (WHERE encoding <> (s - (ordinal + 1) % 3)::float8 / 999) AS wrong
FROM gpu_encode.target_encode('million', 'x', 'y', n_folds => 1000000, prior => 'global', smooth => 0) JOIN sums ON x = (ordinal + 1) % 1000;
SELECT count(*) AS n, count(*) FILTER (WHERE encoding <> (s - (ordinal + 1) % 3)::float8 / 999) AS wrong
FROM gpu_encode.target_encode('million', 'x', 'y', fold_column => 'f', prior => 'global', smooth => 0) JOIN sums ON x = (ordinal + 1) % 1000;
SELECT count(*) AS n, count(DISTINCT fold) AS folds, count(DISTINCT encoding) AS encodings
FROM gpu_encode.target_encode('million', 'unique_x', 'y', fold_column => 'f', prior => 'global');

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_folds CASCADE;
