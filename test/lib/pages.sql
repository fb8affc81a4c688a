-- What the tests of pages share: they are included by the output probe and by test/writer.
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

-- What verify_heapam() finds wrong in a heap and its TOAST table; empty: nothing.
CREATE FUNCTION bad_pages(t regclass) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(concat_ws(' ', blkno, offnum, attnum, msg), E'\n'), '') FROM verify_heapam(t, check_toast => true)
$$;

-- The rows in the order of ctid, as one figure with their number.
CREATE FUNCTION rows_digest(t regclass) RETURNS text LANGUAGE plpgsql SET synchronize_seqscans = off AS $$
DECLARE
    result text;
BEGIN
    EXECUTE format('SELECT concat_ws('' '', count(*), sum(hashtextextended(i || '' '' || v, 0)::numeric))
                    FROM (SELECT row_number() OVER () i, o::text v FROM %s o) q', t) INTO result;
    RETURN result;
END $$;
