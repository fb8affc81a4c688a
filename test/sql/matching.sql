-- matching: which types and names of two sources mean the same categories, and what errors say of values and near names.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_matching;
SET search_path = test_matching;
CREATE TABLE a AS SELECT x AS id, ('k' || x % 7)::varchar(10) AS v, x::float8 AS y FROM generate_series(1, 20) x;
CREATE TABLE b AS SELECT x AS id, 'k' || x % 9 AS v, 1::float8 AS y FROM generate_series(4999999990, 4999999993) x;

-- integers of any width are the same categories, and so are varchar and text; the encoder has the wider type
SELECT part, rows, unknown_labels FROM gpu_encode.preprocess('a', 'a_out', 'y', '{id}', 'b', 'b_out', label_columns => '{id,v}', encoder => 'matched',
	smooth => 1, prior => 'global');
SELECT id, v FROM b_out ORDER BY id;
SELECT value, code FROM matched WHERE column_name = 'id' AND kind = 'category' AND code IN (0, 19, 23) ORDER BY code;
SELECT c ->> 'type' FROM matched, jsonb_array_elements(parameters -> 'columns') c WHERE kind = 'parameters' AND c ->> 'name' = 'id';
-- a wider integer without a code is shown whole
SELECT gpu_encode.preprocess('a', 'a_out2', 'y', '{id}', 'b', 'b_out2', label_columns => '{id,v}', labels_from_validation => false,
	smooth => 1, prior => 'global');
-- other types are an error that shows the cast
CREATE VIEW b_text AS SELECT id::text AS id FROM b;
SELECT gpu_encode.label_encode('a', 'id', label_sources => ARRAY['b_text'::regclass]);

-- the cast keeps all characters and bits: "character" and "bit" alone have one
CREATE TABLE padded (c char(4), b bit(4), y float8);
INSERT INTO padded VALUES ('ab', '1010', 1), ('abcd', '1111', 0);
CREATE VIEW unpadded AS SELECT c::varchar AS c, b::text AS b FROM padded;
SELECT gpu_encode.label_encode('padded', 'c', label_sources => ARRAY['unpadded'::regclass]);
SELECT gpu_encode.label_encode('padded', 'b', label_sources => ARRAY['unpadded'::regclass]);
CREATE VIEW cast_back AS SELECT CAST(c AS bpchar) FROM unpadded;
SELECT ordinal, code FROM gpu_encode.label_encode('padded', 'c', label_sources => ARRAY['cast_back'::regclass]);

-- near names
SELECT gpu_encode.label('matched', 'V', 'k1'::text);
SELECT gpu_encode.inverse_label('matched', 'di', 0);
SELECT gpu_encode.target_encoding('matched', 'wholly_different', 5);
SELECT gpu_encode.label_encode('a', 'V');
SELECT gpu_encode.fit('f', 'a', label_columns => '{vv}');
SELECT gpu_encode.fit('f', 'a', label_columns => '{wholly_different}');

-- an encoder of nothing
SELECT gpu_encode.fit('f', 'a', label_columns => '{}');

-- values are shown up to 64 characters each, five at most
CREATE TABLE t AS SELECT 'x' AS c, repeat(chr(64 + x), 100) AS y FROM generate_series(1, 7) x;
SELECT gpu_encode.fit('f', 't', 'y', '{c}');
CREATE TABLE u AS SELECT repeat('ß', 65) AS c;
SELECT gpu_encode.preprocess('t', 't_out', validation => 'u', validation_output => 'u_out', label_columns => '{c}', labels_from_validation => false);

-- transform matches in the same way: the encoder has bigint and varchar
CREATE TABLE narrow AS SELECT id::smallint, v::text, y FROM a;
SELECT rows, unknown_labels, unseen_targets FROM gpu_encode.transform('matched', 'narrow', 'narrow_out');
SELECT count(*) AS wrong FROM narrow_out n JOIN a_out a USING (y) WHERE (n.id, n.v) IS DISTINCT FROM (a.id, a.v);
CREATE VIEW dates AS SELECT DATE '2024-01-01' + id AS id, v, y FROM a;
SELECT gpu_encode.transform('matched', 'dates', 'dates_out', order_by => '{y}');
