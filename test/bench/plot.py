"""Curves on two logarithmic axes as SVG, panel beside panel."""
import collections
import html
import math

Curve = collections.namedtuple("Curve", "name color dashed points")
Panel = collections.namedtuple("Panel", "title x_label curves")

WIDTH, HEIGHT = 520, 400
LEFT, TOP, BOTTOM = 50, 36, 44
LABELS = 150  # room for the curves' names, right of the axes


def decades(low, high):
    return range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)


def short(number):
    """10000000 as 10 M."""
    for size, unit in ((1e6, " M"), (1e3, " k")):
        if number >= size:
            return f"{number / size:g}{unit}"
    return f"{number:g}"


class Scale:
    """From numbers to a coordinate between start and end, by logarithm."""

    def __init__(self, numbers, start, end):
        self.ticks = [10.0**power for power in decades(min(numbers), max(numbers))]
        if len(self.ticks) == 1:
            self.ticks.append(self.ticks[0] * 10)
        self.low, self.high = math.log10(self.ticks[0]), math.log10(self.ticks[-1])
        self.start, self.end = start, end

    def __call__(self, number):
        return self.start + (math.log10(number) - self.low) / (self.high - self.low) * (self.end - self.start)


def text(x, y, words, **attributes):
    more = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<text x="{x:.1f}" y="{y:.1f}"{more}>{html.escape(words)}</text>'


def line(x1, y1, x2, y2):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#ddd"/>'


def axes(panel, x, y):
    yield text(LEFT, 20, panel.title, font_weight="bold")
    for tick in x.ticks:
        yield line(x(tick), y.start, x(tick), y.end)
        yield text(x(tick), y.start + 16, short(tick), text_anchor="middle")
    for tick in y.ticks:
        yield line(x.start, y(tick), x.end, y(tick))
        yield text(x.start - 6, y(tick) + 4, f"{tick:g}", text_anchor="end")
    yield text((x.start + x.end) / 2, HEIGHT - 8, panel.x_label, text_anchor="middle")


def spread(positions, distance=13):
    """Moves labels down until none is less than a line from the one above it."""
    placed = []
    for position in positions:
        placed.append(max(position, placed[-1] + distance) if placed else position)
    return placed


def curves(panel, x, y):
    by_height = sorted(panel.curves, key=lambda curve: y(curve.points[-1][1]))
    heights = spread([y(curve.points[-1][1]) for curve in by_height])
    for curve, height in zip(by_height, heights):
        path = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in curve.points)
        dashes = ' stroke-dasharray="5 3"' if curve.dashed else ""
        yield f'<polyline points="{path}" fill="none" stroke="{curve.color}" stroke-width="1.8"{dashes}/>'
        for a, b in curve.points:
            yield f'<circle cx="{x(a):.1f}" cy="{y(b):.1f}" r="2.4" fill="{curve.color}"/>'
        yield text(x.end + 8, height + 4, curve.name, fill=curve.color)


def draw_panel(panel):
    points = [point for curve in panel.curves for point in curve.points]
    x = Scale([a for a, _ in points], LEFT, WIDTH - LABELS)
    y = Scale([b for _, b in points], HEIGHT - BOTTOM, TOP)
    return [*axes(panel, x, y), *curves(panel, x, y)]


def draw(panels):
    """The whole picture as text. Panels without curves are left out."""
    panels = [panel for panel in panels if panel.curves]
    width = WIDTH * max(len(panels), 1)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}" '
        'font-family="sans-serif" font-size="11">',
        f'<rect width="{width}" height="{HEIGHT}" fill="white"/>',
    ]
    for number, panel in enumerate(panels):
        lines += [f'<g transform="translate({number * WIDTH} 0)">', *draw_panel(panel), "</g>"]
    return "\n".join([*lines, "</svg>"]) + "\n"
