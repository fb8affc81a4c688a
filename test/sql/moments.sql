-- moments: the aggregates of statistics as values, beside exact fractions; merged, subtracted, in parallel plans.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set vectors :abs_srcdir '/lib/moments_vectors.sql'
\set ECHO none
\i :testlib
CREATE SCHEMA test_moments;
SET search_path = test_moments, gpu_encode;
\i :vectors
\set ECHO all

-- the moments of each case are those of exact fractions; so are the figures, to the bit
CREATE TABLE found AS
    SELECT number, moments(y::float8) AS m, exact_sum(y::float8)::text AS s FROM targets WHERE number NOT IN (10, 11) AND kind = 'float8' AND w IS NULL GROUP BY number
    UNION ALL SELECT number, moments(y::float8), NULL FROM targets WHERE number IN (10, 11) GROUP BY number
    UNION ALL SELECT number, moments(y::float8, w), NULL FROM targets WHERE kind = 'float8' AND w IS NOT NULL GROUP BY number
    UNION ALL SELECT number, moments(y::bigint), NULL FROM targets WHERE kind = 'bigint' AND w IS NULL GROUP BY number
    UNION ALL SELECT number, moments(y::bigint, w), NULL FROM targets WHERE kind = 'bigint' AND w IS NOT NULL GROUP BY number
    UNION ALL SELECT number, moments(y::boolean), NULL FROM targets WHERE kind = 'boolean' AND w IS NULL GROUP BY number
    UNION ALL SELECT number, moments(y::boolean, w), NULL FROM targets WHERE kind = 'boolean' AND w IS NOT NULL GROUP BY number;
SELECT count(*) AS cases, count(*) FILTER (WHERE f.m::text = a.m) AS right, count(*) FILTER (WHERE f.m = a.m::moments) AS equal,
    count(*) FILTER (WHERE f.m = (a.m::moments::text)::moments) AS read
FROM found f JOIN answers a USING (number);
-- a figure, or the error of one that is out of range
CREATE FUNCTION figure(name text, m moments) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE answer float8;
BEGIN
    EXECUTE format('SELECT gpu_encode.%I($1)', name) INTO answer USING m;
    RETURN answer;
EXCEPTION WHEN numeric_value_out_of_range THEN
    RETURN CASE WHEN SQLERRM LIKE '%beyond the range of double precision' THEN 'error' ELSE SQLERRM END;
END
$$;
CREATE FUNCTION same(found text, expected text) RETURNS boolean LANGUAGE sql AS
$$ SELECT CASE WHEN expected = 'error' OR found = 'error' OR expected IS NULL OR found IS NULL THEN expected IS NOT DISTINCT FROM found
               ELSE float8send(found::float8) = float8send(expected::float8) END $$;
SELECT f.name, count(*) FILTER (WHERE same(figure(f.name, m.m), CASE f.name WHEN 'sum' THEN a.sum WHEN 'mean' THEN a.mean WHEN 'var_pop' THEN a.variance ELSE a.deviation END)) AS right,
    count(*) FILTER (WHERE figure(f.name, m.m) = 'error') AS out_of_range
FROM found m JOIN answers a USING (number), (VALUES ('sum'), ('mean'), ('var_pop'), ('stddev_pop')) f (name) GROUP BY f.name ORDER BY f.name COLLATE "C";
SELECT count(*) AS sums, count(*) FILTER (WHERE same(s, sum)) AS right FROM found JOIN answers USING (number) WHERE s IS NOT NULL OR sum IS NULL AND kind = 'float8' AND NOT weighted;
SELECT count(*) AS means, count(*) FILTER (WHERE same(g, avg)) AS right FROM answers JOIN
    (SELECT number, exact_avg(y::float8)::text AS g FROM targets WHERE kind = 'float8' AND w IS NULL GROUP BY number) means USING (number);
SELECT testlib.refuses('SELECT gpu_encode.exact_sum(y::float8) FROM test_moments.targets WHERE number = 10', '22003', 'the sum is beyond the range of double precision');
SELECT count(*) FROM found WHERE n_rows(m) <> (SELECT count(*) FROM targets t WHERE t.number = found.number)
    OR n_target(m) <> (SELECT count(y) FROM targets t WHERE t.number = found.number)
    OR min_value(m) IS DISTINCT FROM (SELECT min(CASE kind WHEN 'boolean' THEN y::boolean::integer ELSE y::float8 END) FROM targets t WHERE t.number = found.number AND w IS DISTINCT FROM 0)
    OR max_value(m) IS DISTINCT FROM (SELECT max(CASE kind WHEN 'boolean' THEN y::boolean::integer ELSE y::float8 END) FROM targets t WHERE t.number = found.number AND w IS DISTINCT FROM 0);
SELECT total_weight(moments(1, w)) AS w, total_weight(moments(w)) AS n, total_weight(moments(NULL::float8)) AS none FROM (VALUES (0.1), (0.2)) v (w);
SELECT m, n_rows(m), n_target(m), sum(m), mean(m), var_pop(m), stddev_pop(m), min_value(m), max_value(m) FROM (VALUES ('rows=2 targets=0'::moments), ('rows=2 targets=1 weight=0'), ('rows=2 targets=2 sum=3'), (NULL)) v (m);
-- numbers of other types are doubles; weights of 1 are none
SELECT moments(x::integer), moments(x::real), moments(x::numeric), moments(x::smallint, 1) = moments(x) AS ones FROM generate_series(1, 3) x;
SELECT moments(1) FILTER (WHERE false), moments(NULL::float8), exact_sum(NULL::float8), exact_avg(NULL::float8), merge(NULL::moments);

-- merged in any grouping, in any order, they are those of all rows
CREATE TABLE parts AS SELECT number, i % 3 AS part, moments(y::float8) AS m FROM targets WHERE kind = 'float8' AND w IS NULL GROUP BY 1, 2
    UNION ALL SELECT number, i % 3, moments(y::float8, w) FROM targets WHERE kind = 'float8' AND w IS NOT NULL GROUP BY 1, 2
    UNION ALL SELECT number, i % 3, moments(y::bigint) FROM targets WHERE kind = 'bigint' AND w IS NULL GROUP BY 1, 2
    UNION ALL SELECT number, i % 3, moments(y::boolean, w) FROM targets WHERE kind = 'boolean' AND w IS NOT NULL GROUP BY 1, 2;
SELECT count(*) AS cases, count(*) FILTER (WHERE f.m = p.merged AND f.m = p.backwards) AS merged, count(*) FILTER (WHERE f.m = p.added) AS added
FROM (SELECT number, merge(m ORDER BY part) AS merged, merge(m ORDER BY part DESC) AS backwards,
          coalesce(merge(m) FILTER (WHERE part = 2), 'rows=0 targets=0') + (coalesce(merge(m) FILTER (WHERE part = 0), 'rows=0 targets=0') + coalesce(merge(m) FILTER (WHERE part = 1), 'rows=0 targets=0')) AS added
      FROM parts GROUP BY number) p JOIN found f USING (number);
-- of all cases together, weighted and not, of all kinds
SELECT testlib.same('SELECT merge(m) FROM test_moments.parts', 'SELECT merge(m) FROM (SELECT number, merge(m) AS m FROM test_moments.parts GROUP BY number) g') AS together;
-- added, then removed, as if never: least and greatest come back if they lie strictly inside
SELECT count(*) AS pairs, count(*) FILTER (WHERE a.m + b.m - b.m = a.m) AS same,
    count(*) FILTER (WHERE regexp_replace((a.m + b.m - b.m)::text, ' (least|greatest)=.*', '') = regexp_replace(a.m::text, ' (least|greatest)=.*', '')) AS sums_same
FROM found a, found b WHERE a.number <> b.number;
SELECT 'rows=9 targets=9 sum=45 squares=285 least=1 greatest=9'::moments - moments(x) AS inside FROM generate_series(3, 5) x;
SELECT 'rows=9 targets=9 sum=45 squares=285 least=1 greatest=9'::moments - moments(x) AS at_the_border FROM generate_series(1, 5) x;
SELECT 'rows=9 targets=9 sum=45 squares=285 least=1 greatest=9'::moments - moments(x) AS all_of_it FROM generate_series(1, 9) x;
SELECT 'rows=9 targets=9 sum=45 squares=285 least=1 greatest=9'::moments - 'rows=2 targets=2 sum=9' AS unknown_stays_unknown;
SELECT 'rows=9 targets=8 sum=45 squares=285 least=1 greatest=9'::moments - 'rows=1 targets=0' AS nulls;
SELECT r, testlib.refuses(format('SELECT %L::gpu_encode.moments OPERATOR(gpu_encode.-) %L::gpu_encode.moments', 'rows=9 targets=8 sum=8 squares=8 least=1 greatest=1', r), '22023', 'no part of those on the left', said)
FROM (VALUES ('rows=10 targets=1 sum=1 squares=1 least=1 greatest=1', 'more rows'), ('rows=9 targets=9 sum=9 squares=9 least=1 greatest=1', 'more rows with a target'),
    ('rows=2 targets=0', 'more without'), ('rows=1 targets=1 sum=0 squares=0 least=0 greatest=0', 'a lesser least value'),
    ('rows=1 targets=1 sum=2 squares=4 least=2 greatest=2', 'a greater greatest value'), ('rows=3 targets=3 sum=2 squares=2 least=1 greatest=1', 'a rest which no rows have'),
    ('rows=8 targets=8 weight=9 sum=8 squares=8 least=1 greatest=1', 'a rest which no rows have'), ('rows=8 targets=8 sum=7 squares=8 least=1 greatest=1', 'a rest which no rows have')) v (r, said);
SELECT testlib.refuses('SELECT gpu_encode.merge(m) FROM (VALUES (''rows=9223372036854775807 targets=1 sum=1''::gpu_encode.moments), (''rows=1 targets=0'')) v (m)', '22003', 'more than 2^63 - 1 rows');

-- what is no number is an error that names it, wherever it stands
SELECT y, w, testlib.refuses(format('SELECT gpu_encode.moments(y, w) FROM (VALUES (1::float8, 1::float8), (%L, %L), (2, 1)) v (y, w)', y, w), state, said)
FROM (VALUES ('NaN'::float8, 1::float8, '22023', 'a target is NaN'), ('Infinity', 1, '22023', 'a target is Infinity'), ('-Infinity', 1, '22023', 'a target is -Infinity'), (NULL, -1, '22023', 'a weight is negative'),
    (1, 'NaN', '22023', 'a weight is NaN'), (1, 'Infinity', '22023', 'a weight is Infinity'), (1, NULL, '22004', 'a weight is null'), (1, -5e-324, '22023', 'a weight is negative')) v (y, w, state, said);
SELECT testlib.refuses('SELECT gpu_encode.moments(''NaN''::float8)', '22023', 'a target is NaN', 'FILTER'), testlib.refuses('SELECT gpu_encode.exact_sum(''-Infinity''::float8)', '22023', 'a target is -Infinity');
SELECT testlib.refuses('SELECT gpu_encode.moments_add(''rows=0 targets=0''::gpu_encode.moments, 1::float8)', '0A000', 'can only be called by an aggregate'),
    testlib.refuses('SELECT gpu_encode.moments_combine(''rows=0 targets=0'', ''rows=0 targets=0'')', '0A000', 'can only be called by an aggregate');

-- grouping sets, hashed and sorted, DISTINCT, FILTER, ORDER BY, states that aggregates share
CREATE TABLE rows AS SELECT i, i % 7 AS a, i * i % 5 AS b, CASE WHEN i % 11 > 0 THEN (i % 1000) / 7.0::float8 END AS y, i % 3 = 0 AS c, 1 + i % 4 AS w FROM generate_series(1, 20000) i;
ANALYZE rows;
CREATE TABLE cubes AS SELECT a, b, moments(y) AS m, moments(c, w) AS n, exact_sum(y) AS s, exact_avg(y) AS g, count(*) FROM rows GROUP BY CUBE (a, b);
SET enable_hashagg = off;
SELECT testlib.same('SELECT a, b, m, n, s, g FROM test_moments.cubes', 'SELECT a, b, gpu_encode.moments(y), gpu_encode.moments(c, w), gpu_encode.exact_sum(y), gpu_encode.exact_avg(y) FROM test_moments.rows GROUP BY CUBE (a, b)') AS sorted;
RESET enable_hashagg;
SET enable_sort = off;
SELECT testlib.same('SELECT a, b, m, n, s, g FROM test_moments.cubes', 'SELECT a, b, gpu_encode.moments(y), gpu_encode.moments(c, w), gpu_encode.exact_sum(y), gpu_encode.exact_avg(y) FROM test_moments.rows GROUP BY GROUPING SETS ((a, b), (a), (b), ())') AS hashed;
RESET enable_sort;
SELECT count(*) FILTER (WHERE m = (SELECT merge(p.m) FROM cubes p WHERE p.a = c.a AND p.b IS NOT NULL)) AS merged FROM cubes c WHERE b IS NULL AND a IS NOT NULL;
SELECT moments(DISTINCT a), moments(DISTINCT a) FILTER (WHERE a > 2), moments(DISTINCT a, w), moments(a ORDER BY i) = moments(a ORDER BY i DESC) AS any_order FROM rows;
SELECT count(*), count(DISTINCT m) FROM (SELECT moments(i) AS m FROM rows GROUP BY i % 10, i % 20) g;
SET work_mem = '64kB';
SELECT count(*), sum(n_rows(m)), merge(m) = (SELECT moments(y) FROM rows) AS spilled FROM (SELECT moments(y) AS m FROM rows GROUP BY i) g;
RESET work_mem;

-- a plan of workers gives the bits of one that has none
CREATE FUNCTION plan_of(query text) RETURNS boolean LANGUAGE plpgsql AS
$$
DECLARE line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN ' || query LOOP
        IF line ~ 'Partial.*Aggregate' THEN RETURN true; END IF;
    END LOOP;
    RETURN false;
END
$$;
CREATE TABLE valued AS SELECT r.*, d.m AS moments FROM rows r JOIN (SELECT i, moments(y) AS m FROM rows GROUP BY i) d USING (i);
ANALYZE valued;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE serial AS SELECT a, moments(y) AS m, moments(i::bigint * 1000000007, w) AS n, moments(c) AS o, exact_sum(y) AS s, exact_avg(y) AS g, merge(moments) AS p FROM valued GROUP BY a;
SELECT count(*) FROM serial WHERE m <> p;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 3;
\set query 'SELECT a, gpu_encode.moments(y), gpu_encode.moments(i::bigint * 1000000007, w), gpu_encode.moments(c), gpu_encode.exact_sum(y), gpu_encode.exact_avg(y), gpu_encode.merge(moments) FROM test_moments.valued GROUP BY a'
SELECT plan_of(:'query') AS parallel, testlib.same('TABLE test_moments.serial', :'query');
SET enable_hashagg = off;
SELECT plan_of(:'query') AS parallel, testlib.same('TABLE test_moments.serial', :'query');
RESET enable_hashagg;
SET enable_sort = off;
SELECT plan_of('SELECT gpu_encode.moments(y), gpu_encode.exact_sum(y) FROM test_moments.valued') AS parallel;
SELECT moments(y) = (SELECT merge(m) FROM serial) AS m, exact_sum(y) = sum(moments(y)) AS s FROM valued;
RESET enable_sort;
CREATE TABLE halves (LIKE valued) PARTITION BY HASH (i);
CREATE TABLE half_0 PARTITION OF halves FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE half_1 PARTITION OF halves FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO halves SELECT * FROM valued;
SET enable_partitionwise_aggregate = on;
SELECT testlib.same('TABLE test_moments.serial', replace(:'query', 'valued', 'halves'));
RESET enable_partitionwise_aggregate; RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET max_parallel_workers_per_gather;

-- frames that move, grow, and stand still give what each frame alone gives
CREATE TABLE framed AS SELECT i, CASE WHEN i % 13 > 0 THEN ((i * 7919) % 101 - 50) / (CASE WHEN i % 50 < 40 THEN 1 ELSE 8 END)::float8 END AS y, ((i * 31) % 5) / 2.0::float8 AS w, i % 17 AS b FROM generate_series(1, 400) i;
CREATE FUNCTION frames(frame text) RETURNS TABLE (different bigint) LANGUAGE plpgsql AS
$$
BEGIN
    RETURN QUERY EXECUTE format('SELECT count(*) FROM (
        SELECT i, gpu_encode.moments(y) OVER f AS a, gpu_encode.moments(y, w) OVER f AS b, gpu_encode.moments(b::bigint) OVER f AS c, gpu_encode.exact_sum(y) OVER f AS d, gpu_encode.exact_avg(y) OVER f AS e,
            gpu_encode.moments(y) FILTER (WHERE b < 9) OVER f AS g, gpu_encode.moments(b > 8, w) OVER f AS h, array_agg(i) OVER f AS ids FROM test_moments.framed WINDOW f AS (ORDER BY i %s)) o
        CROSS JOIN LATERAL (SELECT gpu_encode.moments(y) AS a, gpu_encode.moments(y, w) AS b, gpu_encode.moments(b::bigint) AS c, gpu_encode.exact_sum(y) AS d, gpu_encode.exact_avg(y) AS e,
            gpu_encode.moments(y) FILTER (WHERE b < 9) AS g, gpu_encode.moments(b > 8, w) AS h FROM test_moments.framed r WHERE r.i = ANY (o.ids)) n
        WHERE (o.a, o.b, o.c, o.d, o.e, o.g, o.h) IS DISTINCT FROM (n.a, n.b, n.c, n.d, n.e, n.g, n.h)', frame);
END
$$;
SELECT frame, different FROM unnest('{ROWS BETWEEN 20 PRECEDING AND CURRENT ROW,ROWS BETWEEN 30 PRECEDING AND 5 PRECEDING,ROWS BETWEEN CURRENT ROW AND 40 FOLLOWING,RANGE BETWEEN 9 PRECEDING AND 3 FOLLOWING,
    ROWS UNBOUNDED PRECEDING,ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING,ROWS BETWEEN 4 PRECEDING AND 4 FOLLOWING EXCLUDE CURRENT ROW,ROWS CURRENT ROW}'::text[]) f (frame), frames(trim(frame, E' \n'));
SELECT merge(moments) OVER (ORDER BY i ROWS 2 PRECEDING) FROM (SELECT i, moments(y) FROM framed WHERE i < 4 GROUP BY i) d;

-- an aggregate of a user without a final function returns states, which mean the same
CREATE AGGREGATE raw(float8) (SFUNC = moments_add, STYPE = moments);
CREATE TABLE states AS SELECT b, raw(y) AS state, moments(y) AS m FROM framed GROUP BY b;
SELECT count(*), count(*) FILTER (WHERE state = m AND state::text = m::text AND moments_send(state) = moments_send(m) AND moments_hash(state) = moments_hash(m) AND n_rows(state) = n_rows(m)) AS same,
    merge(state) = merge(m) AS merged FROM states;
CREATE AGGREGATE started(float8) (SFUNC = moments_add, STYPE = moments, FINALFUNC = moments_final, INITCOND = 'rows=2 targets=1 sum=0x1p-1 squares=0x1p-2 least=0.5 greatest=0.5');
SELECT started(y) FROM (VALUES (1), (2.5)) v (y);

-- states of groups do not touch each other, and values stay as they were
WITH day AS MATERIALIZED (SELECT i % 3 AS d, moments(y) AS m FROM framed GROUP BY 1)
SELECT merge(m) = (SELECT moments(y) FROM framed) AS merged, (SELECT moments(y) FROM framed WHERE i % 3 = 0) = merge(m) FILTER (WHERE d = 0) AS kept FROM day;
SET client_min_messages = warning;
DROP SCHEMA test_moments CASCADE;
