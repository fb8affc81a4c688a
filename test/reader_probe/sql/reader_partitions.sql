-- Leaves are read in partition bound order, depth first, DEFAULT last, as EXPLAIN shows them.
\set VERBOSITY terse
CREATE SCHEMA partitions;
SET search_path = partitions, probe;

CREATE TABLE p (k int, v text, w text) PARTITION BY RANGE (k);
CREATE TABLE p_default PARTITION OF p DEFAULT;
CREATE TABLE p_high PARTITION OF p FOR VALUES FROM (100) TO (200);
CREATE TABLE p_low PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p_mid PARTITION OF p FOR VALUES FROM (10) TO (100) PARTITION BY LIST (v);
CREATE TABLE p_mid_default PARTITION OF p_mid DEFAULT;
CREATE TABLE p_mid_z PARTITION OF p_mid FOR VALUES IN ('z', 'a');
CREATE TABLE p_mid_null PARTITION OF p_mid FOR VALUES IN (NULL);
CREATE TABLE p_mid_m PARTITION OF p_mid FOR VALUES IN ('m');
CREATE TABLE p_empty PARTITION OF p FOR VALUES FROM (300) TO (400);
-- a leaf with other attribute numbers
CREATE TABLE p_other (gone int, w text, gone_too text, v text, k int);
ALTER TABLE p_other DROP COLUMN gone, DROP COLUMN gone_too;
ALTER TABLE p ATTACH PARTITION p_other FOR VALUES FROM (200) TO (300);
INSERT INTO p SELECT k, v, 'w' || k FROM unnest(ARRAY[1000, 150, 5, 50, 51, 52, 53, 54, 250, 251, 6],
    ARRAY['d', 'h', 'l', 'other', 'z', NULL, 'm', 'a', 'o', 'o', 'l']) AS x(k, v);
SELECT * FROM source('p', '{v}');
SELECT * FROM keys('p', '{w,k,v}');
SELECT * FROM rows('p', '{w,k,v}');
SELECT * FROM rows('p', '{k}');
EXPLAIN (COSTS off) SELECT * FROM p;
-- a part of the tree
SELECT * FROM keys('p_mid', '{k,v}');
SELECT * FROM rows('p', '{v}', '{k}');
SELECT bool_and(p.v IS NOT DISTINCT FROM r.row_values[1]) AS joins_back, count(*)
FROM p JOIN rows('p', '{v}') r ON (p.tableoid, p.ctid) = (r.source_table, r.row_id);

-- hash partitions, no partitions
CREATE TABLE h (k int) PARTITION BY HASH (k);
CREATE TABLE h1 PARTITION OF h FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE h0 PARTITION OF h FOR VALUES WITH (MODULUS 2, REMAINDER 0);
INSERT INTO h SELECT generate_series(1, 6);
SELECT source_table, array_agg(row_values ORDER BY ordinal), min(ordinal) FROM rows('h', '{k}') GROUP BY 1 ORDER BY 3;
CREATE TABLE none (k int) PARTITION BY LIST (k);
SELECT * FROM source('none', '{k}');
SELECT * FROM count('none', '{k}');
SELECT * FROM rows('none', '{k}');

-- temporary ones
CREATE TEMPORARY TABLE pt (k int) PARTITION BY LIST (k);
CREATE TEMPORARY TABLE pt1 PARTITION OF pt FOR VALUES IN (1);
INSERT INTO pt VALUES (1);
SELECT * FROM keys('pt', '{k}', workers => 2);
DROP TABLE pt;

-- many leaves, workers
SELECT format('CREATE TABLE many (k int, v text) PARTITION BY LIST (k)') \gexec
SELECT format('CREATE TABLE many_%s PARTITION OF many FOR VALUES IN (%s)', k, k) FROM generate_series(20, 1, -1) k \gexec
INSERT INTO many SELECT 1 + i % 20, 'v' || i FROM generate_series(1, 20000) i;
SET min_parallel_table_scan_size = 0;
SELECT count(*), bool_and(keys[1] = (1 + ordinal / 1000)::text) AS in_order FROM keys('many', '{k,v}', workers => 2);
SELECT digest('many', '{k,v}', workers => 0) = digest('many', '{k,v}', workers => 2) AS same;
SELECT count(*), count(DISTINCT keys) FROM keys('many', '{k,v}', workers => 2);
SET client_min_messages = warning;
DROP SCHEMA partitions CASCADE;
