-- Every kind of heap relation is read whole, and nothing else is taken for a source.
\set VERBOSITY terse
CREATE SCHEMA tables;
SET search_path = tables, probe;

-- logged, unlogged, temporary
CREATE TABLE logged AS SELECT i AS id, 'v' || i % 3 AS v FROM generate_series(1, 4) i;
CREATE UNLOGGED TABLE unlogged AS TABLE logged;
CREATE TEMPORARY TABLE temporary AS TABLE logged;
SELECT * FROM source('logged', '{v}');
SELECT * FROM keys('logged', '{v,id}');
SELECT * FROM rows('logged', '{v}');
SELECT * FROM keys('unlogged', '{v,id}');
SELECT * FROM keys('temporary', '{v,id}');
SELECT ordinal, source_table, row_id FROM rows('temporary', '{}');

-- no rows, no columns
CREATE TABLE empty (v text);
SELECT * FROM keys('empty', '{v}');
SELECT * FROM rows('empty', '{v}');
CREATE TABLE bare ();
INSERT INTO bare DEFAULT VALUES;
SELECT * FROM count('bare', '{}');
SELECT * FROM rows('bare', '{}');

-- a column that does not exist, and one whose name needs quotes
SELECT * FROM keys('logged', '{V}');
CREATE TABLE "a ""b" ("class of worker" text, "100%s" int);
INSERT INTO "a ""b" VALUES ('x', 1);
SELECT * FROM keys('"a ""b"', '{class of worker,100%s}');
SELECT * FROM keys('"a ""b"', '{class of worker,no}');

-- dropped columns, columns added later with a default, generated columns
CREATE TABLE changed (a text, b text, c text);
INSERT INTO changed VALUES ('a1', 'b1', 'c1'), ('a2', NULL, 'c2');
ALTER TABLE changed DROP COLUMN b;
ALTER TABLE changed ADD COLUMN d text DEFAULT 'later';
ALTER TABLE changed ADD COLUMN e int;
INSERT INTO changed VALUES ('a3', 'c3', 'd3', 3);
SELECT * FROM keys('changed', '{e,d,c,a}');
SELECT * FROM rows('changed', '{e,d,a}');
SELECT * FROM keys('changed', '{d}', '{e,a}');
ALTER TABLE changed ADD COLUMN g text GENERATED ALWAYS AS (a || c) STORED;
SELECT * FROM keys('changed', '{g,e,d,c,a}');
SELECT * FROM rows('changed', '{g,e,d,c,a}');
SELECT * FROM keys('changed', '{b}');

-- only what the statement sees, in physical order
BEGIN;
CREATE TABLE touched AS SELECT i AS id FROM generate_series(1, 5) i;
DELETE FROM touched WHERE id = 2;
UPDATE touched SET id = 30 WHERE id = 3;
INSERT INTO touched VALUES (6);
SELECT * FROM keys('touched', '{id}');
SELECT row_id, row_values FROM rows('touched', '{id}');
SAVEPOINT s;
INSERT INTO touched VALUES (7);
SELECT * FROM count('touched', '{id}');
ROLLBACK TO s;
SELECT * FROM count('touched', '{id}');
COMMIT;

-- materialized views
CREATE MATERIALIZED VIEW stored AS SELECT v, count(*) AS n FROM logged GROUP BY v ORDER BY v;
SELECT * FROM source('stored', '{v}');
SELECT * FROM keys('stored', '{v,n}');
CREATE MATERIALIZED VIEW unstored AS SELECT 1 AS v WITH NO DATA;
SELECT * FROM keys('unstored', '{v}');

-- a catalog
SELECT rows > 100 AS many FROM count('pg_class', '{relname}');

-- no sources
CREATE INDEX logged_id ON logged (id);
CREATE SEQUENCE sequence;
CREATE TYPE composite AS (a int);
CREATE TABLE partitioned (a int) PARTITION BY LIST (a);
CREATE INDEX partitioned_a ON partitioned (a);
SELECT * FROM keys('logged_id', '{id}');
SELECT * FROM keys('sequence', '{last_value}');
SELECT * FROM keys('composite', '{a}');
SELECT * FROM keys('partitioned_a', '{a}');
\set VERBOSITY sqlstate
SELECT count(*) FROM (SELECT reltoastrelid FROM pg_class WHERE oid = 'logged'::regclass) c, keys(reltoastrelid, '{chunk_id}');
\set VERBOSITY terse
SELECT * FROM keys(1::oid, '{a}');
\set VERBOSITY default
SELECT * FROM keys('sequence', '{last_value}');
SET client_min_messages = warning;
DROP SCHEMA tables CASCADE;
