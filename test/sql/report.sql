-- report: every figure of the page against plain SQL; hostile values, names and encoders; what an output table may be; rights.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_report;
SET search_path = test_report;

-- the figures of a page: by section (0: before the first), view (0: before the first) and name; values in all their digits
CREATE FUNCTION figures(page text) RETURNS TABLE (section bigint, view bigint, figure text, numbers float8[]) LANGUAGE sql AS
$$
    SELECT s.i - 1, v.i - 1, m.m[1], array_agg(d.d[1]::float8 ORDER BY m.i, d.i)
    FROM regexp_split_to_table(regexp_replace(page, '<svg .*?</svg>', '', 'g'), '<section ') WITH ORDINALITY s (s, i), regexp_split_to_table(s, '<div class="view">') WITH ORDINALITY v (v, i),
         regexp_matches(v, 'data-figure="(\w+)">((?:(?!</dd>|</td>|</span>).)*)', 'g') WITH ORDINALITY m (m, i), regexp_matches(m.m[2], 'data value="([^"]*)"', 'g') WITH ORDINALITY d (d, i)
    GROUP BY 1, 2, 3
$$;
CREATE FUNCTION figure(page text, of_section int, of_view int, name text) RETURNS float8[] LANGUAGE sql AS
    'SELECT numbers FROM figures(page) WHERE (section, view, figure) = (of_section, of_view, name)';
CREATE FUNCTION near(a float8, b float8) RETURNS boolean LANGUAGE sql AS 'SELECT a IS NOT DISTINCT FROM b OR abs(a - b) < 1e-10 * (1 + abs(b))';

CREATE TABLE t AS SELECT i AS id, CASE WHEN i % 17 > 0 THEN 'v' || i * i % 23 END AS a, i % 11 AS n, 'u' || i AS u, CASE WHEN i % 13 > 0 THEN (i * 7 % 5 + i * i % 23)::float8 / 3 END AS y,
    (i * i % 23 < 9)::int AS z, CASE WHEN i % 4 > 0 THEN 'no' ELSE 'yes' END AS answer, 'k' || i % 3 AS k, i % 4 AS w FROM generate_series(1, 900) i;
SELECT rows FROM gpu_encode.fit_transform('e', 't', 'o', 'y', '{a,u}', smooth => 3, target_combinations => '[["a","n"]]');
CREATE TABLE page AS SELECT gpu_encode.report('e', 'o') AS p;
SELECT left(p, 15) AS begin, right(p, 16) AS "end", p ~ '^[\n -~]*$' AS ascii, regexp_count(p, '<section ') AS sections FROM page;
-- parts of combinations are no columns of the encoder
SELECT array_agg(s ORDER BY i) FROM page, regexp_matches(p, '<h2>(.*?)</h2>', 'g') WITH ORDINALITY m (s, i);

-- 'ok', or what the page says and what it should: a section, with its name in the encoder and the category of a row of t as SQL
CREATE FUNCTION check_part(page text, of_section int, part text, category text, encoder regclass DEFAULT 'e') RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
    w record; found float8[]; wanted float8[];
BEGIN
    EXECUTE format('WITH r AS (SELECT %s AS c FROM t), k AS (SELECT c, count(*) AS n FROM r WHERE c IS NOT NULL GROUP BY c)
        SELECT (SELECT count(*) FROM r)::float8 AS rows, (SELECT count(*) FROM k)::float8 AS categories, (SELECT max(n) FROM k)::float8 AS largest, (SELECT count(*) FROM r WHERE c IS NULL)::float8 AS missing,
               (SELECT count(*) FROM k WHERE n = 1)::float8 AS singletons', category) INTO w;
    wanted := ARRAY[w.rows, w.categories, w.largest, w.largest / w.rows, w.missing, w.missing / w.rows, w.singletons, w.singletons / w.rows];
    SELECT array_agg(v ORDER BY i, j) INTO found FROM figures(page) f JOIN unnest('{rows,categories,largest,missing,singletons}'::text[]) WITH ORDINALITY n (n, i) ON n = f.figure, unnest(f.numbers) WITH ORDINALITY v (v, j) WHERE (section, view) = (of_section, 0);
    RETURN CASE WHEN found = wanted AND (figure(page, 0, 0, 'categories'))[of_section] = w.categories AND (figure(page, 0, 0, 'largest_share'))[of_section] = w.largest / w.rows
                     AND (figure(page, 0, 0, 'missing_share'))[of_section] = w.missing / w.rows AND (figure(page, 0, 0, 'singletons'))[of_section] = w.singletons THEN 'ok' ELSE format('%s instead of %s', found, wanted) END;
END
$$;
SELECT part, check_part(p, section, part, sql) FROM page, (VALUES (1, 'a', 'a'), (2, 'u', 'u'), (3, 'answer', 'answer'), (4, 'k', 'k'), (5, 'a_n', 'a || ''-'' || n')) v (section, part, sql);
SELECT figure(p, 1, 0, 'codes') = ARRAY[(SELECT count(*)::float8 FROM e WHERE column_name = 'a' AND kind = 'category')] AS codes, figure(p, 0, 0, 'output_rows') AS rows FROM page;
-- the same of an encoding: its name in the output, the category of a row, the target, the weight; the place of the target and of the encoding
CREATE FUNCTION check_view(page text, of_section int, of_view int, part text, encoded text, category text, target text DEFAULT 'y', weight text DEFAULT '1', k int DEFAULT 1, o int DEFAULT 1, encoder regclass DEFAULT 'e', output regclass DEFAULT 'o') RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
    w record; found float8[]; wanted float8[]; good boolean;
BEGIN
    EXECUTE format('WITH c AS (SELECT kind, coalesce(value, array_to_string(values, ''-'')) AS c, n_rows, gpu_encode.mean(moments[%5$s]) AS mean, encodings[%6$s] AS x FROM %1$s WHERE column_name = %2$L),
             r AS (SELECT %3$s AS c, %4$s::float8 AS y, %7$s::float8 AS w FROM t), q AS (SELECT y, w, (SELECT c.x FROM c WHERE c.c IS NOT DISTINCT FROM r.c AND kind IN (''category'', ''missing'')) AS x FROM r WHERE y IS NOT NULL),
             f AS (SELECT * FROM q WHERE x IS NOT NULL), g AS (SELECT (SELECT sum(w * x) / sum(w) FROM f) AS mx, (SELECT sum(w * y) / sum(w) FROM f) AS my), m AS (SELECT abs(x - mean) AS move, n_rows FROM c WHERE kind = ''category'' AND mean IS NOT NULL AND n_rows > 0),
             oo AS (SELECT %9$I::float8 AS x, %4$s::float8 AS y, %7$s::float8 AS w FROM %8$s), oc AS (SELECT * FROM oo WHERE x IS NOT NULL AND y IS NOT NULL), og AS (SELECT (SELECT sum(w * x) / sum(w) FROM oc) AS mx, (SELECT sum(w * y) / sum(w) FROM oc) AS my)
        SELECT (SELECT x FROM c WHERE kind = ''prior'') AS prior, (SELECT x FROM c WHERE kind = ''missing'') AS missing, (SELECT sum(move * n_rows) / sum(n_rows) FROM m) AS moved, (SELECT max(move) FROM m) AS most,
               (SELECT count(*) FROM oc)::float8 AS pairs, (SELECT sum(w * (x - mx) * (y - my)) / sqrt(sum(w * (x - mx)^2) * sum(w * (y - my)^2)) FROM oc, og) AS r, (SELECT sum(w * (x - mx) * (y - my)) / sqrt(sum(w * (x - mx)^2) * sum(w * (y - my)^2)) FROM f, g) AS full',
        encoder, part, category, target, k, o, weight, output, encoded) INTO w;
    wanted := array_remove(ARRAY[w.prior, w.missing, w.moved, w.most, w.pairs, w.r, w.full], NULL);
    SELECT array_agg(v ORDER BY i, j) INTO found FROM figures(page) f JOIN unnest('{prior,missing_encoding,moved,most_moved,pairs,correlation,full_correlation}'::text[]) WITH ORDINALITY n (n, i) ON n = f.figure, unnest(f.numbers) WITH ORDINALITY v (v, j)
    WHERE (section, view) = (of_section, of_view);
    SELECT bool_and(near(a, b)) INTO good FROM unnest(found, wanted) u (a, b);
    RETURN CASE WHEN good THEN 'ok' ELSE format('%s instead of %s', found, wanted) END;
END
$$;
SELECT part, check_view(p, section, 1, part, part || '_TE', sql) FROM page, (VALUES (1, 'a', 'a'), (2, 'u', 'u'), (5, 'a_n', 'a || ''-'' || n')) v (section, part, sql);
SELECT figure(p, 0, 0, 'correlation') = figure(p, 1, 1, 'correlation') || figure(p, 2, 1, 'correlation') || figure(p, 5, 1, 'correlation') AS summary, regexp_count(p, 'A leak') AS leaks FROM page;
-- without an output table; of columns without encodings; a drawing has a dot for each category, or for those that are picked
SELECT count(*) AS figures_of_output FROM figures(gpu_encode.report('e')) WHERE figure IN ('pairs', 'correlation', 'full_correlation', 'output_rows');
SELECT array_agg(regexp_count(s, '<circle ') ORDER BY i) AS dots FROM page, regexp_split_to_table(p, '<section ') WITH ORDINALITY u (s, i);

-- full encodings of the training rows are a leak; those of other rows say nothing of full ones
SET client_min_messages = error;
SELECT rows FROM gpu_encode.transform('e', 't', 'leaky');
SET client_min_messages = notice;
SELECT regexp_count(gpu_encode.report('e', 'leaky'), 'A leak') AS leaks;
CREATE VIEW some_rows AS SELECT * FROM o WHERE id % 2 = 0;
SELECT figure(p, 1, 1, 'pairs') AS pairs, figure(p, 1, 1, 'full_correlation') AS "full", regexp_count(p, 'has other rows than the encoder learned from') AS remarks FROM gpu_encode.report('e', 'some_rows') p;
-- other suffixes, float4, a table without the target, or without an encoding
SELECT rows FROM gpu_encode.fit_transform('e_4', 't', 'o_4', 'y', '{u,a}', '{}', smooth => 3, target_combinations => '[["a","n"]]', te_suffix => '_mean', encoding_type => 'float4');
SELECT figure(p, 1, 1, 'correlation') IS NOT NULL AS u, abs((figure(p, 2, 1, 'correlation'))[1] - (SELECT corr(a_mean, y) FROM o_4)) < 1e-6 AS a, abs((figure(p, 3, 1, 'correlation'))[1] - (SELECT corr(a_n_mean, y) FROM o_4)) < 1e-6 AS a_n FROM gpu_encode.report('e_4', 'o_4') p;
CREATE VIEW without_target AS SELECT "a_TE", "u_TE" FROM o;
SELECT m[1] AS no_column, count(*) FROM regexp_matches(gpu_encode.report('e', 'without_target'), 'has no column (\S+) to compare', 'g') m GROUP BY 1 ORDER BY 1;
SELECT testlib.refuses($$SELECT gpu_encode.report('e', 't')$$, '42703', 'has no encoding of encoder');

-- weights, several statistics, targets of text and classes, missing values that are left out
SELECT rows FROM gpu_encode.fit_transform('e_w', 't', 'o_w', 'z', '{a}', '{}', stats => '{count,mean,max}', smooth => 2, weight_column => 'w', handle_missing => 'null');
SELECT check_view(gpu_encode.report('e_w', 'o_w'), 1, 1, 'a', 'a_TE', 'a', 'z', 'w', 1, 2, 'e_w', 'o_w');
SELECT rows FROM gpu_encode.fit_transform('e_two', 't', 'o_two', targets => '{z,y}', target_columns => '{a}', label_columns => '{}', smooth => 2, handle_missing => 'category');
SELECT check_view(p, 1, 1, 'a', 'a_z_TE', 'a', 'z', '1', 1, 1, 'e_two', 'o_two') AS z, check_view(p, 1, 2, 'a', 'a_y_TE', 'a', 'y', '1', 2, 2, 'e_two', 'o_two') AS y FROM gpu_encode.report('e_two', 'o_two') p;
SELECT rows FROM gpu_encode.fit_transform('e_text', 't', 'o_text', 'answer', '{a}', '{}', pos_label => 'no', smooth => 1);
SELECT check_view(gpu_encode.report('e_text', 'o_text'), 1, 1, 'a', 'a_TE', 'a', '(answer = ''no'')::int', '1', 1, 1, 'e_text', 'o_text');
SELECT rows FROM gpu_encode.fit_transform('e_class', 't', 'o_class', 'k', '{a}', '{}', target_type => 'multiclass', smooth => 1);
SELECT string_agg(check_view(p, 1, i, 'a', format('a_TE_k%s', i - 1), 'a', format('(k = ''k%s'')::int', i - 1), '1', i, i, 'e_class', 'o_class'), ' ') FROM gpu_encode.report('e_class', 'o_class') p, generate_series(1, 3) i;
SELECT rows FROM gpu_encode.fit_transform('e_max', 't', 'o_max', 'y', '{a}', '{}', stats => '{max,count}');
SELECT figure(p, 1, 1, 'moved') AS moved, near((figure(p, 1, 1, 'correlation'))[1], (SELECT corr("a_TE_max", y) FROM o_max)) AS max FROM gpu_encode.report('e_max', 'o_max') p;
-- rare values, one row, no rows, no targets
SELECT count(*) FROM gpu_encode.fit('e_rare', 't', 'y', '{a}', '{a}', min_frequency => 60);
SELECT (figure(gpu_encode.report('e_rare'), 1, 0, 'infrequent'))[1] = sum(n_rows) FROM (SELECT count(*) AS n_rows FROM t WHERE a IS NOT NULL GROUP BY a HAVING count(*) < 60) r;
CREATE VIEW none AS SELECT * FROM t WHERE false;
SELECT count(*) FROM gpu_encode.fit('e_none', 'none', 'y', '{a}', '{a}');
SELECT figure, numbers FROM figures(gpu_encode.report('e_none')) WHERE section = 1 ORDER BY view, figure;
SELECT count(*) FROM gpu_encode.fit('e_labels', 't', label_columns => '{a}');
SELECT count(*) FILTER (WHERE view > 0) AS encodings, count(*) > 0 AS figures FROM figures(gpu_encode.report('e_labels', 'o'));
-- more categories than are shown
SELECT count(*) FROM gpu_encode.fit('e_many', 't', 'y', '{u}', '{}');
SELECT regexp_count(gpu_encode.report('e_many'), '<circle ') AS dots;
-- of those moved equally far the first by name, however the rows of the encoder lie
SELECT count(*) FROM gpu_encode.fit('e_tied', 't', 'y', '{a}', '{}', smooth => 0);
CREATE TABLE e_turned AS SELECT * FROM e_tied ORDER BY kind, value DESC;
SELECT e, (regexp_match(gpu_encode.report(e::regclass), 'most_moved">([^:]+):'))[1] AS most_moved FROM unnest('{e_tied,e_turned}'::text[]) e;
-- numbers at the ends of their range
CREATE TABLE ends AS SELECT chr(97 + i % 2) AS a, CASE i % 2 WHEN 0 THEN -1e308 ELSE 1e308 END::float8 AS y FROM generate_series(1, 2) i;
SELECT count(*) FROM gpu_encode.fit('e_ends', 'ends', 'y', '{a}');
SELECT regexp_count(p, '<circle ') AS dots, p ~* '[">]-?(nan|inf)' AS no_numbers FROM gpu_encode.report('e_ends') p;
UPDATE ends SET y = sign(y) * 5e-324;
SELECT count(*) FROM gpu_encode.fit('e_tiny', 'ends', 'y', '{a}');
SELECT regexp_count(p, '<circle ') AS dots, p ~* '[">]-?(nan|inf)' AS no_numbers FROM gpu_encode.report('e_tiny') p;

-- hostile names and values: nothing of them is markup
CREATE TABLE "<b>&'""" AS SELECT * FROM (VALUES ('<script>alert(1)</script>', 1), ('</svg></title><img src=x onerror=alert(1)>', 0), ('"quotes" & ''others'' &amp;', 1), (E'\x01\t\n\x1b[31m\x7f', 0), (U&'\202Eesrever\200B\FEFF\2028', 1), (U&'Gr\00F6\00DFe \6771\4EAC \+01F600', 0), (repeat('long ', 5000), 1)) v ("<i onclick=""x"">", y);
SELECT count(*) FROM gpu_encode.fit('"<e>"', '"<b>&''"""', 'y', '{"<i onclick=\"x\">"}');
CREATE TABLE hostile AS SELECT gpu_encode.report('"<e>"') AS p;
SELECT p ~* '<(script|img|b>&|i |e>)' AS markup, p ~ '^[\n -~]*$' AS ascii, length(p) < 30000 AS short FROM hostile;
SELECT m[1] FROM hostile, regexp_matches(split_part(p, '<table class="categories">', 2), '<tr><td>(.*?)</td>', 'g') m;
SELECT m[1] FROM hostile, regexp_matches(p, '<(?:title|h2|h1)>([^<]*)</', 'g') m WHERE m[1] !~ ': 1 rows';
SELECT DISTINCT m[1] AS urls FROM hostile, regexp_matches(p, '((?:https?:|//|url\(|src=|@import)[^ ]*)', 'g') m;

-- what is no encoder, damaged or hidden
SELECT testlib.refuses($$SELECT gpu_encode.report('t')$$, '42809', 'is not an encoder');
SELECT testlib.refuses($$SELECT gpu_encode.report(NULL)$$, '22004', '"encoder"');
SELECT testlib.refuses($$SELECT gpu_encode.report('e', 'pg_class_oid_index')$$, '42809', 'pg_class_oid_index');
CREATE TABLE damaged AS TABLE e;
UPDATE damaged SET moments = NULL WHERE value = 'v1';
SELECT testlib.refuses($$SELECT gpu_encode.report('damaged')$$, '55000', 'no moments');
CREATE TABLE too_many AS TABLE e;
UPDATE too_many SET n_rows = 9223372036854775807 WHERE column_name = 'a' AND value IN ('v1', 'v2');
SELECT testlib.refuses($$SELECT gpu_encode.report('too_many')$$, '55000', 'more rows than a table can have');
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_gpu_encode_reporter;
RESET client_min_messages;
CREATE ROLE regress_gpu_encode_reporter;
GRANT USAGE ON SCHEMA test_report, testlib TO regress_gpu_encode_reporter;
GRANT SELECT ON o TO regress_gpu_encode_reporter;
SET ROLE regress_gpu_encode_reporter;
SELECT testlib.refuses($$SELECT gpu_encode.report('e', 'o')$$, '42501', 'table e');
RESET ROLE;
GRANT SELECT ON e TO regress_gpu_encode_reporter;
REVOKE SELECT ON o FROM regress_gpu_encode_reporter;
GRANT SELECT (y, "a_TE", "u_TE", "a_n_TE") ON o TO regress_gpu_encode_reporter;
SET ROLE regress_gpu_encode_reporter;
SELECT length(gpu_encode.report('e', 'o')) = (SELECT length(gpu_encode.report('e', 'o'))) AS allowed;
RESET ROLE;
REVOKE SELECT (y) ON o FROM regress_gpu_encode_reporter;
SET ROLE regress_gpu_encode_reporter;
SELECT testlib.refuses($$SELECT gpu_encode.report('e', 'o')$$, '42501', 'permission denied');
RESET ROLE;
-- row security of the output hides rows; that of an encoder is refused
GRANT SELECT ON o TO regress_gpu_encode_reporter;
ALTER TABLE o ENABLE ROW LEVEL SECURITY;
CREATE POLICY half ON o USING (id % 2 = 0);
SET ROLE regress_gpu_encode_reporter;
SELECT figure(gpu_encode.report('e', 'o'), 0, 0, 'output_rows') AS rows;
RESET ROLE;
ALTER TABLE e ENABLE ROW LEVEL SECURITY;
SET ROLE regress_gpu_encode_reporter;
SELECT testlib.refuses($$SELECT gpu_encode.report('e', 'o')$$, '42501', 'row-level security');
RESET ROLE;
SELECT count(*) > 0 AS shown FROM figures(gpu_encode.report('e', 'o'));
SELECT stage, rows, detail FROM gpu_encode.last_run();
DROP OWNED BY regress_gpu_encode_reporter;
DROP ROLE regress_gpu_encode_reporter;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_report CASCADE;
