-- Sources of the tests of this directory, and the call that encodes them.
CREATE EXTENSION pg_buffercache;

-- Columns of fixed width, without NULL, in the output: what the source passes through is taken at its first reading.
CREATE FUNCTION make_narrow(name text, n_rows bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE %I AS SELECT i AS id, ''v'' || i %% 61 AS few, ''user '' || (i * 7919) %% 1009 AS many, (i %% 7)::int AS y
                    FROM generate_series(1, %s::bigint) i', name, n_rows);
END $$;

-- Columns of every width, some NULL, that are passed through at a second reading: short, compressed, out of line.
CREATE FUNCTION make_wide(name text, n_rows bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format($q$CREATE TABLE %I AS
        SELECT i AS id, 'v' || i %% 61 AS few, 'user ' || (i * 7919) %% 1009 AS many,
               CASE WHEN i %% 3 > 0 THEN 'note ' || i END AS note, CASE WHEN i %% 5 = 0 THEN i / 7.0 END AS amount,
               CASE i %% 50 WHEN 1 THEN repeat('compressible ' || i, 400)
                            WHEN 2 THEN (SELECT string_agg(md5((i * k)::text), '') FROM generate_series(1, 150) k)
                            ELSE repeat('x', (i %% 97)::int) END AS text,
               ARRAY[i, NULL, i + 1] AS numbers, (i %% 7)::int AS y
        FROM generate_series(1, %s::bigint) i$q$, name, n_rows);
END $$;

CREATE FUNCTION encode_table(source regclass, output text, logged boolean DEFAULT true) RETURNS TABLE (rows bigint)
LANGUAGE sql AS $$
    SELECT rows FROM gpu_encode.preprocess(source, output, target => 'y', target_columns => '{few}', label_columns => '{few,many}',
                                           smooth => 0.5, logged => logged)
$$;

-- The way in which a table has been written: finished pages pass by the shared buffers. To be asked before anybody reads it.
CREATE FUNCTION written_by(t regclass) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN count(*) = 0 THEN 'pages' ELSE 'rows' END
    FROM pg_buffercache WHERE relfilenode = pg_relation_filenode(t) AND relforknumber = 0
        AND reldatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
$$;
