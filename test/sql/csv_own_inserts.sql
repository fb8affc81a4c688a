-- csv_own_inserts: rows that the CHECK constraint of a column's domain inserts into the new table are kept, and the file's too.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
SELECT testlib.refuses('SELECT gpu_encode.s3_create_table(NULL, NULL)', '0A000', 'no S3 support') = 'ok' AS without_s3 \gset
\if :without_s3
\quit
\endif
CREATE SCHEMA test_csv_own_inserts;
SET search_path = test_csv_own_inserts;
-- for each hundredth row the constraint inserts another
CREATE FUNCTION note(x text) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
    IF x LIKE '%00' THEN
        INSERT INTO o (id) VALUES (-1);
    END IF;
    RETURN true;
END $$;
CREATE FUNCTION note(x int) RETURNS bool LANGUAGE sql AS 'SELECT note(x::text)';
CREATE DOMAIN word AS text CHECK (note(value));
CREATE DOMAIN words AS word[];
CREATE DOMAIN narrow AS word;
CREATE TYPE pair AS (w word, n int);
CREATE DOMAIN number AS int CHECK (note(value));
CREATE TYPE numbers AS RANGE (subtype = number);

-- from one row to many pages
CREATE FUNCTION try(type text, shape text, n int, logged bool DEFAULT true) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    uri text := testlib.put('words.csv', (SELECT 'id;x' || E'\n' || string_agg(i || ';' || format(shape, i), E'\n' ORDER BY i) FROM generate_series(1, n) i) || E'\n');
    imported bigint;
    answer text;
BEGIN
    SELECT rows_imported INTO imported FROM gpu_encode.s3_create_table('o', uri, jsonb_build_object('id', 'int', 'x', type),
        '(format csv, header, delimiter '';'')', logged => logged);
    SELECT format('%s: %s imported, %s there, %s inserted', type, imported, count(DISTINCT id) FILTER (WHERE id > 0), count(*) FILTER (WHERE id < 0))
    INTO answer FROM o;
    DROP TABLE o;
    RETURN answer;
END $$;
SELECT try(type, shape, n) FROM
    (VALUES ('word', '%s'), ('narrow', '%s'), ('word[]', '{%s}'), ('words', '{%s}'), ('pair', '"(%s,1)"'), ('pair[]', '"{""(%s,1)""}"'),
            ('number', '%s'), ('numbers', '"[%s,)"')) AS t (type, shape), (VALUES (100), (20000)) AS s (n);
SELECT try('word', '%s', 20000, logged => false);
SET gpu_encode.page_writer = off;
SELECT try('word', '%s', 20000);
RESET gpu_encode.page_writer;

-- a constraint that reads, changes and deletes
CREATE OR REPLACE FUNCTION note(x text) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
    IF x = 'change' THEN
        INSERT INTO o (id) VALUES (-1), (-2);
        UPDATE o SET id = -10 WHERE id = -1;
        DELETE FROM o WHERE id = -2;
    END IF;
    RETURN true;
END $$;
SELECT rows_imported FROM gpu_encode.s3_create_table('o', testlib.put('words.csv', E'id,x\n1,a\n2,change\n3,b\n4,change\n'), '{"id": "int", "x": "word"}');
SELECT * FROM o ORDER BY id;
DROP TABLE o;

-- what would pass rows by is refused, as in COPY
CREATE TABLE statement (words text);
CREATE OR REPLACE FUNCTION note(x text) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
    IF x = 'b' THEN
        EXECUTE words FROM statement;
    END IF;
    RETURN true;
END $$;
CREATE FUNCTION run(words text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM statement;
    INSERT INTO statement VALUES (words);
    RETURN testlib.refuses($q$SELECT gpu_encode.s3_create_table('o', testlib.uri('words.csv'), '{"id": "int", "x": "word"}')$q$, '55006', 'active queries');
END $$;
SELECT words, run(words) FROM unnest('{TRUNCATE o,CREATE INDEX ON o (id),DROP TABLE o,ALTER TABLE o ADD CHECK (id = 0)}'::text[]) words;

SELECT testlib.remove_files();
SET client_min_messages = warning;
DROP SCHEMA test_csv_own_inserts CASCADE;
