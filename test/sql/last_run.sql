-- last_run: the log of a call belongs to the call, and to the user who made it.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_last_run;
SET search_path = test_last_run;
CREATE TABLE t AS SELECT i, 'v' || i % 3 AS x, i % 2 AS y FROM generate_series(1, 30) i;
CREATE VIEW stages AS SELECT stage, rows, detail FROM gpu_encode.last_run() WHERE stage <> 'backend';

-- calls that a source makes have logs of their own: stages and seconds are the outer call's
CREATE TABLE small AS SELECT 'w' AS x UNION ALL SELECT 'z';
CREATE FUNCTION ask(i int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    IF i = 1 THEN PERFORM pg_sleep(0.2); END IF;
    PERFORM gpu_encode.label_encode('small', 'x');
    RETURN i;
END
$$;
CREATE VIEW asks AS SELECT ask(i) AS i, x, y FROM t;
SELECT rows, seconds BETWEEN 0.2 AND 20 AS timed FROM gpu_encode.fit_transform('e', 'asks', 'o', 'y', '{x}', '{x}', order_by => '{i}');
SELECT stage, rows, detail FROM stages;
SELECT seconds BETWEEN 0.2 AND 20 AS timed FROM gpu_encode.last_run() WHERE stage = 'read';

-- the same when they fail and the error is caught
CREATE FUNCTION ask_in_vain(i int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    PERFORM gpu_encode.label_encode('small', 'no_column');
    RETURN i;
EXCEPTION WHEN undefined_column THEN
    PERFORM gpu_encode.label_encode('small', 'x', handle_missing => 'no_word');
    RETURN i;
END
$$;
CREATE FUNCTION ask_twice_in_vain(i int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    RETURN ask_in_vain(i);
EXCEPTION WHEN OTHERS THEN
    RETURN -i;
END
$$;
CREATE VIEW asks_in_vain AS SELECT ask_twice_in_vain(i) AS i, x, y FROM t;
SELECT count(*), min(ordinal) FROM gpu_encode.label_encode('asks_in_vain', 'x', '{i}');
SELECT stage, rows FROM stages;

-- and when the call itself fails, after its first stages or in the middle of one that a call of a source ends
CREATE TABLE new_rows AS SELECT 'unseen' AS x;
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 'new_rows', 'o2')$$, '22023', '"x"', 'unseen');
SELECT stage, rows FROM stages;
CREATE VIEW asks_badly AS SELECT ask_in_vain(i) AS i, x, y FROM t;
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('asks_badly', 'x', '{i}')$$, '22023', 'no_word');
SELECT stage, rows FROM stages;

-- last_run() inside a call shows the call before
CREATE FUNCTION look(i int) RETURNS int LANGUAGE sql AS 'SELECT i + 0 * (SELECT count(*)::int FROM gpu_encode.last_run())';
CREATE VIEW looks AS SELECT look(i) AS i, x FROM t;
SELECT count(*) FROM gpu_encode.label_encode('looks', 'x', '{i}');
SELECT stage, rows FROM stages;

-- as many stages as there are
DO $$
BEGIN
    FOR i IN 1..80 LOOP
        EXECUTE format('CREATE TABLE more_%s AS SELECT %L AS x', i, 'm' || i);
    END LOOP;
END
$$;
SELECT count(*) FROM gpu_encode.label_encode('t', 'x', label_sources => (SELECT array_agg(('more_' || i)::regclass) FROM generate_series(1, 80) i));
SELECT stage, count(*), sum(rows) FROM stages GROUP BY stage ORDER BY stage;

-- gone with DISCARD ALL, and with it alone
DISCARD TEMP; DISCARD PLANS; RESET ALL;
SELECT count(*) > 0 AS some FROM test_last_run.stages;
DISCARD ALL;
SELECT count(*) FROM test_last_run.stages;
SET search_path = test_last_run;

-- nobody sees what another user did
CREATE ROLE last_run_one;
CREATE ROLE last_run_two;
GRANT last_run_two TO last_run_one;
GRANT USAGE ON SCHEMA test_last_run TO PUBLIC;
GRANT SELECT ON t, stages TO PUBLIC;
CREATE FUNCTION definer_calls() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$SELECT count(*) FROM gpu_encode.label_encode('test_last_run.small', 'x')$$;
CREATE FUNCTION definer_looks() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$SELECT count(*) FROM gpu_encode.last_run()$$;
CREATE FUNCTION rows_of_call() RETURNS bigint LANGUAGE sql AS $$SELECT count(*) FROM gpu_encode.label_encode('test_last_run.t', 'x')$$;
SELECT rows_of_call();
SET SESSION AUTHORIZATION last_run_one;
SELECT count(*) FROM gpu_encode.last_run();
RESET SESSION AUTHORIZATION;
SELECT count(*) AS forgotten FROM gpu_encode.last_run();
SET SESSION AUTHORIZATION last_run_one;
SELECT rows_of_call();
SELECT count(*) > 0 AS own FROM gpu_encode.last_run();
RESET SESSION AUTHORIZATION;
SELECT count(*) AS of_a_superuser FROM gpu_encode.last_run();
SET SESSION AUTHORIZATION last_run_one;
SELECT rows_of_call();
SET SESSION AUTHORIZATION last_run_two;
SELECT count(*) AS of_another FROM gpu_encode.last_run();
SET SESSION AUTHORIZATION last_run_one;
SELECT rows_of_call();
SET ROLE last_run_two;
SELECT count(*) AS of_another_role FROM gpu_encode.last_run();
SELECT rows_of_call();
SELECT count(*) > 0 AS own FROM gpu_encode.last_run();
RESET ROLE;
SELECT count(*) AS of_another_role FROM gpu_encode.last_run();
SELECT definer_calls();
SELECT count(*) AS of_a_definer FROM gpu_encode.last_run();
SELECT rows_of_call();
SELECT definer_looks();
RESET SESSION AUTHORIZATION;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_last_run CASCADE;
DROP ROLE last_run_one, last_run_two;
