-- The stand-in of citus.sql ends.
DROP TABLE pg_catalog.pg_dist_partition, pg_catalog.pg_dist_local_group;
DROP FUNCTION pg_catalog.column_to_column_name, pg_catalog.create_reference_table, pg_catalog.create_distributed_table, pg_catalog.create_intermediate_result,
    pg_catalog.broadcast_intermediate_result, pg_catalog.read_intermediate_result;
DROP TYPE pg_catalog.citus_copy_format;
