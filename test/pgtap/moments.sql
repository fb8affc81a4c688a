-- The SQL contract of statistics as values: types, aggregates, operators, functions, and what lets them be pushed down.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS gpu_encode;
SELECT plan(14);

CREATE TEMP VIEW functions AS
SELECT p.*, CASE prokind WHEN 'a' THEN 'aggregate' ELSE 'function' END AS kind,
    format('%s(%s) %s', proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid)) AS signature
FROM pg_proc p WHERE pronamespace = 'gpu_encode'::regnamespace;

SELECT has_type('gpu_encode', 'moments', 'there is a type moments');
SELECT set_eq($$SELECT signature FROM functions WHERE prokind = 'a'$$,
    ARRAY['moments(double precision) gpu_encode.moments', 'moments(double precision, double precision) gpu_encode.moments',
          'moments(bigint) gpu_encode.moments', 'moments(bigint, double precision) gpu_encode.moments',
          'moments(boolean) gpu_encode.moments', 'moments(boolean, double precision) gpu_encode.moments',
          'merge(gpu_encode.moments) gpu_encode.moments', 'exact_sum(double precision) double precision', 'exact_avg(double precision) double precision'],
    'the aggregates are those that were designed');
SELECT is_empty($$SELECT signature FROM functions JOIN pg_aggregate ON aggfnoid = functions.oid
                  WHERE aggtranstype <> 'gpu_encode.moments'::regtype OR aggcombinefn = 0 OR aggserialfn <> 0 OR aggkind <> 'n'$$,
    'their states are values of type moments, combined without serialisation: Citus pushes them down');
SELECT is_empty($$SELECT signature FROM functions WHERE proname IN ('n_rows', 'n_target', 'total_weight', 'sum', 'mean', 'var_pop', 'stddev_pop', 'min_value', 'max_value', 'merge', 'moments', 'exact_sum', 'exact_avg',
                        'category_text', 'fold_of', 'encoding', 'moments_plus', 'moments_minus', 'moments_in', 'moments_out', 'moments_recv', 'moments_send') AND (provolatile <> 'i' OR proparallel <> 's' OR prosecdef OR proconfig IS NOT NULL)$$,
    'all are immutable and parallel safe');
SELECT set_eq($$SELECT signature FROM functions WHERE proname IN ('n_rows', 'n_target', 'total_weight', 'sum', 'mean', 'var_pop', 'stddev_pop', 'min_value', 'max_value', 'category_text', 'fold_of', 'encoding')$$,
    ARRAY['encoding(m gpu_encode.moments, prior gpu_encode.moments, smooth double precision DEFAULT NULL::double precision) double precision',
          'n_rows(gpu_encode.moments) bigint', 'n_target(gpu_encode.moments) bigint', 'total_weight(gpu_encode.moments) double precision', 'sum(gpu_encode.moments) double precision',
          'mean(gpu_encode.moments) double precision', 'var_pop(gpu_encode.moments) double precision', 'stddev_pop(gpu_encode.moments) double precision',
          'min_value(gpu_encode.moments) double precision', 'max_value(gpu_encode.moments) double precision', 'category_text(value anyelement) text',
          'category_text(value anyelement, null_value text) text', 'fold_of(n_folds integer, seed bigint, VARIADIC keys "any") integer'],
    'the functions are those that were designed');
SELECT has_operator('gpu_encode.moments', 'gpu_encode', o, 'gpu_encode.moments', r, o || ' is an operator')
FROM (VALUES ('+', 'gpu_encode.moments'), ('-', 'gpu_encode.moments'), ('=', 'boolean'), ('<', 'boolean')) v (o, r);
SELECT set_eq($$SELECT amname FROM pg_opclass JOIN pg_am a ON a.oid = opcmethod WHERE opcintype = 'gpu_encode.moments'::regtype AND opcdefault$$, ARRAY['btree', 'hash'], 'there are operator classes for indexes, joins and grouping');
SELECT is_empty($$SELECT signature FROM functions WHERE coalesce(obj_description(oid, 'pg_proc'), '') = ''$$, 'each of them has a comment');
SELECT isnt(obj_description('gpu_encode.moments'::regtype, 'pg_type'), NULL, 'the type has a comment');
SELECT is(gpu_encode.fold_of(5, 42, 'a'::text, NULL::integer), gpu_encode.fold_of(5, 42, VARIADIC ARRAY['a', NULL]), 'keys may be an array');
SELECT is(pg_column_size(m) <= 24, true, 'a 0/1 target of a million rows takes at most 24 bytes')
FROM (SELECT gpu_encode.moments(i % 3 = 0) AS m FROM generate_series(1, 1000000) i) v;

SELECT * FROM finish();
ROLLBACK;
