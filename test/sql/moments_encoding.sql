-- moments_encoding: plain SQL with encoding() gives the bits of target_encode.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_moments_encoding;
SET search_path = test_moments_encoding, gpu_encode;
CREATE TABLE t AS SELECT i, CASE WHEN i % 17 > 0 THEN 'v' || (i * i) % 53 END AS x, (i * 7) % 6 - 2 AS f,
    CASE WHEN i % 7 > 0 THEN ((i * 7919) % 1000) / 7.0::float8 * 10.0 ^ ((i % 5) * 20 - 40) END AS y, CASE WHEN i % 9 > 0 THEN (i::bigint * 1234567890123457 % 9007199254740993) - i * 3 END AS n, i % 3 = 0 AS b
FROM generate_series(1, 3000) i;

-- the rows that plain SQL encodes: folds by an expression, the prior over all rows or over the other folds
CREATE FUNCTION plain(target text, fold text, smooth float8, prior text) RETURNS TABLE (i integer, encoding float8) LANGUAGE plpgsql AS
$$
BEGIN
    RETURN QUERY EXECUTE format('WITH folded AS (SELECT i, x, %1$s AS y, %2$s AS fold FROM test_moments_encoding.t),
            cells AS (SELECT x, fold, gpu_encode.moments(y) AS m FROM folded GROUP BY x, fold),
            categories AS (SELECT x, gpu_encode.merge(m) AS m FROM cells WHERE x IS NOT NULL GROUP BY x),
            folds AS (SELECT fold, gpu_encode.merge(m) AS m FROM cells GROUP BY fold), total AS (SELECT gpu_encode.merge(m) AS m FROM cells)
        SELECT r.i, gpu_encode.encoding(c.m - cells.m, CASE %3$L WHEN ''global'' THEN total.m ELSE total.m - folds.m END, %4$L)
        FROM folded r JOIN folds USING (fold) CROSS JOIN total LEFT JOIN cells USING (x, fold) LEFT JOIN categories c USING (x)', target, fold, prior, smooth);
END
$$;
SELECT target, prior, smooth, testlib.same(format('SELECT i, float8send(encoding) FROM test_moments_encoding.plain(%L, %L, %L, %L)', target, 'f', smooth, prior),
        format('SELECT i, float8send(encoding) FROM gpu_encode.target_encode(''t'', ''x'', %L, fold_column => ''f'', smooth => %L, prior => %L) e JOIN test_moments_encoding.t ON t.ctid = e.row_id', target, smooth, prior)) AS custom,
    testlib.same(format('SELECT i, float8send(encoding) FROM test_moments_encoding.plain(%L, %L, %L, %L)', target, '(i - 1) % 5', smooth, prior),
        format('SELECT i, float8send(encoding) FROM gpu_encode.target_encode(''t'', ''x'', %L, order_by => ''{i}'', smooth => %L, prior => %L) e JOIN test_moments_encoding.t ON t.ctid = e.row_id', target, smooth, prior)) AS interleaved
FROM unnest('{y,n,b}'::text[]) target, unnest('{global,out_of_fold}'::text[]) prior, unnest('{0,0.001,20.3}'::float8[]) smooth ORDER BY target COLLATE "C", prior COLLATE "C", smooth;
-- full statistics are those of an encoder
SELECT count(*) FROM gpu_encode.fit('e', 't', 'y', '{x}', '{}', smooth => 20.3);
SELECT testlib.same('SELECT value, float8send(encoding) FROM test_moments_encoding.e WHERE kind = ''category''',
    'SELECT x, float8send(gpu_encode.encoding(gpu_encode.moments(y), (SELECT gpu_encode.moments(y) FROM test_moments_encoding.t), 20.3)) FROM test_moments_encoding.t WHERE x IS NOT NULL GROUP BY x');

-- smooth from the data: v / V of the variances, as scikit-learn's auto
CREATE TABLE small AS SELECT i % 4 AS x, ((i * 37) % 11)::float8 AS y, 1 + i % 3 AS w FROM generate_series(1, 40) i;
SELECT x, encoding(moments(y), (SELECT moments(y) FROM small)) AS auto, encoding(moments(y), (SELECT moments(y) FROM small), NULL) = encoding(moments(y), (SELECT moments(y) FROM small)) AS same,
    encoding(moments(y, w), (SELECT moments(y, w) FROM small)) = encoding((SELECT moments(r.y) FROM small r, generate_series(1, r.w) WHERE r.x = s.x), (SELECT moments(r.y) FROM small r, generate_series(1, r.w))) AS weights_are_rows
FROM small s GROUP BY x ORDER BY x;
SELECT encoding('rows=3 targets=3 sum=6 squares=12 least=2 greatest=2', 'rows=9 targets=9 sum=9 squares=90 least=0 greatest=9') AS not_shrunk,
    encoding('rows=3 targets=3 sum=6 squares=12 least=2 greatest=2', 'rows=9 targets=9 sum=18 squares=36 least=2 greatest=2') AS prior_alone;

-- what has no target gets the prior; without a prior there is nothing
SELECT encoding(NULL, moments(y), 3) = mean(moments(y)) AS unseen, encoding('rows=5 targets=0', moments(y), 3) = mean(moments(y)) AS empty, encoding('rows=5 targets=3 weight=0', moments(y)) = mean(moments(y)) AS weightless,
    encoding(moments(y), NULL, 3) AS no_prior, encoding(moments(y), 'rows=7 targets=0', 3) AS empty_prior, encoding(moments(y), 'rows=7 targets=7 weight=0') AS weightless_prior FROM small;
SELECT testlib.refuses(format('SELECT gpu_encode.encoding(%L, %L, %s)', m, p, s), state, VARIADIC said)
FROM (VALUES ('rows=1 targets=1 sum=1', 'rows=1 targets=1 sum=1 squares=1', 'NULL', '22023', '{needs sums of squares,Give smooth a number}'::text[]), ('rows=1 targets=1 sum=1 squares=1', 'rows=1 targets=1 sum=1', 'NULL', '22023', '{needs sums of squares}'),
    ('rows=1 targets=1 sum=1', 'rows=1 targets=1 sum=1', '-1', '22023', '{smooth must be a finite number,It is -1,pseudo-count}'), ('rows=1 targets=1 sum=1', 'rows=1 targets=1 sum=1', '''NaN''', '22023', '{smooth must be a finite number}'),
    ('rows=1 targets=1 sum=1', 'rows=1 targets=1 sum=1', '''Infinity''', '22023', '{smooth must be a finite number}'), ('rows=2 targets=2 sum=0x1p1024', 'rows=1 targets=1 sum=1', '1', '22003', '{the encoding is beyond the range of double precision}'),
    ('rows=1 targets=1 sum=1', 'rows=2 targets=2 sum=-0x1p1024', '1', '22003', '{the encoding is beyond the range of double precision}')) v (m, p, s, state, said);
SELECT encoding('rows=1 targets=1 sum=1', 'rows=1 targets=1 sum=3', 1) AS without_squares;
SET client_min_messages = warning;
DROP SCHEMA test_moments_encoding CASCADE;
