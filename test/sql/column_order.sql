-- column_order: transform puts encodings where fit_transform puts them, whatever order label columns have.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_column_order;
SET search_path = test_column_order;
CREATE TABLE t (a text, b text, c text, y int);
INSERT INTO t SELECT 'a' || i % 3, 'b' || i % 4, 'c' || i % 5, i % 2 FROM generate_series(1, 60) i;
CREATE TABLE u AS SELECT * FROM t;
CREATE FUNCTION columns_of(rel regclass) RETURNS text LANGUAGE sql AS
$$SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = rel AND attnum > 0 AND attname LIKE '%\_TE'$$;

SELECT columns FROM gpu_encode.fit_transform('e1', 't', 'o1', 'y', '{b,a}', target_combinations => '[["c","a"],["a","b"]]');
SELECT columns FROM gpu_encode.transform('e1', 'u', 'o2');
SELECT columns_of('o1') AS fit_transform, columns_of('o1') = columns_of('o2') AS same;
-- the values are those of the columns
SELECT count(*) AS wrong FROM o2 JOIN e1 ON kind = 'category' AND column_name = 'a' AND code = a WHERE encoding <> "a_TE";
-- label columns in an order of their own, and columns that are encoded only
SELECT count(*) FROM gpu_encode.fit('e3', 't', 'y', '{c,b,a}', '{b,c}');
SELECT columns FROM gpu_encode.transform('e3', 'u', 'o3', label_suffix => '_code');
SELECT columns_of('o3'), (SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'o3'::regclass AND attname LIKE '%code') AS codes;
-- of one column that is coded alone, and of none
SELECT count(*) FROM gpu_encode.fit('e4', 't', label_columns => '{c,a}');
SELECT columns FROM gpu_encode.transform('e4', 'u', 'o4');

-- parameters that contradict themselves are damaged
CREATE TABLE damaged AS SELECT * FROM e3;
CREATE FUNCTION attempt(list text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    UPDATE damaged SET parameters = jsonb_set((SELECT parameters FROM e3 WHERE kind = 'parameters'), '{target_columns}', list::jsonb) WHERE kind = 'parameters';
    PERFORM gpu_encode.transform('damaged', 'u', 'o5');
    RETURN 'not refused';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN SQLSTATE || ' ' || detail;
END $$;
SELECT list, attempt(list) FROM unnest(ARRAY['[]', '["a","b"]', '["a","b","b"]', '["a","b","y"]', '["a","b",1]', '["a","b",["c"]]', '{"a":1,"b":2,"c":3}', '"a"', 'null', '[["a","b","c"]]']) list;

SET client_min_messages = warning;
DROP SCHEMA test_column_order CASCADE;
