-- export_encoder: as JSON, and as SQL that gives what transform gives.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_export_encoder;
SET search_path = test_export_encoder;
SET client_min_messages = error;
SET extra_float_digits = 3;

-- what it looks like
CREATE TABLE rides (city text, zip int, minutes int);
INSERT INTO rides VALUES ('Paris', 75, 10), ('Paris', 13, 20), ('Oslo', 75, 30), (NULL, 13, 40);
SELECT count(*) FROM gpu_encode.fit('e_rides', 'rides', 'minutes', '{city}', '{city}', target_combinations => '[["city","zip"]]', stats => '{mean,count}', smooth => 0);
SELECT regexp_replace(gpu_encode.export_encoder('e_rides'), '"[0-9a-f]{64}"', '"..."') AS json;
SELECT gpu_encode.export_encoder('e_rides', 'sql') AS sql;
SELECT left(encode(decode(gpu_encode.export_encoder('e_rides', format => 'onnx'), 'base64'), 'escape'), 20) AS onnx;

-- The rows that exported SQL gives, beside those of transform, to the bit.
CREATE FUNCTION check_sql(encoder regclass, source regclass) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE columns text; answer text;
BEGIN
    DROP TABLE IF EXISTS transformed, exported;
    EXECUTE format('SELECT count(*) FROM gpu_encode.transform(%L, %L, ''transformed'')', encoder, source);
    EXECUTE format('CREATE TABLE exported AS SELECT i, %s FROM %s', gpu_encode.export_encoder(encoder, 'sql'), source);
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute WHERE attrelid = 'exported'::regclass AND attnum > 0;
    EXECUTE format('WITH t AS (SELECT ROW(%1$s)::text FROM transformed), e AS (SELECT ROW(%1$s)::text FROM exported),
                    d AS ((TABLE t EXCEPT ALL TABLE e) UNION ALL (TABLE e EXCEPT ALL TABLE t))
                    SELECT format(''%%s rows, %%s differ'', (SELECT count(*) FROM e), (SELECT count(*) FROM d))', columns) INTO answer;
    RETURN answer;
END
$$;

-- every statistic, several targets and classes, a weight, names of outputs, few and many categories, unseen ones
CREATE TABLE t AS SELECT i, 'v' || i % 7 AS few, 'value ' || i * i % 211 AS many, i % 5 AS number, CASE WHEN i % 9 > 0 THEN i % 90 END AS many_numbers,
    i % 3 AS y, sqrt(i) - 20 AS z, (i % 4 = 0) AS flag, ('{red,green,blue}'::text[])[1 + i % 3] AS colour, i % 6 / 2.0 AS w FROM generate_series(1, 1000) i;
CREATE TABLE news AS SELECT i, CASE WHEN i % 10 = 0 THEN NULL WHEN i % 11 = 0 THEN 'new' ELSE few END AS few, CASE WHEN i % 13 = 0 THEN NULL WHEN i % 17 = 0 THEN 'new' ELSE many END AS many,
    CASE WHEN i % 6 = 0 THEN 99 WHEN i % 7 > 0 THEN number END AS number, many_numbers FROM t;
SELECT count(*) FROM gpu_encode.fit('e', 't', target_columns => '{few,many,many_numbers}', label_columns => '{few,many,number,many_numbers}', targets => '{y,z}',
    stats => '{mean,count,frequency,sum,var,std,min,max,median,q05}', target_combinations => '[["few","many"],{"three": ["few","number","many"]},["few","number"]]',
    column_options => '{"*": {"handle_unknown": "null"}, "many": {"name": "lots", "handle_unknown": "value", "unknown_value": -7}, "three": {"stats": ["max", "mean"]}}');
SELECT check_sql('e', 't') AS training_rows, check_sql('e', 'news') AS new_rows;
SELECT count(*) FROM gpu_encode.fit('e_classes', 't', 'colour', '{few,many}', '{}', target_type => 'multiclass', weight_column => 'w', smooth => 3.7, target_combinations => '[["few","number"]]');
SELECT check_sql('e_classes', 'news');
SELECT count(*) FROM gpu_encode.fit('e_woe', 't', 'flag', '{few,many}', '{}', pos_label => 'true', stats => '{woe,mean}');
SELECT check_sql('e_woe', 'news');

-- missing values, rare ones
SELECT m, (SELECT count(*) FROM gpu_encode.fit('e_' || m, 't', 'y', '{few,many,number}', '{few,many,number}', handle_missing => m, target_combinations => '[["few","many"],["few","number"]]', column_options => '{"*": {"handle_unknown": "null"}}'))
FROM unnest('{value,"null",category}'::text[]) m;
SELECT check_sql('e_value', 'news') AS value, check_sql('e_null', 'news') AS is_null, check_sql('e_category', 'news') AS category;
SELECT count(*) FROM gpu_encode.fit('e_learnt', 'news', 'i', '{few,many,many_numbers}', '{few,many}', handle_missing => 'category', target_combinations => '[["few","many"],["few","number"]]');
SELECT check_sql('e_learnt', 'news');
SELECT count(*) FROM gpu_encode.fit('e_none', 'news', 'i', '{few,many}', '{few,many}', null_value => 'None', target_combinations => '[["few","many"],["few","number"]]');
SELECT check_sql('e_none', 'news');
SELECT count(*) FROM gpu_encode.fit('e_rare', 'news', 'i', '{few,many,number}', '{few,many,number}', min_frequency => 6, max_categories => 150, handle_missing => 'category', target_combinations => '[["few","many"]]',
    column_options => '{"*": {"handle_unknown": "infrequent"}}');
CREATE TABLE newer AS SELECT i, CASE WHEN i % 5 = 0 THEN 'newer' ELSE few END AS few, CASE WHEN i % 3 = 0 THEN 'newer' ELSE many END AS many, number FROM news;
SELECT check_sql('e_rare', 'newer');
-- a category of no training row, no category at all, no target at all
SELECT count(*) FROM gpu_encode.fit('e_sources', 'news', 'i', '{few}', '{few,many}', label_sources => '{newer,t}');
SELECT check_sql('e_sources', 'newer');
CREATE TABLE empty AS SELECT * FROM t WHERE false;
SELECT count(*) FROM gpu_encode.fit('e_empty', 'empty', 'y', '{few,number}', '{few,number}', column_options => '{"*": {"handle_unknown": "null"}}', target_combinations => '[["few","number"]]', stats => '{mean,count}');
SELECT check_sql('e_empty', 'news');

-- what transform refuses, the expressions refuse when they meet it
SELECT count(*) FROM gpu_encode.fit('e_strict', 't', 'y', '{few}', '{few,many,number}', handle_missing => 'error');
SELECT check_sql('e_strict', 't');
SELECT 'SELECT ' || gpu_encode.export_encoder('e_strict', 'sql') || ' FROM news WHERE ' AS strict \gset
SELECT testlib.refuses(:'strict' || 'i = 10', '22P02', 'column "few" is null');
SELECT testlib.refuses(:'strict' || 'i = 11', '22P02', 'column "few" has no label code for new');
SELECT testlib.refuses(:'strict' || 'i = 17', '22P02', 'column "many" has no label code for new');
SELECT testlib.refuses(:'strict' || 'i = 6', '22P02', 'column "number" has no label code for 99');
-- an encoding alone meets no unknown value
SELECT count(*) FROM gpu_encode.fit('e_lenient', 't', 'y', '{few}', '{}');
SELECT check_sql('e_lenient', 'news');

-- every type, also as one category with others
CREATE TYPE mood AS ENUM ('sad', 'ok', 'hap''py');
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TABLE typed AS SELECT i, ('x' || i % 3)::varchar(5) AS v, ('y' || i % 3)::char(5) AS c, ('n' || i % 3)::name AS n, (enum_range(NULL::mood))[1 + i % 3] AS m,
    (i % 3)::int2 AS i2, (i % 3 - 1)::int8 * 9223372036854775807 AS i8, i % 2 = 0 AS b, (i % 3)::oid AS o, md5((i % 3)::text)::uuid AS u, (1 + i % 3)::positive AS d,
    (ARRAY[1.50, 1.5, 100, -0.00, 'NaN', 1e-30])[1 + i % 6]::numeric AS num, (ARRAY['0', '-0', 'NaN', '1.1', '-Infinity'])[1 + i % 5]::float4 AS f4, (ARRAY['0', '-0', 'NaN', '0.1', '5e-324'])[1 + i % 5]::float8 AS f8,
    (ARRAY['2024-02-29', 'infinity', '0044-03-15 BC'])[1 + i % 3]::date AS day, (ARRAY['2024-02-29 12:00:00.000001', '-infinity'])[1 + i % 2]::timestamp AS ts, '2024-03-31 00:30:00+00'::timestamptz + i % 5 * interval '30 min' AS tz,
    (ARRAY['1 mon', '30 days', '-1 day +02:03:04', '00:00'])[1 + i % 4]::interval AS iv, decode(lpad(to_hex(i % 3 * 92), 4, '0'), 'hex') AS bytes, ARRAY[i % 3, NULL] AS list, ROW(i % 2, 'a"b\' || i % 3)::pair AS row,
    CASE WHEN i % 4 > 0 THEN ROW(NULL, NULL)::pair END AS nothing, ('10.0.0.' || i % 3)::inet AS ip, (i % 3 || ':00')::time AS at, B'101'::bit(3) AS bits, i % 7 AS y FROM generate_series(1, 60) i;
INSERT INTO typed (i) VALUES (0);
SELECT array_agg(attname::text ORDER BY attnum) AS columns, jsonb_agg(jsonb_build_array('m', attname) ORDER BY attnum) FILTER (WHERE attname <> 'm') AS pairs
FROM pg_attribute WHERE attrelid = 'typed'::regclass AND attnum > 1 AND attname <> 'y' \gset
SELECT count(*) FROM gpu_encode.fit('e_typed', 'typed', 'y', :'columns', :'columns', target_combinations => :'pairs');
SELECT check_sql('e_typed', 'typed');
SET datestyle = 'German'; SET intervalstyle = 'sql_standard'; SET timezone = 'Asia/Tokyo'; SET extra_float_digits = -5;
SELECT check_sql('e_typed', 'typed');
RESET datestyle; RESET intervalstyle; RESET timezone; SET extra_float_digits = 3;
-- a constant of type jsonb, with values that print otherwise than they are stored
CREATE TABLE lots AS SELECT i, (i % 100 / 10.0)::numeric(10,3) AS num, md5((i % 100)::text)::uuid AS u, ARRAY[i % 100] AS list, (i % 100)::text::char(9) AS c, i % 7 AS y FROM generate_series(1, 500) i;
SELECT count(*) FROM gpu_encode.fit('e_lots', 'lots', 'y', '{num,u,list,c}', '{num,u,list,c}', target_combinations => '[["num","u","list","c"]]');
SELECT check_sql('e_lots', 'lots'), gpu_encode.export_encoder('e_lots', 'sql') ~ 'jsonb' AS has_constant;

-- names and values of a hostile encoder are data
CREATE TABLE "h"" o\s't;" AS SELECT i, v AS "a"" b\', y", v || i % 2 AS "%s $$;--", i % 5 AS y
FROM generate_series(1, 200) i, LATERAL (SELECT (ARRAY['''; DROP TABLE rides; --', '\', '\\''', E'\n\t\x01\x7f', '"', '', ' ', '$$', '%s%I', '\ud800', 'é😀', 'a''b', '{"a": 1}', '\''); DROP TABLE rides; --', '/*', 'NULL'])[1 + i % 16] AS v) l;
SELECT count(*) FROM gpu_encode.fit('hostile', '"h"" o\s''t;"', 'y', ARRAY['a" b\'', y', '%s $$;--'], ARRAY['a" b\'', y', '%s $$;--'], target_combinations => '[["a\" b\\'', y","%s $$;--"]]', handle_missing => 'error');
SELECT check_sql('hostile', '"h"" o\s''t;"');
CREATE TABLE many_hostile AS SELECT i, "a"" b\', y" || i AS "a"" b\', y", "%s $$;--" || i AS "%s $$;--", y FROM "h"" o\s't;";
SELECT count(*) FROM gpu_encode.fit('e_many_hostile', 'many_hostile', 'y', ARRAY['a" b\'', y', '%s $$;--'], ARRAY['a" b\'', y', '%s $$;--'], target_combinations => '[["a\" b\\'', y","%s $$;--"]]');
SELECT check_sql('e_many_hostile', 'many_hostile');
SET standard_conforming_strings = off; SET escape_string_warning = off; SET quote_all_identifiers = on;
SELECT check_sql('hostile', '"h"" o\\s''t;"') AS few, check_sql('e_many_hostile', 'many_hostile') AS many;
RESET standard_conforming_strings; RESET escape_string_warning; RESET quote_all_identifiers;
SELECT testlib.refuses('SELECT ' || gpu_encode.export_encoder('hostile', 'sql') || $$ FROM (SELECT '%s' || E'\\' AS "a"" b\', y", '' AS "%s $$ || '$$' || $$;--") s$$, '22P02', 'column "a" b\'', y" has no label code for %s\');
-- no function of a type's owner is called
CREATE FUNCTION spy(text) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'spied'; END$$;
CREATE DOMAIN spying AS text CHECK (spy(VALUE));
CREATE TABLE spied (i int, d text, y int);
INSERT INTO spied VALUES (1, 'a', 1), (2, 'b', 2);
SELECT count(*) FROM gpu_encode.fit('e_spied', 'spied', 'y', '{d}', '{d}');
UPDATE e_spied SET parameters = jsonb_set(parameters, '{columns,0,type}', '"test_export_encoder.spying"') WHERE kind = 'parameters';
SELECT f, length(gpu_encode.export_encoder('e_spied', f)) > 0 AS exported FROM unnest('{json,sql,onnx}'::text[]) f;

-- nor its cast to text, which an owner of an enum can make; a cast from a domain counts for nothing
CREATE TYPE cast_mood AS ENUM ('sad', 'ok', '');
CREATE DOMAIN domain_mood AS cast_mood;
CREATE DOMAIN domain_text AS text;
CREATE TYPE cast_many AS ENUM ('sad');
SELECT string_agg(format('ALTER TYPE cast_many ADD VALUE %L', 'm' || i), '; ') AS more FROM generate_series(1, 70) i \gset
:more;
CREATE FUNCTION print_mood(cast_mood) RETURNS text LANGUAGE plpgsql AS $$BEGIN RETURN 'ok'; END$$;
CREATE FUNCTION print_many(cast_many) RETURNS text LANGUAGE plpgsql AS $$BEGIN RETURN 'm1'; END$$;
CREATE FUNCTION print_moods(cast_mood[]) RETURNS text LANGUAGE plpgsql AS $$BEGIN RETURN '{ok}'; END$$;
CREATE FUNCTION print_text(domain_text) RETURNS text LANGUAGE plpgsql AS $$BEGIN RETURN 'ok'; END$$;
CREATE CAST (cast_mood AS text) WITH FUNCTION print_mood(cast_mood) AS IMPLICIT;
CREATE CAST (cast_many AS text) WITH FUNCTION print_many(cast_many) AS ASSIGNMENT;
CREATE CAST (cast_mood[] AS text) WITH FUNCTION print_moods(cast_mood[]) AS ASSIGNMENT;
CREATE CAST (domain_text AS text) WITH FUNCTION print_text(domain_text) AS ASSIGNMENT;
CREATE TABLE moods AS SELECT i, (enum_range(NULL::cast_mood))[1 + i % 4] AS m, (enum_range(NULL::cast_mood))[1 + i % 4]::domain_mood AS d, (enum_range(NULL::cast_many))[1 + i % 72] AS many, ARRAY[(enum_range(NULL::cast_mood))[1 + i % 4]] AS list,
    ('{sad,ok,NULL}'::domain_text[])[1 + i % 3] AS t, i % 5 AS y FROM generate_series(0, 287) i;
SELECT count(*) = 4 AS all_casts, (SELECT count(*) FROM moods WHERE m::text = 'ok' OR m IS NULL) AS as_cast FROM pg_cast WHERE castfunc::regproc::text ~ '^print_';
SELECT count(*) FROM gpu_encode.fit('e_moods', 'moods', 'y', '{m,d,many,list,t}', '{m,d,many,list,t}', target_combinations => '[["m","d"],["m","many"],["d","list","t"]]');
SELECT check_sql('e_moods', 'moods') AS without_null_value;
SELECT count(*) FROM gpu_encode.fit('e_moods', 'moods', 'y', '{m,d,many,t}', '{m,d,many,t}', target_combinations => '[["m","d"],["m","many"]]', null_value => 'None', replace => true);
SELECT check_sql('e_moods', 'moods') AS with_null_value;
SELECT count(*) FROM gpu_encode.fit('e_moods', 'moods', 'y', '{m,d,many,t}', '{m,d,many,t}', target_combinations => '[["m","d"],["m","many"]]', null_value => 'sad', replace => true);
SELECT check_sql('e_moods', 'moods') AS with_label_as_null_value;

-- JSON has the categories of the encoder, and numbers that read back to the same bits
CREATE FUNCTION check_json(encoder regclass) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE answer text;
BEGIN
    EXECUTE format('WITH j AS (SELECT p ->> ''name'', ARRAY(SELECT x FROM jsonb_array_elements_text(c -> 0) WITH ORDINALITY a (x, n) ORDER BY n)::text,
                            ARRAY(SELECT x::float8 FROM jsonb_array_elements_text(c -> 1) WITH ORDINALITY a (x, n) ORDER BY n)::text
                        FROM jsonb_array_elements(gpu_encode.export_encoder(%1$L)::jsonb -> ''parts'') p, jsonb_array_elements(p -> ''categories'') c),
                    e AS (SELECT column_name, coalesce("values", ARRAY[value])::text, (CASE WHEN code IS NULL THEN ''{}'' ELSE ARRAY[code::float8] END || encodings)::text FROM %1$s WHERE kind = ''category''),
                    d AS ((TABLE j EXCEPT ALL TABLE e) UNION ALL (TABLE e EXCEPT ALL TABLE j))
                    SELECT format(''%%s categories, %%s differ'', (SELECT count(*) FROM j), (SELECT count(*) FROM d))', encoder) INTO answer;
    RETURN answer;
END
$$;
SELECT e, check_json(e) FROM unnest('{e,e_classes,e_woe,e_rare,e_typed,hostile,e_empty}'::regclass[]) e;

-- one text, whatever the order of rows, the settings and the names of the session are
CREATE TABLE e_shuffled AS SELECT * FROM e ORDER BY md5(e::text);
CREATE TABLE hostile_shuffled AS SELECT * FROM hostile e ORDER BY md5(e::text);
CREATE TABLE typed_shuffled AS SELECT * FROM e_typed e ORDER BY md5(e::text);
CREATE TABLE digests AS SELECT e, f, md5(gpu_encode.export_encoder(e, f)) AS digest FROM unnest('{e,hostile,e_typed}'::regclass[]) e, unnest('{json,sql,onnx}'::text[]) f;
SET datestyle = 'German'; SET intervalstyle = 'sql_standard'; SET timezone = 'Asia/Tokyo'; SET extra_float_digits = -5; SET quote_all_identifiers = on; SET bytea_output = 'escape'; SET standard_conforming_strings = off;
SELECT count(*), bool_and(digest = md5(gpu_encode.export_encoder(CASE e WHEN 'e'::regclass THEN 'e_shuffled' WHEN 'hostile'::regclass THEN 'hostile_shuffled' ELSE 'typed_shuffled' END::regclass, f))) AS same FROM digests;
RESET datestyle; RESET intervalstyle; RESET timezone; RESET extra_float_digits; RESET quote_all_identifiers; RESET bytea_output; RESET standard_conforming_strings;

-- ONNX: names of values are told apart, combinations are counted in 64 bits
SELECT count(*) FROM gpu_encode.fit('e_names', 't', 'y', '{few}', '{few}', column_options => '{"few": {"name": "few"}}');
SELECT length(gpu_encode.export_encoder('e_names', 'onnx')) > 0 AS exported;
UPDATE e_names SET parameters = replace(parameters::text, '"few"', '"few IS NULL"')::jsonb, column_name = replace(column_name, 'few', 'few IS NULL');
SELECT length(gpu_encode.export_encoder('e_names', 'onnx')) > 0 AS exported;
CREATE VIEW clashing AS SELECT few, few AS "few IS NULL", y FROM t;
SELECT count(*) FROM gpu_encode.fit('e_clashing', 'clashing', 'y', '{few}', '{few,few IS NULL}');
SELECT testlib.refuses($$SELECT gpu_encode.export_encoder('e_clashing', 'onnx')$$, '42710', 'two values', '"few IS NULL"', 'export it as ''json''');
SELECT format('CREATE TABLE wide AS SELECT i %% 3 AS y%s FROM generate_series(1, 500) i', string_agg(format(', i AS c%s', c), '')) FROM generate_series(1, 8) c \gexec
SELECT count(*) FROM gpu_encode.fit('e_wide', 'wide', 'y', target_combinations => '[["c1","c2","c3","c4","c5","c6","c7"]]');
SELECT length(gpu_encode.export_encoder('e_wide', 'onnx')) > 0 AS exported;
SELECT count(*) FROM gpu_encode.fit('e_wider', 'wide', 'y', target_combinations => '[["c1","c2","c3","c4","c5","c6","c7","c8"]]');
SELECT testlib.refuses($$SELECT gpu_encode.export_encoder('e_wider', 'onnx')$$, '0A000', 'combination "c1_c2_c3_c4_c5_c6_c7_c8"', '64 bits', 'Export the encoder as ''json''');
SELECT length(gpu_encode.export_encoder('e_wider')) > 0 AS json, length(gpu_encode.export_encoder('e_wider', 'sql')) > 0 AS sql;

-- arguments, tables that are no encoder, damaged ones
SELECT testlib.refuses($$SELECT gpu_encode.export_encoder('e', 'xml')$$, '22023', '"format"', '"xml"', 'json');
SELECT testlib.refuses($$SELECT gpu_encode.export_encoder('e', NULL)$$, '22004', '"format"');
SELECT testlib.refuses($$SELECT gpu_encode.export_encoder(NULL)$$, '22004', '"encoder"');
SELECT testlib.refuses($$SELECT gpu_encode.export_encoder(0)$$, '42P01', 'relation with OID 0 does not exist');
SELECT testlib.refuses($$SELECT gpu_encode.export_encoder('t')$$, '42809', 'test_export_encoder.t is not an encoder');
CREATE FUNCTION damage(how text) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE answer text;
BEGIN
    EXECUTE how;
    SELECT string_agg(DISTINCT testlib.refuses(format('SELECT gpu_encode.export_encoder(''e'', %L)', f), '55000', 'encoder test_export_encoder.e is damaged'), ' ') INTO answer FROM unnest('{json,sql,onnx}'::text[]) f;
    RAISE EXCEPTION '%', answer USING ERRCODE = 'PT001';
EXCEPTION WHEN SQLSTATE 'PT001' THEN RETURN SQLERRM;
END
$$;
SELECT how, damage(how) FROM unnest(ARRAY[
    'UPDATE e SET parameters = ''{}'' WHERE kind = ''parameters''',
    'UPDATE e SET parameters = jsonb_set(parameters, ''{columns,0,categories}'', ''2000000000'') WHERE kind = ''parameters''',
    'UPDATE e SET parameters = jsonb_set(parameters, ''{combinations,1,name}'', ''"few"'') WHERE kind = ''parameters''',
    'UPDATE e SET parameters = jsonb_set(parameters, ''{combinations,1,name}'', parameters #> ''{combinations,0,name}'') WHERE kind = ''parameters''',
    'DELETE FROM e WHERE kind = ''prior'' AND column_name = ''few''',
    'DELETE FROM e WHERE kind = ''missing'' AND column_name = ''few_many''',
    'UPDATE e SET code = NULL WHERE kind = ''category'' AND column_name = ''few'' AND value = ''v1''',
    'UPDATE e SET code = 0 WHERE kind = ''category'' AND column_name = ''few''',
    'UPDATE e SET code = 7 WHERE kind = ''category'' AND column_name = ''few'' AND value = ''v1''',
    'UPDATE e SET value = ''v2'' WHERE kind = ''category'' AND column_name = ''few'' AND value = ''v1''',
    'UPDATE e SET value = '' 02'' WHERE kind = ''category'' AND column_name = ''number'' AND value = ''1''',
    'UPDATE e SET value = ''one'' WHERE kind = ''category'' AND column_name = ''number'' AND value = ''1''',
    'UPDATE e SET "values" = ''{v1}'' WHERE kind = ''category'' AND column_name = ''few_many''',
    'UPDATE e SET "values"[1] = ''v8'' WHERE kind = ''category'' AND column_name = ''few_many'' AND "values"[1] = ''v1''',
    'UPDATE e SET encodings = ''{NaN}'' WHERE kind = ''category'' AND column_name = ''few'' AND value = ''v1''',
    'UPDATE e SET encodings[1] = ''Infinity'' WHERE kind = ''category'' AND column_name = ''few'' AND value = ''v1''']) how;
-- a message shows the first characters of a name alone
CREATE TABLE e_long AS SELECT kind, CASE column_name WHEN 'few' THEN repeat('few', 100) ELSE column_name END AS column_name, value, "values", code, n_rows, moments, encodings, encoding, replace(parameters::text, '"few"', '"' || repeat('few', 100) || '"')::jsonb AS parameters
    FROM e_learnt WHERE (kind, column_name) IS DISTINCT FROM ('category', 'few');
SELECT testlib.refuses($$SELECT gpu_encode.export_encoder('e_long')$$, '55000', 'e_long is damaged', '(236 more characters)" has 0 rows of categories');
-- texts that are not canonical mean what they mean to transform
UPDATE e_value SET value = '00' || value WHERE kind = 'category' AND column_name = 'number';
SELECT check_sql('e_value', 'news');
-- codes in use cannot stand for unknown values
UPDATE e_value SET parameters = jsonb_set(jsonb_set(parameters, '{columns,0,handle_unknown}', '"value"'), '{columns,0,unknown_value}', '0') WHERE kind = 'parameters';
SELECT testlib.refuses($$SELECT gpu_encode.export_encoder('e_value')$$, '22023', 'unknown_value');
-- unseen categories have the prior in every form
CREATE TABLE seen AS SELECT i % 3 || '' AS c, i AS y FROM generate_series(1, 9) i;
SELECT count(*) FROM gpu_encode.fit('e_unseen', 'seen', 'y', '{c}', label_columns => '{}', column_options => '{"c": {"unseen": "null"}}');
SELECT testlib.refuses(format($$SELECT gpu_encode.export_encoder('e_unseen', %L)$$, form), '0A000', 'whose "unseen" is "null" cannot be exported', '"c"', 'transform()') FROM unnest('{json,sql,onnx}'::text[]) form;
-- a view
CREATE VIEW e_view AS TABLE e;
SELECT testlib.refuses($$SELECT gpu_encode.export_encoder('e_view')$$, '42809', 'e_view is not an encoder', 'not a table');

-- more than a value can have: an error before the text is made
CREATE TABLE huge (x text);
INSERT INTO huge VALUES ('a');
SELECT count(*) FROM gpu_encode.fit('e_huge', 'huge');
INSERT INTO e_huge SELECT kind, column_name, repeat('x', 180000000) || i, "values", i, n_rows, moments, encodings, encoding, NULL FROM e_huge, generate_series(1, 6) i WHERE kind = 'category';
UPDATE e_huge SET parameters = jsonb_set(jsonb_set(parameters, '{columns,0,categories}', '7'), '{columns,0,codes}', '7') WHERE kind = 'parameters';
SELECT testlib.refuses($$SELECT length(gpu_encode.export_encoder('e_huge'))$$, '54000', 'test_export_encoder.e_huge is too large to be exported', '1073741819 bytes', 'fewer columns');

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_export_encoder CASCADE;
