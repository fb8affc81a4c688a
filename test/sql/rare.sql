-- rare: min_frequency, max_categories and label_order against counts, ranks and pools that plain SQL computes.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_rare;
SET search_path = test_rare;

-- every value of a column: its rows in rel, whether it is pooled, its code; values of `more` count no rows
CREATE FUNCTION oracle(rel regclass, col text, min_frequency float8, max_categories int, label_order text, more regclass DEFAULT NULL)
RETURNS TABLE (value text, n bigint, pooled boolean, code bigint) LANGUAGE plpgsql AS
$$
BEGIN
    RETURN QUERY EXECUTE format($q$
        WITH counted AS (
            SELECT value COLLATE "C" AS value, sum(n)::bigint AS n
            FROM (SELECT %1$I::text, count(*) FROM %2$s GROUP BY 1 UNION ALL SELECT %1$I::text, 0 FROM %3$s) v (value, n) WHERE value IS NOT NULL GROUP BY 1),
        first AS (
            SELECT value, n, CASE WHEN $1 >= 1 THEN n < $1 WHEN $1 < 1 THEN n::float8 / (SELECT count(*) FROM %2$s)::float8 < $1 ELSE false END AS rare FROM counted),
        second AS (
            SELECT *, row_number() OVER (PARTITION BY rare ORDER BY n DESC, value) AS place,
                   (SELECT count(*) FILTER (WHERE NOT rare) + max(rare::int) > $2 FROM first) OR $2 = 1 AS too_many FROM first),
        pooled AS (SELECT value, n, rare OR too_many IS TRUE AND place >= $2 AS pooled FROM second)
        SELECT value, n, pooled, CASE WHEN pooled THEN (SELECT count(*) FROM pooled WHERE NOT pooled)
                                      ELSE row_number() OVER (PARTITION BY pooled ORDER BY CASE $3 WHEN 'frequency' THEN -n END, value) - 1 END FROM pooled$q$,
        col, rel, coalesce(more, rel)) USING min_frequency, max_categories, label_order;
END
$$;
-- a small table by hand: d and b have 3 rows each, a 2, e 1, c 1, NULL 2
CREATE TABLE small AS SELECT unnest('{d,b,a,d,e,NULL,b,c,a,d,NULL,b}'::text[]) AS x;
SELECT x, (SELECT min(code) FROM gpu_encode.label_encode('small', 'x', min_frequency => 2) e WHERE s.ctid = e.row_id) AS two,
       (SELECT min(code) FROM gpu_encode.label_encode('small', 'x', max_categories => 3) e WHERE s.ctid = e.row_id) AS three,
       (SELECT min(code) FROM gpu_encode.label_encode('small', 'x', max_categories => 2) e WHERE s.ctid = e.row_id) AS one_stays,
       (SELECT min(code) FROM gpu_encode.label_encode('small', 'x', max_categories => 1) e WHERE s.ctid = e.row_id) AS none_stays,
       (SELECT min(code) FROM gpu_encode.label_encode('small', 'x', label_order => 'frequency', min_frequency => 0.1, handle_missing => 'category') e WHERE s.ctid = e.row_id) AS share
FROM (SELECT DISTINCT ON (x) x, ctid FROM small ORDER BY x, ctid) s ORDER BY x;
-- as many as max_categories are all kept
SELECT count(DISTINCT code), max(code) FROM gpu_encode.label_encode('small', 'x', max_categories => 5);

-- 'ok' where label_encode gives the oracle's codes, and NULLs the code after all others
CREATE FUNCTION labels(rel regclass, col text, min_frequency float8, max_categories int, label_order text, more regclass DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
    bad bigint;
BEGIN
    EXECUTE format('SELECT count(*) FILTER (WHERE e.code IS DISTINCT FROM CASE WHEN t.%1$I IS NULL THEN (SELECT count(*) FILTER (WHERE NOT pooled) + ($1 IS NOT NULL OR $2 IS NOT NULL)::int FROM o) ELSE o.code END)
        FROM %2$s t JOIN gpu_encode.label_encode(%2$L, %1$L, min_frequency => $1, max_categories => $2, label_order => $3, handle_missing => ''category'', label_sources => $4) e
        ON (t.tableoid, t.ctid) = (e.source_table, e.row_id) LEFT JOIN o ON o.value = t.%1$I::text', col, rel)
    INTO bad USING min_frequency, max_categories, label_order, CASE WHEN more IS NOT NULL THEN ARRAY[more] END;
    RETURN CASE bad WHEN 0 THEN 'ok' ELSE bad || ' wrong' END;
END
$$;
CREATE FUNCTION labels_all(rel regclass, col text, more regclass DEFAULT NULL) RETURNS TABLE (answer text, n bigint) LANGUAGE plpgsql AS
$$
DECLARE
    o record;
BEGIN
    CREATE TEMP TABLE answers (answer text) ON COMMIT DROP;
    FOR o IN SELECT f, c, l FROM unnest('{NULL,1,7,100000,0.001,0.02,0.3}'::float8[]) f, unnest('{NULL,1,2,10,60}'::int[]) c, unnest('{value,frequency}'::text[]) l LOOP
        CREATE TEMP TABLE o AS SELECT * FROM test_rare.oracle(rel, col, o.f, o.c, o.l, more);
        INSERT INTO answers SELECT test_rare.labels(rel, col, o.f, o.c, o.l, more);
        DROP TABLE o;
    END LOOP;
    RETURN QUERY SELECT a.answer, count(*) FROM answers a GROUP BY 1;
END
$$;
SELECT setseed(0.25);
CREATE TABLE skewed AS
SELECT i, CASE WHEN random() > 0.1 THEN 'v' || floor(random() ^ 4 * 80) END AS x, floor(random() ^ 2 * 12)::int AS z, CASE WHEN random() > 0.2 THEN floor(random() * 9)::int - 2 END AS y, random() * 5 - 1 AS w
FROM generate_series(1, 1500) i;
CREATE TABLE further AS SELECT 'v' || i * 3 AS x, i AS z FROM generate_series(-3, 40) i;
SELECT * FROM labels_all('skewed', 'x');
SELECT * FROM labels_all('skewed', 'x', 'further');
CREATE TABLE no_rows (x text);
SELECT * FROM labels_all('no_rows', 'x');
CREATE TABLE nulls AS SELECT NULL::text AS x FROM generate_series(1, 9);
SELECT * FROM labels_all('nulls', 'x');
-- counts equal everywhere: the value that sorts first stays
CREATE TABLE equal AS SELECT chr(97 + i % 20) AS x FROM generate_series(0, 199) i;
SELECT * FROM labels_all('equal', 'x');
-- other types sort by their values: 10 after 9
SELECT z, code FROM (SELECT DISTINCT z, code FROM skewed t JOIN gpu_encode.label_encode('skewed', 'z', max_categories => 6) e ON t.ctid = e.row_id) q ORDER BY 1;

-- target encodings: pooled values are as one value. Replaced by one, they give the same bits
CREATE FUNCTION encodings(min_frequency float8, max_categories int, split text, prior text, missing text) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
    bad text;
BEGIN
    CREATE TABLE o AS SELECT * FROM test_rare.oracle('skewed', 'x', min_frequency, max_categories, 'value');
    CREATE TABLE oj AS SELECT * FROM test_rare.oracle('joint', 'j', min_frequency, max_categories, 'value');
    CREATE TABLE plain AS SELECT s.i, CASE WHEN o.pooled THEN '~' ELSE s.x END AS x, CASE WHEN oj.pooled THEN '~' ELSE j.j END AS j, s.w FROM skewed s JOIN joint j USING (i) LEFT JOIN o ON o.value = s.x LEFT JOIN oj ON oj.value = j.j ORDER BY s.i;
    PERFORM gpu_encode.fit_transform('e', 'skewed', 'result', 'w', '{x}', '{x}', target_combinations => '[["x","z"]]', smooth => 3.5, split_method => split, prior => prior,
        handle_missing => missing, min_frequency => min_frequency, max_categories => max_categories, order_by => '{i}');
    SELECT concat_ws(' ', 'bad', sum((r."x_TE" IS DISTINCT FROM a.encoding)::int), sum((r."x_z_TE" IS DISTINCT FROM b.encoding)::int)) INTO bad
    FROM result r JOIN plain p USING (i)
    JOIN gpu_encode.target_encode('plain', 'x'::text, 'w', smooth => 3.5, split_method => split, prior => prior, handle_missing => missing, order_by => '{i}') a ON a.row_id = p.ctid
    JOIN gpu_encode.target_encode('plain', 'j'::text, 'w', smooth => 3.5, split_method => split, prior => prior, handle_missing => missing, order_by => '{i}') b ON b.row_id = p.ctid;
    -- the encoder: a row for each value with its own rows, the pool's code and encoding; transform, label and target_encoding go by it
    PERFORM gpu_encode.transform('e', 'further', 'later', handle_unknown => 'infrequent');
    PERFORM gpu_encode.fit('e_plain', 'plain', 'w', '{x,j}', '{}', smooth => 3.5, handle_missing => missing);
    SELECT concat_ws(' ', bad, count(*) FILTER (WHERE (e.n_rows, e.code::bigint) IS DISTINCT FROM (o.n, o.code)), count(*) FILTER (WHERE e.encoding IS DISTINCT FROM p.encoding)) INTO bad
    FROM (SELECT * FROM e WHERE kind = 'category' AND column_name = 'x') e FULL JOIN o USING (value) LEFT JOIN (SELECT * FROM e_plain WHERE column_name = 'x' AND kind = 'category') p ON p.value = CASE WHEN o.pooled THEN '~' ELSE o.value END;
    SELECT concat_ws(' ', bad, count(*) FILTER (WHERE e.n_rows IS DISTINCT FROM o.n), count(*) FILTER (WHERE e.encoding IS DISTINCT FROM p.encoding)) INTO bad
    FROM (SELECT *, "values"[1] || chr(1) || lpad("values"[2], 3) AS j FROM e WHERE kind = 'category' AND column_name = 'x_z') e FULL JOIN oj o ON e.j = o.value LEFT JOIN (SELECT * FROM e_plain WHERE column_name = 'j' AND kind = 'category') p ON p.value = CASE WHEN o.pooled THEN '~' ELSE o.value END;
    -- the shared category
    SELECT concat_ws(' ', bad, count(*), count(*) FILTER (WHERE e.n_rows IS DISTINCT FROM q.n), count(*) FILTER (WHERE e.code IS DISTINCT FROM q.kept), count(*) FILTER (WHERE e.encoding IS DISTINCT FROM coalesce(p.encoding, pr.encoding))) INTO bad
    FROM e, (SELECT coalesce(sum(n) FILTER (WHERE pooled), 0) AS n, count(*) FILTER (WHERE NOT pooled) AS kept FROM o) q LEFT JOIN e_plain p ON p.column_name = 'x' AND p.value = '~', e_plain pr
    WHERE e.kind = 'infrequent' AND e.column_name = 'x' AND pr.column_name = 'x' AND pr.kind = 'prior';
    SELECT concat_ws(' ', bad, count(*), count(*) FILTER (WHERE e.n_rows IS DISTINCT FROM q.n OR e.code IS NOT NULL)) INTO bad FROM e, (SELECT coalesce(sum(n) FILTER (WHERE pooled), 0) AS n FROM oj) q WHERE e.kind = 'infrequent' AND e.column_name = 'x_z';
    -- one value, and the join
    SELECT concat_ws(' ', bad, sum((l.x IS DISTINCT FROM coalesce(e.code, i.code))::int), sum((l.x IS DISTINCT FROM gpu_encode.label('e', 'x', f.x, handle_unknown => 'infrequent'))::int),
                     sum((l."x_TE" IS DISTINCT FROM coalesce(e.encoding, p.encoding))::int), sum((l."x_TE" IS DISTINCT FROM gpu_encode.target_encoding('e', 'x', f.x))::int),
                     sum((l."x_z_TE" IS DISTINCT FROM gpu_encode.target_encoding('e', '{x,z}'::text[], ARRAY[f.x, f.z::text]))::int)) INTO bad
    FROM further f JOIN later l USING (z) LEFT JOIN e ON e.kind = 'category' AND e.column_name = 'x' AND e.value = f.x, e i, e p
    WHERE i.kind = 'infrequent' AND i.column_name = 'x' AND p.kind = 'prior' AND p.column_name = 'x';
    SELECT concat_ws(' ', bad, count(*) FILTER (WHERE gpu_encode.inverse_label('e', 'x', code::int) IS DISTINCT FROM CASE WHEN NOT pooled THEN value END)) INTO bad FROM o;
    RAISE EXCEPTION '%', bad USING ERRCODE = 'PT001';
EXCEPTION WHEN SQLSTATE 'PT001' THEN RETURN CASE SQLERRM WHEN 'bad 0 0 0 0 0 0 1 0 0 0 1 0 0 0 0 0 0 0' THEN 'ok' ELSE SQLERRM END;
END
$$;
CREATE TABLE joint AS SELECT i, x || chr(1) || lpad(z::text, 3) AS j FROM skewed ORDER BY i;
SET client_min_messages = error;
SELECT encodings(f, c, s, p, m), count(*)
FROM (VALUES (NULL, 5, 'random', 'global', 'value'), (7, NULL, 'interleaved', 'out_of_fold', 'value'), (0.01, 9, 'contiguous', 'out_of_fold', 'category'), (1, NULL, 'interleaved', 'global', 'null'),
             (100000, NULL, 'random', 'out_of_fold', 'category'), (3, 1, 'interleaved', 'global', 'value')) o (f, c, s, p, m) GROUP BY 1;
RESET client_min_messages;

-- values of label_sources alone count no rows: pooled, with the pool's encoding; the row of an empty pool is there all the same
SELECT count(*) FROM gpu_encode.fit('e', 'small', label_columns => '{x}', label_sources => '{further}', min_frequency => 1);
SELECT kind, count(*), sum(n_rows), min(code), max(code) FROM e WHERE kind <> 'parameters' GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM gpu_encode.fit('e_empty', 'small', label_columns => '{x}', min_frequency => 1, handle_missing => 'category');
SELECT kind, count(*), sum(n_rows), min(code), max(code) FROM e_empty WHERE kind <> 'parameters' GROUP BY 1 ORDER BY 1;
SELECT gpu_encode.label('e_empty', 'x', 'new'::text, handle_unknown => 'infrequent') AS unseen, gpu_encode.label('e_empty', 'x', NULL::text) AS missing, gpu_encode.inverse_label('e_empty', 'x', 5) AS infrequent, gpu_encode.inverse_label('e_empty', 'x', 0) AS first;

-- preprocess: validation's values count no rows either; what it alone has is unknown, and may go to the pool
CREATE TABLE train AS SELECT i, x, w FROM skewed WHERE i <= 900;
CREATE TABLE validation AS SELECT i, x, w FROM skewed WHERE i > 900 UNION ALL SELECT 2000 + i, 'new' || i, 0 FROM generate_series(1, 5) i;
SELECT part, rows, unknown_labels, missing_labels, unseen_targets FROM gpu_encode.preprocess('train', 'train_out', 'w', '{x}', 'validation', 'validation_out', smooth => 1, prior => 'global', min_frequency => 8, order_by => '{i}', label_order => 'frequency');
CREATE TABLE o AS SELECT * FROM oracle('train', 'x', 8, NULL, 'frequency', 'validation');
SELECT count(*) FILTER (WHERE r.x IS DISTINCT FROM o.code) FROM (SELECT i, x FROM train UNION ALL SELECT i, x FROM validation) t JOIN (SELECT i, x FROM train_out UNION ALL SELECT i, x FROM validation_out) r USING (i) LEFT JOIN o ON o.value = t.x;
SELECT count(*), count(DISTINCT r."x_TE"), count(DISTINCT r.x) FROM validation_out r JOIN validation v USING (i) JOIN o ON o.value = v.x WHERE o.pooled;
SELECT part, rows, unknown_labels, missing_labels, unseen_targets FROM gpu_encode.preprocess('train', 'train_out2', 'w', '{x}', 'validation', 'validation_out2', labels_from_validation => false, smooth => 1, prior => 'global', min_frequency => 8, order_by => '{i}', handle_unknown => 'infrequent');
SELECT count(*) FILTER (WHERE v.x LIKE 'new%' AND r.x <> (SELECT count(*) FROM o WHERE NOT pooled)) AS bad FROM validation v JOIN validation_out2 r USING (i);

-- mistakes
SELECT v, testlib.refuses(format('SELECT gpu_encode.label_encode(''small'', ''x'', min_frequency => %L)', v), '22023', 'min_frequency must be a whole number', format('It is %s.', v)) FROM unnest('{0,-1,1.5,NaN,Infinity}'::float8[]) v;
SELECT v, testlib.refuses(format('SELECT gpu_encode.label_encode(''small'', ''x'', max_categories => %L)', v), '22023', 'max_categories must be at least 1', format('It is %s.', v)) FROM unnest('{0,-5}'::int[]) v;
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('small', 'x', label_order => 'count')$$, '22023', '"label_order"', '"count"', 'value', 'frequency');
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('small', 'x', label_order => NULL)$$, '22004', '"label_order"');
SELECT count(*) FROM gpu_encode.fit('e_none', 'small', label_columns => '{x}');
SELECT testlib.refuses($$SELECT gpu_encode.label('e_none', 'x', 'new'::text, handle_unknown => 'infrequent')$$, '22023', 'column "x" has no category for infrequent values', 'min_frequency');
SELECT testlib.refuses($$SELECT gpu_encode.transform('e_none', 'small', 'never', handle_unknown => 'infrequent')$$, '22023', 'column "x" has no category for infrequent values', 'max_categories');
SELECT testlib.refuses($$SELECT gpu_encode.preprocess('small', 'never', validation => 'further', validation_output => 'never2', handle_unknown => 'infrequent')$$, '22023', 'column "x" has no category for infrequent values');
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 'small', 'never', handle_unknown => 'value', unknown_value => 5)$$, '22023', 'unknown_value 5 is a label code', '0 to 5');
SELECT testlib.refuses($$SELECT gpu_encode.inverse_label('e', 'x', 6)$$, '22023', 'has no code 6', '0 to 5');

-- encoders that somebody changed
CREATE FUNCTION damage(how text) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
    answer text;
BEGIN
    EXECUTE how;
    answer := testlib.refuses('SELECT gpu_encode.transform(''d'', ''small_y'', ''damaged'')', '55000', 'encoder test_rare.d is damaged');
    RAISE EXCEPTION '%', answer USING ERRCODE = 'PT001';
EXCEPTION WHEN SQLSTATE 'PT001' THEN RETURN SQLERRM;
END
$$;
CREATE TABLE small_y AS SELECT x, row_number() OVER () % 4 AS y FROM small;
SELECT count(*) FROM gpu_encode.fit('d', 'small_y', 'y', '{x}', '{x}', smooth => 1, min_frequency => 3, handle_missing => 'category');
SET client_min_messages = error;
SELECT how, damage(how) FROM unnest(ARRAY[
    'DELETE FROM d WHERE kind = ''infrequent''',
    'INSERT INTO d SELECT * FROM d WHERE kind = ''infrequent''',
    'UPDATE d SET code = NULL WHERE kind = ''infrequent''',
    'UPDATE d SET code = 0 WHERE kind = ''infrequent''',
    'UPDATE d SET code = 2147483647 WHERE kind = ''infrequent''',
    'UPDATE d SET code = -1 WHERE kind = ''infrequent''',
    'UPDATE d SET code = 2 WHERE value = ''b''',
    'UPDATE d SET code = 0 WHERE value = ''d''',
    'UPDATE d SET code = 3 WHERE value = ''a''',
    'UPDATE d SET code = 7 WHERE value = ''b''',
    'UPDATE d SET code = 2 WHERE kind = ''missing''',
    'UPDATE d SET code = NULL WHERE kind = ''missing''',
    'UPDATE d SET encodings = ARRAY[encodings[1] + 1] WHERE value = ''a''',
    'UPDATE d SET encodings = ''{NULL}'' WHERE kind = ''infrequent''',
    'UPDATE d SET n_rows = NULL WHERE kind = ''infrequent''',
    'UPDATE d SET encodings = ''{NaN}'' WHERE kind = ''infrequent''',
    'UPDATE d SET parameters = jsonb_set(parameters, ''{columns,0,infrequent}'', ''false'') WHERE kind = ''parameters''',
    'UPDATE d SET parameters = jsonb_set(parameters, ''{columns,0,infrequent}'', ''7'') WHERE kind = ''parameters''',
    'UPDATE d SET parameters = parameters #- ''{columns,0,infrequent}'' WHERE kind = ''parameters''',
    'UPDATE d SET parameters = jsonb_set(parameters, ''{columns,0,codes}'', ''5'') WHERE kind = ''parameters''',
    'UPDATE d SET parameters = jsonb_set(parameters, ''{columns,0,codes}'', ''3'') WHERE kind = ''parameters''',
    'UPDATE d SET parameters = jsonb_set(parameters, ''{columns,0,codes}'', ''2147483648'') WHERE kind = ''parameters''',
    'UPDATE d SET parameters = jsonb_set(parameters, ''{columns,0,codes}'', ''99999999999'') WHERE kind = ''parameters''',
    'UPDATE d SET parameters = jsonb_set(parameters, ''{columns,0,codes}'', ''-1'') WHERE kind = ''parameters''']) how;
SELECT testlib.refuses($$SELECT gpu_encode.label('d', 'x', 'new'::text, handle_unknown => 'infrequent') FROM (SELECT 1) q$$, '00000', 'none') AS works;
DELETE FROM d WHERE kind = 'infrequent';
SELECT testlib.refuses($$SELECT gpu_encode.label('d', 'x', 'new'::text, handle_unknown => 'infrequent')$$, '55000', 'no row of kind ''infrequent''');
SELECT testlib.refuses($$SELECT gpu_encode.inverse_label('d', 'x', 2)$$, '55000', 'no row of kind ''infrequent''');

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_rare CASCADE;
