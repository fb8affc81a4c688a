-- What each of the three reads of a file: rows as they are, or the error.
CREATE FUNCTION rows_of(rel text, uri text, options text DEFAULT '(format csv, header)', nulls text[] DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
    answer text;
BEGIN
    EXECUTE format('TRUNCATE %I', rel);
    PERFORM gpu_encode.s3_import(rel::regclass, uri, options => options, null_values => nulls);
    EXECUTE format('SELECT string_agg(x::text, '' '' ORDER BY ctid) FROM %I x', rel) INTO answer;
    answer := 'import: ' || answer;
    PERFORM gpu_encode.s3_create_table('created', uri, '{"*": "text"}', options, nulls);
    EXECUTE 'SELECT $1 || '' created: '' || string_agg(x::text, '' '' ORDER BY ctid) FROM created x' INTO answer USING answer;
    DROP TABLE created;
    PERFORM gpu_encode.preprocess_s3(uri, testlib.uri('written.csv'), label_columns => '{}', import_options => options, null_values => nulls,
        export_options => '(format csv, null ''NULL'')', overwrite => true);
    RETURN answer || ' written: ' || replace(rtrim(testlib.get('written.csv'), E'\n'), E'\n', ' ');
END
$$;
