-- What tests of upgrades make with the old version; testlib is there. upgrade_answers.sql asks for it.
SET client_min_messages = error;
CREATE EXTENSION gpu_encode_aws_s3;
CREATE ROLE upgrade_reader;
GRANT gpu_encode_s3_read TO upgrade_reader;
GRANT EXECUTE ON FUNCTION gpu_encode.s3_list(text, text) TO upgrade_reader;
CREATE TABLE train AS SELECT i, 'v' || i % 97 AS x, i % 7 AS z, i % 4 / 3.0::float8 AS y FROM generate_series(1, 3000) i;
CREATE TABLE new_rows AS SELECT i, 'v' || i % 101 AS x, i % 7 AS z FROM generate_series(1, 500) i;
SELECT count(*) FROM gpu_encode.fit_transform('e', 'train', 'o', 'y', '{x,z}', '{x}', target_combinations => '[["x","z"]]', smooth => 0.001);
CREATE VIEW looked_up AS SELECT i, gpu_encode.label('e', 'x', x) AS code, gpu_encode.target_encoding('e', 'x', x) AS encoding FROM train;
CREATE VIEW read_again AS SELECT code FROM gpu_encode.label_encode('train', 'x');
DO $$
BEGIN
    CREATE SERVER lake FOREIGN DATA WRAPPER gpu_encode_s3 OPTIONS (endpoint 'https://127.0.0.1:9', scope 's3://bucket');
    PERFORM gpu_encode.s3_set_credentials('lake', 'keyid', 'secret');
EXCEPTION WHEN feature_not_supported THEN NULL; -- a build without S3
END
$$;
