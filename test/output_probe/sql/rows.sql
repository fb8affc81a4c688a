-- Rows of every kind of type, wide, narrow and NULL: what is written is what CREATE TABLE
-- AS writes, by the page writer and the ordinary way.
CREATE TYPE colour AS ENUM ('red', 'green');
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN short_text AS varchar(20) COLLATE "C" CHECK (value <> '');

CREATE VIEW many_types AS
SELECT g::int8 AS big, g::int2 AS small, (g % 2 = 0) AS flag, chr(65 + g % 26)::"char" AS one_char, g::float4 AS f4,
       g::float8 / 3 AS f8, g::text AS txt, ('v' || g)::varchar(10) AS vc, g::char(7) AS padded, ('n' || g)::name AS nm,
       (g / 7.0)::numeric(20, 6) AS num, date '2020-01-01' + g AS d, timestamptz '2020-01-01 00:00+00' + g * interval '1 h' AS tz,
       interval '1 day' * g AS iv, time '00:00' + g * interval '1 s' AS tm, timetz '00:00+00' + g * interval '1 s' AS ttz,
       md5(g::text)::uuid AS u, macaddr '08:00:2b:01:02:03' AS mac, inet '10.0.0.1' + g AS ip,
       (CASE g % 2 WHEN 0 THEN 'red' ELSE 'green' END)::colour AS e, decode(lpad(to_hex(g), 8, '0'), 'hex') AS b,
       g::bit(12) AS bits, B'101'::varbit(9) AS vbits, ARRAY[g, NULL, g + 1] AS ints, ARRAY['a', NULL, g::text] AS texts,
       jsonb_build_object('k', g) AS jb, json_build_array(g) AS j, int4range(g, g + 2) AS rng, point(g, g + 1) AS pt,
       polygon '((0,0),(1,1),(2,0))' AS pol, to_tsvector('simple', 'a b ' || g) AS tsv, 'a & b'::tsquery AS tsq,
       ROW(g, 'x' || g)::pair AS pr, ('s' || g)::short_text AS dom, g::oid AS o, '(1,2)'::tid AS t,
       '1 2 3'::oidvector AS ov, g::text COLLATE "C" AS coll
FROM generate_series(1, 1000) g;
CREATE TABLE many_expected AS SELECT * FROM many_types;
SELECT * FROM probe_output('many_pages', 'SELECT * FROM many_types');
SELECT * FROM probe_output('many_ordinary', 'SELECT * FROM many_types', page_writer => false);
SELECT differences('many_expected', 'many_pages'), differences('many_expected', 'many_ordinary'),
       differing_tuples('many_expected', 'many_pages'), differing_tuples('many_expected', 'many_ordinary');
SELECT count(*) FROM verify_heapam('many_pages');
-- the columns are the query's
SELECT attname, format_type(atttypid, atttypmod), collname
FROM pg_attribute LEFT JOIN pg_collation c ON c.oid = attcollation
WHERE attrelid = 'many_pages'::regclass AND attnum > 0 ORDER BY attnum;
SELECT attname, atttypid, atttypmod, attcollation FROM pg_attribute WHERE attrelid = 'many_pages'::regclass AND attnum > 0
EXCEPT SELECT attname, atttypid, atttypmod, attcollation FROM pg_attribute WHERE attrelid = 'many_expected'::regclass;

-- NULLs: none, some, all; more than eight columns make a longer bitmap
CREATE VIEW some_nulls AS
SELECT CASE WHEN g % 2 = 0 THEN g END a, CASE WHEN g % 3 = 0 THEN g::text END b, CASE WHEN g % 5 = 0 THEN g::int8 END c,
       CASE WHEN g % 7 > 0 THEN g::int2 END d, NULL::text e, CASE WHEN g % 11 = 0 THEN g / 2.0 END f, g g,
       CASE WHEN g % 4 = 0 THEN g::float8 END h, CASE WHEN g % 9 > 0 THEN 'x' END i, CASE WHEN g % 2 = 1 THEN g END j
FROM generate_series(1, 2000) g UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL;
CREATE TABLE nulls_expected AS SELECT * FROM some_nulls;
SELECT * FROM probe_output('nulls_pages', 'SELECT * FROM some_nulls');
SELECT * FROM probe_output('nulls_ordinary', 'SELECT * FROM some_nulls', page_writer => false);
SELECT differing_tuples('nulls_expected', 'nulls_pages'), differing_tuples('nulls_expected', 'nulls_ordinary');
SELECT count(*) FROM verify_heapam('nulls_pages');

-- the same shape as results of a job, in both forms of its rows
SELECT probe_fill('fill_pages', 5000) > 0, probe_fill('fill_ordinary', 5000, page_writer => false) > 0,
       probe_fill('fill_null_pages', 5000, 3) > 0, probe_fill('fill_null_ordinary', 5000, 3, page_writer => false) > 0;
SELECT differing_tuples('fill_pages', 'fill_ordinary'), differing_tuples('fill_null_pages', 'fill_null_ordinary');
SELECT count(*), sum(id), sum(a), sum(x) FROM fill_pages;

-- wide values: compressed inline, out of line, both; a source's TOAST pointers are not taken over
CREATE TABLE wide_source (id int, plain text, big text, jb jsonb, ints int[]);
ALTER TABLE wide_source ALTER plain SET STORAGE MAIN;
INSERT INTO wide_source
SELECT g, CASE WHEN g % 2 = 0 THEN repeat('plain', g * 10) END,
       (SELECT string_agg(md5((i * g)::text), '') FROM generate_series(1, g * 3) i),
       jsonb_build_object('k', repeat('j', g * 40)), array_fill(g, ARRAY[g * 20])
FROM generate_series(1, 200) g;
SELECT * FROM probe_output('wide_pages', 'SELECT * FROM wide_source');
SELECT * FROM probe_output('wide_ordinary', 'SELECT * FROM wide_source', page_writer => false);
CREATE TABLE wide_expected AS TABLE wide_source;
SELECT differences('wide_source', 'wide_pages'), differences('wide_source', 'wide_ordinary');
-- as dense as by CREATE TABLE AS, which may leave empty pages behind them
SELECT (SELECT count(DISTINCT (ctid::text::point)[0]) FROM wide_pages) =
       (SELECT count(DISTINCT (ctid::text::point)[0]) FROM wide_expected) AS same_pages;
DROP TABLE wide_source;
SELECT count(*) FROM verify_heapam('wide_pages', check_toast => true);
SELECT count(*) FROM verify_heapam('wide_ordinary', check_toast => true);
SELECT differences('wide_expected', 'wide_pages'), differences('wide_expected', 'wide_ordinary');

-- compressed values that were fetched stay compressed; expanded arrays are flattened
CREATE FUNCTION expanded(n int) RETURNS int[] LANGUAGE plpgsql AS
$$ DECLARE a int[] := '{}'; BEGIN FOR i IN 1..n LOOP a[i] := i; END LOOP; RETURN a; END $$;
SELECT * FROM probe_output('expanded_pages', 'SELECT g, expanded(g) a FROM generate_series(1, 30) g');
SELECT count(*) FROM expanded_pages WHERE a = expanded(g);

-- rows too wide for a page, in either way
SELECT probe_output('never', format('SELECT %s', (SELECT string_agg('repeat(''x'', 60)::char(60) AS c' || i, ', ')
                                                   FROM generate_series(1, 600) i)));
SELECT probe_output('never', format('SELECT %s', (SELECT string_agg('''0123456''::name AS c' || i, ', ')
                                                   FROM generate_series(1, 200) i)), page_writer => false);
SELECT to_regclass('never');

-- no rows, no columns
SELECT * FROM probe_output('no_rows', 'SELECT 1 AS a, ''x''::text AS b WHERE false');
SELECT * FROM no_rows;
SELECT pg_relation_size('no_rows');
SELECT * FROM probe_output('no_columns', 'SELECT FROM generate_series(1, 1000)');
SELECT count(*) FROM no_columns;
SELECT count(*) FROM verify_heapam('no_columns');

-- 1,600 columns
SELECT * FROM probe_output('columns_1600', format('SELECT %s FROM generate_series(1, 3) g',
    (SELECT string_agg(CASE WHEN i % 2 = 0 THEN 'NULL::int4' ELSE 'g::int4' END || ' AS c' || i, ', ')
     FROM generate_series(1, 1600) i)));
SELECT c1, c2, c1599, c1600 FROM columns_1600;
SELECT count(*) FROM verify_heapam('columns_1600');

-- pages never go over a row that a function inserted between the rows: with the first page, with a later one
CREATE FUNCTION insert_at(g int, at int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    IF g = at THEN
        INSERT INTO inserted_into VALUES (-g);
    END IF;
    RETURN g;
END $$;
\set VERBOSITY sqlstate
SELECT * FROM probe_output('inserted_into', 'SELECT insert_at(g, 3) FROM generate_series(1, 3) g');
SELECT * FROM probe_output('inserted_into', 'SELECT insert_at(g, 10000) FROM generate_series(1, 10000) g');
\set VERBOSITY default
SELECT to_regclass('inserted_into');
SELECT * FROM probe_output('inserted_into', 'SELECT insert_at(g, 10000) FROM generate_series(1, 10000) g', page_writer => false);
SELECT count(*) FROM inserted_into;
