-- merge_encoders: encoders of parts make the encoder of the whole, to the bit; what differs, or cannot be merged, is refused.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_merge_encoders;
SET search_path = test_merge_encoders;
\set grown :abs_srcdir '/lib/grown.sql'
\set ECHO none
\i :grown
\set ECHO all

-- every kind of option: in any order, with codes anew and with codes kept
CREATE FUNCTION merged(options text, OUT anew text, OUT kept text, OUT in_turn text) LANGUAGE plpgsql AS
$$
BEGIN
    PERFORM learn('e1', 't1', options), learn('e2', 't2', options), learn('e3', 't3', options), learn('whole', 't', options);
    EXECUTE $x$SELECT count(*) FROM gpu_encode.merge_encoders('m', '{e3,e1,e2}', replace => true)$x$;
    anew := testlib.encoders_equal('m', 'whole');
    PERFORM learn('whole_kept', 't', options || $x$, codes_from => 'e2'$x$);
    EXECUTE $x$SELECT count(*) FROM gpu_encode.merge_encoders('m', '{e3,e1,e2}', codes_from => 'e2', replace => true)$x$;
    kept := testlib.encoders_equal('m', 'whole_kept');
    EXECUTE $x$SELECT count(*) FROM gpu_encode.merge_encoders('m12', '{e2,e1}', replace => true)$x$;
    EXECUTE $x$SELECT count(*) FROM gpu_encode.merge_encoders('m12', '{m12,e3}', replace => true)$x$;
    in_turn := testlib.encoders_equal('m12', 'whole');
END
$$;
SELECT id, left(anew, 200) AS anew, left(kept, 200) AS kept, left(in_turn, 200) AS in_turn FROM cases, merged(options) ORDER BY id;

-- columns whose values are listed; rare ones among them share a code, whatever their place in the list
CREATE FUNCTION merged_listed(options text) RETURNS text LANGUAGE plpgsql AS
$$
BEGIN
    PERFORM learn('e1', 't1', options), learn('e2', 't2', options), learn('e3', 't3', options), learn('whole', 't', options);
    EXECUTE $x$SELECT count(*) FROM gpu_encode.merge_encoders('m', '{e3,e1,e2}', replace => true)$x$;
    RETURN testlib.encoders_equal('m', 'whole');
END
$$;
SELECT id, left(merged_listed(options), 200) AS merged FROM listed_cases ORDER BY id;
SELECT merged_listed($$target => 'late', target_columns => '{a,b}', label_columns => '{}', target_combinations => '[["a","b"]]', stats => '{min,max,mean}', column_options => '{"a": {"categories": ["c1","c2"]}}'$$);
SELECT merged_listed($$label_columns => '{a}', min_frequency => 20, column_options => '{"a": {"categories": ["c7","c29","zz","c1","c2"], "handle_unknown": "null"}}'$$);

-- least and greatest are those of the parts
SELECT * FROM merged($$target => 's', target_columns => '{a,b}', stats => '{min,max,mean}', target_combinations => '[["a","b"]]'$$);
SELECT * FROM merged($$target => 's', target_columns => '{a,b}', stats => '{max}', weight_column => 'w'$$);

-- what it answers; the sources of the parts, each once; one encoder alone is copied
SELECT learn('e1', 't1', $$target => 'yn', pos_label => 'yes', target_columns => '{a}', label_columns => '{b}'$$), learn('e2', 't2', $$target => 'yn', pos_label => 'yes', target_columns => '{a}', label_columns => '{b}'$$);
SELECT encoder_table, column_name, kind, categories, rows, missing_rows, target, class, round(prior_value::numeric, 3) AS prior, pos_label_used, length(encoder_id), checks FROM gpu_encode.merge_encoders('answer', '{e1,e2}');
SELECT parameters ->> 'source' AS source, parameters ->> 'source_oid' AS oid FROM answer WHERE kind = 'parameters';
SELECT count(*) FROM gpu_encode.merge_encoders('copy', '{e1}');
SELECT testlib.encoders_equal('copy', 'e1'), (SELECT relpersistence FROM pg_class WHERE oid = 'copy'::regclass);
SELECT count(*) FROM gpu_encode.merge_encoders('unlogged', '{e1,copy}', logged => false);
SELECT relpersistence FROM pg_class WHERE oid = 'unlogged'::regclass;
-- a part without rows adds nothing, and knows no value of the target
SELECT learn('e0', 'nothing', $$target => 'yn', target_columns => '{a}', label_columns => '{b}'$$);
SELECT count(*) FROM gpu_encode.merge_encoders('m0', '{e0,e1}');
SELECT testlib.encoders_equal('m0', 'e1');
SELECT count(*) FROM gpu_encode.merge_encoders('m00', '{e0}');
SELECT testlib.encoders_equal('m00', 'e0');

-- encoders that differ: the error says in what
CREATE FUNCTION differs(a text, b text) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
    message text; detail text;
BEGIN
    PERFORM learn('e1', 't1', a), learn('e2', 't2', b);
    EXECUTE $x$SELECT gpu_encode.merge_encoders('m', '{e1,e2}', replace => true)$x$;
    RETURN 'merged';
EXCEPTION WHEN invalid_parameter_value THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
    RETURN replace(message, 'test_merge_encoders.', '') || E'\n ' || detail;
END
$$;
\pset format unaligned
\t on
SELECT differs($$label_columns => '{a}'$$, $$label_columns => '{a,b}'$$);
SELECT differs($$label_columns => '{a}'$$, $$label_columns => '{b}'$$);
SELECT differs($$label_columns => '{a}'$$, $$label_columns => '{a}', null_value => 'none'$$);
SELECT differs($$label_columns => '{a}'$$, $$label_columns => '{a}', min_frequency => 3$$);
SELECT differs($$target => 'y', target_columns => '{a}'$$, $$target => 'y', target_columns => '{a}', column_options => '{"a": {"smooth": 2}}'$$);
SELECT differs($$target => 'y', target_columns => '{a}'$$, $$target => 'y', target_columns => '{a}', stats => '{var}'$$);
SELECT differs($$target => 'y', target_columns => '{a}'$$, $$target => 'y', target_columns => '{a}', weight_column => 'w'$$);
SELECT differs($$target => 'y', target_columns => '{a}'$$, $$target => 'f01', target_columns => '{a}'$$);
SELECT differs($$target => 'y', target_columns => '{a}'$$, $$target => 'y', target_columns => '{a}', target_combinations => '[["a","b"]]'$$);
SELECT differs($$target => 'k', target_type => 'multiclass', target_columns => '{a}'$$, $$target => 'b', target_type => 'multiclass', target_columns => '{a}'$$);
SELECT differs($$target => 'yn', pos_label => 'yes', target_columns => '{a}'$$, $$target => 'yn', pos_label => 'no', target_columns => '{a}'$$);
SELECT differs($$label_columns => '{b}', column_options => '{"b": {"categories": ["d1","d2"], "handle_unknown": "null"}}'$$, $$label_columns => '{b}', column_options => '{"b": {"categories": ["d2","d1"], "handle_unknown": "null"}}'$$);
SELECT differs($$label_columns => '{b}', column_options => '{"b": {"categories": ["d1","d2"], "handle_unknown": "null"}}'$$, $$label_columns => '{b}', column_options => '{"b": {"handle_unknown": "null"}}'$$);
SELECT differs(format($$label_columns => '{b}', null_value => %L$$, repeat('long ', 20) || 'one'), format($$label_columns => '{b}', null_value => %L$$, repeat('long ', 20) || 'two'));
-- texts of another type are the same categories
CREATE DOMAIN word AS varchar(9);
CREATE TABLE of_text AS SELECT 'v' || i % 3 AS x, i % 2 AS y, i % 4 AS n FROM generate_series(1, 20) i;
CREATE TABLE of_word AS SELECT ('v' || i % 5)::word AS x, i % 2 AS y, (i % 4)::bigint AS n FROM generate_series(1, 30) i;
CREATE VIEW of_both AS SELECT x, y FROM of_text UNION ALL SELECT x::text, y FROM of_word;
SELECT learn('e1', 'of_text', $$target => 'y', target_columns => '{x}', label_columns => '{x}'$$), learn('e2', 'of_word', $$target => 'y', target_columns => '{x}', label_columns => '{x}'$$);
SELECT learn('e3', 'of_both', $$target => 'y', target_columns => '{x}', label_columns => '{x}'$$);
SELECT count(*), bool_and(encoder_id = (SELECT parameters ->> 'encoder_id' FROM e3 WHERE kind = 'parameters')) AS as_one_fit FROM gpu_encode.merge_encoders('m', '{e1,e2}', replace => true);
SELECT learn('e1', 'of_text', $$label_columns => '{n}'$$), learn('e2', 'of_word', $$label_columns => '{n}'$$);
SELECT testlib.refuses($$SELECT gpu_encode.merge_encoders('m', '{e1,e2}', replace => true)$$, '22023', 'differ in "type" of column "n"', 'The first has integer, the second bigint');
-- a class that only one part has
CREATE VIEW three AS SELECT * FROM t WHERE k <> 'k3';
SELECT learn('e1', 't1', $$target => 'k', target_type => 'multiclass', target_columns => '{a}'$$), learn('e2', 'three', $$target => 'k', target_type => 'multiclass', target_columns => '{a}'$$);
SELECT testlib.refuses($$SELECT gpu_encode.merge_encoders('m', '{e1,e2}', replace => true)$$, '22023', '"classes"', 'target "k"', '"k3"');
\t off
\pset format aligned

-- what cannot be merged, and what is no list of encoders
SELECT learn('quantile', 't1', $$target => 'y', target_columns => '{a}', stats => '{mean,q25}'$$), learn('listed', 't1', $$label_columns => '{k}', column_options => '{"k": {"categories": ["k0","k1","k2","k3"]}}'$$);
SELECT testlib.refuses($$SELECT gpu_encode.merge_encoders('n', '{quantile,e1}')$$, '0A000', '"q25"', '"a"', 'quantile');
SELECT testlib.refuses($$SELECT gpu_encode.merge_encoders('n', '{listed}', codes_from => 'listed')$$, '22023', '"categories"', 'contradicts codes_from');
SELECT testlib.refuses($$SELECT gpu_encode.merge_encoders('n', '{}')$$, '22023', 'encoders', 'first', 'second');
SELECT testlib.refuses($$SELECT gpu_encode.merge_encoders('n', NULL)$$, '22004', 'encoders');
SELECT testlib.refuses($$SELECT gpu_encode.merge_encoders('n', '{e1,e1}')$$, '22023', 'twice', 'test_merge_encoders.e1', 'once');
SELECT testlib.refuses($$SELECT gpu_encode.merge_encoders('n', '{cases}')$$, '42809', 'cases', 'encoder');
SELECT testlib.refuses($$SELECT gpu_encode.merge_encoders('e1', '{e1}')$$, '42P07', '"e1"', 'exists');

-- the rights of the caller, on moments too
CREATE ROLE test_merge_encoders_reader;
GRANT USAGE, CREATE ON SCHEMA test_merge_encoders TO test_merge_encoders_reader;
GRANT SELECT (kind, column_name, value, "values", code, n_rows, encodings, encoding, parameters) ON e1 TO test_merge_encoders_reader;
SET ROLE test_merge_encoders_reader;
SELECT testlib.refuses($$SELECT gpu_encode.merge_encoders('mine', '{e1}')$$, '42501', 'permission denied for table e1');
RESET ROLE;
GRANT SELECT ON e1 TO test_merge_encoders_reader;
SET ROLE test_merge_encoders_reader;
SELECT count(*) FROM gpu_encode.merge_encoders('mine', '{e1}');
RESET ROLE;
DROP OWNED BY test_merge_encoders_reader;
DROP ROLE test_merge_encoders_reader;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_merge_encoders CASCADE;
