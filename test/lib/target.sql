-- The oracle for target encodings (design, section 4), bit for bit: sums in numeric are exact,
-- numeric::float8 rounds them to the nearest double, and float8's operators do the rest in the
-- order that the design gives. Independent of that, target_bound() checks the error bound in
-- exact arithmetic.

-- SQL for one column or several as one category: text[], NULL where it is missing.
CREATE FUNCTION testlib.category_of(rel regclass, column_names text[], null_value text, handle_missing text)
RETURNS text LANGUAGE sql STABLE AS
$$
    SELECT format('CASE WHEN %s THEN %s ELSE ARRAY[%s] END',
                  string_agg(testlib.key_of(rel, c, null_value) || ' IS NULL', ' OR ' ORDER BY i),
                  CASE handle_missing WHEN 'category' THEN '''{NULL}''::text[]' ELSE 'NULL' END,
                  string_agg(testlib.key_of(rel, c, null_value), ', ' ORDER BY i))
    FROM unnest(column_names) WITH ORDINALITY u (c, i)
$$;

-- SQL for the exact target of a row.
CREATE FUNCTION testlib.target_of(rel regclass, target text, pos_label text) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
    t regtype := testlib.column_type(rel, target);
BEGIN
    IF t IN ('int2', 'int4', 'int8') THEN RETURN format('%I::numeric', target);
    ELSIF t IN ('float4', 'float8', 'numeric') THEN RETURN format('testlib.exact(%I::float8)', target);
    ELSIF t = 'bool'::regtype AND pos_label IS NULL THEN RETURN format('%I::integer::numeric', target);
    END IF;
    RETURN format('(%1$I::text = coalesce(%2$L, (SELECT max(%1$I::text COLLATE "C") FROM %3$s)))::integer::numeric',
                  target, pos_label, rel);
END
$$;

-- Every row with its category, target and fold.
CREATE FUNCTION testlib.folded_rows(rel regclass, column_names text[], target text, n_folds integer, split text,
    order_by text[], fold_column text, seed bigint, null_value text, handle_missing text, pos_label text)
RETURNS TABLE (ordinal bigint, source_table regclass, row_id tid, category text[], y numeric, fold integer)
LANGUAGE plpgsql AS
$$
DECLARE
    n bigint;
    fold_sql text;
BEGIN
    EXECUTE format('SELECT count(*) FROM %s', rel) INTO n;
    IF split = 'random' THEN
        PERFORM testlib.keep_permutation(n, seed);
    END IF;
    fold_sql := CASE split
        WHEN 'interleaved' THEN 'ordinal %% least(%1$s, %2$s)'
        WHEN 'contiguous' THEN 'div(ordinal * least(%1$s, %2$s)::numeric, %2$s)'
        WHEN 'random' THEN 'div((SELECT at FROM testlib.permutations p WHERE p.n = %2$s AND p.seed = %3$s AND i = ordinal)
                                * least(%1$s, %2$s)::numeric, %2$s)'
        ELSE 'given_fold' END;
    RETURN QUERY EXECUTE format(
        'SELECT ordinal, source_table, row_id, category, y, (%s)::integer FROM (
             SELECT %s AS ordinal, tableoid::regclass AS source_table, ctid AS row_id, %s AS category, %s AS y, %s AS given_fold
             FROM %s) r',
        format(fold_sql, n_folds, n, seed), testlib.ordinal_of(order_by),
        testlib.category_of(rel, column_names, null_value, handle_missing),
        testlib.target_of(rel, target, pos_label), coalesce(quote_ident(fold_column), 'NULL'), rel);
END
$$;

-- (RN(S') + RN(s M)) / RN(N' + s), M where N' = 0, NULL without any target.
CREATE FUNCTION testlib.finish(s numeric, n numeric, prior_s numeric, prior_n numeric, smooth float8)
RETURNS float8 LANGUAGE sql STABLE AS
$$
    SELECT CASE WHEN prior_n = 0 THEN NULL
                WHEN coalesce(n, 0) = 0 THEN m
                ELSE testlib.quotient(testlib.nearest(s) + testlib.product(smooth, m), n::float8 + smooth) END
    FROM (SELECT testlib.quotient(testlib.nearest(prior_s), nullif(prior_n, 0)::float8) AS m) prior
$$;

-- The sums behind the encodings of every row: S', N' of its category out of fold and Sp, Np of its
-- prior, exact, and the encoding. They are those of its cell (category and fold), finished once for
-- equal sums; rows without a category share the category {}.
CREATE FUNCTION testlib.target_sums(rel regclass, column_names text[], target text, n_folds integer, smooth float8, split text,
    order_by text[], fold_column text, seed bigint, prior text, null_value text, handle_missing text, pos_label text)
RETURNS TABLE (ordinal bigint, source_table regclass, row_id tid, fold integer, has_category boolean,
               s numeric, n numeric, prior_s numeric, prior_n numeric, encoding float8)
LANGUAGE sql SET enable_nestloop = off SET jit = off AS
$$
    WITH r AS MATERIALIZED (
        SELECT f.ordinal, f.source_table, f.row_id, coalesce(f.category, '{}') AS category, f.y, f.fold
        FROM testlib.folded_rows(rel, column_names, target, n_folds, split, order_by, fold_column, seed,
                                 null_value, handle_missing, pos_label) f),
    cell AS MATERIALIZED (SELECT category, fold, coalesce(sum(y), 0) AS s, count(y)::numeric AS n FROM r GROUP BY 1, 2),
    whole AS MATERIALIZED (SELECT category, sum(s) AS s, sum(n) AS n FROM cell GROUP BY 1),
    every AS MATERIALIZED (SELECT coalesce(sum(s), 0) AS s, coalesce(sum(n), 0) AS n FROM whole),
    prior_of AS MATERIALIZED (
        SELECT fold,
               CASE WHEN prior = 'out_of_fold' THEN every.s - sum(cell.s) ELSE every.s END AS s,
               CASE WHEN prior = 'out_of_fold' THEN every.n - sum(cell.n) ELSE every.n END AS n
        FROM cell, every GROUP BY fold, every.s, every.n),
    summed AS MATERIALIZED (
        SELECT category, fold, category <> '{}' AS has_category, whole.s - cell.s AS s, whole.n - cell.n AS n, prior_of.s AS prior_s, prior_of.n AS prior_n
        FROM cell JOIN whole USING (category) JOIN prior_of USING (fold)),
    finished AS MATERIALIZED (
        SELECT d.*, CASE WHEN has_category THEN testlib.finish(s, n, prior_s, prior_n, smooth)
                         WHEN handle_missing <> 'null' THEN testlib.finish(0, 0, prior_s, prior_n, smooth) END AS encoding
        FROM (SELECT DISTINCT has_category, s, n, prior_s, prior_n FROM summed) d)
    SELECT r.ordinal, r.source_table, r.row_id, fold, has_category, s, n, prior_s, prior_n, encoding
    FROM r JOIN summed USING (category, fold) JOIN finished USING (has_category, s, n, prior_s, prior_n)
$$;

-- What target_encode must return.
CREATE FUNCTION testlib.target_rows(rel regclass, column_names text[], target text, n_folds integer DEFAULT 5,
    smooth float8 DEFAULT 0, split text DEFAULT NULL, order_by text[] DEFAULT NULL, fold_column text DEFAULT NULL,
    seed bigint DEFAULT 42, prior text DEFAULT 'out_of_fold', null_value text DEFAULT NULL,
    handle_missing text DEFAULT 'value', pos_label text DEFAULT NULL)
RETURNS TABLE (ordinal bigint, source_table regclass, row_id tid, fold integer, encoding float8) LANGUAGE sql AS
$$
    SELECT t.ordinal, t.source_table, t.row_id, t.fold, t.encoding
    FROM testlib.target_sums(rel, column_names, target, n_folds, smooth,
        coalesce(split, CASE WHEN fold_column IS NULL THEN 'interleaved' ELSE 'custom' END),
        order_by, fold_column, seed, prior, null_value, handle_missing, pos_label) t
$$;

-- What target_encode does return, of one column or several.
CREATE FUNCTION testlib.target_encode(rel regclass, column_names text[], target text, n_folds integer,
    smooth float8, split text, order_by text[], fold_column text,
    seed bigint, prior text, null_value text, handle_missing text, pos_label text)
RETURNS TABLE (ordinal bigint, source_table regclass, row_id tid, fold integer, encoding float8) LANGUAGE plpgsql AS
$$
BEGIN
    IF cardinality(column_names) = 1 THEN
        RETURN QUERY SELECT * FROM gpu_encode.target_encode(rel, column_names[1], target, n_folds, smooth, split,
            order_by, fold_column, seed => seed, prior => prior, null_value => null_value, handle_missing => handle_missing, pos_label => pos_label);
    ELSE
        RETURN QUERY SELECT * FROM gpu_encode.target_encode(rel, column_names, target, n_folds, smooth, split,
            order_by, fold_column, seed => seed, prior => prior, null_value => null_value, handle_missing => handle_missing, pos_label => pos_label);
    END IF;
END
$$;

-- target_encode against the oracle, bit for bit: 'N rows equal', or how they differ.
CREATE FUNCTION testlib.target_check(rel regclass, column_names text[], target text, n_folds integer DEFAULT 5,
    smooth float8 DEFAULT 0, split text DEFAULT NULL, order_by text[] DEFAULT NULL, fold_column text DEFAULT NULL,
    seed bigint DEFAULT 42, prior text DEFAULT 'out_of_fold', null_value text DEFAULT NULL,
    handle_missing text DEFAULT 'value', pos_label text DEFAULT NULL)
RETURNS text LANGUAGE sql SET extra_float_digits = 3 AS
$$
    SELECT testlib.verdict(count(*), count(*) FILTER (WHERE e::text IS DISTINCT FROM a::text),
               min(format('expected %s, got %s', e, a)) FILTER (WHERE e::text IS DISTINCT FROM a::text))
    FROM testlib.target_rows(rel, column_names, target, n_folds, smooth, split, order_by, fold_column, seed, prior,
                             null_value, handle_missing, pos_label) e
    FULL JOIN testlib.target_encode(rel, column_names, target, n_folds, smooth, split, order_by, fold_column, seed,
                                    prior, null_value, handle_missing, pos_label) a USING (ordinal)
$$;

-- Rows of target_encode outside the error bound of the design, in exact arithmetic: with M = Sp/Np,
-- |e (N' + s) Np - (S' Np + s Sp)| <= 6.01 2^-53 (|S'| Np + s |Sp|) + 2^-1073 (N' + s) Np.
CREATE FUNCTION testlib.target_bound(rel regclass, column_names text[], target text, n_folds integer DEFAULT 5,
    smooth float8 DEFAULT 0, split text DEFAULT 'interleaved', order_by text[] DEFAULT NULL, fold_column text DEFAULT NULL,
    seed bigint DEFAULT 42, prior text DEFAULT 'out_of_fold', null_value text DEFAULT NULL,
    handle_missing text DEFAULT 'value', pos_label text DEFAULT NULL)
RETURNS bigint LANGUAGE sql AS
$$
    SELECT count(*)
    FROM (SELECT has_category AND n > 0 AS known, s, n, prior_s, prior_n, testlib.exact(a.encoding) AS e,
                 testlib.exact(smooth) AS smoothing, u.value AS unit, tiny.value AS tiny
          FROM testlib.target_sums(rel, column_names, target, n_folds, smooth, split, order_by, fold_column, seed, prior,
                                   null_value, handle_missing, pos_label) t
          JOIN testlib.target_encode(rel, column_names, target, n_folds, smooth, split, order_by, fold_column,
                                     seed, prior, null_value, handle_missing, pos_label) a USING (ordinal),
               testlib.power_of_two u, testlib.power_of_two tiny
          WHERE u.exponent = -53 AND tiny.exponent = -1073 AND prior_n > 0 AND a.encoding IS NOT NULL) b
    WHERE CASE WHEN known
               THEN abs(e * (n + smoothing) * prior_n - (s * prior_n + smoothing * prior_s))
                    > 6.01 * unit * (abs(s) * prior_n + smoothing * abs(prior_s)) + tiny * (n + smoothing) * prior_n
               ELSE abs(e * prior_n - prior_s) > 2.01 * unit * abs(prior_s) + tiny * prior_n END
$$;
