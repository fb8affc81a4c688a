-- The census job and what came out of it; demo-job has loaded train and validation.
\pset footer off
\set QUIET on
\timing off
\echo
\echo 'Before, in table train:'
SELECT "class of worker", education, "major industry code", income
FROM train LIMIT 5;

\echo 'The job, one call:'
\echo '  SELECT * FROM gpu_encode.preprocess('
\echo '      train => ''train'', train_output => ''train_encoded'','
\echo '      validation => ''validation'', validation_output => ''validation_encoded'','
\echo '      target => ''income'', target_columns => ARRAY[''class of worker'', ''education'', ''major industry code''],'
\echo '      smooth => 0.001, prior => ''global'', null_value => ''None'');'
\echo
SELECT output_table, part, rows, columns, missing_labels, unseen_targets,
       round(seconds::numeric, 3) AS seconds, backend, device
FROM gpu_encode.preprocess(
    train => 'train', train_output => 'train_encoded',
    validation => 'validation', validation_output => 'validation_encoded',
    target => 'income', target_columns => ARRAY['class of worker', 'education', 'major industry code'],
    smooth => 0.001, prior => 'global', null_value => 'None');

\echo 'Its stages:'
SELECT stage, rows, pg_size_pretty(bytes) AS size, round(seconds::numeric, 3) AS seconds, backend, detail
FROM gpu_encode.last_run();

\echo 'After, in table train_encoded (out of fold):'
SELECT "class of worker", education, "major industry code", income,
       round("class of worker_TE"::numeric, 6) AS "class of worker_TE",
       round("education_TE"::numeric, 6) AS "education_TE",
       round("major industry code_TE"::numeric, 6) AS "major industry code_TE"
FROM train_encoded LIMIT 5;

\echo 'After, in table validation_encoded (statistics of all of train):'
SELECT "class of worker", education, "major industry code", income,
       round("class of worker_TE"::numeric, 6) AS "class of worker_TE",
       round("education_TE"::numeric, 6) AS "education_TE",
       round("major industry code_TE"::numeric, 6) AS "major industry code_TE"
FROM validation_encoded LIMIT 5;
