-- properties: what holds for every split, statistic, type of target, treatment of NULLs, with weights and without.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_properties;
SET search_path = test_properties;
SET client_min_messages = error;
SET jit = off;
-- In y0, b0 and k0 are the targets; in y1, b1 and k1 that of row 1 is another one, in y2 that of row 2, and so on. Every third of the others is NULL instead.
CREATE FUNCTION other(n int, of int, target text) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN n <> of THEN target WHEN target IS NOT NULL AND of % 3 = 0 THEN NULL WHEN target IN ('c0', 'c1', 'c2') THEN 'c' || (substr(target, 2)::int + 1) % 3 WHEN target IN ('0', '1') THEN (1 - target::int)::text ELSE coalesce((target::float8 + 1000)::text, '1') END
$$;
SELECT format('CREATE TABLE t AS SELECT i, x, g, w, i * 7 %% 3 AS fold, %s FROM (SELECT i, CASE WHEN i %% 6 > 0 THEN %L || i * i %% 4 END AS x, %L || i %% 5 AS g, i %% 4 / 2.0 AS w, CASE WHEN i %% 8 > 0 THEN (i * 31 %% 17) / 4.0 + 3 END AS y, i * 5 %% 7 %% 2 AS b, %L || i * 5 %% 7 %% 3 AS k FROM generate_series(1, 24) i) r',
              string_agg(format('other(i, %1$s, y::text)::float8 AS y%1$s, other(i, %1$s, b::text)::int AS b%1$s, other(i, %1$s, k) AS k%1$s', n), ', ' ORDER BY n), 'x', 'g', 'c') FROM generate_series(0, 24) n \gexec
SELECT count(y0) AS y, count(b0) AS b, count(k0) AS k, count(*) FILTER (WHERE y0 IS DISTINCT FROM y5) AS y5, count(*) FILTER (WHERE k0 IS DISTINCT FROM k24) AS k24 FROM t;
CREATE TABLE combinations AS SELECT row_number() OVER () AS n, c.* FROM (SELECT * FROM
    (VALUES ('interleaved', 'n_folds => 3'), ('contiguous', 'n_folds => 5'), ('random', 'n_folds => 4, seed => 3'), ('custom', $$fold_column => 'fold'$$), ('hash', $$n_folds => 4, group_columns => '{g}'$$), ('stratified', 'n_folds => 3')) s (split, folds),
    (VALUES ('y', 'continuous', '{mean,count,frequency,sum,var,std,min,max,median,q10,q77}'), ('b', 'binary', '{mean,count,sum,var,woe,max,q50}'), ('k', 'multiclass', '{mean,count,sum,std,woe}')) k (target, target_type, stats),
    unnest('{value,"null",category}'::text[]) handle_missing, (VALUES (false), (true)) w (weighted), unnest('{"NULL",2.5}'::text[]) smooth
    WHERE (split, target) <> ('stratified', 'y')) c;
-- the arguments of a combination; targets: their numbers
CREATE FUNCTION job(c combinations, folds text, targets int[]) RETURNS text LANGUAGE sql AS $$
    SELECT format('targets => %L, target_columns => %L, label_columns => %L, target_type => %L, stats => %L, handle_missing => %L, smooth => %s, order_by => %L, %s%s', (SELECT array_agg((c).target || n) FROM unnest(targets) n), '{x}', '{}', (c).target_type,
                  CASE WHEN (c).weighted THEN regexp_replace((c).stats, ',(median|q\d\d)', '', 'g') ELSE (c).stats END, (c).handle_missing, (c).smooth, '{i}', folds, CASE WHEN (c).weighted THEN $w$, weight_column => 'w'$w$ ELSE '' END)
$$;
-- Folds as a combination makes them, in a column. stratified deals them out by the target, so that they are held while a target changes.
CREATE FUNCTION hold_folds(c combinations) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DROP TABLE IF EXISTS held;
    EXECUTE format('CREATE TABLE held AS SELECT t.*, e.fold AS held FROM gpu_encode.target_encode(''t'', ''x'', %L, %s, split_method => %L, order_by => ''{i}'', target_type => %L %s) e JOIN t ON i = ordinal + 1 ORDER BY i', (c).target || '0', (c).folds, (c).split,
                   (c).target_type, CASE WHEN (c).target = 'k' THEN $p$, pos_label => 'c1'$p$ ELSE '' END);
END
$$;
CREATE FUNCTION encode(c combinations, source text, output text, folds text, targets int[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DROP TABLE IF EXISTS e, %I', output);
    EXECUTE format('SELECT FROM gpu_encode.fit_transform(''e'', %L, %L, %s)', source, output, job(c, folds, targets));
END
$$;
-- what a row of an output has, target by target, without the targets themselves
CREATE FUNCTION values_of(r jsonb, target text) RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_agg(value ORDER BY key) FROM jsonb_each(r) WHERE key ~ ('^x_' || target || '_TE') OR key ~ '^x_TE' $$;

-- leaks: no row's own out-of-fold value moves with its own target
CREATE FUNCTION leaks(c combinations, prior text, OUT moved bigint, OUT others_move boolean) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM hold_folds(c), encode(c, 'held', 'o', format('fold_column => ''held'', prior => %L', prior), (SELECT array_agg(n) FROM generate_series(0, 24) n));
    WITH v AS MATERIALIZED (SELECT i, k[1]::int AS n, k[2] AS stat, value FROM o, jsonb_each_text(to_jsonb(o)) e, regexp_match(key, '^x_.(\d+)_(TE.*)$') k WHERE k IS NOT NULL)
    SELECT count(*) FILTER (WHERE a.i = a.n AND a.value IS DISTINCT FROM b.value), bool_or(a.value IS DISTINCT FROM b.value) INTO moved, others_move FROM v a JOIN v b ON b.n = 0 AND b.i = a.i AND b.stat = a.stat;
END
$$;
SELECT split, target_type, count(*) AS combinations, sum(moved) AS moved, bool_and(others_move) AS others_move FROM combinations c, leaks(c, 'out_of_fold') WHERE (smooth = 'NULL') = (NOT weighted OR handle_missing = 'value') GROUP BY 1, 2 ORDER BY 1, 2;
-- prior => 'global' has the row's own label in it, and this test sees that
SELECT count(*) AS combinations, count(*) FILTER (WHERE moved > 0) AS leaks FROM combinations c, leaks(c, 'global') WHERE n % 40 = 3;

-- a split is its folds: a column with these folds gives the same bits
CREATE FUNCTION differs(c combinations) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
BEGIN
    PERFORM hold_folds(c), encode(c, 'held', 'o', format('split_method => %L, ', (c).split) || (c).folds, '{0}'), encode(c, 'held', 'p', 'fold_column => ''held''', '{0}');
    SELECT count(*) INTO n FROM (SELECT o::text FROM o EXCEPT SELECT p::text FROM p) d;
    RETURN n;
END
$$;
SELECT split, count(*) AS combinations, sum(differs(c)) AS differ FROM combinations c GROUP BY 1 ORDER BY 1;

-- NULLs: "null" gives what "value" gives, and NULL to missing rows; "category" gives what a value in their place gets
CREATE TABLE filled AS SELECT i, coalesce(x, '(missing)') AS x, g, w, fold, y0, b0, k0 FROM t ORDER BY i;
CREATE FUNCTION missing_differs(c combinations) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
    value combinations := c;
BEGIN
    value.handle_missing := 'value';
    PERFORM encode(c, 't', 'o', format('split_method => %L, ', (c).split) || (c).folds, '{0}'), encode(value, CASE (c).handle_missing WHEN 'null' THEN 't' ELSE 'filled' END, 'p', format('split_method => %L, ', (c).split) || (c).folds, '{0}');
    SELECT count(*) INTO n FROM o JOIN p USING (i), values_of(to_jsonb(o), (c).target || '0') a, values_of(to_jsonb(p), (c).target || '0') b
    WHERE CASE WHEN (c).handle_missing = 'null' AND o.x IS NULL THEN EXISTS (SELECT FROM jsonb_array_elements_text(a) v WHERE v IS NOT NULL) ELSE a IS DISTINCT FROM b END;
    RETURN n;
END
$$;
SELECT handle_missing, count(*) AS combinations, sum(missing_differs(c)) AS differ FROM combinations c WHERE handle_missing <> 'value' GROUP BY 1 ORDER BY 1;

-- threads and workers, over enough rows for several of each
CREATE TABLE large AS SELECT i, 'x' || i * i % 1009 AS x, 'g' || i % 997 AS g, i % 4 / 2.0 AS w, i * 7 % 3 AS fold, (i * 7919 % 10007) / 8.0 AS y0, i * 5 % 7 % 2 AS b0, 'c' || i * 5 % 7 % 3 AS k0 FROM generate_series(1, 40000) i;
CREATE FUNCTION digest(c combinations) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    sum text;
BEGIN
    PERFORM encode(c, 'large', 'o', format('split_method => %L, ', (c).split) || (c).folds, '{0}');
    SELECT md5(string_agg(values_of(to_jsonb(o), (c).target || '0')::text, ' ' ORDER BY i)) || (SELECT parameters ->> 'encoder_id' FROM e WHERE kind = 'parameters') INTO sum FROM o WHERE i % 97 = 0;
    RETURN sum;
END
$$;
CREATE TABLE digests (n bigint, threads text, digest text);
SET min_parallel_table_scan_size = 0;
SELECT format('SET gpu_encode.threads = %s; SET gpu_encode.max_workers = %s; INSERT INTO digests SELECT n, %1$L, digest(c) FROM combinations c WHERE n %% 29 = 3', threads, workers) FROM (VALUES (1, 0), (2, 1), (5, 3)) v (threads, workers) \gexec
SELECT count(*) AS combinations, count(*) FILTER (WHERE others > 1) AS differ FROM (SELECT n, count(DISTINCT digest) AS others FROM digests GROUP BY n) d;
SELECT count(*), count(digest) FROM digests;

RESET search_path;
DROP SCHEMA test_properties CASCADE;
