#!/usr/bin/env python3
"""Would the tests notice? Breaks the extension in many small ways, one at a time, in a copy.

    python3 test/mutate.py [--count 300] [--seed 1] [--jobs N] [--longest SECONDS] [--only FILE]

A mutant negates a condition, moves a bound by one, takes && for || or == for !=, returns false for true, or
leaves a call out. It is killed when one of the tests that reach its line (covered.py knows) fails, crashes or
does not end: first the groups of unit tests, then the files of Tcl tests, the quickest first. What does not
compile, or compiles to the same code, is no mutant. With --longest, tests that take longer are left out.

The seed draws them by their text: what is changed elsewhere changes no other draw. With --only, those of which
"FILE: BEFORE => AFTER" stands in a line of that file, such as test/mutants.txt or the survivors of an earlier
run. Each survivor is to be explained in test/mutants.txt, by those words. One that does the same as before, as an
explanation says that begins "The same", is counted apart: no test can tell it. Exit status 1 if fewer than 95 %
of the others were killed, or one that survived is not explained. The last line is "N passed, N failed".
"""
import argparse
import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import queue
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

import covered

ROOT = covered.ROOT
EXPLAINED = ROOT / "test" / "mutants.txt"
LEAST = 0.95
MEMORY = 2 << 30
VERDICTS = ("killed", "the same", "explained", "survived")
Mutant = collections.namedtuple("Mutant", "name line start end new what")
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
    return [mutant_of(str(path.relative_to(ROOT)), text, *change) for change in changes]


def mutant_of(name, text, start, end, new):
    """With FILE and BEFORE => AFTER, of the lines that change, as one line."""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    before, after = text[first:last], text[first:start] + new + text[end:last]
    what = f"{name}: {' '.join(before.split())} => {' '.join(after.split())}"
    return Mutant(name, text.count("\n", 0, start) + 1, start, end, new, what)


def kill(group):
    """Ends a test and all that it has started."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        pass  # it has come to its end


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

    def catches(self, test, seconds):
        """Whether the test fails, and would not without the mutant. One in Tcl fails twice: it may be unlucky."""
        if not self.fails(test, seconds, "build"):
            return False
        if test not in self.sound:
            self.sound[test] = not self.fails(test, seconds, "unbroken")
        return self.sound[test] and (not test.endswith(".test") or self.fails(test, seconds, "build"))

    def fails(self, test, seconds, build):
        """Whether the test fails, or takes ten times as long as it should."""
        def limit():
            resource.setrlimit(resource.RLIMIT_CPU, (int(10 + 5 * seconds),) * 2)
            if not test.endswith(".test"):
                resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        command = ["tclsh", f"test/{test}"] if test.endswith(".test") else [f"{build}/unit-tests", test]
        with subprocess.Popen(command, cwd=self.tree, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, preexec_fn=limit, start_new_session=True,
                              env=dict(os.environ, SWR_TEST_BUILD=build)) as ran:
            alarm = threading.Timer(20 + 10 * seconds, kill, [ran.pid])
            alarm.start()
            failed = any(line.startswith(b"! ") for line in ran.stdout)
            if failed:
                kill(ran.pid)
            failed = ran.wait() != 0 or failed
            alarm.cancel()
        return failed

    def judge(self, mutant, tests):
        """The test that kills the mutant; None if none does; "" if it is none."""
        source = self.tree / mutant.name
        built = (self.tree / "build/obj" / mutant.name).with_suffix(".o")
        text, code = source.read_text(), built.read_bytes()
        source.write_text(text[:mutant.start] + mutant.new + text[mutant.end:])
        try:
            if not self.make("build/swr_sync_job.so", "build/unit-tests") or built.read_bytes() == code:
                return ""
            return next((test for test, seconds in tests if self.catches(test, seconds)), None)
        finally:
            source.write_text(text)
            built.write_bytes(code)


def tests_of(reached, seconds, longest, mutant):
    """The tests that reach its line or the next two, or, if none is known, the file; and what each takes."""
    names = {test for i in range(3) for test in reached.get(f"{mutant.name}:{mutant.line + i}", [])}
    if not names:
        names = {test for key, tests in reached.items() if key.startswith(mutant.name + ":") for test in tests}
    found = [(test.removeprefix("unit-tests "), float(seconds.get(test, 0))) for test in names
             if test.startswith("unit-tests ") or test.endswith(".test")]
    # Units before files, of these the one of the source, then the quickest.
    found.sort(key=lambda test: (test[0].endswith(".test"), test[0] not in mutant.name, test[1]))
    return [test for test in found if test[1] <= longest]


def drawn(arguments):
    """All mutants in the order of the draw, or those that are asked for."""
    mutants = [mutant for path in sorted((ROOT / "ext").glob("*/*.c")) for mutant in mutants_of(path)]
    alike = collections.Counter()

    def lot(mutant):
        alike[mutant.what] += 1
        return hashlib.sha256(f"{arguments.seed} {alike[mutant.what]} {mutant.what}".encode()).digest()
    mutants.sort(key=lot)
    if arguments.only:
        lines = pathlib.Path(arguments.only).read_text().splitlines()
        mutants = [m for m in mutants if any(line.endswith(m.what) for line in lines)]
    return mutants


def run(arguments, folder):
    """Judges them. Prints each verdict; returns the counts of each verdict, by the folder of ext/."""
    reached, seconds = (json.loads(path.read_text()) for path in (covered.REACHED, covered.SECONDS))
    mutants = drawn(arguments)
    known = dict(re.findall(r"^(ext/.*)\n  (The same)?", EXPLAINED.read_text(), re.M))
    copies, tally = queue.Queue(), collections.Counter()
    print(f"seed {arguments.seed}: {arguments.count} of {len(mutants)}", flush=True)

    def one(mutant):
        if not arguments.only and tally.total() >= arguments.count:
            return
        copy = copies.get()
        killer = copy.judge(mutant, tests_of(reached, seconds, arguments.longest, mutant))
        copies.put(copy)
        if killer == "":
            return
        verdict = "killed" if killer else "survived"
        if not killer and mutant.what in known:
            verdict = "the same" if known[mutant.what] else "explained"
        tally[mutant.name.split("/")[1], verdict] += 1
        print(f"{verdict}{' by ' + killer if killer else ''}: {mutant.what}", flush=True)

    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        model = Copy(folder / "unchanged")
        for i in range(arguments.jobs):
            copies.put(Copy(folder / str(i), model))
        list(pool.map(one, mutants))
    return tally


def main():
    """See above."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--longest", type=float, default=1000)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    if not covered.REACHED.exists() or not covered.SECONDS.exists():
        subprocess.run([sys.executable, ROOT / "test" / "covered.py"], check=True)
    with tempfile.TemporaryDirectory(prefix="swr-mutate.") as scratch:
        os.environ["TMPDIR"] = scratch  # a test that is killed leaves its own there
        tally = run(arguments, pathlib.Path(scratch))
    for folder in sorted({folder for folder, _ in tally}):
        print(f"  {folder:10}", *(f"{tally[folder, verdict]:4} {verdict}" for verdict in VERDICTS))
    killed, same, known, unknown = (sum(tally[at] for at in tally if at[1] == verdict) for verdict in VERDICTS)
    total = killed + known + unknown
    print(f"{killed} of {total} were killed, {100 * killed / max(total, 1):.1f} %; {same} more do the same")
    few = total > 0 and killed < LEAST * total and not arguments.only
    if few:
        print(f"! {100 * LEAST:.0f} % are to be killed")
    print(f"{killed + same + known} passed, {unknown + few} failed")
    return 1 if unknown or few or not total else 0


if __name__ == "__main__":
    sys.exit(main())
