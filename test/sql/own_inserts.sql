-- own_inserts: rows that a source's own functions insert into new tables while it is read are kept.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_own_inserts;
SET search_path = test_own_inserts;
CREATE TABLE t AS SELECT i AS id, 'v' || i % 5 AS x, i % 2 AS y FROM generate_series(1, 500) i;
CREATE FUNCTION note(id int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    IF id % 100 = 0 THEN
        INSERT INTO o VALUES (-id, 0, 0, 0.5);
        IF to_regclass('e') IS NOT NULL THEN
            INSERT INTO e (kind, value) VALUES ('note', id);
        END IF;
    END IF;
    RETURN id;
END $$;
CREATE VIEW v AS SELECT note(id) AS id, x, y FROM t;

-- filled by threads, where the rows wait in memory
SELECT rows FROM gpu_encode.fit_transform('e', 'v', 'o', 'y', '{x}', order_by => '{id}');
SELECT count(*), count(*) FILTER (WHERE id < 0) AS inserted FROM o;
SELECT count(*) FILTER (WHERE kind = 'note') AS notes, count(*) FILTER (WHERE kind = 'parameters') AS parameters FROM e;
SELECT rows FROM gpu_encode.transform('e', 't', 'o_again');
DROP TABLE o, e, o_again;

-- and row by row
ALTER TABLE t ADD wide text DEFAULT repeat('w', 100);
CREATE OR REPLACE VIEW v AS SELECT note(id) AS id, x, y, wide FROM t;
SELECT rows FROM gpu_encode.fit_transform('e', 'v', 'o', 'y', '{x}', '{x}', order_by => '{id}');
SELECT count(*), count(*) FILTER (WHERE id < 0) AS inserted FROM o;
DROP TABLE o, e;

-- pages written the ordinary way do the same
SET gpu_encode.page_writer = off;
SELECT rows FROM gpu_encode.fit_transform('e', 'v', 'o', 'y', '{x}', '{x}', order_by => '{id}');
SELECT count(*), count(*) FILTER (WHERE id < 0) AS inserted FROM o;
RESET gpu_encode.page_writer;
DROP TABLE o, e;

-- a second output, and validation that inserts into the first
CREATE VIEW w AS SELECT * FROM t;
SELECT part, rows FROM gpu_encode.preprocess('w', 'o', 'y', '{x}', 'v', 'o2', '{x}', order_by => '{id}');
SELECT count(*), count(*) FILTER (WHERE id < 0) AS inserted FROM o;
SELECT count(*) FROM o2;

SET client_min_messages = warning;
DROP SCHEMA test_own_inserts CASCADE;
