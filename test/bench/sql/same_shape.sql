-- same_shape: a table of rows as the job makes them, with nothing computed.
CREATE :persistence TABLE output AS
SELECT id, 1 AS a, 2 AS b, 3 AS c, y, 0.25::float8 AS "b_TE", 0.75::float8 AS "c_TE" FROM t;
