-- The functions of category_probe.so and what the other tests share.
\getenv directory PG_LIBDIR
\getenv suffix PG_DLSUFFIX
\set library :directory '/category_probe' :suffix
SET client_min_messages = warning;

CREATE FUNCTION probe_key(value anyelement, null_value text DEFAULT NULL,
    OUT kind text, OUT int_key bigint, OUT bytes_key bytea, OUT canonical text)
AS :'library' LANGUAGE c PARALLEL SAFE;
CREATE FUNCTION probe_key_of_text(type regtype, string text, null_value text DEFAULT NULL,
    OUT kind text, OUT int_key bigint, OUT bytes_key bytea, OUT canonical text)
AS :'library' LANGUAGE c PARALLEL SAFE;
CREATE FUNCTION probe_column(rel regclass, name text, null_value text DEFAULT NULL,
    OUT text_like boolean, OUT parallel_safe boolean)
AS :'library' LANGUAGE c;
CREATE FUNCTION probe_memory(value anyelement, repeats integer) RETURNS bigint
AS :'library' LANGUAGE c STRICT;
CREATE FUNCTION probe_in_worker() RETURNS boolean
AS :'library' LANGUAGE c PARALLEL SAFE;

-- Keys of both kinds as bytes that sort as the keys do.
CREATE FUNCTION sortable(int_key bigint, bytes_key bytea) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(bytes_key, int8send(int_key # '-9223372036854775808'::bigint));

CREATE FUNCTION canonical(value anyelement) RETURNS text LANGUAGE sql AS 'SELECT canonical FROM probe_key(value)';

-- Seeded: the same numbers everywhere.
CREATE FUNCTION noise(i bigint, seed bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN hashint8extended(i, seed);

-- Compares keys with the type itself over the values that a query gives; by says what
-- sorts and compares as the type does (its text form, for a type that goes by that).  All four wrong_* are 0 when keys are right.
CREATE FUNCTION check_type(type regtype, query text, by text DEFAULT 'value',
    OUT of_type text, OUT key_kind text, OUT n_values bigint, OUT n_categories bigint, OUT wrong_order bigint,
    OUT wrong_equality bigint, OUT wrong_round_trip bigint, OUT wrong_value bigint)
LANGUAGE plpgsql AS $$
BEGIN
    of_type := type;
    EXECUTE format($query$
        CREATE TEMP TABLE probed AS
        SELECT value, k.kind, k.canonical, sortable(k.int_key, k.bytes_key) AS key
        FROM (SELECT v.v::%1$s AS value FROM (%2$s) AS v(v)) AS given, probe_key(value) AS k $query$, type, query);
    EXECUTE format($query$
        WITH neighbours AS (
            SELECT key, lag(key) OVER w AS previous_key, %2$s AS value, lag(%2$s) OVER w AS previous_value
            FROM probed WINDOW w AS (ORDER BY %2$s, key)),
        read AS (
            SELECT key, probed.canonical, k.canonical AS canonical_read, sortable(k.int_key, k.bytes_key) AS key_read
            FROM probed, probe_key_of_text(%1$L, probed.canonical) AS k)
        SELECT min(kind) || CASE WHEN min(kind) <> max(kind) THEN ' and ' || max(kind) ELSE '' END,
            count(*), count(DISTINCT key),
            (SELECT count(*) FROM neighbours WHERE previous_key > key),
            (SELECT count(*) FROM neighbours WHERE (previous_key = key) <> (previous_value = value)),
            (SELECT count(*) FROM read WHERE key <> key_read OR canonical <> canonical_read),
            (SELECT count(*) FROM (SELECT canonical::%1$s AS value, %2$s AS given FROM probed) AS r(value, given)
             WHERE %2$s <> given)
        FROM probed $query$, type, by)
    INTO key_kind, n_values, n_categories, wrong_order, wrong_equality, wrong_round_trip, wrong_value;
    DROP TABLE probed;
END $$;

SELECT kind, int_key, bytes_key, canonical FROM probe_key(7);
SELECT kind, int_key, bytes_key, canonical FROM probe_key('seven'::text);
SELECT kind, int_key, bytes_key, canonical FROM probe_key(NULL::text);
SELECT noise(1, 1), sortable(-1, NULL), sortable(1, NULL), sortable(NULL, 'x');
