"""report.py RAW OUTPUT: RESULTS.md and RESULTS.svg in OUTPUT, from the raw figures of the pieces in RAW."""
import pathlib
import sys

import bars
import plot
from figures import Figures

NAMES = {
    "job cuda unlogged": "gpu_encode, cuda",
    "job cpu unlogged": "gpu_encode, cpu",
    "job cuda logged": "gpu_encode, cuda, logged",
    "job cpu logged": "gpu_encode, cpu, logged",
    "job cuda unlogged wide": "gpu_encode, cuda",
    "job cpu unlogged wide": "gpu_encode, cpu",
    "job cuda": "gpu_encode, cuda",
    "job cpu": "gpu_encode, cpu",
    "table unlogged": "bare table",
    "table logged": "bare table, logged",
    "table unlogged wide": "bare table",
    "sql unlogged": "plain SQL",
    "peer adbc_numpy": "ADBC + numpy",
    "peer csv_numpy": "CSV + pandas/numpy",
    "peer duckdb_csv": "CSV + DuckDB",
    "peer polars_adbc": "ADBC + Polars",
    "peer polars_csv": "CSV + Polars",
    "peer pandas_sklearn": "CSV + scikit-learn",
    "peer cudf_cuml": "CSV + cuDF/cuML",
    "peer census_pandas": "pandas + scikit-learn",
    "peer census_cudf": "cuDF + cuML",
}
COLORS = {
    "job cuda": "#1b7f3b",
    "job cpu": "#1f5fbf",
    "table": "#222222",
    "sql": "#b03030",
    "peer adbc_numpy": "#c77700",
    "peer csv_numpy": "#8a5a00",
    "peer duckdb_csv": "#a3379f",
    "peer polars_adbc": "#0f8b8d",
    "peer polars_csv": "#5b8c00",
    "peer pandas_sklearn": "#7a6fd0",
    "peer cudf_cuml": "#d0578a",
}
SETTINGS = ("fsync", "full_page_writes", "wal_level", "shared_buffers", "max_wal_size", "max_parallel_workers_per_gather")
JOB_STAGES = ("read", "sort", "fit", "write")
PEER_STAGES = ("out", "read", "encode", "write", "in")


def number(value, digits=2):
    return "" if value is None else f"{value:,.{digits}f}"


def median_and_spread(values):
    if not values:
        return ""
    digits = 3 if values[-1] < 1 else 2
    middle = (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2
    spread = f" ({values[0]:.{digits}f}..{values[-1]:.{digits}f})" if len(values) > 1 else ""
    return f"{middle:.{digits}f}{spread}"


def table(header, rows):
    """A markdown table; rows without any figure are left out, and so is a table without rows."""
    filled = ["| " + " | ".join(row) + " |" for row in rows if any(row[1:])]
    head = ["| " + " | ".join(header) + " |", "|---" * len(header) + "|"]
    return "\n".join(head + filled) + "\n" if filled else ""


def section_machine(figures):
    packages = ("numpy", "pandas", "pyarrow", "adbc-driver-postgresql", "duckdb", "polars", "scikit-learn", "cudf-cu13", "cuml-cu13")
    versions = ", ".join(f"{name} {figures.machine(name)}" for name in packages if figures.machine(name))
    yield (
        f"Machine: {figures.machine('processor')}, {figures.machine('processors')} processors, {figures.machine('memory')} of memory, "
        f"{figures.machine('swap')} of swap, GPU: {figures.machine('gpu')}. {figures.machine('server')}; {figures.machine('gpu_encode')}, "
        f"revision {figures.machine('revision')}. {settings(figures)}\n"
    )
    if figures.machine("command"):
        yield f"Command: `{figures.machine('command')}`\n"
    if versions:
        yield f"Peers: {versions}.\n"


def settings(figures):
    """What the servers ran with; those of a kind of piece that differ from the others, apart."""
    kinds = {}
    for kind in dict.fromkeys(piece.kind for piece in figures.pieces):
        words = ", ".join(f"{name} {figures.machine(name, kind)}" for name in SETTINGS)
        kinds.setdefault(words, []).append(kind)
    return " ".join(f"Settings for {', '.join(names)}: {words}, jit off, autovacuum off." for words, names in kinds.items())


def section_bars(figures):
    found = bars.all_bars(figures)
    if found:
        rows = figures.main_rows()
        yield f"## Bars\n\nRatios of medians{f', {rows:,} rows where nothing else is said' if rows else ''}.\n"
        yield table(("", "bar", "measured", ""), [(b.what, b.limit, b.measured, "met" if b.met else "**not met**") for b in found])


def section_rows(figures):
    sizes = figures.rows("rows")
    if sizes:
        yield "## Time against rows\n\nSeconds, median and (least..most) of the repeats; second call of a session.\n"
        header = ["", *(f"{size:,}" for size in sizes)]
        yield table(header, [
            [NAMES[line], *(median_and_spread(figures.values("rows", line, rows=size)) for size in sizes)] for line in figures.lines("rows")
        ])
        yield "![Time against rows and against distinct values](RESULTS.svg)\n"


def section_stages(figures):
    rows = figures.main_rows()
    if not rows:
        return

    def row(line, stages, memory):
        peak = figures.median("rows", line, memory, rows=rows)
        seconds = [figures.median("rows", line, what, rows=rows) for what in (*stages, "total", "count")]
        return [NAMES[line], *map(number, seconds), number(peak and peak / 1024, 0)]

    lines = figures.lines("rows")
    yield f"## Stages\n\n{rows:,} rows; medians of seconds, of the last call where two were made. "
    yield "With `cuda`, read includes the transfer to the GPU and the dictionaries there. count is the first `count(*)` afterwards.\n"
    jobs = [line for line in lines if not line.startswith("peer ")]
    yield table(("", "first call", *JOB_STAGES, "all", "count", "private MB"),
                [row(line, ("first", *JOB_STAGES), "RssAnon") for line in jobs])
    yield table(("", "out", "read file", "encode", "write file", "in", "all", "count", "resident MB"),
                [row(line, PEER_STAGES, "peak_kb") for line in lines if line.startswith("peer ")])


def distinct_points(figures):
    """Values drawn from: those of the pieces, and what the pieces by rows have at that number of rows."""
    rows = (figures.rows("distinct") or [0])[0]
    points = {(piece.drawn, piece.kind) for piece in figures.of("distinct")} | {(p.drawn, p.kind) for p in figures.of("rows", rows)}
    by_drawn = dict(sorted(points, reverse=True))
    return rows, sorted(by_drawn.items())


def section_distinct(figures):
    rows, points = distinct_points(figures)
    if rows:
        yield f"## Time against distinct values\n\n{rows:,} rows; the values of column c are drawn from so many.\n"
        yield table(["", *(f"{drawn:,}" for drawn, _ in points)], [
            [NAMES[line], *(median_and_spread(figures.values(kind, line, rows=rows, drawn=drawn)) for drawn, kind in points)]
            for line in figures.lines("distinct")
        ])


def section_further(figures, kind, title, words):
    lines = figures.lines(kind)
    for rows in figures.rows(kind):
        whats = [what for what in ("first", *JOB_STAGES, "total", "count") if any(figures.values(kind, line, what) for line in lines)]
        yield f"## {title}\n\n{rows:,} rows{words}\n"
        yield table(("", *("all" if what == "total" else what for what in whats), "private MB", "swapped MB"), [
            [NAMES[line], *(median_and_spread(figures.values(kind, line, what, rows=rows)) for what in whats),
             *(number(peak and peak / 1024 or peak, 0) for peak in (figures.median(kind, line, name, rows=rows) for name in ("RssAnon", "VmSwap")))]
            for line in lines
        ])


def section_census(figures):
    for rows in figures.rows("census"):
        yield f"## The census job, from CSV files to CSV files\n\n{rows:,} rows of 33 coded columns; seconds, imports of Python apart.\n"
        for line in figures.lines("census"):
            whats = list(figures.of("census")[0].lines.get(line, {}))
            yield table(("", *whats), [[NAMES[line], *(median_and_spread(figures.values("census", line, what)) for what in whats)]])


def curve(figures, line, points):
    color = next((color for start, color in COLORS.items() if line.startswith(start)), "#888888")
    return plot.Curve(NAMES[line], color, "logged" in line.split(), points)


def plot_panels(figures):
    def curves(kind, lines, points_of):
        found = [(line, [(x, y) for x, y in points_of(line) if y]) for line in lines]
        return [curve(figures, line, points) for line, points in found if points]

    def by_rows(line):
        return [(rows, figures.median("rows", line, rows=rows)) for rows in figures.rows("rows")]

    def by_distinct(line):
        rows, points = distinct_points(figures)
        return [(drawn, figures.median(kind, line, rows=rows, drawn=drawn)) for drawn, kind in points]

    rows = distinct_points(figures)[0]
    return [
        plot.Panel("Seconds against rows", "rows", curves("rows", figures.lines("rows"), by_rows)),
        plot.Panel(f"Seconds against distinct values, {plot.short(rows)} rows", "values that column c is drawn from",
                   curves("distinct", figures.lines("distinct"), by_distinct)),
    ]


def report(figures):
    yield "# Benchmark\n"
    yield from section_machine(figures)
    yield from section_bars(figures)
    yield from section_rows(figures)
    yield from section_stages(figures)
    yield from section_distinct(figures)
    yield from section_further(figures, "wide", "Codes beside the texts", ", the texts kept: `label_suffix => '_code'`; seconds.")
    yield from section_further(figures, "logged", "Logged, wal_level replica, fsync on", "; seconds.")
    for piece in figures.of("large")[:1]:
        yield from section_further(figures, "large", "Many distinct values", f", column c drawn from {piece.drawn:,}; seconds.")
    yield from section_census(figures)


def main(raw, output):
    figures = Figures(raw)
    pathlib.Path(output, "RESULTS.md").write_text("\n".join(report(figures)))
    pathlib.Path(output, "RESULTS.svg").write_text(plot.draw(plot_panels(figures)))


main(*sys.argv[1:])
