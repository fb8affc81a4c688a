-- errors: arguments that are refused, what is not supported yet, and that nothing remains.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_errors;
SET search_path = test_errors;

CREATE TABLE t (a text, b text, n int, y int, f int);
INSERT INTO t SELECT 'a' || i % 3, 'b' || i % 4, i % 5, i % 2, i % 3 FROM generate_series(1, 60) i;
SELECT count(*) FROM gpu_encode.fit('e', 't', 'y', '{a}', '{a,b}');

-- arguments that leave what is by default
SELECT count(*) FROM gpu_encode.label_encode('t', 'a', min_frequency => NULL, max_categories => NULL);
SELECT rows FROM gpu_encode.preprocess('t', 'fine', stats => '{mean}', target_type => 'auto', label_order => 'value', encoding_type => 'float8', codes_from => NULL, column_options => NULL, guards => NULL, replace => false);
DROP TABLE fine;

-- an explicit NULL where it means nothing
SELECT call, testlib.refuses(format('SELECT gpu_encode.%s', call), '22004', format('argument "%s" must not be null', substring(call FROM '(\w+) => NULL'))) FROM unnest(ARRAY[
    'label_encode(source => NULL, column_name => ''a'')', 'label_encode(''t'', column_name => NULL)', 'label_encode(''t'', ''a'', handle_missing => NULL)',
    'target_encode(source => NULL, column_name => ''a'', target => ''y'')', 'target_encode(''t'', column_name => NULL::text, target => ''y'')', 'target_encode(''t'', ''a'', target => NULL)',
    'target_encode(''t'', ''a'', ''y'', n_folds => NULL)', 'target_encode(''t'', ''a'', ''y'', seed => NULL)',
    'target_encode(''t'', ''a'', ''y'', prior => NULL)', 'target_encode(''t'', ''a'', ''y'', stat => NULL)', 'target_encode(''t'', ''a'', ''y'', target_type => NULL)',
    'fit(encoder => NULL, source => ''t'')', 'fit(''x'', source => NULL)', 'fit(''x'', ''t'', handle_missing => NULL)', 'fit(''x'', ''t'', logged => NULL)', 'fit(''x'', ''t'', replace => NULL)',
    'transform(encoder => NULL, source => ''t'', output => ''o'')', 'transform(''e'', source => NULL, output => ''o'')', 'transform(''e'', ''t'', output => NULL)',
    'transform(''e'', ''t'', ''o'', handle_unknown => NULL)', 'transform(''e'', ''t'', ''o'', te_suffix => NULL)',
    'fit_transform(''x'', ''t'', output => NULL)', 'fit_transform(''x'', ''t'', ''o'', n_folds => NULL)', 'fit_transform(''x'', ''t'', ''o'', label_suffix => NULL)',
    'preprocess(train => NULL, train_output => ''o'')', 'preprocess(''t'', train_output => NULL)', 'preprocess(''t'', ''o'', labels_from_validation => NULL)', 'preprocess(''t'', ''o'', logged => NULL)']) call;

-- values that are none of the options
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('t', 'a', 'y', prior => 'Global')$$, '22023', '"prior"', '"Global"');
SELECT s, testlib.refuses(format($$SELECT gpu_encode.target_encode('t', 'a', 'y', smooth => %L)$$, s), '22023', 'smooth must be a finite number, 0 or more', format('It is %s.', s)) FROM unnest('{-0.1,NaN,Infinity,-Infinity}'::float8[]) s;
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 't', 'y', '{a}', smooth => -1)$$, '22023', 'smooth', 'It is -1');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('t', 'a', 'y', stat => 'average')$$, '22023', '"stat"', '"average"', 'q01 to q99');
SELECT testlib.refuses(format('SELECT gpu_encode.fit(''x'', ''t'', ''y'', ''{a}'', stats => %L)', s), state, VARIADIC words) FROM (VALUES ('{}', '22023', '{"no statistic"}'::text[]), ('{mean,q00}', '22023', '{"\"q00\""}'), ('{q100}', '22023', '{"\"q100\""}'), ('{mean,mean}', '42701', '{"has \"mean\" twice"}'), ('{mean,NULL}', '22004', '{nulls}')) s (s, state, words);
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 't', 'o', handle_unknown => 'skip')$$, '22023', '"handle_unknown"', '"skip"');
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 't', 'o', handle_unknown => 'value')$$, '22004', 'unknown_value');

-- lists: duplicates, NULL elements, missing columns, before any work
SELECT call, testlib.refuses('SELECT gpu_encode.' || call, CASE element WHEN 'NULL' THEN '22004' WHEN 'nope' THEN '42703' WHEN 'A' THEN '42703' ELSE '42701' END,
        CASE element WHEN 'NULL' THEN 'must not contain nulls' ELSE format('column "%s"', element) END) FROM unnest(ARRAY[
    'fit(''x'', ''t'', ''y'', ''{a,a}'')', 'fit(''x'', ''t'', ''y'', ''{a,nope}'')', 'fit(''x'', ''t'', label_columns => ''{b,b}'')', 'fit(''x'', ''t'', label_columns => ''{b,nope}'')',
    'fit(''x'', ''t'', exclude_columns => ''{b,b}'')', 'fit(''x'', ''t'', exclude_columns => ''{b,nope}'')', 'fit(''x'', ''t'', label_columns => ''{a,A}'')',
    'fit_transform(''x'', ''t'', ''o'', order_by => ''{n,nope}'')', 'fit_transform(''x'', ''t'', ''o'', order_by => ''{n,n}'')',
    'preprocess(''t'', ''o'', ''y'', ''{a,NULL}'')', 'preprocess(''t'', ''o'', label_columns => ''{a,NULL}'')']) call, substring(call FROM '{\w+,(\w+)}') element;
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 't', label_sources => '{t,NULL}')$$, '22004', '"label_sources"');
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 't', label_columns => '{{a},{b}}')$$, '2202E', '"label_columns"');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('t', 'nope', 'y')$$, '42703', '"nope"', 'relation t');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('t', 'a', 'nope')$$, '42703', '"nope"');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('t', 'A', 'y')$$, '42703', '"A"');
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 't', 'nope', '{a}')$$, '42703', '"nope"');
-- target columns need a target
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 't', target_columns => '{a}')$$, '22023', 'target');
SELECT testlib.refuses($$SELECT gpu_encode.preprocess('t', 'o', target_columns => '{a}')$$, '22023', 'target');
-- which are one, or several
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 't', 'y', '{a}', targets => '{n}')$$, '22023', 'target and targets contradict');
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 't', targets => '{}', target_columns => '{a}')$$, '22023', '"targets" names no column');
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 't', targets => '{y,n}', target_columns => '{a}', pos_label => '1')$$, '22023', 'pos_label', 'several targets');
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 't', targets => '{y,n}', target_columns => '{n}')$$, '22023', '"n" cannot be encoded by itself');
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 't', targets => '{y,y}', target_columns => '{a}')$$, '42701', '"y" twice');
-- classes and weights
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 't', 'y', '{a}', target_type => 'multiclass', pos_label => '1')$$, '22023', 'multiclass', 'pos_label');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('t', 'a', 'n', target_type => 'multiclass')$$, '22004', 'needs a pos_label');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('t', 'a', 'n', target_type => 'multiclass', pos_label => '7')$$, '22023', 'pos_label "7" is no class', 'Its classes are "0", "1"');
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 't', 'b', '{a}', label_columns => '{}')$$, '22023', 'has 4 values', 'multiclass');
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 't', 'y', '{a}', weight_column => 'b')$$, '42804', 'weight column "b"', 'numbers');
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 't', 'y', '{a}', weight_column => 'y')$$, '22023', 'both target and weight_column');
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 't', 'y', '{a}', weight_column => 'nope')$$, '42703', '"nope"');

-- unknown categories: one error per column says how many and up to five
CREATE TABLE news AS SELECT CASE WHEN i % 2 = 0 THEN 'new' || i % 14 ELSE 'a0' END AS a, 'b1'::text AS b FROM generate_series(1, 60) i;
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 'news', 'o')$$, '22023', '"a"', '7 values', 'new', '...') AS refuses;
SELECT (SELECT count(*) FROM unnest('{new0,new2,new4,new6,new8,new10,new12}'::text[]) v WHERE strpos(testlib.refuses($$SELECT gpu_encode.transform('e', 'news', 'o')$$, '00000', 'none'), v) > 0) = 5 AS five;
SELECT rows, unknown_labels, missing_labels, unseen_targets FROM gpu_encode.transform('e', 'news', 'o', handle_unknown => 'null');
SELECT a, b, "a_TE" = 0.5 AS prior, count(*) FROM o GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
DROP TABLE o;
SELECT rows, unknown_labels, unseen_targets FROM gpu_encode.transform('e', 'news', 'o', handle_unknown => 'value', unknown_value => -3);
SELECT a, count(*) FROM o GROUP BY 1 ORDER BY 1;
DROP TABLE o;
-- which may be no code of another category
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 'news', 'o', handle_unknown => 'value', unknown_value => 1)$$, '22023', 'unknown_value', '0 to 2');

-- transform needs the columns that were fitted, in their types
ALTER TABLE news RENAME b TO c;
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 'news', 'o')$$, '42703', '"b"', 'relation news');
ALTER TABLE news RENAME c TO b;
ALTER TABLE news ALTER a TYPE char(9);
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 'news', 'o')$$, '42804', '"a"', 'type character ', 'but text');

-- transform of the table that was fitted warns
\set VERBOSITY terse
SELECT rows FROM gpu_encode.transform('e', 't', 'o');
\set VERBOSITY default
DROP TABLE o;
-- and does not warn of labels alone
SELECT count(*) FROM gpu_encode.fit('labels', 't', label_columns => '{a}');
SELECT rows FROM gpu_encode.transform('labels', 't', 'o');
DROP TABLE o;

-- read-only transactions, and a call that changes its own source
BEGIN READ ONLY;
SELECT count(*) FROM gpu_encode.label_encode('t', 'a');
SELECT count(*) FROM gpu_encode.target_encode('t', 'a', 'y');
SELECT gpu_encode.label('e', 'a', 'a1'::text);
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 't')$$, '25006', 'gpu_encode.fit()');
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 't', 'x')$$, '25006', 'gpu_encode.transform()');
SELECT testlib.refuses($$SELECT gpu_encode.preprocess('t', 'x')$$, '25006', 'gpu_encode.preprocess()');
ROLLBACK;

-- a text of the caller is shown up to 64 characters, whatever it should have been
CREATE TABLE long (x text, d date, n numeric, y int);
INSERT INTO long VALUES ('x', '2024-01-01', 1, 0), ('y', '2024-01-02', 2, 1);
SELECT count(*) FROM gpu_encode.fit('e_long', 'long', 'y', '{x}', '{x,d,n}', target_combinations => '[["x","n"]]');
SELECT call, testlib.refuses(format('SELECT gpu_encode.' || call, repeat('ü', 5000)), state, '"' || repeat('ü', 64) || '... (4936 more characters)"')
FROM (VALUES ('label(''e_long'', ''x'', %L::text)', '22023'), ('label(''e_long'', ''d'', %L::text)', '22P02'), ('label(''e_long'', ''n'', %L::text)', '22P02'), ('label(''e_long'', %L, 5)', '42703'),
             ('inverse_label(''e_long'', %L, 5)', '42703'), ('target_encoding(''e_long'', %L, 5)', '42703'),
             ('fit(%L, ''long'')', '42622'), ('transform(''e_long'', ''long'', %L)', '42622'), ('target_encode(''long'', %L, ''y'')', '42703'), ('label_encode(''long'', ''x'', ARRAY[%L])', '42703')) c (call, state);
SELECT testlib.refuses(format('SELECT gpu_encode.target_encoding(''e_long'', ARRAY[''x'', %L], ''{a,b}''::text[])', repeat('ü', 5000)), '42703', '"x_' || repeat('ü', 62) || '... (4938 more characters)"');
SELECT testlib.refuses(format('SELECT gpu_encode.transform(''e_long'', ''long'', %L)', 'a.b.c.' || repeat('d', 60)), '42601', '... (2 more characters)"');
-- a text that the type reads may be long
SELECT gpu_encode.label('e_long', 'd', repeat(' ', 500) || '2024-01-02') AS d, gpu_encode.label('e_long', 'n', '2.' || repeat('0', 500)) AS n;
DROP TABLE long, e_long;

-- nothing remains
SELECT testlib.tables('test_errors');

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_errors CASCADE;
