-- job: three label codes and two target encodings, one call; codes replace the texts, or stand beside them with a :suffix.
SELECT * FROM gpu_encode.preprocess(
    train => 't', train_output => 'output', target => 'y', target_columns => ARRAY['b', 'c'],
    label_columns => ARRAY['a', 'b', 'c'], label_suffix => :'suffix', n_folds => 5, smooth => 0.001, prior => 'global', logged => :logged);
