-- Virtual generated columns (PostgreSQL 18) have no values in the heap: a query computes them.
SELECT current_setting('server_version_num')::int < 180000 AS none \gset
\if :none
\echo virtual generated columns came with PostgreSQL 18: skipped
\quit
\endif
CREATE SCHEMA virtual;
SET search_path = virtual, probe;
CREATE TABLE t (a int, b int, v int GENERATED ALWAYS AS (a * 10) VIRTUAL, s int GENERATED ALWAYS AS (a * 100) STORED);
INSERT INTO t (a, b) VALUES (2, 1), (1, 2), (3, 3);
SELECT * FROM source('t', '{a,s}');
SELECT * FROM source('t', '{v}');
SELECT * FROM keys('t', '{a,v,s}', workers => 2);
SELECT * FROM rows('t', '{b,v}');
SELECT * FROM rows('t', '{v}', '{v}');
SET client_min_messages = warning;
DROP SCHEMA virtual CASCADE;
