"""client_test.py: gpu-encode, the client command. TAP on standard output; a server as scripts/with-server gives one."""
import csv
import gzip
import os
import pty
import random
import re
import select
import signal
import subprocess
import tempfile
import time

from tap import finish, ok

CLIENT = os.path.abspath('build/client/gpu-encode')
LIMIT = 60  # seconds that a command may take


def run(*words, **environment):
    return subprocess.run([CLIENT, *words], capture_output=True, text=True, timeout=LIMIT,
                          stdin=subprocess.DEVNULL, env={**os.environ, **environment})


def gives(name, words, code, text='', **environment):
    """The command ends with that code and says exactly that text."""
    done = run(*words, **environment)
    ok(done.returncode == code and text in done.stderr and 'Traceback' not in done.stderr, name,
       f'code {done.returncode}, wanted {code} and "{text}"\n{done.stderr}')
    return done


def sql(text):
    return subprocess.run(['psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-c', text], capture_output=True, text=True,
                          timeout=LIMIT, check=True).stdout


def write(name, rows):
    with open(name, 'w', newline='') as file:
        csv.writer(file).writerows(rows)


def read(name):
    opened = gzip.open(name, 'rt', newline='') if name.endswith('.gz') else open(name, newline='')
    with opened as file:
        return list(csv.reader(file))


def data(n, seed):
    """Rows with what CSV makes hard: quotes, commas, line breaks, empty fields, letters beyond ASCII."""
    rng = random.Random(seed)
    texts = ['a', 'b,c', 'd "e"', 'f\ng', '', 'grün', "it's", ' ']
    yield ['id', 'text column', 'Größe', 'price', 'y']
    for i in range(n):
        yield [i, rng.choice(texts), rng.choice(['S', 'M', 'L']), rng.choice(['1.5', '2', '']), i % 2]


directory = tempfile.mkdtemp(prefix='gpu_encode-client.')
os.chdir(directory)
sql('CREATE EXTENSION gpu_encode')
write('train.csv', data(1000, 1))
write('validation.csv', data(300, 2))

# ---------------------------------------------------------------------- from file to file
job = ['preprocess', 'train.csv', 'out.csv', '--validation=validation.csv', '--validation-output=out.csv.gz', '--target=y',
       '--target-columns=text column,Größe', '--smooth=0.5', '--null-value=None', '--label-suffix=_code']
done = gives('a job from two files to two files', job, 0)
subprocess.run(['psql', '-Xq', '-v', 'ON_ERROR_STOP=1'], timeout=LIMIT, check=True, text=True, input='''
    CREATE TABLE train (id bigint, "text column" text, "Größe" text, price float8, y bigint);
    CREATE TABLE validation (LIKE train);
    \\copy train from 'train.csv' with (format csv, header match)
    \\copy validation from 'validation.csv' with (format csv, header match)
    \\o /dev/null
    SELECT gpu_encode.preprocess('train', 'o', 'y', '{text column,Größe}', 'validation', 'v', smooth => 0.5,
        null_value => 'None', label_suffix => '_code');
    \\copy o to 'by_sql.csv' with (format csv, header)
    \\copy v to 'by_sql_v.csv' with (format csv, header)
''')
ok(open('out.csv').read() == open('by_sql.csv').read(), 'the file is that of COPY, preprocess, COPY')
ok(gzip.open('out.csv.gz', 'rt', newline='').read() == open('by_sql_v.csv', newline='').read(),
   'so is that of the validation rows, compressed')
ok(re.search(r'train +\| +1000', done.stdout) and re.search(r'validation +\| +300', done.stdout), 'the result rows are shown',
   done.stdout)
ok(not [name for name in os.listdir('.') if 'unfinished' in name], 'no unfinished file is left', os.listdir('.'))
ok(sql("SELECT count(*) FROM pg_class WHERE relname LIKE 'gpu_encode_train%'") == '0\n', 'no temporary table is left')

with open('train.csv', 'rb') as plain, gzip.open('train2.csv.gz', 'wb') as packed:
    packed.write(b'\xef\xbb\xbf' + plain.read())
gives('a compressed file with a byte order mark', ['preprocess', 'train2.csv.gz', 'out2.csv', *job[3:8], '--overwrite', *job[8:]], 0)
ok(read('out2.csv') == read('out.csv'), 'gives the same rows')

done = gives('--dry-run', [*job, '--overwrite', '--dry-run'], 0)
subprocess.run(['psql', '-Xq', '-v', 'ON_ERROR_STOP=1'], timeout=LIMIT, check=True, text=True, stdout=subprocess.DEVNULL,
               input='CREATE TEMP TABLE gpu_encode_train (LIKE train); CREATE TEMP TABLE gpu_encode_validation (LIKE train);\n'
               + done.stdout.replace("'out.csv", "'dry.csv"))
ok(open('dry.csv').read() == open('out.csv').read(), 'prints what psql runs to that very file')
done = gives('--dry-run of a file with a quote in its name', ['export', 'train', "./it's.csv", '--dry-run'], 0)
subprocess.run(['psql', '-Xq', '-v', 'ON_ERROR_STOP=1'], timeout=LIMIT, check=True, text=True, stdout=subprocess.DEVNULL, input=done.stdout)
ok(os.path.exists("it's.csv"), 'names that file', done.stdout)
gives('--dry-run of a query of several lines', ['export', 'SELECT 1 AS a\n', './a.csv', '--dry-run'], 2, 'without line breaks')
gives('a query that ends in a comment', ['export', 'SELECT 1 AS a -- one', './a.csv'], 0)
ok(read('a.csv') == [['a'], ['1']], 'gives its rows')
gives('--dry-run of a file with a line break in its name', ['export', 'train', './a\n\\! touch b\n.csv', '--dry-run'], 2, 'line break')

# ------------------------------------------------------------------------- other commands
gives('import', ['import', 't', 'train.csv'], 0)
ok(sql('SELECT count(*), sum(id), count(price) FROM t') == sql('SELECT count(*), sum(id), count(price) FROM train'),
   'the table has the rows of the file')
ok(sql("SELECT string_agg(format_type(atttypid, NULL), ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0")
   == 'bigint text text double precision bigint\n', 'with types from the values')
gives('import --append', ['import', '--append', 't', 'validation.csv'], 0)
ok(sql('SELECT count(*) FROM t') == '1300\n', 'adds rows')
gives('fit', ['fit', 'e', 'train.csv', '--target=y', '--target-columns', 'Größe', '--label-columns', 'text column'], 0)
gives('transform from a file into a table', ['transform', 'e', 'validation.csv', 'new_rows'], 0)
gives('transform into a file', ['transform', 'e', 'validation', 'new.csv', '--te-suffix=_te'], 0)
ok(read('new.csv')[0] == ['id', 'text column', 'Größe', 'price', 'y', 'Größe_te'], 'a suffix arrives', read('new.csv')[0])
gives('export a query', ['export', 'SELECT id FROM t ORDER BY id LIMIT 3', 'x.csv'], 0)
ok(read('x.csv') == [['id'], ['0'], ['0'], ['1']], 'writes its rows', read('x.csv'))
gives('export a table', ['export', 't', './y.csv.gz'], 0)
ok(len(read('y.csv.gz')) == 1301, 'writes all of them')
gives('export over a file', ['export', 't', './y.csv.gz', '--overwrite=off'], 4, '"./y.csv.gz" exists')
gives('export with --overwrite=on', ['export', 't', './y.csv.gz', '--overwrite=on'], 0)
gives('export with no boolean', ['export', 't', './y.csv.gz', '--overwrite=o'], 2, '"o" is no boolean; --overwrite takes true or false')
gives('export with an option for URIs', ['export', 't', './z.csv', '--kms-key=k'], 2, '--kms_key is for URIs, and ./z.csv is a file')
done = gives('result rows as CSV', ['fit', 'e2', 'train', '--target=y', '--target-columns=Größe', '--csv'], 0)
ok(list(csv.DictReader(done.stdout.splitlines()))[0]['encoder_table'] == 'e2', 'can be read as CSV', done.stdout)

gives('fit of other rows', ['fit', 'e3', 'validation', '--target=y', '--target-columns=Größe'], 0)
done = gives('compare', ['compare', 'e2', 'e3', '--csv'], 0)
ok(done.stdout == sql("COPY (SELECT * FROM gpu_encode.compare_encoders('e2', 'e3')) TO STDOUT WITH (format csv, header)"), 'gives the rows of compare_encoders()', done.stdout)
done = gives('report', ['report', 'e2', '--output-table=train'], 1, 'no encoding of encoder public.e2')
done = gives('report', ['report', 'e2'], 0)
ok(done.stdout.startswith('<!DOCTYPE html>') and done.stdout.isascii() and done.stdout + '\n' == sql("SELECT gpu_encode.report('e2')"), 'writes the page and nothing else')
done = gives('report --dry-run', ['report', 'e2', '--dry-run'], 0)
ok(sql(done.stdout) == sql("SELECT gpu_encode.report('e2')"), 'prints the call', done.stdout)
done = gives('report in another encoding', ['report', 'e2'], 0, PGCLIENTENCODING='LATIN1')
ok(done.stdout + '\n' == sql("SELECT gpu_encode.report('e2')"), 'is the same page')
with open('/dev/full', 'w') as full:
    done = subprocess.run([CLIENT, 'report', 'e2'], stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, text=True, timeout=LIMIT)
ok(done.returncode == 4 and 'cannot write to standard output' in done.stderr, 'report to a full device is an error', done)

# ----------------------------------------------------------------------------- the options
for command, function in [('preprocess', 'preprocess'), ('fit', 'fit'), ('transform', 'transform'),
                          ('import', 's3_create_table'), ('export', 's3_export'), ('compare', 'compare_encoders'), ('report', 'report')]:
    shown = set(re.findall(r'^  --([a-z0-9-]+) ', run(command, '--help').stdout, re.M))
    names = set(sql(f"SELECT unnest(proargnames[:pronargs]) FROM pg_proc WHERE proname = '{function}'").replace('_', '-').split())
    ok(names and names <= shown, f'{command} --help shows every argument of {function}()', names - shown)

# --------------------------------------------------------------------- what goes wrong, and how
gives('no command', [], 2, 'Usage: gpu-encode COMMAND')
gives('an unknown command', ['fitt'], 2, 'there is no command "fitt"; gpu-encode --help lists them')
gives('a missing argument', ['fit', 'e3'], 2, 'fit needs the argument source')
gives('a misspelt option', ['fit', 'e3', 't', '--smoth=1'], 2, 'fit() has no argument "smoth"; perhaps you meant --smooth')
gives('an option twice', ['fit', 'e3', 't', '--smooth=1', '--smooth=2'], 2, '--smooth is given twice')
gives('a word too many', ['fit', 'e3', 't', 'u'], 2, '"u" is one argument too many')
gives('a short option that is none', ['fit', 'e3', 't', '-z'], 2, 'there is no option -z')
gives('a list whose quotes do not match', ['fit', 'e3', 't', '--label-columns="a'], 2,
      'the quotes in the list of --label_columns do not match')
gives('a wrong value', ['fit', 'e3', 't', '--smooth=much'], 1, 'invalid input syntax for type double precision: "much"')
gives('a missing table', ['fit', 'e3', 'nowhere'], 1, 'relation "nowhere" does not exist')
with open('train.txt', 'w', encoding='utf8') as file:
    file.write('a\n1\n')
gives('a file whose name reads as a relation', ['fit', 'e3', 'train.txt'], 1, '"train.txt" is read as the name of a relation; ./train.txt is the file')
for words in [['import', 't', 'train.txt'], ['import', '--append', 't', 'train.txt'], ['export', 't', 'train.txt', '--overwrite']]:
    gives(f'{words[0]} of a file whose name reads as a relation', words, 2, '"train.txt" is read as the name of a relation; ./train.txt is the file')
gives('import of that file', ['import', 'of_txt', './train.txt'], 0)
gives('a missing file', ['preprocess', 'nowhere.csv', 'o.csv'], 4, 'could not open "nowhere.csv": No such file or directory')
gives('an output that exists', job, 4, '"out.csv" exists; --overwrite replaces it')
gives('one file for both outputs', ['preprocess', 'train.csv', 'z.csv', '--validation=validation.csv', '--validation-output=z.csv'],
      2, 'train_output and validation_output are one file')
gives('a file beside a URI', ['preprocess', 'train.csv', 's3://b/o.csv'], 2, 'all have to be of one kind')
gives('a relation beside a URI', ['preprocess', 's3://b/train.csv', 'o.txt'], 2, 'o.txt is a relation, and others are URIs; all have to be of one kind')
gives('an output in no directory', ['preprocess', 'train.csv', 'no/such/o.csv', '--target=y'], 4, 'could not create "no/such/o.csv"')
gives('no server', ['fit', 'e3', 't', '-h', directory], 3, 'connection to server on socket', PGPORT='1')
gives('no such user', ['fit', 'e3', 't', '-U', 'nobody_here'], 3, 'role "nobody_here" does not exist')
gives('a conninfo string', ['fit', 'e3', 't', '-d', 'dbname=nothing'], 3, 'database "nothing" does not exist')
sql('CREATE DATABASE bare')
gives('a database without the extension', ['fit', 'e3', 't', '-d', 'bare'], 1, 'CREATE EXTENSION gpu_encode installs it')
subprocess.run(['psql', '-Xq', '-d', 'bare', '-c', 'CREATE SCHEMA gpu_encode; CREATE FUNCTION gpu_encode.fit(encoder text, source text) RETURNS text '
                "LANGUAGE sql AS $$SELECT 'taken over'$$"], timeout=LIMIT, check=True)
gives('a function of that name that is not of the extension', ['fit', 'e3', 't', '-d', 'bare'], 1, 'CREATE EXTENSION gpu_encode installs it')
for name, content, text in [('empty.csv', '', '"empty.csv" is empty'), ('twice.csv', 'a,b,a\n', 'two columns in the header of "twice.csv" are "a"'),
                            ('ragged.csv', 'a,b\n1,2\n3\n', 'line 3 of "ragged.csv" has 1 fields, its header has 2'),
                            ('open.csv', 'a,b\n1,"2\n', 'line 2 of "open.csv": a quote that opens here is never closed'),
                            ('stray.csv', 'a,b\n1,27" TV\n', 'line 2 of "stray.csv": a quote inside a field'),
                            ('nameless.csv', 'a,,b\n', 'column 2 in the header of "nameless.csv" has no name')]:
    with open(name, 'w') as file:
        file.write(content)
    gives(name, ['import', 'never', name], 4, text)
ok(sql("SELECT to_regclass('never') IS NULL") == 't\n', 'no table remains of them')
before = open('out.csv').read()
gives('a job that fails', [*job, '--overwrite', '--te-suffix='], 1, 'ERROR')
ok(open('out.csv').read() == before, 'leaves the output of the last one')

# ------------------------------------------------------------- cancelled, lost, on a terminal
sql('CREATE VIEW slow AS SELECT id, "Größe", y FROM t, LATERAL (SELECT pg_sleep(0.1 + id * 0)) s')


def start(*words, **options):
    process = subprocess.Popen([CLIENT, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                               **{'stderr': subprocess.PIPE, **options})
    deadline = time.monotonic() + LIMIT
    while sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'gpu-encode' AND wait_event = 'PgSleep'") == '0\n':
        if time.monotonic() > deadline:
            raise SystemExit('Bail out! the client never reached its query')
        time.sleep(0.02)
    return process


process = start('fit', 'never', 'slow', '--target=y', '--target-columns=Größe')
began = time.monotonic()
process.send_signal(signal.SIGINT)
error = process.communicate(timeout=LIMIT)[1]
seconds = time.monotonic() - began
ok(process.returncode == 130 and 'cancelled; nothing was changed' in error, 'Ctrl-C cancels', (process.returncode, error))
ok(seconds < 5, 'soon', seconds)
ok(sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == '0\n', 'the server works no more')

process = start('fit', 'never', 'slow', '--target=y', '--target-columns=Größe')
sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
error = process.communicate(timeout=LIMIT)[1]
ok(process.returncode == 3 and 'terminating connection' in error, 'a lost connection', (process.returncode, error))

main, terminal = pty.openpty()
process = start('fit', 'never', 'slow', '--target=y', '--target-columns=Größe', stderr=terminal)
os.close(terminal)
shown, deadline = '', time.monotonic() + LIMIT
while not re.search(r'\rfit +.* [1-9] s', shown) and time.monotonic() < deadline:
    if select.select([main], [], [], 1)[0]:
        shown += os.read(main, 4096).decode()
ok(re.search(r'\rfit +.* [1-9] s', shown), 'a terminal sees a step and its seconds', repr(shown))
process.send_signal(signal.SIGINT)
process.wait(timeout=LIMIT)
shown = ''
while select.select([main], [], [], 1)[0]:
    try:
        shown += os.read(main, 4096).decode()
    except OSError:
        break
ok('cancelled; nothing was changed' in shown and '\r\x1b[K' in shown, 'the bar makes room for the message', repr(shown))

# ------------------------------------------------------------------------------ a password
def on_terminal(typed, *words):
    """The exit code of the command on a terminal of its own, and what it shows; each of typed is an answer to one prompt."""
    pid, main = pty.fork()
    if pid == 0:
        os.execv(CLIENT, [CLIENT, *words])
    shown, answered, deadline = '', 0, time.monotonic() + LIMIT
    while time.monotonic() < deadline:
        if answered < len(typed) and shown.count('Password: ') > answered:
            os.write(main, typed[answered].encode() + b'\n')
            answered += 1
        if not select.select([main], [], [], 1)[0]:
            continue
        try:
            shown += os.read(main, 4096).decode()
        except OSError:  # the terminal is closed
            break
    else:
        os.kill(pid, signal.SIGKILL)
    os.close(main)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown


hba = sql('SHOW hba_file').strip()
with open(hba) as file:
    rules = file.read()
with open(hba, 'w') as file:
    file.write('local all asked scram-sha-256\n' + rules)
sql("CREATE ROLE asked LOGIN PASSWORD 'a secret'; GRANT SELECT ON t TO asked; SELECT pg_reload_conf()")
words = ['export', 'SELECT count(*) FROM t', 'p.csv', '-U', 'asked', '--overwrite']
deadline = time.monotonic() + LIMIT
while run(*words, PGPASSWORD='').returncode == 0:  # until the server has read its rules
    if time.monotonic() > deadline:
        raise SystemExit('Bail out! the server never asked for a password')
    time.sleep(0.1)
os.unlink('p.csv') if os.path.exists('p.csv') else None
code, shown = on_terminal(['a secret'], *words)
ok(code == 0 and os.path.exists('p.csv'), 'the right password', (code, shown))
ok('a secret' not in shown and shown.count('Password: ') == 1, 'is asked for once and not shown', shown)
code, shown = on_terminal(['another'], *words)
ok(code == 3 and 'password authentication failed for user "asked"' in shown, 'a wrong password', (code, shown))
ok('another' not in shown and shown.count('Password: ') == 1, 'is not asked for again', shown)
code, shown = on_terminal([], *words, '-w')
ok(code == 3 and 'no password supplied' in shown and 'Password' not in shown, 'no prompt with -w', (code, shown))
code, shown = on_terminal(['a secret'], *words, '-W')
ok(code == 0 and shown.count('Password: ') == 1, '-W asks before it connects', (code, shown))
gives('a password of the environment', words, 0, PGPASSWORD='a secret')

subprocess.run(['rm', '-r', directory], check=True)
finish()
