-- An event trigger may do anything to a new table: a right result or a clear error.
CREATE TABLE seen (id int);
CREATE FUNCTION change_table() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'public.t') THEN
        EXECUTE current_setting('probe.change');
    END IF;
END $$;
CREATE EVENT TRIGGER change_table ON ddl_command_end WHEN tag IN ('CREATE TABLE') EXECUTE FUNCTION change_table();
CREATE FUNCTION changed_by(change text, logged boolean DEFAULT true) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
    hint text;
    result text;
BEGIN
    PERFORM set_config('probe.change', change, false);
    EXECUTE format('SELECT o.n_rows || CASE WHEN o.by_pages THEN '' rows by pages'' ELSE '' rows'' END
                    FROM probe_output(''t'', ''SELECT g AS id, ''''v'''' || g AS v FROM generate_series(1, 3000) g'', %L) o',
                   logged) INTO result;
    RETURN result;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN concat_ws(' | ', SQLSTATE, SQLERRM, detail);
END $$;

-- errors
SELECT change, changed_by(change) FROM unnest(ARRAY[
    'DROP TABLE t', 'ALTER TABLE t RENAME TO elsewhere', 'ALTER TABLE t ADD extra int', 'ALTER TABLE t DROP v',
    'ALTER TABLE t RENAME v TO w', 'ALTER TABLE t ALTER id TYPE bigint', 'ALTER TABLE t ALTER v TYPE varchar(5)',
    'ALTER TABLE t ALTER v TYPE text COLLATE "C"', 'ALTER TABLE t SET UNLOGGED', 'INSERT INTO t VALUES (0, ''first'')',
    'ALTER TABLE t ALTER id SET NOT NULL, ALTER id ADD GENERATED ALWAYS AS IDENTITY',
    'DROP TABLE t; CREATE VIEW t AS SELECT 1 AS id, ''x''::text AS v',
    'ALTER TABLE t ADD CHECK (id < 2000)']) change;
SELECT changed_by('ALTER TABLE t SET LOGGED', false);
SELECT to_regclass('t');

-- right results: INSERT does what the executor must do
CREATE FUNCTION row_seen() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN INSERT INTO seen VALUES (NEW.id); NEW.v := upper(NEW.v); RETURN NEW; END $$;
SELECT changed_by('CREATE INDEX ON t (id)');
SET enable_seqscan = off;
SELECT * FROM t WHERE id = 2999;
RESET enable_seqscan;
DROP TABLE t;
SELECT changed_by('CREATE TRIGGER seen BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION row_seen()');
SELECT count(*), min(v) FROM t;
SELECT count(*), sum(id) FROM seen;
DROP TABLE t;
SELECT changed_by('ALTER TABLE t ADD PRIMARY KEY (id), ADD CHECK (v LIKE ''v%'')');
SELECT count(*), sum(id) FROM t;
DROP TABLE t;
SELECT changed_by('CREATE RULE r AS ON INSERT TO t WHERE NEW.id > 10 DO INSTEAD NOTHING');
SELECT count(*) FROM t;
DROP TABLE t;
SELECT changed_by('ALTER TABLE t ENABLE ROW LEVEL SECURITY');
SELECT count(*) FROM t;
DROP TABLE t;

-- what does not matter to rows
SELECT changed_by('COMMENT ON TABLE t IS ''new''');
DROP TABLE t;
SELECT changed_by('ALTER TABLE t ALTER id SET DEFAULT 5');
DROP TABLE t;
SELECT changed_by('ALTER TABLE t SET (fillfactor = 20)');
SELECT pg_relation_size('t') AS with_fillfactor_20, count(*) FROM t;
CREATE TABLE ordinary WITH (fillfactor = 20) AS TABLE t;
SELECT differing_tuples('t', 'ordinary');
DROP TABLE t, ordinary;

-- another owner: the caller must have the right to insert
CREATE ROLE output_probe_owner;
CREATE ROLE output_probe_caller;
GRANT CREATE ON SCHEMA public TO output_probe_owner, output_probe_caller;
CREATE FUNCTION give_away() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'ALTER TABLE t OWNER TO output_probe_owner';
SET ROLE output_probe_caller;
SELECT changed_by('SELECT give_away()');
RESET ROLE;
CREATE OR REPLACE FUNCTION give_away() RETURNS void LANGUAGE sql SECURITY DEFINER AS
'ALTER TABLE t OWNER TO output_probe_owner; GRANT INSERT ON t TO output_probe_caller';
SET ROLE output_probe_caller;
SELECT changed_by('SELECT give_away()');
RESET ROLE;
SELECT tableowner FROM pg_tables WHERE tablename = 't';
DROP EVENT TRIGGER change_table;
DROP TABLE t;
DROP OWNED BY output_probe_owner, output_probe_caller;
DROP ROLE output_probe_owner, output_probe_caller;
