-- preprocess_s3: the whole job from CSV files of the server to CSV files, compared with the job on tables.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
SELECT testlib.refuses('SELECT gpu_encode.preprocess_s3(NULL, NULL)', '0A000', 'no S3 support') = 'ok' AS without_s3 \gset
\if :without_s3
\quit
\endif
CREATE SCHEMA test_csv_job;
SET search_path = test_csv_job;

-- fields are passed through as they are written; the columns of validation stand in another order and one is missing
SELECT testlib.put('train.csv', E'id,class,day,score,"a ""b"", c",income\n' || string_agg(format('%s,%s,2026-01-%s,%s,%s,%s', lpad(i::text, 4, '0'),
           CASE WHEN i % 7 > 0 THEN 'class ' || i % 5 END, lpad((1 + i % 28)::text, 2, '0'),
           (ARRAY['1.50', '2e0', '+3', '.25', ''])[1 + i % 5], (ARRAY['"x, y"', '""', 'z', '"q ""r"""'])[1 + i % 4],
           CASE WHEN i % 3 = 0 THEN '50000+.' ELSE '- 50000.' END), E'\n' ORDER BY i) || E'\n') AS train
FROM generate_series(1, 100) i \gset
SELECT testlib.put('validation.csv', E'income,score,class,"a ""b"", c",extra,day\n' || string_agg(format('?,%s,%s,%s,%s,2026-02-01', (ARRAY['7.0', ''])[1 + i % 2],
           CASE WHEN i % 9 > 0 THEN 'class ' || i % 6 END, (ARRAY['new', 'z'])[1 + i % 2], i), E'\n' ORDER BY i) || E'\n') AS validation
FROM generate_series(1, 40) i \gset

SELECT replace(output_uri, testlib.uri(''), '') AS output, part, rows, columns, unknown_labels, missing_labels, unseen_targets, label_coded::text,
       bytes_read > 0 AS reads, bytes_uploaded = length(testlib.get(part || '_out.csv')) AS uploads, seconds >= 0 AS timed
FROM gpu_encode.preprocess_s3(:'train', testlib.uri('train_out.csv'), 'income', '{class,day}', :'validation', testlib.uri('validation_out.csv'),
    exclude_columns => '{id}', n_folds => 4, smooth => 0.5, null_value => 'None', pos_label => '50000+.', encoder => 'e', prior => 'global');
SELECT split_part(testlib.get('train_out.csv'), E'\n', n) FROM generate_series(1, 6) n;
SELECT split_part(testlib.get('validation_out.csv'), E'\n', n) FROM generate_series(1, 4) n;
SELECT parameters ->> 'source' LIKE 'file:///%train.csv' AS source, (SELECT count(*) FROM e WHERE kind = 'category') AS categories FROM e WHERE kind = 'parameters';
SELECT count(*) AS temporary_tables FROM pg_class WHERE relpersistence = 't' AND relname LIKE 'gpu\_encode%';

-- the same as the job on tables
SELECT created FROM gpu_encode.s3_create_table('train', :'train');
SELECT created FROM gpu_encode.s3_create_table('validation', :'validation');
SELECT part, rows, columns FROM gpu_encode.preprocess('train', 'train_t', 'income', '{class,day}', 'validation', 'validation_t',
    exclude_columns => '{id}', n_folds => 4, smooth => 0.5, null_value => 'None', pos_label => '50000+.', prior => 'global');
CREATE TABLE train_f (LIKE train_t);
CREATE TABLE validation_f (LIKE validation_t);
SELECT gpu_encode.s3_import('train_f', testlib.uri('train_out.csv')), gpu_encode.s3_import('validation_f', testlib.uri('validation_out.csv'));
SELECT testlib.digest('SELECT * FROM train_t ORDER BY ctid') = testlib.digest('SELECT * FROM train_f ORDER BY ctid') AS train,
       testlib.digest('SELECT * FROM validation_t ORDER BY ctid') = testlib.digest('SELECT * FROM validation_f ORDER BY ctid') AS validation;

-- no setting of the session changes a byte; other options do what they do in COPY
SET DateStyle = 'SQL, DMY';
SET IntervalStyle = 'iso_8601';
SET extra_float_digits = -15;
SET TimeZone = 'Asia/Tokyo';
SELECT part FROM gpu_encode.preprocess_s3(:'train', testlib.uri('train_2.csv'), 'income', '{class,day}', :'validation', testlib.uri('validation_2.csv'),
    exclude_columns => '{id}', n_folds => 4, smooth => 0.5, null_value => 'None', pos_label => '50000+.', prior => 'global');
RESET ALL;
SET search_path = test_csv_job;
SELECT testlib.get('train_out.csv') = testlib.get('train_2.csv') AS train, testlib.get('validation_out.csv') = testlib.get('validation_2.csv') AS validation;
SELECT part, columns FROM gpu_encode.preprocess_s3(:'train', testlib.uri('options.csv'), label_columns => '{class}', label_suffix => '_code',
    null_values => '{+3}', export_options => $$(format csv, delimiter ';', null 'N', force_quote (income))$$, prior => 'global');
SELECT split_part(testlib.get('options.csv'), E'\n', n) FROM generate_series(1, 5) n;

-- compressed by the name, and read again
SELECT part, bytes_uploaded > 0 AS uploads FROM gpu_encode.preprocess_s3(:'train', testlib.uri('small.csv.gz'), label_columns => '{}', prior => 'global');
SELECT created, rows_imported FROM gpu_encode.s3_create_table('small', testlib.uri('small.csv.gz'));
SELECT testlib.same('TABLE small', 'TABLE train');

-- types of train hold for validation; folds by a column; no codes at all
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, testlib.uri('e.csv'), 'income', '{day}', %L, testlib.uri('f.csv'), exclude_columns => '{id}', pos_label => '50000+.')$$, :'train',
    testlib.put('bad.csv', E'class,"a ""b"", c",day\nclass 1,z,2026-01-01\nclass 2,z,soon\n')), '22P02', 'bad.csv', 'line 3', '"day"', '"soon"');
SELECT part, columns, label_coded FROM gpu_encode.preprocess_s3(testlib.put('folds.csv', E'c,y,f\na,1,0\nb,0,0\nb,1,1\na,1,2\n'), testlib.uri('folds_out.csv'), 'y', '{c}', label_columns => '{}', fold_column => 'f', prior => 'global');
SELECT testlib.get('folds_out.csv');

-- rows in the order of columns of the files
SELECT part, rows FROM gpu_encode.preprocess_s3(testlib.put('order.csv', E'c,y,at\na,1,3\nb,0,1\nb,1,2\na,0,0\n'), testlib.uri('order_out.csv'), 'y', '{c}', validation => testlib.put('more.csv', E'c,at\nb,1\na,0\n'),
    validation_output => testlib.uri('more_out.csv'), label_columns => '{}', n_folds => 2, order_by => '{at}', prior => 'global');
SELECT testlib.get('order_out.csv'), testlib.get('more_out.csv');
-- errors before the work, and nothing that remains of a call that fails
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, %L)$$, :'train', :'train'), '22023', 'train');
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, testlib.uri('e.csv'), validation => %L, validation_output => testlib.uri('e.csv'))$$, :'train', :'validation'), '22023', 'both');
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, testlib.uri('train_out.csv'))$$, :'train'), '58P02', 'overwrite');
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, testlib.uri('e.csv'), 'income', '{class}', n_folds => 3)$$, testlib.put('one.csv', E'class,income\na,x\n')), '22023', 'target "income" has one value only');
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, testlib.uri('e.csv'), 'nobody', '{class}')$$, :'train'), '42703', '"nobody"', 'train.csv');
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, testlib.uri('e.csv'), label_columns => '{class}', label_suffix => '_x')$$, testlib.put('suffix.csv', E'class,class_x\na,b\n')), '42701', '"class_x"');
-- a folder that is not there: the file is named as the call names it
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, %L)$$, :'train', testlib.uri('missing/out.csv')), '58P01', '_missing/out.csv": No such file or directory');
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, testlib.uri('e.csv'), replace => true)$$, :'train'), '22023', 'replace has no effect without an encoder');
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, testlib.uri('e.csv'), export_options => '(format csv, force_quote (nobody))')$$, :'train'), '42703', '"nobody"');
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, testlib.uri('e.csv'), encoder => 'e')$$, :'train'), '42P07', '"e"');
SELECT testlib.files();
SELECT part, rows FROM gpu_encode.preprocess_s3(:'train', testlib.uri('train_out.csv'), overwrite => true);
-- a list of categories: other values are unknown and unseen, in both files
SELECT part, unknown_labels, unseen_targets FROM gpu_encode.preprocess_s3(testlib.put('sizes.csv', E's,y\nS,1\nM,2\nL,4\n?,8\nM,3\n'), testlib.uri('sizes_out.csv'), 'y', '{s}', testlib.put('more_sizes.csv', E's\nL\nXXL\nS\n'), testlib.uri('more_sizes_out.csv'), label_columns => '{s}', label_suffix => '_code', smooth => 0, prior => 'global',
    column_options => '{"s": {"categories": ["S", "M", "L"], "handle_unknown": "value", "unknown_value": -1, "unseen": "null"}}', n_folds => 2);
SELECT testlib.get('sizes_out.csv') AS train, testlib.get('more_sizes_out.csv') AS validation;

-- the encoder is replaced, and keeps its OID; if the job fails it stays as it was
SELECT part, rows FROM gpu_encode.preprocess_s3(:'train', testlib.uri('train_out.csv'), label_columns => '{class}', encoder => 'nightly', replace => true, overwrite => true);
SELECT 'nightly'::regclass::oid AS nightly \gset
SELECT part, rows FROM gpu_encode.preprocess_s3(:'validation', testlib.uri('train_out.csv'), label_columns => '{class}', encoder => 'nightly', replace => true, overwrite => true);
SELECT 'nightly'::regclass::oid = :nightly AS same, (SELECT n_rows FROM nightly WHERE value = 'class 1') AS class_1;
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, testlib.uri('e.csv'), label_columns => '{class}', encoder => 'nightly', replace => true, export_options => '(format csv, force_quote (nobody))')$$, :'train'), '42703', '"nobody"');
SELECT (SELECT n_rows FROM nightly WHERE value = 'class 1') AS class_1;

-- guards: nothing is written, and the encoder stays, if one is not met
SELECT part, checks FROM gpu_encode.preprocess_s3(:'train', testlib.uri('guarded.csv'), label_columns => '{class}', encoder => 'nightly', replace => true, guards => '{"min_rows": 1, "max_vanished": 1}');
SELECT testlib.files();
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, testlib.uri('stopped.csv'), label_columns => '{class}', encoder => 'nightly', replace => true, overwrite => true, guards => '{"min_rows": 1000000, "max_psi": 1}')$$, :'validation'), '23514', 'min_rows');
SELECT testlib.files();
SELECT (SELECT n_rows FROM nightly WHERE value = 'class 1') AS class_1;

-- rights: to read and to write, objects and files
CREATE ROLE gpu_encode_test_job;
GRANT ALL ON SCHEMA test_csv_job TO gpu_encode_test_job;
GRANT gpu_encode_s3_write TO gpu_encode_test_job;
SET ROLE gpu_encode_test_job;
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, 'file:///e.csv')$$, :'train'), '42501', 'gpu_encode_s3_read', 'GRANT gpu_encode_s3_read TO gpu_encode_test_job');
RESET ROLE;
GRANT gpu_encode_s3_read TO gpu_encode_test_job;
SET ROLE gpu_encode_test_job;
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, 'file:///e.csv')$$, :'train'), '42501', 'pg_write_server_files');
RESET ROLE;

SELECT testlib.remove_files();
SET client_min_messages = warning;
DROP SCHEMA test_csv_job CASCADE;
DROP OWNED BY gpu_encode_test_job;
DROP ROLE gpu_encode_test_job;
