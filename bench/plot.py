"""Draw lines over two logarithmic axes as SVG: dark text on white, one line a contender, named at its end."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 860, 480
LEFT, RIGHT, TOP, BOTTOM = 70, 300, 46, 58
NAMES = WIDTH - RIGHT + 40
INK, GRID = "#222222", "#dddddd"
# of the palette of Okabe and Ito, which people who confuse colours tell apart
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#7a5c00", "#2a8fc4", "#000000")
GAP = 15  # between two names, so that none hides another
HEAD = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"
     font-family="sans-serif" font-size="12" role="img">
<title>{title}</title>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="{left}" y="24" font-size="15" font-weight="bold" fill="{ink}">{title}</text>
"""


@dataclasses.dataclass(frozen=True)
class Line:
    """A line: its name, its points, and whether it is drawn thick (this tool) or dashed (others)."""

    name: str
    points: tuple[tuple[float, float], ...]
    own: bool


@dataclasses.dataclass(frozen=True)
class Axis:
    """A logarithmic axis from one value to another, and the pixels of both."""

    low: float
    high: float
    first: float
    last: float

    def place(self, value: float) -> float:
        """Return the pixel of a value."""
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.first + share * (self.last - self.first)


def lines(title: str, found: Sequence[Line], *, across: str, up: str) -> str:
    """Return a plot.

    Args:
        title: What is shown.
        found: The lines, none of them empty; values are above 0.
        across: The label of the axis at the bottom.
        up: The label of the axis at the left.
    """
    xs = sorted({x for line in found for x, _ in line.points})
    low, high = _decades(y for line in found for _, y in line.points)
    horizontal = Axis(xs[0], xs[-1] if xs[-1] > xs[0] else xs[0] * 10, LEFT + 14, WIDTH - RIGHT)
    vertical = Axis(low, high, HEIGHT - BOTTOM, TOP)
    head = HEAD.format(width=WIDTH, height=HEIGHT, title=escape(title), left=LEFT, ink=INK)
    parts = [head, *_grid(horizontal, vertical, xs), *_labels(across, up)]
    colours = dict(zip(found, itertools.cycle(COLOURS), strict=False))
    for line, colour in colours.items():
        parts += _line([(horizontal.place(x), vertical.place(y)) for x, y in line.points], colour, own=line.own)
    short = [line for line in found if line.points[-1][0] < xs[-1]]
    whole = [line for line in found if line not in short]
    lowest = HEIGHT - BOTTOM - (len(short) + 2 if short else 0) * GAP
    ends = [vertical.place(line.points[-1][1]) for line in whole]
    for line, end, place in zip(whole, ends, _spread(ends, lowest), strict=True):
        parts += _lead(WIDTH - RIGHT, end, place, colours[line])
        parts += _name(line, place)
    if short:
        parts.append(_text(NAMES - 33, lowest + 2 * GAP + 4, "not run with more labels:", "start"))
    for number, line in enumerate(short):
        y = lowest + (number + 3) * GAP
        parts += _line([(NAMES - 33, y), (NAMES - 9, y)], colours[line], own=line.own)
        parts += _name(line, y)
    return "".join(parts) + "</svg>\n"


def _decades(values: Iterable[float]) -> tuple[float, float]:
    """Return the powers of ten around some values."""
    known = list(values)
    low, high = math.floor(math.log10(min(known))), math.ceil(math.log10(max(known)))
    return 10.0**low, 10.0 ** max(high, low + 1)


def _grid(horizontal: Axis, vertical: Axis, xs: Sequence[float]) -> Iterator[str]:
    """Yield a line and a number for each power of ten at the left, and for each size at the bottom."""
    for power in range(round(math.log10(vertical.low)), round(math.log10(vertical.high)) + 1):
        y = vertical.place(10.0**power)
        yield _rule(LEFT, y, WIDTH - RIGHT + 8, y)
        yield _text(LEFT - 8, y + 4, f"{10.0**power:,.10g}", "end")
    for x in xs:
        across = horizontal.place(x)
        yield _rule(across, TOP, across, HEIGHT - BOTTOM)
        yield _text(across, HEIGHT - BOTTOM + 18, f"{x:,.0f}", "middle")


def _labels(across: str, up: str) -> Iterator[str]:
    yield _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 16, across, "middle")
    middle = (TOP + HEIGHT - BOTTOM) / 2
    yield f'<g transform="rotate(-90 18 {middle:.0f})">{_text(18, middle, up, "middle").strip()}</g>\n'


def _line(places: Sequence[tuple[float, float]], colour: str, *, own: bool) -> Iterator[str]:
    """Yield a line and its points."""
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    drawn = 'stroke-width="2.6"' if own else 'stroke-width="1.6" stroke-dasharray="6 3"'
    yield f'<polyline points="{joined}" fill="none" stroke="{colour}" {drawn}/>\n'
    for x, y in places:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2" fill="{colour if own else "#ffffff"}" stroke="{colour}"/>\n'


def _lead(x: float, end: float, place: float, colour: str) -> Iterator[str]:
    """Yield the thin line from the end of a line to its name."""
    bends = f"{x + 5},{end:.1f} {x + 12},{place:.1f} {NAMES - 5},{place:.1f}"
    yield f'<polyline points="{bends}" fill="none" stroke="{colour}" stroke-width="0.8"/>\n'


def _name(line: Line, y: float) -> Iterator[str]:
    weight = ' font-weight="bold"' if line.own else ""
    yield f'<text x="{NAMES}" y="{y + 4:.1f}" fill="{INK}"{weight}>{escape(line.name)}</text>\n'


def _spread(places: Sequence[float], lowest: float) -> list[float]:
    """Return where names stand: as near to where they belong as the gap between them allows, none below `lowest`."""
    order = sorted(range(len(places)), key=lambda number: -places[number])
    found = list(places)
    for number in order:
        found[number] = min(found[number], lowest)
        lowest = found[number] - GAP
    highest = float(TOP)
    for number in reversed(order):
        found[number] = max(found[number], highest)
        highest = found[number] + GAP
    return found


def _rule(x: float, y: float, to_x: float, to_y: float) -> str:
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" stroke="{GRID}"/>\n'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{INK}">{escape(text)}</text>\n'
