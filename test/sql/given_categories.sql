-- categories: a column's values, listed in the order of their codes; others are unknown.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_given_categories;
SET search_path = test_given_categories;
SET client_min_messages = error;
SET jit = off;
CREATE TABLE t AS SELECT i, CASE i % 7 WHEN 0 THEN NULL WHEN 1 THEN 'low' WHEN 2 THEN 'high' WHEN 3 THEN 'mid' WHEN 4 THEN 'odd' WHEN 5 THEN 'low' ELSE 'even' || i % 2 END AS a, 'b' || i % 3 AS b, i % 4 AS n, i % 5 AS fold, (i * i) % 11 AS y, (i * i) % 3 = 1 AS flag, 'k' || i * i % 3 AS class, i % 6 / 2.0 AS w FROM generate_series(1, 140) i;

-- codes in the order of the list, of values without rows too
SELECT column_name, kind, categories, rows, missing_rows FROM gpu_encode.fit('e', 't', 'y', '{a}', '{a,n}', smooth => 1,
    column_options => '{"a": {"categories": ["low", "mid", "high", "never"], "handle_unknown": "value", "unknown_value": -1}, "n": {"categories": [3, "2", 1, 0, 17]}}');
SELECT column_name, kind, value, code, n_rows, encoding = (SELECT encoding FROM e WHERE kind = 'prior') AS has_prior FROM e WHERE kind <> 'parameters' ORDER BY column_name, code, kind;
SELECT c ->> 'name' AS name, c -> 'listed' AS given, c -> 'categories' AS categories FROM e, jsonb_array_elements(parameters -> 'columns') c WHERE kind = 'parameters';
SELECT unknown_labels, missing_labels, unseen_targets FROM gpu_encode.transform('e', 't', 'o');
SELECT t.a, o.a AS code, o.n = array_position('{3,2,1,0}', t.n) - 1 AS n, "a_TE" = gpu_encode.target_encoding('e', 'a', t.a) AS as_looked_up, o.a IS NOT DISTINCT FROM gpu_encode.label('e', 'a', t.a, 'value', -1) AS label,
       o.a IS NOT DISTINCT FROM coalesce(c.code, CASE WHEN t.a IS NOT NULL THEN -1 END) AS plain_join, count(*)
FROM t JOIN o USING (i) LEFT JOIN e c ON c.kind = 'category' AND c.column_name = 'a' AND c.value = t.a GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1;
SELECT code, gpu_encode.inverse_label('e', 'a', code) FROM generate_series(0, 3) code;
SELECT testlib.refuses($$SELECT gpu_encode.label('e', 'a', 'odd'::text)$$, '22023', 'value "odd" of column "a" has no label code');
-- the encoder's identity is that of codes and statistics: another order is another encoder
SELECT count(*) FROM (SELECT gpu_encode.fit('e' || i, 't', label_columns => '{n}', column_options => jsonb_build_object('n', jsonb_build_object('categories', list))) FROM (VALUES (1, '[0,1,2,3]'::jsonb), (2, '["0","1","2","3"]'), (3, '[0,1,3,2]')) v (i, list)) f;
SELECT e1.parameters ->> 'encoder_id' = e2.parameters ->> 'encoder_id' AS same_list, e1.parameters ->> 'encoder_id' = e3.parameters ->> 'encoder_id' AS other_order FROM e1, e2, e3 WHERE e1.kind = 'parameters' AND e2.kind = 'parameters' AND e3.kind = 'parameters';
DROP TABLE o, e, e1, e2, e3;

-- unknown values of the fitted source itself
SELECT testlib.refuses($$SELECT gpu_encode.fit('e', 't', 'y', '{a}', '{a}', column_options => '{"a": {"categories": ["low", "mid", "high"]}}')$$, '22023', 'column "a" of relation t has values without a label code', 'Column "a": 3 values in 40 rows, "even0", "even1", "odd"', 'List them in "categories"');
SELECT count(*) FROM gpu_encode.fit('e', 't', 'y', '{a}', '{}', column_options => '{"a": {"categories": ["low", "mid", "high"]}}');
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 't', 'y', '{a}', '{}', column_options => '{"a": {"categories": ["low", "mid", "high"], "unseen": "error"}}')$$, '22023', '"a" of relation t has values without a target encoding', 'There are 40 rows with such values, the first with ordinal 3.');
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 't', 'y', '{}', '{a}', column_options => '{"a": {"categories": ["low", "mid", "high"], "handle_unknown": "value", "unknown_value": 2}}')$$, '22023', 'unknown_value 2 is a label code of column "a"');
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 't', 'y', '{}', '{a}', column_options => '{"a": {"categories": ["low", "mid", "high"], "handle_unknown": "infrequent"}}')$$, '22023', 'no category for infrequent values');
SELECT unknown_labels, unseen_targets FROM gpu_encode.fit_transform('e_null', 't', 'o', 'y', '{a}', '{a}', stats => '{mean,count}', column_options => '{"a": {"categories": ["low", "mid", "high"], "unseen": "null", "handle_unknown": "null"}}');
SELECT t.a, o.a AS code, "a_TE" IS NULL AS te_null, "a_TE_count" AS rows, count(*) FROM t JOIN o USING (i) GROUP BY 1, 2, 3, 4 ORDER BY 1;
DROP TABLE o, e, e_null;

-- Rows of unlisted values count in priors and belong to no category, as those of NULLs do.  So every split, statistic, kind of target and weight gives what it gives beside
-- a table with NULLs in their place; of handle_missing => 'category', beside one in which a real NULL is a value.
CREATE TABLE nulls AS SELECT i, CASE WHEN a IN ('low', 'mid', 'high') THEN a END AS a, b, n, fold, y, flag, class, w FROM t ORDER BY i;
CREATE TABLE listed AS SELECT i, CASE WHEN a IN ('low', 'mid', 'high') THEN a WHEN a IS NULL THEN '(missing)' END AS a, b, n, fold, y, flag, class, w FROM t ORDER BY i;
CREATE FUNCTION differences(other regclass, job text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    columns text;
    n bigint;
BEGIN
    EXECUTE format($f$SELECT FROM gpu_encode.fit_transform('e', 't', 'o', %s, handle_missing => %L, column_options => '{"a": {"categories": ["high", "mid", "low"]}}')$f$, job, CASE WHEN other = 'listed'::regclass THEN 'category' ELSE 'value' END);
    EXECUTE format($f$SELECT FROM gpu_encode.fit_transform('r', %L, 's', %s)$f$, other, job);
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute WHERE attrelid = 'o'::regclass AND attnum > 0 AND attname LIKE '%TE%';
    EXECUTE format('SELECT count(*) FROM (SELECT i, %1$s FROM o EXCEPT SELECT i, %1$s FROM s) d', columns) INTO n;
    -- new rows, by the encoder, and its exact statistics of all rows
    DROP TABLE o, s;
    PERFORM gpu_encode.transform('e', 't', 'o'), gpu_encode.transform('r', other, 's');
    EXECUTE format('SELECT %2$s + count(*) FROM (SELECT i, %1$s FROM o EXCEPT SELECT i, %1$s FROM s) d', columns, n) INTO n;
    SELECT n + count(*) INTO n FROM e JOIN r USING (kind, column_name) WHERE kind = 'prior' AND (e.moments, e.encodings, e.n_rows) IS DISTINCT FROM (r.moments, r.encodings, r.n_rows);
    -- a missing value has its own moments, not those of unknown ones
    IF other = 'listed'::regclass THEN
        SELECT n + count(*) INTO n FROM e JOIN r USING (column_name) WHERE e.kind = 'missing' AND r.value = '(missing)' AND (e.moments, e.encodings, e.n_rows) IS DISTINCT FROM (r.moments, r.encodings, r.n_rows);
    ELSE
        SELECT n + count(*) INTO n FROM e WHERE kind = 'missing' AND column_name = 'a' AND (gpu_encode.n_rows(moments[1]), n_rows) IS DISTINCT FROM (20, 20);
    END IF;
    DROP TABLE o, s, e, r;
    RETURN n;
END
$$;
SELECT split, target_type, weights, count(*) AS combinations, sum(differences('nulls', job || $$, target_columns => '{a}', target_combinations => '[["a","b"],["b","n","a"]]'$$)) AS nulls, sum(differences('listed', job || $$, target_columns => '{a}'$$)) AS listed
FROM (VALUES ('interleaved', '{}'), ('contiguous', '{}'), ('random', '{}'), ('custom', $$fold_column => 'fold', $$), ('hash', $$group_columns => '{n}', $$), ('stratified', '{}')) s (split, folds),
     (VALUES ('continuous', 'y', '{mean,count,frequency,sum,var,std,min,max,median,q10}'), ('binary', 'flag', '{mean,count,sum,woe}'), ('multiclass', 'class', '{mean,std}')) k (target_type, target, stats),
     (VALUES (false), (true)) w (weights), (VALUES ('out_of_fold'), ('global')) p (prior), (VALUES ('NULL'), ('3.5')) m (smooth),
     format($$target => %L, target_type => %L, stats => %L, label_columns => '{}', order_by => '{i}', split_method => %L, %s prior => %L, smooth => %s%s$$, target, target_type,
            CASE WHEN weights THEN replace(replace(stats, ',median', ''), ',q10', '') ELSE stats END, split, replace(folds, '{}', ''), prior, smooth, CASE WHEN weights THEN $$, weight_column => 'w'$$ END) job
WHERE split <> 'stratified' OR target_type <> 'continuous' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;

SELECT split, sum(differences('nulls', format($$target => 'y', target_columns => '{a}', target_combinations => '[["a","b"]]', label_columns => '{}', order_by => '{i}', split_method => %L, %s stats => '{mean,std,count}', max_categories => 3, min_frequency => 0.05$$, split, folds))) AS with_rare_values
FROM (VALUES ('interleaved', ''), ('random', ''), ('custom', $$fold_column => 'fold', $$), ('hash', $$group_columns => '{n}', $$)) s (split, folds) GROUP BY 1 ORDER BY 1;
-- of a combination with NULLs as a category, beside one column with the joint values
CREATE TABLE joint AS SELECT i, CASE WHEN a IS NULL THEN '(missing)' WHEN a IN ('low', 'mid', 'high') THEN a || b END AS ab, fold, y FROM t ORDER BY i;
SELECT columns FROM gpu_encode.fit_transform('e', 't', 'o', 'y', '{}', '{}', target_combinations => '[["a","b"]]', stats => '{mean,count,std,q25}', smooth => 2, fold_column => 'fold', order_by => '{i}', handle_missing => 'category', column_options => '{"a": {"categories": ["low", "mid", "high"]}}');
SELECT columns FROM gpu_encode.fit_transform('r', 'joint', 's', 'y', '{ab}', '{}', stats => '{mean,count,std,q25}', smooth => 2, fold_column => 'fold', order_by => '{i}');
SELECT count(*), count(*) FILTER (WHERE ("a_b_TE", "a_b_TE_count", "a_b_TE_std", "a_b_TE_q25") IS DISTINCT FROM ("ab_TE", "ab_TE_count", "ab_TE_std", "ab_TE_q25")) AS differ FROM o JOIN s USING (i);
SELECT (e.moments, e.encodings, e.n_rows) = (r.moments, r.encodings, r.n_rows) AS missing_is_alike FROM e, r WHERE e.kind = 'missing' AND r.value = '(missing)';
DROP TABLE e, o, r, s;

-- rare values of the list share a category after those that stay, and before missing ones
SELECT count(*) FROM gpu_encode.fit('e', 't', 'y', '{a}', '{a}', smooth => 1, min_frequency => 25, handle_missing => 'category', column_options => '{"a": {"categories": ["odd", "never", "low", "mid"], "handle_unknown": "infrequent"}}');
SELECT kind, value, code, n_rows FROM e WHERE kind <> 'parameters' ORDER BY code, kind, value;
SELECT unknown_labels FROM gpu_encode.transform('e', 't', 'o');
SELECT t.a, o.a AS code, count(*) FROM t JOIN o USING (i) GROUP BY 1, 2 ORDER BY 2, 1;
DROP TABLE e, o;
SELECT count(*) FROM gpu_encode.fit('e', 't', label_columns => '{a}', column_options => '{"a": {"categories": ["mid", "odd", "high", "even1", "low", "even0"], "max_categories": 3}}');
SELECT kind, value, code, n_rows FROM e WHERE kind IN ('category', 'infrequent') ORDER BY code, kind, value;
DROP TABLE e;
-- a list wins over label_order that is further away; null_value is a value, too
SELECT count(*) FROM gpu_encode.fit('e', 't', label_columns => '{a,b}', label_order => 'frequency', column_options => '{"a": {"categories": ["mid", "low", "none"], "null_value": "none", "handle_unknown": "null"}, "*": {"label_order": "frequency"}}');
SELECT column_name, value, code, n_rows FROM e WHERE kind = 'category' ORDER BY column_name, code;
DROP TABLE e;
-- "*" gives all columns one list
SELECT count(*) FROM gpu_encode.fit('e', 't', label_columns => '{n,fold}', column_options => '{"*": {"categories": [4, 3, 2, 1, 0]}}');
SELECT column_name, string_agg(value, ',' ORDER BY code) FROM e WHERE kind = 'category' GROUP BY 1;
DROP TABLE e;

-- validation and label_sources teach no more values; codes_from of such an encoder does
CREATE TABLE news (i int, a text);
INSERT INTO news VALUES (1, 'low'), (2, 'new'), (3, NULL);
SELECT part, unknown_labels FROM gpu_encode.preprocess('nulls', 'o', validation => 'news', validation_output => 'p', label_columns => '{a}', handle_unknown => 'value', unknown_value => -2, encoder => 'e', column_options => '{"a": {"categories": ["mid", "low", "high"]}}');
SELECT * FROM p ORDER BY i;
SELECT testlib.refuses($$SELECT gpu_encode.preprocess('nulls', 'x', validation => 'news', validation_output => 'z', label_columns => '{a}', column_options => '{"a": {"categories": ["mid", "low", "high"]}}')$$, '22023', 'relation news has values without a label code', '"new"');
SELECT categories FROM gpu_encode.fit('f', 'nulls', label_columns => '{a}', label_sources => '{news}', column_options => '{"a": {"categories": ["mid", "low", "high"]}}');
SELECT categories FROM gpu_encode.fit('g', 'nulls', label_columns => '{a}', label_sources => '{news}', codes_from => 'f');
SELECT value, code FROM g WHERE kind = 'category' ORDER BY code;
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 'nulls', label_columns => '{a}', codes_from => 'f', column_options => '{"a": {"categories": ["mid"]}}')$$, '22023', '"categories" in column_options contradicts codes_from', 'Leave one');
DROP TABLE o, p, e, f, g;

-- values are read by the type of the column
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE types (b boolean, s smallint, l bigint, f real, d double precision, n numeric, day date, at timestamptz, pause interval, u uuid, m mood, c char(3), v varchar(9), x bytea, j jsonb);
INSERT INTO types VALUES (true, 7, 8, 0.1, 0.1, 1.50, '2024-02-29', '2024-02-29 12:00+02', '24 hours', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'ok', 'a', '1', '\xff', '{"k": 1}');
CREATE FUNCTION values_of(column_name text, list jsonb, OUT "values" text, OUT rows bigint) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM gpu_encode.fit('e', 'types', label_columns => ARRAY[column_name], column_options => jsonb_build_object(column_name, jsonb_build_object('categories', list, 'handle_unknown', 'null')));
    SELECT string_agg(value, ' ' ORDER BY code), sum(n_rows) FROM e WHERE kind = 'category' INTO "values", rows;
    DROP TABLE e;
END
$$;
SELECT c ->> 0 AS column, c -> 1 AS list, v.* FROM jsonb_array_elements('[["b", [true, false]], ["b", ["no", "t"]], ["s", [7, "-1"]], ["l", [8, "9223372036854775807"]], ["f", [0.1, "NaN"]], ["d", [0.1, 1e3, "-0"]], ["n", [1.5, "1E+3"]],
    ["day", ["29 Feb 2024", "infinity"]], ["at", ["2024-02-29 10:00+00"]], ["pause", ["1 day", "1 mon"]], ["u", ["{a0eebc999c0b4ef8bb6d6bb9bd380a11}"]], ["m", ["happy", "ok"]], ["c", ["a ", "b"]], ["v", [1, true, ""]], ["x", ["\\xFF"]], ["j", ["{\"k\": 1}"]]]') WITH ORDINALITY c (c, i),
    values_of(c ->> 0, c -> 1) v ORDER BY i;

-- mistakes
SELECT options, testlib.refuses(format('SELECT gpu_encode.fit(''x'', ''types'', label_columns => ''{b,s,n,m,v,day,c}'', column_options => %L)', options), '22023', VARIADIC words) FROM (VALUES
    ('{"v": {"categories": "a"}}', '{"\"categories\" of \"v\"","must be a list","order of their codes"}'::text[]), ('{"v": {"categories": {"a": 0}}}', '{"must be a list"}'), ('{"v": {"categories": []}}', '{"an empty list"}'), ('{"v": {"categories": ["a", null]}}', '{"has a null",handle_missing}'),
    ('{"v": {"categories": [["a"]]}}', '{"a list or an object"}'), ('{"v": {"categories": ["a", "b", "a"]}}', '{"It has \"a\" twice."}'), ('{"v": {"categories": [1, "1"]}}', '{"It has \"1\" twice."}'), ('{"c": {"categories": ["a", "a "]}}', '{"are one category"}'),
    ('{"n": {"categories": [1.5, 1.50]}}', '{"\"1.5\" and \"1.50\" are one category"}'), ('{"b": {"categories": ["yes", true]}}', '{"are one category"}'), ('{"s": {"categories": [70000]}}', '{"\"70000\" is no value of type smallint"}'), ('{"s": {"categories": [1.5]}}', '{"\"1.5\" is no value of type smallint"}'),
    ('{"m": {"categories": ["glad"]}}', '{"\"glad\" is no value of type mood"}'), ('{"day": {"categories": ["2023-02-29"]}}', '{"no value of type date"}'), ('{"v": {"categories": ["a"], "label_order": "value"}}', '{label_order,"no effect","order of their codes"}'),
    (format('{"v": {"categories": ["%s", "%1$s"]}}', repeat('long', 50)), '{longlong,twice}')) o (options, words);
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 't', 'y', '{}', '{}', target_combinations => '[["a","b"]]', column_options => '{"a_b": {"categories": ["a"]}}')$$, '22023', '"categories" in column_options has no effect on "a_b"', 'columns of a combination');
SELECT count(*) FROM gpu_encode.fit('e', 't', label_columns => '{b}');
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 't', 'y', column_options => '{"a": {"categories": ["a"]}}')$$, '22023', 'belongs to gpu_encode.fit');

RESET search_path;
DROP SCHEMA test_given_categories CASCADE;
