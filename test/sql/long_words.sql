-- long_words: messages show at most 64 characters of a word that a caller, or an encoder of anybody, has.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_long_words;
SET search_path = test_long_words;
CREATE TABLE t AS SELECT 'v' || i % 5 AS x, i % 3 AS n, i % 2 AS y FROM generate_series(1, 20) i;
SELECT count(*) FROM gpu_encode.fit('e', 't', 'y', '{x,n}', '{x}', target_combinations => '[["x","n"]]');

-- a message with W for every 64 w's, and its longest part
CREATE FUNCTION complaint(call text) RETURNS TABLE (longest int, said text) LANGUAGE plpgsql AS $$
DECLARE detail text;
        hint text;
        context text;
BEGIN
    EXECUTE format('SELECT %s', call) USING repeat('w', 100000);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT, context = PG_EXCEPTION_CONTEXT;
    longest := greatest(length(SQLERRM), length(detail), length(hint), length(context));
    said := left(replace(SQLERRM || coalesce(' / ' || detail, ''), repeat('w', 64), 'W'), 200);
    RETURN NEXT;
END $$;
-- encoders with other names of the first column's type
CREATE FUNCTION craft(name text) RETURNS jsonb LANGUAGE sql RETURN (SELECT jsonb_set(parameters, '{columns,0,type}', to_jsonb(name)) FROM e WHERE kind = 'parameters');
CREATE TABLE no_type AS TABLE e;
UPDATE no_type SET parameters = craft(repeat('w', 500)) WHERE kind = 'parameters';
CREATE TABLE no_name AS TABLE e;
UPDATE no_name SET parameters = craft(repeat('w', 100000) || '(') WHERE kind = 'parameters';
CREATE TABLE blanks AS TABLE e;
UPDATE blanks SET parameters = craft('text' || repeat(' ', 400)) WHERE kind = 'parameters';
SELECT longest < 250 AS short, said FROM unnest(ARRAY[
    'gpu_encode.label(''e'', ''x'', $1)',
    'gpu_encode.label(''e'', $1, ''v1''::text)',
    'gpu_encode.target_encoding(''e'', $1, ''v1''::text)',
    'gpu_encode.target_encoding(''e'', ARRAY[$1, ''n''], ''{v1,1}''::text[])',
    'gpu_encode.inverse_label(''e'', $1, 0)',
    'gpu_encode.fit($1, ''t'', ''y'')',
    'gpu_encode.fit(''"'' || $1, ''t'', ''y'')',
    'gpu_encode.fit($1 || ''.""'', ''t'', ''y'')',
    'gpu_encode.fit(repeat(''w.'', 1000) || ''w'', ''t'', ''y'')',
    'gpu_encode.fit(repeat(''w'', 60) || ''.s.t'' || repeat('' '', 1000), ''t'', ''y'')',
    'gpu_encode.label(''no_type'', ''x'', ''v1''::text)',
    'gpu_encode.label(''no_name'', ''x'', ''v1''::text)',
    'gpu_encode.label(''blanks'', ''x'', 1)'
]) AS call, complaint(call);

-- values of rows: two in one message, and those that an index refuses
SELECT count(*) FROM unnest('{w,m}'::text[]) c, gpu_encode.fit('part_' || c, 't', null_value => repeat(c, 3000));
CREATE TABLE notes AS SELECT repeat('w', 100000) || i AS note FROM generate_series(1, 3) i;
SELECT count(*) FROM gpu_encode.fit('e_notes', 'notes');
SELECT rows FROM gpu_encode.transform('e_notes', 'notes', 'o', label_suffix => '_code');
CREATE UNIQUE INDEX ON o (note);
UPDATE notes SET note = repeat('w', 100000);
SELECT longest < 250 AS short, replace(said, repeat('m', 64), 'M') AS said FROM unnest(ARRAY[
    'gpu_encode.merge_encoders(''parts'', ''{part_w,part_m}'')',
    'gpu_encode.transform(''e_notes'', ''notes'', ''o'', label_suffix => ''_code'', handle_unknown => ''null'', replace => true)'
]) AS call, complaint(call);

SET client_min_messages = warning;
DROP SCHEMA test_long_words CASCADE;
