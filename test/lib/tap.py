"""What tests in Python print: TAP. Their stages put this folder in PYTHONPATH."""
import sys

number = failed = 0


def ok(good, name, seen=''):
    """A test; where it failed, what was seen."""
    global number, failed
    number += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {number} - {name}", flush=True)
    if not good:
        print('# ' + str(seen)[:4000].replace('\n', '\n# '), flush=True)


def finish():
    print(f'1..{number}')
    sys.exit(failed > 0)
