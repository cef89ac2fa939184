#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run_e2e.py [TEST...]: the end-to-end tests, several at once, since they mostly wait for devices that wait. What one says is shown
when it has ended; all are run, and those that failed are named at the end."""
import concurrent.futures
import os
import pathlib
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
LONGEST = 1800  # seconds of one file: what hangs is ended and has failed
running = set()


def end(child):
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def end_all(*_):
    """Who ends this program ends what it started: each test leads a group of its own, which no signal from a terminal reaches."""
    for child in list(running):
        end(child)
    os._exit(130)


def run(test):
    began = time.monotonic()
    child = subprocess.Popen([sys.executable, test], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                             start_new_session=True)
    running.add(child)
    try:
        said, _ = child.communicate(timeout=LONGEST)
        status = child.returncode
    except subprocess.TimeoutExpired:
        end(child)
        try:
            said, _ = child.communicate(timeout=10)
        except subprocess.TimeoutExpired:  # something that left the group holds its output
            said = "What it said could not be read to its end."
        status, said = 1, said + f"\nIt did not end within {LONGEST} seconds.\n"
    running.discard(child)
    return test, status, said, time.monotonic() - began


def main():
    tests = [pathlib.Path(each).resolve() for each in sys.argv[1:]] or sorted((ROOT / "tests/e2e").glob("*_test.py"))
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, end_all)
    failed = []
    with concurrent.futures.ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as workers:
        for done in concurrent.futures.as_completed([workers.submit(run, test) for test in tests]):
            test, status, said, took = done.result()
            name = test.relative_to(ROOT)
            print(f"-- {name}: {'passed' if status == 0 else 'FAILED'} in {took:.0f} s", flush=True)
            print(said.strip(), flush=True)
            if status != 0:
                failed.append(str(name))
    if failed:
        sys.exit("end to end: failed: " + ", ".join(sorted(failed)))


if __name__ == "__main__":
    main()
