-- moments_type: the type moments: its text, its bytes, its order, and what it refuses.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_moments_type;
SET search_path = test_moments_type, gpu_encode;

-- the text comes back as it is; numbers have one way of being written
CREATE TABLE texts (t) AS VALUES
    ('rows=0 targets=0'), ('rows=7 targets=0'), ('rows=3 targets=2 weight=0'),
    ('rows=1000000 targets=999000 sum=499000 squares=499000 least=0 greatest=1'),
    ('rows=3 targets=3 sum=-6 squares=14 least=-3 greatest=-1'),
    ('rows=2 targets=2 sum=0x1p-1 squares=0x1p-2 least=0 greatest=0.5'),
    ('rows=2 targets=2 weight=0x1p-1 sum=0x1p-1 squares=0x1p-1 least=1 greatest=1'),
    ('rows=1 targets=1 sum=0x1p-1074 squares=0x1p-2148 least=5e-324 greatest=5e-324'),
    ('rows=1 targets=1 sum=0x1fffffffffffffp971 squares=0x3ffffffffffffc0000000000001p1942 least=1.7976931348623157e+308 greatest=1.7976931348623157e+308'),
    ('rows=9 targets=9 sum=170141183460469231731687303715884105727'), ('rows=9 targets=9 sum=-0x1p127'),
    ('rows=9 targets=9 sum=5 least=-2147483648'), ('rows=9 targets=9 sum=5 greatest=2147483648'),
    ('rows=9223372036854775807 targets=9223372036854775807 sum=1 squares=1');
SELECT count(*) AS texts, count(*) FILTER (WHERE t::moments::text = t) AS kept FROM texts;
SELECT 'rows=02 targets=0002 sum=0x4p-3 squares=0x100p-10 least=-0.0 greatest=+5e-1'::moments;
SET extra_float_digits = -15;
SELECT 'rows=1 targets=1 sum=0x1p-1 squares=0x1p-2 least=0.30000000000000004 greatest=0.5'::moments;
RESET extra_float_digits;

-- at most 24 bytes for a 0/1 target of a million rows
SELECT pg_column_size('rows=1000000 targets=999000 sum=499000 squares=499000 least=0 greatest=1'::moments) <= 24 AS compact;

-- what is no text of moments is refused with what is wrong
SELECT t, testlib.refuses(format('SELECT %L::gpu_encode.moments', t), '22P02', 'invalid input syntax for type gpu_encode.moments', said)
FROM (VALUES ('', 'does not begin with "rows="'), ('rows=x targets=1', 'does not begin with "rows=" and a whole number'),
    ('rows=-1 targets=0', 'does not begin'), ('rows=18446744073709551616 targets=0', 'does not begin'),
    ('rows=1  targets=0', 'no " targets="'), ('rows=1', 'no " targets="'), ('rows=1 targets=0x1p-1 sum=1', 'no " targets="'),
    ('rows=9223372036854775808 targets=0', 'more than 2^63 - 1 rows'), ('rows=1 targets=2 sum=0', 'more targets than rows'),
    ('rows=1 targets=1', 'there is a weight, but no " sum="'), ('rows=1 targets=1 sum=', 'number cannot be read'),
    ('rows=1 targets=1 sum=0x', 'number cannot be read'), ('rows=1 targets=1 sum=0x1', 'number cannot be read'),
    ('rows=1 targets=1 sum=0x1p', 'number cannot be read'), ('rows=1 targets=1 sum=0x1p99999', 'number cannot be read'),
    ('rows=1 targets=1 sum=0x1p-9999', 'number cannot be read'), ('rows=1 targets=1 sum=1.5', 'goes on after its end'),
    ('rows=1 targets=1 sum=170141183460469231731687303715884105728', 'number cannot be read'),
    ('rows=1 targets=1 sum=0x1p2200', 'sum is out of range'), ('rows=1 targets=1 weight=0x1p1100 sum=0', 'weight is out of range'),
    ('rows=1 targets=1 weight=-1 sum=0', 'the weight is negative'), ('rows=1 targets=0 weight=1 sum=0', 'a weight, but no target'),
    ('rows=1 targets=1 weight=0 sum=1 squares=1 least=1 greatest=1', 'a sum, but no weight'),
    ('rows=1 targets=1 weight=0 sum=0', 'no part can be unknown'),
    ('rows=1 targets=1 sum=1 squares=-1', 'squares is negative'), ('rows=2 targets=2 sum=3 squares=4', 'less than this sum allows'),
    ('rows=1 targets=1 sum=1 squares=1 least=NaN', 'least value cannot be read'), ('rows=1 targets=1 sum=1 squares=1 least=0x1', 'least value cannot be read'),
    ('rows=1 targets=1 sum=1 squares=1 greatest=1e999', 'greatest value cannot be read'),
    ('rows=1 targets=1 sum=1 squares=1 greatest=infinity', 'greatest value cannot be read'),
    ('rows=1 targets=1 sum=1 squares=1 least=2 greatest=1', 'above the greatest'),
    ('rows=1 targets=1 sum=1 greatest=1 least=1', 'goes on after its end'), ('rows=0 targets=0 ', 'goes on after its end')) bad (t, said);
SELECT testlib.refuses(format('SELECT %L::gpu_encode.moments', 'rows=1 targets=1 sum=0x' || repeat('f', 100000) || 'p0'), '22P02', 'more characters');

-- the binary form comes back, and no other bytes are taken: COPY hands those of a bytea to the type
CREATE TABLE bytes (b bytea);
CREATE TABLE received (m moments);
CREATE FUNCTION file() RETURNS text LANGUAGE sql AS $$ SELECT current_setting('data_directory') || '/gpu_encode_test_moments' $$;
CREATE FUNCTION receive(b bytea) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE answer text;
BEGIN
    TRUNCATE bytes, received;
    INSERT INTO bytes VALUES (b);
    EXECUTE format('COPY bytes TO %L (FORMAT binary)', file());
    EXECUTE format('COPY received FROM %L (FORMAT binary)', file());
    SELECT m INTO answer FROM received;
    RETURN answer;
END
$$;
SELECT count(*) FILTER (WHERE receive(moments_send(t::moments)) = t) AS kept FROM texts;
SELECT moments_send('rows=5 targets=4 sum=2 squares=2 least=0 greatest=1');
SELECT b, testlib.refuses(format('SELECT test_moments_type.receive(%L)', b), '22P03', 'invalid binary value of type gpu_encode.moments', said)
FROM (VALUES ('\x'::bytea, 'end too early'), ('\x01', 'end too early'), ('\x0204000000', 'the version is unknown'), ('\xf00400000000', 'the version is unknown'),
    ('\x0104', 'numbers of rows cannot be read'), ('\x010405', 'numbers of rows cannot be read'), ('\x01040506', 'numbers of rows cannot be read'),
    ('\x0104ffffffffffffffffffff0100', 'numbers of rows cannot be read'), ('\x01008080808080808080800180808080808080808001', 'more than 2^63 - 1 rows'),
    ('\x0104050102', 'sums cannot be read'), ('\x010405010200020002ff', 'bytes follow the end'), ('\x01040501040002000002', 'not in canonical form'),
    ('\x018405010200020002', 'not in canonical form'), ('\x0144050102000200', 'sums cannot be read'), ('\x010105010000', 'bytes follow'),
    ('\x010005000200020002000a02', 'bytes follow'), ('\x0104050102000202', 'sums cannot be read'), ('\x01010501040202', 'weight cannot be read'),
    ('\x012405010200027ff000000000000002', 'the least or greatest value is no finite number'),
    ('\x01240501020002800000000000000002', 'the least or greatest value is no finite number')) bad (b, said);
-- every shortening and every changed byte of good bytes is refused, or is another value
SELECT count(*) AS broken, count(*) FILTER (WHERE testlib.refuses(format('SELECT test_moments_type.receive(%L)', b), '22P03', 'invalid binary') NOT IN ('ok', 'no error')) AS wrong
FROM (SELECT substr(moments_send(t::moments), 1, n) FROM texts, generate_series(0, 12) n WHERE n < length(moments_send(t::moments))
      UNION ALL SELECT set_byte(moments_send(t::moments), n, (get_byte(moments_send(t::moments), n) + 37 * (n + 1)) % 256)
      FROM texts, generate_series(0, 20) n WHERE n < length(moments_send(t::moments))) broken (b);

-- comparison, index, hash: values that say the same are equal
CREATE TABLE values_of AS SELECT t::moments AS m, i FROM texts, generate_series(1, 3) i;
SELECT count(DISTINCT m) AS different, count(DISTINCT m::text) AS texts FROM values_of;
SELECT count(*) FROM (SELECT m FROM values_of GROUP BY m) g;
SELECT a.m = b.m AS equal, a.m <> b.m AS other, a.m <= b.m AND a.m >= b.m AS ordered, moments_hash(a.m) = moments_hash(b.m) AS hashed, count(*)
FROM values_of a, values_of b WHERE a.m::text = b.m::text GROUP BY 1, 2, 3, 4;
SELECT count(*) FROM values_of a, values_of b WHERE (a.m < b.m) = (a.m >= b.m) OR (a.m > b.m) = (a.m <= b.m) OR (a.m = b.m) = (a.m <> b.m);
CREATE UNIQUE INDEX ON values_of (m, i);
CREATE INDEX ON values_of USING hash (m);
SET enable_seqscan = off;
SELECT count(*) FROM values_of WHERE m = 'rows=07 targets=0';
RESET enable_seqscan;
SELECT 'rows=9 targets=9 sum=5'::moments = 'rows=9 targets=9 sum=5 least=0'::moments AS absence_counts;
SELECT array_agg(m ORDER BY i) FROM values_of WHERE m < 'rows=1 targets=0';
CREATE TABLE hashed (m moments) PARTITION BY HASH (m);
CREATE TABLE hashed_0 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE hashed_1 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO hashed SELECT m FROM values_of;
SELECT count(*) FROM hashed WHERE m = 'rows=7 targets=0';

-- every function of the type gives the same under all settings and in workers
SELECT count(*) FROM pg_proc WHERE pronamespace = 'gpu_encode'::regnamespace AND 'gpu_encode.moments'::regtype = ANY (proargtypes::oid[] || prorettype)
    AND prokind = 'f' AND (provolatile <> 'i' OR proparallel <> 's');
SELECT testlib.remove_files();
SET client_min_messages = warning;
DROP SCHEMA test_moments_type CASCADE;
