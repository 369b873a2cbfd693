"""What `make bench` has measured, as SVG, from the lines "bar" and "point" of its results. For pictures.py.

    bar    panel  who  CPU µs/row  thousand rows/s      the first of a panel is ours
    point  what  number  seconds  CPU seconds  MB
"""
import html
import math

INK, FAINT, OWN, OTHER, SECOND = "#24292f", "#d0d7de", "#0969da", "#afb8c1", "#bf8700"


def lines_of(path, kind):
    """The lines of a kind, numbers as such, by their first word."""
    found = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            words = line.rstrip("\n").split("\t")
            if words[0] == kind:
                found.setdefault(words[1], []).append(words[2:])
    return found


def short(value):
    """Three significant digits at most."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def text(x, y, words, attributes=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" {attributes}>{html.escape(words, quote=False)}</text>'


def picture(width, height, parts):
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="sans-serif" font-size="13" fill="{INK}">',
        f'<rect width="{width}" height="{height}" rx="6" fill="#ffffff"/>', *parts, "</svg>", ""])


def measured(path):
    """CPU time a row as bars: shorter is better, all of one scale."""
    left, right, high, width = 250, 190, 20, 760
    panels = lines_of(path, "bar")
    most = max((float(bar[1]) for bars in panels.values() for bar in bars), default=1)
    parts, y = [text(16, 28, "CPU time a row, all processes of a case", 'font-size="16" font-weight="bold"')], 40
    for heading, bars in panels.items():
        parts.append(text(16, y + 22, heading, 'font-weight="bold"'))
        y += 36
        ours, own = bars[0][0], float(bars[0][1])
        for i, (who, cpu, speed) in enumerate(bars):
            length = max(1, (width - left - right) * float(cpu) / most)
            times = f", {short(float(cpu) / own)} × ours" if i else f", {short(float(speed))} k rows/s"
            parts += [
                text(left - 8, y + 15, who, 'text-anchor="end"'),
                f'<rect x="{left}" y="{y}" width="{length:.1f}" height="{high}" fill="{OWN if who.startswith(ours) else OTHER}"/>',
                text(left + length + 6, y + 15, f"{short(float(cpu))} µs{times}")]
            y += high + 5
        y += 8
    return picture(width, y, parts)


def ticks(low, high):
    """Powers of ten that enclose two numbers, as exponents."""
    return range(math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9) + 1)


def curve(x, y, wide, high, columns, points, unit):
    """Lines over the number, both axes logarithmic; COLUMNS are (index, colour, words) into the points."""
    across = ticks(points[0][0], points[-1][0])
    values = [point[index] for point in points for index, _, _ in columns]
    up = ticks(min(values), max(values))
    up = range(up[0], max(up[-1], up[0] + 1) + 1)

    def at(number, value):
        return (x + wide * (math.log10(number) - across[0]) / max(1, across[-1] - across[0]),
                y + high - high * (math.log10(value) - up[0]) / (up[-1] - up[0]))

    parts = []
    for power in up:
        _, line = at(10 ** across[0], 10 ** power)
        parts += [f'<path d="M{x} {line:.1f}h{wide}" stroke="{FAINT}"/>',
                  text(x - 5, line + 4, f"{10.0 ** power:g} {unit}", 'text-anchor="end" font-size="11"')]
    for power in across:
        number = 10 ** power
        words = f"{number // 10 ** 6} M" if power >= 6 else f"{number // 1000} k" if power >= 3 else str(number)
        parts.append(text(at(number, 10 ** up[0])[0], y + high + 15, words, 'text-anchor="middle" font-size="11"'))
    for index, colour, _ in columns:
        way = " ".join(f"{a:.1f},{b:.1f}" for a, b in (at(point[0], point[index]) for point in points))
        parts.append(f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>'
                  for a, b in (at(point[0], point[index]) for point in points)]
    # What grows in proportion is as steep as this.
    a, b = at(points[-1][0], points[-1][columns[0][0]])
    number = max(points[0][0], points[-1][0] * 10 ** up[0] / points[-1][columns[0][0]])
    c, d = at(number, points[-1][columns[0][0]] * number / points[-1][0])
    return parts + [f'<path d="M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}" stroke="{INK}" stroke-dasharray="2 4"/>']


def growth(path):
    """Time and peak memory over what there is more and more of."""
    wide, high, left, width = 172, 120, 64, 760
    parts = [text(16, 28, "How time and memory grow", 'font-size="16" font-weight="bold"'), text(
        16, 48, "dotted: in proportion; both axes are logarithmic", 'font-size="12"')]
    for x, y, colour, words in ((400, 44, OWN, "CPU seconds"), (500, 44, OTHER, "seconds"), (580, 44, SECOND, "peak memory")):
        parts += [f'<path d="M{x} {y}h18" stroke="{colour}" stroke-width="3"/>',
                  text(x + 23, y + 4, words, 'font-size="12"')]
    for i, (what, rows) in enumerate(lines_of(path, "point").items()):
        points = sorted([float(word) for word in row] for row in rows)
        points = [[int(point[0]), *(max(value, 0.001) for value in point[1:])] for point in points]
        x = left + i * (wide + 76)
        parts += [text(x, 76, what, 'font-weight="bold"'),
                  *curve(x, 92, wide, high, [(2, OWN, "CPU"), (1, OTHER, "seconds")], points, "s"),
                  *curve(x, 92 + high + 40, wide, high, [(3, SECOND, "MB")], points, "MB")]
    return picture(width, 92 + 2 * high + 40 + 28, parts)
