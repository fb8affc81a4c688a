-- sums: rows and sums of the codes, then sums of the encodings, of table output: a cheap sign that two outputs are the same.
SELECT count(*), sum(a::bigint), sum(b::bigint), sum(c::bigint), sum("b_TE"), sum("c_TE") FROM output;
