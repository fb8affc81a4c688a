"""The recipe for dbt-postgres: dbt run twice; what stays of views and grants on its own table and on the one that is replaced; a
night that a guard stops. The argument is the path of dbt."""
import os
import re
import subprocess
import sys
import tempfile

from nightly import blocks, psql, set_up
from tap import finish, ok

PROFILE = '''nightly:
  target: test
  outputs:
    test: {type: postgres, host: "%s", port: %s, user: %s, password: "", dbname: postgres, schema: public, threads: 1}
'''
PROJECT = '''name: nightly
profile: nightly
flags: {send_anonymous_usage_stats: false}
'''


def write(directory, name, text):
    path = os.path.join(directory, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)


def dbt_run(directory):
    return subprocess.run([sys.argv[1], '--no-use-colors', 'run', '--project-dir', directory, '--profiles-dir', directory], cwd=directory,
                          capture_output=True, text=True, timeout=300, env={**os.environ, 'DO_NOT_TRACK': '1'})


def exists(view):
    return psql(f"SELECT to_regclass('{view}') IS NOT NULL") == 't'


set_up()
with tempfile.TemporaryDirectory(prefix='gpu_encode-dbt.') as directory:
    write(directory, 'profiles.yml', PROFILE % (os.environ['PGHOST'], os.environ['PGPORT'], os.environ['PGUSER']))
    write(directory, 'dbt_project.yml', PROJECT)
    for language, text in blocks('dbt'):
        if language in ('yaml', 'jinja'):
            write(directory, re.match(r'(?:#|--) (\S+)\n', text)[1], text)

    done = dbt_run(directory)
    ok(done.returncode == 0, 'dbt runs the hook and the model', done.stdout + done.stderr)
    ok(psql('SELECT count(*) FROM orders_features') == '2000' and psql('SELECT count(*) FROM job_log') == '1', 'the model has the encoded rows')

    psql('''CREATE VIEW on_model AS SELECT count(*) FROM orders_features;
        CREATE VIEW on_output AS SELECT count(*) FROM orders_encoded;
        CREATE ROLE reader; GRANT SELECT ON orders_features, orders_encoded TO reader;
        INSERT INTO orders SELECT i, 'city ' || i % 21, 'shop ' || i % 7, i % 2 FROM generate_series(2001, 2100) i''')
    done = dbt_run(directory)
    ok(done.returncode == 0, 'dbt runs again, over new rows', done.stdout + done.stderr)
    ok(psql('SET ROLE reader; SELECT count(*) FROM orders_encoded') == '2100' and psql('SELECT count FROM on_output') == '2100',
       'the view and the grant on the replaced table work, and see them')
    ok(not exists('on_model'), "dbt's own swap has dropped the view on its table")
    ok(psql("SELECT has_table_privilege('reader', 'orders_features', 'SELECT')") == 'f', 'and the grant')

    psql('DELETE FROM orders WHERE id > 900')
    done = dbt_run(directory)
    ok(done.returncode == 1 and 'min_rows: 900, limit 1000 (not met)' in done.stdout, 'a guard stops dbt, and its log has the figures',
       done.stdout + done.stderr)
    ok(psql('SELECT count FROM on_output') == '2100' and psql('SELECT count(*) FROM orders_features') == '2100', 'both tables are as they were')
finish()
