-- The oracle for categories: canonical text, sorted order, label codes (design: "What one
-- category is"), by plain SQL over PostgreSQL's own ordering.

-- The type under any domains.
CREATE FUNCTION testlib.base_type(t oid) RETURNS regtype LANGUAGE sql STABLE AS
$$
    WITH RECURSIVE b (oid) AS (
        SELECT t UNION ALL SELECT typbasetype FROM b JOIN pg_catalog.pg_type USING (oid) WHERE typtype = 'd')
    SELECT b.oid::regtype FROM b JOIN pg_catalog.pg_type p ON p.oid = b.oid WHERE p.typtype <> 'd'
$$;

CREATE FUNCTION testlib.column_type(rel regclass, column_name text) RETURNS regtype LANGUAGE sql STABLE AS
$$
    SELECT testlib.base_type(atttypid) FROM pg_catalog.pg_attribute
    WHERE attrelid = rel AND attname = column_name AND NOT attisdropped
$$;

CREATE FUNCTION testlib.is_enum(t regtype) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT typtype = 'e' FROM pg_catalog.pg_type WHERE oid = t $$;

CREATE FUNCTION testlib.is_text_like(t regtype) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT t IN ('text', 'varchar', 'bpchar', 'name') OR testlib.is_enum(t) $$;

-- SQL for the canonical text of a column's value; NULL is missing.
CREATE FUNCTION testlib.key_of(rel regclass, column_name text, null_value text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql STABLE AS
$$
DECLARE
    t regtype := testlib.column_type(rel, column_name);
    c text := format('%I', column_name);
BEGIN
    IF t = 'bpchar'::regtype THEN c := format('rtrim(%s::text, '' '')', c);
    ELSIF t = 'numeric'::regtype THEN c := format('trim_scale(%s)::text', c);
    ELSIF t IN ('float4'::regtype, 'float8'::regtype) THEN c := format('(%s + 0)::text', c);
    ELSIF t = 'interval'::regtype THEN c := format('justify_interval(%s)::text', c);
    ELSE c := format('%s::text', c);
    END IF;
    IF null_value IS NOT NULL AND testlib.is_text_like(t) THEN
        c := format('coalesce(%s, %L)', c, null_value);
    END IF;
    RETURN format('(%s COLLATE "C")', c);
END
$$;

-- SQL to order by so that categories come in the order of their codes.
CREATE FUNCTION testlib.order_of(rel regclass, column_name text, null_value text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql STABLE AS
$$
DECLARE
    t regtype := testlib.column_type(rel, column_name);
    key text := testlib.key_of(rel, column_name, null_value);
BEGIN
    IF t IN ('int2', 'int4', 'int8', 'bool', 'date', 'timestamp', 'timestamptz', 'interval',
             'uuid', 'numeric', 'float4', 'float8', 'bytea') THEN
        RETURN format('%I', column_name);
    ELSIF testlib.is_enum(t) THEN
        RETURN format('(SELECT enumsortorder FROM pg_catalog.pg_enum WHERE enumtypid = %s AND enumlabel = %s), %s',
                      t::oid, key, key);
    END IF;
    RETURN key;
END
$$;

-- SQL for "missing last" positions: 0-based ordinals in the declared order.
CREATE FUNCTION testlib.ordinal_of(order_by text[] DEFAULT NULL) RETURNS text LANGUAGE sql AS
$$
    SELECT format('row_number() OVER (ORDER BY %s) - 1',
        coalesce((SELECT string_agg(format('%I', c), ', ' ORDER BY i) FROM unnest(order_by) WITH ORDINALITY u (c, i)), 'ctid'))
$$;

-- Label codes of a column: dense ranks over the values of the source and its label sources.
CREATE FUNCTION testlib.codes(rel regclass, column_name text, null_value text DEFAULT NULL,
                              label_sources regclass[] DEFAULT NULL)
RETURNS TABLE (key text, code integer) LANGUAGE plpgsql AS
$$
DECLARE
    key_sql text := testlib.key_of(rel, column_name, null_value);
    every_row text;
BEGIN
    SELECT string_agg(format('SELECT %I FROM %s', column_name, s), ' UNION ALL ') INTO every_row
    FROM unnest(rel || coalesce(label_sources, '{}')) s;
    RETURN QUERY EXECUTE format(
        'SELECT DISTINCT %1$s, (dense_rank() OVER (ORDER BY %2$s))::integer - 1 FROM (%3$s) u WHERE %1$s IS NOT NULL',
        key_sql, testlib.order_of(rel, column_name, null_value), every_row);
END
$$;

-- What label_encode must return.
CREATE FUNCTION testlib.label_rows(rel regclass, column_name text, order_by text[] DEFAULT NULL,
    null_value text DEFAULT NULL, handle_missing text DEFAULT 'value', label_sources regclass[] DEFAULT NULL)
RETURNS TABLE (ordinal bigint, source_table regclass, row_id tid, code integer) LANGUAGE plpgsql AS
$$
BEGIN
    RETURN QUERY EXECUTE format(
        'WITH codes AS MATERIALIZED (SELECT * FROM testlib.codes(%L, %L, %L, %L)),
         rows AS MATERIALIZED (SELECT %s AS ordinal, tableoid::regclass AS source_table, ctid AS row_id, %s AS key FROM %s)
         SELECT ordinal, source_table, row_id,
                CASE WHEN rows.key IS NULL AND %L = ''category'' THEN (SELECT count(*)::integer FROM codes) ELSE code END
         FROM rows LEFT JOIN codes USING (key)',
        rel, column_name, null_value, label_sources, testlib.ordinal_of(order_by),
        testlib.key_of(rel, column_name, null_value), rel, handle_missing);
END
$$;

-- label_encode against the oracle: 'N rows equal', or how they differ.
CREATE FUNCTION testlib.label_check(rel regclass, column_name text, order_by text[] DEFAULT NULL,
    null_value text DEFAULT NULL, handle_missing text DEFAULT 'value', label_sources regclass[] DEFAULT NULL)
RETURNS text LANGUAGE sql AS
$$
    SELECT testlib.verdict(count(*), count(*) FILTER (WHERE e IS DISTINCT FROM a),
               min(format('expected %s, got %s', e, a)) FILTER (WHERE e IS DISTINCT FROM a))
    FROM testlib.label_rows(rel, column_name, order_by, null_value, handle_missing, label_sources) e
    FULL JOIN gpu_encode.label_encode(rel, column_name, order_by => label_check.order_by,
        null_value => label_check.null_value, handle_missing => label_check.handle_missing,
        label_sources => label_check.label_sources) a USING (ordinal)
$$;
