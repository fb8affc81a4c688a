"""What a new user tries in the shell: the commands of newcomer.txt, one after another, show what stands there below them.

--write writes the file anew. PGHOST leads to the server.
"""
import difflib
import os
import re
import subprocess
import sys
import tempfile

TRANSCRIPT = os.path.abspath('test/client/newcomer.txt')
CLIENT = os.path.abspath('build/client')

with open(TRANSCRIPT, encoding='utf-8') as file:
    wanted = file.read()
commands = re.findall(r'^\$ (.*)\n', wanted, flags=re.M)
shown = wanted[:wanted.index('$ ')]
subprocess.run(['psql', '-Xq', '-c', 'CREATE EXTENSION gpu_encode'], check=True, timeout=60)
with tempfile.TemporaryDirectory(prefix='gpu_encode-newcomer.') as directory:
    for command in commands:
        done = subprocess.run(['bash', '-c', command], cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=60, env={**os.environ, 'PATH': f"{CLIENT}:{os.environ['PATH']}"})
        output = done.stdout.replace(os.environ['PGHOST'], '/socket').rstrip('\n')
        shown += f'$ {command}\n{output}\n' + (f'(exit code {done.returncode})\n' if done.returncode else '') + '\n'
if '--write' in sys.argv:
    with open(TRANSCRIPT, 'w', encoding='utf-8') as file:
        file.write(shown)
differences = list(difflib.unified_diff(wanted.splitlines(), shown.splitlines(), 'newcomer.txt', 'seen', lineterm=''))
print(f"{'not ok' if differences else 'ok'} 1 - {len(commands)} commands of a new user show what newcomer.txt has")
print('\n'.join('# ' + line for line in differences))
print('1..1')
sys.exit(bool(differences))
