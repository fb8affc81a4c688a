"""report_test.py: the page of report() in a real browser. TAP on standard output; a server as scripts/with-server gives one.

argv: the browser (Chromium). The page stands in frames of a second page, whose script measures it: the page itself may run none.
"""
import html.parser
import json
import os
import re
import subprocess
import sys
import tempfile

from tap import finish, ok

BROWSER = sys.argv[1]
LIMIT = 120  # seconds that the browser may take

HOSTILE = ['<script>document.title = 1</script>', '</svg><img src=x onerror=alert(1)>', '"quotes" & \'others\' &amp;', 'Größe 東京 😀',
           'long ' * 500]
TABLES = """
CREATE EXTENSION gpu_encode;
CREATE TABLE orders AS SELECT v AS city, 'shop ' || i % 300 AS shop, CASE WHEN i % 9 > 0 THEN 'kind ' || i % 4 END AS "kind of a long name, longer than a phone is wide",
    (i * i % 11 + length(v))::float8 AS y FROM generate_series(1, 1500) i, unnest(VALUES_HERE) WITH ORDINALITY u (v, n) WHERE i % 5 = n - 1;
SELECT gpu_encode.fit_transform('orders_encoder', 'orders', 'encoded', 'y', '{city,shop}', smooth => 4, target_combinations => '[["city","shop"]]');
"""
MEASURE = """<!DOCTYPE html><meta charset="utf-8"><title>-</title>%s<script>
onload = () => {
    const seen = [...document.querySelectorAll('iframe')].map(frame => {
        const page = frame.contentDocument, view = frame.contentWindow, style = view.getComputedStyle(page.body);
        return {width: view.innerWidth, needed: page.documentElement.scrollWidth, colour: style.color, back: style.backgroundColor,
                dots: page.querySelectorAll('circle').length, scripts: page.querySelectorAll('script,img,link,iframe').length,
                loaded: view.performance.getEntriesByType('resource').length, drawn: page.querySelector('svg').getBoundingClientRect().width};
    });
    document.body.innerHTML = '<pre></pre>';
    document.querySelector('pre').textContent = JSON.stringify(seen);
};
</script>"""


def sql(text):
    return subprocess.run(['psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-c', text], capture_output=True, text=True, timeout=LIMIT,
                          check=True).stdout


def browse(*options):
    return subprocess.run([BROWSER, '--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--allow-file-access-from-files',
                           f'--user-data-dir={directory}/profile', *options], capture_output=True, text=True, timeout=LIMIT).stdout


class Page(html.parser.HTMLParser):
    """Cells of the tables of categories, and the values of figures by section."""

    def __init__(self, text):
        super().__init__()
        self.cells, self.figures, self.section, self.figure, self.cell, self.row = [], {}, 0, None, None, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.section += tag == 'section'
        if tag in ('td', 'dd'):
            self.figure, self.cell = attributes.get('data-figure'), ''
        if tag == 'data' and self.figure:
            self.figures.setdefault((self.section, self.figure), []).append(float(attributes['value']))

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data

    def handle_endtag(self, tag):
        if tag in ('td', 'dd') and self.cell is not None:
            self.cells.append(self.cell)
            self.figure = self.cell = None


directory = tempfile.mkdtemp(prefix='gpu_encode-report-')
os.chdir(directory)
array = 'ARRAY[' + ','.join("'" + v.replace("'", "''") + "'" for v in HOSTILE) + ']'
sql(TABLES.replace('VALUES_HERE', array))
with open('report.html', 'w') as file:
    file.write(sql("SELECT gpu_encode.report('orders_encoder', 'encoded')"))

# ------------------------------------------------------------------ what the browser makes of it
dom = browse('--dump-dom', f'file://{directory}/report.html')
page = Page(dom)
shown = [re.sub(r'\.\.\. \(\d+ more characters\)$', '', cell) for cell in page.cells]
for value in HOSTILE:
    ok(value[:64] in shown, f'{value[:30]!r} is text', shown)
ok('<script' not in dom and '<img' not in dom, 'no value became an element')
for section, column in enumerate(['city', 'kind of a long name, longer than a phone is wide', 'shop'], 1):
    place = next(s for s in range(1, 6) if f'<h2>{column}</h2>' in dom.split('<section ')[s])
    wanted = [float(x) for x in sql(f'SELECT count(DISTINCT "{column}"), count(*) FILTER (WHERE "{column}" IS NULL), count(*) FROM orders').split('|')]
    found = [page.figures[place, 'categories'][0], page.figures[place, 'missing'][0], page.figures[place, 'rows'][0]]
    ok(found == wanted, f'figures of section {section}', (found, wanted))
wanted = float(sql('SELECT corr("shop_TE", y) FROM encoded'))
ok(any(abs(x - wanted) < 1e-12 for x in page.figures[0, 'correlation']), 'the correlation is that of SQL', (page.figures[0, 'correlation'], wanted))

# ------------------------------------------------------------- light and dark, wide and narrow
with open('frames.html', 'w') as file:
    file.write(MEASURE % ''.join(f'<iframe src="report.html" width="{width}" height="600"></iframe>' for width in (360, 1000)))


def measure(*options):
    text = browse('--dump-dom', '--virtual-time-budget=10000', *options, f'file://{directory}/frames.html')
    found = re.search(r'<pre>(.*?)</pre>', text, re.S)
    return json.loads(found[1]) if found else [{}, {}]


light, dark = measure('--blink-settings=preferredColorScheme=1'), measure('--blink-settings=preferredColorScheme=0')
for frame in light:
    ok(frame.get('needed', 1e9) <= frame.get('width', 0), f"nothing is wider than {frame.get('width')} pixels", frame)
    ok(frame.get('dots', 0) > 300 and frame.get('drawn', 0) > 250, 'the drawings are there', frame)
    ok(frame.get('scripts') == 0 and frame.get('loaded') == 0, 'nothing was loaded', frame)
ok(light[0].get('back') == 'rgb(255, 255, 255)' and light[0].get('back') != dark[0].get('back'), 'the background follows the colour scheme', (light, dark))
ok(light[0].get('colour') != dark[0].get('colour'), 'the text does, too')

# ------------------------------------------------------------------------------------ on paper
browse('--print-to-pdf=paper.pdf', f'file://{directory}/report.html')
ok(os.path.exists('paper.pdf') and open('paper.pdf', 'rb').read(5) == b'%PDF-', 'it prints')

os.chdir('/')
subprocess.run(['rm', '-rf', directory], check=True)
finish()
