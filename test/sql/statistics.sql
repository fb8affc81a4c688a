-- statistics: every statistic against plain SQL, several of them in one pass, and weights.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_statistics;
SET search_path = test_statistics, public;
SET client_min_messages = error;
CREATE TABLE t AS SELECT i, i * 7 % 4 AS f, CASE WHEN i % 9 > 0 THEN 'c' || i * i % 11 END AS c, CASE WHEN i % 6 > 0 THEN ((i * 7919) % 1009)::float8 / 8 - 50 END AS y,
    (i * 31 % 7 < 3)::int AS z, i % 4 AS w FROM generate_series(1, 260) i;
INSERT INTO t VALUES (261, 0, 'once', 5, 1, 1), (262, 1, 'no target', NULL, 1, 2), (263, 2, 'c1', -0.0, 0, 1), (264, 3, 'c1', 1e15, 0, 0);

-- the statistic of the targets xs of a category, of ps where it has none; n rows of the category among all
CREATE FUNCTION quantile(xs float8[], percent int) RETURNS float8 LANGUAGE sql AS $$
    SELECT CASE WHEN g = 0 THEN a ELSE CASE WHEN a <= 0 AND b >= 0 THEN a * (1 - g) + b * g ELSE a + (b - a) * g END END
    FROM (SELECT xs[h / 100 + 1] AS a, xs[h / 100 + 2] AS b, (h % 100) / 100.0::float8 AS g FROM (SELECT (cardinality(xs) - 1) * percent AS h) h) p
$$;
CREATE FUNCTION variance(xs float8[]) RETURNS float8 LANGUAGE sql AS $$
    SELECT testlib.nearest(n * sum(testlib.exact(x) * testlib.exact(x)) - sum(testlib.exact(x)) * sum(testlib.exact(x))) / n / n FROM unnest(xs) x, (SELECT cardinality(xs) AS n) c GROUP BY n
$$;
CREATE FUNCTION statistic(stat text, ys float8[], ps float8[], n bigint, of bigint) RETURNS float8 LANGUAGE sql AS $$
    SELECT CASE WHEN stat = 'count' THEN n WHEN stat = 'frequency' THEN n / of::float8
                WHEN stat = 'sum' THEN CASE WHEN cardinality(ys) > 0 THEN (SELECT testlib.nearest(sum(testlib.exact(y))) FROM unnest(ys) y) ELSE 0 END
                WHEN stat = 'woe' THEN CASE WHEN cardinality(ys) > 0 THEN (SELECT ln(((p + 1) / (pp + 2)) / ((cardinality(ys) - p + 1) / (cardinality(ps) - pp + 2)))
                    FROM (SELECT sum(y) AS p FROM unnest(ys) y) a, (SELECT sum(y) AS pp FROM unnest(ps) y) b) ELSE 0 END
                WHEN cardinality(xs) = 0 THEN NULL
                WHEN stat = 'mean' THEN (SELECT testlib.nearest(sum(testlib.exact(x))) / cardinality(xs) FROM unnest(xs) x)
                WHEN stat = 'var' THEN variance(xs) WHEN stat = 'std' THEN sqrt(variance(xs))
                WHEN stat = 'min' THEN xs[1] + 0 WHEN stat = 'max' THEN xs[cardinality(xs)] + 0
                WHEN stat = 'median' THEN quantile(xs, 50) ELSE quantile(xs, substr(stat, 2)::int) END
    FROM (SELECT CASE WHEN cardinality(ys) > 0 THEN ys ELSE ps END AS xs) x
$$;
-- the targets that each row learns from
CREATE FUNCTION learned(target text, full_too boolean) RETURNS TABLE (i int, ys float8[], ps float8[], n bigint, of bigint) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format(
        'SELECT i, ARRAY(SELECT %1$s::float8 FROM t o WHERE o.c = t.c AND (%2$L OR o.f <> t.f) AND %1$s IS NOT NULL ORDER BY 1), ARRAY(SELECT %1$s::float8 FROM t o WHERE (%2$L OR o.f <> t.f) AND %1$s IS NOT NULL ORDER BY 1),
                (SELECT count(*) FROM t o WHERE o.c = t.c), (SELECT count(*) FROM t) FROM t', target, full_too);
END
$$;
-- how many values of an output are others; woe by a logarithm of another library
CREATE FUNCTION others(output regclass, target text, stats text[], full_too boolean) RETURNS TABLE (stat text, equal bigint, others bigint) LANGUAGE plpgsql AS $$
BEGIN
    FOREACH stat IN ARRAY stats LOOP
        EXECUTE format('SELECT count(*) FILTER (WHERE same), count(*) FILTER (WHERE NOT same) FROM (SELECT CASE WHEN %3$L = ''woe'' THEN abs(got - want) <= 4e-16 * abs(want) ELSE got IS NOT DISTINCT FROM want END AS same
                        FROM (SELECT %1$I AS got, statistic(%3$L, ys, ps, n, of) AS want FROM %2$s JOIN learned(%4$L, %5$L) USING (i)) v) s',
                       'c_TE' || CASE stat WHEN 'mean' THEN '' ELSE '_' || stat END, output, stat, target, full_too) INTO equal, others;
        RETURN NEXT;
    END LOOP;
END
$$;
\set stats '{mean,count,frequency,sum,var,std,min,max,median,q01,q25,q90,q99}'
SELECT columns FROM gpu_encode.fit_transform('e', 't', 'o', 'y', '{c}', '{}', stats => :'stats', smooth => 0, fold_column => 'f');
SELECT * FROM others('o', 'y', :'stats', false);
SELECT columns FROM gpu_encode.transform('e', 't', 'n');
SELECT * FROM others('n', 'y', :'stats', true);
SELECT columns FROM gpu_encode.fit_transform('e_z', 't', 'o_z', 'z', '{c}', '{}', stats => '{woe,sum,mean}', smooth => 0, fold_column => 'f');
SELECT * FROM others('o_z', 'z', '{woe,sum,mean}', false);
SELECT columns FROM gpu_encode.transform('e_z', 't', 'n_z');
SELECT * FROM others('n_z', 'z', '{woe,sum,mean}', true);
-- one of them at a time, as rows
SELECT s, testlib.same(format('SELECT encoding FROM gpu_encode.target_encode(''t'', ''c'', ''y'', stat => %L, smooth => 0, fold_column => ''f'')', s), format('SELECT %I FROM o', 'c_TE' || CASE s WHEN 'mean' THEN '' ELSE '_' || s END)) FROM unnest(:'stats'::text[]) s;
-- one of them alone, from an encoder
CREATE FUNCTION alone(stat text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE output text := 'c_TE' || CASE stat WHEN 'mean' THEN '' ELSE '_' || stat END;
BEGIN
    PERFORM gpu_encode.fit_transform('e_one', 't', 'o_one', 'y', '{c}', '{}', stats => ARRAY[stat], smooth => 0, fold_column => 'f');
    PERFORM gpu_encode.transform('e_one', 't', 'n_one');
    output := testlib.same(format('SELECT i, %I FROM o_one', output), format('SELECT i, %I FROM o', output)) || ', ' || testlib.same(format('SELECT i, %I FROM n_one', output), format('SELECT i, %I FROM n', output));
    DROP TABLE e_one, o_one, n_one;
    RETURN output;
END
$$;
SELECT s, alone(s) FROM unnest(:'stats'::text[]) s;
-- an encoder answers by statistic
SELECT s, count(*) FILTER (WHERE v IS DISTINCT FROM statistic(s, ys, ps, n, of)) AS others FROM learned('y', true) JOIN t USING (i), unnest(:'stats'::text[]) s, LATERAL (SELECT gpu_encode.target_encoding('e', 'c', c, s) AS v) v GROUP BY s ORDER BY s;
SELECT o ->> 'stat' AS stat, o ->> 'name' AS name, o ->> 'target' AS target FROM e, jsonb_path_query(parameters, '$.columns[*].outputs[*]') o WHERE kind = 'parameters';

-- columns have statistics of their own, in the order in which they are listed, those without a target first
SELECT columns FROM gpu_encode.fit_transform('e_own', 't', 'o_own', targets => '{y,z}', target_columns => '{c,w}', label_columns => '{}', target_combinations => '[["c","w"]]', fold_column => 'f', stats => '{sum,count}', column_options => '{"c": {"stats": ["max", "frequency", "mean", "count"]}, "c_w": {"stats": ["count"]}}');
SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'o_own'::regclass AND attnum > 6;
-- counts need no target
SELECT columns FROM gpu_encode.fit_transform('e_count', 't', 'o_count', target_columns => '{c}', label_columns => '{}', stats => '{count,frequency}');
SELECT count(*), count(*) FILTER (WHERE "c_TE_count" = coalesce(n, 0) AND "c_TE_frequency" = coalesce(n, 0) / 264::float8) AS equal FROM o_count LEFT JOIN (SELECT c, count(*) AS n FROM t WHERE c IS NOT NULL GROUP BY c) k USING (c);
SELECT gpu_encode.target_encoding('e_count', 'c', 'c1'::text, 'count') AS c1, gpu_encode.target_encoding('e_count', 'c', 'never'::text, 'count') AS never, gpu_encode.target_encoding('e_count', 'c', NULL::text, 'count') AS missing;
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 't', target_columns => '{c}', stats => '{count,sum}')$$, '22023', 'need a target');
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 't', 'y', '{c}', stats => '{woe}')$$, '22023', '"woe" needs a target of zeros and ones', '"y"');

-- a statistic alone: moments have the sum, whatever it needs itself
CREATE FUNCTION sum_with(stat text, target text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    answer float8;
BEGIN
    PERFORM gpu_encode.fit('e_alone', 't', target, '{c}', '{}', stats => ARRAY[stat], replace => true);
    EXECUTE 'SELECT gpu_encode.sum(moments[1]) FROM e_alone WHERE kind = ''prior''' INTO answer;
    RETURN answer;
END
$$;
SELECT stat, sum_with(stat, 'y') = (SELECT gpu_encode.exact_sum(y) FROM t) AS sum FROM unnest('{mean,sum,var,std,min,max,median,q10}'::text[]) stat;
SELECT sum_with('woe', 'z') = (SELECT gpu_encode.exact_sum(z) FROM t) AS sum;

-- sums of squares are counted if the smoothing comes from the data, and only for the mean
CREATE FUNCTION has_squares(stat text, smooth float8) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    answer boolean;
BEGIN
    PERFORM gpu_encode.fit('e_alone', 't', 'y', '{c}', '{}', stats => ARRAY[stat], smooth => smooth, replace => true);
    EXECUTE 'SELECT moments[1]::text LIKE ''%squares=%'' FROM e_alone WHERE kind = ''prior''' INTO answer;
    RETURN answer;
END
$$;
SELECT stat, has_squares(stat, NULL) AS from_data, has_squares(stat, 0) AS given FROM unnest('{mean,sum,min,max,median,q10,var}'::text[]) stat;

-- weights act as repeated rows; those of weight 0 as none
CREATE TABLE repeated AS SELECT t.* FROM t, generate_series(1, w) ORDER BY i;
\set stats '{mean,sum,var,std,min,max}'
SELECT columns FROM gpu_encode.fit_transform('e_w', 't', 'o_w', 'y', '{c}', '{}', stats => :'stats', smooth => 2.5, fold_column => 'f', weight_column => 'w');
SELECT columns FROM gpu_encode.fit_transform('e_r', 'repeated', 'o_r', 'y', '{c}', '{}', stats => :'stats', smooth => 2.5, fold_column => 'f');
SELECT testlib.same('SELECT o_w.* FROM o_w, generate_series(1, w)', 'SELECT * FROM o_r');
SELECT count(*), count(*) FILTER (WHERE a.encodings IS NOT DISTINCT FROM b.encodings) AS equal FROM e_w a JOIN e_r b USING (kind, column_name) WHERE kind <> 'parameters' AND a.value IS NOT DISTINCT FROM b.value;
SELECT columns FROM gpu_encode.fit_transform('e_wz', 't', 'o_wz', 'z', '{c}', '{}', stats => '{woe}', fold_column => 'f', weight_column => 'w');
SELECT columns FROM gpu_encode.fit_transform('e_rz', 'repeated', 'o_rz', 'z', '{c}', '{}', stats => '{woe}', fold_column => 'f');
SELECT testlib.same('SELECT o_wz.* FROM o_wz, generate_series(1, w)', 'SELECT * FROM o_rz');
SELECT rows FROM gpu_encode.preprocess('t', 'o_all', 'y', '{c}', weight_column => 'w', fold_column => 'f');
SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'o_all'::regclass AND attnum > 0;
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 't', 'y', '{c}', weight_column => 'w', stats => '{median}')$$, '0A000', '"median" cannot be weighted');
CREATE TABLE bad AS SELECT i, c, y, CASE WHEN i = 7 THEN 'NaN' WHEN i = 9 THEN -0.5 WHEN i <> 12 THEN 1 END::float8 AS w FROM t;
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 'bad', 'y', '{c}', weight_column => 'w')$$, '22004', 'weight "w" is null or NaN in the row with ordinal 6');
DELETE FROM bad WHERE i = 7;
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 'bad', 'y', '{c}', weight_column => 'w')$$, '22023', 'weight "w" is -0.5 in the row with ordinal 7');
DELETE FROM bad WHERE i = 9;
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 'bad', 'y', '{c}', weight_column => 'w')$$, '22004', 'ordinal 9');
UPDATE bad SET w = 'Infinity' WHERE i = 12;
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('bad', 'c', 'y', weight_column => 'w')$$, '22023', 'weight "w" is Infinity');

-- the moments of an encoder have sums, whatever its statistics of the target are
CREATE FUNCTION sums_differ(stats text[], weight_column text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
BEGIN
    PERFORM gpu_encode.fit('sums', 't', 'y', '{c}', stats => stats, weight_column => weight_column);
    SELECT count(*) INTO n FROM sums s JOIN (SELECT c, gpu_encode.moments(y::float8, CASE WHEN weight_column IS NULL THEN 1 ELSE w END) m FROM t GROUP BY c) t ON t.c = s.value
    WHERE (gpu_encode.n_target(s.moments[1]), gpu_encode.sum(s.moments[1]), gpu_encode.total_weight(s.moments[1])) IS DISTINCT FROM (gpu_encode.n_target(m), gpu_encode.sum(m), gpu_encode.total_weight(m));
    DROP TABLE sums;
    RETURN n;
END
$$;
SELECT stats, sums_differ(stats, NULL) FROM (VALUES ('{min}'::text[]), ('{max}'), ('{median}'), ('{q10,max,min}'), ('{std}')) s (stats);
SELECT stats, sums_differ(stats, 'w') FROM (VALUES ('{min}'::text[]), ('{max,min}'), ('{mean}')) s (stats);
DROP FUNCTION sums_differ;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_statistics CASCADE;
