-- target_types: targets of every number type, boolean, text with two values, and what is refused.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_target_types;
SET search_path = test_target_types;

CREATE DOMAIN score AS numeric(6,2) CHECK (VALUE < 1000);
CREATE DOMAIN plain_number AS numeric;
CREATE TYPE answer AS ENUM ('zebra', 'ape');
CREATE TABLE t AS
SELECT i, 'v' || i % 7 AS x, (i % 5)::int2 AS y_int2, i % 11 - 5 AS y_int4, (i * 1000003::bigint) * 4000000007 AS y_int8,
       (i % 13 / 7.0)::float4 AS y_float4, (i % 17 / 7.0)::float8 AS y_float8, round(i % 19 / 7.0, 5) AS y_numeric,
       (i % 100 + 0.25)::score AS y_domain, i % 3 = 0 AS y_boolean, CASE WHEN i % 4 = 0 THEN 'good' ELSE 'bad' END AS y_text,
       CASE WHEN i % 4 = 0 THEN 'good' ELSE 'bad' END::char(6) AS y_char, (CASE WHEN i % 4 = 0 THEN 'good' ELSE 'bad' END)::varchar(8) AS y_varchar
FROM generate_series(1, 500) i;
UPDATE t SET y_int2 = NULL, y_float8 = NULL, y_boolean = NULL, y_text = NULL, y_numeric = NULL WHERE i % 10 = 3;

SELECT c, testlib.target_check('t', '{x}', c, 5, 0.25), testlib.target_check('t', '{x}', c, 7, 20.3, 'random', prior => 'out_of_fold')
FROM unnest('{y_int2,y_int4,y_int8,y_float4,y_float8,y_numeric,y_domain,y_boolean}'::text[]) c;
SELECT c, testlib.target_check('t', '{x}', c, pos_label => 'good'), testlib.target_check('t', '{x}', c, pos_label => 'bad', smooth => 1)
FROM unnest('{y_text,y_char,y_varchar}'::text[]) c;

-- the value that sorts last counts as 1, and a NOTICE says so
\set VERBOSITY terse
SELECT count(*), count(DISTINCT encoding) > 1 AS several FROM gpu_encode.target_encode('t', 'x', 'y_text');
\set VERBOSITY default
SET client_min_messages = warning;
SELECT testlib.same('SELECT * FROM gpu_encode.target_encode(''t'', ''x'', ''y_text'')',
                    'SELECT * FROM gpu_encode.target_encode(''t'', ''x'', ''y_text'', pos_label => ''good'')');
-- sorting is bytewise: '50000+.' after '- 50000.', 'a' after 'B'
CREATE TABLE order_of_labels AS SELECT 'x' AS x, CASE WHEN i = 1 THEN 'B' ELSE 'a' END AS y, CASE WHEN i = 1 THEN '50000+.' ELSE '- 50000.' END AS income FROM generate_series(1, 4) i;
SELECT column_name, prior_value, pos_label_used FROM gpu_encode.fit('e_case', 'order_of_labels', 'y', '{x}', '{}');
SELECT column_name, prior_value, pos_label_used FROM gpu_encode.fit('e_income', 'order_of_labels', 'income', '{x}', '{}');
RESET client_min_messages;
-- given, nothing is to be said
SELECT count(*) FROM gpu_encode.target_encode('t', 'x', 'y_text', pos_label => 'bad');

-- a pos_label for a boolean, and for one value
SELECT testlib.target_check('t', '{x}', 'y_boolean', pos_label => 'false'), testlib.target_check('t', '{x}', 'y_boolean', pos_label => 'true');
SELECT testlib.target_check('order_of_labels', '{x}', 'y', pos_label => 'B');
CREATE TABLE one_value AS SELECT 'x' AS x, 'yes'::text AS y, true AS b FROM generate_series(1, 3);
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('one_value', 'x', 'y')$$, '22023', '"y"', 'pos_label');
SELECT encoding FROM gpu_encode.target_encode('one_value', 'x', 'y', pos_label => 'yes') LIMIT 1;
SELECT encoding FROM gpu_encode.target_encode('one_value', 'x', 'y', pos_label => 'no') LIMIT 1;
SELECT encoding FROM gpu_encode.target_encode('one_value', 'x', 'b') LIMIT 1;

-- three values, a type that is no number, a label that is none of two
CREATE TABLE three AS SELECT 'x' AS x, 'v' || i AS y, i AS n FROM generate_series(1, 3) i;
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('three', 'x', 'y')$$, '22023', '"y"', 'two');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('three', 'x', 'y', pos_label => 'v1')$$, '22023', '"y"', 'two');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('order_of_labels', 'x', 'y', pos_label => 'c')$$, '22023', 'pos_label', '"c"');
CREATE TABLE odd AS SELECT 'x' AS x, date '2024-01-01' AS d, interval '1 day' AS i, ARRAY[1] AS a, '{}'::jsonb AS j;
SELECT c, testlib.refuses(format($$SELECT gpu_encode.target_encode('odd', 'x', %L)$$, c), '42804', format('column "%s" of type', c)) FROM unnest('{d,i,a,j}'::text[]) c;

-- target_type
SET client_min_messages = warning;
SELECT testlib.same('SELECT * FROM gpu_encode.target_encode(''t'', ''x'', ''y_boolean'', target_type => ''binary'')',
                    'SELECT * FROM gpu_encode.target_encode(''t'', ''x'', ''y_boolean'')');
SELECT testlib.same('SELECT * FROM gpu_encode.target_encode(''t'', ''x'', ''y_int4'', target_type => ''continuous'')',
                    'SELECT * FROM gpu_encode.target_encode(''t'', ''x'', ''y_int4'')');
CREATE TABLE zero_one AS SELECT i, 'v' || i % 3 AS x, i % 2 AS y FROM generate_series(1, 50) i;
SELECT testlib.same('SELECT * FROM gpu_encode.target_encode(''zero_one'', ''x'', ''y'', target_type => ''binary'')',
                    'SELECT * FROM gpu_encode.target_encode(''zero_one'', ''x'', ''y'')');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('three', 'x', 'n', target_type => 'binary')$$, '22023', '"n"', 'two');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('t', 'x', 'y_text', target_type => 'continuous')$$, '22023', 'continuous', 'text');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('three', 'x', 'n', target_type => 'multiclass')$$, '22004', 'needs a pos_label');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('three', 'x', 'n', target_type => 'regression')$$, '22023', '"target_type"', '"regression"');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('three', 'x', 'n', target_type => NULL)$$, '22004', '"target_type"');

-- NaN and infinity: the column and the ordinal are named
CREATE TABLE f (x text, y8 float8, y4 float4, n numeric);
INSERT INTO f SELECT 'x', i, i, i FROM generate_series(1, 2000) i;
INSERT INTO f VALUES ('x', 'NaN', 'Infinity', 'NaN');
SELECT c, testlib.refuses(format($$SELECT gpu_encode.target_encode('f', 'x', %L)$$, c), '22023', format('target "%s" is ', c), CASE c WHEN 'y4' THEN 'Infinity' ELSE 'NaN' END, 'ordinal 2000') FROM unnest('{y8,y4,n}'::text[]) c;
UPDATE f SET y8 = '-Infinity', n = '-Infinity' WHERE y8 = 'NaN';
SELECT c, testlib.refuses(format($$SELECT gpu_encode.target_encode('f', 'x', %L)$$, c), '22023', format('target "%s" is -Infinity', c), 'ordinal 2000') FROM unnest('{y8,n}'::text[]) c;
-- the first of several is named, wherever it was read
CREATE TABLE several AS SELECT 'x' AS x, CASE WHEN i IN (20000, 20001, 39000, 59000) THEN 'NaN'::float8 ELSE i END AS y, repeat('pad', 50) AS pad FROM generate_series(0, 59999) i;
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('several', 'x', 'y')$$, '22023', '"y"', 'ordinal 20000');
-- a target of two values is no exception, whether target_type or pos_label makes it one
CREATE TABLE two (x text, y8 float8, y4 float4, n plain_number, word text);
INSERT INTO two SELECT 'x', 1, 1, 1, 'NaN' FROM generate_series(1, 2000);
INSERT INTO two VALUES ('x', 'NaN', 'Infinity', 'NaN', 'x'), ('x', 'NaN', 'Infinity', 'NaN', 'x');
SELECT c, testlib.refuses(format($$SELECT gpu_encode.target_encode('two', 'x', %L, target_type => 'binary')$$, c), '22023', format('target "%s" is %s', c, v), 'ordinal 2000'),
       testlib.refuses(format($$SELECT gpu_encode.target_encode('two', 'x', %L, pos_label => '1')$$, c), '22023', format('target "%s" is %s', c, v), 'ordinal 2000')
FROM (VALUES ('y8', 'NaN'), ('y4', 'Infinity'), ('n', 'NaN')) v (c, v);
UPDATE two SET y8 = NULL WHERE y8 = 'NaN';
SELECT DISTINCT encoding FROM gpu_encode.target_encode('two', 'x', 'y8', pos_label => '1');
SELECT count(*) FROM gpu_encode.target_encode('two', 'x', 'word', pos_label => 'NaN');
-- numeric too large for a double
UPDATE f SET y8 = 0, y4 = 0, n = 1e400 WHERE y8 = '-Infinity';
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('f', 'x', 'n')$$, '22003', 'is out of range for type double precision');

-- the same in fit, whose row says prior and label
SELECT column_name, kind, categories, rows, missing_rows, round(prior_value::numeric, 4) AS prior_value, pos_label_used
FROM gpu_encode.fit('e_bool', 't', 'y_boolean', '{x}', '{x}', smooth => 0);
SELECT column_name, kind, categories, round(prior_value::numeric, 4) AS prior_value, pos_label_used
FROM gpu_encode.fit('e_text', 't', 'y_text', '{x}', '{x}', pos_label => 'bad', smooth => 0);
SELECT testlib.encoder_check('e_text', 't', '{x}', true, 'y_text', pos_label => 'bad'), testlib.encoder_check('e_bool', 't', '{x}', true, 'y_boolean');

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_target_types CASCADE;
