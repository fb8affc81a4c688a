-- Any number of workers gives the same rows, and where workers cannot help none are used.
\set VERBOSITY terse
\set SHOW_CONTEXT never
CREATE SCHEMA workers;
SET search_path = workers, probe;
CREATE TABLE t AS SELECT i AS id, 'cat_' || i % 64 AS a, CASE WHEN i % 7 > 0 THEN 'user_' || i * 7 % 50021 END AS b,
    i / 3.0 AS n, i % 2 = 0 AS y FROM generate_series(1, 100000) i;
DELETE FROM t WHERE id % 11 = 0 OR id BETWEEN 20000 AND 50000;

-- too small for workers, unless they are asked for
SELECT * FROM count('t', '{a}', workers => 2);
SET min_parallel_table_scan_size = 0;
SELECT rows, workers_used > 0 AS helped FROM count('t', '{a}', workers => 2);
SELECT n, digest('t', '{id,a,b,n,float:n,int:y}', workers => n) = digest('t', '{id,a,b,n,float:n,int:y}') AS same
FROM unnest(ARRAY[1, 2, 4, 7]) n;
SELECT count(*), bool_and(keys[1:4] || keys[6] = ARRAY[id::text, a, b, trim_scale(n)::text, y::int::text] AND keys[5]::float8 = n::float8) AS same
FROM keys('t', '{id,a,b,n,float:n,int:y}', workers => 2)
JOIN (SELECT *, row_number() OVER (ORDER BY ctid) - 1 AS ordinal FROM t) t USING (ordinal);
SELECT rows FROM count('t', '{}', workers => 2);

SET parallel_leader_participation = off;
SELECT digest('t', '{id,a,b,n}', workers => 2) = digest('t', '{id,a,b,n}') AS same;
RESET parallel_leader_participation;

-- no workers to be had
SET max_parallel_workers = 0;
SELECT * FROM count('t', '{a}', workers => 2);
RESET max_parallel_workers;

-- temporary tables
CREATE TEMPORARY TABLE temporary AS TABLE t;
SELECT * FROM count('temporary', '{a}', workers => 2);
SELECT digest('temporary', '{id,a,b}', workers => 2) = digest('t', '{id,a,b}') AS same;

-- inside a parallel worker
CREATE FUNCTION careless() RETURNS text PARALLEL SAFE LANGUAGE sql
AS $$ SELECT count::text || probe.digest('workers.t', '{id,a,b}', workers => 2) FROM probe.count('workers.t', '{a}', workers => 2) $$;
-- (16 renamed the setting)
SELECT set_config(name, 'on', false) AS "on" FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query') \gset
SELECT careless() AS result \gset
SELECT set_config(name, 'off', false) AS "off" FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query') \gset
SELECT :'result' = '(' || (SELECT count(*) FROM t) || ',0)' || digest('t', '{id,a,b}') AS same_without_workers;

-- own uncommitted rows, in a savepoint, in an exception block, after an error
BEGIN;
INSERT INTO t SELECT i, 'new', 'new', 0, true FROM generate_series(200001, 230000) i;
UPDATE t SET a = 'updated' WHERE id BETWEEN 1000 AND 1999;
SELECT rows = (SELECT count(*) FROM t) AS all_rows, workers_used > 0 AS helped FROM count('t', '{a}', workers => 2);
SELECT count(*) FROM keys('t', '{a}', workers => 2) WHERE keys = '{new}';
SAVEPOINT s;
DELETE FROM t WHERE a = 'updated';
SELECT digest('t', '{id,a,b}', workers => 2) = digest('t', '{id,a,b}') AS same;
SELECT count(*) FROM keys('t', '{a}', workers => 2) WHERE keys = '{updated}';
ROLLBACK TO s;
SELECT count(*) FROM keys('t', '{a}', workers => 2) WHERE keys = '{updated}';
INSERT INTO t (id, n) VALUES (0, '1e400');
SAVEPOINT s;
\set VERBOSITY sqlstate
SELECT * FROM count('t', '{float:n}', workers => 2);
\set VERBOSITY terse
ROLLBACK TO s;
SELECT rows = (SELECT count(*) FROM t) AS all_rows FROM count('t', '{a}', workers => 2);
DO $$
BEGIN
    FOR i IN 1..3 LOOP
        BEGIN
            PERFORM probe.count('t', '{float:n}', workers => 2);
        EXCEPTION WHEN numeric_value_out_of_range THEN
            INSERT INTO t (id, a) VALUES (-i, 'caught');
        END;
        PERFORM probe.count('t', '{a}', workers => 2);
    END LOOP;
END $$;
SELECT count(*) FROM keys('t', '{a}', workers => 2) WHERE keys = '{caught}';
COMMIT;

-- isolation levels
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT digest('t', '{id,a,b}', workers => 2) = digest('t', '{id,a,b}') AS same;
COMMIT;
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT digest('t', '{id,a,b}', workers => 2) = digest('t', '{id,a,b}') AS same;
SELECT relation::regclass, page, tuple FROM pg_locks WHERE mode = 'SIReadLock' AND relation = 't'::regclass;
COMMIT;
-- the lock is there on an empty table too
CREATE TABLE empty (a text);
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT * FROM count('empty', '{a}', workers => 2);
SELECT relation::regclass, page, tuple FROM pg_locks WHERE mode = 'SIReadLock' AND relation = 'empty'::regclass;
COMMIT;

-- the function is called once for each row of a query that has a cursor open
BEGIN;
DECLARE c CURSOR FOR SELECT n, (count('t', '{a}', workers => 1)).rows > 0 FROM generate_series(1, 3) n;
FETCH 1 FROM c;
INSERT INTO t (id) VALUES (-10);
FETCH 2 FROM c;
ROLLBACK;
SET client_min_messages = warning;
DROP SCHEMA workers CASCADE;
