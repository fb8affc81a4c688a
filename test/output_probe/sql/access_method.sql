-- Settings that apply to any CREATE TABLE: another access method (filled the ordinary way),
-- a tablespace.
CREATE ACCESS METHOD other TYPE TABLE HANDLER probe_access_method;
CREATE ACCESS METHOD heap_again TYPE TABLE HANDLER heap_tableam_handler;

SET default_table_access_method = other;
SELECT * FROM probe_output('in_other', 'SELECT g, repeat(g::text, 2000) t FROM generate_series(1, 3000) g');
SELECT amname FROM pg_class c JOIN pg_am a ON a.oid = relam WHERE c.oid = 'in_other'::regclass;
SELECT count(*), sum(g), sum(length(t)) FROM in_other;

-- heap under another name is heap
SET default_table_access_method = heap_again;
SELECT * FROM probe_output('in_heap_again', 'SELECT g FROM generate_series(1, 3000) g');
SELECT count(*), sum(g) FROM in_heap_again;
RESET default_table_access_method;

SET allow_in_place_tablespaces = on;
CREATE TABLESPACE probe_space LOCATION '';
SET default_tablespace = probe_space;
SELECT * FROM probe_output('in_space', 'SELECT g, repeat(g::text, 2000) t FROM generate_series(1, 3000) g');
SELECT spcname FROM pg_class c JOIN pg_tablespace s ON s.oid = reltablespace WHERE c.oid = 'in_space'::regclass;
SELECT count(*), sum(g), sum(length(t)) FROM in_space;
RESET default_tablespace;
SELECT count(*) FROM verify_heapam('in_space', check_toast => true);

DROP TABLE in_other, in_heap_again, in_space;
DROP ACCESS METHOD other;
DROP ACCESS METHOD heap_again;
DROP TABLESPACE probe_space;
