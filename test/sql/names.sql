-- names: identifiers and values that need quoting, in every place where a name is given.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_names;
SET search_path = test_names;

CREATE TABLE "we ird ""T" ("class of worker" text, "a""b" varchar, "Ünï" int, "%s" text, "{x,y}" text, "back\slash" text, "'quote'" text, "select" text, " " text, "tab	name" numeric, "Target;--" int, "fold col" int, "order by" int);
INSERT INTO "we ird ""T" SELECT 'c' || i % 3, 'd"' || i % 4, i % 5, '%s%d%n' || i % 2, '{' || i % 6 || ',}', '\' || i % 3, '''' || i % 4, 'select ' || i % 2, ' ' || i % 3, i % 7, i % 2, i % 3, i FROM generate_series(1, 200) i;

-- (transform warns each time that its source is the fitted table)
SET client_min_messages = error;

-- one column
SELECT attname, testlib.label_check('"we ird ""T"', attname), testlib.target_check('"we ird ""T"', ARRAY[attname], 'Target;--', fold_column => 'fold col', order_by => '{order by}')
FROM pg_attribute WHERE attrelid = '"we ird ""T"'::regclass AND attnum BETWEEN 1 AND 10 ORDER BY attnum;
-- braces and commas in list elements
SELECT testlib.target_check('"we ird ""T"', '{"{x,y}","a\"b","back\\slash","''quote''"}', 'Target;--', 5, 1);

-- a whole job
SELECT encoder_table, column_name, kind, categories, rows FROM gpu_encode.fit('"En coder"', '"we ird ""T"', 'Target;--', ARRAY['class of worker', 'a"b', '%s'], target_combinations => '[["{x,y}","a\"b"],["Ünï"," "]]');
SELECT output_table, rows, columns FROM gpu_encode.transform('"En coder"', '"we ird ""T"', '"Out ""put%s"', label_suffix => ' "code"', te_suffix => ' %TE,{}');
SELECT attname FROM pg_attribute WHERE attrelid = '"Out ""put%s"'::regclass AND attnum > 13 ORDER BY attnum;
SELECT attname, testlib.output_check('"Out ""put%s"', attname || ' "code"', format('SELECT ordinal, code AS expected FROM testlib.label_rows(%L, %L)', '"we ird ""T"', attname))
FROM pg_attribute WHERE attrelid = '"we ird ""T"'::regclass AND attnum IN (1, 2, 4, 5, 6, 7, 8, 9) ORDER BY attnum;
SELECT testlib.output_check('"Out ""put%s"', 'a"b %TE,{}', $$SELECT row_number() OVER (ORDER BY t.ctid) - 1 AS ordinal, encoding AS expected FROM "we ird ""T" t JOIN "En coder" e ON e.kind = 'category' AND e.column_name = 'a"b' AND e.value = t."a""b"$$);
SELECT gpu_encode.label('"En coder"', 'a"b', 'd"3'::text), gpu_encode.inverse_label('"En coder"', 'a"b', 3), gpu_encode.target_encoding('"En coder"', ARRAY['{x,y}', 'a"b'], ARRAY['{0,}', 'd"0']) IS NOT NULL AS joint;
SELECT rows FROM gpu_encode.preprocess('"we ird ""T"', '"%s"', 'Target;--', '{%s,"class of worker"}', '"we ird ""T"', '"100%"', fold_column => 'fold col', order_by => '{"order by"}', encoder => '"e;--"');
SELECT testlib.output_check('"%s"', 'class of worker_TE', $$SELECT ordinal, encoding AS expected FROM testlib.target_rows('"we ird ""T"', '{class of worker}', 'Target;--', fold_column => 'fold col', order_by => '{order by}')$$);

-- messages carry them unharmed
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('"we ird ""T"', '%s%n')$$, '42703', '"%s%n"', 'we ird');
SELECT testlib.refuses($$SELECT gpu_encode.label('"En coder"', '%s', '%s%n%d'::text)$$, '22023', '"%s%n%d"');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('"we ird ""T"', 'Ünï', 'Target;--', split_method => '%n')$$, '22023', '"%n"');
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('"we ird ""T"', 'class of worker', order_by => '{fold col}')$$, '22023', 'fold col');

-- a column is named exactly: no folding, no cutting at 63 bytes
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('"we ird ""T"', 'Select')$$, '42703', 'column "Select" of relation "we ird ""T" does not exist');
CREATE TABLE long_name AS SELECT 'v'::text AS "a name of sixty three bytes, as long as names can be in a table";
SELECT length(attname) FROM pg_attribute WHERE attrelid = 'long_name'::regclass AND attnum = 1;
SELECT code FROM gpu_encode.label_encode('long_name', 'a name of sixty three bytes, as long as names can be in a table');
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('long_name', 'a name of sixty three bytes, as long as names can be in a table and more')$$, '42703', 'in a table ... (8 more characters)');
SELECT columns FROM gpu_encode.fit_transform('e_long', 'long_name', 'o_long');

-- functions and operators of the caller that shadow the system's are not used
CREATE FUNCTION count(anyelement) RETURNS bigint LANGUAGE sql AS 'SELECT -1::bigint';
CREATE FUNCTION bad_equal(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'shadowed'; END $$;
CREATE OPERATOR = (LEFTARG = text, RIGHTARG = text, FUNCTION = bad_equal);
CREATE TYPE text AS (x int);
CREATE DOMAIN int8 AS pg_catalog.text;
CREATE TABLE plain (x pg_catalog.text, y pg_catalog.int4);
INSERT INTO plain VALUES ('b', 1), ('a', 0), ('b', 0);
CREATE TABLE category (x int);
SET search_path = test_names, pg_catalog;
SELECT code FROM gpu_encode.label_encode('plain', 'x', order_by => '{x,y}');
SELECT rows FROM gpu_encode.fit_transform('e_shadow', 'plain', 'o_shadow', 'y', '{x}', '{x}', smooth => 0);
SELECT rows FROM gpu_encode.transform('e_shadow', 'plain', 'o_shadow2', order_by => '{x,y}');
SELECT gpu_encode.label('e_shadow', 'x', 'b'::pg_catalog.text), gpu_encode.inverse_label('e_shadow', 'x', 0), gpu_encode.target_encoding('e_shadow', 'x', 'b'::pg_catalog.text);
SELECT backend FROM gpu_encode.devices WHERE backend OPERATOR(pg_catalog.=) 'cpu';
SET search_path = '';
SELECT rows FROM gpu_encode.transform('test_names.e_shadow', 'test_names.plain', 'test_names.o_shadow3');

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_names CASCADE;
