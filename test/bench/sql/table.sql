-- table: what is encoded: categories of 64, 50,000 and :distinct values, drawn at random, and a target of 0 and 1.
CREATE UNLOGGED TABLE t AS
SELECT i AS id,
       'cat_a_' || (hashint8(i) & 63) AS a,
       'merchant_' || (abs(hashint8(i + 7)) % 50000) AS b,
       'user_' || (abs(hashint8(i + 13)) % :distinct) AS c,
       (hashint8(i + 99) & 1)::float8 AS y
FROM generate_series(1::bigint, :rows) i;
VACUUM ANALYZE t;
