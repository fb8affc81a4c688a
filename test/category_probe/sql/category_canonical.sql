-- The text of a category, and which values share one.
SET IntervalStyle = postgres;

SELECT canonical(v), array_agg(v) FROM unnest('{1.0,1.00,1,1e0,100,1e2,0.5,0.50,-0.5,-0.500,0.000,-0.0,0,12345.6789,12345.67890000,NaN,Infinity,-Infinity,0.00012,10000,20000.0}'::numeric[]) v
GROUP BY 1 ORDER BY min(v);
SELECT length(canonical('1e1000'::numeric)), length(canonical('1e-1000'::numeric)), right(canonical('1.230e-1000'::numeric), 5),
    canonical('1e131071'::numeric) = '1' || repeat('0', 131071) AS largest, canonical('-1e-16383'::numeric) = '-0.' || repeat('0', 16382) || '1' AS smallest;
SELECT canonical(v), array_agg(v) FROM unnest('{-0,0,NaN,-NaN,0.1,1e20,100,Infinity,-Infinity,0.30000000000000004,5e-324}'::float8[]) v
GROUP BY 1 ORDER BY min(v);
SELECT canonical(v), array_agg(v) FROM unnest('{-0,0,NaN,0.1,16777216,3.4028235e38,1e-45}'::real[]) v
GROUP BY 1 ORDER BY min(v);
SELECT canonical(v), array_agg(v) FROM unnest('{1 mon,30 days,720:00:00,29 days 24:00:00,24:00:00,1 day,-1 day,-24:00:00,1 mon -1 day,29 days,1 year 35 days 25:00:00,0,1 mon -30 days,-1 mon 1 us}'::interval[]) v
GROUP BY 1 ORDER BY min(v);
-- as justify_interval() prints them
SELECT count(*) AS disagree FROM (SELECT make_interval(months => (noise(i, 1) % 50)::int, days => (noise(i, 2) % 1000)::int, secs => noise(i, 3) % 100000000000 / 1e6) AS v
    FROM generate_series(1, 3000) i) AS intervals WHERE canonical(v) <> justify_interval(v)::text;
-- where justify_interval() fails
SELECT justify_interval(make_interval(months => 2147483640, days => 2000000000));
SELECT canonical(make_interval(months => 2147483640, days => 2000000000)), canonical(make_interval(months => 2147483640, days => 2000000030));
-- infinite intervals, which PostgreSQL 17 brought, are first and last
SELECT count(*) FILTER (WHERE canonical <> v OR (sign(extract(epoch FROM v::interval)) < 0) <> (bytes_key < (probe_key(interval '-178000000 years')).bytes_key)
    OR (sign(extract(epoch FROM v::interval)) > 0) <> (bytes_key > (probe_key(interval '178000000 years')).bytes_key)) AS wrong
FROM (SELECT unnest('{-infinity,infinity}'::text[]) WHERE current_setting('server_version_num')::integer >= 170000) AS infinite(v), probe_key(v::interval);

SELECT canonical('a  '::char(5)), canonical('a'::char(1)), canonical('   '::char(3)) = '' AS blank, canonical(E'a\t '::char(3)) = E'a\t' AS tab;
SELECT canonical('a '::text) = 'a ' AS text_keeps, canonical('a '::varchar) = 'a ' AS varchar_keeps, canonical('x'::name);
SELECT canonical('\x00ff'::bytea), canonical(''::bytea), canonical(true), canonical(false);
SELECT canonical('A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid);
SELECT canonical('infinity'::date), canonical('0044-03-15 BC'::date), canonical('2024-02-29'::date);
SELECT canonical('2024-01-01 00:00:00'::timestamp), canonical('-infinity'::timestamptz), canonical('2024-01-01 00:00:00+00'::timestamptz), canonical('2024-01-01 12:00:00.5+05:30'::timestamptz);
SELECT canonical(ARRAY['a', NULL, 'b c', 'NULL']), canonical('{"b": 1, "a":  2}'::json), canonical('{"b": 1, "a":  2}'::jsonb), canonical('[1,5]'::int4range);
SELECT canonical('small'::size), canonical('small'::shirt), canonical(1.50::sale_price), canonical(ROW(1, 'a b')::pair);

-- enum ranks, and a label added later
SELECT v, (probe_key(v)).int_key FROM unnest(enum_range(NULL::size)) v;
ALTER TYPE size ADD VALUE 'tiny' BEFORE 'small';
SELECT v, (probe_key(v)).int_key FROM unnest(enum_range(NULL::size)) v;

-- ranks hold until the end of the transaction: ALTER TYPE takes ExclusiveLock on the type
BEGIN;
SELECT (probe_key('small'::size)).int_key;
SELECT mode FROM pg_locks WHERE pid = pg_backend_pid() AND classid = 'pg_type'::regclass AND objid = 'size'::regtype;
COMMIT;

-- what NULL stands for
SELECT k.* FROM probe_key(NULL::text, 'None') k;
SELECT k.* FROM probe_key('None'::text, 'None') k;
SELECT k.* FROM probe_key(NULL::text, '') k;
SELECT k.* FROM probe_key(NULL::char(8), 'None  ') k;
SELECT k.* FROM probe_key('None'::char(8), 'None') k;
SELECT k.* FROM probe_key(NULL::name, 'None') k;
SELECT k.* FROM probe_key(NULL::size, 'None') k;
SELECT k.* FROM probe_key(NULL::size, 'medium') k;
SELECT k.* FROM probe_key('medium'::size, 'None') k;
SELECT k.* FROM probe_key(NULL::shirt, 'None') k;
SELECT k.* FROM probe_key(NULL::integer) k;
SELECT k.* FROM probe_key(NULL::numeric) k;
