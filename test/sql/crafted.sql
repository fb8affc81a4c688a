-- crafted: encoders that somebody made to harm whoever reads them: other columns, other types, other JSON, code in types and indexes.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_crafted;
SET search_path = test_crafted;

-- 'ok' where a statement ends with one of these states; which one depends on what a damage hits first
CREATE FUNCTION refused(statement text, states text[]) RETURNS text LANGUAGE plpgsql AS
$$
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    RETURN CASE WHEN SQLSTATE = ANY (states) THEN 'ok' ELSE SQLSTATE || ' ' || SQLERRM END;
END
$$;
SET client_min_messages = error;

CREATE TABLE t AS SELECT i, 'v' || i % 7 AS few, i % 5 AS number, i % 3 AS y FROM generate_series(0, 199) i;
SELECT count(*) FROM gpu_encode.fit('e', 't', 'y', target_columns => '{few}', label_columns => '{few,number}', target_combinations => '[["few","number"]]');

-- the table changes between two rows of a statement: refused, or as if nothing had been
CREATE FUNCTION change(n int, how text) RETURNS int LANGUAGE plpgsql AS $$BEGIN IF n = 0 THEN EXECUTE how; END IF; RETURN n; END$$;
CREATE FUNCTION change_between(how text) RETURNS SETOF text LANGUAGE plpgsql AS
$$
DECLARE
    call text; answer text;
BEGIN
    FOREACH call IN ARRAY ARRAY['inverse_label(''e'', ''few'', n)', 'label(''e'', ''few'', (''v'' || n)::text)', 'label(''e'', ''number'', n)', 'target_encoding(''e'', ''few'', (''v'' || n)::text)',
                                'target_encoding(''e'', ''{few,number}''::text[], ARRAY[''v'' || n, n::text])'] LOOP
        BEGIN
            answer := refused(format('SELECT max(answer::text) FROM (SELECT gpu_encode.%s AS answer, change(n, %L) FROM generate_series(0, 3) n) q', call, how), '{42809,42P01}');
            RAISE 'undo' USING ERRCODE = 'PT001';
        EXCEPTION WHEN SQLSTATE 'PT001' THEN RETURN NEXT answer;
        END;
    END LOOP;
END
$$;
SELECT change, a AS answer, count(*) FROM unnest(ARRAY[
    'ALTER TABLE e RENAME value TO old; ALTER TABLE e RENAME n_rows TO value',
    'ALTER TABLE e RENAME encoding TO old; ALTER TABLE e RENAME moments TO encoding',
    'ALTER TABLE e RENAME code TO old; ALTER TABLE e RENAME encoding TO code',
    'ALTER TABLE e RENAME "values" TO old; ALTER TABLE e RENAME moments TO "values"',
    'ALTER TABLE e RENAME kind TO old; ALTER TABLE e RENAME n_rows TO kind',
    'ALTER TABLE e RENAME parameters TO old; ALTER TABLE e RENAME value TO parameters',
    'DROP INDEX e_column_name_hashtextextended_idx; ALTER TABLE e ALTER value TYPE bytea USING NULL',
    'ALTER TABLE e DROP COLUMN value; ALTER TABLE e ADD value bigint DEFAULT 5',
    'ALTER TABLE e DROP COLUMN encoding; ALTER TABLE e ADD encoding text DEFAULT ''x''',
    'DROP TABLE e']) change, change_between(change) a GROUP BY 1, 2 ORDER BY change COLLATE "C";
-- what does not matter changes nothing
SELECT a AS answer, count(*) FROM unnest(ARRAY['DROP INDEX e_column_name_hashtextextended_idx', 'ALTER TABLE e ADD more int DEFAULT 7', 'ALTER TABLE e RENAME TO renamed', 'ALTER TABLE e ALTER value TYPE text COLLATE "POSIX", ALTER column_name TYPE text COLLATE "POSIX"']) change, change_between(change) a GROUP BY 1;

-- the same before a statement, with transform too
CREATE FUNCTION answers_after(how text) RETURNS text[] LANGUAGE plpgsql AS
$$
DECLARE
    call text; answers text[] := '{}';
BEGIN
    EXECUTE how;
    FOREACH call IN ARRAY ARRAY['label(''e'', ''few'', ''v1''::text)', 'target_encoding(''e'', ''few'', ''v1''::text)', 'inverse_label(''e'', ''few'', 1)', 'transform(''e'', ''t'', ''o'')', 'compare_encoders(''e'', ''e'')'] LOOP
        answers := answers || refused('SELECT gpu_encode.' || call, '{42809,55000,22023}');
    END LOOP;
    RAISE EXCEPTION '%', answers USING ERRCODE = 'PT001';
EXCEPTION WHEN SQLSTATE 'PT001' THEN RETURN SQLERRM;
END
$$;
SELECT how, answers_after(how) FROM unnest(ARRAY[
    'ALTER TABLE e RENAME TO plain; CREATE TABLE e (LIKE plain) PARTITION BY LIST (kind)',
    'ALTER TABLE e RENAME TO plain; CREATE VIEW e AS TABLE plain',
    'ALTER TABLE e RENAME TO plain; CREATE MATERIALIZED VIEW e AS TABLE plain']) how;

-- JSON of another shape
SELECT how, answers_after(format('UPDATE e SET parameters = %s WHERE kind = ''parameters''', how)) FROM unnest(ARRAY[
    'jsonb_set(parameters, ''{targets}'', ''"abcdef"'')', 'jsonb_set(parameters, ''{targets}'', ''5'')', 'jsonb_set(parameters, ''{targets}'', ''{"column": ["y"]}'')',
    'jsonb_set(parameters, ''{columns}'', ''{"a": 1, "b": 2}'')', 'jsonb_set(parameters, ''{columns}'', ''"few"'')', 'jsonb_set(parameters, ''{columns,0}'', ''["name", "few"]'')',
    'jsonb_set(parameters, ''{columns,0,name}'', ''{"a": "few"}'')', 'jsonb_set(parameters, ''{columns,0,categories}'', ''7.5'')', 'jsonb_set(parameters, ''{columns,0,categories}'', ''1e400'')',
    'jsonb_set(parameters, ''{columns,0,categories}'', ''-1'')', 'jsonb_set(parameters, ''{columns,0,categories}'', ''4294967303'')', 'jsonb_set(parameters, ''{columns,1,name}'', ''"few"'')',
    'jsonb_set(parameters, ''{combinations}'', ''{"few": "number"}'')', 'jsonb_set(parameters, ''{combinations,0,columns}'', ''{"few": "number", "a": "b"}'')',
    'jsonb_set(parameters, ''{combinations,0,columns}'', ''["few", "few"]'')', 'jsonb_set(parameters, ''{combinations,0,columns}'', ''["few", 5]'')', 'jsonb_set(parameters, ''{combinations,0,columns}'', ''["few", "nope"]'')',
    'jsonb_set(parameters, ''{columns,0,handle_missing}'', ''"sometimes"'')', 'jsonb_set(parameters, ''{source}'', ''null'')', 'jsonb_set(parameters, ''{format}'', ''"1"'')', '''"text"''', '''[[]]''',
    'jsonb_set(parameters, ''{columns}'', (SELECT jsonb_agg(jsonb_build_object(''name'', ''c'' || i)) FROM generate_series(1, 2000) i))']) how;
-- what it promises is counted before memory is taken
UPDATE e SET parameters = jsonb_set(parameters, '{columns,0,categories}', '200000000') WHERE kind = 'parameters';
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 't', 'o')$$, '55000', 'has 7 rows of categories, but 200000000 are expected');
UPDATE e SET parameters = jsonb_set(jsonb_set(parameters, '{columns,0,categories}', '7'), '{combinations,0,categories}', '2000000000') WHERE kind = 'parameters';
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 't', 'o')$$, '55000', 'has 35 rows of categories, but 2000000000 are expected');
UPDATE e SET parameters = jsonb_set(parameters, '{combinations,0,categories}', '35') WHERE kind = 'parameters';
SELECT rows FROM gpu_encode.transform('e', 't', 'o');
DROP TABLE o;
-- a category that its type does not read; rows that are missing; rows twice
SELECT how, answers_after(how) FROM unnest(ARRAY[
    'UPDATE e SET value = ''x'' || value WHERE kind = ''category'' AND column_name = ''number''',
    'DELETE FROM e WHERE kind = ''missing''', 'DELETE FROM e WHERE kind = ''prior''', 'UPDATE e SET encodings = ''{NaN}''', 'UPDATE e SET encodings = NULL WHERE kind = ''category''',
    'UPDATE e SET code = NULL', 'INSERT INTO e SELECT * FROM e WHERE kind IN (''category'', ''prior'')', 'UPDATE e SET "values" = ''[5:6]={a,b}'' WHERE "values" IS NOT NULL']) how;

-- policies would hide categories, and run functions of whoever wrote them
CREATE ROLE test_crafted_reader;
GRANT USAGE ON SCHEMA test_crafted TO test_crafted_reader;
GRANT SELECT ON e, t TO test_crafted_reader;
ALTER TABLE e ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_rows ON e USING (true);
SET ROLE test_crafted_reader;
SELECT testlib.refuses($$SELECT gpu_encode.label('e', 'few', 'v1'::text)$$, '42501', 'row-level security', 'test_crafted_reader');
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 't', 'pg_temp.o')$$, '42501', 'row-level security');
SELECT testlib.refuses($$SELECT gpu_encode.export_encoder('e')$$, '42501', 'row-level security');
RESET ROLE;
SELECT gpu_encode.label('e', 'few', 'v1'::text);
ALTER TABLE e DISABLE ROW LEVEL SECURITY;
SET ROLE test_crafted_reader;
SELECT gpu_encode.label('e', 'few', 'v1'::text);
RESET ROLE;
-- the columns that are read, and no others, need the right to select
REVOKE SELECT ON e FROM test_crafted_reader;
GRANT SELECT (kind, column_name, value, "values", code, n_rows, encodings, parameters) ON e TO test_crafted_reader;
SET ROLE test_crafted_reader;
SELECT gpu_encode.label('e', 'few', 'v1'::text);
RESET ROLE;
REVOKE SELECT (value) ON e FROM test_crafted_reader;
SET ROLE test_crafted_reader;
SELECT testlib.refuses($$SELECT gpu_encode.label('e', 'few', 'v1'::text)$$, '42501', 'permission denied');
RESET ROLE;

-- code of other people: nothing of theirs runs when their encoder is read
CREATE SEQUENCE spied;
CREATE FUNCTION spy(what text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$BEGIN RETURN nextval('test_crafted.spied') > 0; END$$;
CREATE DOMAIN spying AS text CHECK (spy(VALUE));
CREATE DOMAIN spying_int AS int CHECK (spy(VALUE::text));
CREATE TYPE pair AS (a spying, b int);
CREATE TYPE spying_range AS RANGE (SUBTYPE = spying_int);
CREATE TABLE theirs (d spying, p pair, a spying[], r spying_range, m spying_multirange, y int);
INSERT INTO theirs VALUES ('x', ('x', 1), '{x,"y z"}', '[1,5)', '{[1,5)}', 1), ('y', ('y', 2), '{}', '[2,6)', '{}', 2);
SELECT count(*) FROM gpu_encode.fit('theirs_e', 'theirs', 'y', target_columns => '{d,p,a,r,m}', label_columns => '{d,p,a,r,m}', target_combinations => '[["d","p","a","r","m"]]');
SELECT setval('spied', 1, false);
SELECT column_name, value, gpu_encode.label('theirs_e', column_name, value) = code AS label, gpu_encode.target_encoding('theirs_e', column_name, value) = encoding AS encoding, gpu_encode.inverse_label('theirs_e', column_name, code) = value AS inverse
FROM theirs_e WHERE kind = 'category' AND value IS NOT NULL ORDER BY column_name, code;
SELECT gpu_encode.target_encoding('theirs_e', '{d,p,a,r,m}'::text[], "values") = encoding AS encoding FROM theirs_e WHERE kind = 'category' AND value IS NULL;
SELECT gpu_encode.label('theirs_e', 'p', p) AS p, gpu_encode.label('theirs_e', 'a', a) AS a, gpu_encode.label('theirs_e', 'r', r) AS r FROM theirs ORDER BY y;
SELECT gpu_encode.label('theirs_e', c, 'no (such) {thing}'::text, 'null') FROM unnest('{d,p,a,r,m}'::text[]) c;
SELECT rows, unseen_targets, unknown_labels FROM gpu_encode.transform('theirs_e', 'theirs', 'o');
SELECT is_called FROM spied;
-- nor when an encoder names their type for a column of text
UPDATE e SET parameters = jsonb_set(parameters, '{columns,0,type}', '"test_crafted.pair"') WHERE kind = 'parameters';
SELECT gpu_encode.label('e', 'few', 'v1'::text), gpu_encode.label('e', 'few', '(v1,2)'::text, 'null');
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 't', 'x')$$, '42804', 'pair', 'text');
UPDATE e SET parameters = jsonb_set(parameters, '{columns,0,type}', '"pg_catalog.text"') WHERE kind = 'parameters';
-- nor does a type's name fill the log
RESET client_min_messages;
UPDATE e SET parameters = jsonb_set(parameters, '{columns,0,type}', to_jsonb(repeat('x', 100000))) WHERE kind = 'parameters';
SELECT testlib.refuses($$SELECT gpu_encode.label('e', 'few', 'v1'::text)$$, '42704', 'needs type xxx', '(99936 more characters)');
UPDATE e SET parameters = jsonb_set(parameters, '{columns,0,type}', to_jsonb(format('%I.%I', repeat('"', 63), repeat('"', 63)))) WHERE kind = 'parameters';
SELECT testlib.refuses($$SELECT gpu_encode.label('e', 'few', 'v1'::text)$$, '42704', 'needs type', 'which does not exist');
UPDATE e SET parameters = jsonb_set(parameters, '{columns,0,type}', '"pg_catalog.text"') WHERE kind = 'parameters';
SET client_min_messages = error;
-- nor the functions of an index that a planner would simplify
CREATE INDEX ON e ((spy('index')), column_name);
CREATE INDEX ON e (column_name, code) WHERE spy('predicate');
SELECT setval('spied', 1, false);
SELECT gpu_encode.label('e', 'few', 'v1'::text), gpu_encode.target_encoding('e', '{few,number}'::text[], '{v1,1}'::text[]) IS NOT NULL AS pair, gpu_encode.inverse_label('e', 'few', 1);
SELECT rows FROM gpu_encode.transform('e', 't', 'o2');
SELECT is_called FROM spied;

-- whatever the indexes are, and the order of rows, the answers are the same
CREATE FUNCTION digest(encoder regclass) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
    answers text;
BEGIN
    PERFORM gpu_encode.transform(encoder, 't', 'copied');
    SELECT md5(concat((SELECT string_agg(c::text, ' ' ORDER BY i) FROM copied c), string_agg(concat_ws(',', gpu_encode.label(encoder, 'few', few), gpu_encode.label(encoder, 'number', number), gpu_encode.inverse_label(encoder, 'few', number),
        gpu_encode.label(encoder, 'few', NULL::text), gpu_encode.target_encoding(encoder, 'few', NULL::text), gpu_encode.target_encoding(encoder, 'few', 'new'::text), gpu_encode.label(encoder, 'few', 'new'::text, 'null'),
        gpu_encode.target_encoding(encoder, '{few,number}'::text[], ARRAY[few, number::text]), gpu_encode.target_encoding(encoder, '{few,number}'::text[], ARRAY[few, NULL])), ' ' ORDER BY i))) FROM t INTO answers;
    DROP TABLE copied;
    RETURN answers;
END
$$;
SELECT digest('e') AS expected \gset
CREATE TABLE shuffled AS SELECT * FROM e ORDER BY md5(e::text);
SELECT digest('shuffled') = :'expected' AS without_indexes;
ALTER TABLE shuffled ALTER kind TYPE text COLLATE "default", ALTER column_name TYPE text COLLATE "POSIX", ALTER "values" TYPE text[] COLLATE "default";
SELECT digest('shuffled') = :'expected' AS with_other_collations;
ALTER TABLE shuffled ALTER kind TYPE text COLLATE "C", ALTER column_name TYPE text COLLATE "C", ALTER "values" TYPE text[] COLLATE "C";
CREATE INDEX ON shuffled (column_name, hashtextextended(kind, 0));
CREATE INDEX ON shuffled (column_name, hashtextextended(value, 1));
CREATE INDEX ON shuffled (column_name text_pattern_ops, hashtextextended(value, 0));
CREATE INDEX ON shuffled (column_name COLLATE "POSIX", hashtextextended(value, 0));
CREATE INDEX ON shuffled (column_name, hashtextextended(value, 0)) WHERE kind = 'prior';
CREATE INDEX ON shuffled (column_name, hashtextextended(value, 0), kind);
CREATE INDEX ON shuffled USING hash (column_name);
CREATE INDEX ON shuffled (hashtextextended(value, 0), column_name);
CREATE INDEX ON shuffled (value, code);
SELECT digest('shuffled') = :'expected' AS with_other_indexes;
CREATE INDEX ON shuffled (column_name DESC, hashtextextended(value, 0) DESC NULLS LAST);
CREATE INDEX ON shuffled (column_name, code NULLS FIRST);
SELECT digest('shuffled') = :'expected' AS with_turned_indexes;
-- ours are used, turned or not; the others are not
BEGIN;
SELECT gpu_encode.label('shuffled', 'few', 'v1'::text), gpu_encode.inverse_label('shuffled', 'number', 1);
SELECT indexrelname, pg_stat_get_xact_numscans(indexrelid) > 0 AS used FROM pg_stat_user_indexes WHERE relname = 'shuffled' AND pg_stat_get_xact_numscans(indexrelid) > 0 ORDER BY indexrelname COLLATE "C";
COMMIT;

SELECT testlib.tables('test_crafted');
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_crafted CASCADE;
DROP ROLE test_crafted_reader;
