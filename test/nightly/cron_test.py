"""The recipe for pg_cron: scheduled, run, its history; a run that finds the last one still going; a night that a guard stops.

pg_cron starts a job when a minute begins, so each night of this test takes up to a minute.
"""
import subprocess

from nightly import blocks, psql, same, set_up, wait_for
from tap import finish, ok

SECONDS = 200  # that a run at the next minute may take
STATE = '\\x\nSELECT * FROM cron.job_run_details; SELECT * FROM pg_stat_activity WHERE datname IS NOT NULL'
create, history = [text for language, text in blocks('pg_cron') if language == 'postgresql']
shown, = [text for language, text in blocks('pg_cron') if language == '']


def runs(status):
    return f"SELECT count(*) > 0 FROM cron.job_run_details WHERE status = '{status}'"


def soon():
    """Every five seconds, or every minute if this version of pg_cron has no seconds."""
    try:
        psql("SELECT cron.alter_job(jobid, schedule => '5 seconds') FROM cron.job")
    except RuntimeError:
        psql("SELECT cron.alter_job(jobid, schedule => '* * * * *') FROM cron.job")


def never():
    psql("SELECT cron.alter_job(jobid, schedule => '0 0 30 2 *') FROM cron.job")


set_up()
psql(create)
ok(psql('SELECT schedule, command FROM cron.job') == '0 2 * * *|CALL encode_orders()', 'the job is scheduled')

# somebody runs the job by hand, and has not committed yet
other = subprocess.Popen(['psql', '-Xq'], stdin=subprocess.PIPE, text=True)
other.stdin.write('BEGIN;\nCALL encode_orders();\n')
other.stdin.flush()
wait_for('the job runs by hand', "SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND granted", 60, STATE)
soon()
wait_for('a run by pg_cron ends', runs('failed'), SECONDS, STATE)
never()
ok(psql("SELECT return_message LIKE '%the last run of encode_orders is still going%' FROM cron.job_run_details WHERE status = 'failed'") == 't',
   'a run that finds the last one still going fails, and says why', psql(STATE))
other.communicate('COMMIT;\n', timeout=60)
ok(psql('SELECT output_table, part, rows FROM job_log') == 'orders_encoded|train|2000', 'the figures of the last one are in the history',
   psql('SELECT * FROM job_log'))
psql('DELETE FROM cron.job_run_details')
psql('CREATE VIEW dashboard AS SELECT city, avg("city_TE") FROM orders_encoded GROUP BY city; CREATE ROLE reader; GRANT SELECT ON dashboard TO reader')

# a second night, by itself, then one with half a load
soon()
wait_for('a night', runs('succeeded'), SECONDS, STATE)
psql('CREATE TABLE kept AS TABLE orders_encoded; DELETE FROM orders WHERE id > 900')
wait_for('a night with half a load', runs('failed'), SECONDS, STATE)
never()
seen = psql(history, aligned=True)
ok(same(shown, seen), 'the history of pg_cron is what the page shows, with the figures of the guards', seen)
ok(psql('SELECT count(*) FROM job_log') == '2', 'the night that failed left no row in job_log', psql('TABLE job_log'))
ok(psql('SELECT count(*) FROM (TABLE orders_encoded EXCEPT TABLE kept) d') == '0' and psql('SELECT count(*) FROM orders_encoded') == '2000',
   'readers have the rows of the night before')
ok(psql('SET ROLE reader; SELECT count(*) FROM dashboard') == '20', 'by views and grants that stayed')
finish()
