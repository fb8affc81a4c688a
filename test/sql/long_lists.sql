-- long_lists: lists of anybody's length can be cancelled while they are checked.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_long_lists;
SET search_path = test_long_lists;
CREATE TABLE t AS SELECT 'v' || i % 5 AS x, i % 3 AS n, i % 2 AS y FROM generate_series(1, 20) i;
SELECT count(*) FROM gpu_encode.fit('e', 't', 'y', '{x,n}', '{x}');

-- 1,200 columns, 400 combinations of them all: every name is looked for among the others
CREATE TABLE crafted AS TABLE e;
UPDATE crafted
   SET parameters = parameters ||
        (SELECT jsonb_build_object('columns', jsonb_agg(jsonb_build_object('name', 'column ' || i, 'type', 'text', 'handle_missing', 'value', 'label', true, 'target', true, 'outputs', '[{"stat": "mean"}]'::jsonb, 'categories', 0, 'infrequent', false, 'codes', 0)),
                                   'target_columns', jsonb_agg('column ' || i)) FROM generate_series(1, 1200) i) ||
        (SELECT jsonb_build_object('combinations', jsonb_agg(jsonb_build_object('name', 'c', 'handle_missing', 'value', 'outputs', '[{"stat": "mean"}]'::jsonb, 'categories', 0, 'infrequent', false, 'columns', names)))
           FROM (SELECT jsonb_agg('column ' || i) AS names FROM generate_series(1, 1200) i) list, generate_series(1, 400))
 WHERE kind = 'parameters';
-- a timer runs from the start of the statement; what cannot be cancelled takes many times longer
CREATE TABLE started (at timestamptz);
CREATE FUNCTION one_list(n int) RETURNS jsonb LANGUAGE sql RETURN jsonb_build_array((SELECT jsonb_agg('column ' || i) FROM generate_series(1, n) i));
SET statement_timeout = '1s';
INSERT INTO started VALUES (clock_timestamp());
SELECT gpu_encode.label('crafted', 'column 1200', 'v1'::text);
SELECT * FROM gpu_encode.fit('e2', 't', 'y', target_combinations => one_list(150000));
SELECT * FROM gpu_encode.fit('e2', 't', 'y', (SELECT array_agg('column ' || i) FROM generate_series(1, 150000) i));
RESET statement_timeout;
SELECT clock_timestamp() - at < '10 s' AS in_time FROM started;

SET client_min_messages = warning;
DROP SCHEMA test_long_lists CASCADE;
