-- encoders: the tables that fit makes, row by row against the oracle.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_encoders;
SET search_path = test_encoders;

SELECT testlib.make_table('r', 2000, 9), testlib.make_table('more', 500, 10) \g /dev/null
UPDATE more SET many = 'only here ' || id WHERE id % 5 = 0;
SELECT column_name, kind, categories = (SELECT count(DISTINCT CASE column_name WHEN 'few' THEN few WHEN 'many' THEN many WHEN 'number' THEN number::text END) FROM r) AS categories,
       rows, missing_rows = (SELECT count(*) FROM r WHERE CASE column_name WHEN 'few' THEN few WHEN 'many' THEN many WHEN 'number' THEN number::text END IS NULL) AS missing_rows,
       prior_value = (SELECT avg(y_int)::float8 FROM r) AS prior, pos_label_used
FROM gpu_encode.fit('e', 'r', 'y_int', '{many,number}', '{few,many}', smooth => 3.5);
SELECT testlib.encoder_check('e', 'r', '{few}', true), testlib.encoder_check('e', 'r', '{many}', true, 'y_int', smooth => 3.5),
       testlib.encoder_check('e', 'r', '{number}', false, 'y_int', smooth => 3.5);

-- an ordinary table with the promised columns
SELECT testlib.columns('e');
SELECT attname, collation_name FROM pg_attribute a JOIN information_schema.columns c ON c.table_name = 'e' AND c.table_schema = 'test_encoders' AND c.column_name = attname
WHERE attrelid = 'e'::regclass AND attnum > 0 AND collation_name IS NOT NULL ORDER BY attnum;
SELECT relkind, relpersistence, pg_get_userbyid(relowner) = current_user AS own FROM pg_class WHERE oid = 'e'::regclass;
SELECT kind, count(*) FROM e WHERE kind NOT IN ('category') GROUP BY kind ORDER BY kind;
SELECT count(*) > 0 AS indexed FROM pg_index WHERE indrelid = 'e'::regclass;
SELECT count(*) - count(DISTINCT (column_name, value, "values")) AS duplicates FROM e WHERE kind = 'category';

-- parameters: jsonb in one row, names of types and never their OIDs
SELECT count(*) AS rows, count(*) FILTER (WHERE kind = 'parameters') AS there, jsonb_typeof(min(parameters::text)::jsonb) FROM e WHERE parameters IS NOT NULL;
SELECT parameters::text ~ 'character varying|varchar' AS type_name, parameters::text ~ '3\.5' AS smooth, parameters::text ~ 'y_int' AS target FROM e WHERE kind = 'parameters';
SELECT count(*) AS oids FROM e, unnest(ARRAY['integer'::regtype, 'varchar'::regtype, 'text'::regtype]) t, regexp_matches(e.parameters::text, '\m\d+\M', 'g') m WHERE m[1] = t::oid::text AND t::oid > 1000;

-- the prior row
SELECT count(*) > 0 AS there, bool_and(encoding = (SELECT avg(y_int)::float8 FROM r)) AS is_mean FROM e WHERE kind = 'prior';

-- label codes from more sources: codes over the union, rows and statistics of the fitted source alone
SELECT column_name, kind, rows FROM gpu_encode.fit('e2', 'r', 'y_float', '{many}', '{many,few}', label_sources => '{more}', smooth => 0);
SELECT testlib.encoder_check('e2', 'r', '{few}', true, label_sources => '{more}'),
       testlib.encoder_check('e2', 'r', '{many}', true, 'y_float', label_sources => '{more}');
SELECT count(*) > 0 AS some, bool_and(n_rows = 0) AS no_rows, bool_and(encoding = (SELECT encoding FROM e2 WHERE kind = 'prior')) AS prior FROM e2 WHERE kind = 'category' AND column_name = 'many' AND value LIKE 'only here%';

-- every target: the bins are the sum, exactly
SELECT y, column_name FROM unnest('{y_float,y_spoiled,y_subnormal,y_numeric,y_boolean}'::text[]) y, LATERAL gpu_encode.fit('e_' || y, 'r', y, '{few}', '{}', smooth => 20.3);
SELECT y, testlib.encoder_check(('e_' || y)::regclass, 'r', '{few}', false, y, smooth => 20.3) FROM unnest('{y_float,y_spoiled,y_subnormal,y_numeric,y_boolean}'::text[]) y;

-- and the same totals in the row of kind 'prior'
SELECT y, bool_and(totals) AS totals FROM unnest('{y_float,y_spoiled,y_subnormal,y_numeric,y_boolean}'::text[]) y, LATERAL testlib.encoder_totals(('e_' || y)::regclass, 'r', y) GROUP BY y ORDER BY y;
CREATE TABLE steps AS SELECT 'c' || i AS x, 2::float8 ^ (100 * i) AS y FROM generate_series(0, 9) i;
SELECT count(*) FROM gpu_encode.fit('e_steps', 'steps', 'y', '{x}', '{}', smooth => 0);
SELECT value, moments FROM e_steps WHERE kind = 'category' ORDER BY value;

-- the plain join is a way to apply it (transform warns of the fitted table)
SET client_min_messages = error;
SELECT rows FROM gpu_encode.transform('e', 'r', 'o');
SELECT testlib.output_check('o', 'many', $$SELECT row_number() OVER (ORDER BY r.ctid) - 1 AS ordinal, code AS expected FROM r LEFT JOIN e ON e.kind = 'category' AND e.column_name = 'many' AND e.value = r.many$$),
       testlib.output_check('o', 'many_TE', $$SELECT row_number() OVER (ORDER BY r.ctid) - 1 AS ordinal, encoding AS expected FROM r LEFT JOIN e ON e.kind = 'category' AND e.column_name = 'many' AND e.value = r.many$$);

-- statistics of parts merge to those of the whole
CREATE TABLE half_a AS SELECT * FROM r WHERE id % 2 = 0;
CREATE TABLE half_b AS SELECT * FROM r WHERE id % 2 = 1;
SELECT count(*) FROM unnest('{half_a,half_b}'::text[]) h, LATERAL gpu_encode.fit('e_' || h, h::regclass, 'y_float', '{few}', '{}', smooth => 0);
SELECT count(*) AS merged, count(*) FILTER (WHERE a.n_rows + b.n_rows <> w.n_rows OR (a.moments[1] OPERATOR(gpu_encode.+) b.moments[1])::text <> w.moments[1]::text) AS wrong
FROM e_half_a a JOIN e_half_b b USING (kind, column_name, value) JOIN e_y_float w USING (kind, column_name, value) WHERE kind = 'category';

-- empty and all-NULL sources
CREATE TABLE nothing (x text, y int);
SELECT column_name, kind, categories, rows, missing_rows, prior_value FROM gpu_encode.fit('e_nothing', 'nothing', 'y', '{x}', '{x}');
SELECT count(*) FROM e_nothing WHERE kind = 'category';
INSERT INTO nothing SELECT NULL, i FROM generate_series(1, 3) i;
SELECT column_name, kind, categories, rows, missing_rows, prior_value FROM gpu_encode.fit('e_nulls', 'nothing', 'y', '{x}', '{x}');
SELECT rows, missing_labels FROM gpu_encode.transform('e_nulls', 'nothing', 'o_nulls', label_suffix => '_c');
SELECT * FROM o_nulls ORDER BY y;

-- a category of 10 MB
CREATE TABLE huge AS SELECT i, repeat(md5(i::text), 327680) AS x, i % 2 AS y FROM generate_series(1, 3) i UNION ALL SELECT 4, repeat(md5('1'), 327680), 1;
SELECT testlib.label_check('huge', 'x'), testlib.target_check('huge', '{x}', 'y');
SELECT categories FROM gpu_encode.fit('e_huge', 'huge', 'y', '{x}', '{x}');
SELECT rows FROM gpu_encode.transform('e_huge', 'huge', 'o_huge', label_suffix => '_code');
SELECT count(*) FILTER (WHERE o.x_code <> gpu_encode.label('e_huge', 'x', o.x)) AS wrong, min(octet_length(gpu_encode.inverse_label('e_huge', 'x', x_code))) AS bytes FROM o_huge o;

-- what is written of an encoder does not depend on the session's settings, nor does transform's warning
SELECT count(*) FROM gpu_encode.fit('e_plain', 'r', 'y_int', '{few}', '{few}', smooth => 0.123456789012345678);
SET quote_all_identifiers = on;
SET extra_float_digits = -15;
SELECT count(*) FROM gpu_encode.fit('e_settings', 'r', 'y_int', '{few}', '{few}', smooth => 0.123456789012345678);
RESET extra_float_digits;
SELECT a.parameters - 'fitted_at' = b.parameters - 'fitted_at' AS same, a.parameters ->> 'source' AS source, a.parameters ->> 'smooth' AS smooth FROM e_plain a JOIN e_settings b USING (kind) WHERE kind = 'parameters';
SET client_min_messages = warning;
\set VERBOSITY terse
SELECT rows FROM gpu_encode.transform('e_plain', 'r', 'o_settings');
\set VERBOSITY default
SET client_min_messages = error;
RESET quote_all_identifiers;

-- a typmod says what a column holds, not what a category is: encoders of wide columns apply to narrow ones, whatever taught them
CREATE TABLE wide (v varchar(10), c char(6), n numeric(10,4), t timestamp(6), i interval(6), b varbit(8), y int);
INSERT INTO wide VALUES ('longer', 'longer', 1.2345, '2024-01-01 00:00:00.123456', '1.234567 s', '10101010', 1), ('b', 'b', 1.2, '2024-01-01', '1 s', '1', 0);
CREATE TABLE narrow (v varchar(2), c char(3), n numeric(10,1), t timestamp(0), i interval(0), b varbit(2), y int);
INSERT INTO narrow SELECT * FROM wide WHERE y = 0;
SELECT count(*) FROM gpu_encode.fit('e_wide', 'wide', 'y', '{v,c,n,t,i,b}', '{v,c,n,t,i,b}', target_combinations => '[["v","n"]]');
SELECT rows, unknown_labels FROM gpu_encode.transform('e_wide', 'narrow', 'o_narrow');
TABLE o_narrow;
SELECT count(*) FROM gpu_encode.fit('e_narrow', 'narrow', label_columns => '{v,c,n,t,i,b}', label_sources => '{wide}');
SELECT rows, unknown_labels FROM gpu_encode.transform('e_narrow', 'narrow', 'o_narrow2');
SELECT count(*) AS looked_up, count(*) FILTER (WHERE gpu_encode.label('e_narrow', column_name, value) IS DISTINCT FROM code) AS wrong FROM e_narrow WHERE kind = 'category';
SELECT gpu_encode.label('e_narrow', 'n', 1.2345) AS value, gpu_encode.label('e_narrow', 'n', '1.2345'::text) AS text, gpu_encode.label('e_narrow', 'v', 'unknown'::text, 'null') AS unknown;

-- the order of rows and columns added by the owner do no harm
CREATE TABLE e_copy AS SELECT * FROM e ORDER BY md5(e::text);
ALTER TABLE e_copy ADD COLUMN note text DEFAULT 'mine';
SELECT rows FROM gpu_encode.transform('e_copy', 'r', 'o_copy');
SELECT testlib.same('TABLE o', 'TABLE o_copy');

-- every row of a result names the encoder
CREATE TABLE answers AS SELECT 'fit' AS call, encoder_id FROM gpu_encode.fit('e_id', 'r', 'y_int', '{number}', '{few}');
INSERT INTO answers SELECT 'transform', encoder_id FROM gpu_encode.transform('e_id', 'more', 'o_id');
INSERT INTO answers SELECT 'fit_transform', encoder_id FROM gpu_encode.fit_transform('e_id_2', 'r', 'o_id_2', 'y_int', '{number}', '{few}');
INSERT INTO answers SELECT 'preprocess', encoder_id FROM gpu_encode.preprocess('r', 'o_id_3', 'y_int', '{number}', 'more', 'o_id_4', '{few}', encoder => 'e_id_3', labels_from_validation => false);
SELECT call, count(*), bool_and(encoder_id = (SELECT parameters ->> 'encoder_id' FROM e_id WHERE kind = 'parameters')) AS same FROM answers GROUP BY 1 ORDER BY 1;
SELECT encoder_id AS without_encoder FROM gpu_encode.preprocess('r', 'o_id_5', 'y_int', '{number}');

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_encoders CASCADE;
