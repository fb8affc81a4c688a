-- ordered: rows that learn from those before them, against plain SQL over pairs of rows.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_ordered;
SET search_path = test_ordered, public;
SET client_min_messages = error;
CREATE TABLE t AS SELECT i, CASE WHEN i % 9 > 0 THEN 'c' || i * i % 7 END AS c, CASE WHEN i % 6 > 0 THEN ((i * 7919) % 1009)::float8 / 8 - 50 END AS y, (i * 31 % 7 < 3)::int AS z, i % 4 AS w, chr(97 + i * i % 3) AS kind,
    i * 37 % 61 AS k, ((i * 53 % 71) * 250000000000000000.0 - 9000000000000000000)::bigint AS big, (ARRAY['NaN', 'Infinity', '-Infinity', '0.5', '1e30', '-7.25', '2.50'])[1 + i * 5 % 7]::numeric + i * 3 % 11 AS num,
    (ARRAY['NaN', 'Infinity', '-Infinity', '0.5', '1e308', '-7.25', '-1e308', '3'])[1 + i * 5 % 8]::float8 + i * 3 % 11 AS f, (i * 3 % 11 / 4.0)::float4 AS f4,
    CASE i % 41 WHEN 0 THEN 'infinity' WHEN 1 THEN '-infinity' ELSE date '2023-12-20' + i * 37 % 97 END::date AS d,
    CASE i % 43 WHEN 0 THEN 'infinity' WHEN 1 THEN '-infinity' ELSE timestamp '2024-02-26 12:00' + i * 37 % 97 * interval '11 hours' END::timestamp AS ts,
    timestamptz '2024-03-08 20:00+00' + i * 37 % 97 * interval '70 minutes' AS tz, (ARRAY['B', 'a', 'b ', 'b', 'Z', 'ä'])[1 + i % 6] AS word FROM generate_series(1, 150) i;

-- what each row of t learns from, by a condition on itself, a, and another row, b
CREATE FUNCTION seen(condition text, target text, weight text) RETURNS TABLE (i int, n bigint, of bigint, m gpu_encode.moments, p gpu_encode.moments, ys float8[], ps float8[]) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format('SELECT a.i, count(b.i) FILTER (WHERE b.c = a.c), count(b.i), gpu_encode.moments(b.%1$I::float8%2$s) FILTER (WHERE b.c = a.c), gpu_encode.moments(b.%1$I::float8%2$s) FILTER (WHERE b.i > 0),
        array_agg(b.%1$I::float8 ORDER BY b.%1$I) FILTER (WHERE b.c = a.c AND b.%1$I IS NOT NULL), array_agg(b.%1$I::float8 ORDER BY b.%1$I) FILTER (WHERE b.%1$I IS NOT NULL) FROM t a LEFT JOIN t b ON %3$s GROUP BY a.i',
        target, CASE WHEN weight IS NULL THEN '' ELSE ', b.' || weight || '::float8' END, condition);
END
$$;
CREATE FUNCTION quantile(xs float8[], percent int) RETURNS float8 LANGUAGE sql AS $$
    SELECT CASE WHEN g = 0 THEN a ELSE CASE WHEN a <= 0 AND b >= 0 THEN a * (1 - g) + b * g ELSE a + (b - a) * g END END
    FROM (SELECT xs[h / 100 + 1] AS a, xs[h / 100 + 2] AS b, (h % 100) / 100.0::float8 AS g FROM (SELECT (cardinality(xs) - 1) * percent AS h) h) p
$$;
CREATE FUNCTION woe(ys float8[], ps float8[]) RETURNS float8 LANGUAGE sql AS $$
    SELECT ln(((p + 1) / (pp + 2)) / ((cardinality(ys) - p + 1) / (cardinality(ps) - pp + 2))) FROM (SELECT (SELECT sum(y) FROM unnest(ys) y) AS p, (SELECT sum(y) FROM unnest(ps) y) AS pp) s
$$;
-- the statistics of rows that learn from m and p
CREATE FUNCTION statistic(stat text, n bigint, of bigint, m gpu_encode.moments, p gpu_encode.moments, ys float8[], ps float8[], smooth float8) RETURNS float8 LANGUAGE sql AS $$
    SELECT CASE stat WHEN 'count' THEN n WHEN 'frequency' THEN n / nullif(of, 0)::float8 WHEN 'mean' THEN gpu_encode.encoding(m, p, smooth)
                     WHEN 'sum' THEN CASE WHEN ys IS NULL THEN 0 ELSE gpu_encode.sum(m) END WHEN 'woe' THEN CASE WHEN ys IS NULL THEN 0 ELSE woe(ys, ps) END
                     WHEN 'var' THEN gpu_encode.var_pop(x) WHEN 'std' THEN gpu_encode.stddev_pop(x) WHEN 'min' THEN gpu_encode.min_value(x) WHEN 'max' THEN gpu_encode.max_value(x)
                     WHEN 'median' THEN quantile(coalesce(ys, ps), 50) ELSE quantile(coalesce(ys, ps), substr(stat, 2)::int) END
    FROM (SELECT CASE WHEN gpu_encode.total_weight(m) > 0 THEN m ELSE p END AS x) x
$$;
-- 'ok' if all statistics of an ordered job are those of the pairs, to the bit (woe: to the last bits of a logarithm)
CREATE FUNCTION check_order(options text, condition text, target text DEFAULT 'y', stats text[] DEFAULT '{mean,count,frequency,sum,var,std,min,max,median,q01,q90}', smooth float8 DEFAULT NULL, weight text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    bad text; column_name text; n bigint; others bigint;
BEGIN
    EXECUTE format('SELECT rows FROM gpu_encode.fit_transform(''e_check'', ''t'', ''o_check'', %L, ''{c}'', ''{}'', stats => %L, smooth => %L, weight_column => %L, %s)', target, stats, smooth, weight, options);
    CREATE TEMP TABLE pairs ON COMMIT DROP AS SELECT * FROM seen(condition, target, weight);
    FOR k IN 1..cardinality(stats) LOOP
        column_name := 'c_TE' || CASE stats[k] WHEN 'mean' THEN '' ELSE '_' || stats[k] END;
        EXECUTE format('SELECT count(*), count(*) FILTER (WHERE CASE WHEN %3$L = ''woe'' THEN NOT abs(got - want) <= 4e-16 * abs(want) ELSE got IS DISTINCT FROM want END)
            FROM (SELECT %1$I AS got, statistic(%3$L, n, of, m, p, ys, ps, %2$L) AS want FROM o_check JOIN pairs USING (i)) v', column_name, smooth, stats[k]) INTO n, others;
        IF n <> 150 OR others > 0 THEN
            bad := concat_ws(', ', bad, format('%s: %s of %s', stats[k], others, n));
        END IF;
    END LOOP;
    DROP TABLE e_check, o_check, pairs;
    RETURN coalesce(bad, 'ok');
END
$$;

-- every statistic; ties do not see each other
SELECT check_order($$split_method => 'ordered', order_by => '{k}'$$, 'b.k < a.k');
SELECT check_order($$split_method => 'ordered', order_by => '{k}'$$, 'b.k < a.k', smooth => 2.5, stats => '{mean}');
SELECT check_order($$split_method => 'ordered', order_by => '{k}'$$, 'b.k < a.k', smooth => 0, stats => '{mean}');
SELECT check_order($$split_method => 'ordered', order_by => '{k}'$$, 'b.k < a.k', 'z', '{mean,sum,woe,std,min,median}');
SELECT check_order($$split_method => 'ordered', order_by => '{k}'$$, 'b.k < a.k', stats => '{mean,count,frequency,sum,var,std,min,max}', weight => 'w');
SELECT check_order($$split_method => 'ordered', order_by => '{k}'$$, 'b.k < a.k', stats => '{mean}', smooth => 3, weight => 'w');
-- several columns, and columns of any type
SELECT check_order($$split_method => 'ordered', order_by => '{w,word,k}'$$, '(b.w, b.word COLLATE "C", b.k) < (a.w, a.word COLLATE "C", a.k)');
SELECT c, check_order(format('split_method => ''ordered'', order_by => ''{%s}''', c), CASE c WHEN 'word' THEN 'b.word COLLATE "C" < a.word' ELSE format('b.%1$I < a.%1$I', c) END, stats => '{mean,count}') FROM unnest('{big,num,f,f4,d,ts,tz,word,kind}'::text[]) c;

-- delays: numbers
SELECT d, check_order(format('order_by => ''{k}'', label_delay => %L', d), format('b.k < a.k - %s', d)) FROM unnest('{0,7,7.5,60,1e30}'::text[]) d;
SELECT d, check_order(format('order_by => ''{big}'', label_delay => %L', d), format('b.big < a.big - %s::numeric', d)) FROM unnest('{1,250000000000000000,9223372036854775807,9223372036854775808,17250000000000000000,18446744073709551616}'::text[]) d;
SELECT d, check_order(format('order_by => ''{num}'', label_delay => %L', d), format('b.num < a.num - %s', d)) FROM unnest('{0,0.25,7.75,1e30}'::text[]) d;
-- what overflows is below all finite numbers
SELECT d, check_order(format('order_by => ''{f}'', label_delay => %L', d), format('b.f < CASE WHEN a.f BETWEEN -1.7e308 AND -0.7e308 AND %1$s > 1e308 THEN -1.7e308 ELSE a.f - %1$s::float8 END', d)) FROM unnest('{0,0.25,7.75,1.5e308}'::text[]) d;
SELECT d, check_order(format('order_by => ''{f4}'', label_delay => %L', d), format('b.f4 < a.f4 - %s::float8', d)) FROM unnest('{0.1,0.25,1}'::text[]) d;
-- delays: dates and timestamps, over the ends of months, infinity, and a change of the clocks, which UTC does not have
SET TimeZone = 'America/New_York';
SET IntervalStyle = 'sql_standard';
SELECT d, check_order(format('order_by => ''{d}'', label_delay => %L', d), format('b.d < a.d - interval %L', d)) FROM unnest('{1 day,12 hours,36 hours,1 month,1 month 1 day 1 hour,11 years,0 days}'::text[]) d;
SELECT d, check_order(format('order_by => ''{ts}'', label_delay => %L', d), format('b.ts < a.ts - interval %L', d)) FROM unnest('{1 day,1 month,1 month 13:00:00,1 year,00:00:00.000001}'::text[]) d;
SELECT d, check_order(format('order_by => ''{tz}'', label_delay => %L', d), format('(b.tz AT TIME ZONE ''UTC'') < (a.tz AT TIME ZONE ''UTC'') - interval %L', d)) FROM unnest('{1 day,24 hours,1 month,2 hours 20 minutes}'::text[]) d;
RESET IntervalStyle;
RESET TimeZone;
-- a month before the last of March is the last of February, whatever the hour: a later row sees less
CREATE TABLE ends AS SELECT i, 'x'::text AS c, i::float8 AS y, at FROM unnest('{2024-02-28 18:00,2024-02-29 06:00,2024-02-29 18:00,2024-03-30 20:00,2024-03-31 07:00,2024-03-31 19:00}'::timestamp[]) WITH ORDINALITY u (at, i);
SELECT at, encoding AS seen FROM ends JOIN gpu_encode.target_encode('ends', 'c', 'y', stat => 'count', order_by => '{at}', label_delay => '1 month') ON ctid = row_id ORDER BY at;
-- nothing overflows at the ends of calendars
CREATE TABLE far AS SELECT 'x'::text AS c, 1 AS y, d, t FROM (VALUES (date '4714-11-24 BC', timestamp '4714-11-24 00:00:00 BC'), ('5874897-12-31', '294276-12-31 23:59:59.999999'), ('-infinity', '-infinity'), ('infinity', 'infinity')) v (d, t);
SELECT delay, string_agg(e.encoding::text, ' ' ORDER BY d) AS dates, string_agg(g.encoding::text, ' ' ORDER BY d) AS timestamps FROM unnest('{0 days,178956970 years,2147483647 days,2562047788 hours}'::text[]) delay, far,
    gpu_encode.target_encode('far', 'c', 'y', stat => 'count', order_by => '{d}', label_delay => delay) e, gpu_encode.target_encode('far', 'c', 'y', stat => 'count', order_by => '{t}', label_delay => delay) g WHERE e.row_id = far.ctid AND g.row_id = far.ctid GROUP BY delay ORDER BY length(delay);

CREATE TABLE huge AS SELECT 'x'::text AS c, 1 AS y, n FROM unnest('{-Infinity,-9e131071,-1,9e131071,Infinity,NaN}'::numeric[]) n;
SELECT delay, (SELECT string_agg(encoding::text, ' ' ORDER BY n) FROM gpu_encode.target_encode('huge', 'c', 'y', stat => 'count', order_by => '{n}', label_delay => delay) JOIN huge ON ctid = row_id) AS seen FROM unnest('{0,1,9.9e131071}'::text[]) delay;
INSERT INTO huge SELECT c, y, n FROM huge WHERE n = 'Infinity';
DELETE FROM huge WHERE n = '-Infinity';
SELECT string_agg(encoding::text, ' ' ORDER BY n) AS seen FROM gpu_encode.target_encode('huge', 'c', 'y', stat => 'count', order_by => '{n}', label_delay => '9.9e131071') JOIN huge ON ctid = row_id;

-- no later label matters: those from a value less the delay on change, and no encoding up to that value does
CREATE FUNCTION leaks(order_column text, delay text, cut text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    options text := format('order_by => ''{%s}'', split_method => ''ordered'', label_delay => %L, stat => ', order_column, delay); bad bigint; changed bigint; stat text; result text;
BEGIN
    FOREACH stat IN ARRAY '{mean,std,max,q25}'::text[] LOOP
        EXECUTE format('CREATE TEMP TABLE before ON COMMIT DROP AS SELECT i, encoding, row_number() OVER () AS row FROM t JOIN gpu_encode.target_encode(''t'', ''c'', ''y'', %s %L) ON ctid = row_id', options, stat);
        EXECUTE format('CREATE TEMP TABLE changed ON COMMIT DROP AS SELECT i, c, CASE WHEN %1$I >= %2$s THEN CASE WHEN i %% 3 > 0 THEN 1000 * i * (i %% 3 - 1.5) END ELSE y END AS y, %1$I FROM t ORDER BY i', order_column, concat_ws(' - ', cut, CASE WHEN order_column = 'd' THEN 'interval ' END || quote_literal(delay)));
        EXECUTE format('SELECT count(*) FILTER (WHERE a.encoding IS DISTINCT FROM b.encoding AND t.%1$I <= %2$s), count(*) FILTER (WHERE a.encoding IS DISTINCT FROM b.encoding) FROM before b JOIN t USING (i) JOIN changed USING (i) JOIN gpu_encode.target_encode(''changed'', ''c'', ''y'', %3$s %4$L) a ON changed.ctid = a.row_id',
            order_column, cut, options, stat) INTO bad, changed;
        result := concat_ws(', ', result, format('%s leak of %s', bad, CASE WHEN changed > 10 THEN 'many' ELSE changed::text END));
        DROP TABLE before, changed;
    END LOOP;
    RETURN result;
END
$$;
SELECT cut, delay, leaks('k', delay, cut) FROM unnest('{5,20,33}'::text[]) cut, unnest('{NULL,9}'::text[]) delay;
SELECT cut, delay, leaks('d', delay, cut) FROM unnest('{date ''2024-01-31'',date ''2024-03-01''}'::text[]) cut, unnest('{NULL,1 month}'::text[]) delay;

-- order_by does not move ordinals; there are no folds; views, partitions, several columns as one
CREATE TABLE expected AS SELECT * FROM gpu_encode.target_encode('t', 'c', 'y', split_method => 'ordered', order_by => '{k}', smooth => 1);
SELECT count(*), count(fold) AS folds, count(*) FILTER (WHERE i - 1 = ordinal) AS unmoved FROM t JOIN expected ON t.ctid = row_id;
CREATE VIEW viewed AS SELECT * FROM t ORDER BY i DESC;
SELECT count(*), count(*) FILTER (WHERE v.encoding IS DISTINCT FROM e.encoding OR v.source_table IS NOT NULL OR v.fold IS NOT NULL) AS others FROM gpu_encode.target_encode('viewed', 'c', 'y', split_method => 'ordered', order_by => '{k}', smooth => 1) v JOIN expected e ON e.ordinal = 149 - v.ordinal;
CREATE TABLE parted (LIKE t) PARTITION BY LIST (w);
CREATE TABLE parted_a PARTITION OF parted FOR VALUES IN (3, 1);
CREATE TABLE parted_b PARTITION OF parted DEFAULT;
INSERT INTO parted SELECT * FROM t;
SELECT count(*), count(*) FILTER (WHERE p.encoding IS DISTINCT FROM e.encoding) AS others FROM parted r JOIN gpu_encode.target_encode('parted', 'c', 'y', split_method => 'ordered', order_by => '{k}', smooth => 1) p ON (r.tableoid, r.ctid) = (p.source_table, p.row_id) JOIN expected e ON e.ordinal = r.i - 1;
CREATE TABLE joined AS SELECT *, c || '/' || kind AS both FROM t;
SELECT testlib.same($$SELECT ordinal, encoding FROM gpu_encode.target_encode('joined', '{c,kind}'::text[], 'y', order_by => '{k}', label_delay => '3')$$, $$SELECT ordinal, encoding FROM gpu_encode.target_encode('joined', 'both', 'y', order_by => '{k}', label_delay => '3')$$);

-- the encoder has full statistics, without a delay; so do rows of validation, whose order needs no column
SELECT kind FROM gpu_encode.fit('e_fit', 't', 'y', '{c}', '{}', stats => '{mean,count,median}');
SELECT rows FROM gpu_encode.fit_transform('e_ordered', 't', 'o_ordered', 'y', '{c}', '{}', stats => '{mean,count,median}', order_by => '{k}', label_delay => '3');
SELECT count(DISTINCT parameters ->> 'encoder_id') AS encoders FROM (SELECT * FROM e_fit UNION ALL SELECT * FROM e_ordered) e;
CREATE TABLE later AS SELECT i, CASE WHEN i % 5 > 0 THEN 'c' || i % 9 END AS c FROM generate_series(1, 30) i;
SELECT part, rows, unseen_targets FROM gpu_encode.preprocess('t', 'o_train', 'y', '{c}', 'later', 'o_later', label_columns => '{}', stats => '{mean,count,median}', order_by => '{k}', label_delay => '3');
SELECT testlib.same('SELECT * FROM o_train', 'SELECT * FROM o_ordered');
SELECT rows FROM gpu_encode.transform('e_fit', 'later', 'o_transformed');
SELECT testlib.same('SELECT * FROM o_later', 'SELECT * FROM o_transformed');
-- label codes alone need no order, but the columns must be there
SELECT rows FROM gpu_encode.preprocess('t', 'o_labels', label_columns => '{c}', split_method => 'ordered', order_by => '{w}');
SELECT count(*) FILTER (WHERE i <> n) AS moved FROM (SELECT i, row_number() OVER (ORDER BY ctid) AS n FROM o_labels) o;

-- several targets, classes, rare values, missing categories, float4
SELECT columns FROM gpu_encode.fit_transform('e_two', 't', 'o_two', targets => '{y,z}', target_columns => '{c}', label_columns => '{}', order_by => '{k}', label_delay => '2', stats => '{mean,max}');
SELECT stat, testlib.same(format('SELECT i, encoding FROM t JOIN gpu_encode.target_encode(''t'', ''c'', %L, stat => %L, order_by => ''{k}'', label_delay => ''2'') ON ctid = row_id', target, stat), format('SELECT i, %I FROM o_two', 'c_' || target || '_TE' || suffix)) FROM (VALUES ('y', 'mean', ''), ('z', 'mean', ''), ('y', 'max', '_max')) v (target, stat, suffix);
CREATE TABLE recoded AS SELECT i, c, k, kind = 'b' AS is_b FROM t;
SELECT columns FROM gpu_encode.fit_transform('e_class', 't', 'o_class', 'kind', '{c}', '{}', target_type => 'multiclass', order_by => '{k}', split_method => 'ordered', smooth => 1);
SELECT testlib.same($$SELECT i, encoding FROM recoded r JOIN gpu_encode.target_encode('recoded', 'c', 'is_b', order_by => '{k}', split_method => 'ordered', smooth => 1) ON r.ctid = row_id$$, 'SELECT i, "c_TE_b" FROM o_class');
SELECT columns FROM gpu_encode.fit_transform('e_rare', 't', 'o_rare', 'y', '{c}', '{}', order_by => '{k}', split_method => 'ordered', max_categories => 3, handle_missing => 'category', encoding_type => 'float4');
CREATE TABLE pooled AS SELECT i, k, y, CASE WHEN c IN (SELECT value FROM e_rare WHERE kind = 'category' AND encodings = (SELECT encodings FROM e_rare WHERE kind = 'infrequent')) THEN 'rare' ELSE coalesce(c, 'none') END AS c FROM t;
SELECT testlib.same($$SELECT i, encoding::float4 FROM pooled p JOIN gpu_encode.target_encode('pooled', 'c', 'y', order_by => '{k}', split_method => 'ordered') ON p.ctid = row_id$$, 'SELECT i, "c_TE" FROM o_rare');
SELECT count(*) FILTER (WHERE encoding IS NOT NULL) AS missing FROM t JOIN gpu_encode.target_encode('t', 'c', 'y', order_by => '{k}', split_method => 'ordered', handle_missing => 'null') ON ctid = row_id WHERE c IS NULL;

-- values that a list of categories lacks belong to no category: each has the prior of the rows before
CREATE TABLE unlisted AS SELECT i, k, y, CASE WHEN c IN ('c1', 'c4') THEN c ELSE c || ' of row ' || i END AS c FROM t;
SELECT unseen_targets FROM gpu_encode.fit_transform('e_listed', 't', 'o_listed', 'y', '{c}', '{}', order_by => '{k}', split_method => 'ordered', smooth => 1, column_options => '{"c": {"categories": ["c4", "c1"]}}');
SELECT testlib.same($$SELECT i, encoding FROM unlisted u JOIN gpu_encode.target_encode('unlisted', 'c', 'y', order_by => '{k}', split_method => 'ordered', smooth => 1) ON u.ctid = row_id$$, 'SELECT i, "c_TE" FROM o_listed');

-- many rows, batches, windows, workers and threads: the same bits
CREATE TABLE many AS SELECT i, 'v' || i * 31 % 1009 AS c, i * 7919 % 65521 AS k, i % 13 AS y, sin(i) AS x FROM generate_series(1, 200000) i;
CREATE TABLE many_expected AS SELECT i, (gpu_encode.encoding(m, p, 2)) AS encoding FROM (SELECT i, gpu_encode.moments(x) OVER (PARTITION BY c ORDER BY k RANGE BETWEEN UNBOUNDED PRECEDING AND 101 PRECEDING) AS m, gpu_encode.moments(x) OVER (ORDER BY k RANGE BETWEEN UNBOUNDED PRECEDING AND 101 PRECEDING) AS p FROM many) w;
CREATE FUNCTION others(workers int, threads int) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('gpu_encode.max_workers', workers::text, true), set_config('gpu_encode.threads', threads::text, true);
    RETURN (SELECT count(*) FROM many m JOIN many_expected x USING (i) JOIN gpu_encode.target_encode('many', 'c', 'x', order_by => '{k}', label_delay => '100', smooth => 2) e ON m.ctid = e.row_id WHERE e.encoding IS DISTINCT FROM x.encoding);
END
$$;
SELECT workers, threads, others(workers, threads) FROM unnest('{0,3}'::int[]) workers, unnest('{1,4}'::int[]) threads;

-- nobody, one row, and no targets
CREATE TABLE nobody (c text, k int, y int);
SELECT count(*) FROM gpu_encode.target_encode('nobody', 'c', 'y', split_method => 'ordered', order_by => '{k}');
INSERT INTO nobody VALUES ('a', 1, 1);
SELECT ordinal, fold, encoding FROM gpu_encode.target_encode('nobody', 'c', 'y', split_method => 'ordered', order_by => '{k}');
INSERT INTO nobody VALUES ('a', 2, NULL), ('a', 3, 5), ('b', 4, 5);
SELECT k, e.encoding AS mean, n.encoding AS count, f.encoding AS frequency FROM nobody JOIN gpu_encode.target_encode('nobody', 'c', 'y', split_method => 'ordered', order_by => '{k}') e ON e.row_id = ctid JOIN gpu_encode.target_encode('nobody', 'c', 'y', split_method => 'ordered', order_by => '{k}', stat => 'count') n USING (row_id)
    JOIN gpu_encode.target_encode('nobody', 'c', 'y', split_method => 'ordered', order_by => '{k}', stat => 'frequency') f USING (row_id) ORDER BY k;

-- mistakes
CREATE FUNCTION refused(options text, state text, VARIADIC words text[]) RETURNS text LANGUAGE sql AS
$$SELECT testlib.refuses(format('SELECT gpu_encode.target_encode(''t'', ''c'', ''y'', %s)', options), state, VARIADIC words)$$;
SELECT refused($$split_method => 'ordered'$$, '22023', 'split_method => ''ordered'' needs order_by', 'ARRAY[');
SELECT refused($$label_delay => '1'$$, '22023', 'split_method => ''ordered'' needs order_by');
SELECT refused($$split_method => 'ordered', order_by => '{}'$$, '22023', 'needs order_by');
SELECT refused($$split_method => 'ordered', order_by => '{nope}'$$, '42703', '"nope"');
SELECT refused($$split_method => 'ordered', order_by => '{k}', prior => 'global'$$, '22023', 'prior => ''global'' contradicts split_method => ''ordered''');
SELECT refused($$split_method => 'ordered', order_by => '{k}', fold_column => 'w'$$, '22023', 'fold_column contradicts split_method => ''ordered''');
SELECT refused($$split_method => 'ordered', order_by => '{k}', group_columns => '{w}'$$, '22023', 'group_columns contradicts split_method => ''ordered''');
SELECT refused($$split_method => 'interleaved', order_by => '{k}', label_delay => '1'$$, '22023', 'label_delay contradicts split_method => ''interleaved''');
SELECT refused($$fold_column => 'w', label_delay => '1'$$, '22023', 'label_delay contradicts split_method => ''custom''');
SELECT refused($$order_by => '{k,w}', label_delay => '1'$$, '22023', 'label_delay needs one column in order_by', 'became known');
SELECT refused($$order_by => '{word}', label_delay => '1'$$, '42804', 'label_delay does not apply to order column "word" of type text');
SELECT refused($$order_by => '{d}', label_delay => '7'$$, '22023', 'label_delay "7" has no unit', '30 days');
SELECT refused($$order_by => '{d}', label_delay => 'soon'$$, '22023', 'label_delay "soon" is no interval');
SELECT refused($$order_by => '{ts}', label_delay => '1 month -1 day'$$, '22023', 'label_delay "1 month -1 day" has a negative field');
SELECT refused($$order_by => '{k}', label_delay => '-1'$$, '22023', 'label_delay "-1" is negative');
SELECT refused($$order_by => '{k}', label_delay => '1 day'$$, '22023', 'label_delay "1 day" is no number', 'such as');
SELECT refused($$order_by => '{f}', label_delay => 'NaN'$$, '22023', 'label_delay "NaN" is not finite');
SELECT refused($$order_by => '{f}', label_delay => '1e400'$$, '22023', 'out of range for double precision');
SELECT refused(format('order_by => ''{k}'', label_delay => %L', repeat('x', 1000)), '22023', repeat('x', 64) || '... (936 more');
CREATE TABLE odd AS SELECT 'a'::text AS c, 1 AS y, point(1, 1) AS p, '{1}'::int[] AS list, nullif(i, 3) AS k FROM generate_series(1, 5) i;
SELECT col, testlib.refuses(format('SELECT gpu_encode.target_encode(''odd'', ''c'', ''y'', split_method => ''ordered'', order_by => ''{%s}'')', col), '0A000', 'cannot order by column', format('"%s"', col), 'Give a view') FROM unnest('{p,list}'::text[]) col;
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('odd', 'c', 'y', split_method => 'ordered', order_by => '{k}')$$, '22004', 'order column "k" is null in the row with ordinal 2', 'view');

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_ordered CASCADE;
