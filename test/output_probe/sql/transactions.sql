-- A new table belongs to its transaction; afterwards it is an ordinary one.
-- which way is taken
SELECT * FROM probe_output('logged_pages', 'SELECT g, g::text t FROM generate_series(1, 3000) g');
SELECT * FROM probe_output('unlogged_pages', 'SELECT g, g::text t FROM generate_series(1, 3000) g', logged => false);
SELECT * FROM probe_output('unlogged_ordinary', 'SELECT g, g::text t FROM generate_series(1, 3000) g', logged => false,
                           page_writer => false);
SELECT * FROM probe_output('pg_temp.temporary', 'SELECT g, g::text t FROM generate_series(1, 3000) g');
SELECT relname, relpersistence FROM pg_class
WHERE relname IN ('logged_pages', 'unlogged_pages', 'unlogged_ordinary', 'temporary') ORDER BY relname;
SELECT differing_tuples('logged_pages', 'unlogged_pages'), differing_tuples('logged_pages', 'unlogged_ordinary');
-- no map of free space or of visible pages was made
SELECT pg_relation_size('logged_pages', 'fsm') fsm, pg_relation_size('logged_pages', 'vm') vm;

-- real transaction and command id, nothing frozen, no hint
SELECT count(*) FROM generate_series(0, 3) b, heap_page_items(get_raw_page('logged_pages', b))
WHERE t_xmin <> (SELECT xmin FROM pg_class WHERE oid = 'logged_pages'::regclass) OR t_infomask & 768 = 768 OR t_xmax <> 0;
BEGIN;
SELECT * FROM probe_output('fresh', 'SELECT 1 AS a');
SELECT t_infomask::bit(16), t_xmin = pg_current_xact_id()::xid AS own, t_field3 > 0 AS after_create
FROM heap_page_items(get_raw_page('fresh', 0));
SELECT * FROM fresh;
-- written to in the same transaction
INSERT INTO fresh VALUES (2), (3);
UPDATE fresh SET a = a + 10;
DELETE FROM fresh WHERE a = 12;
SELECT * FROM fresh ORDER BY a;
COMMIT;
SELECT * FROM fresh ORDER BY a;

-- rollback, savepoints, exceptions
BEGIN;
SELECT * FROM probe_output('gone', 'SELECT g FROM generate_series(1, 3000) g');
SELECT pg_relation_filepath('gone') AS path \gset
SELECT (pg_stat_file(:'path')).size > 0 AS written;
ROLLBACK;
-- the first segment stays, empty, until the next checkpoint
SELECT to_regclass('gone'), coalesce((pg_stat_file(:'path', true)).size, 0) AS bytes_left;
BEGIN;
SAVEPOINT s;
SELECT * FROM probe_output('gone', 'SELECT g FROM generate_series(1, 3000) g');
ROLLBACK TO s;
SELECT * FROM probe_output('gone', 'SELECT g FROM generate_series(1, 4) g');
SAVEPOINT s2;
SELECT * FROM probe_output('kept', 'SELECT g FROM generate_series(1, 5) g');
RELEASE s2;
ROLLBACK TO s;
SELECT * FROM probe_output('kept', 'SELECT g FROM generate_series(1, 6) g');
RELEASE s;
SELECT count(*) FROM kept;
COMMIT;
SELECT to_regclass('gone'), (SELECT count(*) FROM kept);
DO $$
BEGIN
    BEGIN
        PERFORM probe_output('gone', 'SELECT 1 / (3000 - g) q FROM generate_series(1, 3001) g');
    EXCEPTION WHEN division_by_zero THEN
        RAISE NOTICE 'caught, left: %', to_regclass('gone');
    END;
    PERFORM probe_output('after_exception', 'SELECT g FROM generate_series(1, 7) g');
END $$;
SELECT count(*) FROM after_exception;
BEGIN TRANSACTION READ ONLY;
SELECT * FROM probe_output('gone', 'SELECT 1 AS a');
ROLLBACK;

-- an ordinary table: HOT updates, deletes, vacuum, freeze, inserts
SELECT * FROM probe_output('ordinary_life', 'SELECT g id, g::text t, g % 10 k FROM generate_series(1, 20000) g');
SELECT count(*) FROM ordinary_life;
DELETE FROM ordinary_life WHERE id % 3 = 0;
VACUUM ordinary_life;
UPDATE ordinary_life SET k = k + 1 WHERE id % 2 = 0;
SELECT count(*) > 0 AS hot FROM generate_series(0, 9) b, heap_page_items(get_raw_page('ordinary_life', b))
WHERE t_infomask2 & x'4000'::int > 0;
INSERT INTO ordinary_life SELECT g, g::text, 0 FROM generate_series(20001, 21000) g;
CREATE INDEX ON ordinary_life (id);
VACUUM (FREEZE, ANALYZE) ordinary_life;
SELECT count(*), sum(id), sum(k), count(t) FROM ordinary_life;
SELECT count(*) FROM verify_heapam('ordinary_life');
CLUSTER ordinary_life USING ordinary_life_id_idx;
ALTER TABLE ordinary_life SET UNLOGGED;
ALTER TABLE ordinary_life SET LOGGED;
SELECT count(*), sum(id), sum(k), count(t) FROM ordinary_life;
SELECT count(*) FROM verify_heapam('ordinary_life');

-- an insert after the writer's pages goes to pages of its own or the last one
SELECT * FROM probe_output('then_inserted', 'SELECT g FROM generate_series(1, 1000) g');
INSERT INTO then_inserted SELECT g FROM generate_series(1001, 3000) g;
SELECT count(*), count(DISTINCT g) FROM then_inserted;
SELECT count(*) FROM verify_heapam('then_inserted');

-- autovacuum is told of the rows
SELECT pg_stat_force_next_flush();
SELECT relname, n_tup_ins, n_live_tup, n_mod_since_analyze FROM pg_stat_all_tables
WHERE relname IN ('logged_pages', 'unlogged_ordinary', 'after_exception') ORDER BY relname;
