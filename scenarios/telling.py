"""What is said of a fault that stops a run: what is still good, and what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

from knudsen.analysis.statistics import NotSteadyError, TooShortError
from knudsen.core.faults import SimulationFault
from knudsen.scenarios.faults import RunFailed
from knudsen.scenarios.folder import RunFolder

NO_ROOM = "the run does not fit into memory: use fewer particles, cells or copies"


@contextmanager
def told(folder: RunFolder) -> Iterator[None]:
    """Say of every fault what is still good and what to do."""
    try:
        yield
    except SimulationFault as fault:
        repeat = f"from there it fails the same way: apply the remedy in {folder.config} first"
        raise RunFailed(f"{fault}\n{_last_checkpoint(folder)}; {repeat}") from fault
    except (TooShortError, NotSteadyError) as fault:
        remedy = f"raise steps in {folder.config} and continue with `{folder.resume_command}`"
        raise RunFailed(f"{fault}: {remedy}") from fault
    except MemoryError as fault:
        raise RunFailed(f"{NO_ROOM}\n{_last_checkpoint(folder)}") from fault
    except OSError as fault:
        reason = f"{fault.filename}: {fault.strerror}" if fault.filename else str(fault)
        raise RunFailed(f"the disk refused: {reason}\n{_last_checkpoint(folder)}") from fault


def _last_checkpoint(folder: RunFolder) -> str:
    if not folder.checkpoint.exists():
        return "no checkpoint was written yet"
    return f"the last good checkpoint is {folder.checkpoint}: continue with `{folder.resume_command}`"
