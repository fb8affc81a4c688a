-- plain: the job's result by the best SQL that is known: for each column one grouped scan into cells of (category, fold),
-- from those one row for each category with its code and its five encodings, and one join of all. It knows that id counts
-- rows in their order, which lets it scan in parallel.
SET work_mem = '1GB';

SELECT sum(y) / count(y) AS m, 0.001 * (sum(y) / count(y)) AS p FROM t \gset

CREATE TEMP TABLE a_categories AS
SELECT a, (row_number() OVER (ORDER BY a COLLATE "C") - 1)::integer AS code
FROM (SELECT DISTINCT a FROM t) AS d;

CREATE TEMP TABLE b_categories AS
WITH cells AS MATERIALIZED (
    SELECT b, (id - 1) % 5 AS fold, sum(y) AS s, count(y) AS n FROM t GROUP BY 1, 2
), categories AS (
    SELECT b, sum(s) AS s, sum(n) AS n,
           coalesce(max(s) FILTER (WHERE fold = 0), 0) AS s0, coalesce(max(n) FILTER (WHERE fold = 0), 0) AS n0,
           coalesce(max(s) FILTER (WHERE fold = 1), 0) AS s1, coalesce(max(n) FILTER (WHERE fold = 1), 0) AS n1,
           coalesce(max(s) FILTER (WHERE fold = 2), 0) AS s2, coalesce(max(n) FILTER (WHERE fold = 2), 0) AS n2,
           coalesce(max(s) FILTER (WHERE fold = 3), 0) AS s3, coalesce(max(n) FILTER (WHERE fold = 3), 0) AS n3,
           coalesce(max(s) FILTER (WHERE fold = 4), 0) AS s4, coalesce(max(n) FILTER (WHERE fold = 4), 0) AS n4
    FROM cells GROUP BY b
)
SELECT b, (row_number() OVER (ORDER BY b COLLATE "C") - 1)::integer AS code,
       ARRAY[CASE WHEN n = n0 THEN :m ELSE (s - s0 + :p) / ((n - n0)::float8 + 0.001) END,
             CASE WHEN n = n1 THEN :m ELSE (s - s1 + :p) / ((n - n1)::float8 + 0.001) END,
             CASE WHEN n = n2 THEN :m ELSE (s - s2 + :p) / ((n - n2)::float8 + 0.001) END,
             CASE WHEN n = n3 THEN :m ELSE (s - s3 + :p) / ((n - n3)::float8 + 0.001) END,
             CASE WHEN n = n4 THEN :m ELSE (s - s4 + :p) / ((n - n4)::float8 + 0.001) END] AS encodings
FROM categories;

CREATE TEMP TABLE c_categories AS
WITH cells AS MATERIALIZED (
    SELECT c, (id - 1) % 5 AS fold, sum(y) AS s, count(y) AS n FROM t GROUP BY 1, 2
), categories AS (
    SELECT c, sum(s) AS s, sum(n) AS n,
           coalesce(max(s) FILTER (WHERE fold = 0), 0) AS s0, coalesce(max(n) FILTER (WHERE fold = 0), 0) AS n0,
           coalesce(max(s) FILTER (WHERE fold = 1), 0) AS s1, coalesce(max(n) FILTER (WHERE fold = 1), 0) AS n1,
           coalesce(max(s) FILTER (WHERE fold = 2), 0) AS s2, coalesce(max(n) FILTER (WHERE fold = 2), 0) AS n2,
           coalesce(max(s) FILTER (WHERE fold = 3), 0) AS s3, coalesce(max(n) FILTER (WHERE fold = 3), 0) AS n3,
           coalesce(max(s) FILTER (WHERE fold = 4), 0) AS s4, coalesce(max(n) FILTER (WHERE fold = 4), 0) AS n4
    FROM cells GROUP BY c
)
SELECT c, (row_number() OVER (ORDER BY c COLLATE "C") - 1)::integer AS code,
       ARRAY[CASE WHEN n = n0 THEN :m ELSE (s - s0 + :p) / ((n - n0)::float8 + 0.001) END,
             CASE WHEN n = n1 THEN :m ELSE (s - s1 + :p) / ((n - n1)::float8 + 0.001) END,
             CASE WHEN n = n2 THEN :m ELSE (s - s2 + :p) / ((n - n2)::float8 + 0.001) END,
             CASE WHEN n = n3 THEN :m ELSE (s - s3 + :p) / ((n - n3)::float8 + 0.001) END,
             CASE WHEN n = n4 THEN :m ELSE (s - s4 + :p) / ((n - n4)::float8 + 0.001) END] AS encodings
FROM categories;

ANALYZE a_categories, b_categories, c_categories;

CREATE UNLOGGED TABLE output AS
SELECT t.id, a.code AS a, b.code AS b, c.code AS c, t.y,
       b.encodings[(t.id - 1) % 5 + 1] AS "b_TE", c.encodings[(t.id - 1) % 5 + 1] AS "c_TE"
FROM t JOIN a_categories AS a USING (a) JOIN b_categories AS b USING (b) JOIN c_categories AS c USING (c);
