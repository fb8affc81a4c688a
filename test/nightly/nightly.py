"""What the tests of docs/nightly.md share: its blocks and psql. PGHOST leads to the server."""
import re
import subprocess
import time


def psql(sql, database='postgres', aligned=False):
    """What psql prints; an error is an exception that shows it."""
    form = ['-P', 'footer=off'] if aligned else ['-At']
    done = subprocess.run(['psql', '-Xq', '-v', 'ON_ERROR_STOP=1', *form, '-d', database, '-f', '-'], input=sql,
                          capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise RuntimeError(f'{done.stderr}in: {sql}')
    return done.stdout.strip('\n')


def wait_for(what, query, seconds, seen):
    """Until the query gives t; else the answer of the query seen is shown."""
    end = time.monotonic() + seconds
    while psql(query) != 't':
        if time.monotonic() > end:
            raise SystemExit(f'Bail out! {what}: not so after {seconds} s\n{psql(seen, aligned=True)}')
        time.sleep(0.2)


def blocks(section):
    """The code blocks below that heading of docs/nightly.md: pairs of language and text."""
    with open('docs/nightly.md', encoding='utf-8') as page:
        text = re.split(r'^## ', page.read(), flags=re.M)
    body = next(part for part in text if part.startswith(section + '\n'))
    return re.findall(r'^```(\w*)\n(.*?)^```$', body, flags=re.M | re.S)


def same(shown, seen):
    """Whether psql printed what the page shows, whatever the blanks at the end of lines."""
    return [line.rstrip() for line in shown.strip('\n').split('\n')] == [line.rstrip() for line in seen.split('\n')]


def set_up(database='postgres'):
    """The extension, and the blocks of SQL that make the job."""
    psql('CREATE EXTENSION gpu_encode', database)
    made = [text for language, text in blocks('The job') if language == 'sql'][:2]
    for text in made:
        psql(text, database)
