-- fingerprint: one line that all rows and columns of an output decide (:"name"), in whatever order the rows stand.
SELECT count(*), sum(id), sum(y), sum(a_code), sum(b_code), sum(c_code),
       bit_xor(hashint8extended(a_code, id)), bit_xor(hashint8extended(b_code, id)), bit_xor(hashint8extended(c_code, id)),
       bit_xor(hashfloat8extended("b_TE", id)), bit_xor(hashfloat8extended("c_TE", id)),
       bit_xor(hashtextextended(a, id)), bit_xor(hashtextextended(b, id)), bit_xor(hashtextextended(c, id))
FROM :"name";
