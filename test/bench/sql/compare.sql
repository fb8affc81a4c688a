-- compare: table output beside table reference, row by row: rows of either that the other lacks, rows with a different
-- code, rows with any different bit, and the largest difference of an encoding, infinite where one of the two is NULL.
SELECT count(*) FILTER (WHERE o.id IS NULL OR r.id IS NULL),
       count(*) FILTER (WHERE (o.a, o.b, o.c, o.y) IS DISTINCT FROM (r.a, r.b, r.c, r.y)),
       count(*) FILTER (WHERE (o.a, o.b, o.c, o.y, o."b_TE", o."c_TE") IS DISTINCT FROM (r.a, r.b, r.c, r.y, r."b_TE", r."c_TE")),
       max(CASE WHEN (o."b_TE" IS NULL, o."c_TE" IS NULL) = (r."b_TE" IS NULL, r."c_TE" IS NULL)
                THEN greatest(abs(o."b_TE" - r."b_TE"), abs(o."c_TE" - r."c_TE")) ELSE 'Infinity' END)
FROM output AS o FULL JOIN reference AS r ON o.id = r.id;
