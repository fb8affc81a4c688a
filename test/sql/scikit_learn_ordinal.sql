-- scikit_learn_ordinal: the tests that scikit-learn has of its OrdinalEncoder, each under its name. "Difference" marks those of docs/moving.md.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_scikit_learn_ordinal;
SET search_path = test_scikit_learn_ordinal;
SET client_min_messages = error;
SET jit = off;
-- rows of JSON values into a table with columns x0, x1, ...
CREATE FUNCTION fill(name text, types text[], rows jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DROP TABLE IF EXISTS %I', name);
    EXECUTE format('CREATE TABLE %I (%s)', name, (SELECT string_agg(format('x%s %s', i - 1, type), ', ') FROM unnest(types) WITH ORDINALITY t (type, i)));
    EXECUTE format('INSERT INTO %I SELECT %s FROM jsonb_array_elements(%L) WITH ORDINALITY r (r, i) ORDER BY i', name, (SELECT string_agg(format('(r ->> %s)::%s', i - 1, type), ', ' ORDER BY i) FROM unnest(types) WITH ORDINALITY t (type, i)), rows);
END
$$;
-- fit to rows, transform others: their codes
CREATE FUNCTION codes(types text[], rows jsonb, news jsonb, fit_options text DEFAULT '', transform_options text DEFAULT '') RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    codes jsonb;
BEGIN
    PERFORM fill('train', types, rows), fill('news', types, news);
    DROP TABLE IF EXISTS encoder, encoded;
    EXECUTE format('SELECT FROM gpu_encode.fit(''encoder'', ''train'', label_columns => %L %s)', (SELECT array_agg('x' || i - 1) FROM generate_subscripts(types, 1) i), fit_options);
    EXECUTE format('SELECT FROM gpu_encode.transform(''encoder'', ''news'', ''encoded'' %s)', transform_options);
    SELECT jsonb_agg((SELECT jsonb_agg(value) FROM jsonb_each(to_jsonb(e))) ORDER BY ctid) INTO codes FROM encoded e;
    RETURN codes;
END
$$;
-- n times a value in one column
CREATE FUNCTION repeated(counts jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_agg(jsonb_build_array(CASE WHEN key <> 'nan' THEN key END)) FROM jsonb_each_text(counts), generate_series(1, value::int) $$;
CREATE FUNCTION inverse(codes jsonb) RETURNS text[] LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT array_agg(CASE WHEN (c ->> 0)::int >= 0 THEN gpu_encode.inverse_label('encoder', 'x0', (c ->> 0)::int) END ORDER BY i) FROM jsonb_array_elements(codes) WITH ORDINALITY c (c, i)); END $$;

-- test_encoder_nan_ending_specified_categories: a NULL has no place in a list
SELECT testlib.refuses($$SELECT codes('{float8}', '[[0],[1]]', '[[0]]', $o$, column_options => '{"x0": {"categories": [0, null, 1]}}'$o$)$$, '22023', 'has a null');
-- test_ordinal_encoder
SELECT codes(types::text[], rows, rows) FROM (VALUES ('{text,int,int}', '[["abc", 2, 55], ["def", 1, 55]]'::jsonb), ('{int,int,int}', '[[10, 2, 55], [20, 1, 55]]'), ('{text,text,text}', '[["a", "B", "cat"], ["b", "A", "cat"]]')) v (types, rows);
-- test_ordinal_encoder_specified_categories
SELECT codes('{text}', '[["a"], ["b"]]', '[["a"], ["b"]]', $$, column_options => '{"x0": {"categories": ["a", "b", "c"]}}'$$), codes('{bigint}', '[[1], [2]]', '[[1], [2]]', $$, column_options => '{"x0": {"categories": [1, 2, 3]}}'$$);
SELECT array_agg(value ORDER BY code) AS categories_ FROM encoder WHERE kind = 'category';
SELECT testlib.refuses($$SELECT codes('{text}', '[["a"], ["d"]]', '[]', $o$, column_options => '{"x0": {"categories": ["a", "b", "c"]}}'$o$)$$, '22023', 'values without a label code', '"d"');
SELECT testlib.refuses($$SELECT codes('{bigint}', '[[1], [4]]', '[]', $o$, column_options => '{"x0": {"categories": [1, 2, 3]}}'$o$)$$, '22023', 'values without a label code', '"4"');
-- test_ordinal_encoder_inverse
SELECT inverse(codes('{text}', '[["abc"], ["def"]]', '[["abc"], ["def"]]'));
-- test_ordinal_encoder_handle_unknowns_string
SELECT c, inverse(c) FROM codes('{text,text}', '[["a", "x"], ["b", "y"], ["c", "z"]]', '[["c", "xy"], ["bla", "y"], ["a", "x"]]', '', $$, handle_unknown => 'value', unknown_value => -2$$) c;
-- an unknown_value is no code: an error here, None there. Difference.
SELECT testlib.refuses($$SELECT gpu_encode.inverse_label('encoder', 'x0', -2)$$, '22023', 'has no code -2');
-- test_ordinal_encoder_handle_unknowns_numeric
SELECT type, codes(ARRAY[type, type], '[[1, 7], [2, 8], [3, 9]]', '[[3, 12], [23, 8], [1, 7]]', '', $$, handle_unknown => 'value', unknown_value => -999$$) FROM unnest('{float8,int}'::text[]) type;
-- test_ordinal_encoder_handle_unknowns_nan: NULL
SELECT codes('{int}', '[[1], [2], [3]]', '[[1], [2], [4]]', '', $$, handle_unknown => 'null'$$);
-- test_ordinal_encoder_handle_unknowns_nan_non_float_dtype: an integer column holds NULL, so that this is no error. Difference.
SELECT testlib.refuses($$SELECT codes('{int}', '[[1], [2], [3]]', '[[1]]', '', $o$, handle_unknown => 'value', unknown_value => NULL$o$)$$, '22004', 'unknown_value');
-- test_ordinal_encoder_raise_categories_shape: lists belong to columns by name
SELECT testlib.refuses($$SELECT codes('{text}', '[["Low"], ["Medium"], ["High"]]', '[]', $o$, column_options => '["Low", "Medium", "High"]'$o$)$$, '22023', 'It is no object');
SELECT codes('{text}', '[["Low"], ["Medium"], ["High"], ["Medium"], ["Low"]]', '[["High"], ["Low"]]', $$, column_options => '{"x0": {"categories": ["Low", "Medium", "High"]}}'$$);
-- test_encoders_string_categories
SELECT type, codes(ARRAY[type], '[["b"], ["a"]]', '[["a"], ["a"], ["b"], ["a"]]', $$, column_options => '{"x0": {"categories": ["b", "a"]}}'$$) FROM unnest('{text,varchar(1),char(3),name}'::text[]) type;
-- test_ordinal_encoder_passthrough_missing_values_float_errors_dtype: codes are integers, and that of a NULL is NULL. Difference.
-- test_ordinal_encoder_passthrough_missing_values_float; encoded_missing_value=-2: Difference, a missing category is coded last
SELECT c, inverse(c) FROM codes('{float8}', '[[null], [3], [1], [3]]', '[[null], [3], [1], [3]]') c;
SELECT c, inverse(c) FROM codes('{float8}', '[[null], [3], [1], [3]]', '[[null], [3], [1], [3]]', $$, handle_missing => 'category'$$) c;
-- test_ordinal_encoder_missing_value_support_pandas_categorical: an enum
CREATE TYPE letter AS ENUM ('a', 'b', 'c');
SELECT c, inverse(c) FROM codes('{letter}', '[["c"], ["a"], [null], ["b"], ["a"]]', '[["c"], ["a"], [null], ["b"], ["a"]]') c;
-- test_ordinal_encoder_specified_categories_missing_passthrough
SELECT codes('{text}', '[["a"], [null]]', '[["a"], [null]]', $$, column_options => '{"x0": {"categories": ["a", "d"]}}'$$), codes('{float8}', '[[2], [null]]', '[[2], [null]]', $$, column_options => '{"x0": {"categories": [2.0, 4.0]}}'$$);
SELECT testlib.refuses($$SELECT codes('{text}', '[["a"], ["b"]]', '[]', $o$, column_options => '{"x0": {"categories": ["a", "d"]}}'$o$)$$, '22023', 'values without a label code', '"b"');
-- test_encoder_duplicate_specified_categories
SELECT testlib.refuses($$SELECT codes('{text}', '[["a"], ["b"]]', '[]', $o$, column_options => '{"x0": {"categories": ["a", "b", "a"]}}'$o$)$$, '22023', 'It has "a" twice');
-- test_ordinal_encoder_handle_missing_and_unknown; a NULL that no training row has is missing, not unknown: Difference (rows 2 and 4 give -1 there)
SELECT codes(ARRAY[type], rows, rows) AS x, codes(ARRAY[type], rows, news, '', $$, handle_unknown => 'value', unknown_value => -1$$) AS x_test
FROM (VALUES ('float8', '[[1], [null], [3]]'::jsonb, '[[4]]'::jsonb), ('float8', '[[1], [4], [3]]', '[[null]]'), ('text', '[["c"], [null], ["b"]]', '[["d"]]'), ('text', '[["c"], ["a"], ["b"]]', '[[null]]')) v (type, rows, news);
-- test_ordinal_encoder_sparse: no counterpart
-- test_ordinal_encoder_fit_with_unseen_category
SELECT codes('{int}', '[[0], [0], [1], [0], [2], [5]]', '[[0], [5]]', $$, column_options => '{"x0": {"categories": [-1, 0, 1], "handle_unknown": "value", "unknown_value": -999}}'$$);
SELECT testlib.refuses($$SELECT codes('{int}', '[[0], [0], [1], [0], [2], [5]]', '[]', $o$, column_options => '{"x0": {"categories": [-1, 0, 1]}}'$o$)$$, '22023', 'values without a label code', '2 values in 2 rows');
-- test_ordinal_encoder_handle_unknown_string_dtypes
SELECT codes('{text,text}', '[["AA", "B"]]', '[["A", "B"]]', '', $$, handle_unknown => 'value', unknown_value => -9$$);
-- test_ordinal_encoder_python_integer
SELECT codes('{numeric}', x, x) FROM (SELECT '[[44253463435747313673], [9867966753463435747313673], [44253462342215747313673], [442534634357764313673]]'::jsonb) v (x);
-- test_ordinal_encoder_features_names_out_pandas, test_ordinal_set_output: columns keep their names and order
CREATE TABLE named (b int, c int, a int);
INSERT INTO named VALUES (1, 2, 3);
SELECT columns FROM gpu_encode.preprocess('named', 'named_out', label_columns => '{a,b,c}');
SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'named_out'::regclass AND attnum > 0;
-- test_ordinal_encoder_unknown_missing_interaction: both are NULL here, or one of them has a code
SELECT c, inverse(c) FROM codes('{text}', '[["a"], ["b"], [null]]', '[["a"], ["b"], [null], ["c"]]', $$, handle_missing => 'category'$$, $$, handle_unknown => 'null'$$) c;
-- test_ordinal_encoder_encoded_missing_value_error: codes of missing values follow those of all others
-- test_ordinal_encoder_unknown_missing_interaction_both_nan
SELECT c, inverse(c) FROM (VALUES ('[["a"], ["1"]]'::jsonb), ('[[null], ["1"], ["a"]]')) v (rows), codes('{text}', rows, '[["1"], [null], ["b"]]', '', $$, handle_unknown => 'null'$$) c;
-- test_ordinal_encoder_missing_unknown_encoding_max
SELECT codes('{text}', '[["dog"], ["cat"], [null]]', '[["dog"], ["cat"], [null]]', $$, handle_missing => 'category'$$), codes('{text}', '[["dog"], ["cat"], [null]]', '[["snake"]]', '', $$, handle_unknown => 'value', unknown_value => 2$$);
-- test_ordinal_encoder_infrequent_three_levels
SELECT options, c, inverse(c) FROM unnest('{max_categories => 3,min_frequency => 6,min_frequency => 9,min_frequency => 0.24,min_frequency => 0.16,"max_categories => 3, min_frequency => 8","max_categories => 4, min_frequency => 6"}'::text[]) options,
    codes('{text}', repeated('{"a": 5, "b": 20, "c": 10, "d": 3}'), '[["a"], ["b"], ["c"], ["d"], ["z"]]', ', ' || options, $$, handle_unknown => 'value', unknown_value => -1$$) c;
-- test_ordinal_encoder_infrequent_three_levels_user_cats
SELECT c, inverse(c) FROM codes('{text}', repeated('{"a": 5, "b": 20, "c": 10, "d": 3}'), '[["a"], ["b"], ["c"], ["d"], ["z"]]', $$, max_categories => 3, column_options => '{"x0": {"categories": ["c", "d", "b", "a"], "handle_unknown": "value", "unknown_value": -1}}'$$) c;
-- test_ordinal_encoder_infrequent_mixed
SELECT codes('{int,int}', '[[0, 0], [1, 0], [3, 0], [3, 0], [3, 1], [3, 1], [2, 1], [0, 1], [3, 1]]', '[[3, 0], [1, 1]]', ', max_categories => 3');
-- test_ordinal_encoder_infrequent_multiple_categories_dtypes. Difference: of values with equal rows the one stays here that sorts first, there the last
CREATE TYPE animal AS ENUM ('bird', 'cat', 'dog', 'snake');
SELECT codes('{text,int,animal}', '[["a", 5, "dog"], ["f", 3, "dog"], ["c", 0, "dog"], ["f", 10, "dog"], ["f", 10, "cat"], ["a", 12, "cat"], ["c", 0, "cat"], ["b", 3, "snake"], ["b", 5, "bird"]]',
    '[["a", 12, "cat"], ["b", 0, "snake"], ["f", 10, "bird"], ["c", 5, "dog"]]', ', max_categories => 3');
SELECT column_name, array_agg(value ORDER BY value) AS infrequent FROM encoder e WHERE kind = 'category' AND code = (SELECT code FROM encoder i WHERE i.kind = 'infrequent' AND i.column_name = e.column_name) GROUP BY 1 ORDER BY 1;
-- test_ordinal_encoder_infrequent_custom_mapping; the code of a missing value is NULL, or the last one: Difference
SELECT codes('{text}', repeated('{"a": 5, "b": 20, "c": 10, "d": 3, "nan": 1}'), '[["a"], ["b"], ["c"], ["d"], ["e"], [null]]', ', max_categories => 2', $$, handle_unknown => 'value', unknown_value => 2$$);
SELECT codes('{text}', repeated('{"a": 5, "b": 20, "c": 10, "d": 3, "nan": 1}'), '[["a"], ["b"], ["c"], ["d"], ["e"], [null]]', $$, max_categories => 2, handle_missing => 'category'$$, $$, handle_unknown => 'value', unknown_value => 3$$);
-- test_ordinal_encoder_all_frequent
SELECT options, codes('{text}', repeated('{"a": 5, "b": 20, "c": 10, "d": 3}'), '[["a"], ["b"], ["c"], ["d"], ["e"]]', options, $$, handle_unknown => 'value', unknown_value => -1$$) FROM unnest('{"",", max_categories => 6",", min_frequency => 2"}'::text[]) options;
-- test_ordinal_encoder_all_infrequent
SELECT options, codes('{text}', repeated('{"a": 5, "b": 20, "c": 10, "d": 3}'), '[["a"], ["b"], ["c"], ["d"], ["e"]]', options, $$, handle_unknown => 'value', unknown_value => -1$$) FROM unnest('{", max_categories => 1",", min_frequency => 100"}'::text[]) options;
-- test_ordinal_encoder_missing_appears_frequent
SELECT codes('{text}', repeated('{"nan": 20, "dog": 10, "cat": 5, "snake": 1, "deer": 1}'), '[["snake"], ["cat"], ["dog"], [null]]', ', max_categories => 3');
-- test_ordinal_encoder_missing_appears_infrequent
SELECT codes('{text,text}', (SELECT jsonb_agg(jsonb_build_array(CASE WHEN i = 1 THEN NULL WHEN i <= 11 THEN 'dog' WHEN i <= 16 THEN 'cat' WHEN i = 17 THEN 'snake' ELSE 'deer' END, CASE WHEN i <= 9 THEN 'red' ELSE 'green' END)) FROM generate_series(1, 18) i),
    '[["snake", "red"], ["deer", "green"], [null, "green"], ["dog", "green"], ["cat", "red"]]', ', min_frequency => 4');
-- test_encoder_not_fitted
DROP TABLE encoder;
SELECT testlib.refuses($$SELECT gpu_encode.transform('encoder', 'news', 'x')$$, '42P01', '"encoder" does not exist');
-- test_encoders_has_categorical_tags and the tests of OneHotEncoder alone: no counterpart

RESET search_path;
DROP SCHEMA test_scikit_learn_ordinal CASCADE;
