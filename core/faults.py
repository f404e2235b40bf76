"""Faults of a run that more input checking could not have foreseen."""


class SimulationFault(RuntimeError):
    """A numerical failure: the message names it, the step, the cell and the remedy."""
