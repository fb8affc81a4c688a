-- Values arrive as they are, however they are stored, and whatever their length.
\set VERBOSITY terse
CREATE SCHEMA tests_of_values;
SET search_path = tests_of_values, probe;

-- inline, compressed, out of line, both
CREATE TABLE toasted (storage text, plain text, main text, extern text, extended text);
ALTER TABLE toasted ALTER plain SET STORAGE PLAIN, ALTER main SET STORAGE MAIN, ALTER extern SET STORAGE EXTERNAL;
INSERT INTO toasted VALUES
    ('short', 'p', 'm', 'x', 'y'),
    ('medium', repeat('p', 300), repeat('m', 300), repeat('x', 300), repeat('y', 300)),
    ('long', repeat('p', 3000), repeat('main', 3000), repeat('extern', 3000), repeat('extended', 30000)),
    ('nothing', NULL, NULL, NULL, NULL),
    ('empty', '', '', '', '');
SELECT k.keys[1], k.keys = ARRAY[storage, plain, main, extern, extended] AS same
FROM keys('toasted', '{storage,plain,main,extern,extended}') k JOIN toasted ON storage = k.keys[1] ORDER BY ordinal;
SELECT r.row_values[1], r.row_values = ARRAY[storage, plain, main, extern, extended] AS same
FROM rows('toasted', '{storage,plain,main,extern,extended}') r JOIN toasted ON storage = r.row_values[1] ORDER BY ordinal;

-- values longer than a batch, between others
CREATE TABLE long_values AS
SELECT i AS id, CASE i WHEN 3 THEN repeat('3 MB', 750000) WHEN 5 THEN repeat('20 megabyte', 2000000) ELSE 'v' || i END AS v,
    CASE WHEN i = 4 THEN repeat('b', 2000000) END::bytea AS b
FROM generate_series(1, 6) i;
INSERT INTO long_values SELECT i, repeat('filler', 300) FROM generate_series(7, 3000) i;
SELECT count(*), bool_and(keys = ARRAY[id::text, v, b::text]) AS same
FROM keys('long_values', '{id,v,b}') JOIN long_values ON id = ordinal + 1;
-- the same through the queues of workers
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
SELECT count(*), bool_and(keys = ARRAY[id::text, v, b::text]) AS same
FROM keys('long_values', '{id,v,b}', workers => 2) JOIN long_values ON id = ordinal + 1;
SELECT count(*), bool_and(row_values = ARRAY[id::text, v, b::text]) AS same
FROM rows('long_values', '{id,v,b}', '{id}') JOIN long_values ON id = ordinal + 1;

-- numbers to read as numbers
CREATE DOMAIN small AS int2;
CREATE TABLE numbers (b bool, i2 small, i4 int4, i8 int8, f4 float4, f8 float8, n numeric);
INSERT INTO numbers VALUES
    (true, -32768, -2147483648, -9223372036854775808, 0.1, 0.1, 0.1),
    (false, 32767, 2147483647, 9223372036854775807, -0.0, '-0', 12345678901234567890.5),
    (NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (true, 0, 0, 0, 'NaN', 'Infinity', 'NaN');
SELECT * FROM keys('numbers', '{int:b,int:i2,int:i4,int:i8,float:f4,float:f8,float:n}');
SELECT * FROM keys('numbers', '{b,i2,i4,i8,f4,f8,n}');
INSERT INTO numbers (n) VALUES ('1e400');
\set VERBOSITY sqlstate
SELECT * FROM keys('numbers', '{float:n}');
\set VERBOSITY terse

-- categories of other types, under settings that would show
CREATE DOMAIN word AS varchar(10);
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE others (w word, c char(5), n name, m mood, d date, t timestamptz, u uuid, v interval, y bytea, j jsonb, a text[]);
INSERT INTO others VALUES ('w', 'c', 'n', 'happy', '2020-01-02', '2020-01-02 03:04:05+00', '00000000-0000-0000-0000-000000000001', '36 hours', '\x00ff', '{"k": [1, 2]}', '{a,NULL}'),
    (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SET datestyle = 'german'; SET timezone = 'Asia/Tokyo'; SET intervalstyle = 'sql_standard'; SET bytea_output = 'escape';
SELECT * FROM keys('others', '{w,c,n,m,d,t,u,v,y,j,a}');
SELECT * FROM keys('others', '{w,c,n,m,d}', null_value => 'None');
SHOW datestyle;

-- more columns than a batch has room for in 65536 rows
\set ECHO none
SELECT format('CREATE TABLE wide AS SELECT %s FROM generate_series(1, 500) i',
    string_agg(format('i %% %s AS c%s', n, n), ', ')) FROM generate_series(1, 400) n \gexec
SELECT rows FROM count('wide', (SELECT array_agg('c' || n) FROM generate_series(1, 400) n));
SELECT bool_and(keys = (SELECT array_agg(((ordinal + 1) % n)::text ORDER BY n) FROM generate_series(1, 400) n)) AS same
FROM keys('wide', (SELECT array_agg('c' || n ORDER BY n) FROM generate_series(1, 400) n));
SET client_min_messages = warning;
DROP SCHEMA tests_of_values CASCADE;
