-- preprocess_s3 has no limits of tables for what it only passes through, and never replaces what it reads.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
SELECT testlib.refuses('SELECT gpu_encode.s3_create_table(NULL, NULL)', '0A000', 'no S3 support') = 'ok' AS without_s3 \gset
\if :without_s3
\quit
\endif
CREATE SCHEMA test_csv_wide;
SET search_path = test_csv_wide;

-- headers that no column of a table may have, as passed columns, labels, target, fold, encodings
SELECT repeat('long name ', 10) AS long \gset
SELECT testlib.put('names.csv', format(E'xmin,ctid,tableoid,oid,%s,%s2,"",c1,n\na,1,0,x,k,7,,t,1.50\nb,0,1,y,l,8,,t,2\na,1,1,x,k,9,,u,\n', :'long', :'long')) AS names \gset
-- one file as both is warned of, by its name
SET client_min_messages = error;
SELECT part, rows, columns, label_coded FROM gpu_encode.preprocess_s3(:'names', testlib.uri('names_out.csv'), 'ctid', ARRAY['xmin', :'long'], fold_column => 'tableoid',
    target_combinations => format('[["xmin", "%s"]]', :'long')::jsonb, validation => :'names', validation_output => testlib.uri('names_out_2.csv'),
    exclude_columns => ARRAY['oid', :'long', 'n'], prior => 'global');
RESET client_min_messages;
SELECT testlib.get('names_out.csv');
SELECT split_part(testlib.get('names_out_2.csv'), E'\n', 2);
SELECT part, label_coded FROM gpu_encode.preprocess_s3(:'names', testlib.uri('names_3.csv'), label_columns => ARRAY[:'long', 'oid'], label_suffix => ' code', encoder => 'e');
SELECT split_part(testlib.get('names_3.csv'), E'\n', n) FROM generate_series(1, 2) n;
SELECT column_name, value, code FROM e WHERE kind = 'category' ORDER BY 1, 2;
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, testlib.uri('e.csv'), exclude_columns => '{nobody}')$$, :'names'), '42703', '"nobody"', 'names.csv');
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, testlib.uri('e.csv'), label_columns => '{oid}', exclude_columns => '{oid}')$$, :'names'), '22023', '"oid"');
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, testlib.uri('e.csv'), label_columns => '{c2}')$$, :'names'), '42703', '"c2"', 'names.csv', 'meant the column "c1"');

-- messages show 64 characters of such a name: here W; values of column w by row, then of x
CREATE FUNCTION complaint(w text, x text, options text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
    hint text;
    file text;
BEGIN
    file := testlib.put('w.csv', E'w,x\n' || (SELECT string_agg(a || ',' || b, E'\n') FROM unnest(string_to_array(w, ' '), string_to_array(x, ' ')) r (a, b)) || E'\n');
    file := testlib.put('w.csv', repeat('w', 200) || substr(pg_read_file(replace(file, 'file://', '')), 2));
    EXECUTE format('SELECT gpu_encode.preprocess_s3(%L, testlib.uri(''w_out.csv''), overwrite => true, %s)', file, replace(options, '$w', quote_literal(repeat('w', 200))));
    RETURN 'none';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN left(replace(replace(concat_ws(' / ', SQLERRM, nullif(detail, ''), nullif(hint, '')), repeat('w', 64) || '... (136 more characters)', 'W'), file, 'FILE'), 250);
END $$;
SELECT complaint(w, x, options) FROM (VALUES
    ('u u', '1 2', 'target => $w, target_columns => ''{x}'''),
    ('u v s', '1 2 3', 'target => $w, target_columns => ''{x}'''),
    ('0 1 2', '1 2 3', 'target => $w, target_columns => ''{x}'', stats => ''{woe}'''),
    ('0.5 NaN', '1 2', 'target => $w, target_columns => ''{x}'', column_types => jsonb_build_object($w, ''float8'')'),
    ('2026-01-01 2026-01-02', '1 2', 'target => $w, target_columns => ''{x}'''),
    ('0.5 1', '1 2', 'target => $w, target_columns => ''{x}'', target_type => ''multiclass'''),
    ('u v', '1 2', 'target => $w, target_columns => ''{x}'', pos_label => ''s'''),
    ('1 2', '1 2', 'target => $w, target_columns => ''{x}'', weight_column => $w'),
    ('1 -2', '1 2', 'target => ''x'', target_columns => ''{x}'', weight_column => $w'),
    ('1 -2', '1 2', 'target => ''x'', target_columns => ARRAY[$w], weight_column => $w'),
    ('u v', '1 2', 'target => ''x'', target_columns => ARRAY[$w], weight_column => $w'),
    ('u v', '1 2', 'target => ''x'', target_columns => ARRAY[$w], fold_column => $w'),
    ('1 1', '1 2', 'target => ''x'', target_columns => ARRAY[$w], fold_column => $w'),
    ('1 99999999999', '1 2', 'target => ''x'', target_columns => ARRAY[$w], fold_column => $w'),
    ('1 2', '1 2', 'target => $w, target_columns => ARRAY[$w]'),
    ('1 2', '1 2', 'label_columns => ARRAY[$w], exclude_columns => ARRAY[$w]'),
    ('1 2', '1 2', 'target => ''x'', target_columns => ARRAY[$w], column_options => jsonb_build_object($w, jsonb_build_object(''unknown_value'', 1))'),
    ('u v', '1 2', 'target => ''x'', target_columns => ARRAY[$w], order_by => ARRAY[$w], label_delay => ''1'''),
    ('1 1', '1 2', 'target => ''x'', target_columns => ARRAY[$w], order_by => ARRAY[$w]'),
    ('"" ""', '1 2', 'target => ''x'', target_columns => ARRAY[$w], handle_missing => ''error'', column_types => jsonb_build_object($w, ''float8'')')
) c (w, x, options);

-- 700 and 3,000 columns of floats, 700 of texts, and a record that has to be stored out of line
CREATE FUNCTION wide(n int, value text) RETURNS text LANGUAGE sql AS
$$ SELECT (SELECT string_agg('f' || i, ',') FROM generate_series(1, n) i) || E',c,y\n' ||
          (SELECT string_agg((SELECT string_agg(replace(value, '?', (i * row)::text), ',') FROM generate_series(1, n) i) || ',' || chr(96 + row) || ',' || row % 2, E'\n')
           FROM generate_series(1, 4) row) || E'\n' $$;
SELECT part, rows, columns, label_coded FROM gpu_encode.preprocess_s3(testlib.put('wide.csv', wide(700, '0.123456789?')), testlib.uri('wide_out.csv'), 'y', '{c}', prior => 'global');
SELECT part, rows, columns, label_coded FROM gpu_encode.preprocess_s3(testlib.put('wider.csv', wide(3000, '0.123456789?')), testlib.uri('wider_out.csv'), 'y', '{c}', prior => 'global');
SELECT regexp_replace(split_part(testlib.get('wide_out.csv'), E'\n', n), ',.*,(.*,.*,.*,.*)', '...\1') FROM generate_series(1, 3) n;
SELECT count(*) FROM regexp_matches(testlib.get('wider.csv'), '[0-9.]+', 'g');
SELECT regexp_replace(testlib.get('wider_out.csv'), ',[a-d0-3],([01]),[0-9.]+\n', '\1', 'g') = regexp_replace(regexp_replace(testlib.get('wider.csv'), 'y\n', E'y,c_TE\n'), ',[a-d0-3],([01])\n', '\1', 'g') AS same;
SELECT part, columns FROM gpu_encode.preprocess_s3(testlib.put('texts.csv', wide(700, 'a?')), testlib.uri('texts_out.csv'), 'y', '{c}', exclude_columns => '{f7}', prior => 'global');
SELECT part, columns FROM gpu_encode.preprocess_s3(testlib.put('big.csv', E'c,t\na,"' || repeat('x"",' || E'\n', 100000) || E'"\n' || E'b,\n'), testlib.uri('big_out.csv'), label_columns => '{c}', prior => 'global');
SELECT replace(testlib.get('big_out.csv'), E'\n0,', E'\na,') = replace(testlib.get('big.csv'), E'\nb,', E'\n1,') AS same;
-- tables have them: the name, the number
SELECT testlib.refuses(format($$SELECT gpu_encode.s3_create_table('e', %L)$$, :'names'), '42622', '"' || left(:'long', 64) || '... (36 more characters)"', '100 bytes');
SELECT testlib.refuses($$SELECT gpu_encode.s3_create_table('e', testlib.uri('wider.csv'))$$, '54011', '3002', '1600');
-- 2,000 labels of long texts, which are encoded too: each is there once, so that its encoding is the mean of the targets
CREATE FUNCTION fields(name text) RETURNS TABLE (at bigint, i bigint, value text) LANGUAGE sql AS
$$ SELECT n - 1, u.i, u.value FROM regexp_split_to_table(testlib.get(name), E'\n') WITH ORDINALITY l (line, n), unnest(string_to_array(line, ',')) WITH ORDINALITY u (value, i)
   WHERE n BETWEEN 2 AND 5 $$;
SELECT part, rows, columns, cardinality(label_coded) FROM gpu_encode.preprocess_s3(testlib.put('labels.csv', wide(2000, 'a label of twenty bytes ?')), testlib.uri('labels_out.csv'), 'y',
    (SELECT array_agg('f' || i) FROM generate_series(1, 2000) i), prior => 'global');
WITH given AS (SELECT at, i, dense_rank() OVER (PARTITION BY i ORDER BY value COLLATE "C") - 1 AS code FROM fields('labels.csv') WHERE i <= 2001)
SELECT count(*), bool_and(found.value = code::text) FROM given JOIN fields('labels_out.csv') found USING (at, i);
SELECT count(*), array_agg(DISTINCT value) FROM fields('labels_out.csv') WHERE i > 2002;
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, testlib.uri('e.csv'))$$, testlib.put('all_labels.csv', wide(32767, 'a?'))), '54011', '32766', 'exclude_columns');
-- numbers as labels, beside values of every width
SELECT part, rows, columns FROM gpu_encode.preprocess_s3(testlib.put('numbers.csv', wide(1700, '12345678?')), testlib.uri('numbers_out.csv'), 'y', '{c}',
    label_columns => (SELECT array_agg('f' || i) FROM generate_series(1, 1700) i), fold_column => 'y');
WITH given AS (SELECT at, i, dense_rank() OVER (PARTITION BY i ORDER BY value::bigint) - 1 AS code FROM fields('numbers.csv') WHERE i <= 1700)
SELECT count(*), bool_and(found.value = code::text) FROM given JOIN fields('numbers_out.csv') found USING (at, i);
-- an encoder with more columns, and with more target encodings, than a table can have
SELECT part, rows, columns FROM gpu_encode.preprocess_s3(testlib.put('many.csv', wide(1700, 'a?')), testlib.uri('many_out.csv'), 'y', (SELECT array_agg('f' || i) FROM generate_series(1, 1700) i), encoder => 'many', stats => '{mean,count}');
SELECT part, rows, columns FROM gpu_encode.preprocess_s3(testlib.put('more.csv', wide(1700, 'b?')), testlib.uri('more_out.csv'), 'y', exclude_columns => '{c}', codes_from => 'many', encoder => 'more');
SELECT code = gpu_encode.label('many', 'f1700', value) AS is_looked_up, encodings[2] = gpu_encode.target_encoding('many', 'f1700', value) AS is_encoded FROM many WHERE column_name = 'f1700' AND kind = 'category';
SELECT count(*) FROM gpu_encode.compare_encoders('many', 'more');
DROP TABLE many, more;
-- rows in the order of order_by, which a file with its rows in that order has by itself
CREATE FUNCTION ordered(key text) RETURNS text LANGUAGE sql AS
$$ SELECT E'k,at,c,y\n' || string_agg(format('%s,%s,%s,%s', nullif(i, 77), i % 3, 'c' || i % 7, i % 2), E'\n' ORDER BY CASE key WHEN 'k' THEN i::text ELSE md5(i::text) END COLLATE "C") || E'\n'
   FROM generate_series(1, 1000) i WHERE i <> 77 OR key <> 'k' $$;
SELECT part, rows FROM gpu_encode.preprocess_s3(testlib.put('shuffled.csv', ordered('md5')), testlib.uri('shuffled_out.csv'), 'y', '{c}', order_by => '{k}', column_types => '{"k": "text"}', exclude_columns => '{at}');
SELECT part, rows FROM gpu_encode.preprocess_s3(testlib.put('sorted.csv', ordered('k') || ',2,c0,1'), testlib.uri('sorted_out.csv'), 'y', '{c}', exclude_columns => '{at,k}', column_types => '{"k": "text"}');
SELECT testlib.get('shuffled_out.csv') = testlib.get('sorted_out.csv') AS same;
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, testlib.uri('e.csv'), 'y', '{c}', order_by => '{at,c}')$$, testlib.uri('shuffled.csv')), '22023', 'order_by', '(at, c) = (0, c0)');

-- nobody else reaches the rows of a job: an input function that looks for them, and the server's temporary schema afterwards
CREATE FUNCTION looks(text) RETURNS boolean LANGUAGE plpgsql AS
$$ BEGIN RETURN NOT EXISTS (SELECT FROM pg_class WHERE relpersistence = 't'); END $$;
CREATE DOMAIN alone AS text CHECK (looks(VALUE));
SELECT part, rows, label_coded FROM gpu_encode.preprocess_s3(testlib.put('alone.csv', E'c,y\na,1\nb,0\n'), testlib.uri('alone_out.csv'), 'y', '{c}', column_types => '{"c": "test_csv_wide.alone"}');

-- an output is no input and not the other output, however paths are written
SELECT testlib.shell('mkdir gpu_encode_test_dir && ln -s gpu_encode_test_dir gpu_encode_test_link && ln -s gpu_encode_test_in.csv gpu_encode_test_alias.csv');
SELECT testlib.put('in.csv', E'c,y\na,1\nb,0\n') AS input, testlib.put('new.csv', E'c\nb\n') AS new, testlib.put('dir/in.csv', E'c,y\na,1\nb,0\n') AS deep,
       current_setting('data_directory') AS directory \gset
SELECT n, testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, %L, overwrite => true)$$, :'input', output), '22023', 'train_output would be an input')
FROM (VALUES (1, 'file://' || :'directory' || '//gpu_encode_test_in.csv'), (2, 'file:///' || :'directory' || '/./gpu_encode_test_in.csv'),
             (3, 'file://' || :'directory' || '/gpu_encode_test_dir/../gpu_encode_test_in.csv'), (4, testlib.uri('link/../gpu_encode_test_in.csv')),
             (5, testlib.uri('alias.csv')), (6, 'FILE://' || :'directory' || '/gpu_encode_test_in.csv')) t (n, output);
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(testlib.uri('alias.csv'), %L, overwrite => true)$$, :'input'), '22023', 'train_output would be an input');
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, testlib.uri('link/in.csv'), overwrite => true)$$, :'deep'), '22023', 'train_output would be an input');
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, testlib.uri('link/'), overwrite => true)$$, :'deep'), '22023', 'train_output would be an input');
SELECT testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, testlib.uri('out.csv'), validation => %L, validation_output => testlib.uri('dir/../gpu_encode_test_in.csv'), overwrite => true)$$, :'input', :'new'),
    '22023', 'validation_output would be an input');
SELECT n, testlib.refuses(format($$SELECT gpu_encode.preprocess_s3(%L, %L, validation => %L, validation_output => %L, overwrite => true)$$, :'input', testlib.uri('dir/both.csv'), :'new', other), '22023', 'both outputs')
FROM (VALUES (1, testlib.uri('dir//both.csv')), (2, testlib.uri('link/both.csv')), (3, testlib.uri('dir/../gpu_encode_test_dir/./both.csv'))) t (n, other);
SELECT testlib.get('in.csv') = E'c,y\na,1\nb,0\n' AND testlib.get('dir/in.csv') = testlib.get('in.csv') AS kept;
SELECT part, rows FROM gpu_encode.preprocess_s3(:'input', testlib.uri('dir/out.csv'), validation => :'new', validation_output => testlib.uri('out.csv'));

SELECT testlib.shell('rm -rf gpu_encode_test_dir gpu_encode_test_link');
SELECT testlib.remove_files();
SET client_min_messages = warning;
DROP SCHEMA test_csv_wide CASCADE;
