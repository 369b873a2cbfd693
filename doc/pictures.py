"""Draws what the sqlite3 shell shows on a terminal, as SVG: `make pictures`, beside an emulator.

    python3 pictures.py shell|progress FILE.svg
    python3 pictures.py report FILE.html
    python3 pictures.py measured|growth FILE.svg RESULTS.tsv

The shell is the real one, typed at by us; what is drawn is its screen, letter by letter. "shell" is that after the
last line, and is the same each time; "progress" is the middle one of those with a line of progress on them.
"report" writes the page of an account without a million jobs, for a browser to draw. "measured" and "growth" need no
emulator, but the results of `make bench`: see plots.py.
"""
import fcntl
import html
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
import urllib.request

import plots

COLUMNS, ROWS = 112, 40
EXTENSION = os.environ.get("EXTENSION", "build/swr_sync_job")

TYPED = {
    "shell": [
        ".load " + EXTENSION,
        "SELECT image, count(*) AS failed, count(DISTINCT remoteRegionId) AS targets, max(createdAt) AS latest",
        "  FROM swr_sync_job",
        " WHERE status IN ('failed', 'timeout', 'cancel') AND createdAt >= '2025-12-31 12:00'",
        " GROUP BY image ORDER BY failed DESC, image;",
    ],
    "progress": [
        ".load " + EXTENSION,
        "SELECT status, count(*) FROM swr_sync_job WHERE namespace = 'fleet' GROUP BY status;",
    ],
}


class Screen:
    """The little of a terminal that the shell and the line of progress need."""

    def __init__(self):
        self.lines, self.column = [[]], 0

    def feed(self, text):
        for part in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|.", text, re.S):
            line = self.lines[-1]
            if part == "\r":
                self.column = 0
            elif part == "\n":
                self.lines.append([])
                self.column = 0
            elif part == "\b":
                self.column = max(0, self.column - 1)
            elif part in ("\x1b[K", "\x1b[0K"):
                del line[self.column:]
            elif part == "\x1b[2K":
                line.clear()
            elif part[0] != "\x1b" and part != "\a":
                line.extend(" " * (self.column + 1 - len(line)))
                line[self.column] = part
                self.column += 1

    def text(self):
        return ["".join(line).rstrip() for line in self.lines]


def session(lines):
    """Types the lines, each when the shell asks for it; the screens, one for each piece that came."""
    process, terminal = pty.fork()
    if process == 0:
        os.environ.update(TERM="dumb", LC_ALL="C.UTF-8")
        os.execvp("sqlite3", ["sqlite3", "-box", "-init", "/dev/null"])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    screen, screens, waiting, end = Screen(), [], list(lines), time.monotonic() + 60
    rest = b""
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 0.1)[0]:
            if re.match(r"(sqlite|   \.\.\.)> *$", screen.text()[-1]):
                if not waiting:
                    break
                os.write(terminal, waiting.pop(0).encode() + b"\n")
            continue
        rest += os.read(terminal, 65536)
        whole = rest.decode(errors="ignore")
        rest = b"" if whole.encode() == rest else rest[len(whole.encode()):]
        screen.feed(whole)
        screens.append(screen.text())
    os.close(terminal)
    os.waitpid(process, 0)
    return screens


def without_greeting(lines):
    """From the first prompt on, and without a last one that waits."""
    first = next(i for i, line in enumerate(lines) if line.startswith("sqlite> "))
    lines = lines[first:]
    return lines[:-1] if re.match(r"sqlite> *$", lines[-1] + " ") else lines


def draw(lines):
    """An SVG of text; each line has the width of its letters, whatever font there is."""
    wide, high, left, top = 7.8, 18, 14, 12
    width = round(max(map(len, lines)) * wide + 2 * left)
    height = len(lines) * high + 2 * top
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace" '
        f'font-size="13" fill="#d8dee9">',
        f'<rect width="{width}" height="{height}" rx="6" fill="#1e2430"/>',
    ]
    for number, line in enumerate(lines):
        text = line.lstrip()
        if not text:
            continue
        colour = ' fill="#8fbcbb"' if re.match(r"sqlite>|\.\.\.>", text) else ' fill="#ebcb8b"' if text.startswith("swr: ") else ""
        parts.append(
            f'<text x="{left + (len(line) - len(text)) * wide:.1f}" y="{top + (number + 1) * high - 5}" '
            f'textLength="{len(text) * wide:.1f}" lengthAdjust="spacingAndGlyphs" xml:space="preserve"{colour}>'
            f'{html.escape(text, quote=False)}</text>')
    return "\n".join(parts + ["</svg>", ""])


def report(path):
    """The page of sql/report.sql, as of the emulator's present."""
    url = os.environ["SWR_ENDPOINT"] + "/emulator/remove?image=load/million"
    urllib.request.urlopen(urllib.request.Request(url, method="POST")).close()
    with open(path, "w", encoding="utf-8") as file:
        subprocess.run(
            ["sqlite3", "-bail", "-cmd", ".load " + EXTENSION, "-cmd", ".parameter set :now \"'2026-01-01'\"",
             ":memory:", ".read sql/report.sql"], stdout=file, check=True)


def main():
    what, path, *results = sys.argv[1:]
    if what == "report":
        report(path)
        return
    if what in ("measured", "growth"):
        with open(path, "w", encoding="utf-8") as file:
            file.write(getattr(plots, what)(*results))
        return
    screens = session(TYPED[what])
    if what == "progress":
        screens = [lines for lines in screens if re.match(r"swr: .*requests/s$", lines[-1])]
        lines = screens[len(screens) // 2]
    else:
        lines = screens[-1]
    with open(path, "w", encoding="utf-8") as file:
        file.write(draw(without_greeting(lines)))


main()
