-- screen_columns: every figure against plain SQL, whatever the folds, types and missing values; what is screened; extremes, refusals, rights.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_screen_columns;
SET search_path = test_screen_columns;

-- a small example, by hand: x has one city twice, and ones 2 of 3
CREATE TABLE small AS SELECT * FROM (VALUES ('Oslo', 1), ('Oslo', 1), ('Rome', 0), (NULL, 1), ('Lima', 0)) v (x, y);
\x on
SELECT * FROM gpu_encode.screen_columns('small', 'y', n_folds => 5, smooth => 0);
\x off
-- woe = ln of (p + 1) / (3 + 2) over (q + 1) / (2 + 2)
SELECT abs(information_value - (2/3.0 * ln(3/5.0 / (1/4.0)) - 1/2.0 * 2 * ln(1/5.0 / (2/4.0)))) < 1e-15 AS information FROM gpu_encode.screen_columns('small', 'y');

-- the oracle: categories c, targets y, folds f of a query, and how missing ones are handled
CREATE FUNCTION wanted(query text, smooth float8, missing text) RETURNS TABLE (categories bigint, missing_share float8, largest_share float8, singletons_share float8, information_value float8, r2_out_of_fold float8, r2_full float8)
LANGUAGE plpgsql AS
$$
BEGIN
    RETURN QUERY EXECUTE format(
        'WITH r AS (SELECT c, y, f, c IS NULL AS is_missing, CASE WHEN c IS NULL THEN %3$L = ''category'' ELSE true END AS counts FROM (%1$s) q),
              k AS (SELECT c, count(*) AS rows, count(y) AS n, sum(y) AS s FROM r WHERE counts GROUP BY c),
              kf AS (SELECT c, f, count(y) AS n, coalesce(sum(y), 0) AS s FROM r GROUP BY c, f),
              t AS (SELECT count(*) AS rows, count(y) AS n, sum(y) AS s, bool_and(y IN (0, 1)) AS is_binary FROM r),
              tf AS (SELECT f, count(y) AS n, coalesce(sum(y), 0) AS s FROM r GROUP BY f),
              p AS (SELECT r.c, r.y, r.counts, t.s / nullif(t.n, 0) AS m, (t.s - tf.s) / nullif(t.n - tf.n, 0) AS mf, k.s, k.n, k.s - kf.s AS sf, k.n - kf.n AS nf
                    FROM r JOIN tf USING (f) CROSS JOIN t JOIN kf ON kf.c IS NOT DISTINCT FROM r.c AND kf.f = r.f LEFT JOIN k ON k.c IS NOT DISTINCT FROM r.c),
              e AS (SELECT y, CASE WHEN NOT counts AND %3$L = ''null'' THEN NULL WHEN NOT counts OR nf = 0 THEN mf ELSE (sf + %2$s * mf) / (nf + %2$s) END AS out,
                           CASE WHEN NOT counts AND %3$L = ''null'' THEN NULL WHEN NOT counts OR n = 0 THEN m ELSE (s + %2$s * m) / (n + %2$s) END AS al FROM p WHERE y IS NOT NULL),
              iv AS (SELECT sum((k.s / t.s - (k.n - k.s) / (t.n - t.s)) * ln((k.s + 1) / (t.s + 2) / ((k.n - k.s + 1) / (t.n - t.s + 2)))) AS iv FROM k, t WHERE t.s > 0 AND t.s < t.n)
         SELECT (SELECT count(*) FROM k), (SELECT count(*) FILTER (WHERE is_missing) FROM r) / t.rows::float8, (SELECT max(rows) FROM k) / t.rows::float8, (SELECT count(*) FILTER (WHERE rows = 1) FROM k) / t.rows::float8,
                CASE WHEN is_binary THEN (SELECT iv FROM iv) END,
                (SELECT CASE WHEN min(y) < max(y) THEN 1 - sum((y - out)^2) / (var_pop(y) * count(*)) END FROM e WHERE out IS NOT NULL),
                (SELECT CASE WHEN min(y) < max(y) THEN 1 - sum((y - al)^2) / (var_pop(y) * count(*)) END FROM e WHERE al IS NOT NULL)
         FROM t', query, smooth, missing);
END
$$;
CREATE FUNCTION near(a float8, b float8) RETURNS boolean LANGUAGE sql AS 'SELECT a IS NOT DISTINCT FROM b OR abs(a - b) < 1e-10 * (1 + abs(b))';
-- 'ok', or what came and what was wanted
CREATE FUNCTION check_screen(call text, query text, smooth float8 DEFAULT 0, missing text DEFAULT 'value') RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
    found record; w record;
BEGIN
    EXECUTE format('SELECT * FROM gpu_encode.screen_columns(%s, smooth => %s)', call, smooth) INTO STRICT found;
    SELECT * INTO STRICT w FROM wanted(query, smooth, missing);
    RETURN CASE WHEN found.categories = w.categories AND found.missing_share = w.missing_share AND found.largest_share = w.largest_share AND found.singletons_share = w.singletons_share
                     AND near(found.information_value, w.information_value) AND near(found.r2_out_of_fold, w.r2_out_of_fold) AND near(found.r2_full, w.r2_full)
                THEN 'ok' ELSE format('%s instead of %s', found, w) END;
END
$$;

CREATE TABLE t AS SELECT i AS id, CASE WHEN i % 17 > 0 THEN 'v' || i * i % 23 END AS a, i % 11 AS n, i AS many, (i % 7)::float8 / 4 AS f, i % 3 = 0 AS flag, 'u' || i AS u,
    date '2026-01-01' + i % 4 AS day, CASE WHEN i % 13 > 0 THEN (i * 7 % 5 + i * i % 23)::float8 / 3 END AS y, (i * i % 23 < 9)::int AS z, CASE WHEN i % 4 > 0 THEN 'no' ELSE 'yes' END AS answer, i * 5 % 7 AS fold
FROM generate_series(1, 900) i;
-- what is screened: texts, booleans, numbers with few values; not what the call names otherwise
SELECT column_name, categories FROM gpu_encode.screen_columns('t', 'y');
SELECT string_agg(column_name, ' ') FROM gpu_encode.screen_columns('t', 'y', fold_column => 'fold');
SELECT string_agg(column_name, ' ') FROM gpu_encode.screen_columns('t', 'y', group_columns => '{a}');
SELECT string_agg(column_name, ' ') FROM gpu_encode.screen_columns('t', 'y', order_by => '{id}', columns => NULL);
SELECT column_name, categories FROM gpu_encode.screen_columns('t', 'y', '{many,day,u}');
SELECT count(*) AS none FROM gpu_encode.screen_columns('t', 'y', '{}');
-- as many values as numbers may have, and one more
CREATE TABLE numbers AS SELECT i % 64 AS a, i % 65 AS b, (i % 64)::numeric AS c, (i % 65)::float4 AS d, i % 2 AS y FROM generate_series(0, 199) i;
SELECT string_agg(column_name, ' ') FROM gpu_encode.screen_columns('numbers', 'y');

-- all figures
SELECT c, check_screen(format('''t'', ''y'', ARRAY[%L]', c), format('SELECT %I::text AS c, y, (id - 1) %% 5 AS f FROM t', c), 3) AS y, check_screen(format('''t'', ''z'', ARRAY[%L]', c), format('SELECT %I::text AS c, z::float8 AS y, (id - 1) %% 5 AS f FROM t', c)) AS z
FROM unnest('{a,n,f,flag,u,day,many}'::text[]) c;
SELECT missing, check_screen(format('''t'', ''y'', ''{a}'', n_folds => 3, handle_missing => %L', missing), 'SELECT a AS c, y, (id - 1) % 3 AS f FROM t', 1, missing) AS y,
       check_screen(format('''t'', ''z'', ''{a}'', n_folds => 3, handle_missing => %L', missing), 'SELECT a AS c, z::float8 AS y, (id - 1) % 3 AS f FROM t', 1, missing) AS z
FROM unnest('{value,"null",category}'::text[]) missing;
SELECT check_screen($$'t', 'z', '{a}', null_value => 'v1'$$, $$SELECT coalesce(a, 'v1') AS c, z::float8 AS y, (id - 1) % 5 AS f FROM t$$) AS null_value,
       check_screen($$'t', 'y', '{a}', fold_column => 'fold'$$, 'SELECT a AS c, y, fold AS f FROM t') AS custom,
       check_screen($$'t', 'y', '{a}', split_method => 'contiguous', order_by => '{u}'$$, 'SELECT a AS c, y, (row_number() OVER (ORDER BY u COLLATE "C") - 1) * 5 / 900 AS f FROM t') AS contiguous,
       check_screen($$'t', 'y', '{a}', group_columns => '{n}', n_folds => 4, seed => 7$$, 'SELECT a AS c, y, gpu_encode.fold_of(4, 7, n) AS f FROM t') AS hash;
-- a target of text, one of booleans, classes
SELECT check_screen($$'t', 'answer', '{a}'$$, $$SELECT a AS c, (answer = 'yes')::int::float8 AS y, (id - 1) % 5 AS f FROM t$$) AS text,
       check_screen($$'t', 'answer', '{a}', pos_label => 'no'$$, $$SELECT a AS c, (answer = 'no')::int::float8 AS y, (id - 1) % 5 AS f FROM t$$) AS pos_label,
       check_screen($$'t', 'flag', '{a}'$$, 'SELECT a AS c, flag::int::float8 AS y, (id - 1) % 5 AS f FROM t') AS boolean,
       check_screen($$'t', 'n', '{a}', target_type => 'multiclass', pos_label => '4'$$, 'SELECT a AS c, (n = 4)::int::float8 AS y, (id - 1) % 5 AS f FROM t') AS class;
-- smooth NULL, the default: the encodings of target_encode and of fit, which have this default too
SELECT count(*) > 0 AS fitted FROM gpu_encode.fit('encoder', 't', 'y', '{a,n}', label_columns => '{}');
SELECT c, near(s.r2_out_of_fold, w.out_of_fold) AS r2_out_of_fold, near(s.r2_full, w.full_statistics) AS r2_full
FROM unnest('{a,n}'::text[]) c, LATERAL gpu_encode.screen_columns('t', 'y', ARRAY[c]) s,
     LATERAL (SELECT 1 - sum((y - e.encoding)^2) / (var_pop(y) * count(*)) AS out_of_fold,
                     1 - sum((y - gpu_encode.target_encoding('encoder', c, CASE c WHEN 'a' THEN a ELSE n::text END))^2) / (var_pop(y) * count(*)) AS full_statistics
              FROM t JOIN gpu_encode.target_encode('t', c, 'y', prior => 'out_of_fold') e ON e.ordinal = t.id - 1 WHERE y IS NOT NULL) w;
-- the order of columns in the call is that of the rows; the bits are those of any backend and number of threads
SELECT string_agg(column_name, ' ') FROM gpu_encode.screen_columns('t', 'y', '{u,a}');
CREATE TABLE before AS SELECT * FROM gpu_encode.screen_columns('t', 'z');
SET gpu_encode.threads = 1; SET gpu_encode.max_workers = 0; SET gpu_encode.backend = 'cpu';
SELECT testlib.same('TABLE before', $$SELECT * FROM gpu_encode.screen_columns('t', 'z')$$);
RESET gpu_encode.threads; RESET gpu_encode.max_workers; RESET gpu_encode.backend;
SELECT stage, rows, detail FROM gpu_encode.last_run() WHERE stage = 'screen';

-- nothing to say: no rows, a target without values, equal targets, one class
SELECT * FROM gpu_encode.screen_columns('t', 'y', '{a}') LIMIT 0;
CREATE VIEW empty AS SELECT * FROM t WHERE false;
SELECT * FROM gpu_encode.screen_columns('empty', 'y', '{a}', group_columns => '{n}');
CREATE TABLE flat AS SELECT chr(97 + i % 3) AS a, NULL::float8 AS unknown, 0.1::float8 AS alike, 1 AS one, CASE i WHEN 5 THEN 7 END AS once FROM generate_series(1, 9) i;
SELECT t AS target, s.* FROM unnest('{unknown,alike,one,once}'::text[]) t, LATERAL gpu_encode.screen_columns('flat', t, '{a}') s;
-- a column with missing values alone says nothing: 0, not -0
CREATE TABLE missing AS SELECT NULL::text AS a, (i % 3 = 0)::int AS y FROM generate_series(1, 9) i;
SELECT information_value::text, r2_full::text FROM gpu_encode.screen_columns('missing', 'y', smooth => 0, handle_missing => 'category');
-- numbers at the ends of their range: R^2 does not depend on the unit
CREATE TABLE ends AS SELECT chr(97 + i % 3) AS a, i % 3 + i % 2 AS y, 1e305::float8 * (i % 3 + i % 2) AS large, 5e-324::float8 * (i % 3 + i % 2) AS tiny, 9e18::bigint - (i % 3 + i % 2) * 1000000000000000 AS far FROM generate_series(1, 60) i;
SELECT t AS target, near(s.r2_full, u.r2_full) AS r2_full FROM unnest('{large,far}'::text[]) t, LATERAL gpu_encode.screen_columns('ends', t, '{a}') s, gpu_encode.screen_columns('ends', 'y', '{a}') u;
SELECT r2_full BETWEEN 0 AND 1 AS tiny FROM gpu_encode.screen_columns('ends', 'tiny', '{a}');

-- refused
SELECT testlib.refuses($$SELECT gpu_encode.screen_columns('t', 'y', split_method => 'ordered')$$, '22023', 'has no folds to screen by', 'group_columns');
SELECT testlib.refuses($$SELECT gpu_encode.screen_columns('t', 'y', split_method => 'ordered', order_by => '{day}')$$, '22023', 'has no folds to screen by');
SELECT testlib.refuses($$SELECT gpu_encode.screen_columns('t', NULL)$$, '22004', '"target"');
SELECT testlib.refuses($$SELECT gpu_encode.screen_columns('t', 'y', columns => '{y}')$$, '22023', 'cannot be encoded by itself', 'Take it out of columns');
SELECT testlib.refuses($$SELECT gpu_encode.screen_columns('t', 'y', '{nothing}')$$, '42703', '"nothing"');
SELECT testlib.refuses($$SELECT gpu_encode.screen_columns('t', 'y', '{y}')$$, '22023', 'the target "y" cannot be encoded by itself');
SELECT testlib.refuses($$SELECT gpu_encode.screen_columns('t', 'y', '{a,a}')$$, '42701', '"a"');
SELECT testlib.refuses($$SELECT gpu_encode.screen_columns('t', 'day')$$, '42804', '"day"');
SELECT testlib.refuses($$SELECT gpu_encode.screen_columns('t', 'a', target_type => 'multiclass')$$, '22004', 'pos_label');
SELECT testlib.refuses($$SELECT gpu_encode.screen_columns('t', 'y', '{a}', handle_missing => 'error')$$, '22004', '"a"');
SELECT testlib.refuses($$SELECT gpu_encode.screen_columns('empty', 'y')$$, '22023', 'order_by');

-- rights: SELECT on exactly the columns that are read
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_gpu_encode_screener;
RESET client_min_messages;
CREATE ROLE regress_gpu_encode_screener;
GRANT USAGE ON SCHEMA test_screen_columns, testlib TO regress_gpu_encode_screener;
GRANT SELECT (a, y) ON t TO regress_gpu_encode_screener;
SET ROLE regress_gpu_encode_screener;
SELECT column_name FROM gpu_encode.screen_columns('t', 'y', '{a}');
SELECT testlib.refuses($$SELECT gpu_encode.screen_columns('t', 'y')$$, '42501', 'permission denied');
RESET ROLE;
DROP OWNED BY regress_gpu_encode_screener;
DROP ROLE regress_gpu_encode_screener;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_screen_columns CASCADE;
