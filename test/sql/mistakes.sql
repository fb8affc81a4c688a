-- mistakes: what gives values that mean something else than the caller thinks is an error, or warns.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_mistakes;
SET search_path = test_mistakes;
CREATE TABLE t (a text, b text, y int, one int, two int);
INSERT INTO t SELECT 'a' || i % 2, 'b' || i % 3, i % 2, 7, i % 2 FROM generate_series(1, 60) i;
CREATE TABLE u AS SELECT * FROM t;
INSERT INTO u VALUES ('z', NULL, 1, 7, 0);
SELECT count(*) FROM gpu_encode.fit('e', 't', 'y', '{a}', '{a,b}');
SELECT count(*) FROM gpu_encode.fit('e_missing', 't', 'y', '{a}', '{a,b}', handle_missing => 'category');

-- an unknown_value that is a code: a has 0 and 1, b 0 to 2
SELECT testlib.refuses('SELECT gpu_encode.transform(''e'', ''u'', ''o'', handle_unknown => ''value'', unknown_value => ' || v || ')', '22023', 'unknown_value ' || v, 'is a label code of column', 'for example -1') FROM unnest('{0,1,2}'::int[]) v;
SELECT testlib.refuses('SELECT gpu_encode.transform(''e_missing'', ''u'', ''o'', handle_unknown => ''value'', unknown_value => 3)', '22023', '"b"', 'codes are 0 to 3');
SELECT testlib.refuses('SELECT gpu_encode.preprocess(''t'', ''o'', ''y'', ''{a}'', ''u'', ''o2'', labels_from_validation => false, handle_unknown => ''value'', unknown_value => 1)', '22023', 'unknown_value 1');
SELECT testlib.refuses('SELECT gpu_encode.label(''e'', ''b'', ''z''::text, ''value'', 2)', '22023', 'unknown_value 2', '"b"');
-- also where the value at hand is known
SELECT testlib.refuses('SELECT gpu_encode.label(''e'', ''b'', ''b1''::text, ''value'', 2)', '22023', 'unknown_value 2');
SELECT testlib.refuses('SELECT gpu_encode.label(''e_missing'', ''b'', NULL::text, ''value'', 3)', '22023', 'unknown_value 3');
SELECT rows, unknown_labels FROM gpu_encode.transform('e', 'u', 'o', handle_unknown => 'value', unknown_value => 3);
SELECT rows, unknown_labels FROM gpu_encode.transform('e', 'u', 'o_2', handle_unknown => 'value', unknown_value => -1);
SELECT gpu_encode.label('e', 'a', 'z'::text, 'value', 2), gpu_encode.label('e', 'a', 'a1'::text, 'value', -2);
-- an encoder that would keep one, or lacks the category for infrequent values, is not made: transform would refuse it
SELECT testlib.refuses(format('SELECT gpu_encode.fit(''e_kept'', ''t'', label_columns => ''{a,b}'', column_options => %L)', o), '22023', word) FROM (VALUES
    ('{"b": {"handle_unknown": "value", "unknown_value": 2}}', 'unknown_value 2 is a label code of column "b"'), ('{"*": {"handle_unknown": "value", "unknown_value": 0}}', 'unknown_value 0 is a label code of column "a"'),
    ('{"b": {"handle_unknown": "infrequent"}}', 'column "b" has no category for infrequent values')) v (o, word);
SELECT testlib.refuses('SELECT gpu_encode.fit_transform(''e_kept'', ''t'', ''o_kept'', label_columns => ''{a,b}'', column_options => ''{"b": {"handle_unknown": "value", "unknown_value": 2}}'')', '22023', 'unknown_value 2');
SELECT testlib.refuses('SELECT gpu_encode.preprocess(''t'', ''o_kept'', encoder => ''e_kept'', handle_unknown => ''value'', unknown_value => 1)', '22023', 'unknown_value 1');

-- one fold only: nothing is left to learn from
SELECT testlib.refuses('SELECT gpu_encode.target_encode(''t'', ''a'', ''y'', fold_column => ''one'')', '22023', '"one" puts all rows into one fold', 'All 60 rows have fold 7', 'other folds');
SELECT testlib.refuses('SELECT gpu_encode.fit_transform(''e_one'', ''t'', ''o_one'', ''y'', ''{a}'', fold_column => ''one'')', '22023', 'one fold');
SELECT testlib.refuses('SELECT gpu_encode.preprocess(''t'', ''o_one'', ''y'', ''{a}'', fold_column => ''one'')', '22023', 'one fold');
SELECT count(*) FROM gpu_encode.target_encode('t', 'a', 'y', fold_column => 'two');
-- a single row, no row, and no encoding are no mistake
CREATE VIEW single AS SELECT * FROM t LIMIT 1;
CREATE VIEW empty AS SELECT * FROM t WHERE false;
SELECT fold, encoding FROM gpu_encode.target_encode('single', 'a', 'y', fold_column => 'one', prior => 'global');
SELECT count(*) FROM gpu_encode.target_encode('empty', 'a', 'y', fold_column => 'one');
SELECT rows FROM gpu_encode.preprocess('t', 'o_labels', fold_column => 'one');

-- training rows are recognised by OID, renamed and moved; another relation of the name is not
\set VERBOSITY terse
SELECT rows FROM gpu_encode.transform('e', 't', 'o_t');
ALTER TABLE t RENAME TO t_before;
SELECT rows FROM gpu_encode.transform('e', 't_before', 'o_before');
CREATE TABLE t AS SELECT * FROM u WHERE a <> 'z';
SELECT rows FROM gpu_encode.transform('e', 't', 'o_new');
CREATE SCHEMA test_mistakes_2;
ALTER TABLE t_before SET SCHEMA test_mistakes_2;
SELECT rows FROM gpu_encode.transform('e', 'test_mistakes_2.t_before', 'o_moved');
-- an encoder of another database (one that was restored) knows nothing of OIDs here
CREATE TABLE restored AS SELECT * FROM e;
UPDATE restored SET parameters = jsonb_set(parameters, '{source_database}', '"1/1"') WHERE kind = 'parameters';
SELECT rows FROM gpu_encode.transform('restored', 'test_mistakes_2.t_before', 'o_restored');
-- validation that is train
SELECT part, rows FROM gpu_encode.preprocess('t', 'o_train', 'y', '{a}', 't', 'o_validation');
SELECT part, rows FROM gpu_encode.preprocess('t', 'o_train_2', 'y', '{a}', 't');
SELECT part, rows FROM gpu_encode.preprocess('t', 'o_train_3', NULL, NULL, 't', 'o_validation_3');
\set VERBOSITY default

-- names that no transform could make: refused by fit, with the way out
SELECT 'CREATE TABLE long (' || string_agg(repeat(chr(96 + i), n) || ' text', ', ') || ', y int)' FROM (VALUES (1, 31), (2, 31), (3, 32), (4, 63), (5, 62)) c (i, n) \gexec
INSERT INTO long SELECT 'a', 'b', 'c', 'd', 'e', i % 2 FROM generate_series(1, 10) i;
SELECT count(*) FROM gpu_encode.fit('e_63', 'long', 'y', target_combinations => jsonb_build_array(jsonb_build_array(repeat('a', 31), repeat('b', 31))));
SELECT testlib.refuses(format('SELECT gpu_encode.transform(%L, %L, %L)', 'e_63', 'long', 'o_63'), '42622', 'It has 66 bytes', 'te_suffix');
CREATE TABLE long_2 AS SELECT * FROM long;
SELECT rows FROM gpu_encode.transform('e_63', 'long_2', 'o_63', te_suffix => '');
SELECT testlib.refuses(format('SELECT gpu_encode.fit(%L, %L, %L, target_combinations => %L)', 'e_64', 'long', 'y', jsonb_build_array(jsonb_build_array(repeat('a', 31), repeat('c', 32)))), '42622', 'It has 64 bytes; at most 63 are possible', '"name" in column_options');
SELECT testlib.refuses(format('SELECT gpu_encode.fit_transform(%L, %L, %L, %L, te_suffix => %L, target_combinations => %L)', 'e_64', 'long', 'o_64', 'y', '', jsonb_build_array(jsonb_build_array(repeat('a', 31), repeat('c', 32)))), '42622', 'It has 64 bytes', '"name" in column_options');
SELECT testlib.refuses(format('SELECT gpu_encode.preprocess(%L, %L, %L, target_combinations => %L)', 'long', 'o_64', 'y', jsonb_build_array(jsonb_build_array(repeat('a', 31), repeat('b', 31)))), '42622', 'It has 66 bytes', 'te_suffix');
-- a column of the source has the name without a suffix, so one more byte is needed
SELECT testlib.refuses(format('SELECT gpu_encode.fit(%L, %L, %L, ARRAY[%L])', 'e_64', 'long', 'y', repeat('d', 63)), '42622', 'It has 63 bytes; at most 62 are possible');
SELECT count(*) FROM gpu_encode.fit('e_62', 'long', 'y', ARRAY[repeat('e', 62)]);
SELECT testlib.refuses(format('SELECT gpu_encode.transform(%L, %L, %L, label_suffix => %L, te_suffix => %L)', 'e_62', 'long', 'o_62', ' code', '~'), '42622', 'label_suffix');

-- what a newcomer met: a column that an encoder needs, names that clash, a pos_label of another type
CREATE TABLE small AS SELECT i AS n, 'v' || i % 2 AS c, i % 2 AS y, i % 2 = 0 AS flag FROM generate_series(1, 4) i;
SELECT count(*) FROM gpu_encode.fit('small_encoder', 'small', 'y', '{c}', '{c}');
CREATE TABLE others AS SELECT n, c AS d FROM small;
SELECT testlib.refuses($$SELECT gpu_encode.transform('small_encoder', 'others', 'e')$$, '42703', 'column "c" of relation others does not exist', 'Encoder test_mistakes.small_encoder has a column of that name');
-- an encoder whose encodings have one name could not be applied
SELECT testlib.refuses($$SELECT gpu_encode.fit('e_names', 'small', 'y', '{c,n}', '{c}', column_options => '{"c": {"name": "n"}}')$$, '42701', 'two target encodings have the name "n_TE"', 'column_options');
SELECT testlib.refuses(format($$SELECT gpu_encode.fit('e_names', 'small', 'y', '{c}', target_combinations => %L)$$, list), '42701', 'two target encodings have the name', 'where it is listed')
FROM unnest('{"[{\"c\": [\"c\",\"n\"]}]","[[\"c\",\"n\"],{\"c_n\": [\"n\",\"c\"]}]"}'::text[]) list;
-- names of system columns; more columns than a table has
CREATE TABLE systems AS SELECT c AS ct, y FROM small;
SELECT testlib.refuses($$SELECT gpu_encode.fit_transform('e', 'systems', 'o_clash', 'y', '{ct}', te_suffix => 'id')$$, '42701', '"ctid" conflicts with a system column', 'another suffix');
SELECT testlib.refuses($$SELECT gpu_encode.preprocess('systems', 'o_clash', label_columns => '{ct}', label_suffix => 'id')$$, '42701', '"ctid" conflicts with a system column', 'another suffix');
DO $$BEGIN EXECUTE (SELECT format('CREATE TABLE wide (y int, %s)', string_agg('c' || i || ' text', ', ')) FROM generate_series(1, 1599) i); END$$;
SELECT testlib.refuses($$SELECT gpu_encode.preprocess('wide', 'o_clash', 'y', '{c1}', label_columns => '{}')$$, '54011', '1601 columns', 'by a view');
CREATE TABLE clash AS SELECT c, 1 AS "c_TE", y, 2 AS c_code FROM small;
SELECT n, testlib.refuses(call, '42701', 'would have the name', word, '_suffix')
FROM (VALUES (1, $$SELECT gpu_encode.fit_transform('e', 'clash', 'o_clash', 'y', '{c}')$$, '"c_TE"'), (2, $$SELECT gpu_encode.preprocess('clash', 'o_clash', 'y', '{c}')$$, '"c_TE"'),
             (3, $$SELECT gpu_encode.transform('small_encoder', 'clash', 'o_clash')$$, '"c_TE"'),
             (4, $$SELECT gpu_encode.transform('small_encoder', 'clash', 'o_clash', label_suffix => '_code', te_suffix => '_mean')$$, '"c_code"')) t (n, call, word);
SELECT pos_label, testlib.refuses(format($$SELECT gpu_encode.fit('e_pos', 'small', 'y', '{c}', '{c}', pos_label => %L)$$, pos_label), '22023', format('pos_label "%s" is no value of target "y"', pos_label), 'integer')
FROM unnest('{yes,1.5,"",99999999999}'::text[]) pos_label;
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('small', 'c', 'y', pos_label => 'yes')$$, '22023', 'pos_label "yes" is no value of target "y"', 'integer');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('small', 'c', 'flag', pos_label => 'perhaps')$$, '22023', 'pos_label "perhaps" is no value of target "flag"', 'boolean');

SET client_min_messages = warning;
DROP SCHEMA test_mistakes, test_mistakes_2 CASCADE;
