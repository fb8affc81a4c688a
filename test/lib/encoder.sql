-- The oracle for encoder tables and for the tables that transform and fit_transform write.

-- One column (or combination) of an encoder: its category rows as they must be. The statistics
-- are NULL without a target, the codes where the column is not label coded.
CREATE FUNCTION testlib.encoder_column(rel regclass, column_names text[], is_label boolean, target text,
    label_sources regclass[], smooth float8, null_value text, pos_label text)
RETURNS TABLE (column_name text, value text, "values" text[], code integer, n_rows bigint,
               n_target bigint, s numeric, encoding float8) LANGUAGE plpgsql AS
$$
BEGIN
    RETURN QUERY EXECUTE format(
        'WITH r AS MATERIALIZED (SELECT %1$s AS category, %2$s AS y FROM %3$s),
         every AS (SELECT coalesce(sum(y), 0) AS s, count(y) AS n FROM r),
         statistics AS (SELECT category, count(*) AS n_rows, count(y) AS n_target, coalesce(sum(y), 0) AS s
                        FROM r WHERE category IS NOT NULL GROUP BY 1),
         codes AS (SELECT ARRAY[key] AS category, code FROM testlib.codes(%3$L, %4$L, %5$L, %6$L) WHERE %7$L)
         SELECT array_to_string(%8$L::text[], ''_''),
                CASE WHEN cardinality(category) = 1 THEN category[1] END,
                CASE WHEN cardinality(category) > 1 THEN category END,
                code, coalesce(n_rows, 0), n_target,
                CASE WHEN %9$L THEN coalesce(statistics.s, 0) END,
                CASE WHEN %9$L THEN testlib.finish(coalesce(statistics.s, 0), coalesce(n_target, 0), every.s, every.n, %10$L) END
         FROM statistics FULL JOIN codes USING (category) CROSS JOIN every',
        testlib.category_of(rel, column_names, null_value, 'value'),
        CASE WHEN target IS NULL THEN 'NULL::numeric' ELSE testlib.target_of(rel, target, pos_label) END, rel,
        column_names[1], null_value, label_sources, is_label, column_names, target IS NOT NULL, smooth);
END
$$;

-- The category rows of an encoder against the oracle, for one column (or combination).
CREATE FUNCTION testlib.encoder_check(encoder regclass, rel regclass, column_names text[], is_label boolean,
    target text DEFAULT NULL, label_sources regclass[] DEFAULT NULL, smooth float8 DEFAULT 0,
    null_value text DEFAULT NULL, pos_label text DEFAULT NULL)
RETURNS text LANGUAGE plpgsql SET extra_float_digits = 3 AS
$$
DECLARE
    answer text;
BEGIN
    EXECUTE format(
        'WITH expected AS (SELECT value, "values", code, n_rows,
                CASE WHEN %1$L THEN coalesce(n_target, 0) END AS n_target, trim_scale(s) AS s, encoding
            FROM testlib.encoder_column(%2$L, %3$L, %4$L, %5$L, %6$L, %7$L, %8$L, %9$L)),
         actual AS (SELECT value, "values", code, n_rows, CASE WHEN %1$L THEN gpu_encode.n_target(moments[1]) END AS n_target,
                CASE WHEN %1$L THEN trim_scale(testlib.sum_of(moments[1])) END AS s,
                CASE WHEN %1$L THEN encoding END AS encoding
            FROM %10$s WHERE kind = ''category'' AND column_name = array_to_string(%3$L::text[], ''_''))
         SELECT testlib.verdict(count(*), count(*) FILTER (WHERE e::text IS DISTINCT FROM a::text),
                    min(format(''expected %%s, got %%s'', e, a)) FILTER (WHERE e::text IS DISTINCT FROM a::text))
         FROM expected e FULL JOIN actual a ON coalesce(e."values", ARRAY[e.value]) = coalesce(a."values", ARRAY[a.value])',
        target IS NOT NULL, rel, column_names, is_label, target, label_sources, smooth, null_value, pos_label, encoder)
    INTO answer;
    RETURN answer;
END
$$;

-- One column of an output table, rows in physical order, against a query of the expected values
-- in ordinal order (columns ordinal, expected).
CREATE FUNCTION testlib.output_check(output regclass, column_name text, expected_query text) RETURNS text
LANGUAGE plpgsql SET extra_float_digits = 3 AS
$$
DECLARE
    answer text;
BEGIN
    EXECUTE format(
        'SELECT testlib.verdict(count(*), count(*) FILTER (WHERE e.expected::text IS DISTINCT FROM a.v::text),
                    min(format(''row %%s: expected %%s, got %%s'', ordinal, e.expected, a.v))
                        FILTER (WHERE e.expected::text IS DISTINCT FROM a.v::text))
         FROM (%s) e FULL JOIN (SELECT row_number() OVER (ORDER BY ctid) - 1 AS ordinal, %I AS v FROM %s) a USING (ordinal)',
        expected_query, column_name, output)
    INTO answer;
    RETURN answer;
END
$$;

-- The code of every row of `other` in a column whose codes were learned from `rel` and label_sources.
CREATE FUNCTION testlib.code_rows(other regclass, rel regclass, column_name text, label_sources regclass[], order_by text[],
    null_value text, handle_missing text, unknown_value integer)
RETURNS TABLE (ordinal bigint, is_missing boolean, is_unknown boolean, code integer) LANGUAGE plpgsql AS
$$
BEGIN
    RETURN QUERY EXECUTE format(
        'WITH codes AS MATERIALIZED (SELECT * FROM testlib.codes(%1$L, %2$L, %3$L, %4$L)),
         rows AS MATERIALIZED (SELECT %5$s AS ordinal, %6$s AS key FROM %7$s)
         SELECT ordinal, rows.key IS NULL, rows.key IS NOT NULL AND codes.code IS NULL,
                CASE WHEN rows.key IS NOT NULL THEN coalesce(codes.code, %8$L)
                     WHEN %9$L = ''category'' THEN (SELECT count(*)::integer FROM codes) END
         FROM rows LEFT JOIN codes USING (key)',
        rel, column_name, null_value, label_sources, testlib.ordinal_of(order_by),
        testlib.key_of(other, column_name, null_value), other, unknown_value, handle_missing);
END
$$;

-- The full encoding of every row of `other` by the statistics of `rel`.
CREATE FUNCTION testlib.full_rows(other regclass, rel regclass, column_names text[], target text, smooth float8, order_by text[],
    null_value text, handle_missing text, pos_label text)
RETURNS TABLE (ordinal bigint, is_unseen boolean, encoding float8) LANGUAGE plpgsql AS
$$
BEGIN
    RETURN QUERY EXECUTE format(
        'WITH r AS MATERIALIZED (SELECT coalesce(%1$s, ''{}'') AS category, %2$s AS y FROM %3$s),
         every AS (SELECT coalesce(sum(y), 0) AS s, count(y) AS n FROM r),
         statistics AS (SELECT category, count(y) AS n, coalesce(sum(y), 0) AS s FROM r WHERE category <> ''{}'' GROUP BY 1),
         rows AS MATERIALIZED (SELECT %4$s AS ordinal, coalesce(%5$s, ''{}'') AS category FROM %6$s)
         SELECT ordinal, category NOT IN (''{}'', ''{NULL}'') AND statistics.n IS NULL,
                CASE WHEN %7$L <> ''null'' OR category <> ''{}''
                     THEN testlib.finish(coalesce(statistics.s, 0), coalesce(statistics.n, 0), every.s, every.n, %8$L) END
         FROM rows LEFT JOIN statistics USING (category) CROSS JOIN every',
        testlib.category_of(rel, column_names, null_value, handle_missing), testlib.target_of(rel, target, pos_label), rel,
        testlib.ordinal_of(order_by), testlib.category_of(other, column_names, null_value, handle_missing), other,
        handle_missing, smooth);
END
$$;

-- Of an encoder with one encoded column: whether the row of kind 'prior' has the totals of `rel`.
CREATE FUNCTION testlib.encoder_totals(encoder regclass, rel regclass, target text) RETURNS TABLE (totals boolean) LANGUAGE plpgsql AS
$$
BEGIN
    RETURN QUERY EXECUTE format(
        'SELECT (SELECT e.n_rows = w.n_rows AND gpu_encode.n_target(moments[1]) = w.n AND testlib.sum_of(moments[1]) = w.s
                 FROM %1$s e, (SELECT count(*) AS n_rows, count(y) AS n, sum(y) AS s FROM (SELECT %2$s AS y FROM %3$s) r) w WHERE kind = ''prior'')',
        encoder, testlib.target_of(rel, target, NULL), rel);
END
$$;

-- Everything that an encoder has, but its names and times: a line for each row.
CREATE FUNCTION testlib.encoder_lines(encoder regclass) RETURNS SETOF text LANGUAGE plpgsql SET extra_float_digits = 3 AS
$$
BEGIN
    RETURN QUERY EXECUTE format(
        'SELECT (e.*)::text FROM (SELECT kind, column_name, value, "values", code, n_rows, moments, encodings, encoding,
                    parameters - ''{fitted_at,source,source_oid,source_database}''::text[] FROM %s) e', encoder);
END
$$;

-- Whether two encoders are the same, to the bit.
CREATE FUNCTION testlib.encoders_equal(a text, b text) RETURNS text LANGUAGE sql AS
$$
    SELECT testlib.verdict(count(*), count(*) FILTER (WHERE n <> 0), min(format('%s has %s', CASE WHEN n > 0 THEN a ELSE b END, line)) FILTER (WHERE n <> 0))
    FROM (SELECT line, sum(n) AS n
          FROM (SELECT line, 1 AS n FROM testlib.encoder_lines(a::regclass) line
                UNION ALL SELECT line, -1 FROM testlib.encoder_lines(b::regclass) line) lines GROUP BY line) counts
$$;
