-- statistics_table: what is encoded by statistics: categories of 64, a thousandth and a twentieth of the rows, drawn at random; y with
-- two decimals, zero_one, 20 classes, and a time to learn in.
CREATE UNLOGGED TABLE t AS
SELECT i AS id,
       'cat_a_' || (hashint8(i) & 63) AS a,
       'merchant_' || (abs(hashint8(i + 7)::bigint) % greatest(:rows / 1000, 64)) AS b,
       'user_' || (abs(hashint8(i + 13)::bigint) % greatest(:rows / 20, 64)) AS c,
       (abs(hashint8(i + 99)::bigint) % 100000) / 100.0::float8 AS y,
       hashint8(i + 199) & 1 AS zero_one,
       abs(hashint8(i + 299)::bigint)::integer % 20 AS class,
       hashint8(i + 399) AS learned
FROM generate_series(1::bigint, :rows) i;
VACUUM ANALYZE t;
