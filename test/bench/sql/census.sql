-- census: the census job from :directory/train.csv and validation.csv to :directory/here, and the seconds of its steps.
SELECT format('%s/train.csv', :'directory') AS train, format('%s/validation.csv', :'directory') AS validation,
       format('%s/here/train.csv', :'directory') AS train_output,
       format('%s/here/validation.csv', :'directory') AS validation_output \gset
DROP TABLE IF EXISTS train, validation, train_encoded, validation_encoded;
CHECKPOINT;

SELECT extract(epoch FROM clock_timestamp()) AS started \gset
-- in one transaction COPY puts rows in the order of the file
BEGIN;
CREATE UNLOGGED TABLE train (:columns);
CREATE UNLOGGED TABLE validation (:columns);
COPY train FROM :'train' WITH (FORMAT csv, HEADER match);
COPY validation FROM :'validation' WITH (FORMAT csv, HEADER match);
COMMIT;

SELECT extract(epoch FROM clock_timestamp()) AS copied \gset
\o /dev/null
SELECT * FROM gpu_encode.preprocess(
    train => 'train', train_output => 'train_encoded', validation => 'validation', validation_output => 'validation_encoded',
    target => 'income', target_columns => ARRAY['class of worker', 'education', 'major industry code'],
    smooth => :smooth, prior => 'global', null_value => 'None', logged => false);
\o

SELECT extract(epoch FROM clock_timestamp()) AS encoded \gset
COPY train_encoded TO :'train_output' WITH (FORMAT csv, HEADER);
COPY validation_encoded TO :'validation_output' WITH (FORMAT csv, HEADER);
SELECT extract(epoch FROM clock_timestamp()) AS ended \gset

SELECT name, round(seconds::numeric, 4)
FROM (VALUES ('copy in', :copied - :started), ('preprocess', :encoded - :copied), ('copy out', :ended - :encoded),
             ('total', :ended - :started)) AS steps (name, seconds);
