-- nulls: null_value and handle_missing for NULL categories, NULL targets.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_nulls;
SET search_path = test_nulls;

CREATE TABLE t (x text, n int, y int);
INSERT INTO t VALUES ('b', 1, 1), (NULL, 2, 0), ('None', NULL, 1), ('a', 1, NULL), (NULL, NULL, 1), ('b', 2, 0);

-- 'value': code NULL, encoding the prior (3/5)
SELECT ordinal, code FROM gpu_encode.label_encode('t', 'x') ORDER BY ordinal;
SELECT ordinal, encoding FROM gpu_encode.target_encode('t', 'x', 'y', n_folds => 6, prior => 'global', smooth => 0) ORDER BY ordinal;
-- 'null': both NULL
SELECT ordinal, code FROM gpu_encode.label_encode('t', 'x', handle_missing => 'null') ORDER BY ordinal;
SELECT ordinal, encoding FROM gpu_encode.target_encode('t', 'x', 'y', n_folds => 6, handle_missing => 'null', prior => 'global', smooth => 0) ORDER BY ordinal;
-- 'category': one category of its own, coded last
SELECT ordinal, code FROM gpu_encode.label_encode('t', 'x', handle_missing => 'category') ORDER BY ordinal;
SELECT ordinal, encoding FROM gpu_encode.target_encode('t', 'x', 'y', n_folds => 6, handle_missing => 'category', prior => 'global', smooth => 0) ORDER BY ordinal;
-- 'error'
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('t', 'x', handle_missing => 'error')$$, '22004', '"x"', 'There are 2');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('t', 'x', 'y', handle_missing => 'error')$$, '22004', '"x"', 'There are 2');
-- null_value: NULL stands for that text, which may also be there as a real value
SELECT ordinal, code FROM gpu_encode.label_encode('t', 'x', null_value => 'None') ORDER BY ordinal;
SELECT ordinal, encoding FROM gpu_encode.target_encode('t', 'x', 'y', n_folds => 6, null_value => 'None', prior => 'global', smooth => 0) ORDER BY ordinal;
SELECT ordinal, code FROM gpu_encode.label_encode('t', 'x', null_value => 'aa') ORDER BY ordinal;
SELECT ordinal, code FROM gpu_encode.label_encode('t', 'x', null_value => '') ORDER BY ordinal;
SELECT count(*) FROM gpu_encode.label_encode('t', 'x', null_value => 'None', handle_missing => 'error');
-- other types have no null_value: an error in label_encode, else without effect
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('t', 'n', null_value => 'None')$$, '22023', 'null_value', 'type integer');
SELECT ordinal, code FROM gpu_encode.label_encode('t', 'n') ORDER BY ordinal;
SELECT testlib.same('SELECT * FROM gpu_encode.target_encode(''t'', ''n'', ''y'', null_value => ''1'')',
                    'SELECT * FROM gpu_encode.target_encode(''t'', ''n'', ''y'')');

-- options that are none
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('t', 'x', handle_missing => 'ignore')$$, '22023', '"handle_missing"', '"ignore"');
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('t', 'x', handle_missing => NULL)$$, '22004', '"handle_missing"');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('t', 'x', 'y', handle_missing => 'Value')$$, '22023', '"handle_missing"');

-- a row without a target counts nowhere and still gets an encoding
CREATE TABLE u (x text, y float8, f int);
INSERT INTO u VALUES ('a', 1, 0), ('a', NULL, 0), ('a', 2, 1), ('b', NULL, 0), ('b', NULL, 1), (NULL, 6, 0);
SELECT ordinal, encoding FROM gpu_encode.target_encode('u', 'x', 'y', fold_column => 'f', prior => 'global', smooth => 0) ORDER BY ordinal;

-- null_value is never meant for the target
CREATE TABLE yes_no (x text, y text);
INSERT INTO yes_no VALUES ('a', 'no'), ('a', NULL), ('a', 'yes'), (NULL, 'yes');
SELECT ordinal, round(encoding::numeric, 10) AS encoding
FROM gpu_encode.target_encode('yes_no', 'x', 'y', n_folds => 4, null_value => 'no', pos_label => 'yes', prior => 'global', smooth => 0) ORDER BY ordinal;

-- random tables over every handling
SELECT testlib.make_table('r', 1000, 77) \g /dev/null
SELECT m, v, testlib.label_check('r', 'few', null_value => v, handle_missing => m),
       testlib.target_check('r', '{few}', 'y_int', 5, 0.5, null_value => v, handle_missing => m),
       testlib.target_check('r', '{few}', 'y_int', 5, 0.5, prior => 'out_of_fold', null_value => v, handle_missing => m)
FROM unnest('{value,"null",category}'::text[]) m, unnest('{v1,NULL,zzz}'::text[]) v ORDER BY m, v;

-- fit, the encoder's row for what is missing, and transform (which warns of the fitted table)
SET client_min_messages = error;
SELECT column_name, kind, categories, rows, missing_rows FROM gpu_encode.fit('e', 't', 'y', '{x}', '{x}', handle_missing => 'category', smooth => 0);
SELECT value, code, n_rows, gpu_encode.n_target(moments[1]), encoding FROM e WHERE kind = 'category' ORDER BY code;
SELECT value, code, n_rows, gpu_encode.n_target(moments[1]), encoding FROM e WHERE kind = 'missing';
SELECT part, rows, unknown_labels, missing_labels, unseen_targets FROM gpu_encode.transform('e', 't', 'o', label_suffix => '_code');
SELECT x, x_code, "x_TE" FROM o ORDER BY ctid;
SELECT gpu_encode.label('e', 'x', NULL::text), gpu_encode.target_encoding('e', 'x', NULL::text);
SELECT gpu_encode.inverse_label('e', 'x', 3) IS NULL AS missing_has_no_text;
SELECT count(*) FROM gpu_encode.fit('e_value', 't', 'y', '{x}', '{x}', smooth => 0);
SELECT rows, missing_labels, unseen_targets FROM gpu_encode.transform('e_value', 't', 'o_value', label_suffix => '_code');
SELECT x, x_code, "x_TE" FROM o_value ORDER BY ctid;
SELECT gpu_encode.label('e_value', 'x', NULL::text), gpu_encode.target_encoding('e_value', 'x', NULL::text);
SELECT count(*) FROM gpu_encode.fit('e_null', 't', 'y', '{x}', '{x}', handle_missing => 'null', smooth => 0);
SELECT rows, missing_labels, unseen_targets FROM gpu_encode.transform('e_null', 't', 'o_null', label_suffix => '_code');
SELECT x, x_code, "x_TE" FROM o_null ORDER BY ctid;
SELECT gpu_encode.label('e_null', 'x', NULL::text), gpu_encode.target_encoding('e_null', 'x', NULL::text);
SELECT testlib.refuses($$SELECT gpu_encode.fit('e_error', 't', 'y', '{x}', '{x}', handle_missing => 'error')$$, '22004', '"x"', 'There are 2');
CREATE TABLE no_nulls AS SELECT * FROM t WHERE x IS NOT NULL;
SELECT count(*) FROM gpu_encode.fit('e_error', 'no_nulls', 'y', '{x}', '{x}', handle_missing => 'error', smooth => 0);
SELECT testlib.refuses($$SELECT gpu_encode.transform('e_error', 't', 'o_error')$$, '22004', '"x"', 'There are 2');
SELECT testlib.refuses($$SELECT gpu_encode.label('e_error', 'x', NULL::text)$$, '22004', '"x"');
SELECT count(*) FROM gpu_encode.fit('e_text', 't', 'y', '{x,n}', '{x,n}', null_value => 'None', smooth => 0);
SELECT gpu_encode.label('e_text', 'x', NULL::text) = gpu_encode.label('e_text', 'x', 'None'::text) AS stands_for;
SELECT rows, missing_labels FROM gpu_encode.transform('e_text', 't', 'o_text', label_suffix => '_code');
SELECT x, x_code, n, n_code FROM o_text ORDER BY ctid;
-- 'error' looks at validation as well
SELECT testlib.refuses($$SELECT gpu_encode.preprocess('no_nulls', 'o_train', 'y', '{x}', 't', 'o_validation', '{x}', handle_missing => 'error')$$, '22004', '"x"', 'relation t', 'There are 2');
SELECT rows FROM gpu_encode.preprocess('no_nulls', 'o_train', 'y', '{x}', 't', label_columns => '{x}', handle_missing => 'error', prior => 'global', smooth => 0);
-- nulls in columns that are passed through, few and narrow ones too (those are kept at the first reading)
CREATE TABLE narrow AS SELECT 'v' || i % 3 AS x, CASE WHEN i % 3 > 0 THEN i END AS a, CASE WHEN i % 4 > 0 THEN i % 2 = 0 END AS b, CASE WHEN i % 5 > 0 THEN i / 7.0::float8 END AS c FROM generate_series(1, 1000) i;
SELECT rows FROM gpu_encode.preprocess('narrow', 'o_narrow');
SELECT c, testlib.output_check('o_narrow', c, format('SELECT row_number() OVER (ORDER BY ctid) - 1 AS ordinal, %I AS expected FROM narrow', c)) FROM unnest('{a,b,c}'::text[]) c;
SELECT rows FROM gpu_encode.preprocess('narrow', 'pg_temp.o_by_row');
SELECT testlib.same('TABLE o_narrow', 'TABLE pg_temp.o_by_row');
SELECT testlib.tables('test_nulls');

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_nulls CASCADE;
