-- settings: gpu_encode.* parameters: contexts, limits, and that results do not depend on them.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_settings;
SET search_path = test_settings;

-- they exist once the library is loaded, which any call does
SELECT gpu_encode.version() IS NOT NULL AS loaded;
SELECT name, boot_val, context, vartype, min_val, max_val, enumvals FROM pg_settings WHERE name IN ('gpu_encode.backend', 'gpu_encode.log_stages', 'gpu_encode.max_workers', 'gpu_encode.threads') ORDER BY name;
SELECT count(*) AS without_description FROM pg_settings WHERE name LIKE 'gpu\_encode.%' AND coalesce(short_desc, '') = '';
SELECT setting, set_config('gpu_encode.devices', setting, false) AS devices FROM (VALUES (''), ('0'), ('0,1'), (' 3 , 0 ,63')) s (setting);
SELECT name, setting, testlib.refuses(format('SET %s = %L', name, setting), CASE name WHEN 'gpu_encode.no_such_setting' THEN '42602' ELSE '22023' END, format('"%s"', name))
FROM (VALUES ('gpu_encode.backend', 'gpu'), ('gpu_encode.threads', '-1'), ('gpu_encode.devices', 'cuda'), ('gpu_encode.devices', '0,'), ('gpu_encode.devices', ',0'), ('gpu_encode.devices', '-1'), ('gpu_encode.devices', '0 1'), ('gpu_encode.devices', '1,2,1'), ('gpu_encode.devices', '64'), ('gpu_encode.max_workers', '-1'), ('gpu_encode.max_workers', 'many'), ('gpu_encode.log_stages', 'perhaps'), ('gpu_encode.no_such_setting', '1')) s (name, setting);

SET gpu_encode.devices = '0;1';
SET gpu_encode.devices = 0, 2;
SHOW gpu_encode.devices;
RESET gpu_encode.devices;

-- the CPU asked for
SET gpu_encode.backend = 'cpu';
CREATE TABLE t AS SELECT i, 'v' || (i * i) % 97 AS x, i % 7 + 0.1 AS y FROM generate_series(1, 20000) i;
SELECT backend, device FROM gpu_encode.fit_transform('e', 't', 'o', 'y', '{x}', '{x}');
RESET gpu_encode.backend;

-- workers and threads do not matter
CREATE TABLE digests (w int, n int, te text, labels text, workers int);
SET min_parallel_table_scan_size = 0;
DO $$
DECLARE w int; n int;
BEGIN
    FOREACH w IN ARRAY '{0,1,2,7}'::int[] LOOP
        FOREACH n IN ARRAY '{1,2,5}'::int[] LOOP
            PERFORM set_config('gpu_encode.max_workers', w::text, false), set_config('gpu_encode.threads', n::text, false);
            INSERT INTO digests SELECT w, n, testlib.digest('SELECT * FROM gpu_encode.target_encode(''t'', ''x'', ''y'', smooth => 0.001) ORDER BY ordinal'),
                                       testlib.digest('SELECT * FROM gpu_encode.label_encode(''t'', ''x'') ORDER BY ordinal'),
                                       (SELECT substring(detail FROM '(\d+) workers')::int FROM gpu_encode.last_run() WHERE stage = 'read');
        END LOOP;
    END LOOP;
END
$$;
SELECT count(*), count(DISTINCT te), count(DISTINCT labels), max(workers) > 0 AS by_workers, bool_or(workers > w) AS too_many FROM digests;
RESET gpu_encode.max_workers; RESET gpu_encode.threads; RESET min_parallel_table_scan_size;

-- the server's own limits neither
SET max_parallel_workers = 0; SET work_mem = '64kB'; SET jit = off; SET enable_seqscan = off; SET default_transaction_isolation = 'serializable';
SELECT count(*) AS same FROM digests WHERE te = testlib.digest('SELECT * FROM gpu_encode.target_encode(''t'', ''x'', ''y'', smooth => 0.001) ORDER BY ordinal') AND w = 0;
RESET ALL;
SET search_path = test_settings;
SET synchronize_seqscans = on; SET max_parallel_workers_per_gather = 4; SET parallel_setup_cost = 0; SET min_parallel_table_scan_size = 0;
SELECT count(*) AS same FROM digests WHERE te = testlib.digest('SELECT * FROM gpu_encode.target_encode(''t'', ''x'', ''y'', smooth => 0.001) ORDER BY ordinal') AND w = 0;
RESET ALL;
SET search_path = test_settings;

-- the stages of the last call of this session (it warns that its source is the fitted table)
SET client_min_messages = error;
SELECT rows FROM gpu_encode.transform('e', 't', 'o2');
SELECT count(*) > 0 AS some, bool_and(seconds >= 0) AS timed, count(*) FILTER (WHERE stage IS NULL) AS unnamed, max(rows) AS rows FROM gpu_encode.last_run();
SELECT count(DISTINCT backend) <= 2 AS backends FROM gpu_encode.last_run();
SELECT count(*) FROM gpu_encode.label_encode('o', 'i');
SELECT count(*) > 0 AS some FROM gpu_encode.last_run();

-- log_stages writes them to the log
SET client_min_messages = log;
SET gpu_encode.log_stages = on;
\set VERBOSITY terse
DO $$ BEGIN PERFORM gpu_encode.label_encode('no_table', 'x'); EXCEPTION WHEN undefined_table THEN NULL; END $$;
RESET client_min_messages;
RESET gpu_encode.log_stages;
\set VERBOSITY default

-- where there is no GPU, 'cuda' is an error that says why, and 'auto' works
SET gpu_encode.backend = 'cuda';
SELECT CASE WHEN EXISTS (SELECT FROM gpu_encode.devices WHERE backend = 'cuda' AND usable) THEN 'ok'
    ELSE testlib.refuses($$SELECT gpu_encode.label_encode('t', 'x')$$, '58000', 'GPU') END AS cuda;
SET gpu_encode.backend = 'auto';
SELECT count(*) AS auto FROM gpu_encode.label_encode('t', 'x');

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_settings CASCADE;
