-- csv_ordered: rows of CSV files that learn from those before them, compared with the job on tables.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
SELECT testlib.refuses('SELECT gpu_encode.preprocess_s3(NULL, NULL)', '0A000', 'no S3 support') = 'ok' AS without_s3 \gset
\if :without_s3
\quit
\endif
CREATE SCHEMA test_csv_ordered;
SET search_path = test_csv_ordered;
CREATE TABLE train AS SELECT i, 'c' || i * i % 7 AS c, date '2024-01-01' + i * 37 % 61 AS d, i * 7919 % 1009 AS y FROM generate_series(1, 200) i;
SELECT testlib.put('train.csv', E'i,c,d,y\n' || string_agg(format('%s,%s,%s,%s', i, c, to_char(d, 'YYYY-MM-DD'), y), E'\n' ORDER BY i) || E'\n') AS train FROM train \gset
-- the order column comes through as the file has it, and a file without it takes full statistics
SELECT testlib.put('validation.csv', E'i,c\n1,c1\n2,c9\n') AS validation \gset
SELECT part, rows, unseen_targets FROM gpu_encode.preprocess_s3(:'train', testlib.uri('train_out.csv'), 'y', '{c}', :'validation', testlib.uri('validation_out.csv'), label_columns => '{}', order_by => '{d}', label_delay => '1 week');
SELECT rows FROM gpu_encode.fit_transform('e', 'train', 'o', 'y', '{c}', '{}', order_by => '{d}', label_delay => '7 days');
SELECT testlib.get('train_out.csv') = E'i,c,d,y,c_TE\n' || string_agg(format('%s,%s,%s,%s,%s', i, c, to_char(d, 'YYYY-MM-DD'), y, "c_TE"), E'\n' ORDER BY i) || E'\n' AS same, count("c_TE") > 100 AS learned FROM o;
SELECT testlib.get('validation_out.csv') = format(E'i,c,c_TE\n1,c1,%s\n2,c9,%s\n', gpu_encode.target_encoding('e', 'c', 'c1'::text), gpu_encode.target_encoding('e', 'c', 'c9'::text)) AS same;

SELECT testlib.remove_files();
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_csv_ordered CASCADE;
