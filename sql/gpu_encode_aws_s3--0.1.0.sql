-- gpu_encode_aws_s3 0.1.0: scripts that were written for RDS's aws_s3 run. Signatures and answers are RDS's.
\echo Use "CREATE EXTENSION gpu_encode_aws_s3" to load this file. \quit

DO $check$
BEGIN
    IF pg_catalog.to_regnamespace('aws_s3') IS NOT NULL OR pg_catalog.to_regnamespace('aws_commons') IS NOT NULL THEN
        RAISE EXCEPTION 'schema aws_s3 or aws_commons exists already'
            USING ERRCODE = 'duplicate_schema', HINT = 'The real aws_s3, or something else, is installed here.';
    END IF;
END
$check$;
CREATE SCHEMA aws_commons;
CREATE SCHEMA aws_s3;
GRANT USAGE ON SCHEMA aws_commons, aws_s3 TO PUBLIC;

CREATE TYPE aws_commons._s3_uri_1 AS (bucket text, file_path text, region text);
CREATE TYPE aws_commons._aws_credentials_1 AS (access_key text, secret_key text, session_token text);

CREATE FUNCTION aws_commons.create_s3_uri(bucket text, file_path text, region text) RETURNS aws_commons._s3_uri_1
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ROW(bucket, file_path, region)::aws_commons._s3_uri_1;

CREATE FUNCTION aws_commons.create_aws_credentials(access_key text, secret_key text, session_token text)
RETURNS aws_commons._aws_credentials_1
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ROW(access_key, secret_key, session_token)::aws_commons._aws_credentials_1;

-- gpu_encode.s3_import and s3_export with what a call brings itself, for those who may call these. Anybody may call _import, which
-- checks the right itself: an error before it begins would log the statement, which has a secret.
CREATE FUNCTION aws_commons._import(
    table_name    text,
    uri           text,
    column_list   text,
    options       text,
    region        text,
    access_key    text,
    secret_key    text,
    session_token text,
    OUT rows_imported bigint, OUT files_imported bigint, OUT bytes_read bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'ge_s3_aws_import';

CREATE FUNCTION aws_commons._export(
    query   text,
    uri     text,
    options text,
    region  text,
    kms_key text,
    OUT rows_uploaded bigint, OUT files_uploaded bigint, OUT bytes_uploaded bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'ge_s3_aws_export';

REVOKE EXECUTE ON FUNCTION aws_commons._export(text, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION aws_commons._export(text, text, text, text, text) TO gpu_encode_s3_write;

CREATE FUNCTION aws_s3.table_import_from_s3(
    table_name    text,
    column_list   text,
    options       text,
    bucket        text,
    file_path     text,
    region        text,
    access_key    text DEFAULT NULL,
    secret_key    text DEFAULT NULL,
    session_token text DEFAULT NULL)
RETURNS text LANGUAGE sql VOLATILE PARALLEL UNSAFE
RETURN (SELECT pg_catalog.format('%s rows imported into relation "%s" from file %s of %s bytes',
                                 done.rows_imported, table_name, file_path, done.bytes_read)
        FROM aws_commons._import(
            table_name, 's3://' OPERATOR(pg_catalog.||) bucket OPERATOR(pg_catalog.||) '/' OPERATOR(pg_catalog.||) file_path,
            column_list, coalesce(options, ''), region, access_key, secret_key, session_token) AS done);

CREATE FUNCTION aws_s3.table_import_from_s3(
    table_name  text,
    column_list text,
    options     text,
    s3_info     aws_commons._s3_uri_1,
    credentials aws_commons._aws_credentials_1 DEFAULT NULL)
RETURNS text LANGUAGE sql VOLATILE PARALLEL UNSAFE
RETURN aws_s3.table_import_from_s3(table_name, column_list, options, (s3_info).bucket, (s3_info).file_path, (s3_info).region,
                                   (credentials).access_key, (credentials).secret_key, (credentials).session_token);

CREATE FUNCTION aws_s3.query_export_to_s3(
    query     text,
    bucket    text,
    file_path text,
    region    text DEFAULT NULL,
    options   text DEFAULT NULL,
    kms_key   text DEFAULT NULL,
    OUT rows_uploaded bigint, OUT files_uploaded bigint, OUT bytes_uploaded bigint)
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    SELECT e.rows_uploaded, e.files_uploaded, e.bytes_uploaded
    FROM aws_commons._export(
        query, 's3://' OPERATOR(pg_catalog.||) bucket OPERATOR(pg_catalog.||) '/' OPERATOR(pg_catalog.||) file_path,
        coalesce(options, ''), region, kms_key) AS e;
END;

CREATE FUNCTION aws_s3.query_export_to_s3(
    query   text,
    s3_info aws_commons._s3_uri_1,
    options text DEFAULT NULL,
    kms_key text DEFAULT NULL,
    OUT rows_uploaded bigint, OUT files_uploaded bigint, OUT bytes_uploaded bigint)
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    SELECT e.rows_uploaded, e.files_uploaded, e.bytes_uploaded
    FROM aws_s3.query_export_to_s3(query, (s3_info).bucket, (s3_info).file_path, (s3_info).region, options, kms_key) AS e;
END;

COMMENT ON SCHEMA aws_s3 IS 'RDS''s names for gpu_encode.s3_import and s3_export.';
COMMENT ON SCHEMA aws_commons IS 'RDS''s types of places and credentials in S3.';
COMMENT ON FUNCTION aws_commons.create_s3_uri(text, text, text) IS 'A place in S3.
bucket: the bucket.
file_path: the key.
region: the bucket''s region; NULL: that of the foreign server.';
COMMENT ON FUNCTION aws_commons.create_aws_credentials(text, text, text) IS 'Credentials for one call.
access_key: access key id.
secret_key: the secret.
session_token: token of temporary credentials; NULL or '''': none.';
COMMENT ON FUNCTION aws_commons._import(text, text, text, text, text, text, text, text) IS 'gpu_encode.s3_import with region and credentials of the call. Needs membership in gpu_encode_s3_read.
table_name: the table, as in SQL.
uri: as in gpu_encode.s3_import.
column_list: names with commas, in the order of the file; NULL or '''': all columns.
options: options of COPY FROM.
region: a region; NULL or '''': the foreign server''s.
access_key: access key id; NULL or '''': the user mapping''s credentials.
secret_key: the secret.
session_token: token of temporary credentials; NULL or '''': none.';
COMMENT ON FUNCTION aws_commons._export(text, text, text, text, text) IS 'gpu_encode.s3_export with the region of the call; existing objects are replaced.
query: one statement that returns rows.
uri: as in gpu_encode.s3_export.
options: options of COPY TO.
region: a region; NULL or '''': the foreign server''s.
kms_key: id of the key that encrypts the objects; NULL or '''': as the bucket is configured.';
COMMENT ON FUNCTION aws_s3.table_import_from_s3(text, text, text, text, text, text, text, text, text) IS 'gpu_encode.s3_import as RDS has it.
table_name: the table, as in SQL.
column_list: names with commas; '''': all columns.
options: options of COPY FROM, with or without parentheses.
bucket: the bucket.
file_path: the key; * stands for any characters but /.
region: the bucket''s region; NULL: that of the foreign server.
access_key: access key id; NULL: the user mapping''s credentials.
secret_key: the secret.
session_token: token of temporary credentials; NULL: none.';
COMMENT ON FUNCTION aws_s3.table_import_from_s3(text, text, text, aws_commons._s3_uri_1, aws_commons._aws_credentials_1) IS 'gpu_encode.s3_import as RDS has it, with the place as one argument.
table_name: the table, as in SQL.
column_list: names with commas; '''': all columns.
options: options of COPY FROM, with or without parentheses.
s3_info: a place in S3.
credentials: NULL: the user mapping''s.';
COMMENT ON FUNCTION aws_s3.query_export_to_s3(text, text, text, text, text, text) IS 'gpu_encode.s3_export as RDS has it: existing objects are replaced.
query: one statement that returns rows.
bucket: the bucket.
file_path: the key of the first file.
region: the bucket''s region; NULL: that of the foreign server.
options: options of COPY TO, with or without parentheses; NULL: text format.
kms_key: id of the key that encrypts the objects; NULL: as the bucket is configured.';
COMMENT ON FUNCTION aws_s3.query_export_to_s3(text, aws_commons._s3_uri_1, text, text) IS 'gpu_encode.s3_export as RDS has it, with the place as one argument: existing objects are replaced.
query: one statement that returns rows.
s3_info: a place in S3.
options: options of COPY TO, with or without parentheses; NULL: text format.
kms_key: id of the key that encrypts the objects; NULL: as the bucket is configured.';
