-- The probe's functions, which the other tests use.
\getenv libdir PG_LIBDIR
\set library :libdir '/reader_probe'
SET client_min_messages = warning;
CREATE SCHEMA probe;
GRANT USAGE ON SCHEMA probe TO PUBLIC;
CREATE FUNCTION probe.source(source regclass, columns text[], order_by text[] DEFAULT NULL,
    OUT mode text, OUT row_ids boolean, OUT ordered boolean)
LANGUAGE c AS :'library', 'probe_source';
CREATE FUNCTION probe.count(source regclass, columns text[], order_by text[] DEFAULT NULL, workers integer DEFAULT 0,
    OUT rows bigint, OUT workers_used integer)
LANGUAGE c AS :'library', 'probe_count';
CREATE FUNCTION probe.keys(source regclass, columns text[], order_by text[] DEFAULT NULL, workers integer DEFAULT 0,
    null_value text DEFAULT NULL)
RETURNS TABLE (ordinal bigint, keys text[])
LANGUAGE c AS :'library', 'probe_keys';
CREATE FUNCTION probe.rows(source regclass, columns text[], order_by text[] DEFAULT NULL)
RETURNS TABLE (ordinal bigint, source_table regclass, row_id tid, row_values text[])
LANGUAGE c AS :'library', 'probe_rows';
-- All keys in one figure.
CREATE FUNCTION probe.digest(source regclass, columns text[], order_by text[] DEFAULT NULL, workers integer DEFAULT 0)
RETURNS text LANGUAGE sql
AS $$ SELECT md5(string_agg(k.ordinal || k.keys::text, ',' ORDER BY k.ordinal)) FROM probe.keys($1, $2, $3, $4) k $$;
SELECT * FROM probe.count('pg_class', '{relname}') WHERE rows = 0;
