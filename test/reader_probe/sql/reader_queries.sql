-- What is no plain heap scan runs as one query: views, order_by, inheritance, row security.
\set VERBOSITY terse
CREATE SCHEMA queries;
SET search_path = queries, probe;
CREATE TABLE t (id int, v text, n numeric);
INSERT INTO t VALUES (3, 'b', 1.5), (1, 'a', NULL), (2, 'B', 1.50), (4, NULL, 0);

-- views: as the query returns the rows, without ids
CREATE VIEW view AS SELECT v, id * 10 AS id10 FROM t WHERE id < 4 ORDER BY id DESC;
SELECT * FROM source('view', '{v}');
SELECT * FROM keys('view', '{v,id10}');
SELECT * FROM rows('view', '{id10}');
SELECT * FROM source('view', '{v}', '{id10}');
SELECT * FROM rows('view', '{id10}', '{id10}');
SELECT * FROM count('view', '{}');
-- the query runs once for both its execution and its order
CREATE SEQUENCE calls;
CREATE VIEW counted AS SELECT nextval('calls') AS v FROM t;
SELECT * FROM keys('counted', '{v}');
SELECT last_value FROM calls;

-- order_by: default order of the type, bytes for text, NULLs last
SELECT * FROM source('t', '{v}', '{v}');
SELECT * FROM rows('t', '{v}', '{v}');
SELECT * FROM keys('t', '{v}', '{v}');
SELECT ordinal, row_values FROM rows('t', '{n,id}', '{n,id}');
SELECT ordinal, row_values FROM rows('t', '{v}', '{id}');
CREATE TYPE size AS ENUM ('small', 'large');
CREATE TABLE typed (e size, c char(3), d date, a text[]);
INSERT INTO typed VALUES ('large', 'b', '2020-01-02', '{b}'), ('small', 'B', '2020-01-01', '{B,a}'), (NULL, NULL, NULL, NULL);
SELECT row_values FROM rows('typed', '{e}', '{e}');
SELECT row_values FROM rows('typed', '{c}', '{c}');
SELECT row_values FROM rows('typed', '{d}', '{d}');
SELECT row_values FROM rows('typed', '{a}', '{a}');

-- rows that tie
\set VERBOSITY default
SELECT * FROM rows('t', '{v}', '{n}');
INSERT INTO t VALUES (5, NULL, 2), (6, NULL, 3);
SELECT * FROM keys('t', '{id}', '{v}');
INSERT INTO t VALUES (7, repeat('ü', 200), 4), (7, repeat('ü', 200), 4);
SELECT * FROM keys('t', '{id}', '{id,v,n}');
SELECT * FROM keys('view', '{id10}', '{}');
CREATE TABLE unordered (j json, p point);
SELECT * FROM keys('unordered', '{}', '{j}');
SELECT * FROM keys('unordered', '{}', '{p}');
\set VERBOSITY terse

-- inheritance: children are read too, in no order of their own
CREATE TABLE parent (v text, w int);
CREATE TABLE child (x int) INHERITS (parent);
INSERT INTO parent VALUES ('p', 1);
INSERT INTO child VALUES ('c', 2, 3);
SELECT * FROM source('parent', '{v}');
SELECT * FROM source('child', '{v}');
SELECT keys FROM keys('parent', '{v,w}') ORDER BY 1;
SELECT * FROM rows('parent', '{v,w}', '{v}');
DROP TABLE child;
SELECT * FROM source('parent', '{v}');
SELECT * FROM rows('parent', '{v}');

-- row security: the policy applies, physical order and ids stay
CREATE ROLE reader_probe_user;
GRANT USAGE ON SCHEMA queries TO reader_probe_user;
CREATE TABLE secured (id int, owner name, v text);
INSERT INTO secured SELECT i, CASE WHEN i % 2 = 0 THEN 'reader_probe_user' ELSE 'other' END, 'v' || i FROM generate_series(1, 6) i;
CREATE INDEX ON secured (owner, id DESC);
ALTER TABLE secured ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON secured USING (owner = current_user);
CREATE TABLE secured_parts (id int, owner name) PARTITION BY LIST (id);
CREATE TABLE secured_2 PARTITION OF secured_parts FOR VALUES IN (2, 3);
CREATE TABLE secured_1 PARTITION OF secured_parts FOR VALUES IN (1);
INSERT INTO secured_parts VALUES (3, 'reader_probe_user'), (2, 'other'), (2, 'reader_probe_user'), (1, 'reader_probe_user');
ALTER TABLE secured_parts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON secured_parts USING (owner = current_user);
GRANT SELECT ON secured, secured_parts TO reader_probe_user;
SELECT * FROM source('secured', '{v}');
SET ROLE reader_probe_user;
SELECT * FROM source('secured', '{v}');
SELECT * FROM rows('secured', '{v}');
SELECT * FROM keys('secured', '{v}', workers => 2);
SELECT * FROM rows('secured_parts', '{id}');
SET row_security = off;
SELECT * FROM rows('secured', '{v}');
RESET row_security;
RESET ROLE;

-- settings are as they were
SHOW synchronize_seqscans;
SET client_min_messages = warning;
DROP SCHEMA queries CASCADE;
DROP ROLE reader_probe_user;
