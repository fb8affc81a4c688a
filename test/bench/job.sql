-- job: three label codes and two target encodings, one call.
DROP TABLE IF EXISTS job_output;
SELECT * FROM gpu_encode.preprocess(
    train => 't', train_output => 'job_output', target => 'y', target_columns => ARRAY['b', 'c'],
    label_columns => ARRAY['a', 'b', 'c'], label_suffix => '_code', n_folds => 5, smooth => 0.001, logged => false);
