-- newcomer: what a new user tries in psql; each message says what to do.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_newcomer;
SET search_path = test_newcomer;
SET client_min_messages = notice;
CREATE TABLE orders (id int, city text, size varchar(8), paid numeric, mood text, returned boolean, "Channel" text);
INSERT INTO orders SELECT i, 'city ' || i % 3, 'size ' || i % 2, i, 'mood ' || i % 4, i % 2 = 0, 'web' FROM generate_series(1, 40) i;
CREATE TABLE new_orders AS SELECT * FROM orders WHERE id <= 10;
SELECT count(*) FROM gpu_encode.fit('encoder', 'orders', 'returned', '{city}', '{city}');

-- 1. what is there, and what does a function do?
\df gpu_encode.inverse_label
SELECT obj_description('gpu_encode.inverse_label'::regproc, 'pg_proc');
SELECT count(*) AS functions_without_comment FROM pg_proc WHERE pronamespace = 'gpu_encode'::regnamespace AND obj_description(oid, 'pg_proc') IS NULL;

-- 2. a misspelt column, in a list and alone
SELECT gpu_encode.fit('x', 'orders', 'returned', '{citty}');
SELECT * FROM gpu_encode.label_encode('orders', 'ctiy');

-- 3. the case of a name
SELECT gpu_encode.fit('x', 'orders', 'Returned', '{city}');
SELECT gpu_encode.fit('x', 'orders', 'returned', '{channel}');

-- 4. a misspelt value of an option
SELECT gpu_encode.fit_transform('x', 'orders', 'o', 'returned', '{city}', split_method => 'continuous');
SELECT gpu_encode.fit_transform('x', 'orders', 'o', 'returned', '{city}', split_method => 'randon');
SELECT gpu_encode.transform('encoder', 'new_orders', 'o', handle_unknown => 'ignore');
SELECT gpu_encode.fit('x', 'orders', 'returned', '{city}', stats => '{avg}');
SELECT gpu_encode.fit('x', 'orders', 'returned', '{city}', handle_missing => 'median');
SELECT gpu_encode.fit_transform('x', 'orders', 'o', 'returned', '{city}', prior => 'mean');

-- 5. a misspelt option of a column, and a misspelt guard
SELECT gpu_encode.fit('x', 'orders', 'returned', '{city}', column_options => '{"city": {"smoth": 1}}');
SELECT gpu_encode.fit('x', 'orders', 'returned', '{city}', column_options => '{"town": {"smooth": 1}}');
SELECT gpu_encode.fit('x', 'orders', 'returned', '{city}', guards => '{"min_row": 10}');

-- 6. values that make no sense
SELECT gpu_encode.fit_transform('x', 'orders', 'o', 'returned', '{city}', n_folds => 1);
SELECT gpu_encode.fit('x', 'orders', 'returned', '{city}', smooth => -1);
SELECT gpu_encode.fit('x', 'orders', 'returned', '{city,city}');
SELECT gpu_encode.fit('x', 'orders', 'returned', '{returned}');
SELECT gpu_encode.fit('x', 'orders', target_columns => '{city}');

-- 7. a target with four values, one of another type, one with one value
SELECT gpu_encode.fit('x', 'orders', 'mood', '{city}');
SELECT gpu_encode.fit('x', 'orders', 'Channel', '{city}');
SELECT gpu_encode.fit('x', 'orders', 'paid', '{city}', pos_label => 'yes');
CREATE TABLE dated AS SELECT *, current_date AS day FROM orders;
SELECT gpu_encode.fit('x', 'dated', 'day', '{city}');
CREATE TABLE infinite AS SELECT city, CASE WHEN id = 7 THEN float8 'NaN' ELSE id END AS paid FROM orders;
SELECT gpu_encode.fit('x', 'infinite', 'paid', '{city}');

-- 8. a table that does not exist, or is something else
SELECT gpu_encode.fit('x', 'order', 'returned', '{city}');
CREATE SEQUENCE numbers;
SELECT gpu_encode.fit('x', 'numbers', 'returned', '{city}');
SELECT gpu_encode.transform('orders', 'new_orders', 'o');
SELECT gpu_encode.label('orders', 'city', 'city 1'::text);

-- 9. run again: what the first run made is there
SELECT gpu_encode.fit('encoder', 'orders', 'returned', '{city}', '{city}');
SELECT rows FROM gpu_encode.transform('encoder', 'new_orders', 'o');
SELECT rows FROM gpu_encode.transform('encoder', 'new_orders', 'o');
SELECT rows FROM gpu_encode.transform('encoder', 'new_orders', 'o', replace => true);
SELECT rows FROM gpu_encode.transform('encoder', 'new_orders', 'new_orders', replace => true);

-- 10. rolled back, and in a transaction that only reads
BEGIN;
SELECT rows FROM gpu_encode.transform('encoder', 'new_orders', 'p');
ROLLBACK;
SELECT to_regclass('p') IS NULL AS is_gone;
BEGIN READ ONLY;
SELECT rows FROM gpu_encode.transform('encoder', 'new_orders', 'p');
ROLLBACK;

-- 11. the output in the statement that makes it
SELECT * FROM gpu_encode.transform('encoder', 'new_orders', 'p'), p;

-- 12. the training rows themselves
SELECT rows FROM gpu_encode.transform('encoder', 'orders', 'p');

-- 13. categories that the encoder does not know
INSERT INTO new_orders VALUES (11, 'Oslo', 'size 1', 1, 'mood 1', true, 'web');
SELECT rows FROM gpu_encode.transform('encoder', 'new_orders', 'q');
SELECT gpu_encode.label('encoder', 'city', 'Oslo'::text);
SELECT gpu_encode.label('encoder', 'town', 'Oslo'::text);
SELECT gpu_encode.label('encoder', 'city', 'Oslo'::text, 'null') AS unknown, gpu_encode.target_encoding('encoder', 'city', 'Oslo'::text) AS prior;
SELECT gpu_encode.inverse_label('encoder', 'city', 17);

-- 14. varchar against text is one category, a number against text is not
CREATE TABLE sizes AS SELECT id, city, size::text, returned FROM orders;
SELECT part, rows FROM gpu_encode.preprocess('orders', 'o_1', 'returned', '{size}', 'sizes', 'o_2', label_columns => '{size}');
CREATE TABLE numbered AS SELECT id, city, 1 AS size, returned FROM orders;
SELECT part, rows FROM gpu_encode.preprocess('orders', 'o_3', 'returned', '{size}', 'numbered', 'o_4', label_columns => '{size}');
CREATE TABLE without AS SELECT id, returned FROM orders;
SELECT part, rows FROM gpu_encode.preprocess('orders', 'o_3', 'returned', '{city}', 'without', 'o_4', label_columns => '{}');

-- 15. an empty table
CREATE TABLE empty AS SELECT * FROM orders WHERE false;
SELECT part, rows FROM gpu_encode.preprocess('empty', 'o_empty', 'returned', '{city}');
SELECT part, rows FROM gpu_encode.preprocess('empty', 'o_empty', 'returned', '{city}', guards => '{"min_rows": 1}', replace => true);

-- 16. a view has no order of its own
CREATE VIEW seen AS SELECT * FROM orders;
SELECT count(*) FROM gpu_encode.target_encode('seen', 'city', 'returned');
SELECT count(*) FROM gpu_encode.target_encode('seen', 'city', 'returned', order_by => '{city}');
SELECT count(*) FROM gpu_encode.target_encode('seen', 'city', 'returned', order_by => '{id}');

-- 17. no rights: to the source, to one column of it, to a schema, to the table that is replaced
CREATE ROLE test_newcomer_reader;
GRANT USAGE ON SCHEMA test_newcomer TO test_newcomer_reader;
SET ROLE test_newcomer_reader;
SELECT gpu_encode.fit('x', 'orders', 'returned', '{city}');
RESET ROLE;
GRANT SELECT (city) ON orders TO test_newcomer_reader;
GRANT SELECT ON new_orders, encoder TO test_newcomer_reader;
SET ROLE test_newcomer_reader;
SELECT gpu_encode.fit('x', 'orders', 'returned', '{city}');
SELECT gpu_encode.transform('encoder', 'new_orders', 'test_newcomer.r', handle_unknown => 'null');
SELECT gpu_encode.transform('encoder', 'new_orders', 'o', handle_unknown => 'null', replace => true);
RESET ROLE;

-- 18. cancelled: nothing is left
CREATE VIEW slow AS SELECT orders.*, nap FROM orders, LATERAL (SELECT pg_sleep(0.2 + id * 0) IS NULL AS nap) n;
SET statement_timeout = 300;
SELECT gpu_encode.fit_transform('x', 'slow', 'r', 'returned', '{city}', order_by => '{id}');
RESET statement_timeout;
SELECT to_regclass('x') IS NULL AND to_regclass('r') IS NULL AS is_gone;

-- 19. a GPU that is not there
SET gpu_encode.backend = 'gpu';
SET gpu_encode.threads = 'many';
SELECT * FROM gpu_encode.label_encode('orders', 'city') WHERE false;

-- 20. where did the time go?
SELECT stage, rows FROM gpu_encode.last_run() WHERE stage IN ('read', 'rows');

SET client_min_messages = warning;
RESET search_path;
DROP SCHEMA test_newcomer CASCADE;
DROP ROLE test_newcomer_reader;
