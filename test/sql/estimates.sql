-- estimates: the planner learns rows and cost of label_encode and target_encode from their source.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_estimates;
SET search_path = test_estimates;

CREATE FUNCTION estimate(query text, what text) RETURNS float8 LANGUAGE plpgsql AS
$$
DECLARE plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
    RETURN (plan -> 0 -> 'Plan' ->> what)::float8;
END
$$;
CREATE TABLE small AS SELECT i, 'v' || i % 3 AS x, i % 2 AS y FROM generate_series(1, 100) i;
CREATE TABLE large AS SELECT i, 'v' || i % 3 AS x, i % 2 AS y FROM generate_series(1, 50000) i;
CREATE TABLE parts (LIKE large) PARTITION BY HASH (i);
CREATE TABLE part_0 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE part_1 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parts SELECT * FROM large;
ANALYZE small, large, parts;

SELECT t, estimate(format('SELECT * FROM gpu_encode.label_encode(%L, ''x'')', t), 'Plan Rows') / n BETWEEN 0.9 AND 1.1 AS labels,
       estimate(format('SELECT * FROM gpu_encode.target_encode(%L, ''x'', ''y'')', t), 'Plan Rows') / n BETWEEN 0.9 AND 1.1 AS encodings,
       estimate(format('SELECT * FROM gpu_encode.target_encode(%L, ''{x,i}''::text[], ''y'')', t), 'Plan Rows') / n BETWEEN 0.9 AND 1.1 AS joint
FROM (VALUES ('small', 100), ('large', 50000), ('parts', 50000)) v (t, n);
SELECT estimate('SELECT * FROM gpu_encode.label_encode(''large'', ''x'')', 'Total Cost') > estimate('SELECT * FROM gpu_encode.label_encode(''small'', ''x'')', 'Total Cost') AS larger_costs_more;
-- arguments that are not known when the query is planned
PREPARE later(regclass) AS SELECT count(*) FROM gpu_encode.label_encode($1, 'x');
SET plan_cache_mode = force_generic_plan;
EXECUTE later('small');
SELECT t, (SELECT count(*) FROM gpu_encode.label_encode(t, 'x')) FROM unnest('{small,large}'::regclass[]) t;
SELECT estimate('SELECT * FROM gpu_encode.label_encode(NULL, ''x'')', 'Plan Rows') > 0 AS of_null, estimate('SELECT * FROM gpu_encode.label_encode(999999999, ''x'')', 'Plan Rows') > 0 AS of_nothing;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_estimates CASCADE;
