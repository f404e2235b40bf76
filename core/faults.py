"""Faults that have a kind of their own."""


class SimulationFault(RuntimeError):
    """A numerical failure: the message names it, the step, the cell and the remedy."""


class UnknownNameError(KeyError):
    """A name that is none of those there are; it prints as it is, where a KeyError prints quotes about it."""

    def __str__(self) -> str:
        return str(self.args[0])
