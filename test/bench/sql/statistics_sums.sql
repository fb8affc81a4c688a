-- statistics_sums: what all ways to compute five statistics of three columns must agree in, to nine digits.
SELECT format('count %s', count(*)), string_agg(format('%s %s', name, (sum * 10.0 ^ (8 - floor(log(sum))))::numeric::bigint), E'\n' ORDER BY name)
FROM (SELECT name, sum(value::float8)::numeric AS sum FROM output, LATERAL (VALUES
    ('a_TE', "a_TE"), ('a_TE_count', "a_TE_count"), ('a_TE_min', "a_TE_min"), ('a_TE_max', "a_TE_max"),
    ('b_TE', "b_TE"), ('b_TE_count', "b_TE_count"), ('b_TE_min', "b_TE_min"), ('b_TE_max', "b_TE_max"),
    ('c_TE', "c_TE"), ('c_TE_count', "c_TE_count"), ('c_TE_min', "c_TE_min"), ('c_TE_max', "c_TE_max")) AS v (name, value) GROUP BY name) AS sums;
