"""What export_encoder writes, read by programs without the extension, beside transform. Prints TAP; PGHOST leads to a server.

JSON: by the reader that docs/export.md shows. SQL: in a database without the extension. ONNX: by onnxruntime, if it is there.
"""

import base64
import json
import math
import os
import re
import subprocess
import sys

try:
    import numpy
    import onnx
    import onnxruntime
except ImportError as error:
    onnxruntime, why_not = None, error

COLUMNS = {"few": "text", "many": "varchar(40)", "padded": "char(12)", "number": "integer", "wide": "bigint", "price": "numeric", "flag": "boolean", "mood": "mood", "day": "date", "at": "timestamptz", "ratio": "float8", "odd \"'\\ %s\n": "text"}
COMBINATIONS = [["few", "many"], ["number", "few"], {"three": ["padded", "wide", "price"]}, ["mood", "day"]]
STATS = ["mean", "count", "frequency", "sum", "var", "std", "min", "max", "median", "q05"]
failed = number = 0


def psql(sql, database="export"):
    """What statements answer; they come by standard input, since an exported encoder is longer than an argument may be."""
    command = ["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-"]
    done = subprocess.run(command, input=f"SET extra_float_digits = 3;\n{sql};\n", capture_output=True, encoding="utf-8", timeout=60,
                          env={**os.environ, "PGCLIENTENCODING": "UTF8"})
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return done.stdout


def rows_of(sql, **where):
    return [json.loads(line) for line in psql(f"SELECT to_json(q) FROM ({sql}) q", **where).split("\n") if line]


def report(what, wrong):
    """One test: nothing is wrong, or the first thing that is."""
    global failed, number
    number += 1
    print(f"{'not ok' if wrong else 'ok'} {number} - {what}")
    if wrong:
        failed = 1
        print("\n".join(f"# {line}" for line in str(wrong[0]).splitlines()))


def skip(what, why):
    global number
    number += 1
    print(f"ok {number} - {what} # SKIP {why}")


def identifier(name):
    return '"' + name.replace('"', '""') + '"'


def literal(value):
    return "E'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def reader_of_docs():
    """The class that docs/export.md shows, and that it is as short as the page says."""
    page = open("docs/export.md", encoding="utf-8").read()
    source = re.search(r"### A reader in Python\n+```python\n(.*?)```", page, re.S).group(1)
    body = [line for line in source.splitlines() if line.strip()]
    report(f"the reader has {len(body)} lines, about the 20 that the page names", [] if len(body) <= 25 else ["too long"])
    space = {}
    exec(source, space)
    return space["Encoder"]


def same(a, b):
    """To the bit, zeros with their signs."""
    if a is None or b is None:
        return a is b
    return a == b and math.copysign(1, a) == math.copysign(1, b)


def lacking(got, expected):
    """Encodings that transform gives, and an export does not."""
    return [f"{name} is missing" for name in expected if "_TE" in name and name not in got]


def texts_of(table, columns):
    """Each row with the canonical texts of its columns."""
    texts = ", ".join(f"gpu_encode.category_text({identifier(c)}) AS {identifier(c)}" for c in columns)
    return rows_of(f"SELECT {texts} FROM {table} ORDER BY i")


def check_json(what, encoder, table, columns, wanted):
    document = psql(f"SELECT gpu_encode.export_encoder('{encoder}')")
    reader = Encoder(document)
    wrong = []
    for row, expected in zip(texts_of(table, columns), wanted, strict=True):
        got = reader.transform(row)
        wrong += [f"{row}: {name} is {value!r} instead of {expected[name]!r}" for name, value in got.items() if not same(value, expected[name])]
        wrong += lacking(got, expected)
    report(f"{what}: JSON", wrong)


def check_sql(what, encoder, table, wanted):
    """In the database without the extension, which has the table too."""
    expressions = psql(f"SELECT gpu_encode.export_encoder('{encoder}', 'sql')")
    wrong = []
    for got, expected in zip(rows_of(f"SELECT {expressions} FROM {table} ORDER BY i", database="plain"), wanted, strict=True):
        wrong += [f"{name} is {value!r} instead of {expected[name]!r}" for name, value in got.items() if not same(value, expected[name])]
        wrong += lacking(got, expected)
    report(f"{what}: SQL on a server without the extension", wrong)


def load(model):
    onnx.checker.check_model(onnx.load_from_string(model), full_check=True)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def inputs_of(session, rows):
    inputs = {}
    for value in session.get_inputs():
        column = [row[value.name] for row in rows]
        is_integer = value.type == "tensor(int64)"
        none = 0 if is_integer else ""
        inputs[value.name] = numpy.array([none if v is None else int(v) if is_integer else v for v in column], dtype=numpy.int64 if is_integer else object)
        inputs[value.name + " IS NULL"] = numpy.array([v is None for v in column])
    return inputs


def as_onnx(name, value):
    """What stands for a value of transform: there is no NULL."""
    if value is None:
        return -1 if name.endswith("_code") else math.nan
    return value


def check_onnx(what, encoder, table, columns, wanted, database="export"):
    if onnxruntime is None:
        skip(f"{what}: ONNX", why_not)
        return
    session = load(base64.b64decode(psql(f"SELECT gpu_encode.export_encoder('{encoder}', 'onnx')", database=database)))
    names = [output.name for output in session.get_outputs()]
    rows = texts_of(table, columns) if database == "export" else rows_of(f"SELECT * FROM {table} ORDER BY i", database=database)
    wrong = lacking(names, wanted[0])
    for name, got in zip(names, session.run(names, inputs_of(session, rows))):
        for row, value, expected in zip(rows, got.tolist(), wanted, strict=True):
            expected = as_onnx(name, expected[name])
            if not (same(value, expected) or (math.isnan(value) and math.isnan(expected))):
                wrong.append(f"{row}: {name} is {value!r} instead of {expected!r}")
    report(f"{what}: ONNX", wrong)


def check(what, encoder, table, columns):
    psql(f"DROP TABLE IF EXISTS coded, replaced; SELECT FROM gpu_encode.transform('{encoder}', '{table}', 'coded', label_suffix => '_code'); SELECT FROM gpu_encode.transform('{encoder}', '{table}', 'replaced')")
    replaced, coded = (rows_of(f"SELECT * FROM {t} ORDER BY i") for t in ("replaced", "coded"))
    check_json(what, encoder, table, columns, replaced)
    check_sql(what, encoder, table, replaced)
    check_onnx(what, encoder, table, columns, coded)


def fit(encoder, source, columns, **options):
    """columns: those that are coded and encoded."""
    names = "ARRAY[" + ", ".join(literal(c) for c in columns) + "]::text[]"
    arguments = {"label_columns": names, "target_columns": names, **options}
    psql(f"SELECT FROM gpu_encode.fit('{encoder}', '{source}', {', '.join(f'{name} => {value}' for name, value in arguments.items())})")


def make_tables():
    expressions = """'v' || i * i % 7, 'value ' || i * i % 211, 'p' || i % 70, i % 90 - 3, (i % 11 - 5) * 1844674407370955161, (i % 8 / 4.0)::numeric(9, 3), i % 3 = 0, (enum_range(NULL::mood))[1 + i % 3],
        '2024-02-27'::date + i % 5, '2024-03-31 00:30:00+00'::timestamptz + i % 6 * interval '20 min', (ARRAY['-0', '0', '0.1', 'NaN', '5e-324', '1e300'])[1 + i % 6]::float8,
        (ARRAY['''; SELECT 1; --', '\\', '\\''', E'\\n\\t\\x01\\x7f', '"', '', '\\ud800', 'é😀', '{"a": 1}', '%s'])[1 + i % 10]"""
    columns = ", ".join(f"{identifier(name)} {type_name}" for name, type_name in COLUMNS.items())
    gaps = ", ".join(f"{identifier(name)} = CASE WHEN (i + {n}) % 17 = 0 THEN NULL ELSE {identifier(name)} END" for n, name in enumerate(COLUMNS))
    unseen = """few = CASE WHEN i % 10 = 0 THEN 'new' ELSE few END, many = CASE WHEN i % 12 = 1 THEN 'new' ELSE many END, number = CASE WHEN i % 14 = 2 THEN 999 ELSE number END,
        price = CASE WHEN i % 16 = 3 THEN 7.77 ELSE price END, day = CASE WHEN i % 18 = 4 THEN 'infinity' ELSE day END"""
    psql("CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')")
    psql(f"CREATE TABLE train (i int, {columns}, y int, z float8, class text); INSERT INTO train SELECT i, {expressions}, i % 2, sqrt(i) - 9, 'class ' || i % 3 FROM generate_series(1, 700) i; CREATE TABLE gaps AS TABLE train; UPDATE gaps SET {gaps}; CREATE TABLE news AS TABLE gaps; UPDATE news SET {unseen}")
    psql("CREATE DATABASE plain", database="postgres")
    psql("CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')", database="plain")
    for table in ("train", "gaps", "news"):
        psql(f"CREATE TABLE {table} (i int, {columns}, y int, z float8, class text)", database="plain")
        rows = psql(f"COPY {table} TO STDOUT")
        psql(f"COPY {table} FROM STDIN;\n{rows}\\.\n", database="plain")


def check_options():
    every = list(COLUMNS)
    combinations = literal(json.dumps(COMBINATIONS)) + "::jsonb"
    lenient = "'{\"*\": {\"handle_unknown\": \"null\"}}'"
    numbers = "'{\"*\": {\"handle_unknown\": \"value\", \"unknown_value\": -5}, \"many\": {\"name\": \"lots\", \"handle_unknown\": \"null\"}}'"
    stats = "'{" + ",".join(STATS) + "}'"
    fit("e_all", "train", every, targets="'{y,z}'", stats=stats, target_combinations=combinations, column_options=numbers)
    check("all statistics of two targets", "e_all", "news", every)
    check("training rows", "e_all", "train", every)
    fit("e_classes", "train", every, target="'class'", target_type="'multiclass'", target_combinations=combinations, smooth="2.5", column_options=lenient)
    check("classes", "e_classes", "news", every)
    fit("e_woe", "train", every, target="'y'", target_type="'binary'", stats="'{woe,mean}'", column_options=lenient)
    check("weight of evidence", "e_woe", "news", every)
    for missing in ("value", "null", "category"):
        fit(f"e_{missing}", "gaps", every, target="'z'", target_combinations=combinations, handle_missing=f"'{missing}'", column_options=lenient)
        check(f"handle_missing {missing}", f"e_{missing}", "news", every)
    fit("e_none", "gaps", every, target="'z'", target_combinations=combinations, null_value="'v1'", column_options=lenient)
    check("null_value, which is a category of one column", "e_none", "news", every)
    fit("e_rare", "gaps", every, target="'z'", target_combinations=combinations, min_frequency="8", max_categories="40", handle_missing="'category'", column_options="'{\"*\": {\"handle_unknown\": \"infrequent\"}}'")
    check("rare values", "e_rare", "news", every)
    psql("CREATE TABLE none AS SELECT * FROM train WHERE false")
    fit("e_nothing", "none", every, target="'z'", target_combinations=combinations, column_options=lenient)
    check("no row at all", "e_nothing", "news", every)


def check_errors():
    fit("e_strict", "train", ["few", "number"], target="'z'", handle_missing="'error'")
    check("rows without an error", "e_strict", "train", ["few", "number"])
    reader = Encoder(psql("SELECT gpu_encode.export_encoder('e_strict')"))
    for what, row in {"unknown": {"few": "new", "number": "5"}, "missing": {"few": "v1", "number": None}}.items():
        try:
            reader.transform(row)
            report(f"an error for a value that is {what}", ["no error"])
        except ValueError as error:
            report(f"an error for a value that is {what}", [] if what in str(error) else [error])
    if onnxruntime is None:
        skip("ONNX has -1 and NaN instead of errors", why_not)
        return
    session = load(base64.b64decode(psql("SELECT gpu_encode.export_encoder('e_strict', 'onnx')")))
    codes, encodings = session.run(["number_code", "number_TE"], inputs_of(session, [{"few": "new", "number": None}, {"few": "v1", "number": 12345}]))
    report("ONNX has -1 and NaN instead of errors", [] if codes.tolist() == [-1, -1] and numpy.isnan(encodings).tolist() == [True, False] else [f"{codes} {encodings}"])
    code = session.run(["few_code"], {"few": numpy.array(["v0", "v1"], dtype=object), "number": numpy.array([1, 2])})[0]
    report("the flags of NULL may be left out", [] if code.tolist() == [0, 1] else [code])


def check_server_encodings():
    for encoding in ("LATIN1", "EUC_JP", "SQL_ASCII"):
        texts = {"LATIN1": "zürich,Österreich,éclair", "EUC_JP": "東京,大阪,abc", "SQL_ASCII": "zürich,東京,abc"}[encoding]
        database = encoding.lower()
        setting = "" if encoding == "SQL_ASCII" else "SET client_encoding = 'UTF8';"
        psql(f"CREATE DATABASE {database} ENCODING '{encoding}' TEMPLATE template0 LOCALE 'C'", database="postgres")
        psql(f"{setting} CREATE EXTENSION gpu_encode; CREATE TABLE t AS SELECT i, (string_to_array('{texts}', ','))[1 + i % 3] AS x, i % 7 AS y FROM generate_series(1, 50) i; SELECT FROM gpu_encode.fit_transform('e', 't', 'o', 'y', '{{x}}', '{{x}}'); SELECT FROM gpu_encode.transform('e', 't', 'n', label_suffix => '_code')", database=database)
        wanted = rows_of("SELECT * FROM n ORDER BY i", database=database)
        reader = Encoder(psql("SELECT gpu_encode.export_encoder('e')", database=database))
        report(f"{encoding}: JSON", [row for row in wanted if reader.transform({"x": row["x"]}) != {"x": row["x_code"], "x_TE": row["x_TE"]}])
        check_onnx(encoding, "e", "t", ["x"], wanted, database=database)
    psql("CREATE TABLE bytes AS SELECT convert_from('\\x41ff42', 'SQL_ASCII') AS x; SELECT FROM gpu_encode.fit('e_bytes', 'bytes')", database="sql_ascii")
    try:
        psql("SELECT gpu_encode.export_encoder('e_bytes', 'onnx')", database="sql_ascii")
        report("bytes that are no UTF-8 cannot be exported to ONNX", ["no error"])
    except RuntimeError as error:
        report("bytes that are no UTF-8 cannot be exported to ONNX", [] if 'invalid byte sequence for encoding "UTF8": 0xff' in str(error) else [error])


Encoder = reader_of_docs()
psql("CREATE DATABASE export ENCODING 'UTF8' TEMPLATE template0 LOCALE 'C'", database="postgres")
psql("CREATE EXTENSION gpu_encode")
make_tables()
check_options()
check_errors()
check_server_encodings()
print(f"1..{number}")
sys.exit(failed)
