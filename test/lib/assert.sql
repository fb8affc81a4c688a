-- Assertions about errors, notices and what a failed call leaves behind.

-- Run a statement that must fail: 'ok' when it ends with this very SQLSTATE and message, detail and hint together contain
-- every one of the given words; otherwise what came instead. A word of one or two letters is in nearly every message, and so
-- is none at all: a name is given with its quotes, a number with the noun beside it.
CREATE FUNCTION testlib.refuses(statement text, expected_state text, VARIADIC words text[])
RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
    state text; message text; detail text; hint text; everything text; word text;
BEGIN
    IF expected_state !~ '^[0-9A-Z]{5}$' THEN
        RETURN format('"%s" is no SQLSTATE', expected_state);
    END IF;
    FOREACH word IN ARRAY words LOOP
        IF length(word) < 3 OR word IS NULL THEN
            RETURN format('"%s" is too short to show anything', word);
        END IF;
    END LOOP;
    BEGIN
        EXECUTE statement;
        RETURN 'no error';
    EXCEPTION WHEN OTHERS OR query_canceled OR assert_failure THEN
        GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
            detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    END;
    everything := concat_ws(' | ', message, nullif(detail, ''), nullif(hint, ''));
    IF state <> expected_state THEN
        RETURN format('%s instead of %s: %s', state, expected_state, everything);
    END IF;
    IF message ~ '\.$' OR message ~ '^[A-Z][a-z]' THEN
        RETURN format('message not in the house style: %s', message);
    END IF;
    FOREACH word IN ARRAY words LOOP
        IF strpos(everything, word) = 0 THEN
            RETURN format('"%s" is not said: %s: %s', word, state, everything);
        END IF;
    END LOOP;
    RETURN 'ok';
END
$$;

-- The tables of a schema: what remains after errors.
CREATE FUNCTION testlib.tables(of_schema name) RETURNS text LANGUAGE sql AS
$$
    SELECT coalesce(string_agg(relname, ' ' ORDER BY relname COLLATE "C"), 'none')
    FROM pg_catalog.pg_class
    WHERE relnamespace = of_schema::pg_catalog.regnamespace AND relkind IN ('r', 'p', 'm', 'v', 'f')
$$;

-- The columns of a table in order, with their types.
CREATE FUNCTION testlib.columns(rel regclass) RETURNS text LANGUAGE sql AS
$$
    SELECT string_agg(format('%I %s', attname, pg_catalog.format_type(atttypid, atttypmod)), ', ' ORDER BY attnum)
    FROM pg_catalog.pg_attribute WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped
$$;

-- 'ok', or how the rows of two queries differ (as multisets).
CREATE FUNCTION testlib.same(query_a text, query_b text) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
    only_a bigint; only_b bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM ((%s) EXCEPT ALL (%s)) d', query_a, query_b) INTO only_a;
    EXECUTE format('SELECT count(*) FROM ((%s) EXCEPT ALL (%s)) d', query_b, query_a) INTO only_b;
    RETURN CASE WHEN only_a + only_b = 0 THEN 'ok'
                ELSE format('%s rows only in the first, %s only in the second', only_a, only_b) END;
END
$$;

-- A digest of rows in a given order, for "the same bits": floats as their eight bytes.
CREATE FUNCTION testlib.digest(query text) RETURNS text LANGUAGE plpgsql SET extra_float_digits = 3 AS
$$
DECLARE
    answer text;
BEGIN
    EXECUTE format('SELECT count(*) || '':'' || md5(coalesce(string_agg(q::text, E''\n''), '''')) FROM (%s) q', query)
        INTO answer;
    RETURN answer;
END
$$;

-- How a comparison of rows is reported.
CREATE FUNCTION testlib.verdict(n bigint, different bigint, example text) RETURNS text LANGUAGE sql AS
$$
    SELECT CASE WHEN different = 0 THEN n || ' rows equal'
                ELSE format('%s of %s rows differ: %s', different, n, example) END
$$;
