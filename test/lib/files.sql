-- Files of the server, for tests of what reads and writes them.

-- Write a text to a file; returns its URI. What the tests write begins with gpu_encode_test.
CREATE FUNCTION testlib.put(name text, content text, encoding name DEFAULT 'UTF8') RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
    path text := current_setting('data_directory') || '/gpu_encode_test_' || name;
    object oid := pg_catalog.lo_from_bytea(0, convert_to(content, encoding));
BEGIN
    PERFORM pg_catalog.lo_export(object, path);
    PERFORM pg_catalog.lo_unlink(object);
    RETURN 'file://' || path;
END
$$;

CREATE FUNCTION testlib.uri(name text) RETURNS text LANGUAGE sql AS
$$ SELECT 'file://' || current_setting('data_directory') || '/gpu_encode_test_' || name $$;

-- The text of such a file.
CREATE FUNCTION testlib.get(name text) RETURNS text LANGUAGE sql AS
$$ SELECT pg_catalog.pg_read_file(current_setting('data_directory') || '/gpu_encode_test_' || name) $$;

-- The files that there are, and their removal.
CREATE FUNCTION testlib.files() RETURNS text LANGUAGE sql AS
$$
    SELECT coalesce(string_agg(substr(f, 17), ' ' ORDER BY f COLLATE "C"), 'none')
    FROM pg_catalog.pg_ls_dir(current_setting('data_directory')) f WHERE f LIKE 'gpu\_encode\_test\_%'
$$;
CREATE FUNCTION testlib.remove_files() RETURNS void LANGUAGE plpgsql AS
$$
BEGIN
    CREATE TEMP TABLE nothing (x text) ON COMMIT DROP;
    EXECUTE format('COPY nothing FROM PROGRAM %L', 'rm -f ' || current_setting('data_directory') || '/gpu_encode_test_*');
    DROP TABLE nothing;
END
$$;

-- The same for any bytes.
CREATE FUNCTION testlib.put_bytes(name text, content bytea) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
    object oid := pg_catalog.lo_from_bytea(0, content);
BEGIN
    PERFORM pg_catalog.lo_export(object, current_setting('data_directory') || '/gpu_encode_test_' || name);
    PERFORM pg_catalog.lo_unlink(object);
    RETURN testlib.uri(name);
END
$$;

-- Run a command of the shell in the directory of those files.
CREATE FUNCTION testlib.shell(command text) RETURNS void LANGUAGE plpgsql AS
$$
BEGIN
    CREATE TEMP TABLE nothing (x text) ON COMMIT DROP;
    EXECUTE format('COPY nothing FROM PROGRAM %L', 'cd ' || current_setting('data_directory') || ' && ' || command);
    DROP TABLE nothing;
END
$$;
