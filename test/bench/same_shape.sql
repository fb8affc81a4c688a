-- same_shape: a table of rows as the job makes them, with nothing computed.
DROP TABLE IF EXISTS same_shape;
CREATE UNLOGGED TABLE same_shape AS
SELECT id, a, b, c, y, 1 AS a_code, 2 AS b_code, 3 AS c_code, 0.25::float8 AS "b_TE", 0.75::float8 AS "c_TE" FROM t;
