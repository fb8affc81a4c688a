-- compare_encoders: every figure of the drift between two encoders against plain SQL over their tables; damage, rights, extremes.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_compare_encoders;
SET search_path = test_compare_encoders;

-- a small example, by hand: Oslo stays, Rome vanishes, Lima is new
CREATE TABLE monday AS SELECT * FROM (VALUES ('Oslo', 1), ('Oslo', 0), ('Oslo', 1), ('Rome', 1)) v (city, y);
CREATE TABLE tuesday AS SELECT * FROM (VALUES ('Oslo', 0), ('Oslo', 0), ('Lima', 1), (NULL, 1), ('Lima', 0)) v (city, y);
SELECT count(*) FROM gpu_encode.fit('e_monday', 'monday', 'y', '{city}', smooth => 0);
SELECT count(*) FROM gpu_encode.fit('e_tuesday', 'tuesday', 'y', '{city}', smooth => 0);
\x on
SELECT * FROM gpu_encode.compare_encoders('e_monday', 'e_tuesday');
\x off
-- shares before 3.5 : 1.5 : 0.5 : 0.5 of 4 + 4/2 rows, after 2.5 : 0.5 : 2.5 : 1.5 of 5 + 4/2
SELECT abs(psi - ((3.5/6 - 2.5/7) * ln(3.5/6 / (2.5/7)) + (1.5/6 - 0.5/7) * ln(1.5/6 / (0.5/7)) + (0.5/6 - 2.5/7) * ln(0.5/6 / (2.5/7)) + (0.5/6 - 1.5/7) * ln(0.5/6 / (1.5/7)))) < 1e-15 AS psi FROM gpu_encode.compare_encoders('e_monday', 'e_tuesday');

-- the oracle: one column or combination, and one target and class of it (NULL: none) at their places in moments[] and encodings[]
CREATE FUNCTION drift_of(before regclass, after regclass, of_column text, target_before int, target_after int, output_before int, output_after int)
RETURNS TABLE (categories_before bigint, categories_after bigint, new_categories bigint, vanished_categories bigint, new_share float8, vanished_share float8,
               psi float8, prior_before float8, prior_after float8, largest_shift float8, largest_shift_value text) LANGUAGE plpgsql AS
$$
BEGIN
    RETURN QUERY EXECUTE format(
        'WITH a AS (SELECT coalesce(value, values::text, '''') AS c, kind, n_rows, encodings[%4$s] AS x FROM %1$s WHERE column_name = %3$L AND kind IN (''category'', ''missing'') AND n_rows > 0),
              b AS (SELECT coalesce(value, values::text, '''') AS c, kind, n_rows, encodings[%5$s] AS x FROM %2$s WHERE column_name = %3$L AND kind IN (''category'', ''missing'') AND n_rows > 0),
              n AS (SELECT (SELECT coalesce(sum(n_rows), 0)::float8 FROM a) AS a, (SELECT coalesce(sum(n_rows), 0)::float8 FROM b) AS b),
              j AS (SELECT c, kind, a.n_rows AS a, b.n_rows AS b, abs(b.x - a.x) AS shift FROM a FULL JOIN b USING (c, kind)),
              s AS (SELECT j.*, (coalesce(j.a, 0) + 0.5::float8) / (n.a + (SELECT count(*) FROM j) / 2.0::float8) AS p, (coalesce(j.b, 0) + 0.5::float8) / (n.b + (SELECT count(*) FROM j) / 2.0::float8) AS q FROM j, n)
         SELECT count(a) FILTER (WHERE kind = ''category''), count(b) FILTER (WHERE kind = ''category''), count(*) FILTER (WHERE a IS NULL AND kind = ''category''), count(*) FILTER (WHERE b IS NULL AND kind = ''category''),
                coalesce(sum(b) FILTER (WHERE a IS NULL AND kind = ''category'') / nullif((SELECT b FROM n), 0), 0)::float8, coalesce(sum(a) FILTER (WHERE b IS NULL AND kind = ''category'') / nullif((SELECT a FROM n), 0), 0)::float8,
                coalesce(sum((p - q) * ln(p / q)), 0),
                (SELECT gpu_encode.mean(moments[%6$s]) FROM %1$s WHERE column_name = %3$L AND kind = ''prior''), (SELECT gpu_encode.mean(moments[%7$s]) FROM %2$s WHERE column_name = %3$L AND kind = ''prior''),
                max(shift) FILTER (WHERE kind = ''category''), (SELECT c FROM j WHERE kind = ''category'' AND shift IS NOT NULL ORDER BY shift DESC, c COLLATE "C" LIMIT 1)
         FROM s', before, after, of_column, coalesce(output_before, 0), coalesce(output_after, 0), coalesce(target_before, 0), coalesce(target_after, 0));
END
$$;
-- 'ok', or the figures that differ; psi within the error of two logarithms and sums
CREATE FUNCTION check_drift(before regclass, after regclass, of_column text, of_target text DEFAULT NULL, of_class text DEFAULT NULL,
    target_before int DEFAULT 1, target_after int DEFAULT 1, output_before int DEFAULT 1, output_after int DEFAULT 1) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
    found record; wanted record;
BEGIN
    SELECT * INTO STRICT found FROM gpu_encode.compare_encoders(before, after) c WHERE column_name = of_column AND target IS NOT DISTINCT FROM of_target AND class IS NOT DISTINCT FROM of_class;
    SELECT * INTO STRICT wanted FROM drift_of(before, after, of_column, target_before, target_after, output_before, output_after);
    IF abs(found.psi - wanted.psi) > 1e-13 * (1 + abs(wanted.psi)) THEN
        RETURN format('psi %s instead of %s', found.psi, wanted.psi);
    END IF;
    IF abs(found.new_share - wanted.new_share) > 1e-15 OR abs(found.vanished_share - wanted.vanished_share) > 1e-15 THEN
        RETURN format('shares %s %s instead of %s %s', found.new_share, found.vanished_share, wanted.new_share, wanted.vanished_share);
    END IF;
    RETURN CASE WHEN (found.categories_before, found.categories_after, found.new_categories, found.vanished_categories, found.prior_before, found.prior_after, found.largest_shift, found.largest_shift_value)
                     IS NOT DISTINCT FROM (wanted.categories_before, wanted.categories_after, wanted.new_categories, wanted.vanished_categories, wanted.prior_before, wanted.prior_after, wanted.largest_shift, wanted.largest_shift_value)
                THEN 'ok' ELSE format('%s instead of %s', found, wanted) END;
END
$$;

CREATE TABLE old AS SELECT CASE WHEN i % 19 > 0 THEN 'v' || i * i % 23 END AS a, i % 11 AS n, chr(97 + i % 5) AS b, (i * 7 % 5)::float8 / 3 AS y, i % 2 AS z, 'k' || i % 3 AS k, i % 4 AS w, i % 3 + 1 AS weight FROM generate_series(1, 700) i;
CREATE TABLE new AS SELECT CASE WHEN i % 7 > 0 THEN 'v' || i * i % 29 END AS a, i % 13 - 1 AS n, chr(98 + i % 5) AS b, (i * 11 % 7)::float8 / 3 AS y, (i % 5 = 0)::int AS z, 'k' || i % 4 AS k, i % 5 AS w, 2 AS weight FROM generate_series(1, 900) i;
CREATE TABLE empty AS SELECT * FROM old WHERE false;
SELECT count(*) FROM gpu_encode.fit('e_old', 'old', 'y', '{a,n}', '{a,b}', target_combinations => '[["a","b"],{"name": ["b","n","k"]}]', smooth => 3);
SELECT count(*) FROM gpu_encode.fit('e_new', 'new', 'y', '{n,a}', '{b,a}', target_combinations => '[["a","b"],{"name": ["b","n","k"]}]', smooth => 2);
SELECT column_name, target, check_drift(before::regclass, after::regclass, column_name, target) FROM (VALUES ('e_old', 'e_new'), ('e_new', 'e_old'), ('e_old', 'e_old')) v (before, after), LATERAL (SELECT * FROM gpu_encode.compare_encoders(before::regclass, after::regclass)) c;
SELECT column_name, psi, largest_shift FROM gpu_encode.compare_encoders('e_old', 'e_old');
-- the order of rows in the table changes no bit, nor do few bytes of memory
CREATE TABLE e_shuffled AS SELECT * FROM e_new ORDER BY md5(value), code DESC, kind;
SELECT testlib.same($$SELECT * FROM gpu_encode.compare_encoders('e_old', 'e_new')$$, $$SELECT * FROM gpu_encode.compare_encoders('e_old', 'e_shuffled')$$);
CREATE TABLE many AS SELECT 'value with a long name ' || i AS v FROM generate_series(1, 40000) i;
CREATE VIEW fewer AS SELECT * FROM many WHERE v < 'value with a long name 5';
SELECT count(*) FROM gpu_encode.fit('e_many', 'many');
SELECT count(*) FROM gpu_encode.fit('e_fewer', 'fewer');
CREATE TABLE in_memory AS SELECT * FROM gpu_encode.compare_encoders('e_many', 'e_fewer');
SET work_mem = '64kB';
SELECT testlib.same('TABLE in_memory', $$SELECT * FROM gpu_encode.compare_encoders('e_many', 'e_fewer')$$);
RESET work_mem;
SELECT check_drift('e_many', 'e_fewer', 'v');

-- several targets, classes and statistics, weights
SELECT count(*) FROM gpu_encode.fit('e_targets', 'old', target_columns => '{a}', targets => '{y,z}', label_columns => '{}', stats => '{count,mean,max}', weight_column => 'weight', smooth => 0);
SELECT count(*) FROM gpu_encode.fit('e_targets_2', 'new', target_columns => '{a}', targets => '{z,y}', label_columns => '{}', stats => '{max,mean}', weight_column => 'weight', smooth => 0);
SELECT check_drift('e_targets', 'e_targets_2', 'a', 'y', NULL, 1, 2, 2, 4), check_drift('e_targets', 'e_targets_2', 'a', 'z', NULL, 2, 1, 4, 2);
SELECT column_name, target, prior_before, prior_after FROM gpu_encode.compare_encoders('e_targets', 'e_targets_2');
SELECT count(*) FROM gpu_encode.fit('e_classes', 'old', 'k', '{a}', '{}', target_type => 'multiclass');
SELECT count(*) FROM gpu_encode.fit('e_classes_2', 'new', 'k', '{a}', '{}', target_type => 'multiclass');
SELECT class, check_drift('e_classes', 'e_classes_2', 'a', 'k', class, i::int, i::int, i::int, i::int) FROM unnest('{k0,k1,k2}'::text[]) WITH ORDINALITY u (class, i);
-- a class, target, statistic or column that one of them lacks
SELECT column_name, target, class, categories_before, categories_after, psi IS NULL AS no_psi, prior_before, prior_after, largest_shift FROM gpu_encode.compare_encoders('e_classes', 'e_classes_2') WHERE class = 'k3';
SELECT column_name, target, categories_before, categories_after, new_categories, vanished_share, psi IS NULL AS no_psi, prior_before, prior_after, largest_shift FROM gpu_encode.compare_encoders('e_old', 'e_targets');
SELECT count(*) FROM gpu_encode.fit('e_counts', 'old', target_columns => '{a}', label_columns => '{}', stats => '{frequency,count}');
SELECT count(*) FROM gpu_encode.fit('e_max', 'old', 'y', '{a}', '{}', stats => '{max,min}');
SELECT target, largest_shift, largest_shift_value FROM gpu_encode.compare_encoders('e_counts', 'e_counts');
SELECT target, prior_before, largest_shift, largest_shift_value FROM gpu_encode.compare_encoders('e_max', 'e_targets') WHERE target = 'y';
SELECT count(*) AS without_any_in_common, count(psi) FROM gpu_encode.compare_encoders('e_many', 'e_old');

-- encoders of no row; categories without rows are left out
SELECT count(*) FROM gpu_encode.fit('e_empty', 'empty', 'y', '{a,n}', '{a,b}');
SELECT column_name, categories_before, categories_after, new_share, vanished_share, psi, prior_before FROM gpu_encode.compare_encoders('e_empty', 'e_empty');
SELECT column_name, check_drift('e_empty', 'e_new', column_name, target), check_drift('e_new', 'e_empty', column_name, target) FROM gpu_encode.compare_encoders('e_empty', 'e_new') WHERE psi IS NOT NULL;
SELECT count(*) FROM gpu_encode.fit('e_kept', 'new', 'y', '{a,n}', '{a,b}', codes_from => 'e_old', target_combinations => '[["a","b"],{"name": ["b","n","k"]}]', smooth => 2);
SELECT testlib.same($$SELECT * FROM gpu_encode.compare_encoders('e_old', 'e_new')$$, $$SELECT * FROM gpu_encode.compare_encoders('e_old', 'e_kept')$$);
-- rare values have figures of their own
SELECT count(*) FROM gpu_encode.fit('e_rare', 'new', 'y', '{a}', '{a}', min_frequency => 20);
SELECT check_drift('e_old', 'e_rare', 'a', 'y');

-- numbers at the ends of their range
CREATE TABLE large AS SELECT 'x' AS a, 1e308::float8 AS y; CREATE TABLE opposite AS SELECT 'x' AS a, -1e308::float8 AS y; CREATE TABLE tiny AS SELECT 'x' AS a, 5e-324::float8 AS y;
SELECT count(*) FROM gpu_encode.fit('e_large', 'large', 'y', '{a}');
SELECT count(*) FROM gpu_encode.fit('e_opposite', 'opposite', 'y', '{a}');
SELECT count(*) FROM gpu_encode.fit('e_tiny', 'tiny', 'y', '{a}');
SELECT prior_before, prior_after, largest_shift FROM gpu_encode.compare_encoders('e_large', 'e_opposite');
SELECT prior_before, prior_after, largest_shift FROM gpu_encode.compare_encoders('e_tiny', 'e_large');
-- a mean whose sum is beyond the range, of targets and weights
CREATE TABLE sums AS SELECT 'a'::text AS c, -1.7e308::float8 AS y, i AS w FROM generate_series(1, 3) i;
SELECT kind, prior_value FROM gpu_encode.fit('e_sums', 'sums', 'y', '{c}', '{}', stats => '{median}');
SELECT prior_before, prior_after, largest_shift FROM gpu_encode.compare_encoders('e_sums', 'e_sums');
SELECT checks FROM gpu_encode.fit('e_sums', 'sums', 'y', '{c}', '{}', stats => '{min}', weight_column => 'w', replace => true, guards => '{"max_prior_change": 0}');
SELECT prior_before FROM gpu_encode.compare_encoders('e_sums', 'e_sums');

-- what is no encoder, and what is damaged
SELECT testlib.refuses($$SELECT gpu_encode.compare_encoders('old', 'e_new')$$, '42809', 'is not an encoder');
SELECT testlib.refuses($$SELECT gpu_encode.compare_encoders('e_new', 'nothing')$$, '42P01', '"nothing"');
SELECT testlib.refuses($$SELECT gpu_encode.compare_encoders(NULL, 'e_new')$$, '22004', '"before"');
SELECT testlib.refuses($$SELECT gpu_encode.compare_encoders('e_new', NULL)$$, '22004', '"after"');
CREATE FUNCTION damaged(how text, words text) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
    answer text;
BEGIN
    CREATE TABLE d AS TABLE e_old;
    EXECUTE how;
    answer := concat_ws(' ', testlib.refuses($q$SELECT gpu_encode.compare_encoders('d', 'e_new')$q$, '55000', 'is damaged', words), testlib.refuses($q$SELECT gpu_encode.compare_encoders('e_new', 'd')$q$, '55000', 'is damaged', words));
    DROP TABLE d;
    RETURN answer;
END
$$;
SELECT how, damaged(how, words) FROM (VALUES
    ('DELETE FROM d WHERE value = ''v1''', 'rows of kind ''category'''), ('INSERT INTO d SELECT * FROM d WHERE value = ''v1''', 'rows of kind ''category'''),
    ('UPDATE d SET value = ''v1'' WHERE value = ''v2''', 'a category twice'), ('UPDATE d SET "values" = (SELECT "values" FROM d WHERE column_name = ''a_b'' AND kind = ''category'' LIMIT 1) WHERE column_name = ''a_b'' AND kind = ''category''', 'a category twice'),
    ('DELETE FROM d WHERE kind = ''missing''', 'rows of kind ''missing'''), ('DELETE FROM d WHERE kind = ''prior''', 'rows of kind ''prior'''),
    ('UPDATE d SET n_rows = NULL WHERE value = ''v1''', 'no n_rows'), ('UPDATE d SET n_rows = -1 WHERE value = ''v1''', 'negative n_rows'), ('UPDATE d SET n_rows = 9223372036854775807 WHERE value = ''v1''', 'more rows'),
    ('UPDATE d SET encodings = NULL WHERE value = ''v1''', 'no encodings'), ('UPDATE d SET encodings = ''{1,2}'' WHERE value = ''v1''', '2 encodings'), ('UPDATE d SET encodings = ''{NaN}'' WHERE value = ''v1''', 'not finite'), ('UPDATE d SET encodings = ''{Infinity}'' WHERE value = ''v1''', 'not finite'),
    ('UPDATE d SET "values" = ''{x}'' WHERE column_name = ''a_b''', '1 values'), ('UPDATE d SET "values" = ''{{x},{y}}'' WHERE column_name = ''a_b''', 'no list'), ('UPDATE d SET "values" = ''{x,NULL}'' WHERE column_name = ''a_b''', 'no list'), ('UPDATE d SET "values" = NULL WHERE column_name = ''a_b''', 'no values'),
    ('UPDATE d SET moments = NULL WHERE kind = ''prior''', 'no moments'), ('UPDATE d SET moments = moments || moments WHERE kind = ''prior''', '2 moments'), ('UPDATE d SET moments = ARRAY[moments] WHERE kind = ''prior''', 'no list'),
    ('UPDATE d SET parameters = jsonb_set(parameters, ''{columns,0,categories}'', ''7'') WHERE kind = ''parameters''', 'rows of kind ''category''')) v (how, words);
-- rows of nothing known are no damage, nor are texts that no type can read
CREATE TABLE e_more AS TABLE e_old;
INSERT INTO e_more (kind, column_name, value, n_rows) VALUES ('category', 'nothing', 'x', 5), ('remark', 'a', 'x', 7), ('category', NULL, 'y', 1);
SELECT testlib.same($$SELECT * FROM gpu_encode.compare_encoders('e_old', 'e_new')$$, $$SELECT * FROM gpu_encode.compare_encoders('e_more', 'e_new')$$);
UPDATE e_more SET value = 'no number' WHERE column_name = 'n' AND value = '3';
SELECT new_categories, vanished_categories FROM gpu_encode.compare_encoders('e_old', 'e_more') WHERE column_name = 'n';

-- rights: SELECT on both, on moments too
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_gpu_encode_comparer;
RESET client_min_messages;
CREATE ROLE regress_gpu_encode_comparer;
GRANT USAGE ON SCHEMA test_compare_encoders, testlib TO regress_gpu_encode_comparer;
GRANT SELECT ON e_old TO regress_gpu_encode_comparer;
SET ROLE regress_gpu_encode_comparer;
SELECT testlib.refuses($$SELECT gpu_encode.compare_encoders('e_old', 'e_new')$$, '42501', 'table e_new');
SELECT testlib.refuses($$SELECT gpu_encode.compare_encoders('e_new', 'e_old')$$, '42501', 'table e_new');
SELECT count(*) FROM gpu_encode.compare_encoders('e_old', 'e_old');
RESET ROLE;
GRANT SELECT (kind, column_name, value, "values", code, n_rows, encodings, parameters) ON e_new TO regress_gpu_encode_comparer;
SET ROLE regress_gpu_encode_comparer;
SELECT testlib.refuses($$SELECT gpu_encode.compare_encoders('e_old', 'e_new')$$, '42501', 'table e_new');
RESET ROLE;
GRANT SELECT (moments) ON e_new TO regress_gpu_encode_comparer;
ALTER TABLE e_old ENABLE ROW LEVEL SECURITY;
SET ROLE regress_gpu_encode_comparer;
SELECT count(*) FROM gpu_encode.compare_encoders('e_new', 'e_new');
SELECT testlib.refuses($$SELECT gpu_encode.compare_encoders('e_old', 'e_new')$$, '42501', 'row-level security');
RESET ROLE;
SELECT count(*) FROM gpu_encode.compare_encoders('e_old', 'e_new');
SELECT stage, rows, detail FROM gpu_encode.last_run();
DROP OWNED BY regress_gpu_encode_comparer;
DROP ROLE regress_gpu_encode_comparer;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_compare_encoders CASCADE;
