-- unseen: what the target encoding of a category is that the fitted source lacks.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_unseen;
SET search_path = test_unseen;

CREATE TABLE t AS SELECT i, 'a' || i % 3 AS a, 'b' || i % 2 AS b, i % 5 AS y FROM generate_series(1, 30) i;
CREATE TABLE news (i int, a text, b text);
INSERT INTO news VALUES (1, 'a1', 'b0'), (2, 'new', 'b1'), (3, NULL, 'b1'), (4, 'a2', 'newer'), (5, 'more', NULL);
-- the prior, NULL or an error; a missing value is none of these
SELECT count(*) FROM gpu_encode.fit('e', 't', 'y', '{a,b}', '{}', target_combinations => '[["a","b"]]', smooth => 1);
SELECT count(*) FROM gpu_encode.fit('e_null', 't', 'y', '{a,b}', '{}', target_combinations => '[["a","b"]]', smooth => 1, stats => '{mean,count}', column_options => '{"a": {"unseen": "null"}, "a_b": {"unseen": "null"}}');
SELECT count(*) FROM gpu_encode.fit('e_error', 't', 'y', '{a,b}', '{}', smooth => 1, column_options => '{"*": {"unseen": "error"}, "b": {"unseen": "prior"}}');
SELECT unseen_targets FROM gpu_encode.transform('e', 'news', 'o');
SELECT unseen_targets FROM gpu_encode.transform('e_null', 'news', 'o_null');
SELECT i, o."a_TE" = 2 AS a, n."a_TE" IS NULL AS a_null, n."a_TE_count", n."b_TE" = 2 AS b_prior, n."a_b_TE" IS NULL AS a_b_null FROM o JOIN o_null n USING (i) ORDER BY i;
SELECT count(*) FILTER (WHERE o."a_TE" <> n."a_TE"), count(*) FILTER (WHERE o."b_TE" IS DISTINCT FROM n."b_TE") FROM o JOIN o_null n USING (i);
SELECT testlib.refuses($$SELECT gpu_encode.transform('e_error', 'news', 'never')$$, '22023', '"a" of relation news has values without a target encoding', 'There are 2 rows with such values, the first with ordinal 1.', '"null" in column_options');
CREATE TABLE one_new AS SELECT * FROM news WHERE i < 4;
SELECT testlib.refuses($$SELECT gpu_encode.transform('e_error', 'one_new', 'never')$$, '22023', 'There is 1 row with such a value, that with ordinal 1.');
-- the encoder says so, unless the call does
SELECT c ->> 'name' AS name, c ->> 'unseen' AS unseen FROM e_error, jsonb_array_elements(parameters -> 'columns') c WHERE kind = 'parameters';
SELECT unseen_targets FROM gpu_encode.transform('e_error', 'news', 'o_error', column_options => '{"a": {"unseen": "null"}}');
SELECT count(*) FROM o_error WHERE "a_TE" IS NULL;
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 'news', 'never', column_options => '{"*": {"unseen": "error"}}')$$, '22023', '"a" of relation news has values');
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 'news', 'never', column_options => '{"a_b": {"unseen": "error"}}')$$, '22023', '"a_b" of relation news has values', 'There are 2 rows', 'ordinal 1');
-- one value
SELECT gpu_encode.target_encoding('e', 'a', 'new'::text), gpu_encode.target_encoding('e_null', 'a', 'new'::text) AS null, gpu_encode.target_encoding('e_null', 'a', NULL::text) AS missing, gpu_encode.target_encoding('e_null', 'a', 'a1'::text) = gpu_encode.target_encoding('e', 'a', 'a1'::text) AS same,
       gpu_encode.target_encoding('e_null', '{a,b}'::text[], '{new,b1}'::text[]) AS joint, gpu_encode.target_encoding('e_null', '{a,b}'::text[], '{a1,NULL}'::text[]) AS joint_missing;
SELECT testlib.refuses($$SELECT gpu_encode.target_encoding('e_error', 'a', 'new'::text)$$, '22023', 'the value of "a" has no target encoding in encoder test_unseen.e_error');
-- validation of preprocess; a value that only label codes were learned from is unseen, too, and so is one that has vanished
SELECT part, unseen_targets FROM gpu_encode.preprocess('t', 'train_out', 'y', '{a}', 'news', 'news_out', label_columns => '{a}', smooth => 1, prior => 'global', encoder => 'e_both', column_options => '{"a": {"unseen": "null"}}');
SELECT i, a, "a_TE" IS NULL AS is_null FROM news_out ORDER BY i;
SELECT gpu_encode.label('e_both', 'a', 'new'::text), gpu_encode.target_encoding('e_both', 'a', 'new'::text);
SELECT unseen_targets FROM gpu_encode.transform('e_both', 'news', 'o_both');
SELECT count(*) FROM o_both WHERE "a_TE" IS NULL;
SELECT testlib.refuses($$SELECT gpu_encode.preprocess('t', 'never', 'y', '{a}', 'news', 'never2', smooth => 1, column_options => '{"a": {"unseen": "error"}}')$$, '22023', '"a" of relation news has values without a target encoding', 'There are 2 rows');
-- with a pool: a rare value is in it, and not unseen if it has rows
SELECT part, unseen_targets FROM gpu_encode.preprocess('t', 'train_rare', 'y', '{a}', 'news', 'news_rare', label_columns => '{a}', smooth => 1, prior => 'global', encoder => 'e_rare', max_categories => 2, column_options => '{"a": {"unseen": "null"}}');
SELECT i, a, "a_TE" IS NULL AS is_null, "a_TE" IS NOT DISTINCT FROM gpu_encode.target_encoding('e_rare', 'a', n.a) AS as_looked_up FROM (SELECT i, r."a_TE", news.a FROM news_rare r JOIN news USING (i)) n ORDER BY i;
-- mistakes
SELECT testlib.refuses($$SELECT gpu_encode.fit('never', 't', 'y', '{a}', column_options => '{"a": {"unseen": "zero"}}')$$, '22023', 'invalid "unseen" of "a" in column_options', 'It is "zero"; possible are "prior", "null" or "error".');
SELECT testlib.refuses($$SELECT gpu_encode.fit('never', 't', 'y', '{a}', column_options => '{"b": {"unseen": "null"}}')$$, '22023', '"unseen" in column_options has no effect on "b"', 'It has no target encoding.');
UPDATE e_null SET parameters = jsonb_set(parameters, '{columns,0,unseen}', '"zero"') WHERE kind = 'parameters';
SELECT testlib.refuses($$SELECT gpu_encode.transform('e_null', 'news', 'never')$$, '55000', 'encoder test_unseen.e_null is damaged', 'an unknown "unseen"');

-- a line for each of many columns, with five values each
CREATE TABLE old AS SELECT 'old' AS class, 'old' AS education, 'old' AS industry, 'old' AS region;
CREATE TABLE new AS SELECT 'unseen ' || i AS class, 'unseen ' || i AS education, 'say "' || i || '"' AS industry, repeat('w', 1000) || i AS region FROM generate_series(1, 6) i;
SELECT count(*) FROM gpu_encode.fit('e_old', 'old');
SELECT testlib.refuses($$SELECT gpu_encode.transform('e_old', 'new', 'never')$$, '22023',
    'Column "class": 6 values in 6 rows, "unseen 1", "unseen 2", "unseen 3", "unseen 4", "unseen 5", ...',
    'Column "education": 6 values in 6 rows, "unseen 1", "unseen 2", "unseen 3", "unseen 4", "unseen 5", ...',
    'Column "industry": 6 values in 6 rows, "say "1"", "say "2"", "say "3"", "say "4"", "say "5"", ...',
    'Column "region": 6 values in 6 rows, "' || repeat('w', 64) || '... (937 more characters)", "' || repeat('w', 64) || '... (937 more characters)"');

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_unseen CASCADE;
