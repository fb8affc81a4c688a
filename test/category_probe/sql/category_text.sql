-- Texts are read as the column's type reads them; toasted values; memory.
SELECT k.* FROM probe_key_of_text('integer', ' 7 ') k;
SELECT k.* FROM probe_key_of_text('boolean', 'yes') k;
SELECT k.* FROM probe_key_of_text('numeric', '007.500') k;
SELECT k.* FROM probe_key_of_text('numeric', '7.555') k;
SELECT k.* FROM probe_key_of_text('char', 'a  ') k;
SELECT k.* FROM probe_key_of_text('bpchar', 'a  ') k;
SELECT k.* FROM probe_key_of_text('varchar', 'abc') k;
SELECT k.* FROM probe_key_of_text('text', ' a ') k;
SELECT k.* FROM probe_key_of_text('name', 'abc') k;
SELECT k.* FROM probe_key_of_text('interval', '1 month -1 day 1.5 s') k;
SELECT k.* FROM probe_key_of_text('timestamptz', '2024-01-01') k;
SELECT k.* FROM probe_key_of_text('float8', '1e3') k;
SELECT k.* FROM probe_key_of_text('jsonb', '{"a":1}') k;
SELECT k.* FROM probe_key_of_text('int4[]', '{ 1, 2 }') k;
SELECT k.* FROM probe_key_of_text('size', 'medium') k;
SELECT k.* FROM probe_key_of_text('shirt', 'medium') k;
-- constraints of a domain are not checked: the text names a category, it stores no value
SELECT k.* FROM probe_key_of_text('sale_price', '-1') k;
-- the text of null_value, which the input function need not take
SELECT k.* FROM probe_key_of_text('size', 'None', 'None') k;
SELECT k.* FROM probe_key_of_text('size', 'medium', 'medium') k;
SELECT k.* FROM probe_key_of_text('varchar', 'None', 'None') k;
SELECT k.* FROM probe_key_of_text('char', 'None', 'None') k;
-- no such value
SELECT k.* FROM probe_key_of_text('integer', 'seven') k;
SELECT k.* FROM probe_key_of_text('integer', '2147483648') k;
SELECT k.* FROM probe_key_of_text('size', 'None') k;
\set VERBOSITY terse
SELECT k.* FROM probe_key_of_text('date', '2/3/2024') k;
\set VERBOSITY default

-- values out of line, compressed, both, and with short headers
CREATE TABLE toasted (id integer, storage text, t text, v varchar, c char(20000), b bytea, n numeric, a integer[], j json);
ALTER TABLE toasted ALTER t SET STORAGE external, ALTER v SET STORAGE main, ALTER b SET STORAGE external, ALTER n SET STORAGE external;
INSERT INTO toasted
SELECT i, 'large', s, s, s, convert_to(s, 'UTF8'), ('1' || repeat('7', 20000))::numeric / 10, array_agg, to_json(s)
FROM generate_series(1, 3) i, repeat(md5(i::text), 500) s, (SELECT array_agg(n) FROM generate_series(1, 5000) n) AS numbers;
INSERT INTO toasted VALUES (4, 'short', 'x', 'x', 'x', 'x', 1.50, '{1}', '"x"');
CREATE FUNCTION length_and_sum(bytes bytea) RETURNS text LANGUAGE sql RETURN length(bytes) || ' ' || left(md5(bytes), 8);
SELECT id, length_and_sum((probe_key(t)).bytes_key) = length_and_sum(convert_to(t, 'UTF8')) AS t, length_and_sum((probe_key(v)).bytes_key) = length_and_sum(convert_to(v, 'UTF8')) AS v,
    length_and_sum((probe_key(c)).bytes_key) = length_and_sum(convert_to(c::text, 'UTF8')) AS c, length_and_sum((probe_key(b)).bytes_key) = length_and_sum(b) AS b,
    (probe_key(n)).canonical = trim_scale(n)::text AS n, length_and_sum((probe_key(a)).bytes_key) = length_and_sum(convert_to(a::text, 'UTF8')) AS a,
    length_and_sum((probe_key(j)).bytes_key) = length_and_sum(convert_to(j::text, 'UTF8')) AS j
FROM toasted ORDER BY id;

-- 200 keys of a value of 10 kB and more leave less than one of them behind
SELECT column_name, left_behind < 16384 AS little FROM toasted, LATERAL (VALUES ('t', probe_memory(t, 200)), ('v', probe_memory(v, 200)), ('c', probe_memory(c, 200)),
    ('b', probe_memory(b, 200)), ('n', probe_memory(n, 200)), ('a', probe_memory(a, 200)), ('j', probe_memory(j, 200))) AS probes(column_name, left_behind) WHERE id = 1;
