-- Messages of PostgreSQL's own input functions, and of COPY, about values of files show at most 64 characters of each.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
SELECT testlib.refuses('SELECT gpu_encode.s3_create_table(NULL, NULL)', '0A000', 'no S3 support') = 'ok' AS without_s3 \gset
\if :without_s3
\quit
\endif
CREATE SCHEMA test_csv_long_values;
SET search_path = test_csv_long_values;
-- the state, the most characters of a value that message, detail, hint or context show, and how many more are counted
CREATE FUNCTION shown(statement text) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
    message text; detail text; hint text; context text; state text;
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT,
        context = PG_EXCEPTION_CONTEXT;
    message := concat_ws(E'\n', message, detail, hint, regexp_replace(context, 'SQL statement ".*', ''));
    RETURN concat_ws(' ', state, (SELECT max(length(w[1])) FROM regexp_matches(message, '([wé]{9,}|(?:"w){9,})', 'g') w), substring(message, '\(\d+ more characters\)'));
END
$$;
SELECT testlib.put('value.csv', E'a,y\n,0\n' || repeat('w', 5000) || E',1\n') AS value, testlib.put('name.csv', repeat('w', 5000) || E',y\n1,0\n') AS name,
       testlib.put('quotes.csv', E'a,y\n1,0\n"' || repeat('""w', 3000) || E'",1\n') AS quotes, testlib.put('accents.csv', E'a,y\n,0\n' || repeat('é', 5000) || E',1\n') AS accents \gset
CREATE TABLE numbers (a int, y int);
CREATE TABLE days (a date, y int);
CREATE TYPE mood AS ENUM ('1');
SELECT type, shown(format('SELECT gpu_encode.s3_create_table(''n'', %L, column_types => %L)', :'value', jsonb_build_object('a', type))) AS create_table,
       shown(format('SELECT gpu_encode.preprocess_s3(%L, testlib.uri(''e.csv''), label_columns => ''{a}'', column_types => %L)', :'value', jsonb_build_object('a', type))) AS job
FROM unnest('{integer,numeric,float8,boolean,date,interval,timestamptz,uuid,jsonb,test_csv_long_values.mood,integer[],varchar(3)}'::text[]) type;
SELECT shown(format('SELECT gpu_encode.s3_create_table(''n'', %L, column_types => ''{"a": "integer"}'')', :'accents')) AS accents,
       shown(format('SELECT gpu_encode.s3_create_table(''n'', %L, column_types => ''{"a": "integer"}'')', :'quotes')) AS quotes;
SELECT shown(format('SELECT gpu_encode.s3_import(''numbers'', %L)', :'value')) AS import, shown(format('SELECT gpu_encode.s3_import(''days'', %L)', :'value')) AS day,
       shown(format('SELECT gpu_encode.s3_import(''numbers'', %L)', :'name')) AS header,
       shown(format('SELECT gpu_encode.s3_import(''numbers'', %L, columns => ARRAY[repeat(''w'', 5000)])', :'value')) AS column_name,
       shown(format('SELECT gpu_encode.s3_create_table(''n'', %L, column_types => jsonb_build_object(''a'', repeat(''w'', 5000) || ''.w''))', :'value')) AS type_name,
       shown('SELECT gpu_encode.s3_list(''s3://b/k'', server => repeat(''w'', 5000))') AS server;
-- and what a query of a source makes of its values
CREATE TABLE words_of AS SELECT repeat('w', 5000) AS w;
CREATE VIEW cast_words AS SELECT w::integer AS a FROM words_of;
SELECT shown('SELECT gpu_encode.label_encode(''cast_words'', ''a'')') AS view;
-- errors of a user's own class stay as they are
CREATE FUNCTION complain(text) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'this is "%"', $1; END $$;
CREATE VIEW complaints AS SELECT complain(w) AS a FROM words_of;
SELECT shown('SELECT gpu_encode.label_encode(''complaints'', ''a'')') AS complaint;

-- so do notices: of the parser, which cuts names of options and of types, and of a target whose name no table could have
SELECT shown(format('SELECT gpu_encode.s3_import(''numbers'', %L, options => ''('' || repeat(''w'', 5000) || '' true)'')', :'value')) AS option_name;
SELECT shown(format('SELECT gpu_encode.s3_create_table(''n'', %L, column_types => jsonb_build_object(''a'', repeat(''w'', 100)))', :'value')) AS type_name;
SELECT part, columns FROM gpu_encode.preprocess_s3(testlib.put('target.csv', E'a,' || repeat('w', 5000) || E'\nx,no\ny,yes\n'), testlib.uri('target_out.csv'), repeat('w', 5000), '{a}', prior => 'global');

SELECT testlib.remove_files();
SET client_min_messages = warning;
DROP SCHEMA test_csv_long_values CASCADE;
