#!/usr/bin/env python3
"""Would the tests notice? Breaks the extension in many small ways, one at a time, in a copy.

    python3 test/mutate.py [--count 300] [--seed 1] [--jobs N] [--longest SECONDS] [--only TEXT...]

A mutant negates a condition, moves a bound by one, takes && for || or == for !=, returns false for true, or
leaves a call out. It is killed when one of the tests that reach its line (covered.py knows) fails, crashes or
does not end: first the groups of unit tests, then the files of Tcl tests, the quickest first. What does not
compile, or compiles to the same code, is no mutant. With --longest, files that take longer are left out.

With --only, all mutants of which "FILE:LINE: BEFORE => AFTER" has one of the texts. Each survivor is to be explained in
test/mutants.txt, by the same words without the number of the line. Exit status 1 if fewer than 95 % were
killed, or one that survived is not explained. The last line is "N passed, N failed": the killed and explained,
and the others.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import queue
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile

import covered

ROOT = covered.ROOT
EXPLAINED = ROOT / "test" / "mutants.txt"
LEAST = 0.95
CPU_SECONDS = 60  # of one test; a mutant that needs more does not end
WALL_SECONDS = 400
MEMORY = 2 << 30
SWAPS = {" < ": " <= ", " <= ": " < ", " > ": " >= ", " >= ": " > ", " == ": " != ", " != ": " == ",
         " && ": " || ", " || ": " && ", " + 1": " + 0", " - 1": " - 0",
         "return true;": "return false;", "return false;": "return true;"}
SWAP = re.compile("|".join(re.escape(text) + (r"\b" if text[-1] == "1" else "")
                           for text in sorted(SWAPS, key=len, reverse=True)))
CONDITION = re.compile(r"\b(?:if|while) (?=\()")
CALL = re.compile(r"^ +(?!(?:if|while|for|switch|return|sizeof|else|do)\b)[a-z_][\w>.\[\]-]*(?=\()", re.M)
NO_CODE = re.compile(r'/\*.*?\*/|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|^#(?:[^\n]*\\\n)*[^\n]*', re.S | re.M)


def closing_of(code, start):
    """The place after the parenthesis that closes the one at `start`."""
    depth = 0
    for at in range(start, len(code)):
        depth += {"(": 1, ")": -1}.get(code[at], 0)
        if depth == 0:
            return at + 1
    return len(code)


def mutants_of(path):
    """All of one source: (name, line, start, end, replacement)."""
    text = path.read_text()
    # Only code is changed: comments, literals and directives are blank here.
    code = NO_CODE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    changes = [(at.start(), at.end(), SWAPS[at[0]]) for at in SWAP.finditer(code)]
    for at in CONDITION.finditer(code):
        end = closing_of(code, at.end())
        changes.append((at.end(), end, f"(!{text[at.end():end]})"))
    for at in CALL.finditer(code):
        end = closing_of(code, at.end())
        if code[end:end + 1] == ";":
            start = at.start() + len(at[0]) - len(at[0].lstrip())
            changes.append((start, end, "(void)0"))
    name = str(path.relative_to(ROOT))
    return [(name, text.count("\n", 0, start) + 1, start, end, new) for start, end, new in changes]


def shown(mutant):
    """FILE and BEFORE => AFTER, of the lines that change, each on one line."""
    name, _, start, end, new = mutant
    text = (ROOT / name).read_text()
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    before, after = text[first:last], text[first:start] + new + text[end:last]
    return f"{name}: {' '.join(before.split())} => {' '.join(after.split())}"


class Copy:
    """A tree of its own in which one mutant after the other is built and tested."""

    def __init__(self, folder, model=None):
        self.tree, self.sound = folder, {}
        if model:
            shutil.copytree(model.tree, folder, symlinks=True)
            return
        shutil.copytree(ROOT, folder, symlinks=True, ignore=shutil.ignore_patterns("build", ".git"))
        self.make(f"-j{covered.JOBS}", "all", "build/unit-tests", "build/swr-link")
        shutil.copytree(folder / "build", folder / "unbroken", symlinks=True)

    def make(self, *targets):
        """Whether the targets can be built."""
        return subprocess.run(["make", "-s", "WARNINGS=-w", "CFLAGS=-O1", "COMMIT=mutant", *targets],
                              cwd=self.tree, capture_output=True, check=False).returncode == 0

    def catches(self, test):
        """Whether the test fails, and would not without the mutant."""
        if not self.fails(test, "build"):
            return False
        if test not in self.sound:
            self.sound[test] = not self.fails(test, "unbroken")
        return self.sound[test]

    def fails(self, test, build):
        """Whether the test fails; the limits hold for each process that it starts."""
        def limit():
            resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
            if not test.endswith(".test"):
                resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        command = ["tclsh", f"test/{test}"] if test.endswith(".test") else [f"{build}/unit-tests", test]
        try:
            return subprocess.run(command, cwd=self.tree, capture_output=True, timeout=WALL_SECONDS,
                                  preexec_fn=limit, check=False,
                                  env=dict(os.environ, SWR_TEST_BUILD=build)).returncode != 0
        except subprocess.TimeoutExpired:
            return True

    def judge(self, mutant, tests):
        """The test that kills the mutant; None if none does; "" if it is none."""
        name, _, start, end, new = mutant
        source, built = self.tree / name, (self.tree / "build/obj" / name).with_suffix(".o")
        text, code = source.read_text(), built.read_bytes()
        source.write_text(text[:start] + new + text[end:])
        try:
            if not self.make("build/swr_sync_job.so", "build/unit-tests") or built.read_bytes() == code:
                return ""
            return next((test for test in tests if self.catches(test)), None)
        finally:
            source.write_text(text)
            built.write_bytes(code)


def tests_of(reached, seconds, longest, mutant):
    """The tests that reach its line or the next two; where that is not known, those that reach the file."""
    name, line = mutant[:2]
    names = {test for i in range(3) for test in reached.get(f"{name}:{line + i}", [])}
    if not names:
        names = {test for key, tests in reached.items() if key.startswith(name + ":") for test in tests}
    units = sorted(test.removeprefix("unit-tests ") for test in names if test.startswith("unit-tests "))
    units.sort(key=lambda test: test not in name)  # those of this source first
    files = [(float(seconds.get(test, 0)), test) for test in names if test.endswith(".test")]
    return units + [test for took, test in sorted(files) if took <= longest]


def run(arguments, folder):
    """All mutants that are asked for. Prints each verdict; returns killed, explained and other ones."""
    reached, seconds = (json.loads(path.read_text()) for path in (covered.REACHED, covered.SECONDS))
    mutants = [mutant for path in sorted((ROOT / "ext").glob("*/*.c")) for mutant in mutants_of(path)]
    random.Random(arguments.seed).shuffle(mutants)
    if arguments.only:
        mutants = [m for m in mutants
                   if any(text in shown(m).replace(":", f":{m[1]}:", 1) for text in arguments.only)]
    explained = EXPLAINED.read_text().splitlines() if EXPLAINED.exists() else []
    copies, tally = queue.Queue(), {"killed": 0, "explained": 0, "survived": 0}

    def one(mutant):
        if not arguments.only and sum(tally.values()) >= arguments.count:
            return
        copy = copies.get()
        killer = copy.judge(mutant, tests_of(reached, seconds, arguments.longest, mutant))
        copies.put(copy)
        if killer == "":
            return
        what = shown(mutant)
        verdict = "killed" if killer else "explained" if what in explained else "survived"
        tally[verdict] += 1
        print(f"{verdict}{' by ' + killer if killer else ''}: {what.replace(':', f':{mutant[1]}:', 1)}",
              flush=True)

    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        model = Copy(folder / "unchanged")
        for i in range(arguments.jobs):
            copies.put(Copy(folder / str(i), model))
        list(pool.map(one, mutants))
    return tally["killed"], tally["explained"], tally["survived"]


def main():
    """See above."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--longest", type=float, default=1000)
    parser.add_argument("--only", nargs="+", default=[])
    arguments = parser.parse_args()
    if not covered.REACHED.exists() or not covered.SECONDS.exists():
        subprocess.run([sys.executable, ROOT / "test" / "covered.py"], check=True)
    with tempfile.TemporaryDirectory(prefix="swr-mutate.") as scratch:
        killed, known, unknown = run(arguments, pathlib.Path(scratch))
    total = killed + known + unknown
    print(f"{killed} of {total} were killed, {100 * killed / max(total, 1):.1f} %")
    few = total > 0 and killed < LEAST * total and not arguments.only
    if few:
        print(f"! {100 * LEAST:.0f} % are to be killed")
    print(f"{killed + known} passed, {unknown + few} failed")
    return 1 if unknown or few or not total else 0


if __name__ == "__main__":
    sys.exit(main())
