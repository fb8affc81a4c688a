-- lookup: label, target_encoding and inverse_label of single values.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_lookup;
SET search_path = test_lookup;

CREATE TABLE t (city text, zip int, day date, price numeric, flag boolean, y int);
INSERT INTO t VALUES ('Paris', 75, '2024-01-01', 1.50, true, 1), ('Tokyo', 13, '2024-01-02', 1.5, false, 0), ('Austin', 75, NULL, 2, true, 1), ('Tokyo', -1, '2024-01-02', 10, NULL, 1), (NULL, 13, '2024-01-03', 9, true, NULL);
SELECT count(*) FROM gpu_encode.fit('e', 't', 'y', '{city,zip}', '{city,zip,day,price,flag}', target_combinations => '[["city","zip"]]', smooth => 0);

SELECT c, gpu_encode.label('e', 'city', c) FROM unnest('{Austin,Paris,Tokyo}'::text[]) c;
SELECT gpu_encode.label('e', 'zip', 75) AS zip, gpu_encode.label('e', 'zip', ' 075'::text) AS zip_text, gpu_encode.label('e', 'day', date '2024-01-02') AS day,
       gpu_encode.label('e', 'price', 1.5000) AS price, gpu_encode.label('e', 'price', '9.0'::text) AS price_text, gpu_encode.label('e', 'flag', true) AS flag;
-- a quoted literal is text and read by the type's input function
SELECT gpu_encode.label('e', 'zip', '13') AS zip, gpu_encode.label('e', 'day', '1 Jan 2024') AS day, gpu_encode.label('e', 'flag', 'yes') AS flag, gpu_encode.target_encoding('e', 'zip', '13') AS te;
SELECT c, gpu_encode.target_encoding('e', 'city', c) FROM unnest('{Austin,Paris,Tokyo,Rome,NULL}'::text[]) c;
SELECT gpu_encode.target_encoding('e', 'zip', 75) AS known, gpu_encode.target_encoding('e', 'zip', 99) AS unseen, gpu_encode.target_encoding('e', 'zip', NULL::int) AS missing,
       gpu_encode.target_encoding('e', '{city,zip}'::text[], '{Tokyo,13}'::text[]) AS pair, gpu_encode.target_encoding('e', '{city,zip}'::text[], '{Tokyo,99}'::text[]) AS unseen_pair;
SELECT code, gpu_encode.inverse_label('e', 'city', code) AS city FROM generate_series(0, 2) code;
SELECT gpu_encode.inverse_label('e', 'price', 0) AS p0, gpu_encode.inverse_label('e', 'price', 1) AS p1, gpu_encode.inverse_label('e', 'price', 2) AS p2, gpu_encode.inverse_label('e', 'day', 2) AS day, gpu_encode.inverse_label('e', 'flag', 0) AS flag;
SELECT gpu_encode.label('e', 'city', NULL::text) AS label, gpu_encode.inverse_label('e', 'city', NULL) AS inverse;

-- an OID that no relation has
SELECT testlib.refuses($$SELECT gpu_encode.label(0, 'city', 'Rome'::text)$$, '42P01', 'relation with OID 0 does not exist');
SELECT testlib.refuses($$SELECT gpu_encode.inverse_label(4294967295, 'city', 0)$$, '42P01', 'relation with OID 4294967295 does not exist');
SELECT testlib.refuses($$SELECT gpu_encode.target_encoding(0, '{city,zip}'::text[], '{Tokyo,13}'::text[])$$, '42P01', 'relation with OID 0 does not exist');

-- unseen values
SELECT testlib.refuses($$SELECT gpu_encode.label('e', 'city', 'Rome'::text)$$, '22023', '"city"', '"Rome"');
SELECT gpu_encode.label('e', 'city', 'Rome'::text, handle_unknown => 'null') AS is_null, gpu_encode.label('e', 'city', 'Rome'::text, 'value', -7) AS is_value, gpu_encode.label('e', 'zip', 12345, 'value', 3) AS any;
SELECT testlib.refuses($$SELECT gpu_encode.label('e', 'city', 'Rome'::text, 'value')$$, '22004', 'unknown_value');
SELECT testlib.refuses($$SELECT gpu_encode.label('e', 'city', 'Rome'::text, 'ignore')$$, '22023', '"handle_unknown"', '"ignore"');
SELECT testlib.refuses($$SELECT gpu_encode.label('e', 'city', 'Rome'::text, NULL)$$, '22004', '"handle_unknown"');
-- codes beyond the range
SELECT code, testlib.refuses(format($$SELECT gpu_encode.inverse_label('e', 'city', %s)$$, code), '22023', 'column "city"', format('code %s ', code)) FROM unnest('{-1,3,2147483647}'::int[]) code;

SELECT count(*) FROM gpu_encode.fit('e_category', 't', label_columns => '{day}', handle_missing => 'category');
SELECT gpu_encode.label('e_category', 'day', NULL::date) AS missing, gpu_encode.inverse_label('e_category', 'day', 3) AS inverse;
SELECT testlib.refuses($$SELECT gpu_encode.inverse_label('e_category', 'day', 4)$$, '22023', '0 to 3');
CREATE TABLE nothing (city text);
SELECT count(*) FROM gpu_encode.fit('e_nothing', 'nothing');
SELECT testlib.refuses($$SELECT gpu_encode.inverse_label('e_nothing', 'city', 0)$$, '22023', 'no codes');

-- what the encoder does not have
SELECT testlib.refuses($$SELECT gpu_encode.label('e', 'nope', 'x'::text)$$, '42703', '"nope"');
SELECT testlib.refuses($$SELECT gpu_encode.label('e', 'city_zip', 'x'::text)$$, '42703', '"city_zip"');
SELECT testlib.refuses($$SELECT gpu_encode.target_encoding('e', 'day', '2024-01-01'::text)$$, '42703', '"day"', 'target_columns');
SELECT testlib.refuses($$SELECT gpu_encode.target_encoding('e', '{zip,city}'::text[], '{13,Tokyo}'::text[])$$, '42703', 'zip', 'in the order');
SELECT testlib.refuses($$SELECT gpu_encode.inverse_label('e', 'nope', 0)$$, '42703', '"nope"');
SELECT testlib.refuses($$SELECT gpu_encode.label(NULL, 'city', 'x'::text)$$, '22004', '"encoder"');
SELECT testlib.refuses($$SELECT gpu_encode.label('e', NULL, 'x'::text)$$, '22004', '"column_name"');
-- a value of another type, a text that is no value of the type
SELECT testlib.refuses($$SELECT gpu_encode.label('e', 'zip', date '2024-01-01')$$, '42804', 'date', 'integer');
SELECT testlib.refuses($$SELECT gpu_encode.label('e', 'city', 5)$$, '42804', 'type integer', 'type pg_catalog.text');
SELECT testlib.refuses($$SELECT gpu_encode.label('e', 'zip', 'x13'::text)$$, '22P02', '"x13"');
-- its target encoding is that of an unseen value
SELECT gpu_encode.target_encoding('e', 'zip', 'x13'::text) = gpu_encode.target_encoding('e', 'zip', -77) AS prior, gpu_encode.target_encoding('e', 'zip', 99999999999) = gpu_encode.target_encoding('e', 'zip', -77) AS too_large;
SELECT testlib.refuses($$SELECT gpu_encode.target_encoding('e', 'zip', date '2024-01-01')$$, '42804', 'date', 'integer');
-- mistakes that name what was meant
SELECT testlib.refuses($$SELECT gpu_encode.target_encoding('e', '{city,zip}', '{Oslo,13}')$$, '42703', '"{city,zip}"', 'a list is ARRAY');
SELECT testlib.refuses($$SELECT gpu_encode.target_encoding('e', 'city_zip', 'Oslo')$$, '42703', '"city_zip"', 'It is a combination');
SELECT testlib.refuses($$SELECT gpu_encode.target_encoding('e', 'zip', 13, class => 'x')$$, '42703', 'with statistic "mean", class "x"', 'It has statistic "mean"');

-- numbers of other widths, where they are the same number; else a value that the column's type cannot read
CREATE TABLE numbers AS SELECT i::smallint AS s, i AS i, i * 3000000000 AS l, (i / 8.0)::real AS r, i / 10.0::float8 AS d, i / 10.0 AS n, i::oid AS o, i AS y FROM generate_series(0, 9) i;
SELECT count(*) FROM gpu_encode.fit('e_numbers', 'numbers', 'y', label_columns => '{s,i,l,r,d,n,o}', target_columns => '{l}');
SELECT gpu_encode.label('e_numbers', 's', 5::bigint) AS s_int8, gpu_encode.label('e_numbers', 'i', 5::smallint) AS i_int2, gpu_encode.label('e_numbers', 'l', 0) AS l_int4, gpu_encode.label('e_numbers', 'l', 6000000000.00) AS l_numeric, gpu_encode.label('e_numbers', 'l', 6e9::float8) AS l_float8,
       gpu_encode.label('e_numbers', 'r', 0.125) AS r_numeric, gpu_encode.label('e_numbers', 'r', 0.125::float8) AS r_float8, gpu_encode.label('e_numbers', 'r', 0) AS r_int4, gpu_encode.label('e_numbers', 'd', 0.3) AS d_numeric, gpu_encode.label('e_numbers', 'd', 0.5::real) AS d_float4,
       gpu_encode.label('e_numbers', 'n', 0.3::float8) AS n_float8, gpu_encode.label('e_numbers', 'o', 7) AS o_int4, gpu_encode.target_encoding('e_numbers', 'l', 0) AS encoding;
CREATE FUNCTION lossy(c text, v anyelement) RETURNS text LANGUAGE sql AS
$$SELECT concat_ws(' ', testlib.refuses(format('SELECT gpu_encode.label(''e_numbers'', %L, %L::%s)', c, v, pg_typeof(v)), '42804', 'has type ' || pg_typeof(v), 'that number'), gpu_encode.label('e_numbers', c, v, 'value', -1))$$;
SELECT lossy('i', 5.5) AS i_numeric, lossy('s', 70000) AS s_int4, lossy('i', 'NaN'::float8) AS i_nan, lossy('i', 'Infinity'::numeric) AS i_infinity, lossy('l', 1e300) AS l_numeric, lossy('r', 0.3::float8) AS r_float8, lossy('d', 0.3 + 1e-30) AS d_numeric,
       lossy('d', 9007199254740993) AS d_int8, lossy('o', -1) AS o_int4, lossy('d', 1e400) AS d_beyond, lossy('r', 1e-300) AS r_beyond;
SELECT gpu_encode.label('e_numbers', 'd', 0.3::real, 'null') AS real_is_another, testlib.refuses($$SELECT gpu_encode.label('e_numbers', 'l', 0.5)$$, '42804', 'that number'), gpu_encode.target_encoding('e_numbers', 'l', 0.5) = gpu_encode.target_encoding('e_numbers', 'l', -5) AS prior;
-- a text that the type cannot read is unknown
SELECT gpu_encode.label('e', 'zip', 'x13'::text, 'null') AS int, gpu_encode.label('e', 'day', 'yesterday or so', 'value', -1) AS date, gpu_encode.label('e', 'price', '', 'null') AS numeric, gpu_encode.label('e', 'flag', 'perhaps'::text, 'value', -2) AS bool, gpu_encode.label('e', 'zip', '99999999999'::text, 'value', -3) AS beyond;
-- so is an enum label that was renamed; its code keeps its name
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE moods AS SELECT (enum_range(NULL::mood))[1 + i % 3] AS m, i % 3 AS y FROM generate_series(1, 30) i;
SELECT count(*) FROM gpu_encode.fit('e_moods', 'moods', 'y', label_columns => '{m}', target_columns => '{m}');
ALTER TYPE mood RENAME VALUE 'ok' TO 'fine';
SELECT gpu_encode.label('e_moods', 'm', 'ok', 'null') AS old, gpu_encode.label('e_moods', 'm', 'fine'::mood, 'value', -1) AS new, gpu_encode.label('e_moods', 'm', 'happy'::mood) AS kept, gpu_encode.inverse_label('e_moods', 'm', 1) AS inverse;
SELECT testlib.refuses($$SELECT gpu_encode.label('e_moods', 'm', 'ok')$$, '22P02', 'enum', '"ok"');
SELECT testlib.refuses($$SELECT gpu_encode.label('e_moods', 'm', 'fine'::mood)$$, '22023', 'no label code');
SET client_min_messages = error;
SELECT rows, unknown_labels, unseen_targets FROM gpu_encode.transform('e_moods', 'moods', 'o_moods', handle_unknown => 'value', unknown_value => -1);
SELECT m, "m_TE", count(*) FROM o_moods GROUP BY 1, 2 ORDER BY 1;
RESET client_min_messages;

-- every row of a table, in parallel plans too; as transform does it
SELECT count(*) FILTER (WHERE gpu_encode.label('e', 'city', city) IS DISTINCT FROM e.code) AS wrong FROM t LEFT JOIN e ON kind = 'category' AND column_name = 'city' AND value = city;
CREATE TABLE many AS SELECT i, 'key ' || i % 20011 AS k, i % 7 AS y FROM generate_series(1, 40000) i;
SELECT categories FROM gpu_encode.fit('e_many', 'many', 'y', '{k}', '{k}');
SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SELECT count(*), count(DISTINCT c), min(c), max(c) FROM (SELECT gpu_encode.label('e_many', 'k', k) AS c FROM many) q;
SELECT count(*) FILTER (WHERE gpu_encode.inverse_label('e_many', 'k', gpu_encode.label('e_many', 'k', k)) <> k) AS wrong FROM many WHERE i <= 5000;
-- a temporary encoder, which parallel workers cannot read, needs no other settings
CREATE TEMP TABLE e_temp AS TABLE e_many;
CREATE INDEX ON e_temp (column_name, hashtextextended(value, 0));
CREATE INDEX ON e_temp (column_name, code);
SELECT count(*), count(DISTINCT c), min(c), max(c) FROM (SELECT gpu_encode.label('e_temp', 'k', k) AS c FROM many) q;
SELECT count(gpu_encode.inverse_label('pg_temp.e_temp', 'k', i)) AS inverse, count(*) FILTER (WHERE gpu_encode.target_encoding(e::text::regclass, 'k', 'key ' || i) IS NULL) AS missing FROM many, (VALUES ('e_temp')) v (e) WHERE i < 100;
SELECT count(*) FROM many WHERE gpu_encode.label('e_temp', 'k', k) = (SELECT max(gpu_encode.label('e_temp', 'k', k)) FROM many WHERE i < 50);
CREATE FUNCTION plan(statement text) RETURNS text LANGUAGE plpgsql AS
$$DECLARE plan json; BEGIN EXECUTE 'EXPLAIN (FORMAT json, COSTS off) ' || statement INTO plan; RETURN CASE WHEN plan::text ~ 'Gather' THEN 'parallel' ELSE 'serial' END; END$$;
SELECT plan($$SELECT gpu_encode.label('e_many', 'k', k) FROM many$$) AS permanent, plan($$SELECT gpu_encode.label('e_temp', 'k', k) FROM many$$) AS temporary, plan($$SELECT count(*) FROM many WHERE gpu_encode.target_encoding('e_temp', 'k', k) > 0$$) AS in_where;
RESET ALL;
SET search_path = test_lookup;
-- through the index: a lookup reads a few pages, not the table
BEGIN;
SELECT coalesce(max(seq_tup_read), 0) AS rows_read, coalesce(max(idx_scan), 0) AS by_index FROM pg_stat_xact_user_tables WHERE relname = 'e_many' \gset
SELECT gpu_encode.label('e_many', 'k', 'key 77'::text) IS NOT NULL AS found, gpu_encode.target_encoding('e_many', 'k', 'key 77'::text) IS NOT NULL AS encoded, gpu_encode.inverse_label('e_many', 'k', 77) IS NOT NULL AS inverse;
SELECT seq_tup_read - :rows_read < 100 AS few_rows, idx_scan - :by_index >= 3 AS by_index FROM pg_stat_xact_user_tables WHERE relname = 'e_many';
COMMIT;

-- the active snapshot decides: own changes to the encoder are seen at once
BEGIN;
UPDATE e SET code = 100 - code WHERE kind = 'category' AND column_name = 'city';
SELECT gpu_encode.label('e', 'city', 'Austin'::text);
ROLLBACK;
SELECT gpu_encode.label('e', 'city', 'Austin'::text);
ALTER TABLE e RENAME TO e_renamed;
SELECT gpu_encode.label('e_renamed', 'city', 'Tokyo'::text);
SELECT gpu_encode.label('e_renamed', 'city', city) FROM t ORDER BY 1 LIMIT 1;

-- in prepared statements and functions, after the encoder was made anew
PREPARE look(text) AS SELECT gpu_encode.label('e_renamed', 'city', $1);
EXECUTE look('Tokyo');
DROP TABLE e_renamed;
INSERT INTO t (city, y) VALUES ('Aachen', 1);
SELECT count(*) FROM gpu_encode.fit('e_renamed', 't', 'y', '{city}', '{city}');
EXECUTE look('Tokyo');
DEALLOCATE look;
SELECT gpu_encode.label('e_renamed', 'city', 'Tokyo'::text);

-- the planner looks at an encoder that is gone, too
SELECT gpu_encode.label(4294967294::oid::regclass, 'city', 'Tokyo'::text);

-- figures that a statement looked up before: a change counts when a reading of the table would see it
SELECT count(*) FROM gpu_encode.fit('e_changed', 't', label_columns => '{city}');
CREATE FUNCTION codes_of_paris(times int) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE codes int[];
BEGIN
    FOR i IN 1..times LOOP
        codes := codes || gpu_encode.label('test_lookup.e_changed', 'city', 'Paris'::text);
        UPDATE e_changed SET code = code + 10 WHERE value = 'Paris';
    END LOOP;
    RETURN codes;
END$$;
SELECT codes_of_paris(3);
CREATE FUNCTION move_paris() RETURNS int VOLATILE LANGUAGE sql AS $$UPDATE test_lookup.e_changed SET code = code + 10 WHERE value = 'Paris' RETURNING code$$;
-- the snapshot of a statement sees none of its own changes
SELECT move_paris() AS moved, gpu_encode.label('e_changed', 'city', 'Paris'::text) AS label FROM generate_series(1, 2);
SELECT gpu_encode.label('e_changed', 'city', 'Paris'::text);
-- a rollback to a savepoint takes a change back
DO $$
DECLARE before int := gpu_encode.label('test_lookup.e_changed', 'city', 'Paris'::text);
BEGIN
    FOR i IN 1..2 LOOP
        BEGIN
            PERFORM test_lookup.move_paris();
            ASSERT gpu_encode.label('test_lookup.e_changed', 'city', 'Paris'::text) = before + 10;
            RAISE division_by_zero;
        EXCEPTION WHEN division_by_zero THEN
            ASSERT gpu_encode.label('test_lookup.e_changed', 'city', 'Paris'::text) = before;
        END;
    END LOOP;
END$$;
-- so does one below another
DO $$
DECLARE
    before int := gpu_encode.label('test_lookup.e_changed', 'city', 'Paris'::text);
    seen int[];
    code int;
BEGIN
    FOR i IN 1..2 LOOP
        BEGIN
            BEGIN
                IF i = 1 THEN UPDATE test_lookup.e_changed SET code = 100 WHERE value = 'Paris'; ELSE UPDATE test_lookup.e_changed SET code = 101 WHERE value = 'Paris'; END IF;
                code := gpu_encode.label('test_lookup.e_changed', 'city', 'Paris'::text);
                seen := seen || code;
                RAISE division_by_zero;
            EXCEPTION WHEN division_by_zero THEN NULL;
            END;
        END;
    END LOOP;
    ASSERT seen = '{100,101}' AND gpu_encode.label('test_lookup.e_changed', 'city', 'Paris'::text) = before, seen::text;
END$$;
-- an encoder that is replaced while a call keeps what it read of it
CREATE TABLE replaced AS SELECT i % 3 || '' AS c, i::float8 AS y FROM generate_series(1, 30) i;
SELECT columns FROM gpu_encode.fit_transform('e_replaced', 'replaced', 'o_replaced', 'y', '{c}', '{}', stats => '{mean,max}', smooth => 0);
CREATE FUNCTION looked_up() RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    e regclass := 'test_lookup.e_replaced';
    found float8;
    answers text[];
BEGIN
    FOREACH found IN ARRAY '{1,2,3}'::float8[] LOOP
        BEGIN
            answers := answers || (found || ': ' || gpu_encode.target_encoding(e, 'c', '0'::text, 'max'));
        EXCEPTION WHEN OTHERS THEN answers := answers || (found || ': ' || SQLERRM);
        END;
        PERFORM gpu_encode.fit(e::text, 'test_lookup.replaced', 'y', '{c}', stats => CASE WHEN found = 1 THEN '{mean,min}' ELSE '{max,mean}' END::text[], smooth => 0, replace => true);
    END LOOP;
    RETURN answers;
END
$$;
SELECT looked_up();
-- a renamed column, an emptied table and another user are seen between two rows
CREATE FUNCTION between_rows(change text, row_number bigint) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    IF row_number = 2 THEN EXECUTE change; END IF;
    RETURN row_number;
END$$;
SELECT testlib.refuses(format($q$SELECT between_rows(%L, i), gpu_encode.label('e_changed', 'city', 'Paris'::text) FROM generate_series(1, 3) i$q$, change), state, words)
FROM (VALUES ('ALTER TABLE e_changed RENAME code TO other', '42809', 'code'),
             ('TRUNCATE e_changed', '40001', 'e_changed')) changes (change, state, words);
CREATE ROLE test_lookup_stranger;
GRANT USAGE ON SCHEMA test_lookup TO test_lookup_stranger;
SELECT testlib.refuses($$SELECT between_rows('SET ROLE test_lookup_stranger', i), gpu_encode.label('e_changed', 'city', 'Paris'::text) FROM generate_series(1, 3) i$$, '42501', 'e_changed');
RESET ROLE;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_lookup CASCADE;
DROP ROLE test_lookup_stranger;
