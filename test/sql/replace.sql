-- replace: what a replaced table keeps, its new rows, and what a call that fails leaves.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_replace;
SET search_path = test_replace;
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_gpu_encode_r_reader, regress_gpu_encode_r_owner, regress_gpu_encode_r_member;
CREATE ROLE regress_gpu_encode_r_reader;
CREATE ROLE regress_gpu_encode_r_owner;
CREATE ROLE regress_gpu_encode_r_member IN ROLE regress_gpu_encode_r_owner;
GRANT USAGE ON SCHEMA test_replace TO PUBLIC;

CREATE TABLE t (id int, a text, b text, note text, y int);
INSERT INTO t SELECT i, 'a' || i % 5, 'b' || i % 7, 'n' || i, i % 2 FROM generate_series(1, 200) i;
-- one night: the whole job into three tables
CREATE FUNCTION night() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s %s %s', output_table, part, rows), ', ') FROM gpu_encode.preprocess(
        train => 'test_replace.t', train_output => 'test_replace.o', target => 'y', target_columns => '{a}', validation => 'test_replace.t',
        validation_output => 'test_replace.v', label_columns => '{a,b}', smooth => 1, prior => 'global', encoder => 'test_replace.e', replace => true)
$$;
SET client_min_messages = error; -- train is validation too

-- tables that are not there are created
SELECT night();
SELECT count(*) AS indexes FROM pg_index WHERE indrelid = 'e'::regclass;

-- what stands at them
GRANT SELECT ON o, e TO regress_gpu_encode_r_reader;
GRANT UPDATE (note) ON o TO regress_gpu_encode_r_reader;
COMMENT ON TABLE o IS 'the training rows';
COMMENT ON COLUMN o.a IS 'a code';
CREATE VIEW o_view AS SELECT id, a, "a_TE" FROM o WHERE a = 1;
CREATE MATERIALIZED VIEW o_matview AS SELECT count(*) AS n FROM o;
CREATE UNIQUE INDEX o_id ON o (id);
CREATE INDEX o_part ON o (b) WHERE a = 1;
CREATE INDEX o_expression ON o ((a + b)) INCLUDE (id) WITH (fillfactor = 70);
CREATE INDEX o_brin ON o USING brin (y);
CREATE STATISTICS o_statistics ON a, b FROM o;
ALTER TABLE o ALTER a SET STATISTICS 500, ALTER note SET STORAGE EXTERNAL, ALTER y SET DEFAULT 7, SET (fillfactor = 80, autovacuum_enabled = off, toast.autovacuum_enabled = off), REPLICA IDENTITY FULL, CLUSTER ON o_id;
ALTER TABLE o ADD CONSTRAINT o_unique UNIQUE (id, b) DEFERRABLE INITIALLY DEFERRED;
PREPARE prepared AS SELECT count(*), sum(a), sum(b) FROM o;
PREPARE inserted(int) AS INSERT INTO o (id) VALUES ($1);
EXECUTE prepared;
CREATE FUNCTION shown() RETURNS TABLE (property text, value text) LANGUAGE sql AS $$
    SELECT * FROM (
        SELECT 'oid ' || relname AS property, oid::text AS value FROM pg_class WHERE relnamespace = 'test_replace'::regnamespace AND relkind IN ('r', 'i') AND relname <> 'kept'
        UNION ALL SELECT 'rights ' || relname, replace(replace(relacl::text, session_user, 'postgres'), 'tm/', 't/') FROM pg_class WHERE relnamespace = 'test_replace'::regnamespace
        UNION ALL SELECT 'options ' || relname, reloptions::text FROM pg_class WHERE relnamespace = 'test_replace'::regnamespace
        UNION ALL SELECT 'kind ' || relname, (relkind, relpersistence, relreplident, reltablespace, relam, relhasindex, relowner)::text FROM pg_class WHERE relnamespace = 'test_replace'::regnamespace AND relname <> 'kept'
        UNION ALL SELECT 'columns', string_agg((attname, attnum, atttypid, attcollation, attstattarget, attstorage, attcompression, attacl, attisdropped, atthasdef)::text, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'o'::regclass
        UNION ALL SELECT 'comments', string_agg(description, ', ' ORDER BY objsubid) FROM pg_description WHERE objoid = 'o'::regclass
        UNION ALL SELECT 'indexes', string_agg((pg_get_indexdef(indexrelid), indisvalid, indisready, indislive, indisclustered, indcheckxmin)::text, ', ' ORDER BY indexrelid) FROM pg_index WHERE indrelid = 'o'::regclass
        UNION ALL SELECT 'constraints', string_agg(conname || ' ' || pg_get_constraintdef(oid), ', ') FROM pg_constraint WHERE conrelid = 'o'::regclass
        UNION ALL SELECT 'statistics', string_agg(pg_get_statisticsobjdef(oid), ', ') FROM pg_statistic_ext WHERE stxrelid = 'o'::regclass
        UNION ALL SELECT 'depends ' || classid::regclass, count(*)::text FROM pg_depend WHERE refobjid = 'o'::regclass GROUP BY classid
        UNION ALL SELECT 'toast', (SELECT relname || ' ' || reloptions::text FROM pg_class WHERE oid = (SELECT reltoastrelid FROM pg_class WHERE oid = 'o'::regclass))
    ) p WHERE p.value IS NOT NULL $$;
CREATE TABLE kept AS SELECT * FROM shown();
CREATE FUNCTION changed() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT format('%s: %s, now %s', property, k.value, s.value) FROM kept k LEFT JOIN shown() s USING (property) WHERE k.value IS DISTINCT FROM s.value
$$;
SELECT count(*) > 20 AS looks_at_something FROM kept;

-- the second night, other rows
UPDATE t SET a = 'a' || id % 3, note = (SELECT string_agg(md5(n::text || id), '') FROM generate_series(1, 100) n) WHERE id > 100;
INSERT INTO t SELECT i, 'a' || i % 4, 'b0', 'n' || i, 1 FROM generate_series(201, 250) i;
SELECT night();
SELECT changed();
EXECUTE prepared;
EXECUTE inserted(1000);
DELETE FROM o WHERE id = 1000;
SELECT testlib.same('SELECT id, note, y FROM o', 'SELECT id, note, y FROM t');
SELECT c, testlib.output_check('o', c, format('SELECT ordinal, code AS expected FROM gpu_encode.label_encode(''t'', %L)', c)) FROM unnest('{a,b}'::text[]) c;
SELECT testlib.same('SELECT * FROM o_view', 'SELECT id, a, "a_TE" FROM o WHERE a = 1');
SELECT testlib.same('SELECT * FROM v', 'SELECT id, a, b, note, y, encoding FROM o JOIN (SELECT code AS a, encoding FROM e WHERE column_name = $$a$$ AND kind = $$category$$) e USING (a)');
-- the indexes have the new rows, and no others
SET enable_seqscan = off;
EXPLAIN (COSTS off) SELECT note FROM o WHERE id = 250;
SELECT count(*) FROM o WHERE id = 250;
SELECT count(*) FROM o WHERE id BETWEEN 1 AND 250;
SELECT count(*) = (SELECT count(*) FROM t WHERE b = 'b0' AND a = 'a1') AS same FROM o WHERE b = 0 AND a = 1;
RESET enable_seqscan;
SELECT gpu_encode.label('e', 'a', 'a3'::text), gpu_encode.label('e', 'b', 'b6'::text), gpu_encode.target_encoding('e', 'a', 'a0'::text);
SET ROLE regress_gpu_encode_r_reader;
SELECT count(*) FROM o;
SELECT gpu_encode.label('e', 'a', 'a3'::text);
RESET ROLE;

-- the other way of writing
SET gpu_encode.page_writer = off;
SELECT night();
RESET gpu_encode.page_writer;
SELECT changed();
SELECT testlib.same('SELECT id, note, y FROM o', 'SELECT id, note, y FROM t');
CREATE TABLE o_before AS TABLE o;

-- logged and unlogged, indexes and TOAST tables with the table
CREATE FUNCTION persistence(rel regclass) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(DISTINCT relpersistence::text, '') FROM pg_class c WHERE oid = rel OR oid = (SELECT reltoastrelid FROM pg_class WHERE oid = rel)
        OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid IN (rel, (SELECT reltoastrelid FROM pg_class WHERE oid = rel))) $$;
SELECT rows FROM gpu_encode.transform('e', 't', 'fresh');
CREATE INDEX ON fresh (id);
SELECT rows FROM gpu_encode.transform('e', 't', 'fresh', logged => false, replace => true);
SELECT persistence('fresh');
SELECT rows FROM gpu_encode.transform('e', 't', 'fresh', replace => true);
SELECT persistence('fresh');
SELECT testlib.same('SELECT * FROM v', 'SELECT * FROM fresh');
-- a temporary table stays one
SELECT rows FROM gpu_encode.transform('e', 't', 'pg_temp.passing', logged => true);
CREATE INDEX ON pg_temp.passing (id);
SELECT rows FROM gpu_encode.transform('e', 't', 'pg_temp.passing', replace => true);
SELECT persistence('pg_temp.passing');
SELECT testlib.same('SELECT * FROM v', 'SELECT * FROM pg_temp.passing');

-- dropped columns, by each way of writing; no rows
CREATE TABLE gaps (first int, id int, a int, gone text, b int, note text, gone_too float8, y int, "a_TE" float8, last text);
ALTER TABLE gaps DROP COLUMN first, DROP COLUMN gone, DROP COLUMN gone_too, DROP COLUMN last;
SELECT rows FROM gpu_encode.transform('e', 't', 'gaps', replace => true);
SELECT testlib.same('SELECT * FROM v', 'SELECT * FROM gaps');
SET gpu_encode.page_writer = off;
SELECT rows FROM gpu_encode.transform('e', 't', 'gaps', replace => true);
SELECT testlib.same('SELECT * FROM v', 'SELECT * FROM gaps');
RESET gpu_encode.page_writer;
CREATE VIEW narrow AS SELECT id, a, y FROM t;
CREATE TABLE narrow_gaps (gone text, id int, a int, y int, "a_TE" float8);
ALTER TABLE narrow_gaps DROP COLUMN gone;
CREATE TABLE narrow_table AS TABLE narrow;
SELECT rows FROM gpu_encode.fit_transform('narrow_e', 'narrow_table', 'narrow_gaps', target => 'y', target_columns => '{a}', smooth => 1, prior => 'global', replace => true);
SELECT testlib.same('SELECT * FROM narrow_gaps', 'SELECT id, a, y, "a_TE" FROM o');
CREATE TABLE empty AS SELECT * FROM t LIMIT 0;
SELECT rows FROM gpu_encode.transform('e', 'empty', 'gaps', replace => true);
SELECT count(*) FROM gaps;
SELECT rows FROM gpu_encode.transform('e', 't', 'gaps', replace => true);

-- the encoder: fit
SELECT encoder_table, column_name, categories FROM gpu_encode.fit('e', 't', target => 'y', target_columns => '{a}', label_columns => '{a,b}', smooth => 1, replace => true);
SELECT changed();
SELECT testlib.same('SELECT id, a, b, note, y, "a_TE" FROM v', 'SELECT id, a, b, note, y, "a_TE" FROM gaps');
-- in one transaction with what came before, rolled back, twice, in savepoints, in an exception block
BEGIN;
DELETE FROM t WHERE id > 10;
SELECT night();
SELECT count(*) FROM o;
SAVEPOINT s;
DELETE FROM t WHERE id > 5;
SELECT night();
SELECT count(*) FROM o;
ROLLBACK TO s;
SELECT count(*) FROM o;
SELECT night();
DO $$ BEGIN PERFORM night(); RAISE division_by_zero; EXCEPTION WHEN division_by_zero THEN NULL; END $$;
SELECT count(*) FROM o WHERE id BETWEEN 1 AND 10;
ROLLBACK;
SELECT testlib.same('TABLE o', 'TABLE o_before');
SELECT changed();

-- what fails leaves the old tables: a unique index, an error in the rows, in the encoder, in one of several tables
CREATE TABLE twice AS TABLE t;
INSERT INTO twice SELECT * FROM t WHERE id = 1;
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 'twice', 'o', replace => true)$$, '23505', '"o_id"', '(id)=(1)');
CREATE VIEW broken AS SELECT id, a, b, note, y / (id - 77) AS y FROM t;
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 'broken', 'o', replace => true)$$, '22012', 'division');
SELECT testlib.refuses($$SELECT gpu_encode.fit_transform('e', 'twice', 'o', target => 'y', target_columns => '{a}', label_columns => '{a,b}', smooth => 1, replace => true)$$, '23505', '"o_id"');
SELECT testlib.same('TABLE o', 'TABLE o_before');
SELECT changed();
SELECT count(*) FROM pg_class WHERE relname LIKE 'pg_temp_%';

-- counted as TRUNCATE and INSERT
SELECT pg_stat_force_next_flush();
SELECT n_live_tup, n_dead_tup, n_mod_since_analyze > 0 AS to_analyze FROM pg_stat_user_tables WHERE relid = 'v'::regclass;

-- the rights: the owner, members of the owner, superusers; the table stays the owner's
ALTER TABLE gaps OWNER TO regress_gpu_encode_r_owner;
GRANT SELECT ON t, e TO PUBLIC;
SELECT rows FROM gpu_encode.transform('e', 't', 'gaps', replace => true);
SET ROLE regress_gpu_encode_r_member;
SELECT rows FROM gpu_encode.transform('e', 't', 'gaps', replace => true);
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 't', 'o', replace => true)$$, '42501', 'must be owner of table o');
RESET ROLE;
SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'gaps'::regclass;
-- expressions of indexes run as the owner, restricted
CREATE FUNCTION who(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'as %', current_user; RETURN $1; END $$;
CREATE INDEX ON gaps (who(id)) WHERE id = 1;
SET client_min_messages = notice;
SELECT rows FROM gpu_encode.transform('e', 't', 'gaps', replace => true);
SET client_min_messages = error;
CREATE OR REPLACE FUNCTION who(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN EXECUTE 'SET ROLE NONE'; RETURN $1; END $$;
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 't', 'gaps', replace => true)$$, '42501', 'security-restricted operation');

-- twenty nights leave one copy of everything
CREATE FUNCTION sizes() RETURNS TABLE (relations bigint, bytes numeric) LANGUAGE sql AS $$ SELECT count(*), sum(pg_relation_size(oid)) FROM pg_class WHERE relkind IN ('r', 't', 'i', 'm') AND relnamespace IN ('test_replace'::regnamespace, 'pg_toast'::regnamespace) $$;
SELECT night();
CREATE TABLE sizes_before (relations bigint, bytes numeric);
INSERT INTO sizes_before SELECT * FROM sizes();
DO $$ BEGIN FOR i IN 1 .. 20 LOOP PERFORM night(); END LOOP; END $$;
SELECT s.relations - b.relations AS more_relations, s.bytes - b.bytes < 16384 AS no_bloat FROM sizes() s, sizes_before b;
SELECT changed();

DEALLOCATE prepared;
DEALLOCATE inserted;
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_replace CASCADE;
DROP ROLE regress_gpu_encode_r_reader, regress_gpu_encode_r_member, regress_gpu_encode_r_owner;
