-- The probe's functions, and what the other tests share.
\getenv directory PG_LIBDIR
\set library :directory '/output_probe'

-- The rows of a query into a new table, through ge_output_*(); by_pages: which way it took.
CREATE FUNCTION probe_output(name text, query text, logged boolean DEFAULT true, page_writer boolean DEFAULT true,
                             OUT n_rows bigint, OUT by_pages boolean)
LANGUAGE c AS :'library';
-- An empty table of the columns given.
CREATE FUNCTION probe_create(name text, columns text[], types regtype[], logged boolean DEFAULT true)
RETURNS regclass LANGUAGE c AS :'library';
-- n_rows generated rows of (int8, 3 int4, 3 float8), one value in every null_every NULL
-- (0: none); returns the seconds it took.
CREATE FUNCTION probe_fill(name text, n_rows bigint, null_every integer DEFAULT 0, logged boolean DEFAULT false,
                           page_writer boolean DEFAULT true)
RETURNS double precision LANGUAGE c AS :'library';
-- A table access method that is not heap, though it does what heap does.
CREATE FUNCTION probe_access_method(internal) RETURNS table_am_handler LANGUAGE c AS :'library';

CREATE EXTENSION amcheck;
CREATE EXTENSION pageinspect;

-- How many rows differ between two tables of the same columns, position by position.
CREATE FUNCTION differences(a regclass, b regclass) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    result bigint;
BEGIN
    EXECUTE format(
        'SELECT count(*) FROM (SELECT row_number() OVER (ORDER BY ctid) i, %1$s::text v FROM %1$s) x
         FULL JOIN (SELECT row_number() OVER (ORDER BY ctid) i, %2$s::text v FROM %2$s) y USING (i)
         WHERE x.v IS DISTINCT FROM y.v', a, b) INTO result;
    RETURN result;
END $$;

-- Every tuple of a heap with its place, without what belongs to the transaction.  256 is
-- HEAP_XMIN_COMMITTED, a hint that any reader may set.
CREATE FUNCTION tuples(t regclass)
RETURNS TABLE (block bigint, flags int, lower int, upper int, lp int, lp_off int, lp_len int, ctid tid, infomask int, infomask2 int,
               hoff int, bits text, data bytea)
LANGUAGE sql AS $$
    SELECT g, h.flags, h.lower, h.upper, i.lp, i.lp_off, i.lp_len, i.t_ctid, i.t_infomask & ~256, i.t_infomask2, i.t_hoff, i.t_bits,
           i.t_data
    FROM generate_series(0, pg_relation_size(t) / current_setting('block_size')::int - 1) g,
         get_raw_page(t::text, g) page, page_header(page) h, heap_page_items(page) i
$$;

-- How many tuples of two heaps the other has not got, byte for byte.
CREATE FUNCTION differing_tuples(a regclass, b regclass) RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FROM ((SELECT * FROM tuples(a) EXCEPT ALL SELECT * FROM tuples(b))
                          UNION ALL (SELECT * FROM tuples(b) EXCEPT ALL SELECT * FROM tuples(a))) d
$$;
