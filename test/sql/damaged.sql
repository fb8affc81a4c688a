-- damaged: tables that are no encoder and encoders that somebody has changed are refused with what is wrong.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_damaged;
SET search_path = test_damaged;

CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE r AS SELECT i, 'v' || i % 7 AS few, i % 5 AS number, CASE WHEN i % 9 > 0 THEN i % 4 / 2.0 END AS amount, i % 3 AS y, (enum_range(NULL::mood))[1 + i % 2] AS m FROM generate_series(1, 200) i;
SELECT count(*) FROM gpu_encode.fit('e', 'r', 'y', '{few,number}', '{few,number,amount}', target_combinations => '[["few","amount"]]', smooth => 1.5, null_value => 'None');
SET client_min_messages = error;

-- tables that are no encoder, and damaged ones
CREATE FUNCTION damage(how text) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE answer text;
BEGIN
    EXECUTE how;
    answer := testlib.refuses('SELECT gpu_encode.transform(''e'', ''r'', ''damaged'')', CASE WHEN how ~ 'ALTER|TRUNCATE|DELETE .*parameters' THEN '42809' ELSE '55000' END,
        CASE WHEN how ~ 'ALTER|TRUNCATE|DELETE .*parameters' THEN 'test_damaged.e is not an encoder' ELSE 'encoder test_damaged.e is damaged' END);
    RAISE EXCEPTION '%', answer USING ERRCODE = 'PT001';
EXCEPTION WHEN SQLSTATE 'PT001' THEN RETURN answer;
END
$$;
SELECT testlib.refuses($$SELECT gpu_encode.transform('r', 'r', 'damaged')$$, '42809', 'test_damaged.r is not an encoder');
SELECT testlib.refuses($$SELECT gpu_encode.label('r', 'few', 'v1'::text)$$, '42809', 'test_damaged.r is not an encoder');
SELECT testlib.refuses($$SELECT gpu_encode.label('r_view', 'few', 'v1'::text)$$, '42P01', 'relation "r_view" does not exist');
SELECT how, damage(how) FROM unnest(ARRAY[
    'DELETE FROM e WHERE kind = ''parameters''',
    'INSERT INTO e SELECT * FROM e WHERE kind = ''parameters''',
    'TRUNCATE e',
    'UPDATE e SET parameters = ''{}'' WHERE kind = ''parameters''',
    'UPDATE e SET parameters = ''[1]'' WHERE kind = ''parameters''',
    'ALTER TABLE e DROP COLUMN code',
    'ALTER TABLE e DROP COLUMN encodings',
    'ALTER TABLE e ALTER code TYPE text',
    'ALTER TABLE e RENAME parameters TO params',
    'DELETE FROM e WHERE kind = ''prior''',
    'UPDATE e SET code = NULL WHERE kind = ''category'' AND column_name = ''few'' AND value = ''v1''',
    'UPDATE e SET code = 0 WHERE kind = ''category'' AND column_name = ''few''',
    'UPDATE e SET code = -5 WHERE kind = ''category'' AND column_name = ''few'' AND value = ''v1''',
    'INSERT INTO e SELECT * FROM e WHERE kind = ''category'' AND column_name = ''few'' AND value = ''v1''',
    'UPDATE e SET encodings = ''{NaN}'' WHERE kind = ''category'' AND column_name = ''few'' AND value = ''v1''',
    'UPDATE e SET encodings = ''{NaN}'' WHERE kind = ''prior'' AND column_name = ''few''',
    'UPDATE e SET encodings = ''{Infinity}'' WHERE kind = ''missing'' AND column_name = ''few_amount''',
    'UPDATE e SET kind = ''strange'' WHERE kind = ''category'' AND column_name = ''few'' AND value = ''v1''']) how;
-- codes twice in an encoder without a combination, which has no other reason to look at them
SELECT count(*) FROM gpu_encode.fit('e_plain', 'r', label_columns => '{few}');
UPDATE e_plain SET code = 0 WHERE kind = 'category' AND value = 'v1';
SELECT testlib.refuses($$SELECT gpu_encode.transform('e_plain', 'r', 'damaged')$$, '55000', 'encoder test_damaged.e_plain', 'code 0 twice');
DROP TABLE e_plain;
-- whatever is done to the parameters or to rows: a clear answer of every function, never a crash or an internal error
CREATE FUNCTION paths(j jsonb, path text[] DEFAULT '{}') RETURNS SETOF text[] LANGUAGE sql AS
$$
    SELECT path WHERE path <> '{}'
    UNION ALL SELECT p FROM jsonb_each(CASE jsonb_typeof(j) WHEN 'object' THEN j ELSE '{}' END) o, paths(o.value, path || o.key) p
    UNION ALL SELECT p FROM jsonb_array_elements(CASE jsonb_typeof(j) WHEN 'array' THEN j ELSE '[]' END) WITH ORDINALITY a (value, n), paths(a.value, path || (n - 1)::text) p
$$;
-- SQLSTATEs that all calls end with once a statement has damaged the encoder (which is then undone)
CREATE FUNCTION states_after(damage text) RETURNS text[] LANGUAGE plpgsql AS
$$
DECLARE
    call text; states text[] := '{}';
BEGIN
    EXECUTE damage;
    FOREACH call IN ARRAY ARRAY['transform(''e'', ''r'', ''damaged'')', 'label(''e'', ''few'', ''v1''::text)', 'label(''e'', ''number'', 3)', 'label(''e'', ''few'', NULL::text)',
        'target_encoding(''e'', ''few'', ''v1''::text)', 'target_encoding(''e'', ''{few,amount}''::text[], ''{v1,0.5}''::text[])', 'inverse_label(''e'', ''amount'', 1)',
        'export_encoder(''e'')', 'export_encoder(''e'', ''sql'')', 'export_encoder(''e'', ''onnx'')', 'report(''e'')', 'report(''e'', ''r'')',
        'partial_fit(''e'', ''r'')', 'partial_fit(''e'', ''r'', true)', 'merge_encoders(''damaged'', ''{e}'')'] LOOP
        BEGIN
            EXECUTE 'SELECT gpu_encode.' || call;
            RAISE 'no error' USING ERRCODE = '00001';
        EXCEPTION WHEN OTHERS THEN
            states := states || SQLSTATE;
        END;
    END LOOP;
    RAISE 'undo' USING ERRCODE = 'PT001';
EXCEPTION
    WHEN SQLSTATE 'PT001' THEN RETURN states;
END
$$;
-- a statement that reads the encoder keeps partial_fit from it
SELECT array_agg(p::text) AS paths FROM e, paths(parameters) p WHERE kind = 'parameters' \gset
SELECT count(*) > 400 AS many, count(*) FILTER (WHERE s ~ '^(XX|58|P0|55006)') AS internal
FROM (SELECT p, v FROM unnest(:'paths'::text[]) p, unnest(ARRAY['null', '"x"', '-1', '1e400', '[]', '{}', 'true', '[1]', '"integer"']) v) d,
     unnest(states_after(format('UPDATE e SET parameters = jsonb_set(parameters, %L, %L) WHERE kind = ''parameters''', p, v))) s;
SELECT count(*) FILTER (WHERE s ~ '^(XX|58|P0|55006)') AS internal
FROM unnest(:'paths'::text[]) p, unnest(states_after(format('UPDATE e SET parameters = parameters #- %L WHERE kind = ''parameters''', p))) s;
SELECT count(*) FILTER (WHERE s ~ '^(XX|58|P0|55006)') AS internal
FROM unnest(ARRAY['code = NULL', 'code = -1', 'code = 2147483647', 'n_rows = NULL', 'moments = NULL', 'moments = ''{NULL}''', 'moments = ''{}''',
                  'encoding = NULL', 'value = NULL', 'value = ''zzz''', '"values" = NULL', '"values" = ''{}''', '"values" = ''{a}''', '"values" = ''{NULL,NULL}''', '"values" = ''{{a,b},{c,d}}''',
                  'column_name = NULL', 'column_name = ''few''', 'column_name = ''few_amount''', 'kind = NULL', 'kind = ''prior''', 'kind = ''missing''', 'kind = ''parameters''', 'parameters = ''{}''']) c,
     unnest(ARRAY['kind = ''category'' AND column_name = ''few''', 'kind = ''category'' AND column_name = ''few_amount''', 'kind = ''prior''', 'kind = ''missing''', 'true']) w,
     unnest(states_after(format('UPDATE e SET %s WHERE %s', c, w))) s;

-- numbers that no double holds, thresholds and types that no encoder can have
CREATE FUNCTION answers_with(at text, this text) RETURNS TABLE (call text, answer text) LANGUAGE plpgsql AS
$$
DECLARE
    said text; why text;
BEGIN
    FOREACH call IN ARRAY ARRAY['label(''e'', ''few'', ''v1''::text)', 'transform(''e'', ''r'', ''damaged'')', 'partial_fit(''e'', ''r'')', 'merge_encoders(''damaged'', ''{e}'')'] LOOP
        BEGIN
            UPDATE e SET parameters = jsonb_set(parameters, at::text[], this::jsonb) WHERE kind = 'parameters';
            EXECUTE 'SELECT gpu_encode.' || call;
            RAISE 'no error' USING ERRCODE = 'PT001';
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS said = MESSAGE_TEXT, why = PG_EXCEPTION_DETAIL;
            answer := SQLSTATE || ' ' || concat_ws(': ', said, nullif(why, ''));
        END;
        call := split_part(call, '(', 1);
        RETURN NEXT;
    END LOOP;
END
$$;
SELECT value, answer, string_agg(call, ', ') AS calls
FROM (VALUES (1, '{smooth}', '1e400'), (2, '{columns,0,smooth}', '1e400'), (3, '{columns,0,regularization}', '1e-400'), (4, '{columns,0,min_frequency}', '-1e400'), (5, '{columns,0,min_frequency}', '1.5'),
             (6, '{targets,0,type}', '"setof int"'), (7, '{targets,0,type}', '"trigger"')) damages (n, path, value), answers_with(path, value)
GROUP BY n, value, answer HAVING answer !~ 'no error' ORDER BY n;
SELECT value, answer, string_agg(call, ', ') AS calls
FROM unnest(ARRAY['setof int', 't.few%TYPE', 'varchar(', 'varchar(0)', 'numeric(99999999999)', 'a.b.c', 'a.b.c.d', '', 'record']) WITH ORDINALITY types (value, n), answers_with('{columns,0,type}', to_jsonb(value)::text)
GROUP BY n, value, answer ORDER BY n;

-- a type that is gone, or has another name
SELECT count(*) FROM gpu_encode.fit('e_mood', 'r', label_columns => '{m}');
SELECT gpu_encode.label('e_mood', 'm', 'happy'::mood);
ALTER TYPE mood RENAME TO feeling;
SELECT testlib.refuses($$SELECT gpu_encode.label('e_mood', 'm', 'happy'::text)$$, '42704', 'type test_damaged.mood');
SELECT testlib.refuses($$SELECT gpu_encode.transform('e_mood', 'r', 'damaged')$$, '42704', 'type test_damaged.mood');
ALTER TYPE feeling RENAME TO mood;
SELECT gpu_encode.label('e_mood', 'm', 'happy'::text);
-- a type that is dropped between two calls at one site, in one subtransaction or in two; the drop is then undone
CREATE DOMAIN name_of_few AS text;
CREATE DOMAIN number_of_few AS int;
CREATE TYPE dropped_mood AS ENUM ('sad', 'happy');
CREATE DOMAIN domain_mood AS dropped_mood;
CREATE TYPE dropped_pair AS (a int, b text);
CREATE TYPE dropped_range AS RANGE (SUBTYPE = int);
CREATE TABLE dropped AS SELECT few::name_of_few AS few, number::number_of_few AS number, m::text::dropped_mood AS m, m::text::dropped_mood::domain_mood AS d, (number, few)::dropped_pair AS p, dropped_range(number, number + 1) AS r, y FROM r;
SELECT count(*) FROM gpu_encode.fit('e_dropped', 'dropped', 'y', target_columns => '{few,number,m,d,p,r}', label_columns => '{few,number,m,d,p,r}', target_combinations => '[["few","m"]]');
DROP TABLE dropped;
CREATE FUNCTION drop_between(dropping text, call text, subtransactions boolean) RETURNS text LANGUAGE plpgsql AS
$$
BEGIN
    EXECUTE format('DO $do$
        DECLARE answer text;
        BEGIN
            FOR n IN 1..2 LOOP
                %s answer := gpu_encode.%s; %s
                IF n = 1 THEN %s; END IF;
            END LOOP;
            RAISE ''%%'', coalesce(answer, ''NULL'') USING ERRCODE = ''PT001'';
        END $do$', CASE WHEN subtransactions THEN 'BEGIN' END, call, CASE WHEN subtransactions THEN 'EXCEPTION WHEN division_by_zero THEN NULL; END;' END, dropping);
EXCEPTION
    WHEN SQLSTATE 'PT001' THEN RETURN SQLERRM;
    WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
SELECT call, drop_between('DROP TYPE ' || type || ' CASCADE', call, true) AS in_two, drop_between('DROP TYPE ' || type || ' CASCADE', call, false) AS in_one
FROM (VALUES ('name_of_few', 'few', $$'v1'::text$$), ('name_of_few', 'few', $$'v1'::char(9)$$), ('number_of_few', 'number', '3::numeric'), ('dropped_mood', 'm', $$'happy'::char(9)$$), ('dropped_mood', 'd', $$'happy'::text$$),
             ('dropped_pair', 'p', $$'(1,v1)'::text$$), ('dropped_range', 'r', $$'[1,2)'::text$$)) types (type, name, value),
     LATERAL (VALUES (1, format('label(''e_dropped'', %L, %s, ''null'')', name, value)), (2, format('target_encoding(''e_dropped'', %L, %s)', name, value)), (3, format('inverse_label(''e_dropped'', %L, 0)', name))) calls (n, call)
UNION ALL SELECT call, drop_between('DROP TYPE dropped_mood CASCADE', call, true), drop_between('DROP TYPE dropped_mood CASCADE', call, false) FROM (VALUES ($$target_encoding('e_dropped', '{few,m}'::text[], '{v1,sad}'::text[])$$)) pairs (call);
SELECT testlib.tables('test_damaged');

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_damaged CASCADE;
