-- column_options: options of single columns, combinations with names, and the names of outputs.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_column_options;
SET search_path = test_column_options;
SET client_min_messages = error;
CREATE TABLE t AS SELECT CASE WHEN i % 7 > 0 THEN 'a' || i % 3 END AS a, CASE WHEN i % 5 > 0 THEN 'b' || i % 4 END AS b, i % 6 AS n, i % 2 AS y FROM generate_series(1, 60) i;
CREATE TABLE news AS SELECT CASE WHEN i % 4 > 0 THEN 'a' || i % 5 END AS a, CASE WHEN i % 3 > 0 THEN 'b' || i % 4 END AS b, i % 7 AS n FROM generate_series(1, 20) i;

-- what is nearer wins: the column, "*", the argument
SELECT columns FROM gpu_encode.fit_transform('e', 't', 'o', 'y', '{a,b,n}', '{a,b}', target_combinations => '[["a","b"]]', smooth => 1, handle_missing => 'null',
    column_options => '{"a": {"smooth": 20, "handle_missing": "value", "null_value": "none"}, "*": {"smooth": 3, "handle_missing": "category"}, "n": {"smooth": 0}, "a_b": {"handle_missing": "null"}}');
SELECT testlib.output_check('o', 'a_TE', $$SELECT ordinal, encoding AS expected FROM testlib.target_rows('t', '{a}', 'y', smooth => 20, null_value => 'none')$$) AS a,
       testlib.output_check('o', 'b_TE', $$SELECT ordinal, encoding AS expected FROM testlib.target_rows('t', '{b}', 'y', smooth => 3, handle_missing => 'category')$$) AS b,
       testlib.output_check('o', 'n_TE', $$SELECT ordinal, encoding AS expected FROM testlib.target_rows('t', '{n}', 'y', smooth => 0)$$) AS n;
SELECT count(*) FILTER (WHERE a IS NULL) AS a_null, count(*) FILTER (WHERE b = 4) AS b_category, count(*) FILTER (WHERE "a_b_TE" IS NULL) AS missing FROM o;
SELECT count(*) FROM t WHERE b IS NULL;
-- the encoder keeps them: transform gives new rows what fit_transform gave its own
SELECT c ->> 'name' AS name, c - '{name,type,columns,label,target,categories,outputs}'::text[] AS options
FROM e, jsonb_array_elements(parameters -> 'columns' || (parameters -> 'combinations')) WITH ORDINALITY c (c, i) WHERE kind = 'parameters' ORDER BY i;
SELECT unknown_labels, missing_labels FROM gpu_encode.transform('e', 'news', 'p', handle_unknown => 'null');
SELECT a, b, p."a_TE" = gpu_encode.target_encoding('e', 'a', news.a) AS a_te, p."b_TE" = gpu_encode.target_encoding('e', 'b', news.b) AS b_te,
       (p."a_b_TE" = gpu_encode.target_encoding('e', '{a,b}'::text[], ARRAY[news.a, news.b])) AS joint, count(*)
FROM (SELECT row_number() OVER (ORDER BY ctid) AS i, a, b FROM news) news JOIN (SELECT row_number() OVER (ORDER BY ctid) AS i, "a_TE", "b_TE", "a_b_TE" FROM p) p USING (i) GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2;
DROP TABLE o, p;

-- unknown values: transform's column, its "*", the encoder's column, its "*", the argument
SELECT count(*) FROM gpu_encode.fit('e_unknown', 't', label_columns => '{a,b,n}', handle_missing => 'null', column_options => '{"a": {"handle_unknown": "value", "unknown_value": -5}, "*": {"handle_unknown": "value", "unknown_value": -2}}');
SELECT unknown_labels FROM gpu_encode.transform('e_unknown', 'news', 'o', handle_unknown => 'null');
SELECT array_agg(DISTINCT a ORDER BY a) AS a, array_agg(DISTINCT b ORDER BY b) AS b, array_agg(DISTINCT n ORDER BY n) AS n FROM o;
DROP TABLE o;
SELECT testlib.refuses($$SELECT gpu_encode.transform('e_unknown', 'news', 'o', column_options => '{"n": {"unknown_value": -9}, "*": {"handle_unknown": "null"}}')$$, '22023', 'unknown_value', 'column "n"');
SELECT unknown_labels FROM gpu_encode.transform('e_unknown', 'news', 'o', column_options => '{"n": {"handle_unknown": "value", "unknown_value": -9}, "*": {"handle_unknown": "null"}}');
SELECT array_agg(DISTINCT a ORDER BY a) AS a, array_agg(DISTINCT b ORDER BY b) AS b, array_agg(DISTINCT n ORDER BY n) AS n FROM o;
DROP TABLE o;
SELECT testlib.refuses($$SELECT gpu_encode.transform('e_unknown', 'news', 'o', column_options => '{"a": {"handle_unknown": "error"}}')$$, '22023', 'column "a"', 'values without a label code');

-- rare values, and the order of codes
SELECT columns FROM gpu_encode.fit_transform('e_rare', 't', 'o', 'y', '{a}', '{a,b}', column_options => '{"a": {"min_frequency": 18}, "b": {"max_categories": 3, "label_order": "frequency"}}');
SELECT columns FROM gpu_encode.fit_transform('e_rare_a', 't', 'o_a', 'y', '{a}', '{a}', min_frequency => 18);
SELECT columns FROM gpu_encode.fit_transform('e_rare_b', 't', 'o_b', label_columns => '{b}', exclude_columns => '{}', max_categories => 3, label_order => 'frequency');
SELECT testlib.same('SELECT a, "a_TE" FROM o', 'SELECT a, "a_TE" FROM o_a'), testlib.same('SELECT b FROM o', 'SELECT b FROM o_b');
DROP TABLE o, o_a, o_b;

-- names of outputs and of combinations
SELECT columns FROM gpu_encode.fit_transform('e_names', 't', 'o', 'y', '{a}', '{a,b}', target_combinations => '[{"both": ["a","b"]}, ["a","n"]]', label_suffix => '_code',
    column_options => '{"a": {"name": "first"}, "both": {"smooth": 2}, "a_n": {"name": "second"}}');
SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'o'::regclass AND attnum > 0;
SELECT DISTINCT column_name FROM e_names WHERE kind = 'prior' ORDER BY 1;
SELECT columns FROM gpu_encode.transform('e_names', 'news', 'p', label_suffix => '_code', handle_unknown => 'null', column_options => '{"both": {"name": "third"}}');
SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'p'::regclass AND attnum > 0;
SELECT gpu_encode.target_encoding('e_names', '{a,b}'::text[], '{a1,b1}'::text[]) = (SELECT encoding FROM e_names WHERE column_name = 'both' AND "values" = '{a1,b1}') AS by_columns;
DROP TABLE o, p;

-- errors before any work: names that clash or are too long, in fit too, and rows that no page holds
SELECT testlib.refuses(format('SELECT gpu_encode.%s', call), state, VARIADIC words) FROM (VALUES
    ($$fit_transform('x', 't', 'o', 'y', '{a,b}', column_options => '{"a": {"name": "b"}}')$$, '42701', '{b_TE,te_suffix,name}'::text[]),
    ($$fit_transform('x', 't', 'o', 'y', '{a}', te_suffix => '')$$, '42701', '{"\"a\"",te_suffix}'),
    ($$fit_transform('x', 't', 'o', 'y', label_columns => '{a}', label_suffix => '_c', column_options => '{"a": {"name": "b"}}', exclude_columns => '{b}', target_columns => '{b}', te_suffix => '_c')$$, '42701', '{b_c}'),
    ($$fit('x', 't', 'y', '{a}', column_options => '{"a": {"name": "$$ || repeat('n', 64) || $$"}}')$$, '42622', '{64 bytes,name}'),
    ($$fit_transform('x', 't', 'o', 'y', '{a}', te_suffix => '$$ || repeat('s', 63) || $$')$$, '42622', '{te_suffix,name}'),
    ($$fit('x', 't', 'y', '{a}', '{n}', target_combinations => '[{"n": ["a","b"]}]')$$, '42701', '{"column \"n\" and a combination",listed}'),
    ($$preprocess('t', 'o', 'y', target_combinations => '[{"x": ["a","b"]}, {"x": ["a","n"]}]')$$, '42701', '{"\"x\""}')) c (call, state, words);
CREATE FUNCTION wide(n int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'CREATE TABLE wide AS SELECT 1 AS y, ' || (SELECT string_agg(format('i AS c%s', i), ', ') FROM generate_series(1, n) i) || ' FROM generate_series(1, 2) i';
END
$$;
SELECT wide(1300);
SELECT testlib.refuses(format('SELECT gpu_encode.fit_transform(''x'', ''wide'', ''o'', ''y'', %L)', (SELECT array_agg('c' || i) FROM generate_series(1, 1300) i)), '54011', '2601 columns');
DROP TABLE wide;
SELECT wide(500);
SELECT testlib.refuses(format('SELECT gpu_encode.fit_transform(''x'', ''wide'', ''o'', ''y'', %L, target_combinations => %L)', (SELECT array_agg('c' || i) FROM generate_series(1, 500) i),
    (SELECT jsonb_agg(jsonb_build_array('c1', 'c' || i)) FROM generate_series(2, 500) i) || (SELECT jsonb_agg(jsonb_build_array('c2', 'c' || i)) FROM generate_series(3, 90) i)), '54000', 'rows of output would be too large', '8160');
-- an encoder that no transform could apply
SELECT n, testlib.refuses(format('SELECT gpu_encode.fit(''x'', ''wide'', ''y'', %L, ''{c1}'', stats => %L)', (SELECT array_agg('c' || i) FROM generate_series(1, n) i), stats), state, VARIADIC words) FROM (VALUES
    (401, '{mean,count,sum}', '54011', '{"1604 columns"}'::text[]),
    (500, '{mean,count,sum,max}', '54011', '{"2500 columns"}')) t (n, stats, state, words);
CREATE TABLE classes AS SELECT 'k' || i % 120 AS y, i % 2 AS a, i % 3 AS b FROM generate_series(1, 240) i;
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 'classes', 'y', '{a,b}', '{a}', target_type => 'multiclass', stats => '{sum,mean,min,max,std,var,woe}')$$, '54011', '1682 columns');
SELECT count(*) FROM gpu_encode.fit('most', 'classes', 'y', '{a,b}', '{a}', target_type => 'multiclass', stats => '{sum,mean,min,max}');
SELECT columns FROM gpu_encode.transform('most', 'classes', 'most_applied', encoding_type => 'float4');

-- keys and values that are none
SELECT options, testlib.refuses(format('SELECT gpu_encode.fit(''x'', ''t'', ''y'', ''{a}'', ''{b}'', target_combinations => ''[["b","n"]]'', column_options => %L)', options), state, VARIADIC words) FROM (VALUES
    ('5', '22023', '{"It is no object",education}'::text[]), ('[]', '22023', '{"It is no object"}'), ('{"a": 5}', '22023', '{"\"a\" is no object"}'), ('{"a": [1]}', '22023', '{"\"a\" is no object"}'),
    ('{"a": {"smoth": 1}}', '22023', '{"unknown key \"smoth\"","name, stats, smooth","meant \"smooth\""}'), ('{"a": {"": 1}}', '22023', '{"unknown key \"\""}'),
    ('{"a": {"smooth": -1}}', '22023', '{"\"smooth\" of \"a\"","0 or more"}'), ('{"a": {"smooth": "much"}}', '22023', '{"It must be a number"}'), ('{"a": {"smooth": 1e400}}', '22003', '{"\"smooth\" of \"a\"",range}'),
    ('{"a": {"handle_missing": "skip"}}', '22023', '{"\"skip\"",category}'), ('{"a": {"handle_missing": null}}', '22023', '{"a string"}'), ('{"a": {"null_value": 5}}', '22023', '{"a string"}'),
    ('{"b": {"unknown_value": 1.5}}', '22023', '{"an integer"}'), ('{"b": {"unknown_value": 3000000000}}', '22003', '{"\"unknown_value\" of \"b\"",integer}'), ('{"b": {"max_categories": 2147483647.6}}', '22003', '{"\"max_categories\" of \"b\"",integer}'),
    ('{"a": {"regularization": 1e-400}}', '22023', '{"\"regularization\" of \"a\"","above 0"}'), ('{"b": {"handle_unknown": "value"}}', '22023', '{"needs an unknown_value"}'),
    ('{"b": {"unknown_value": -1}}', '22023', '{"no effect"}'), ('{"a": {"name": ""}}', '22023', '{empty}'), ('{"*": {"name": "all"}}', '22023', '{"one name"}'),
    ('{"nope": {}}', '42703', '{"\"nope\""}'), ('{"b_m": {}}', '42703', '{"meant \"b_n\""}'), ('{"y": {}}', '42703', '{"\"y\""}'),
    ('{"b": {"smooth": 1}}', '22023', '{"smooth","no target encoding"}'), ('{"a": {"handle_unknown": "null"}}', '22023', '{"no label codes"}'), ('{"b_n": {"null_value": "x"}}', '22023', '{null_value,combination}'),
    ('{"n": {"null_value": "x"}}', '22023', '{"no column of text"}'), ('{"n": {"handle_missing": "null"}}', '22023', '{"part of combinations"}'), ('{"n": {"name": "m"}}', '22023', '{"no output column"}'),
    -- a message names the key that is mistaken
    ('{"n": {"min_frequency": 2}}', '22023', '{"\"min_frequency\" in column_options has no effect on \"n\"","part of combinations"}'), ('{"n": {"max_categories": 2}}', '22023', '{"\"max_categories\" in column_options has no effect on \"n\""}'), ('{"*": {"handle_unknown": "value", "unknown_value": -1}, "a": {"unknown_value": -2}}', '22023', '{"\"unknown_value\" in column_options has no effect on \"a\"","no label codes"}'),
    ('{"b": {"stats": ["sum"]}}', '22023', '{"\"stats\" in column_options has no effect on \"b\"","no target encoding"}'), ('{"b": {"regularization": 2}}', '22023', '{"\"regularization\" in column_options has no effect on \"b\""}'), ('{"b_n": {"label_order": "value"}}', '22023', '{"\"label_order\" in column_options has no effect on \"b_n\"","no label codes"}'),
    ('{"b": {"min_frequency": 0}}', '22023', '{min_frequency,"1 or more"}'), ('{"b": {"min_frequency": 2.5}}', '22023', '{min_frequency,"It is 2.5"}'), ('{"b": {"min_frequency": "few"}}', '22023', '{"\"min_frequency\" of \"b\"","a number"}'), ('{"b": {"max_categories": 0}}', '22023', '{max_categories,"at least 1"}'),
    ('{"b": {"max_categories": 1.5}}', '22023', '{"\"max_categories\" of \"b\"","an integer"}'), ('{"b": {"label_order": "rows"}}', '22023', '{"\"label_order\" of \"b\"","\"rows\"",frequency}'), ('{"a": {"unseen": "zero"}}', '22023', '{"\"unseen\" of \"a\"","\"zero\"",prior}')) o (options, state, words);
SELECT options, testlib.refuses(format('SELECT gpu_encode.fit(''x'', ''t'', ''y'', ''{a}'', column_options => ''{"a": %s}'')', options), '22023', VARIADIC words) FROM (VALUES
    ('{"stats": "mean"}', '{"a list of statistics"}'::text[]), ('{"stats": ["mean", 5]}', '{"a string"}'), ('{"stats": ["mean", "mean"]}', '{"\"mean\" twice"}'), ('{"stats": ["average"]}', '{"\"average\"","q01 to q99"}'), ('{"stats": []}', '{"no statistic"}'),
    ('{"regularization": 0}', '{"above 0"}'), ('{"regularization": "much"}', '{"a number"}')) o (options, words);
-- transform takes what an encoder leaves open
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 'news', 'o', column_options => '{"a": {"smooth": 1}}')$$, '22023', 'belongs to gpu_encode.fit', 'name, handle_unknown, unknown_value');
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 'news', 'o', column_options => '{"z": {"name": "x"}}')$$, '42703', '"z"');
-- an encoder whose options contradict each other
UPDATE e SET parameters = jsonb_set(parameters, '{columns,0,handle_unknown}', '"value"') WHERE kind = 'parameters';
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 'news', 'o')$$, '55000', 'unknown_value that does not go with');
UPDATE e SET parameters = jsonb_set(parameters, '{columns,0,handle_unknown}', '"maybe"') WHERE kind = 'parameters';
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 'news', 'o')$$, '55000', 'unknown "handle_unknown"');
-- an encoder of the first edition
ALTER TABLE e_names DROP COLUMN moments, DROP COLUMN encodings, ADD COLUMN sum_low_bin integer;
SELECT testlib.refuses($$SELECT gpu_encode.transform('e_names', 'news', 'o')$$, '0A000', 'format 1', 'fit it again');
UPDATE e SET parameters = jsonb_set(parameters, '{format}', '1') WHERE kind = 'parameters';
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 'news', 'o')$$, '0A000', 'format 1', 'fit it again');

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_column_options CASCADE;
