-- Everything that what before_upgrade.sql made gives, as one md5: an encoder, results, views, keys, rights.
SET client_min_messages = error;
SELECT count(*) FROM gpu_encode.transform('e', 'new_rows', 'applied', handle_unknown => 'value', unknown_value => -1);
CREATE TEMPORARY TABLE answer AS SELECT md5(concat(
    (SELECT testlib.digest('SELECT * FROM applied ORDER BY i')), (SELECT testlib.digest('SELECT * FROM o ORDER BY i')),
    (SELECT testlib.digest('SELECT * FROM looked_up ORDER BY i')), (SELECT sum(code) FROM read_again), gpu_encode.inverse_label('e', 'x', 3),
    (SELECT string_agg(srvname || srvoptions::text || umoptions::text, ' ') FROM pg_user_mapping m JOIN pg_foreign_server s ON s.oid = m.umserver),
    pg_has_role('upgrade_reader', 'gpu_encode_s3_read', 'MEMBER'),
    has_function_privilege('upgrade_reader', 'gpu_encode.s3_list(text, text)', 'EXECUTE')));
DROP TABLE applied;
SELECT * FROM answer;
DROP TABLE answer;
