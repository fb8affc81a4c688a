-- A stand-in for Citus: its catalog, and the functions that this extension calls.  The rows of a "table of Citus" are here, in
-- the table itself.  Ends with \i citus_gone.sql.
SET allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass NOT NULL, partmethod "char" NOT NULL, partkey text, colocationid integer NOT NULL, repmodel "char" NOT NULL);
CREATE TABLE pg_catalog.pg_dist_local_group (groupid integer NOT NULL);
INSERT INTO pg_catalog.pg_dist_local_group VALUES (0);
GRANT SELECT ON pg_catalog.pg_dist_partition, pg_catalog.pg_dist_local_group TO PUBLIC;
CREATE TYPE pg_catalog.citus_copy_format AS ENUM ('csv', 'binary', 'text');
CREATE FUNCTION pg_catalog.column_to_column_name(table_name regclass, column_var_text text) RETURNS text LANGUAGE sql STRICT AS 'SELECT column_var_text';
CREATE FUNCTION pg_catalog.create_reference_table(table_name regclass) RETURNS void LANGUAGE sql AS
$$
    INSERT INTO pg_catalog.pg_dist_partition VALUES (table_name, 'n', NULL, 1, 't')
$$;
-- only beside another table
CREATE FUNCTION pg_catalog.create_distributed_table(table_name regclass, distribution_column text, colocate_with text) RETURNS void LANGUAGE sql AS
$$
    INSERT INTO pg_catalog.pg_dist_partition
    SELECT table_name, partmethod, distribution_column, colocationid, repmodel FROM pg_catalog.pg_dist_partition WHERE logicalrelid = colocate_with::regclass
$$;
CREATE FUNCTION pg_catalog.create_intermediate_result(result_id text, query text) RETURNS bigint LANGUAGE plpgsql AS
$$
BEGIN
    EXECUTE format('CREATE TEMP TABLE %I ON COMMIT DROP AS %s', result_id, query);
    RETURN 0;
END
$$;
CREATE FUNCTION pg_catalog.broadcast_intermediate_result(result_id text, query text) RETURNS bigint LANGUAGE sql AS 'SELECT 0::bigint';
CREATE FUNCTION pg_catalog.read_intermediate_result(result_id text, format pg_catalog.citus_copy_format) RETURNS SETOF record LANGUAGE plpgsql AS
$$
BEGIN
    RETURN QUERY EXECUTE format('SELECT * FROM pg_temp.%I', result_id);
END
$$;
RESET allow_system_table_mods;
