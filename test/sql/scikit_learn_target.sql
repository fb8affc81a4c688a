-- scikit_learn_target: the tests that scikit-learn has of its TargetEncoder, each under its name. "Difference" marks those of docs/moving.md.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_scikit_learn_target;
SET search_path = test_scikit_learn_target;
SET client_min_messages = error;
SET jit = off;
-- The naive encoder of those tests: what the rows of a fold get from the others, and new rows (fold NULL) from all. smooth NULL is "auto".
CREATE FUNCTION naive(rel regclass, x_is text, y_is text, smooth float8) RETURNS TABLE (x text, fold int, encoding float8) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format($q$
        WITH rows AS (SELECT (%2$s)::text AS x, (%3$s)::float8 AS y, fold FROM %1$s)
        SELECT c.x, f.fold, CASE WHEN n.n = 0 THEN p.mean WHEN %4$L IS NOT NULL THEN (n.sum + p.mean * %4$L::float8) / (n.n + %4$L::float8) WHEN p.variance = 0 THEN p.mean
                                 ELSE (SELECT l * n.mean + (1 - l) * p.mean FROM (SELECT n.n / (n.n + n.variance / p.variance) AS l) l) END
        FROM (SELECT DISTINCT rows.x FROM rows UNION SELECT '(unknown)') c CROSS JOIN (SELECT DISTINCT rows.fold FROM rows UNION ALL SELECT NULL) f
            CROSS JOIN LATERAL (SELECT avg(y) AS mean, var_pop(y) AS variance FROM rows WHERE rows.fold IS DISTINCT FROM f.fold) p
            CROSS JOIN LATERAL (SELECT count(*) AS n, sum(y) AS sum, avg(y) AS mean, var_pop(y) AS variance FROM rows WHERE rows.fold IS DISTINCT FROM f.fold AND rows.x = c.x) n$q$, rel, x_is, y_is, smooth);
END
$$;
CREATE FUNCTION is_close(a float8, b float8) RETURNS boolean LANGUAGE sql AS $$ SELECT abs(a - b) <= 1e-12 * greatest(1, abs(b)) $$;
-- fit_transform of train and transform of news beside the naive encoder: rows that are near, of how many; "numeric_y" is the target as a number
CREATE FUNCTION encoded(x text, y text, numeric_y text, smooth float8, output text DEFAULT NULL, more text DEFAULT '') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    DROP TABLE IF EXISTS encoder, train_out, news_out;
    EXECUTE format($q$SELECT FROM gpu_encode.fit_transform('encoder', 'train', 'train_out', %L, ARRAY[%L], '{}', smooth => %L, fold_column => 'fold', order_by => '{i}' %s)$q$, y, x, smooth, more);
    EXECUTE $q$SELECT FROM gpu_encode.transform('encoder', 'news', 'news_out')$q$;
    EXECUTE format($q$
        SELECT format('train %%s of %%s', count(*) FILTER (WHERE is_close(o.%1$I, n.encoding)), count(*)) || (SELECT format(', new %%s of %%s', count(*) FILTER (WHERE is_close(o.%1$I, n.encoding)), count(*))
            FROM news_out o LEFT JOIN naive('train', %2$L, %3$L, %4$L) n ON n.fold IS NULL AND n.x = CASE WHEN o.%2$I IN (SELECT %2$I FROM train) THEN o.%2$I::text ELSE '(unknown)' END)
        FROM train_out o LEFT JOIN naive('train', %2$L, %3$L, %4$L) n ON n.x = o.%2$I::text AND n.fold = o.fold$q$, coalesce(output, x || '_TE'), x, numeric_y, smooth) INTO answer;
    RETURN answer;
END
$$;

-- test_encoding: 20, 30 and 40 rows of three categories, shuffled; the last new row is unknown
CREATE TABLE train AS SELECT i, p % 3 AS fold, c::bigint AS n, ('{1,3,NaN}'::float8[])[c + 1] AS f, (ARRAY['cat', 'dog', 'snake'])[c + 1] AS t, v, v > 5 AS b, CASE WHEN v > 5 THEN 'dog' ELSE 'cat' END AS d
FROM (SELECT i, p, CASE WHEN p < 20 THEN 0 WHEN p < 50 THEN 1 ELSE 2 END AS c, (p * 7919 % 1009) / 1009.0::float8 * 30 - 10 AS v FROM (SELECT i, i * 37 % 90 AS p FROM generate_series(0, 89) i) s) r;
CREATE TABLE news (i int, n bigint, f float8, t text);
INSERT INTO news VALUES (0, 0, 1, 'cat'), (1, 1, 3, 'dog'), (2, 2, 'NaN', 'snake'), (3, 4, 6, 'bear');
SELECT x, smooth, encoded(x, 'v', 'v', smooth) AS continuous, encoded(x, 'b', '(v > 5)::int', smooth) AS binary, encoded(x, 'd', '(v > 5)::int', smooth, more => $$, pos_label => 'dog'$$) AS strings FROM unnest('{n,f,t}'::text[]) x, (VALUES (5), (NULL)) s (smooth);
SELECT parameters #> '{targets,0}' ->> 'other_label' AS first, parameters #> '{targets,0}' ->> 'pos_label' AS second FROM encoder WHERE kind = 'parameters';
-- test_encoding_multiclass
DROP TABLE train, news;
CREATE TABLE train AS SELECT i, i * 7 % 3 AS fold, (i * i * 31 % 17) % 2 AS a, (ARRAY['cat', 'dog', 'snake'])[(i * i * 13 % 29) % 3 + 1] AS b, (i * 7919 % 101) % 3 + 1 AS k, (ARRAY['a', 'b', 'c'])[(i * 7919 % 101) % 3 + 1] AS l FROM generate_series(1, 80) i;
CREATE TABLE news (i int, a int, b text);
INSERT INTO news VALUES (0, 0, 'dog'), (1, 1, 'snake'), (2, 4, 'rabbit');
SELECT x, smooth, class, encoded(x, 'k', format('(k = %s)::int', class), smooth, format('%s_TE_%s', x, class), $$, target_type => 'multiclass'$$) AS integers,
       encoded(x, 'l', format('(k = %s)::int', class), smooth, format('%s_TE_%s', x, chr(96 + class)), $$, target_type => 'multiclass'$$) AS strings FROM unnest('{a,b}'::text[]) x, (VALUES (5), (NULL)) s (smooth), generate_series(1, 3) class;
SELECT parameters #> '{targets,0,classes}' AS classes_ FROM encoder WHERE kind = 'parameters';
-- test_custom_categories: a value that is not in the list, and a listed one that no row has, get the mean of the target
DROP TABLE train, news;
CREATE TABLE train AS SELECT i, CASE WHEN i <= 10 THEN 0 WHEN i <= 20 THEN 1 ELSE 3 END AS n, CASE WHEN i <= 10 THEN 'cat' WHEN i <= 20 THEN 'dog' ELSE 'snake' END AS t, (i * 7919 % 1009) / 1009.0::float8 * 30 - 10 AS y FROM generate_series(1, 21) i;
CREATE FUNCTION gets_mean(x text, list jsonb, value text, smooth float8) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    encoding float8;
BEGIN
    PERFORM gpu_encode.fit('custom', 'train', 'y', ARRAY[x], '{}', smooth => smooth, column_options => jsonb_build_object(x, jsonb_build_object('categories', list)));
    encoding := gpu_encode.target_encoding('custom', x, value);
    DROP TABLE custom;
    RETURN is_close(encoding, (SELECT avg(y) FROM train));
END
$$;
SELECT smooth, gets_mean('n', '[0, 1, 2]', '3', smooth) AS unlisted_number, gets_mean('n', '[0, 1, 2]', '2', smooth) AS number_without_rows, gets_mean('t', '["dog", "cat", "cow"]', 'snake', smooth) AS unlisted_text, gets_mean('t', '["dog", "cat", "cow"]', 'cow', smooth) AS text_without_rows,
       gets_mean('n', '[0, 1, 2]', '1', smooth) AS of_rows FROM (VALUES (4), (NULL)) s (smooth);
-- test_errors: a column has the rows of its table; several targets are targets
SELECT column_name, target FROM gpu_encode.fit('several', 'train', targets => '{y,i}', target_columns => '{t}', label_columns => '{}');
-- test_use_regression_target. Difference: numbers are continuous unless target_type says otherwise
CREATE TABLE small (i int, x int, y float8);
INSERT INTO small VALUES (1, 0, 1), (2, 1, 2), (3, 0, 3), (4, 1, 2), (5, 0, 3), (6, 1, 4);
SELECT count(*), count(class) FROM gpu_encode.fit('auto', 'small', 'y', '{x}', '{}');
-- test_feature_names_out_set_output: names end in _TE, and in the class
CREATE TABLE two AS SELECT i, (ARRAY['a', 'b'])[i % 2 + 1] AS "A", i % 2 + 1 AS "B", i % 2 + 1 AS y2, i % 3 + 1 AS y3, 'y' || i % 3 + 1 AS s3 FROM generate_series(0, 19) i;
CREATE FUNCTION names_of(y text) RETURNS text[] LANGUAGE plpgsql AS $$
BEGIN
    DROP TABLE IF EXISTS names;
    PERFORM gpu_encode.fit('names', 'two', y, '{A,B}', '{}', target_type => CASE WHEN y = 'y2' THEN 'auto' ELSE 'multiclass' END);
    RETURN (SELECT array_agg(o ->> 'name') FROM names, jsonb_array_elements(parameters -> 'columns') c, jsonb_array_elements(c -> 'outputs') o WHERE kind = 'parameters');
END
$$;
SELECT y, names_of(y) FROM unnest('{y2,y3,s3}'::text[]) y;
-- test_multiple_features_quick
DROP TABLE train;
CREATE TABLE train (i int, fold int, feat0 int, feat1 text, s text, n int, f real);
INSERT INTO train VALUES (0, 0, 1, 'dog', 'a', 3, 3.0), (1, 1, 0, 'dog', 'b', 4, 5.1), (2, 1, 1, 'dog', 'a', 3, 2.4), (3, 0, 2, 'dog', 'a', 3, 3.5), (4, 0, 1, 'cat', 'b', 3, 4.1), (5, 1, 0, 'dog', 'b', 4, 5.5), (6, 0, 1, 'cat', 'a', 4, 10.3), (7, 1, 0, 'cat', 'b', 4, 7.3);
CREATE TABLE news (i int, feat0 int, feat1 text);
INSERT INTO news VALUES (0, 0, 'dog'), (1, 3, 'cat'), (2, 1, 'snake');
SELECT x, smooth, encoded(x, 's', $$(s = 'b')::int$$, smooth, more => $$, pos_label => 'b'$$) AS strings, encoded(x, 'n', 'n', smooth) AS integers, encoded(x, 'f', 'f::float8', smooth) AS continuous FROM unnest('{feat0,feat1}'::text[]) x, (VALUES (1), (NULL)) s (smooth);
-- test_constant_target_and_feature; one value of a text: Difference, it needs a pos_label
DROP TABLE train, news;
CREATE TABLE train AS SELECT i, i % 2 AS fold, 1 AS x, 3.4::float8 AS y, 0 AS z, 'a' AS s FROM generate_series(1, 20) i;
CREATE TABLE news AS SELECT i, i AS x FROM generate_series(0, 1) i;
SELECT smooth, encoded('x', 'y', 'y', smooth) AS continuous, encoded('x', 'z', 'z', smooth) AS binary FROM (VALUES (NULL), (4), (0)) s (smooth);
SELECT testlib.refuses($$SELECT gpu_encode.fit('one', 'train', 's', '{x}', '{}')$$, '22023', 'pos_label');
SELECT prior_value FROM gpu_encode.fit('one', 'train', 's', '{x}', '{}', pos_label => 'a');
-- test_fit_transform_not_associated_with_y_if_ordinal_categorical_is_not: with sorted targets the priors of folds in shuffled order say nothing of the target, and those of contiguous folds do
CREATE TABLE sorted AS SELECT i, i * 7919 % 1009 % 30 AS x, i / 3000.0::float8 AS y FROM generate_series(1, 3000) i;
SELECT split, regr_r2(s.y, e.encoding) > 0.5 AS leaks, regr_r2(s.y, e.encoding) < 0.1 AS says_nothing FROM unnest('{random,contiguous}'::text[]) split,
    LATERAL gpu_encode.target_encode('sorted', 'x', 'y', 2, NULL, split_method => split, order_by => '{i}') e JOIN sorted s ON (s.tableoid, s.ctid) = (e.source_table, e.row_id) GROUP BY 1 ORDER BY 1;
-- test_smooth_zero
DROP TABLE train;
CREATE TABLE train (i int, x int, y float8);
INSERT INTO train VALUES (0, 0, 2.1), (1, 0, 4.3), (2, 0, 1.2), (3, 0, 3.1), (4, 0, 1.0), (5, 1, 9.0), (6, 1, 10.3), (7, 1, 14.2), (8, 1, 13.3), (9, 1, 15.0);
SELECT ordinal, is_close(encoding, (SELECT avg(y) FROM train WHERE (i < 5) = (ordinal >= 5))) FROM gpu_encode.target_encode('train', 'x', 'y', 2, 0, split_method => 'contiguous', order_by => '{i}') WHERE ordinal IN (0, 9);
-- test_invariance_of_encoding_under_label_permutation: to the bit
CREATE TABLE bins AS SELECT i, i * 7919 % 30 AS x, i * 7919 % 30 * 11 % 30 AS permuted, (i * 7919 % 30 + i * 104729 % 1009 / 1009.0)::float8 AS y FROM generate_series(1, 1000) i;
SELECT smooth, count(*), count(*) FILTER (WHERE a.encoding = b.encoding) AS same FROM (VALUES (0), (1e3), (NULL)) s (smooth), LATERAL (SELECT * FROM gpu_encode.target_encode('bins', 'x', 'y', 2, smooth, split_method => 'random', order_by => '{i}')) a
    JOIN LATERAL (SELECT * FROM gpu_encode.target_encode('bins', 'permuted', 'y', 2, smooth, split_method => 'random', order_by => '{i}')) b USING (ordinal) GROUP BY 1 ORDER BY 1;
-- test_target_encoding_for_linear_regression: an informative feature keeps its slope 1; one of nearly unique values says nothing out of fold, and everything about training rows without folds
CREATE TABLE many AS SELECT i, i * 7919::bigint % 100 AS informative, hash % 45000 AS near_unique, i * 7919::bigint % 100 + (hash % 1009) / 30.0::float8 AS y FROM (SELECT i, abs(hashint4(i)::bigint) AS hash FROM generate_series(1, 50000) i) s;
SELECT smooth, abs(regr_slope(m.y, a.encoding) - 1) < 0.01 AS informative, abs(regr_slope(m.y, b.encoding)) < 0.2 AS near_unique FROM (VALUES (0), (NULL)) s (smooth),
    LATERAL (SELECT * FROM gpu_encode.target_encode('many', 'informative', 'y', 5, smooth, split_method => 'random', order_by => '{i}')) a JOIN LATERAL (SELECT * FROM gpu_encode.target_encode('many', 'near_unique', 'y', 5, smooth, split_method => 'random', order_by => '{i}')) b USING (ordinal) JOIN many m ON m.i = ordinal + 1 GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM gpu_encode.fit('overfit', 'many', 'y', '{near_unique}', '{}', smooth => 0);
SELECT regr_r2(y, encoding) > 0.5 AS overfits FROM many JOIN overfit ON kind = 'category' AND value = near_unique::text;
-- test_pandas_copy_on_write, test_target_encoder_shuffle_random_state_deprecated: no counterpart
-- test_target_encoder_raises_cv_overlap: a row has one fold, by its column; a NULL is an error
ALTER TABLE train ADD COLUMN fold int;
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('train', 'x', 'y', fold_column => 'fold')$$, '22004', '"fold" is null');

RESET search_path;
DROP SCHEMA test_scikit_learn_target CASCADE;
