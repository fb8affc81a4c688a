-- session: makes table output by :file and prints figures, a name and a number a line: seconds of the session's first call
-- (if :twice) and of its last one, of the stages of that, where gpu_encode tells them, and of the first count(*) afterwards.
-- The pid of the session's process goes to :pid_file first.
\o :pid_file
SELECT pg_backend_pid();
\o
\if :twice
\ir timed.sql
SELECT 'first', :seconds;
DROP TABLE output;
CHECKPOINT;
\! test/bench/fill_memory
\endif
\ir timed.sql
SELECT 'total', :seconds;
SELECT stage, round(sum(seconds)::numeric, 4) FROM gpu_encode.last_run() GROUP BY stage;
\ir count.sql
