-- Foreign tables, and partitioned tables that have one as a leaf.
\set VERBOSITY terse
SELECT count(*) < 1 AS without_contrib FROM pg_available_extensions WHERE name = 'postgres_fdw' \gset
\if :without_contrib
\echo postgres_fdw is not installed: skipped
\quit
\endif
CREATE SCHEMA foreigners;
SET search_path = foreigners, probe;
CREATE EXTENSION postgres_fdw SCHEMA foreigners;
DO $$BEGIN
EXECUTE format('CREATE SERVER loop FOREIGN DATA WRAPPER postgres_fdw OPTIONS (dbname %L, port %L, host %L)', current_database(),
    current_setting('port'), split_part(current_setting('unix_socket_directories'), ',', 1));
EXECUTE format('CREATE USER MAPPING FOR CURRENT_USER SERVER loop OPTIONS (user %L)', current_user);
END$$;
CREATE TABLE local (id int, v text);
INSERT INTO local VALUES (2, 'two'), (1, 'one'), (3, NULL);
CREATE FOREIGN TABLE remote (id int, v text) SERVER loop OPTIONS (schema_name 'foreigners', table_name 'local');
SELECT * FROM source('remote', '{v}');
SELECT * FROM keys('remote', '{v,id}', workers => 2);
SELECT * FROM rows('remote', '{v}', '{id}');
CREATE TABLE p (id int, v text) PARTITION BY LIST (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (10);
CREATE FOREIGN TABLE p2 PARTITION OF p FOR VALUES IN (1, 2, 3) SERVER loop OPTIONS (schema_name 'foreigners', table_name 'local');
INSERT INTO p1 VALUES (10, 'ten');
SELECT * FROM source('p', '{v}');
SELECT keys FROM keys('p', '{id,v}') ORDER BY 1;
SELECT * FROM rows('p', '{id}', '{id}');
SET client_min_messages = warning;
DROP SCHEMA foreigners CASCADE;
