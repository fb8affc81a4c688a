-- types: what one category is, for every type of category column.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_types;
SET search_path = test_types;
SET TimeZone = 'Asia/Kolkata';
SET DateStyle = 'German';
SET IntervalStyle = 'iso_8601';
SET bytea_output = 'escape';
SET extra_float_digits = 0;

CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
ALTER TYPE mood ADD VALUE 'angry' BEFORE 'sad';
CREATE DOMAIN short_text AS varchar(10) CHECK (length(VALUE) < 8);
CREATE DOMAIN shorter_text AS short_text;
CREATE DOMAIN mood_domain AS mood;
CREATE TYPE pair AS (a int, b text);
CREATE TABLE t (
    id int, c_text text, c_varchar varchar(20), c_char char(8), c_name name, c_int2 int2, c_int4 int4, c_int8 int8,
    c_bool boolean, c_date date, c_timestamp timestamp, c_timestamptz timestamptz, c_interval interval, c_uuid uuid,
    c_enum mood, c_numeric numeric, c_float4 float4, c_float8 float8, c_bytea bytea, c_domain shorter_text,
    c_mood_domain mood_domain, c_array int[], c_json json, c_jsonb jsonb, c_range int4range, c_composite pair,
    c_time time, c_inet inet, c_point point, c_bits varbit);
INSERT INTO t
SELECT i, 'v' || i % 13, 'V' || i % 7, 'c' || i % 5, 'n' || i % 6, i % 9 - 4, (i % 11 - 5) * 400000000, (i % 7 - 3) * 3000000000000000000,
       i % 3 = 0, date '2000-02-28' + i % 10, timestamp '1999-12-31 23:59:58.5' + i % 8 * interval '1 second',
       timestamptz '2024-03-31 00:30:00+00' + i % 12 * interval '30 minutes',
       i % 5 * interval '1 day' + i % 3 * interval '1 month', md5((i % 17)::text)::uuid, (enum_range(NULL::mood))[1 + i % 4],
       (i % 10)::numeric / 4, (i % 9 - 4) / 3::float4, (i % 9 - 4) * 1e-5 / 3, decode(md5((i % 6)::text), 'hex'), 'd' || i % 4,
       (enum_range(NULL::mood))[1 + i % 3], ARRAY[i % 3, i % 2], json_build_object('k', i % 4), jsonb_build_object('k', i % 11),
       int4range(i % 10, i % 10 + 5), ROW(i % 3, 'x')::pair, time '10:00' + i % 7 * interval '1 hour',
       ('10.0.' || i % 3 || '.' || i % 5)::inet, point(i % 2, i % 3), (i % 16)::bit(4)::varbit
FROM generate_series(1, 200) i;
INSERT INTO t (id) VALUES (201), (202);

-- every column against the oracle, as labels and as a target encoding
SELECT attname, testlib.label_check('t', attname), testlib.target_check('t', ARRAY[attname], 'id', smooth => 1)
FROM pg_attribute WHERE attrelid = 't'::regclass AND attname ~ '^c_' ORDER BY attnum;

-- equal values of different text, and the canonical text of each
CREATE FUNCTION values_of(column_type text, VARIADIC texts text[]) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE answer text;
BEGIN
    EXECUTE format('CREATE TABLE one AS SELECT u::%s AS x FROM unnest(%L::text[]) u', column_type, texts);
    PERFORM gpu_encode.fit('one_encoder', 'one', label_columns => '{x}');
    SELECT (SELECT string_agg(code::text, ' ' ORDER BY ordinal) FROM gpu_encode.label_encode('one', 'x')) || ' = '
           || string_agg(quote_literal(value), ' ' ORDER BY code) INTO answer
    FROM one_encoder WHERE kind = 'category';
    DROP TABLE one, one_encoder;
    RETURN answer;
END
$$;
SELECT values_of('text', 'a', 'a ', '', 'A', 'ä');
SELECT values_of('char(4)', 'a', 'a  ', 'ab', '', ' a');
SELECT values_of('"char"', 'a', 'b', 'a');
SELECT values_of('numeric', '1.0', '1', '1.00', '10', '9', '-0.0', '0', 'NaN', 'Infinity', '-Infinity', '1e-5', '100', '123456789012345678901234567890.10');
SELECT values_of('numeric(10,4)', '1.5', '1.50001', '-2', '0.0001');
SELECT values_of('float8', '-0', '0', 'NaN', 'NaN', '1e308', '-Infinity', 'Infinity', '0.1', '0.30000000000000004', '5e-324', '2', '10');
SELECT values_of('float4', '-0', '0', 'NaN', '0.1', '16777216', '1e-45', '3.4028235e38');
SELECT values_of('interval', '1 day', '24 hours', '30 days', '1 month', '36 hours', '-1 day', '1 year 2 mons', '0');
SELECT values_of('boolean', 'true', 'false', 'yes');
SELECT values_of('date', '01.02.2024', '2024-01-31', 'infinity', '-infinity', '0044-03-15 BC');
SELECT values_of('timestamp', '2024-02-01 00:00', 'infinity', '2024-01-31 23:59:59.999999');
SELECT values_of('timestamptz', '2024-01-01 00:00+00', '2024-01-01 05:30+05:30', '2023-12-31 23:59+00');
SELECT values_of('uuid', '{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}', 'a0eebc999c0b4ef8bb6d6bb9bd380a11', '00000000-0000-0000-0000-000000000000');
SELECT values_of('bytea', '\x00ff', '\x00', '\x', 'a');
SELECT values_of('int8', '9223372036854775807', '-9223372036854775808', '0', '9007199254740993', '9007199254740992');
SELECT values_of('mood', 'happy', 'sad', 'angry', 'ok');
SELECT values_of('json', '{"a": 1}', '{"a":1}', '{"a": 1}');
SELECT values_of('jsonb', '{"a": 1}', '{"a":1}', '{"a": 10}', '{"a": 9}');
SELECT values_of('int[]', '{10}', '{9}', '{9,NULL}', '{ 9 }');
SELECT values_of('int4range', '[1,5)', '[1,4]', '(0,5)', '[10,11]');
SELECT values_of('pair', '(1,x)', '(1,"x")', '(2,y)', '(10,z)');
SELECT values_of('time', '10:00', '9:00', '10:00:00.0');
SELECT values_of('name', 'b', 'a', 'B');
SELECT values_of('shorter_text', 'b', 'a', 'b');

-- null_value works in text-like columns, domains over them included; in an enum a text that is no label sorts last
SELECT c, v, string_agg(code || ':' || n, ' ' ORDER BY code) FROM (
    SELECT c, v, code, count(*) AS n
    FROM unnest('{c_domain,c_mood_domain,c_enum,c_char,c_name}'::text[]) c, unnest('{None,ok}'::text[]) v,
         LATERAL gpu_encode.label_encode('t', c, null_value => v) GROUP BY c, v, code) q
GROUP BY c, v ORDER BY c, v;
SELECT c, testlib.label_check('t', c, null_value => 'Aa'), testlib.label_check('t', c, null_value => 'ok')
FROM unnest('{c_text,c_varchar,c_char,c_name,c_enum,c_domain,c_mood_domain}'::text[]) c;
SELECT c, testlib.refuses(format($$SELECT gpu_encode.label_encode('t', %L, null_value => 'None')$$, c), '22023', format('null_value does not apply to column "%s"', c))
FROM unnest('{c_int4,c_bool,c_date,c_numeric,c_bytea,c_array,c_uuid}'::text[]) c;

-- the session's own settings are untouched, and do not matter
SELECT current_setting('TimeZone'), current_setting('DateStyle'), current_setting('IntervalStyle'), current_setting('bytea_output'), current_setting('extra_float_digits');
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('t', 'c_interval', handle_missing => 'error')$$, '22004', '"c_interval"');
SELECT current_setting('TimeZone'), current_setting('DateStyle'), current_setting('IntervalStyle'), current_setting('bytea_output'), current_setting('extra_float_digits');
CREATE TABLE before AS SELECT c, e.* FROM unnest('{c_composite,c_interval,c_timestamptz,c_point,c_float8}'::text[]) c, gpu_encode.label_encode('t', c) e;
RESET TimeZone; RESET DateStyle; RESET IntervalStyle; RESET bytea_output; RESET extra_float_digits;
SELECT testlib.same('TABLE before',
    'SELECT c, e.* FROM unnest(''{c_composite,c_interval,c_timestamptz,c_point,c_float8}''::text[]) c, gpu_encode.label_encode(''t'', c) e');

-- an encoder of every type: transform back to the same codes, lookup by a value
SELECT count(*) FROM gpu_encode.fit('every_encoder', 't',
    label_columns => (SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute WHERE attrelid = 't'::regclass AND attname ~ '^c_'));
SELECT rows, columns, unknown_labels, missing_labels FROM gpu_encode.transform('every_encoder', 't', 'every_output');
SELECT count(*) AS columns, count(*) FILTER (WHERE verdict <> '202 rows equal') AS wrong FROM (
    SELECT testlib.output_check('every_output', attname, format('SELECT ordinal, code AS expected FROM gpu_encode.label_encode(''t'', %L)', attname)) AS verdict
    FROM pg_attribute WHERE attrelid = 't'::regclass AND attname ~ '^c_') v;
SELECT gpu_encode.label('every_encoder', 'c_int8', 3000000000000000000) AS int8, gpu_encode.label('every_encoder', 'c_date', date '2000-02-29') AS date,
       gpu_encode.label('every_encoder', 'c_enum', 'ok'::mood) AS enum, gpu_encode.label('every_encoder', 'c_numeric', 0.50) AS numeric,
       gpu_encode.label('every_encoder', 'c_numeric', '0.5000'::text) AS numeric_text, gpu_encode.label('every_encoder', 'c_char', 'c1   '::text) AS char,
       gpu_encode.label('every_encoder', 'c_bool', true) AS bool, gpu_encode.label('every_encoder', 'c_array', ARRAY[1, 0]) AS array;
SELECT testlib.refuses($$SELECT gpu_encode.label('every_encoder', 'c_int4', 'seven'::text)$$, '22P02', '"seven"');
SELECT testlib.refuses($$SELECT gpu_encode.label('every_encoder', 'c_int4', 7.5)$$, '42804', 'numeric', 'integer');
SELECT testlib.refuses($$SELECT gpu_encode.label('every_encoder', 'c_date', timestamp '2000-02-29')$$, '42804', 'type timestamp', 'type pg_catalog.date');

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_types CASCADE;
