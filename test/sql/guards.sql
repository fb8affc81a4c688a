-- guards: limits that stop a run before anything of it is visible; every figure against plain SQL, in every function.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_guards;
SET search_path = test_guards;

CREATE TABLE monday AS SELECT i, CASE WHEN i % 19 > 0 THEN 'v' || i * i % 23 END AS a, chr(97 + i % 5) AS b, i % 11 AS n, (i * 7 % 5)::float8 / 3 AS y, i % 2 AS z, 'k' || i % 3 AS k FROM generate_series(1, 700) i;
CREATE TABLE tuesday AS SELECT i, CASE WHEN i % 7 > 0 THEN 'v' || i * i % 29 END AS a, chr(98 + i % 5) AS b, i % 13 - 1 AS n, (i * 11 % 7)::float8 / 3 AS y, (i % 5 = 0)::int AS z, 'k' || i % 4 AS k FROM generate_series(1, 900) i;
SELECT count(*) FROM gpu_encode.fit('e', 'monday', 'y', '{a,n}', '{a,b}', target_combinations => '[["a","b"],{"name": ["b","n","k"]}]');
-- guards that everything meets, and those that any call may have
\set all '{"min_rows": 0, "max_missing": 1, "max_unknown": 1, "max_new_categories": 9007199254740992, "max_vanished": 1, "max_prior_change": 1e300, "max_psi": 1e300}'
\set but_prior '{"min_rows": 0, "max_missing": 1, "max_unknown": 1, "max_new_categories": 9007199254740992, "max_vanished": 1, "max_psi": 1e300}'
\set rows_alone '{"min_rows": 0, "max_missing": 1, "max_unknown": 1}'

-- by hand
CREATE TABLE small AS SELECT unnest('{Oslo,Oslo,Rome,NULL}'::text[]) AS city;
\x on
SELECT column_name, checks FROM gpu_encode.fit('e_small', 'small', guards => '{"min_rows": 3, "max_missing": 0.25, "max_unknown": 0}');
SELECT column_name, checks FROM gpu_encode.fit('e_small', 'small', guards => '{"max_new_categories": 0, "max_psi": 0}', replace => true);
\x off
SELECT column_name, checks FROM gpu_encode.fit('e_none', 'small', guards => '{}');
SELECT column_name, checks FROM gpu_encode.fit('e_null', 'small', guards => NULL);
DO $$
DECLARE
    message text; detail text; hint text;
BEGIN
    PERFORM gpu_encode.fit('e_stopped', 'small', guards => '{"min_rows": 5, "max_missing": 0.2, "max_unknown": 0.5}');
EXCEPTION WHEN check_violation THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RAISE INFO E'%\n%\n%', message, detail, hint;
END
$$;
SELECT testlib.refuses($$SELECT gpu_encode.fit('e_stopped', 'small', guards => '{"min_rows": 5}')$$, '23514', 'guard stopped the run: min_rows', 'min_rows: 4, limit 5 (not met)', 'Nothing was written');

-- the oracle: the figures of the rows of a relation
CREATE FUNCTION figure(checks jsonb, guard text) RETURNS float8 LANGUAGE sql AS $$SELECT (checks -> guard ->> 'value')::float8$$;
CREATE FUNCTION worst(checks jsonb, guard text) RETURNS text LANGUAGE sql AS $$SELECT coalesce(checks -> guard ->> 'column', checks -> guard ->> 'target')$$;
CREATE TABLE f AS SELECT checks FROM gpu_encode.fit('e_2', 'tuesday', 'y', '{a,n}', '{a,b}', target_combinations => '[["a","b"],{"name": ["b","n","k"]}]', codes_from => 'e', guards => :'all') LIMIT 1;
SELECT figure(checks, 'min_rows') AS rows, figure(checks, 'max_missing') = (SELECT count(*) FILTER (WHERE a IS NULL)::float8 / count(*) FROM tuesday) AS missing, worst(checks, 'max_missing'), figure(checks, 'max_unknown') AS unknown FROM f;
-- all that is compared: the largest of compare_encoders, to the bit
CREATE FUNCTION same_as_compared(checks jsonb, before regclass, after regclass) RETURNS TABLE (new boolean, vanished boolean, psi boolean, prior boolean) LANGUAGE sql AS
$$
    SELECT figure(checks, 'max_new_categories') = max(new_categories), figure(checks, 'max_vanished') = max(vanished_share), figure(checks, 'max_psi') = max(c.psi),
           figure(checks, 'max_prior_change') = max(abs(prior_after - prior_before) / abs(prior_before))
    FROM gpu_encode.compare_encoders(before, after) c
$$;
SELECT s.* FROM f, same_as_compared(checks, 'e', 'e_2') s;
SELECT worst(checks, 'max_new_categories') = (SELECT column_name FROM gpu_encode.compare_encoders('e', 'e_2') ORDER BY new_categories DESC LIMIT 1) AS new, worst(checks, 'max_vanished') = (SELECT column_name FROM gpu_encode.compare_encoders('e', 'e_2') ORDER BY vanished_share DESC LIMIT 1) AS vanished,
       worst(checks, 'max_psi') = (SELECT column_name FROM gpu_encode.compare_encoders('e', 'e_2') ORDER BY psi DESC LIMIT 1) AS psi, worst(checks, 'max_prior_change') AS prior FROM f;
-- the encoder that is replaced; codes_from counts more than that
CREATE TABLE e_replaced AS TABLE e;
CREATE TABLE f_replaced AS SELECT checks FROM gpu_encode.fit('e_replaced', 'tuesday', 'y', '{a,n}', '{a,b}', target_combinations => '[["a","b"],{"name": ["b","n","k"]}]', guards => :'all', replace => true) LIMIT 1;
SELECT testlib.same('TABLE f', 'TABLE f_replaced');
SELECT s.* FROM (SELECT checks FROM gpu_encode.fit('e_replaced', 'tuesday', 'y', '{a,n}', '{a,b}', target_combinations => '[["a","b"],{"name": ["b","n","k"]}]', guards => :'all', replace => true) LIMIT 1) f, same_as_compared(checks, 'e_2', 'e_replaced') s;
SELECT s.* FROM (SELECT checks FROM gpu_encode.fit('e_replaced', 'tuesday', 'y', '{a,n}', '{a,b}', target_combinations => '[["a","b"],{"name": ["b","n","k"]}]', codes_from => 'e', guards => :'all', replace => true) LIMIT 1) f, same_as_compared(checks, 'e', 'e_replaced') s;
-- transform: the encoder itself with the rows to be encoded, unknown values and combinations too
CREATE TABLE t AS SELECT checks FROM gpu_encode.transform('e', 'tuesday', 'o', handle_unknown => 'null', guards => :'but_prior');
SELECT figure(t.checks, g) = figure(f.checks, g) AS same, g FROM t, f, unnest('{min_rows,max_missing,max_new_categories,max_vanished,max_psi}'::text[]) g;
SELECT figure(checks, 'max_unknown') = (SELECT greatest(count(*) FILTER (WHERE a NOT IN (SELECT a FROM monday WHERE a IS NOT NULL)), count(*) FILTER (WHERE b NOT IN (SELECT b FROM monday)), count(*) FILTER (WHERE n NOT IN (SELECT n FROM monday)), count(*) FILTER (WHERE k NOT IN (SELECT k FROM monday)))::float8 / count(*) FROM tuesday) AS unknown, worst(checks, 'max_unknown') FROM t;
SELECT figure(checks, 'max_psi') AS psi, figure(checks, 'max_vanished') AS vanished, figure(checks, 'max_new_categories') AS new, figure(checks, 'max_unknown') AS unknown FROM gpu_encode.transform('e', (SELECT 'monday'::regclass), 'o_same', guards => :'but_prior');
-- fit_transform, preprocess: train is what is compared; missing and unknown are the worst of all rows that are encoded
SELECT part, r.checks = f.checks AS same FROM gpu_encode.fit_transform('e_3', 'tuesday', 'o_3', 'y', '{a,n}', '{a,b}', target_combinations => '[["a","b"],{"name": ["b","n","k"]}]', codes_from => 'e', guards => :'all') r, f;
SELECT part, figure(p.checks, g) = figure(f.checks, g) AS same, g FROM f, gpu_encode.preprocess('tuesday', 'o_4', 'y', '{a,n}', 'monday', 'o_5', '{a,b}', target_combinations => '[["a","b"],{"name": ["b","n","k"]}]', codes_from => 'e', guards => :'all') p, unnest('{min_rows,max_missing,max_new_categories,max_vanished,max_prior_change,max_psi}'::text[]) g;
SELECT part, p.checks FROM gpu_encode.preprocess('tuesday', 'o_6', 'y', '{n}', 'monday', 'o_7', '{a,b}', labels_from_validation => false, handle_unknown => 'null', guards => :'rows_alone') p;
SELECT count(*) FILTER (WHERE b NOT IN (SELECT b FROM tuesday))::float8 / count(*) AS unknown_b, count(*) FILTER (WHERE a NOT IN (SELECT a FROM tuesday WHERE a IS NOT NULL))::float8 / count(*) AS unknown_a, count(*) FILTER (WHERE n NOT IN (SELECT n FROM tuesday))::float8 / count(*) AS unknown_n FROM monday;
SELECT checks FROM gpu_encode.preprocess('tuesday', 'o_8', 'y', '{n}', 'monday', label_columns => '{a,b}', guards => '{"max_missing": 1}');
-- null_value fills before anything is counted
SELECT checks FROM gpu_encode.fit('e_filled', 'tuesday', label_columns => '{a}', null_value => 'None', guards => '{"max_missing": 0}');

-- several targets, classes, weights
SELECT count(*) FROM gpu_encode.fit('e_targets', 'monday', target_columns => '{a}', targets => '{y,z}', label_columns => '{}', stats => '{count,max}', weight_column => 'i');
CREATE TABLE f_targets AS SELECT checks FROM gpu_encode.fit('e_targets_2', 'tuesday', target_columns => '{a}', targets => '{z,y}', label_columns => '{}', weight_column => 'i', codes_from => 'e_targets', guards => '{"max_prior_change": 5}') LIMIT 1;
SELECT worst(checks, 'max_prior_change'), figure(checks, 'max_prior_change') = (SELECT max(abs(prior_after - prior_before) / abs(prior_before)) FROM gpu_encode.compare_encoders('e_targets', 'e_targets_2')) AS same FROM f_targets;
SELECT count(*) FROM gpu_encode.fit('e_classes', 'monday', 'k', '{a}', '{}', target_type => 'multiclass');
SELECT DISTINCT checks FROM gpu_encode.fit('e_classes_2', 'tuesday', 'k', '{a}', '{}', target_type => 'multiclass', codes_from => 'e_classes', guards => '{"max_prior_change": 0.26}');
SELECT testlib.refuses($$SELECT gpu_encode.fit('e_classes_2', 'tuesday', 'k', '{a}', '{}', target_type => 'multiclass', codes_from => 'e_classes', guards => '{"max_prior_change": 0.25}', replace => true)$$, '23514', 'target "k"', 'class "k1"');
-- a prior of 0: any change; the largest numbers
CREATE TABLE zeros AS SELECT 'x' AS a, 0 AS y, 1e308::float8 AS large, NULL::int AS nothing; CREATE TABLE others AS SELECT 'x' AS a, 1 AS y, -1e308::float8 AS large, 1 AS nothing;
SELECT count(*) FROM gpu_encode.fit('e_zeros', 'zeros', target_columns => '{a}', targets => '{y,large,nothing}');
SELECT testlib.refuses(format($$SELECT gpu_encode.fit('e_others', 'others', target_columns => '{a}', targets => %L, codes_from => 'e_zeros', guards => '{"max_prior_change": %s}')$$, target, most), '23514', VARIADIC words)
FROM (VALUES ('{y}', '1e308', '{"max_prior_change: Infinity","target \"y\""}'::text[]), ('{nothing}', '1e308', '{"max_prior_change: Infinity"}'), ('{large}', '1.9', '{"max_prior_change: 2, limit 1.9"}')) v (target, most, words);
SELECT count(*) FROM gpu_encode.fit('e_others', 'zeros', target_columns => '{a}', targets => '{y,large,nothing}', codes_from => 'e_zeros', guards => '{"max_prior_change": 0}');

-- with handle_unknown => 'error' the guards come first
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 'tuesday', 'fresh', guards => '{"max_unknown": 0.1}')$$, '23514', 'max_unknown');
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 'tuesday', 'fresh', guards => '{"max_unknown": 0.9}')$$, '22023', 'without a label code');
-- nothing remains, nothing is replaced: tables, rows, codes, not even an OID
CREATE TABLE before AS SELECT relname, oid, relfilenode FROM pg_class WHERE relnamespace = 'test_guards'::regnamespace;
CREATE TABLE e_rows AS TABLE e;
CREATE TABLE o_rows AS TABLE o;
SELECT call, testlib.refuses('SELECT gpu_encode.' || call, '23514', 'stopped the run', 'not met') FROM unnest(ARRAY[
    'fit(''e'', ''tuesday'', guards => ''{"max_psi": 0.1}'', replace => true)', 'fit(''fresh'', ''tuesday'', guards => ''{"min_rows": 901}'')',
    'transform(''e'', ''tuesday'', ''o'', handle_unknown => ''null'', guards => ''{"max_unknown": 0.1}'', replace => true)',
    'preprocess(''tuesday'', ''fresh'', guards => ''{"max_missing": 0.1}'')', 'preprocess(''tuesday'', ''fresh'', encoder => ''e'', codes_from => ''e'', guards => ''{"max_new_categories": 2}'', replace => true)']) call;
SELECT testlib.refuses($$SELECT gpu_encode.fit_transform('e_fresh', 'tuesday', 'fresh', codes_from => 'e', guards => '{"max_vanished": 0.01}')$$, '23514', 'max_vanished');
SELECT testlib.same('TABLE before', $$SELECT relname, oid, relfilenode FROM pg_class WHERE relnamespace = 'test_guards'::regnamespace AND relname IN (SELECT relname FROM before)$$), testlib.same('TABLE e_rows', 'TABLE e'), testlib.same('TABLE o_rows', 'TABLE o'), to_regclass('fresh'), to_regclass('e_fresh');

-- a night that stops itself: the old encoder serves on, and the next good night goes through
BEGIN;
SELECT count(*) FROM gpu_encode.fit('nightly', 'monday', label_columns => '{b}');
SELECT testlib.refuses($$SELECT gpu_encode.fit('nightly', 'small', guards => '{"min_rows": 600}', replace => true)$$, '23514', 'min_rows');
SELECT gpu_encode.label('nightly', 'b', 'c'::text);
SELECT DISTINCT checks -> 'max_new_categories' ->> 'value' AS new FROM gpu_encode.fit('nightly', 'tuesday', label_columns => '{b}', codes_from => 'nightly', guards => '{"min_rows": 600, "max_new_categories": 1}', replace => true);
SELECT gpu_encode.label('nightly', 'b', 'c'::text), gpu_encode.label('nightly', 'b', 'f'::text);
COMMIT;

-- nothing to compare with
SELECT guard, testlib.refuses(format($$SELECT gpu_encode.fit('fresh', 'tuesday', 'y', '{a}', guards => '{"%s": 1}')$$, guard), '22023', format('"%s" has nothing to compare with', guard), 'codes_from') FROM unnest('{max_new_categories,max_vanished,max_prior_change,max_psi}'::text[]) guard;
SELECT testlib.refuses($$SELECT gpu_encode.fit('fresh', 'tuesday', guards => '{"max_psi": 1}', replace => true)$$, '22023', 'nothing to compare with');
SELECT testlib.refuses($$SELECT gpu_encode.preprocess('tuesday', 'fresh', guards => '{"max_psi": 1}', replace => true)$$, '22023', 'nothing to compare with');
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 'tuesday', 'fresh', guards => '{"max_prior_change": 1}')$$, '22023', '"max_prior_change"', 'transform reads no target');
SELECT testlib.refuses($$SELECT gpu_encode.fit('fresh', 'tuesday', codes_from => 'e', guards => '{"max_prior_change": 1}')$$, '22023', 'The call has no target');
SELECT testlib.refuses($$SELECT gpu_encode.fit('fresh', 'tuesday', 'y', '{a}', codes_from => 'e_small', guards => '{"max_prior_change": 1}')$$, '22023', 'fitted without a target');
SELECT testlib.refuses($$SELECT gpu_encode.fit('fresh', 'tuesday', 'z', '{a}', codes_from => 'e', guards => '{"max_prior_change": 1}')$$, '22023', 'none of the call''s targets');
SELECT testlib.refuses($$SELECT gpu_encode.fit('fresh', 'tuesday', codes_from => 'e_small', guards => '{"max_psi": 1}')$$, '22023', 'none of the call''s columns');
CREATE TABLE e_none_2 (LIKE e);
SELECT testlib.refuses($$SELECT gpu_encode.fit('e_none_2', 'tuesday', guards => '{"max_psi": 1}', replace => true)$$, '42809', 'is not an encoder');
CREATE TABLE e_damaged AS TABLE e; DELETE FROM e_damaged WHERE kind = 'missing' AND column_name = 'a';
SELECT testlib.refuses($$SELECT gpu_encode.fit('e_damaged', 'tuesday', guards => '{"max_psi": 1}', replace => true)$$, '55000', 'is damaged');
SELECT count(*) FROM gpu_encode.fit('e_damaged', 'tuesday', guards => '{"min_rows": 1}', replace => true);

-- limits that are none
SELECT given, testlib.refuses(format('SELECT gpu_encode.fit(''fresh'', ''tuesday'', guards => %L)', given), '22023', VARIADIC words) FROM (VALUES
    ('[]', '{"guards",object,"min_rows"}'::text[]), ('1', '{object}'), ('null', '{object}'), ('"min_rows"', '{object}'), ('{"min_row": 1}', '{"there is no guard \"min_row\"","max_missing, max_unknown","meant \"min_rows\""}'), ('{"MAX_PSI": 1}', '{"\"MAX_PSI\"","max_psi."}'), ('{"": 1}', '{"no guard"}'),
    ('{"min_rows": null}', '{"\"min_rows\"","is null"}'), ('{"min_rows": "10"}', '{"without quotes"}'), ('{"min_rows": true}', '{number}'), ('{"min_rows": [1]}', '{number}'), ('{"min_rows": -1}', '{"It is -1","0 or more"}'), ('{"min_rows": 1.5}', '{"whole number"}'), ('{"min_rows": 1e30}', '{"2^53"}'), ('{"max_new_categories": 0.5}', '{"whole number"}'),
    ('{"max_missing": 5}', '{"It is 5","between 0 and 1"}'), ('{"max_unknown": -0.1}', '{"between 0 and 1"}'), ('{"max_vanished": 1.01}', '{"between 0 and 1"}'), ('{"max_psi": "NaN"}', '{"without quotes"}'), ('{"max_psi": 1e400}', '{finite}'), ('{"max_prior_change": -1e-300}', '{"0 or more"}')) v (given, words);
SELECT testlib.refuses(format('SELECT gpu_encode.transform(''e'', ''tuesday'', ''fresh'', guards => %L)', '{"' || repeat('x', 100) || '": 1}'), '22023', 'there is no guard', '36 more');
SELECT testlib.refuses(format('SELECT gpu_encode.preprocess(''tuesday'', ''fresh'', guards => %L)', '{"min_rows": 1' || repeat('0', 200) || '}'), '22023', '137 more characters');
SELECT count(*) FROM gpu_encode.fit('e_zero', 'tuesday', guards => '{"min_rows": -0, "max_missing": 1.0, "max_unknown": 1e-400}');

-- a source without rows
CREATE VIEW no_rows AS SELECT * FROM tuesday WHERE false;
SELECT DISTINCT checks FROM gpu_encode.fit('e_empty', 'no_rows', 'y', '{a}', codes_from => 'e', guards => '{"min_rows": 0, "max_missing": 0, "max_unknown": 0, "max_new_categories": 0, "max_vanished": 1, "max_psi": 100}');
SELECT testlib.refuses($$SELECT gpu_encode.fit('fresh', 'no_rows', 'y', '{a}', codes_from => 'e', guards => '{"max_prior_change": 1e9}')$$, '23514', 'max_prior_change: Infinity');

-- rights: the encoder that is compared is read, moments too
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_gpu_encode_guarded;
RESET client_min_messages;
CREATE ROLE regress_gpu_encode_guarded;
GRANT USAGE ON SCHEMA test_guards, testlib TO regress_gpu_encode_guarded;
GRANT SELECT ON tuesday TO regress_gpu_encode_guarded;
SET ROLE regress_gpu_encode_guarded;
SELECT testlib.refuses($$SELECT gpu_encode.fit('pg_temp.mine', 'tuesday', codes_from => 'e', guards => '{"max_psi": 100}')$$, '42501', 'table e');
RESET ROLE;
GRANT SELECT (kind, column_name, value, "values", code, n_rows, encodings, parameters) ON e TO regress_gpu_encode_guarded;
SET ROLE regress_gpu_encode_guarded;
SELECT count(*) FROM gpu_encode.fit('pg_temp.mine', 'tuesday', codes_from => 'e', guards => '{"min_rows": 5}');
SELECT testlib.refuses($$SELECT gpu_encode.fit('pg_temp.mine_2', 'tuesday', codes_from => 'e', guards => '{"max_psi": 100}')$$, '42501', 'table e');
RESET ROLE;
GRANT SELECT ON e TO regress_gpu_encode_guarded;
SET ROLE regress_gpu_encode_guarded;
SELECT count(*) FROM gpu_encode.fit('pg_temp.mine_2', 'tuesday', codes_from => 'e', guards => '{"max_psi": 100}');
RESET ROLE;
DROP OWNED BY regress_gpu_encode_guarded;
DROP ROLE regress_gpu_encode_guarded;

-- the log has the figures, met or not
SELECT count(*) FROM gpu_encode.fit('e_logged', 'tuesday', label_columns => '{a}', codes_from => 'e', guards => '{"min_rows": 900, "max_new_categories": 99}');
SELECT stage, rows, detail FROM gpu_encode.last_run() WHERE stage = 'guards';
SELECT testlib.refuses($$SELECT gpu_encode.fit('e_logged_2', 'tuesday', label_columns => '{a}', guards => '{"min_rows": 901}')$$, '23514', 'min_rows');
SELECT stage, rows, detail FROM gpu_encode.last_run() WHERE stage = 'guards';

-- a fit leaves out what a list of categories lacks, as its encoder does
CREATE TABLE listed AS SELECT 'v' || i % 5 AS a, 'w' || i % 3 AS b, i % 2 AS y FROM generate_series(1, 60) i;
SELECT checks FROM gpu_encode.fit('e_listed', 'listed', 'y', '{a}', '{a}', target_combinations => '[["a","b"]]', column_options => '{"a": {"categories": ["v3", "v1"], "handle_unknown": "null"}}', replace => true, guards => '{"max_unknown": 0.6}') LIMIT 1;
SELECT checks FROM gpu_encode.fit('e_listed', 'listed', 'y', '{a}', '{a}', target_combinations => '[["a","b"]]', column_options => '{"a": {"categories": ["v3", "v1"], "handle_unknown": "null"}}', replace => true, guards => '{"max_unknown": 0.6, "max_new_categories": 0, "max_vanished": 0, "max_psi": 0}') LIMIT 1;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_guards CASCADE;
