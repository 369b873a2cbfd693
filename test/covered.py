#!/usr/bin/env python3
"""Which lines and branches of ext/ the tests reach, as gcov counts them.

    python3 test/covered.py [--list] [--again] [--floor LINES BRANCHES]

Builds everything with --coverage in build/covered, runs the fault loop over all allocations, the groups of unit
tests and the files of Tcl tests there (with --again, reads the last run), and prints for each source what share was reached; with --list, each
line that was not, and each condition of which a way was not taken. build/covered/reached.json keeps which test
reaches which line; that is what mutate.py reads. Exit status 1 below a floor, in percent. The last line is
"N passed, N failed": the tests' own.
"""
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "covered"
COUNTS = BUILD / "counts"  # a folder of .gcda for each test
REACHED = BUILD / "reached.json"
SECONDS = BUILD / "seconds.json"
JOBS = os.cpu_count() or 1
# What looks at the library itself, not at what it does.
LEFT_OUT = {"build.test"}
# Every allocation that fails, of which fault.test has a sample only.
FAULTS = ["swr-faults memory"]


def build():
    """An instrumented build. It exports what the extension does, and nothing of gcov's."""
    subprocess.run(["make", "-s", f"-j{JOBS}", "CC=gcc", "BUILD=build/covered",
                    # A constant in the place of a condition leaves names without a use.
                    "CFLAGS=-O0 -g --coverage -DSWR_COVERAGE", "WARNINGS=-w", "HARDEN=",
                    "LDFLAGS=-Wl,--exclude-libs,libgcov.a",
                    "all", "build/covered/unit-tests", "build/covered/swr-link"],
                   cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def groups():
    """The names of the groups of unit tests, as the program tells them."""
    said = subprocess.run([BUILD / "unit-tests", "?"], capture_output=True, text=True, check=False,
                          env=dict(os.environ, GCOV_PREFIX=str(BUILD / "uncounted")))
    return re.search(r"the groups are (.*)", said.stdout + said.stderr)[1].split()


def run_part(name):
    """A group of unit tests or a fault loop, counted apart. Its counts of passed and failed tests, and seconds."""
    program, part = name.split()
    command = [BUILD / program, part]
    if program == "swr-faults":
        command = [BUILD / program, BUILD / "swr_sync_job.so", part, "--patience", "30"]
    began = time.monotonic()
    said = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                          env=dict(os.environ, GCOV_PREFIX=str(COUNTS / name)))
    passed, failed = closing(said.stdout)
    if failed:
        print(f"{said.stdout[-4000:]}! {name}: {failed} failed")
    return passed, failed, time.monotonic() - began


def closing(text):
    """The counts of the last line that has some."""
    counts = re.findall(r"(\d+) passed, (\d+) failed$", text, re.MULTILINE)
    return (int(counts[-1][0]), int(counts[-1][1])) if counts else (0, 1)


def run_tests():
    """All of them. Returns the sums of passed and failed."""
    shutil.rmtree(COUNTS, ignore_errors=True)
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        parts = [*FAULTS, *(f"unit-tests {name}" for name in groups())]
        ran = list(pool.map(run_part, parts))
    files = sorted(path.name for path in (ROOT / "test").glob("*.test"))
    said = subprocess.run(
        ["tclsh", "test/run.tcl", *(name for name in files if name not in LEFT_OUT)], cwd=ROOT,
        stdout=subprocess.PIPE, text=True, check=False,
        env=dict({"SWR_TEST_SLOW": "4"}, **os.environ, SWR_TEST_BUILD=str(BUILD),
                 SWR_TEST_COVERED=str(COUNTS)))
    seconds = {name: part[2] for name, part in zip(parts, ran)}
    seconds |= dict(re.findall(r"^(\S+): .* \((\d+\.\d) s\)$", said.stdout, re.MULTILINE))
    SECONDS.write_text(json.dumps(seconds))
    sys.stdout.write("".join(line for line in said.stdout.splitlines(True)
                             if not re.search(r"passed, \d+ failed", line)))
    return [sum(counts) for counts in zip(closing(said.stdout), *(part[:2] for part in ran))]


def read_counts(test):
    """What one test has reached: lines, branches, and how many branches each line has."""
    folder = COUNTS / test
    data = [path for path in folder.rglob("*.gcda") if "/obj/ext/" in str(path)]
    for path in data:
        notes = path.with_suffix(".gcno")
        if not notes.exists():
            notes.symlink_to("/" / path.relative_to(folder).with_suffix(".gcno"))
    lines, branches, sizes = collections.Counter(), collections.Counter(), {}
    if not data:  # nothing of ours ran
        return test, lines, branches, sizes
    said = subprocess.run(["gcov", "--json-format", "--stdout", "--branch-probabilities",
                           *map(str, data)], cwd=BUILD, stdout=subprocess.PIPE, text=True, check=True)
    for document in filter(None, said.stdout.splitlines()):
        for source in json.loads(document)["files"]:
            name = source["file"].removeprefix("./")
            if not name.startswith("ext/"):
                continue
            for line in source["lines"]:
                place = (name, line["line_number"])
                lines[place] += line["count"]
                sizes[place] = max(sizes.get(place, 0), len(line["branches"]))
                for index, branch in enumerate(line["branches"]):
                    branches[place + (index,)] += branch["count"]
    return test, lines, branches, sizes


def collect():
    """The same of all tests together, and which tests reach each line, which is written to REACHED."""
    lines, branches, sizes = collections.Counter(), collections.Counter(), {}
    reached = collections.defaultdict(list)
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for test, own, taken, size in pool.map(read_counts, sorted(os.listdir(COUNTS))):
            lines.update(own)
            branches.update(taken)
            sizes.update(size)
            for name, number in (place for place, count in own.items() if count):
                reached[f"{name}:{number}"].append(test)
    REACHED.write_text(json.dumps(reached))
    return lines, branches, sizes


def report(lines, branches, list_missing):
    """Prints the shares of each source. Returns those of all."""
    shares = collections.defaultdict(lambda: [0, 0, 0, 0])
    missing = []
    for (name, number), count in lines.items():
        for key in (name, "all"):
            shares[key][0] += count > 0
            shares[key][1] += 1
        if not count:
            missing.append((name, number, "not reached"))
    for (name, number, index), count in branches.items():
        for key in (name, "all"):
            shares[key][2] += count > 0
            shares[key][3] += 1
        if not count and lines[name, number]:
            missing.append((name, number, f"way {index} not taken"))
    for name, (got, of, taken, ways) in sorted(shares.items()):
        if name == "all" or got < of or taken < ways:
            print(f"  {name:34} lines {got:5} of {of:5}  {100 * got / of:6.2f} %   "
                  f"branches {taken:5} of {ways:5}  {100 * taken / max(ways, 1):6.2f} %")
    if list_missing:
        text = {}
        for name, number, what in sorted(missing):
            source = text.setdefault(name, (ROOT / name).read_text().splitlines())
            print(f"{name}:{number}: {what}: {source[number - 1].strip()}")
    got, of, taken, ways = shares["all"]
    return 100 * got / of, 100 * taken / ways


def main():
    """See above."""
    arguments = sys.argv[1:]
    floor = [0.0, 0.0]
    if "--floor" in arguments:
        at = arguments.index("--floor")
        floor = [float(share) for share in arguments[at + 1:at + 3]]
    passed, failed = (0, 0)
    if "--again" not in arguments:
        build()
        passed, failed = run_tests()
    lines, branches, _ = collect()
    shares = report(lines, branches, "--list" in arguments)
    for what, share, least in zip(("lines", "branches"), shares, floor):
        if share < least:
            print(f"! {share:.2f} % of the {what} were reached, and {least} % are to be")
            failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
