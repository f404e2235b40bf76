"""How a run is paced and shown, and how a signal stops it."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

SIGNALS = (signal.SIGINT, signal.SIGTERM)
CHUNK_SECONDS = 0.4


class Pace:
    """Chunk sizes of about `CHUNK_SECONDS`, and the speed so far.

    The first chunk is one step: it compiles the kernels, and is left out of the speed.
    """

    def __init__(self) -> None:
        self.chunk = 1
        self.first_step = 0.0
        self.steps = 0
        self.seconds = 0.0
        self.particle_steps = 0.0

    def record(self, steps: int, seconds: float, particles: int) -> None:
        """Note a chunk, and set the size of the next."""
        if self.first_step == 0:
            self.first_step = seconds
            self.chunk = 2
            return
        self.steps += steps
        self.seconds += seconds
        self.particle_steps += steps * particles
        wanted = steps * CHUNK_SECONDS / max(seconds, 1e-9)
        self.chunk = max(1, int(min(wanted, 4 * steps)))

    @property
    def speed(self) -> float:
        """Particle-steps per second."""
        return self.particle_steps / self.seconds if self.seconds else 0.0

    def summary(self, particles: int) -> dict[str, Any]:
        """The performance block, the wall time apart."""
        return {
            "simulation_time_s": self.seconds,
            "first_step_s": self.first_step,
            "timed_steps": self.steps,
            "particles": particles,
            "particle_steps_per_s": self.speed,
        }


class Interruption:
    """Becomes true at the first SIGINT or SIGTERM; the second ends the process at once."""

    def __init__(self) -> None:
        self._name = ""
        self._before: dict[int, Any] = {}

    def __bool__(self) -> bool:
        return bool(self._name)

    def __enter__(self) -> "Interruption":
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._note) for number in SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, _: FrameType | None) -> None:
        self._name = signal.Signals(number).name
        for other in SIGNALS:
            signal.signal(other, signal.SIG_DFL)
        # Not print: the signal may have come in the middle of one.
        os.write(2, f"\n{self._name}: finishing the chunk; once more aborts at once\n".encode())


@contextmanager
def progress_bar(console: Console, label: str, start: int, total: int) -> Iterator[Any]:
    """Show a bar on `console`; yields a function (step, particle-steps/s) that moves it."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[speed]:.3g} M particle-steps/s"),
    )
    with Progress(*columns, console=console) as progress:
        console.show_cursor(True)  # a killed process could not bring it back
        task = progress.add_task(label, completed=start, total=total, speed=0.0)
        yield lambda step, speed: progress.update(task, completed=step, speed=speed / 1e6)
