"""Columns in two sets of buffers: a sort reads one and writes the other."""

from typing import Any, ClassVar


class DoubleBuffered:
    """A structure of arrays whose columns have spare buffers.

    COLUMNS : names of the columns, in the order in which kernels take them
    spare : the spare buffers by name
    """

    COLUMNS: ClassVar[tuple[str, ...]]
    spare: dict[str, Any]

    @property
    def columns(self) -> tuple[Any, ...]:
        """The live buffers in the order of COLUMNS."""
        return tuple(getattr(self, name) for name in self.COLUMNS)

    @property
    def spare_columns(self) -> tuple[Any, ...]:
        """The spare buffers in the order of COLUMNS."""
        return tuple(self.spare[name] for name in self.COLUMNS)

    def swap(self) -> None:
        """Let the spare buffers be the live ones."""
        for name in self.COLUMNS:
            live = getattr(self, name)
            setattr(self, name, self.spare[name])
            self.spare[name] = live
