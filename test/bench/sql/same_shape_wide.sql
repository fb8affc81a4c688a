-- same_shape_wide: the same where the job keeps the texts and has codes beside them.
CREATE :persistence TABLE output AS
SELECT id, a, b, c, y, 1 AS a_code, 2 AS b_code, 3 AS c_code, 0.25::float8 AS "b_TE", 0.75::float8 AS "c_TE" FROM t;
