"""The toy's command line in processes of their own."""

import os
import subprocess
import sys
import time
from pathlib import Path

TOY = Path(__file__).parents[1] / "scenarios" / "toy.py"
STEPS = "steps=1200"
SLOW = ["--set", "pause=0.001", "--set", STEPS, "--checkpoint-interval", "0.1"]


def start(*arguments):
    """The toy's command line in a process of its own."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-W", "error", str(TOY), *map(str, arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def ask(*arguments):
    process = start(*arguments)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def wait_for_progress(folder, process):
    """Until the first checkpoint has been replaced by a later one."""
    checkpoint, first, deadline = folder / "checkpoint.h5", None, time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        if checkpoint.exists():
            written = checkpoint.stat().st_mtime_ns
            if first is not None and written != first:
                return
            first = first or written
        time.sleep(0.02)
    raise AssertionError("the run wrote no second checkpoint")
