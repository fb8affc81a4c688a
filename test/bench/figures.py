"""The raw figures of the pieces, read from files, and what is computed from them: medians over repeats."""
import collections
import pathlib
import statistics

Piece = collections.namedtuple("Piece", "kind rows drawn machine lines")


def read_piece(path):
    lines = collections.defaultdict(dict)
    for text in path.read_text().splitlines():
        line, what, value = text.split("\t")
        lines[line][what] = value
    table, machine = lines.pop("table", {}), lines.pop("machine", {})
    figures = {line: {what: float(value) for what, value in of_line.items()} for line, of_line in lines.items()}
    return Piece(path.name.split("-")[0], int(table.get("rows", 0)), int(table.get("drawn", 0)), machine, figures)


class Figures:
    """All pieces of a directory."""

    def __init__(self, directory):
        self.pieces = [read_piece(path) for path in sorted(pathlib.Path(directory).glob("*.tsv"))]

    def of(self, kind, rows=None, drawn=None):
        return [p for p in self.pieces if p.kind == kind and rows in (None, p.rows) and drawn in (None, p.drawn)]

    def rows(self, kind):
        return sorted({piece.rows for piece in self.of(kind)})

    def lines(self, kind):
        """Names of lines, in the order in which pieces have them."""
        return list(dict.fromkeys(line for piece in self.of(kind) for line in piece.lines))

    def values(self, kind, line, what="total", rows=None, drawn=None):
        found = (piece.lines.get(line, {}).get(what) for piece in self.of(kind, rows, drawn))
        return sorted(value for value in found if value is not None)

    def median(self, kind, line, what="total", rows=None, drawn=None):
        """None where nothing was measured."""
        values = self.values(kind, line, what, rows, drawn)
        return statistics.median(values) if values else None

    def machine(self, name, kind=None):
        """What the pieces say of the machine or the server: all different answers, joined."""
        pieces = (piece for piece in self.pieces if kind in (None, piece.kind))
        return " / ".join(dict.fromkeys(piece.machine[name] for piece in pieces if name in piece.machine))

    def main_rows(self):
        """The size that bars and stages are told for: 10 million, else the largest that all lines were measured at."""
        sizes = [rows for rows in self.rows("rows") if rows <= 10_000_000]
        return max(sizes, default=0)
