-- distributed: a table of Citus is empty here, and its rows are known to the planner alone: never 0 rows without a word.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set citus :abs_srcdir '/lib/citus.sql'
\set citus_gone :abs_srcdir '/lib/citus_gone.sql'
\set ECHO none
\i :testlib
\i :citus
\set ECHO all
CREATE SCHEMA test_distributed;
SET search_path = test_distributed;
-- a stand-in: Citus lists its tables in pg_catalog.pg_dist_partition, and its planner gives the rows
CREATE TABLE t (id int, x text, y int);
CREATE TABLE local AS SELECT i AS id, 'v' || i % 5 AS x, i % 2 AS y FROM generate_series(1, 100) i;
INSERT INTO t SELECT * FROM local;
CREATE TABLE p (id int, x text, y int) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (51);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (51) TO (1000);
INSERT INTO p SELECT * FROM local;
INSERT INTO pg_dist_partition VALUES ('t', 'h', 'id', 1, 's'), ('p1', 'h', 'id', 1, 's');

-- the query way: no row ids, no physical order
SELECT count(*), count(row_id) AS row_ids, count(source_table) AS tables FROM gpu_encode.label_encode('t', 'x');
SELECT count(*), count(row_id) AS row_ids FROM gpu_encode.label_encode('p', 'x');
SELECT count(*), count(row_id) AS row_ids FROM gpu_encode.label_encode('local', 'x');
SELECT gpu_encode.target_encode('t', 'x', 'y');
SELECT count(*), count(row_id) AS row_ids FROM gpu_encode.target_encode('t', 'x', 'y', order_by => '{id}');
SELECT rows FROM gpu_encode.fit_transform('e', 't', 'o', 'y', '{x}', order_by => '{id}');
SELECT rows FROM gpu_encode.transform('e', 'p', 'o2');

-- fit groups such rows by SQL, and reads none
SELECT count(*) FROM gpu_encode.fit('e_local', 'local', 'y', '{x}', '{x}');
SELECT count(*) FROM gpu_encode.fit('e_t', 't', 'y', '{x}', '{x}');
SELECT rows, detail FROM gpu_encode.last_run() WHERE stage = 'read';
SELECT count(*) FROM gpu_encode.fit('e_p', 'p', 'y', '{x}', '{x}');
SELECT rows, detail FROM gpu_encode.last_run() WHERE stage = 'read';
SELECT count(DISTINCT parameters ->> 'encoder_id') FROM (TABLE e_local UNION ALL TABLE e_t UNION ALL TABLE e_p) e WHERE kind = 'parameters';

-- so does partial_fit, for rows that come and for rows that go
CREATE TABLE new (id int, x text, y int);
INSERT INTO new SELECT 100 + i, 'v' || i % 7, i % 3 / 2 FROM generate_series(1, 50) i;
INSERT INTO local TABLE new;
INSERT INTO pg_dist_partition VALUES ('new', 'h', 'id', 1, 's');
SELECT count(*) FROM gpu_encode.partial_fit('e_t', 'new');
SELECT rows, detail FROM gpu_encode.last_run() WHERE stage = 'read';
SELECT count(*) FROM gpu_encode.fit('e_all', 'local', 'y', '{x}', '{x}', codes_from => 'e_local');
SELECT a.parameters ->> 'encoder_id' = b.parameters ->> 'encoder_id' AS same FROM e_t a, e_all b WHERE a.kind = 'parameters' AND b.kind = 'parameters';
SELECT count(*) FROM gpu_encode.partial_fit('e_t', 'new', remove => true);
SELECT stage, rows, detail FROM gpu_encode.last_run() WHERE stage IN ('read', 'remove');
SELECT sum(n_rows) FILTER (WHERE kind = 'category') AS rows, count(*) FILTER (WHERE n_rows = 0 AND kind = 'category') AS emptied FROM e_t;

-- a list of another form, or in another schema, is none
ALTER TABLE pg_catalog.pg_dist_partition RENAME logicalrelid TO other;
SELECT count(row_id) AS row_ids FROM gpu_encode.label_encode('t', 'x');
ALTER TABLE pg_catalog.pg_dist_partition RENAME other TO logicalrelid;
\set ECHO none
\i :citus_gone
\set ECHO all
CREATE TABLE pg_dist_partition (logicalrelid regclass);
INSERT INTO pg_dist_partition VALUES ('t');
SELECT count(row_id) AS row_ids FROM gpu_encode.label_encode('t', 'x');

SET client_min_messages = warning;
DROP SCHEMA test_distributed CASCADE;
