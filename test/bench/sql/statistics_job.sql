-- statistics_job: a job of target encodings alone, with :options.
SELECT * FROM gpu_encode.preprocess(train => 't', train_output => 'output', label_columns => '{}', logged => false, :options);
