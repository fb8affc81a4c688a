-- page_threads: tables that several threads fill hold the same bytes, whatever the number of threads, and the rows of the ordinary way.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_page_threads;
SET search_path = test_page_threads;
SET client_min_messages = error;
SET gpu_encode.max_workers = 3;

-- the place and the contents of all rows of o, and how many pages they fill; the rows alone, in their order
CREATE FUNCTION pages() RETURNS text LANGUAGE plpgsql AS
$$BEGIN RETURN (SELECT format('%s rows, %s pages, %s', count(*), pg_relation_size('o') / current_setting('block_size')::int, md5(string_agg(ctid::text || o::text, E'\n' ORDER BY ctid))) FROM o); END$$;
CREATE FUNCTION row_texts() RETURNS text LANGUAGE plpgsql AS $$BEGIN RETURN (SELECT md5(string_agg(o::text, E'\n' ORDER BY ctid)) FROM o); END$$;

-- call made with 1, 2 and 5 threads, then row by row: what differs, or how many pages there are
CREATE FUNCTION compare(call text) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
	one text; other text; texts text; counts text; one_counts text;
BEGIN
	FOREACH other IN ARRAY '{1,2,5,off}'::text[] LOOP
		DROP TABLE IF EXISTS o;
		PERFORM set_config('gpu_encode.page_writer', CASE other WHEN 'off' THEN 'off' ELSE 'auto' END, true);
		IF other <> 'off' THEN PERFORM set_config('gpu_encode.threads', other, true); END IF;
		EXECUTE format('SELECT string_agg(format(''%%s %%s %%s %%s'', rows, unknown_labels, missing_labels, unseen_targets), '','') FROM %s', call) INTO counts;
		IF one IS NULL THEN one := pages(); texts := row_texts(); one_counts := counts; END IF;
		IF counts <> one_counts THEN RETURN format('%s: counts %s and %s', other, one_counts, counts); END IF;
		IF other = 'off' AND row_texts() <> texts THEN RETURN 'other rows than row by row'; END IF;
		IF other <> 'off' AND pages() <> one THEN RETURN format('%s threads: %s and %s', other, one, pages()); END IF;
	END LOOP;
	RETURN format('equal, counts %s, %s', one_counts, split_part(one, ' pages', 1));
END
$$;

-- rows of one size: every width that is passed by value
CREATE TABLE plain AS
SELECT i AS id, (i % 7)::smallint AS s, i % 3 = 0 AS t, ('x' || i % 11)::"char" AS c, date '2000-01-01' + i AS d, 'a' || i % 300 AS few, 'b' || i * 7919 % 30011 AS many, (i % 2)::float8 AS y
FROM generate_series(1, 40000) i;
SELECT compare($$gpu_encode.preprocess('plain', 'o', 'y', '{few,many}')$$);
SELECT compare($$gpu_encode.preprocess('plain', 'o', 'y', '{few,many}', n_folds => 7, split_method => 'random', seed => 5, logged => false)$$);
SELECT compare($$gpu_encode.preprocess('plain', 'o', 'y', '{few}', fold_column => 's', target_combinations => '[["few","many"]]', prior => 'out_of_fold')$$);

-- NULLs in passed columns, in codes and in encodings, in some stretches of the rows only
CREATE TABLE holes AS
SELECT CASE WHEN i % 12000 > 3000 OR i % 3 > 0 THEN i END AS id, CASE WHEN i BETWEEN 12000 AND 24000 AND i % 5 = 0 THEN NULL ELSE 'a' || i % 300 END AS few,
	'b' || i * 7919 % 30011 AS many, CASE WHEN i % 7 > 0 OR i > 30000 THEN (i % 2)::float8 END AS y, CASE WHEN i > 35000 THEN i % 2 = 0 END AS t
FROM generate_series(1, 40000) i;
SELECT m, compare(format($$gpu_encode.preprocess('holes', 'o', 'y', '{few,many}', handle_missing => %L)$$, m)) FROM unnest('{value,"null",category}'::text[]) m;
SELECT compare($$gpu_encode.preprocess('holes', 'o', 'y', '{few,many}', null_value => 'none')$$);

-- texts that are categories pass by their ids: of every length around that of the short header, NULL, of other columns between
CREATE DOMAIN label AS text COLLATE "C";
CREATE TABLE texts AS
SELECT (i % 7)::smallint AS s, 'a' || i % 300 AS few, i AS id, CASE WHEN i % 13 > 0 OR i < 9000 THEN 'b' || i * 7919 % 30011 END AS many, i % 3 = 0 AS t,
	repeat('é', i % 80) AS lengths, ('x' || i % 11)::"char" AS c, decode(md5((i % 500)::text), 'hex') AS bytes, ('d' || i % 20)::label AS dom, (i % 2)::float8 AS y,
	('v' || i % 9)::varchar(5) AS last
FROM generate_series(1, 40000) i;
SELECT compare($$gpu_encode.preprocess('texts', 'o', 'y', '{few,many,lengths,bytes,dom,last}', label_columns => '{}')$$);
SELECT compare($$gpu_encode.preprocess('texts', 'o', 'y', '{few,many,lengths,bytes,dom,last}', label_columns => '{}', encoding_type => 'float4', stats => '{std,count}', handle_missing => 'null')$$);
SELECT compare($$gpu_encode.preprocess('texts', 'o', 'y', '{few}', label_columns => '{many,lengths,bytes,dom,last}', label_suffix => '_code', order_by => '{lengths,id}')$$);
-- of a view; of texts that are rare, listed, unknown
CREATE VIEW seen AS SELECT few, many, y, id FROM texts WHERE id % 3 > 0;
SELECT compare($$gpu_encode.preprocess('seen', 'o', 'y', '{few,many}', label_columns => '{}', min_frequency => 2, order_by => '{id}')$$);
SELECT compare($$gpu_encode.preprocess('seen', 'o', 'y', '{few}', order_by => '{id}', label_columns => '{many}', label_suffix => '_code', handle_unknown => 'null', column_options => '{"many": {"categories": ["b1", "b2", "b30000"]}}')$$);
SELECT count(*) FROM gpu_encode.fit('e_texts', 'seen', 'y', '{few,many}', '{few,many}');
CREATE TABLE fresh_texts AS SELECT s, 'a' || id % 310 AS few, id, CASE WHEN id % 11 > 0 THEN 'b' || id % 30100 END AS many FROM texts;
SELECT compare($$gpu_encode.transform('e_texts', 'fresh_texts', 'o', label_suffix => '_code', handle_unknown => 'null')$$);
-- texts that are read again: one stands for NULL; blanks that no category has; long ones; too many
SELECT compare($$gpu_encode.preprocess('texts', 'o', 'y', '{few,many,lengths,bytes,dom,last}', label_columns => '{}', null_value => 'none')$$);
CREATE TABLE padded AS SELECT few::char(9), y FROM texts;
SELECT compare($$gpu_encode.preprocess('padded', 'o', 'y', '{few}', label_columns => '{}')$$);
CREATE TABLE long AS SELECT few || CASE id % 1000 WHEN 0 THEN repeat('long', 700) ELSE '' END AS few, y FROM texts;
SELECT compare($$gpu_encode.preprocess('long', 'o', 'y', '{few}', label_columns => '{}')$$);
CREATE TABLE different AS SELECT rpad(id::text, 500, '-') AS many, y FROM texts;
SELECT compare($$gpu_encode.preprocess('different', 'o', 'y', '{many}', label_columns => '{}')$$);

-- full encodings, unknown categories
SELECT count(*) FROM gpu_encode.fit('e', 'holes', 'y', '{few,many}', '{few,many}');
CREATE TABLE fresh AS SELECT id, 'a' || i % 310 AS few, CASE WHEN i % 11 > 0 THEN 'b' || i % 30100 END AS many, y FROM (SELECT row_number() OVER () AS i, * FROM plain) p;
SELECT compare($$gpu_encode.transform('e', 'fresh', 'o', handle_unknown => 'null')$$);
SELECT compare($$gpu_encode.transform('e', 'fresh', 'o', handle_unknown => 'value', unknown_value => -7)$$);

-- no target anywhere; one row; none
CREATE TABLE untold AS SELECT id, few, NULL::float8 AS y FROM plain;
SELECT compare($$gpu_encode.preprocess('untold', 'o', 'y', '{few}')$$);
CREATE TABLE single AS SELECT * FROM plain LIMIT 1;
SELECT compare($$gpu_encode.preprocess('single', 'o', 'y', '{few}')$$);
CREATE TABLE empty AS SELECT * FROM plain LIMIT 0;
SELECT compare($$gpu_encode.preprocess('empty', 'o', 'y', '{few}')$$);

-- an output of no column but codes, and of columns that are too many to be kept
CREATE TABLE codes AS SELECT few, many FROM plain;
SELECT compare($$gpu_encode.preprocess('codes', 'o')$$);
CREATE TABLE wide AS SELECT id AS i1, id AS i2, id::int8 AS i3, id::int8 AS i4, id::int8 AS i5, id::int8 AS i6, few, y FROM plain LIMIT 20000;
SELECT compare($$gpu_encode.preprocess('wide', 'o', 'y', '{few}')$$);

-- an encoding that cannot be represented fails in whichever thread meets it, and the session goes on
CREATE TABLE huge AS SELECT i, 'a' AS few, CASE WHEN i IN (0, 5) THEN 1.7e308 WHEN i IN (1, 6) THEN -1.7e308 ELSE 0 END AS y FROM generate_series(0, 29999) i;
SET gpu_encode.threads = 4;
SELECT count(*) FROM gpu_encode.preprocess('huge', 'o_huge', 'y', '{few}');
SELECT to_regclass('o_huge');
SELECT compare($$gpu_encode.preprocess('single', 'o', 'y', '{few}')$$);

SET client_min_messages = warning;
DROP SCHEMA test_page_threads CASCADE;
