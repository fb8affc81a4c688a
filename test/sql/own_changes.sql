-- own_changes: functions of a source cannot drop, empty or rewrite what the call has yet to read.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_own_changes;
SET search_path = test_own_changes;
CREATE TABLE p (id int, x text, b int, y int) PARTITION BY LIST (b);
CREATE TABLE p0 PARTITION OF p FOR VALUES IN (0);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
INSERT INTO p SELECT i, 'v' || i % 5, i % 2, i % 3 FROM generate_series(1, 2000) i;
CREATE INDEX p1_downwards ON p1 ((-id));
CREATE TABLE parent (id int, x text, b int, y int);
CREATE TABLE child () INHERITS (parent);
INSERT INTO child SELECT * FROM p;
CREATE VIEW over_child AS SELECT * FROM parent;

-- v runs a statement while it is read, and says what comes of it
CREATE TABLE statement (words text);
CREATE FUNCTION run() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE words FROM statement;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLERRM;
END $$;
CREATE VIEW v AS SELECT 1 AS id, run() AS x, 0 AS b, 0 AS y;
CREATE FUNCTION try(called text, statements text[]) RETURNS TABLE (words text, said text, rows bigint, mixed bigint) LANGUAGE plpgsql AS $$
BEGIN
    FOREACH words IN ARRAY statements LOOP
        DELETE FROM statement;
        INSERT INTO statement VALUES (words);
        EXECUTE called;
        said := x FROM said;
        SELECT count(*), count(DISTINCT (x, x_code)) - count(DISTINCT x) INTO rows, mixed FROM o;
        DROP TABLE said, o;
        RETURN NEXT;
    END LOOP;
END $$;
\set statements '{DROP TABLE p1,TRUNCATE p1,CLUSTER p1 USING p1_downwards,ALTER TABLE p1 SET UNLOGGED,ALTER TABLE p DETACH PARTITION p1}'

-- between the two readings of p
SELECT * FROM try($$ SELECT gpu_encode.preprocess('p', 'o', 'y', '{x}', 'v', 'said', label_columns => '{x}', label_suffix => '_code') $$, :'statements');
-- before the first
SELECT * FROM try($$ SELECT gpu_encode.preprocess('v', 'said', NULL, NULL, 'p', 'o', label_columns => '{x}', label_suffix => '_code') $$, :'statements');
-- between planning a query and running it
SELECT * FROM try($$ SELECT gpu_encode.preprocess('v', 'said', NULL, NULL, 'over_child', 'o', label_columns => '{x}', label_suffix => '_code') $$,
                  '{DROP TABLE child,TRUNCATE child,ALTER TABLE child NO INHERIT parent,ALTER TABLE child ALTER id TYPE text}');

-- labels that move: workers that begin later would rank them otherwise
BEGIN;
CREATE TYPE letter AS ENUM ('a', 'b', 'c');
CREATE TABLE letters AS SELECT (enum_range(NULL::letter))[1 + i % 3] AS x FROM generate_series(1, 200000) i;
CREATE FUNCTION add_letter() RETURNS letter LANGUAGE plpgsql AS $$ BEGIN ALTER TYPE letter ADD VALUE '0' BEFORE 'a'; RETURN 'a'; END $$;
CREATE VIEW first_letter AS SELECT add_letter() AS x;
SET LOCAL min_parallel_table_scan_size = 0;
SELECT part, rows FROM gpu_encode.preprocess('first_letter', 'said', NULL, NULL, 'letters', 'o', '{x}', label_suffix => '_code');
SELECT x, x_code, count(*) FROM o GROUP BY x, x_code ORDER BY x, x_code;
ROLLBACK;

SET client_min_messages = warning;
DROP SCHEMA test_own_changes CASCADE;
