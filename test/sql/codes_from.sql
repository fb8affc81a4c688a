-- codes_from: codes that stay from one fit to the next: ten nights of appearing and vanishing values against an oracle in SQL.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_codes_from;
SET search_path = test_codes_from;

-- a small example: Berlin vanishes, Athens and Lima are new
CREATE TABLE monday AS SELECT unnest('{Berlin,Oslo,Oslo,Paris}'::text[]) AS city;
CREATE TABLE tuesday AS SELECT unnest('{Paris,Lima,Athens,Oslo,Lima}'::text[]) AS city;
SELECT column_name, kind, categories, rows FROM gpu_encode.fit('e_monday', 'monday');
SELECT column_name, kind, categories, rows FROM gpu_encode.fit('e_tuesday', 'tuesday', codes_from => 'e_monday');
SELECT value, code, n_rows FROM e_tuesday WHERE kind = 'category' ORDER BY code;
-- codes as in an ordinary encoder from here on
SELECT city, gpu_encode.label('e_tuesday', 'city', city) FROM (SELECT DISTINCT city FROM monday UNION SELECT city FROM tuesday) c ORDER BY 2;
SELECT c, gpu_encode.inverse_label('e_tuesday', 'city', c) FROM generate_series(0, 4) c;
SELECT testlib.refuses($$SELECT gpu_encode.inverse_label('e_tuesday', 'city', 5)$$, '22023', 'has no code 5', '0 to 4');
SELECT rows, unknown_labels FROM gpu_encode.transform('e_tuesday', 'monday', 'again');
SELECT * FROM again;

-- the oracle: what is known from night to night
CREATE FUNCTION nights(min_frequency float8, max_categories int, label_order text, handle_missing text) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
    bad text := ''; next int := 0; pool int; missing int; stay int; total int;
BEGIN
    CREATE TABLE known (value text PRIMARY KEY, code int, n bigint);
    FOR night IN 1..10 LOOP
        CREATE TABLE t AS SELECT row_number() OVER () AS i, CASE WHEN i % 17 > 0 THEN chr(97 + (i * i + night * 7) % (3 + night % 4 * 5)) || (night + i % 3) / 4 END AS x, i % 7 AS y FROM generate_series(1, 90 + night) i;
        -- what is new, and what of it is rare
        CREATE TABLE new AS SELECT x COLLATE "C" AS value, count(*) AS n, min_frequency IS NOT NULL AND CASE WHEN min_frequency >= 1 THEN count(*) < min_frequency ELSE count(*)::float8 / (SELECT count(*) FROM t) < min_frequency END AS rare
        FROM t WHERE x IS NOT NULL AND x NOT IN (SELECT value FROM known) GROUP BY 1;
        UPDATE known k SET n = (SELECT count(*) FROM t WHERE x = k.value);
        stay := (SELECT count(*) FROM known WHERE code IS DISTINCT FROM pool);
        total := stay + (SELECT count(*) FROM new WHERE NOT rare) + (EXISTS (SELECT FROM new WHERE rare) OR EXISTS (SELECT FROM known WHERE code = pool))::int;
        IF total > max_categories OR max_categories = 1 THEN
            UPDATE new SET rare = true WHERE value NOT IN (SELECT value FROM new WHERE NOT rare ORDER BY n DESC, value LIMIT greatest(max_categories - 1 - stay, 0));
        END IF;
        INSERT INTO known SELECT value, next - 1 + row_number() OVER (ORDER BY CASE label_order WHEN 'frequency' THEN -n END, value), n FROM new WHERE NOT rare;
        next := next + (SELECT count(*) FROM new WHERE NOT rare);
        IF pool IS NULL AND coalesce(min_frequency, max_categories) IS NOT NULL THEN
            pool := next; next := next + 1;
        END IF;
        IF missing IS NULL AND handle_missing = 'category' THEN
            missing := next; next := next + 1;
        END IF;
        INSERT INTO known SELECT value, pool, n FROM new WHERE rare;
        -- the encoder, and the rows of fit_transform
        IF night = 1 THEN
            PERFORM gpu_encode.fit_transform('e', 't', 'r', 'y', '{x}', '{x}', smooth => 2, prior => 'global', order_by => '{i}', min_frequency => min_frequency, max_categories => max_categories, label_order => label_order, handle_missing => handle_missing, replace => true);
        ELSE
            PERFORM gpu_encode.fit_transform('e', 't', 'r', 'y', '{x}', '{x}', smooth => 2, prior => 'global', order_by => '{i}', min_frequency => min_frequency, max_categories => max_categories, label_order => label_order, handle_missing => handle_missing, codes_from => 'e', replace => true);
        END IF;
        bad := concat(bad, (SELECT count(*) || ' wrong in the encoder of night ' || night FROM (SELECT value, code, n_rows FROM e WHERE kind = 'category' UNION ALL SELECT kind, code, NULL FROM e WHERE kind IN ('infrequent', 'missing')
            EXCEPT (SELECT value, code, n FROM known UNION ALL SELECT 'infrequent', pool, NULL UNION ALL SELECT 'missing', missing, NULL)) q HAVING count(*) > 0));
        bad := concat(bad, (SELECT 'rows ' || count(*) FROM known HAVING count(*) <> (SELECT count(*) FROM e WHERE kind = 'category')));
        bad := concat(bad, (SELECT 'codes of night ' || night FROM t JOIN r USING (i) LEFT JOIN known k ON k.value = t.x WHERE r.x IS DISTINCT FROM coalesce(k.code, missing) LIMIT 1));
        -- encodings of values that have vanished are the prior, unless they are rare
        bad := concat(bad, (SELECT 'prior of ' || c.value FROM e c, e p WHERE c.kind = 'category' AND c.n_rows = 0 AND p.kind = 'prior' AND c.code IS DISTINCT FROM pool AND c.encoding <> p.encoding LIMIT 1));
        PERFORM gpu_encode.transform('e', 't', 'later');
        bad := concat(bad, (SELECT 'transform of night ' || night FROM r JOIN later l USING (i) WHERE r.x IS DISTINCT FROM l.x LIMIT 1));
        DROP TABLE t, new, later;
    END LOOP;
    bad := concat(bad, ' values ' || (SELECT count(*) FROM known), ' vanished ' || (SELECT count(*) FROM known WHERE n = 0), ' rare ' || (SELECT count(*) FROM known WHERE code = pool));
    RAISE EXCEPTION '%', bad USING ERRCODE = 'PT001';
EXCEPTION WHEN SQLSTATE 'PT001' THEN RETURN SQLERRM;
END
$$;
SET client_min_messages = error;
SELECT o.*, nights(f, c, l, m) FROM (VALUES (NULL, NULL, 'value', 'value'), (NULL, NULL, 'frequency', 'category'), (4, NULL, 'value', 'value'), (0.03, NULL, 'frequency', 'category'), (NULL, 12, 'value', 'null'), (3, 9, 'value', 'category'), (NULL, 1, 'value', 'value')) o (f, c, l, m);
RESET client_min_messages;

-- an encoder with rare values, fitted again without a threshold: they stay rare, and new values are none
SELECT count(*) FROM gpu_encode.fit('e_rare', 'monday', min_frequency => 2);
SELECT count(*) FROM gpu_encode.fit('e_same', 'tuesday', codes_from => 'e_rare');
SELECT kind, value, code, n_rows FROM e_same WHERE kind <> 'parameters' ORDER BY code, kind, value;
-- a threshold that is new: what is known stays
SELECT count(*) FROM gpu_encode.fit('e_new', 'tuesday', codes_from => 'e_monday', min_frequency => 2);
SELECT kind, value, code, n_rows FROM e_new WHERE kind <> 'parameters' ORDER BY code, kind, value;
-- a column that the encoder does not code is coded anew, and one that it has besides is left out
CREATE TABLE wednesday AS SELECT city, 'c' || row_number() OVER () AS other FROM tuesday;
SELECT column_name, categories FROM gpu_encode.fit('e_wednesday', 'wednesday', codes_from => 'e_tuesday');
SELECT column_name, min(code), max(code) FROM e_wednesday WHERE kind = 'category' GROUP BY 1 ORDER BY 1;
SELECT column_name, categories FROM gpu_encode.fit('e_other', 'wednesday', label_columns => '{other}', codes_from => 'e_wednesday');
-- preprocess: codes are learned from both tables, after those that are given
SELECT part, rows, unknown_labels FROM gpu_encode.preprocess('tuesday', 'train_out', validation => 'monday', validation_output => 'validation_out', codes_from => 'e_monday', encoder => 'e_both');
SELECT * FROM validation_out;
SELECT count(*) FROM (SELECT value, code FROM e_both WHERE kind = 'category' EXCEPT SELECT value, code FROM e_tuesday) q;
-- integers of another width have the same categories
CREATE TABLE small_numbers AS SELECT unnest('{5,3}'::int2[]) AS n;
CREATE TABLE large_numbers AS SELECT unnest('{3,70000000000,-1}'::int8[]) AS n;
SELECT count(*) FROM gpu_encode.fit('e_small', 'small_numbers', label_columns => '{n}');
SELECT count(*) FROM gpu_encode.fit('e_large', 'large_numbers', label_columns => '{n}', codes_from => 'e_small');
SELECT value, code, n_rows FROM e_large WHERE kind = 'category' ORDER BY code;
SELECT count(*) FROM gpu_encode.fit('e_small_again', 'small_numbers', label_columns => '{n}', codes_from => 'e_large');
SELECT value, code, n_rows FROM e_small_again WHERE kind = 'category' ORDER BY code;
-- an encoder without categories
CREATE TABLE nothing (city text);
SELECT count(*) FROM gpu_encode.fit('e_nothing', 'nothing');
SELECT count(*) FROM gpu_encode.fit('e_first', 'monday', codes_from => 'e_nothing');
SELECT value, code FROM e_first WHERE kind = 'category' ORDER BY code;

-- what does not fit, and what is no encoder
CREATE TABLE numbers AS SELECT 1 AS city;
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 'numbers', label_columns => '{city}', codes_from => 'e_monday')$$, '42804', 'column "city" has type integer in numbers, but text is expected');
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 'tuesday', null_value => 'None', codes_from => 'e_monday')$$, '22023', 'null_value of column "city" is not that of encoder test_codes_from.e_monday', 'It is "None", but the encoder was fitted with NULL.');
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 'tuesday', handle_missing => 'category', codes_from => 'e_monday')$$, '22023', 'handle_missing of column "city" is not that of encoder test_codes_from.e_monday', 'It is "category", but the encoder was fitted with "value".');
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 'tuesday', codes_from => 'monday')$$, '42809', 'test_codes_from.monday is not an encoder');
SELECT testlib.refuses($$SELECT gpu_encode.fit_transform('x', 'tuesday', 'o', codes_from => 'monday')$$, '42809', 'test_codes_from.monday is not an encoder');
SELECT testlib.refuses($$SELECT gpu_encode.preprocess('tuesday', 'o', codes_from => 'monday')$$, '42809', 'test_codes_from.monday is not an encoder');
CREATE FUNCTION damage(how text) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
    answer text;
BEGIN
    EXECUTE how;
    answer := testlib.refuses('SELECT gpu_encode.fit(''x'', ''tuesday'', codes_from => ''e_rare'')', '55000', 'encoder test_codes_from.e_rare is damaged');
    RAISE EXCEPTION '%', answer USING ERRCODE = 'PT001';
EXCEPTION WHEN SQLSTATE 'PT001' THEN RETURN SQLERRM;
END
$$;
SELECT how, damage(how) FROM unnest(ARRAY[
    'UPDATE e_rare SET code = 0 WHERE kind = ''infrequent''', 'UPDATE e_rare SET code = -1 WHERE value = ''Oslo''', 'UPDATE e_rare SET code = 2147483647 WHERE value = ''Oslo''',
    'UPDATE e_rare SET code = NULL WHERE value = ''Oslo''', 'UPDATE e_rare SET value = ''Oslo'' WHERE value = ''Paris''', 'INSERT INTO e_rare SELECT * FROM e_rare WHERE value = ''Oslo''', 'DELETE FROM e_rare WHERE value = ''Oslo''',
    'DELETE FROM e_rare WHERE kind = ''infrequent''', 'DELETE FROM e_rare WHERE kind = ''missing''', 'UPDATE e_rare SET n_rows = -1 WHERE value = ''Oslo''']) how;
-- its rights are those of the caller
CREATE ROLE test_codes_from_reader;
GRANT USAGE, CREATE ON SCHEMA test_codes_from TO test_codes_from_reader;
GRANT SELECT ON tuesday TO test_codes_from_reader;
SET ROLE test_codes_from_reader;
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 'tuesday', codes_from => 'e_monday')$$, '42501', 'e_monday');
RESET ROLE;
DROP OWNED BY test_codes_from_reader;
DROP ROLE test_codes_from_reader;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_codes_from CASCADE;
