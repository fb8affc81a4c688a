-- Nothing that a session may set changes a key or a text.
CREATE SCHEMA elsewhere;
CREATE TABLE elsewhere."Table" (i integer);
CREATE TYPE day_and_span AS (d date, i interval);
CREATE TABLE shown (line integer GENERATED ALWAYS AS IDENTITY, setting text, kind text, int_key bigint, bytes_key bytea, canonical text);
CREATE TABLE given AS SELECT date '2024-03-02' AS d, timestamp '2024-03-02 01:02:03.000004' AS ts, timestamptz '2024-03-02 01:02:03.000004+00' AS tz, interval '-1 mon -2 days -03:04:05.6' AS i,
    0.1::real + 0.2::real AS f4, 0.1::float8 + 0.2::float8 AS f8, '\x00415c'::bytea AS b, ARRAY['\x00415c'::bytea] AS bs, ARRAY[timestamptz '2024-03-02 01:02:03+00'] AS tzs, ROW(date '2024-03-02', interval '1 day -1 hour')::day_and_span AS row_value,
    tstzrange('2024-03-02 01:02:03+00', NULL) AS r, '12.34'::money AS m, 'elsewhere."Table"'::regclass AS c, 'int4'::regtype AS t, point(0.1::float8 + 0.2::float8, 1) AS p, ARRAY[NULL, 'NULL'] AS nulls;

CREATE PROCEDURE show_keys(setting text) LANGUAGE sql AS $$
    INSERT INTO shown (setting, kind, int_key, bytes_key, canonical)
    SELECT setting, k.* FROM given, LATERAL (
        SELECT * FROM probe_key(d) UNION ALL SELECT * FROM probe_key(ts) UNION ALL SELECT * FROM probe_key(tz) UNION ALL SELECT * FROM probe_key(i)
        UNION ALL SELECT * FROM probe_key(f4) UNION ALL SELECT * FROM probe_key(f8) UNION ALL SELECT * FROM probe_key(b) UNION ALL SELECT * FROM probe_key(bs)
        UNION ALL SELECT * FROM probe_key(tzs) UNION ALL SELECT * FROM probe_key(row_value) UNION ALL SELECT * FROM probe_key(r) UNION ALL SELECT * FROM probe_key(m)
        UNION ALL SELECT * FROM probe_key(c) UNION ALL SELECT * FROM probe_key(t) UNION ALL SELECT * FROM probe_key(p) UNION ALL SELECT * FROM probe_key(nulls)
        UNION ALL SELECT * FROM probe_key_of_text('date', '2024-03-02') UNION ALL SELECT * FROM probe_key_of_text('timestamptz', '2024-03-02 01:02:03')
        UNION ALL SELECT * FROM probe_key_of_text('interval', '-1 2:03:04') UNION ALL SELECT * FROM probe_key_of_text('text[]', '{NULL,"NULL"}')
        UNION ALL SELECT * FROM probe_key_of_text('regclass', 'elsewhere."Table"') UNION ALL SELECT * FROM probe_key_of_text('date', 'March 2, 2024')) AS k
$$;

CALL public.show_keys('none');
SELECT canonical FROM shown ORDER BY line;

SET DateStyle = 'German, DMY';
CALL public.show_keys('DateStyle');
SET DateStyle = 'SQL, MDY';
CALL public.show_keys('DateStyle');
SET IntervalStyle = 'iso_8601';
CALL public.show_keys('IntervalStyle');
SET IntervalStyle = 'sql_standard';
CALL public.show_keys('IntervalStyle');
SET TimeZone = 'Asia/Kathmandu';
CALL public.show_keys('TimeZone');
SET extra_float_digits = 0;
CALL public.show_keys('extra_float_digits');
SET extra_float_digits = -15;
CALL public.show_keys('extra_float_digits');
SET bytea_output = 'escape';
CALL public.show_keys('bytea_output');
SET quote_all_identifiers = on;
CALL public.show_keys('quote_all_identifiers');
SET array_nulls = off;
CALL public.show_keys('array_nulls');
SET search_path = elsewhere, public;
CALL public.show_keys('search_path');
SET search_path = elsewhere, public, pg_catalog;
CALL public.show_keys('search_path');

SELECT setting, kind, int_key, bytes_key, canonical FROM shown WHERE setting <> 'none'
EXCEPT SELECT other.setting, shown.kind, shown.int_key, shown.bytes_key, shown.canonical
FROM shown, (SELECT DISTINCT setting FROM shown) AS other WHERE shown.setting = 'none';
SELECT setting, count(*) FROM shown GROUP BY 1 ORDER BY min(line);

-- and the session has its settings back, after an error too
SELECT name, setting FROM pg_settings WHERE name IN ('array_nulls', 'bytea_output', 'DateStyle', 'extra_float_digits', 'IntervalStyle', 'quote_all_identifiers', 'search_path', 'TimeZone') ORDER BY 1;
SELECT probe_key_of_text('date', 'no date');
DO $$BEGIN PERFORM probe_key_of_text('date', 'no date'); EXCEPTION WHEN invalid_datetime_format THEN NULL; END$$;
SELECT name, setting FROM pg_settings WHERE name IN ('array_nulls', 'bytea_output', 'DateStyle', 'extra_float_digits', 'IntervalStyle', 'quote_all_identifiers', 'search_path', 'TimeZone') ORDER BY 1;

-- a parallel worker makes the same keys under settings of its own
SELECT count(set_config(name, 'on', false)) AS forced FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
SELECT probe_in_worker() AS in_worker, k.canonical FROM given, probe_key(tzs) k;
SELECT probe_in_worker() AS in_worker, k.canonical FROM given, probe_key(b) k;
SELECT probe_in_worker() AS in_worker, k.int_key, k.canonical FROM probe_key('medium'::size, 'None') k;
SELECT count(*) AS shown FROM (SELECT set_config(name, 'off', false) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query')) AS s;
