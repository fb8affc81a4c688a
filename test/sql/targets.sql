-- targets: several targets, and targets with classes, in one call.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_targets;
SET search_path = test_targets;
SET client_min_messages = error;
SELECT testlib.make_table('t', 700, 21) \g /dev/null
ALTER TABLE t ADD cls text, ADD big bigint;
UPDATE t SET cls = CASE WHEN i % 11 > 0 THEN 'class ' || i * i % 5 END, big = i % 3 - 1 FROM (SELECT ctid AS at, row_number() OVER (ORDER BY ctid) AS i FROM t) n WHERE t.ctid = at;
CREATE TABLE r AS SELECT row_number() OVER (ORDER BY ctid) AS i, few, many, y_int, y_float, cls, big FROM t;

-- several targets: each as if it were alone
SELECT columns FROM gpu_encode.fit_transform('e', 'r', 'o', targets => '{y_int,y_float}', target_columns => '{few,many}', label_columns => '{few}', target_combinations => '[["few","many"]]', smooth => 1.5);
SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'o'::regclass AND attnum > 7;
SELECT y, c, testlib.output_check('o', format('%s_%s_TE', array_to_string(c, '_'), y), format('SELECT ordinal, encoding AS expected FROM testlib.target_rows(''r'', %L, %L, smooth => 1.5)', c, y))
FROM unnest('{y_int,y_float}'::text[]) y, (VALUES ('{few}'::text[]), ('{many}'), ('{few,many}')) c (c) ORDER BY 2, 1;
-- the encoder has them all; new rows get what the encoder of one target gives
SELECT column_name, kind, target, class, CASE target WHEN 'y_int' THEN prior_value = (SELECT avg(y_int)::float8 FROM r) END AS average FROM gpu_encode.fit('e2', 'r', targets => '{y_int,y_float}', target_columns => '{few,many}', label_columns => '{few}', target_combinations => '[["few","many"]]', smooth => 1.5);
SELECT count(*) FROM gpu_encode.fit('e_int', 'r', 'y_int', '{few,many}', '{few}', target_combinations => '[["few","many"]]', smooth => 1.5);
SELECT count(*) FROM gpu_encode.fit('e_float', 'r', 'y_float', '{few,many}', '{few}', target_combinations => '[["few","many"]]', smooth => 1.5);
SELECT count(*), count(*) FILTER (WHERE e2.encodings IS NOT DISTINCT FROM a.encodings || b.encodings AND e2.encoding IS NOT DISTINCT FROM a.encoding) AS equal
FROM e2 JOIN e_int a USING (kind, column_name) JOIN e_float b USING (kind, column_name)
WHERE kind <> 'parameters' AND (e2.value, e2."values") IS NOT DISTINCT FROM (a.value, a."values") AND (e2.value, e2."values") IS NOT DISTINCT FROM (b.value, b."values");
CREATE TABLE news AS SELECT CASE WHEN i % 9 > 0 THEN few END AS few, CASE WHEN i % 7 > 0 THEN many ELSE 'never' END AS many FROM r WHERE i % 4 = 0;
SELECT rows, columns FROM gpu_encode.transform('e2', 'news', 'n2', handle_unknown => 'null');
SELECT rows, columns FROM gpu_encode.transform('e_float', 'news', 'n1', handle_unknown => 'null');
SELECT testlib.same('SELECT few, "few_y_float_TE", "many_y_float_TE", "few_many_y_float_TE" FROM n2', 'SELECT few, "few_TE", "many_TE", "few_many_TE" FROM n1');
SELECT few, gpu_encode.target_encoding('e2', 'few', few, target => 'y_int') = gpu_encode.target_encoding('e_int', 'few', few) AS int, gpu_encode.target_encoding('e2', 'few', few, target => 'y_float') = gpu_encode.target_encoding('e_float', 'few', few) AS float
FROM (SELECT DISTINCT few FROM r WHERE few IS NOT NULL ORDER BY 1 LIMIT 2) f;
-- one call site asks for other encodings of one value
SELECT y, few, gpu_encode.target_encoding('e2', 'few', few, 'mean', y) = (SELECT encodings[CASE y WHEN 'y_int' THEN 1 ELSE 2 END] FROM e2 WHERE kind = 'category' AND column_name = 'few' AND value = few) AS same
FROM (SELECT DISTINCT few FROM r WHERE few IS NOT NULL ORDER BY 1 LIMIT 2) f, unnest('{y_int,y_float,y_int}'::text[]) y ORDER BY 2, 1;
SELECT testlib.refuses($$SELECT gpu_encode.target_encoding('e2', 'few', 'x'::text)$$, '42703', '2 encodings of "few" with statistic "mean"', 'statistic "mean", target "y_int"');
SELECT testlib.refuses($$SELECT gpu_encode.target_encoding('e2', 'few', 'x'::text, target => 'nope')$$, '42703', 'no encoding of "few" with statistic "mean", target "nope"');
SELECT testlib.refuses($$SELECT gpu_encode.target_encoding('e2', 'few', 'x'::text, 'var', 'y_int')$$, '42703', 'no encoding of "few" with statistic "var", target "y_int"');
DROP TABLE o, n1, n2;

-- classes: each against all others, in sorted order
CREATE VIEW each_class AS SELECT i, few, many, cls, (cls = 'class 0')::int AS c0, (cls = 'class 1')::int AS c1, (cls = 'class 4')::int AS c4 FROM r;
SELECT DISTINCT cls FROM r ORDER BY 1;
SELECT columns FROM gpu_encode.fit_transform('e_cls', 'r', 'o', 'cls', '{few,many}', '{}', target_type => 'multiclass', smooth => 0.7);
SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'o'::regclass AND attnum > 7;
SELECT k, c, testlib.same(format('SELECT encoding FROM gpu_encode.target_encode(''each_class'', %L, %L, smooth => 0.7, order_by => ''{i}'')', c, 'c' || k), format('SELECT %I FROM o', format('%s_TE_class %s', c, k))) AS same,
       testlib.same(format('SELECT encoding FROM gpu_encode.target_encode(''r'', %L, ''cls'', smooth => 0.7, target_type => ''multiclass'', pos_label => %L)', c, 'class ' || k), format('SELECT %I FROM o', format('%s_TE_class %s', c, k))) AS asked_for
FROM unnest('{0,1,4}'::int[]) k, unnest('{few,many}'::text[]) c;
SELECT c ->> 'classes' FROM e_cls, jsonb_array_elements(parameters -> 'targets') c WHERE kind = 'parameters';
SELECT column_name, class, prior_value = avg FROM gpu_encode.fit('e_prior', 'r', 'cls', '{few}', '{}', target_type => 'multiclass') LEFT JOIN (SELECT 'class 1' AS class, avg(c1)::float8 AS avg FROM each_class) a USING (class);
SELECT gpu_encode.target_encoding('e_cls', 'few', few, class => 'class 4') = (SELECT encodings[3] FROM e_cls WHERE kind = 'category' AND column_name = 'few' AND value = few) AS by_class, count(*) FROM r WHERE few IS NOT NULL GROUP BY 1;
SELECT testlib.refuses($$SELECT gpu_encode.target_encoding('e_cls', 'few', 'x'::text)$$, '42703', '3 encodings of "few"', 'class "class 0"');
SELECT columns FROM gpu_encode.transform('e_cls', 'r', 'n', te_suffix => '');
SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'n'::regclass AND attnum > 7;
DROP TABLE o, n;
-- integers and booleans have classes, several targets with them too; numbers of the float kind have none
SELECT columns FROM gpu_encode.fit_transform('e_two', 'r', 'o', targets => '{cls,big}', target_columns => '{few}', label_columns => '{}', target_type => 'multiclass');
SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'o'::regclass AND attnum > 7;
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 'r', 'y_float', '{few}', '{}', target_type => 'multiclass')$$, '42804', 'has no classes');
CREATE TABLE ids AS SELECT i AS id, i % 7 AS x FROM generate_series(1, 1001) i;
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 'ids', 'id', '{x}', target_type => 'multiclass')$$, '54000', 'more than 1000 classes');
DELETE FROM ids WHERE id = 7;
SELECT count(*), count(DISTINCT class) FROM gpu_encode.fit('e_ids', 'ids', 'id', '{x}', target_type => 'multiclass');
-- no class at all: no row, or no row whose target is known
CREATE TABLE unknown_class (x int, y text);
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 'unknown_class', 'y', '{x}', target_type => 'multiclass')$$, '22023', 'target "y" of relation unknown_class has no values', 'Load rows');
INSERT INTO unknown_class VALUES (1, NULL), (2, NULL);
SELECT testlib.refuses(call, '22023', 'target "y" of relation unknown_class has no values', 'Load rows')
FROM unnest(ARRAY[$$SELECT gpu_encode.fit('x', 'unknown_class', 'y', '{x}', target_type => 'multiclass')$$,
    $$SELECT gpu_encode.fit_transform('x', 'unknown_class', 'o_x', 'y', '{x}', target_type => 'multiclass', stats => '{count}')$$,
    $$SELECT gpu_encode.preprocess('unknown_class', 'o_x', 'y', '{x}', target_type => 'multiclass')$$,
    $$SELECT gpu_encode.target_encode('unknown_class', 'x', 'y', target_type => 'multiclass', pos_label => 'a')$$]) call;
-- a class whose name is too long for a column, before any work
CREATE TABLE long_class AS SELECT i AS x, repeat('c', 70) || i % 3 AS y FROM generate_series(1, 9) i;
SELECT testlib.refuses($$SELECT gpu_encode.fit_transform('x', 'long_class', 'o_long', 'y', '{x}', target_type => 'multiclass')$$, '42622', 'recode');
SELECT testlib.refuses($$SELECT gpu_encode.fit('x', 'long_class', 'y', '{x}', target_type => 'multiclass')$$, '42622', 'recode');

-- float4: the same numbers, rounded once more, by the page writer and by rows
SELECT columns FROM gpu_encode.fit_transform('e_8', 'r', 'o8', targets => '{y_int,big}', target_columns => '{few,many}', label_columns => '{}');
SELECT columns FROM gpu_encode.fit_transform('e_4', 'r', 'o4', targets => '{y_int,big}', target_columns => '{few,many}', label_columns => '{}', encoding_type => 'float4');
SELECT testlib.same('SELECT i, "few_y_int_TE"::float4, "few_big_TE"::float4, "many_y_int_TE"::float4, "many_big_TE"::float4 FROM o8', 'SELECT i, "few_y_int_TE", "few_big_TE", "many_y_int_TE", "many_big_TE" FROM o4'),
       (SELECT string_agg(DISTINCT format_type(atttypid, atttypmod), ' ') FROM pg_attribute WHERE attrelid = 'o4'::regclass AND attname LIKE '%TE') AS types;
SELECT columns FROM gpu_encode.transform('e_8', 'r', 'n4', encoding_type => 'float4');
SELECT columns FROM gpu_encode.transform('e_8', 'r', 'n8');
SELECT testlib.same('SELECT i, "few_y_int_TE"::float4, "many_big_TE"::float4 FROM n8', 'SELECT i, "few_y_int_TE", "many_big_TE" FROM n4');
CREATE TABLE narrow AS SELECT i % 7 AS x, i::float8 / 7 AS y FROM generate_series(1, 3000) i;
SELECT columns FROM gpu_encode.preprocess('narrow', 'narrow8', 'y', '{x}');
SELECT columns FROM gpu_encode.preprocess('narrow', 'narrow4', 'y', '{x}', encoding_type => 'float4');
SELECT testlib.same('SELECT x, y, "x_TE"::float4 FROM narrow8', 'SELECT x, y, "x_TE" FROM narrow4');
UPDATE narrow SET y = CASE WHEN x = 3 THEN 1e39 WHEN x = 4 THEN -1e-60 ELSE 0 END;
SELECT testlib.refuses($$SELECT gpu_encode.preprocess('narrow', 'never', 'y', '{x}', encoding_type => 'float4')$$, '22003', 'encoding of "x" is beyond the range of real');
SELECT testlib.refuses($$SELECT gpu_encode.preprocess('r', 'o', 'y_float', '{many}', label_columns => '{}', encoding_type => 'float16')$$, '22023', 'encoding_type', 'float16');
DELETE FROM narrow WHERE x = 3;
SELECT columns FROM gpu_encode.preprocess('narrow', 'tiny4', 'y', '{x}', encoding_type => 'float4');
SELECT DISTINCT "x_TE" FROM tiny4 WHERE x = 4;

-- leaks: no row's own out-of-fold value moves with its own label
CREATE TABLE leak AS SELECT i AS id, 'x' || i % 3 AS x, i * 7 % 4 AS y, i % 2 AS z, 'k' || i % 3 AS k FROM generate_series(1, 24) i;
CREATE FUNCTION values_of(call text) RETURNS TABLE (id int, v text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT FROM gpu_encode.fit_transform(''pg_temp.e_leak'', ''leak'', ''pg_temp.o_leak'', %s, target_columns => ''{x}'', label_columns => ''{}'', order_by => ''{id}'', smooth => 2)', call);
    RETURN QUERY EXECUTE 'SELECT id, (to_jsonb(o) - ''{id,x,y,z,k}''::text[])::text FROM pg_temp.o_leak o';
    DROP TABLE pg_temp.e_leak, pg_temp.o_leak;
END
$$;
CREATE FUNCTION leaks(call text, change text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    n bigint := 0; r record; before text; after text;
BEGIN
    FOR r IN SELECT l.id, l.ctid AS at FROM leak l ORDER BY 1 LOOP
        SELECT v INTO before FROM values_of(call) f WHERE f.id = r.id;
        BEGIN
            EXECUTE format('UPDATE leak SET %s WHERE id = %s', change, r.id);
            SELECT v INTO after FROM values_of(call) f WHERE f.id = r.id;
            RAISE SQLSTATE 'UNDO1';
        EXCEPTION WHEN SQLSTATE 'UNDO1' THEN NULL;
        END;
        n := n + (before IS DISTINCT FROM after)::int;
    END LOOP;
    RETURN n;
END
$$;
SELECT leaks($$targets => '{y,z}'$$, 'y = 100 - y, z = 1 - z') AS targets, leaks($$target => 'k', target_type => 'multiclass'$$, $$k = CASE k WHEN 'k0' THEN 'k1' ELSE 'k0' END$$) AS classes;

RESET search_path;
-- weights of integer types act as those of others; the GPU knows no weights
SET gpu_encode.backend = cpu;
CREATE TABLE weighted AS SELECT i % 5 AS x, i % 7 AS y, i % 4 AS w, (i % 4)::float8 AS w8 FROM generate_series(1, 100) i;
SELECT testlib.same('SELECT * FROM gpu_encode.target_encode(''weighted'', ''x'', ''y'', weight_column => ''w'')', 'SELECT * FROM gpu_encode.target_encode(''weighted'', ''x'', ''y'', weight_column => ''w8'')');
SET client_min_messages = warning;
DROP SCHEMA test_targets CASCADE;
