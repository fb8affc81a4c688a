-- preprocess: train and validation tables in one call, as the census job does it.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_preprocess;
SET search_path = test_preprocess;

CREATE TABLE train (id int, class text, education varchar(20), age int, sex char(1), income text);
CREATE TABLE validation (sex char(1), id int, income text, education varchar(20), class text, age int);
INSERT INTO train SELECT i, CASE WHEN i % 7 > 0 THEN 'class ' || i % 5 END, 'edu ' || (i * i) % 11, 20 + i % 50, (ARRAY['F', 'M'])[1 + i % 2], CASE WHEN i % 4 = 0 THEN '50000+.' ELSE '- 50000.' END FROM generate_series(1, 700) i;
INSERT INTO validation SELECT (ARRAY['F', 'M', 'X'])[1 + i % 3], 1000 + i, CASE WHEN i % 3 = 0 THEN '50000+.' ELSE '- 50000.' END, 'edu ' || i % 13, CASE WHEN i % 9 > 0 THEN 'class ' || i % 6 END, 30 FROM generate_series(1, 300) i;

SELECT output_table, part, rows, columns, unknown_labels, missing_labels, unseen_targets, seconds >= 0 AS timed, backend IN ('cpu', 'cuda') AS backend
FROM gpu_encode.preprocess('train', 'train_out', 'income', '{class,education}', 'validation', 'validation_out',
    n_folds => 5, smooth => 0.001, null_value => 'None', pos_label => '50000+.');
SELECT testlib.columns('train_out');
SELECT testlib.columns('validation_out');

-- codes learned from both
SELECT c, testlib.output_check('train_out', c, format($$SELECT ordinal, code AS expected FROM testlib.label_rows('train', %L, null_value => 'None', label_sources => '{validation}')$$, c)),
       testlib.output_check('validation_out', c, format($$SELECT ordinal, code AS expected FROM testlib.label_rows('validation', %L, null_value => 'None', label_sources => '{train}')$$, c))
FROM unnest('{class,education,sex}'::text[]) c;
-- out of fold for train, full statistics of train for validation
SELECT c, testlib.output_check('train_out', c || '_TE', format($$SELECT ordinal, encoding AS expected FROM testlib.target_rows('train', '{%s}', 'income', 5, 0.001, null_value => 'None', pos_label => '50000+.')$$, c)),
       testlib.output_check('validation_out', c || '_TE', format($$
           SELECT row_number() OVER (ORDER BY v.ctid) - 1 AS ordinal, coalesce(e.encoding, (SELECT (count(*) FILTER (WHERE income = '50000+.'))::float8 / count(*) FROM train)) AS expected
           FROM validation v LEFT JOIN testlib.encoder_column('train', '{%1$s}', false, 'income', NULL, 0.001, 'None', '50000+.') e ON e.value = coalesce(v.%1$I, 'None')$$, c))
FROM unnest('{class,education}'::text[]) c;
-- the rest is passed through
SELECT c, testlib.output_check('train_out', c, format('SELECT row_number() OVER (ORDER BY ctid) - 1 AS ordinal, %I AS expected FROM train', c)),
       testlib.output_check('validation_out', c, format('SELECT row_number() OVER (ORDER BY ctid) - 1 AS ordinal, %I AS expected FROM validation', c))
FROM unnest('{id,age,income}'::text[]) c;

-- the same as fit_transform and transform
SELECT rows FROM gpu_encode.fit_transform('e', 'train', 'train_out2', 'income', '{class,education}', label_sources => '{validation}', smooth => 0.001, null_value => 'None', pos_label => '50000+.');
SELECT rows FROM gpu_encode.transform('e', 'validation', 'validation_out2');
SELECT testlib.digest('SELECT * FROM train_out ORDER BY ctid') = testlib.digest('SELECT * FROM train_out2 ORDER BY ctid') AS train,
       testlib.digest('SELECT * FROM validation_out ORDER BY ctid') = testlib.digest('SELECT * FROM validation_out2 ORDER BY ctid') AS validation;
SELECT testlib.encoder_check('e', 'train', '{class}', true, 'income', '{validation}', 0.001, 'None', '50000+.'),
       testlib.encoder_check('e', 'train', '{education}', true, 'income', '{validation}', 0.001, 'None', '50000+.'),
       testlib.encoder_check('e', 'train', '{sex}', true, label_sources => '{validation}');
-- with an encoder table of the same content
SELECT part, rows FROM gpu_encode.preprocess('train', 'train_out3', 'income', '{class,education}', 'validation', 'validation_out3',
    smooth => 0.001, null_value => 'None', pos_label => '50000+.', encoder => 'e3');
SELECT testlib.same('SELECT kind, column_name, value, code, n_rows, moments::text, encoding FROM e WHERE kind <> ''parameters''',
                    'SELECT kind, column_name, value, code, n_rows, moments::text, encoding FROM e3 WHERE kind <> ''parameters''');

-- without validation; with validation but no output: codes only
SELECT part, rows FROM gpu_encode.preprocess('train', 'alone', 'income', '{class}', pos_label => '50000+.', label_columns => '{education}');
SELECT testlib.output_check('alone', 'education', $$SELECT ordinal, code AS expected FROM testlib.label_rows('train', 'education')$$);
SELECT part, rows FROM gpu_encode.preprocess('train', 'codes_too', 'income', '{class}', validation => 'validation', pos_label => '50000+.', label_columns => '{education}');
SELECT testlib.output_check('codes_too', 'education', $$SELECT ordinal, code AS expected FROM testlib.label_rows('train', 'education', label_sources => '{validation}')$$);
SELECT testlib.refuses($$SELECT gpu_encode.preprocess('train', 'nothing', 'income', '{class}', validation_output => 'v', pos_label => '50000+.')$$, '22023', 'validation');

-- codes from train alone: unknown categories of validation are an error, a value or NULL
SELECT testlib.refuses($$SELECT gpu_encode.preprocess('train', 'o1', 'income', '{class}', 'validation', 'v1', labels_from_validation => false, pos_label => '50000+.', label_columns => '{education}')$$,
                       '22023', 'column "education" of relation validation', '"edu 10"', '"edu 2"', '"edu 6"');
SELECT part, rows, unknown_labels FROM gpu_encode.preprocess('train', 'o1', 'income', '{class}', 'validation', 'v1', labels_from_validation => false, pos_label => '50000+.', label_columns => '{education,sex}', handle_unknown => 'value', unknown_value => -1);
SELECT testlib.output_check('v1', 'education', $$SELECT row_number() OVER (ORDER BY v.ctid) - 1 AS ordinal, coalesce(code, -1) AS expected FROM validation v LEFT JOIN testlib.codes('train', 'education') ON key = education$$);
SELECT part, rows, unknown_labels FROM gpu_encode.preprocess('train', 'o2', 'income', '{class}', 'validation', 'v2', labels_from_validation => false, pos_label => '50000+.', label_columns => '{sex}', handle_unknown => 'null');
SELECT sex, count(*) FROM v2 GROUP BY sex ORDER BY sex;

-- validation may lack target, fold and order columns, and have others
ALTER TABLE train ADD COLUMN fold int, ADD COLUMN seq int;
UPDATE train SET fold = id % 3, seq = -id;
ALTER TABLE validation DROP COLUMN income, ADD COLUMN extra boolean DEFAULT true;
SELECT part, rows, columns FROM gpu_encode.preprocess('train', 'o3', 'income', '{class}', 'validation', 'v3', fold_column => 'fold', order_by => '{seq}', pos_label => '50000+.', smooth => 0);
SELECT testlib.columns('o3');
SELECT testlib.columns('v3');
SELECT testlib.output_check('o3', 'class_TE', $$SELECT ordinal, encoding AS expected FROM testlib.target_rows('train', '{class}', 'income', fold_column => 'fold', order_by => '{seq}', pos_label => '50000+.')$$);
-- but not the columns used, and not in another type
ALTER TABLE validation RENAME education TO schooling;
SELECT testlib.refuses($$SELECT gpu_encode.preprocess('train', 'o4', 'income', '{class}', 'validation', 'v4', pos_label => '50000+.')$$, '42703', '"education"', 'relation validation');
ALTER TABLE validation RENAME schooling TO education;
ALTER TABLE validation ALTER education TYPE char(20);
SELECT testlib.refuses($$SELECT gpu_encode.preprocess('train', 'o4', 'income', '{class}', 'validation', 'v4', pos_label => '50000+.')$$, '42804', 'education', 'type character ', 'character varying');
ALTER TABLE validation ALTER education TYPE varchar(20), ALTER age TYPE bigint;
SELECT part, rows FROM gpu_encode.preprocess('train', 'o4', 'income', '{class}', 'validation', 'v4', pos_label => '50000+.');

-- views on both sides
CREATE VIEW train_view AS SELECT * FROM train;
CREATE VIEW validation_view AS SELECT * FROM validation;
SELECT part, rows FROM gpu_encode.preprocess('train_view', 'o5', 'income', '{class}', 'validation_view', 'v5', order_by => '{id}', pos_label => '50000+.');
SELECT testlib.output_check('o5', 'class_TE', $$SELECT ordinal, encoding AS expected FROM testlib.target_rows('train', '{class}', 'income', order_by => '{id}', pos_label => '50000+.')$$);
SELECT testlib.same('SELECT id, class, education, sex, "class_TE" FROM v5', 'SELECT id, class, education, sex, "class_TE" FROM v4');

-- labels alone; nothing at all to do is a copy
SELECT part, rows, columns FROM gpu_encode.preprocess('train', 'labels_only', exclude_columns => '{income}');
SELECT testlib.columns('labels_only');
SELECT part, rows, columns FROM gpu_encode.preprocess('train', 'target_only', 'income', '{class}', label_columns => '{}', pos_label => '50000+.', te_suffix => ' mean');
SELECT testlib.columns('target_only');

-- nothing remains of the calls that failed
SELECT testlib.tables('test_preprocess');

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_preprocess CASCADE;
