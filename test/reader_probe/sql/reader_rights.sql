-- The caller needs what a SELECT of the used columns needs, and no more.
\set VERBOSITY terse
CREATE SCHEMA rights;
CREATE ROLE reader_probe_user;
CREATE ROLE reader_probe_owner;
GRANT USAGE ON SCHEMA rights TO reader_probe_user, reader_probe_owner;
SET search_path = rights, probe;
CREATE TABLE t (open text, closed text, id int);
INSERT INTO t VALUES ('o1', 'c1', 2), ('o2', 'c2', 1);
GRANT SELECT (open, id) ON t TO reader_probe_user;
CREATE TABLE p (k int, v text) PARTITION BY LIST (k);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
INSERT INTO p VALUES (1, 'v');
GRANT SELECT (v) ON p TO reader_probe_user;
CREATE TABLE none (v text);
CREATE MATERIALIZED VIEW stored AS SELECT 1 AS v;

SET ROLE reader_probe_user;
SELECT * FROM keys('t', '{open}');
SELECT row_id, row_values FROM rows('t', '{open}');
SELECT * FROM keys('t', '{open,closed}');
SELECT * FROM rows('t', '{closed}');
SELECT * FROM count('t', '{}');
-- in query mode too
SELECT row_id, row_values FROM rows('t', '{open}', '{id}');
SELECT * FROM rows('t', '{open}', '{closed}');
SELECT * FROM count('t', '{}', '{id}');
-- of a partitioned table the parent's rights count
SELECT row_id, row_values FROM rows('p', '{v}');
SELECT row_id, row_values FROM rows('p', '{k}');
SELECT * FROM keys('p1', '{v}');
SELECT * FROM keys('none', '{v}');
SELECT * FROM count('none', '{}');
SELECT * FROM keys('stored', '{v}');
RESET ROLE;

-- views: their owner's rights, or the caller's
CREATE VIEW hiding AS SELECT closed FROM t;
CREATE VIEW invoking WITH (security_invoker) AS SELECT open, closed FROM t;
ALTER VIEW hiding OWNER TO reader_probe_owner;
GRANT SELECT ON hiding, invoking TO reader_probe_user;
SET ROLE reader_probe_user;
SELECT * FROM keys('hiding', '{closed}');
SELECT * FROM keys('invoking', '{open}');
RESET ROLE;
GRANT SELECT ON t TO reader_probe_owner;
SET ROLE reader_probe_user;
SELECT * FROM keys('hiding', '{closed}');
SELECT * FROM keys('invoking', '{open}');
RESET ROLE;
GRANT SELECT ON t TO reader_probe_user;
SET ROLE reader_probe_user;
SELECT * FROM keys('invoking', '{open}');
RESET ROLE;

-- a schema that is closed
SELECT 't'::regclass::oid AS t, 'hiding'::regclass::oid AS hiding \gset
REVOKE USAGE ON SCHEMA rights FROM reader_probe_user;
SET ROLE reader_probe_user;
SELECT * FROM probe.keys(:t, '{open}');
SELECT * FROM probe.keys(:hiding, '{closed}');
RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA rights CASCADE;
DROP ROLE reader_probe_user, reader_probe_owner;
