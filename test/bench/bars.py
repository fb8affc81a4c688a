"""The bars: what was to be reached, beside what was measured, as ratios of medians of one run."""
import collections

Bar = collections.namedtuple("Bar", "what limit measured met")


def ratio(a, b):
    return None if a is None or not b else a / b


def at_most(what, value, limit, unit=""):
    return [] if value is None else [Bar(what, f"at most {limit:g}{unit}", f"{value:.2f}{unit}", value <= limit)]


def at_least(what, value, limit):
    return [] if value is None else [Bar(what, f"at least {limit:g} times", f"{value:.1f} times", value >= limit)]


def fastest(figures, kind, prefix, **where):
    """Name and seconds of the fastest line whose name starts so."""
    times = [(figures.median(kind, line, **where), line) for line in figures.lines(kind) if line.startswith(prefix)]
    seconds, line = min((time for time in times if time[0] is not None), default=(None, ""))
    return line, seconds


def job_bars(figures, backend, on_gpu):
    """The job in memory-like conditions, at the main size."""
    rows = figures.main_rows()
    job = f"job {backend} unlogged"

    def seconds(line, what="total"):
        return figures.median("rows", line, what, rows=rows)

    bare = seconds("table unlogged")
    name, peer = fastest(figures, "rows", "peer ", rows=rows)
    bars = at_most(f"{backend}: the job, of the bare table", ratio(seconds(job), bare), 0.25 if on_gpu else 1.0)
    if on_gpu:
        bars += at_most(f"{backend}: first call of a session, of the bare table", ratio(seconds(job, "first"), bare), 0.35)
    bars += at_least(f"{backend}: faster than plain SQL", ratio(seconds("sql unlogged"), seconds(job)), 40 if on_gpu else 20)
    bars += at_least(f"{backend}: faster than the fastest peer, {name[5:]}", ratio(peer, seconds(job)), 15 if on_gpu else 5)
    return bars


def growth_bars(figures, backend):
    job = f"job {backend} unlogged"
    ten, hundred = (figures.median("rows", job, rows=rows) for rows in (10_000_000, 100_000_000))
    return at_most(f"{backend}: 100 million rows, of 10 million", ratio(hundred, ten), 11)


def logged_bars(figures, backend, on_gpu):
    job, bare = figures.median("logged", f"job {backend} logged"), figures.median("logged", "table logged")
    return at_most(f"{backend}: logged, wal_level replica, fsync on, of the bare table", ratio(job, bare), 0.5 if on_gpu else 0.9)


def census_bars(figures, backend):
    value = ratio(figures.median("census", f"job {backend}"), figures.median("census", "peer census_pandas"))
    return at_most(f"{backend}: the census job, of pandas + scikit-learn without imports", value, 0.4)


def memory_bars(figures):
    """Peak of the session's private memory against 64 bytes a row and 512 MB, worst of all sizes and lines."""
    worst = None
    for piece in figures.pieces:
        for line, values in piece.lines.items():
            if line.startswith("job ") and "RssAnon" in values and piece.rows > 0:
                used, limit = values["RssAnon"] / 1024, piece.rows * 64 / 1048576 + 512
                if worst is None or used / limit > worst[0]:
                    worst = used / limit, used, limit, piece.rows
    if worst is None:
        return []
    share, used, limit, rows = worst
    return [Bar(f"private memory of the session, at worst ({rows:,} rows)", f"at most {limit:,.0f} MB", f"{used:,.0f} MB", share <= 1)]


def all_bars(figures):
    bars = []
    # the bars of a GPU host are for its GPU; its CPU is measured against those of two cores
    for backend in ("cuda", "cpu"):
        on_gpu = backend == "cuda"
        bars += job_bars(figures, backend, on_gpu) + growth_bars(figures, backend)
        bars += logged_bars(figures, backend, on_gpu) + census_bars(figures, backend)
    return bars + memory_bars(figures)
