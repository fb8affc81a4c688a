-- statistics_plain: five statistics of three columns by the best SQL that is known: for each column one grouped scan into cells of
-- (category, fold), from those the statistics of the other folds, and one join of all. It knows that id counts rows in their order,
-- which lets it scan in parallel.
SET work_mem = '1GB';

CREATE TEMP TABLE priors AS
SELECT fold, sum(s) OVER others / sum(n) OVER others AS m,
       sqrt(sum(q) OVER others / sum(n) OVER others - (sum(s) OVER others / sum(n) OVER others) ^ 2) AS sd,
       min(least) OVER others AS least, max(greatest) OVER others AS greatest
FROM (SELECT (id - 1) % 5 AS fold, count(y)::float8 AS n, sum(y) AS s, sum(y * y) AS q, min(y) AS least, max(y) AS greatest FROM t GROUP BY 1) AS cells
WINDOW others AS (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW);

SELECT format($$
CREATE TEMP TABLE %1$s_cells AS
SELECT %1$s, fold, (coalesce(s, 0) + 20 * p.m) / (coalesce(n, 0) + 20) AS mean, rows,
       coalesce(sqrt(greatest(q / n - (s / n) ^ 2, 0)), p.sd) AS sd, coalesce(o.least, p.least) AS least, coalesce(o.greatest, p.greatest) AS greatest
FROM (SELECT %1$s, fold, sum(n) OVER others AS n, sum(s) OVER others AS s, sum(q) OVER others AS q, min(least) OVER others AS least,
             max(greatest) OVER others AS greatest, sum(rows) OVER (PARTITION BY %1$s) AS rows
      FROM (SELECT %1$s, (id - 1) %% 5 AS fold, count(*)::float8 AS rows, count(y)::float8 AS n, sum(y) AS s, sum(y * y) AS q, min(y) AS least,
                   max(y) AS greatest FROM t GROUP BY 1, 2) AS cells
      WINDOW others AS (PARTITION BY %1$s ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW)) AS o JOIN priors AS p USING (fold);
ANALYZE %1$s_cells;$$, name) FROM unnest('{a,b,c}'::text[]) AS name \gexec

CREATE UNLOGGED TABLE output AS
SELECT t.*, a.mean AS "a_TE", a.rows AS "a_TE_count", a.sd AS "a_TE_std", a.least AS "a_TE_min", a.greatest AS "a_TE_max",
       b.mean AS "b_TE", b.rows AS "b_TE_count", b.sd AS "b_TE_std", b.least AS "b_TE_min", b.greatest AS "b_TE_max",
       c.mean AS "c_TE", c.rows AS "c_TE_count", c.sd AS "c_TE_std", c.least AS "c_TE_min", c.greatest AS "c_TE_max"
FROM t JOIN a_cells AS a ON a.a = t.a AND a.fold = (t.id - 1) % 5 JOIN b_cells AS b ON b.b = t.b AND b.fold = (t.id - 1) % 5
     JOIN c_cells AS c ON c.c = t.c AND c.fold = (t.id - 1) % 5;
