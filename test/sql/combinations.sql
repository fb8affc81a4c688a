-- combinations: several columns as one category.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_combinations;
SET search_path = test_combinations;

SELECT testlib.make_table('r' || n, n, 5 * n) FROM unnest('{0,1,2,7,100,3000}'::int[]) n \g /dev/null
SELECT k, string_agg(testlib.target_check(r, k::text[], 'y_int', 5, 0.5), ', ' ORDER BY n)
FROM unnest('{r0,r1,r2,r7,r100,r3000}'::regclass[]) WITH ORDINALITY t (r, n),
     unnest('{"{few,number}","{few,many,amount}"}'::text[]) k
GROUP BY k ORDER BY k;

-- missing when any part is
SELECT m, v, testlib.target_check('r3000', '{few,number}', 'y_float', 4, 1, 'contiguous', null_value => v, handle_missing => m)
FROM unnest('{value,"null",category}'::text[]) m, unnest('{v1,NULL}'::text[]) v ORDER BY m, v;

-- the parts are kept apart: ('a','bc') is not ('ab','c'), nor does a separator help
CREATE TABLE apart (a text, b text, y int);
INSERT INTO apart VALUES ('a', 'bc', 1), ('ab', 'c', 0), ('a', 'bc', 1), ('ab', 'c', 0), ('a_b', 'c', 5), ('a', 'b_c', 7), ('', 'abc', 9), ('abc', '', 11);
SELECT testlib.target_check('apart', '{a,b}', 'y', 8), testlib.target_check('apart', '{b,a}', 'y', 8);
SELECT encoding FROM gpu_encode.target_encode('apart', ARRAY['a', 'b'], 'y', n_folds => 8, prior => 'global') ORDER BY ordinal;
-- their order does not change the encoding
SELECT testlib.same('SELECT * FROM gpu_encode.target_encode(''r3000'', ''{few,number}''::text[], ''y_int'')',
                    'SELECT * FROM gpu_encode.target_encode(''r3000'', ''{number,few}''::text[], ''y_int'')');

-- many columns, each with many values
CREATE TABLE wide AS SELECT i, i % 7 AS y, 'a' || i % 11 AS a, i % 13 AS b, (i % 17)::text AS c, i % 19 = 0 AS d, date '2024-01-01' + i % 23 AS e, (i % 29)::numeric AS f
FROM generate_series(1, 4000) i;
SELECT testlib.target_check('wide', '{a,b,c,d,e,f}', 'y', 5, 1), testlib.target_check('wide', '{a,b,c}', 'y', 5, 1);

-- encoders: column_name joined by _, value NULL, values the parts
SELECT column_name, kind, categories, rows, missing_rows
FROM gpu_encode.fit('e', 'r3000', 'y_int', '{few}', '{}', target_combinations => '[["few","number"],["few","many","amount"]]', smooth => 2);
SELECT column_name, count(*), count(value) AS with_value, min(cardinality("values")) AS parts, count(code) AS coded
FROM e WHERE kind = 'category' GROUP BY column_name ORDER BY column_name COLLATE "C";
SELECT testlib.encoder_check('e', 'r3000', '{few}', false, 'y_int', smooth => 2),
       testlib.encoder_check('e', 'r3000', '{few,number}', false, 'y_int', smooth => 2),
       testlib.encoder_check('e', 'r3000', '{few,many,amount}', false, 'y_int', smooth => 2);

-- transform: full statistics in columns a_b_TE (and a warning: it is the fitted table)
SET client_min_messages = error;
SELECT rows, columns, unseen_targets FROM gpu_encode.transform('e', 'r3000', 'o');
SELECT testlib.columns('o') = testlib.columns('r3000') || ', "few_TE" double precision, "few_number_TE" double precision, "few_many_amount_TE" double precision' AS columns;
SELECT testlib.output_check('o', 'few_number_TE',
    $$SELECT row_number() OVER (ORDER BY r.ctid) - 1 AS ordinal, coalesce(e.encoding, (SELECT prior_value FROM (SELECT avg(y_int)::float8 AS prior_value FROM r3000) p)) AS expected
      FROM r3000 r LEFT JOIN e ON e.kind = 'category' AND e.column_name = 'few_number' AND e."values" = ARRAY[r.few, r.number::text]$$);
-- fit_transform: the out-of-fold values that target_encode gives
SELECT rows, columns FROM gpu_encode.fit_transform('e2', 'r3000', 'o2', 'y_int', label_columns => '{}', target_combinations => '[["few","number"]]', n_folds => 3, split_method => 'random', smooth => 2);
SELECT testlib.output_check('o2', 'few_number_TE',
    $$SELECT ordinal, encoding AS expected FROM gpu_encode.target_encode('r3000', ARRAY['few', 'number'], 'y_int', 3, 2, 'random')$$);

-- combinations that share columns, in the same places or others: transform as value by value
SELECT rows FROM gpu_encode.fit('e_shared', 'wide', 'y', label_columns => '{a}', target_columns => '{c}', target_combinations => '[["a","b","c"],["d","b","c"],["b","c"],["c","b"],["b","c","a"],["d","b","c","a"]]') LIMIT 1;
SELECT rows, unseen_targets FROM gpu_encode.transform('e_shared', 'wide', 'o_shared');
SELECT count(*) FILTER (WHERE "a_b_c_TE" IS DISTINCT FROM gpu_encode.target_encoding('e_shared', '{a,b,c}'::text[], ARRAY[w.a, w.b::text, w.c])) AS abc, count(*) FILTER (WHERE "d_b_c_TE" IS DISTINCT FROM gpu_encode.target_encoding('e_shared', '{d,b,c}'::text[], ARRAY[w.d::text, w.b::text, w.c])) AS dbc,
       count(*) FILTER (WHERE "b_c_TE" IS DISTINCT FROM gpu_encode.target_encoding('e_shared', '{b,c}'::text[], ARRAY[w.b::text, w.c])) AS bc, count(*) FILTER (WHERE "c_b_TE" IS DISTINCT FROM gpu_encode.target_encoding('e_shared', '{c,b}'::text[], ARRAY[w.c, w.b::text])) AS cb,
       count(*) FILTER (WHERE "b_c_a_TE" IS DISTINCT FROM "a_b_c_TE") AS bca, count(*) FILTER (WHERE "d_b_c_a_TE" IS DISTINCT FROM gpu_encode.target_encoding('e_shared', '{d,b,c,a}'::text[], ARRAY[w.d::text, w.b::text, w.c, w.a])) AS dbca, count(*)
FROM o_shared o JOIN wide w USING (i);
-- unseen parts, and pairs of known parts that were not seen together
CREATE TABLE wide_new AS SELECT i, 'a' || i % 12 AS a, i % 14 AS b, (i % 18)::text AS c, i % 19 = 0 AS d FROM generate_series(1, 300) i;
SELECT rows FROM gpu_encode.transform('e_shared', 'wide_new', 'o_new', handle_unknown => 'null');
SELECT count(*) FILTER (WHERE "a_b_c_TE" IS DISTINCT FROM gpu_encode.target_encoding('e_shared', '{a,b,c}'::text[], ARRAY[w.a, w.b::text, w.c])) AS abc, count(*) FILTER (WHERE "d_b_c_TE" IS DISTINCT FROM gpu_encode.target_encoding('e_shared', '{d,b,c}'::text[], ARRAY[w.d::text, w.b::text, w.c])) AS dbc,
       count(*) FILTER (WHERE "b_c_TE" IS DISTINCT FROM gpu_encode.target_encoding('e_shared', '{b,c}'::text[], ARRAY[w.b::text, w.c])) AS bc, count(*)
FROM o_new o JOIN wide_new w USING (i);

-- by hand: parts that were seen together, known parts that never met, unknown ones in each place, missing ones; the mean of y is 5
CREATE TABLE met (a text, b text, c int, y int);
INSERT INTO met VALUES ('x', 'u', 1, 1), ('x', 'u', 1, 3), ('y', 'v', 2, 6), ('y', 'u', 1, 10);
CREATE TABLE meets (i int, a text, b text, c int);
INSERT INTO meets VALUES (1, 'x', 'u', 1), (2, 'y', 'v', 2), (3, 'x', 'v', 2), (4, 'x', 'u', 2), (5, 'z', 'u', 1), (6, 'x', 'w', 1), (7, 'x', 'u', 9), (8, 'z', 'w', 9), (9, NULL, 'u', 1), (10, 'x', NULL, 1), (11, 'x', 'u', NULL), (12, 'z', NULL, 9);
SELECT count(*) FROM gpu_encode.fit('e_met', 'met', 'y', label_columns => '{}', target_combinations => '[["a","b"],["a","b","c"]]', smooth => 0);
SELECT rows, unseen_targets FROM gpu_encode.transform('e_met', 'meets', 'o_met');
SELECT rows, unseen_targets FROM gpu_encode.transform('e_met', 'meets', 'o_met_null', column_options => '{"a_b": {"unseen": "null"}, "a_b_c": {"unseen": "null"}}');
SELECT i, o.a, o.b, o.c, o."a_b_TE", o."a_b_c_TE", n."a_b_TE" AS pair_or_null, n."a_b_c_TE" AS triple_or_null FROM o_met o JOIN o_met_null n USING (i) ORDER BY i;

-- one value: by the parts in the order given
SELECT gpu_encode.target_encoding('e', '{few,number}'::text[], ARRAY["values"[1], "values"[2]]) = encoding AS found
FROM e WHERE kind = 'category' AND column_name = 'few_number' ORDER BY "values" LIMIT 1;
SELECT gpu_encode.target_encoding('e', '{few,number}'::text[], '{nowhere,1}'::text[]) = (SELECT avg(y_int)::float8 FROM r3000) AS unseen_is_prior,
       gpu_encode.target_encoding('e', '{few,number}'::text[], '{NULL,1}'::text[]) = (SELECT avg(y_int)::float8 FROM r3000) AS missing_is_prior;
SELECT testlib.refuses($$SELECT gpu_encode.target_encoding('e', '{few,number}'::text[], '{a}'::text[])$$, '2202E', '2 elements', '"values" 1');
SELECT testlib.refuses($$SELECT gpu_encode.target_encoding('e', '{few,number}'::text[], '{{a},{1}}'::text[])$$, '2202E', '"values" has 2 dimensions', 'a list of values');
SELECT gpu_encode.target_encoding('e', '{few,number}'::text[], '{a,b}'::text[]) = gpu_encode.target_encoding('e', '{few,number}'::text[], '{a,-99}'::text[]) AS prior, gpu_encode.target_encoding('e', '{few,number}'::text[], ARRAY[NULL, 'b']) = gpu_encode.target_encoding('e', '{few,number}'::text[], ARRAY[NULL, '1']) AS missing;
SELECT testlib.refuses($$SELECT gpu_encode.target_encoding('e', '{few,amount}'::text[], '{a,1}'::text[])$$, '42703', 'amount', '("few", "number")');

-- a literal without a type is the name of one column, and the error says how a list is written
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('r7', '{few,number}', 'y_int')$$, '42703', '"{few,number}"', 'ARRAY[');

-- lists that are none
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('r7', '{}'::text[], 'y_int')$$, '22023', '"column_names"');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('r7', NULL::text[], 'y_int')$$, '22004', '"column_names"');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('r7', '{few,NULL}'::text[], 'y_int')$$, '22004', '"column_names"');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('r7', '{few,few}'::text[], 'y_int')$$, '42701', '"few"');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('r7', '{few,nope}'::text[], 'y_int')$$, '42703', '"nope"');
SELECT j, testlib.refuses(format($$SELECT gpu_encode.fit('e3', 'r7', 'y_int', label_columns => '{}', target_combinations => %L)$$, j), state, word)
FROM (VALUES ('{}', '22023', 'no list of names'), ('[[]]', '22023', 'fewer than two columns'), ('["few"]', '22023', 'no list of names'), ('[["few"]]', '22023', 'fewer than two columns'),
    ('[["few",1]]', '22023', 'no list of names'), ('[["few",null]]', '22023', 'no list of names'), ('[["few","few"]]', '22023', 'names column "few" twice'), ('"few"', '22023', 'no list of names'),
    ('[["few","nope"]]', '42703', 'column "nope" of relation r7'), ('[["few","number"],["few","number"]]', '22023', 'stands there twice')) v (j, state, word);
SELECT testlib.refuses($$SELECT gpu_encode.fit('e3', 'r7', label_columns => '{}', target_combinations => '[["few","number"]]')$$, '22023', 'target');
CREATE TABLE clash (a text, b text, a_b text, b_c text, c text, y int);
SELECT testlib.refuses($$SELECT gpu_encode.fit('e3', 'clash', 'y', label_columns => '{}', target_combinations => '[["a_b","c"],["a","b_c"]]')$$, '42701', '"a_b_c"');
-- a column that is coded and a combination of its name: an encoder cannot tell them apart, output tables can
SELECT testlib.refuses($$SELECT gpu_encode.fit('e3', 'clash', 'y', target_combinations => '[["a","b"]]')$$, '42701', '"a_b"');
SELECT testlib.refuses($$SELECT gpu_encode.fit_transform('e3', 'clash', 'o3', 'y', target_combinations => '[["a","b"]]')$$, '42701', '"a_b"');
SELECT testlib.refuses($$SELECT gpu_encode.preprocess('clash', 'o3', 'y', target_combinations => '[["a","b"]]', encoder => 'e3')$$, '42701', '"a_b"');
INSERT INTO clash VALUES ('x', 'u', 'q', NULL, NULL, 1), ('y', 'v', 'r', NULL, NULL, 0), ('x', 'v', NULL, NULL, NULL, 1);
SELECT columns FROM gpu_encode.fit_transform('e3', 'clash', 'o3', 'y', exclude_columns => '{a_b}', target_combinations => '[["a","b"]]', prior => 'global');
SELECT gpu_encode.target_encoding('e3', '{a,b}'::text[], '{y,v}'::text[]) AS known, gpu_encode.target_encoding('e3', '{a,b}'::text[], '{y,NULL}'::text[]) AS missing;
SELECT columns FROM gpu_encode.preprocess('clash', 'o4', 'y', target_combinations => '[["a","b"]]', prior => 'global');
SELECT a, b, a_b, "a_b_TE" FROM o4 ORDER BY ctid;
SELECT testlib.tables('test_combinations');

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_combinations CASCADE;
