"""The domains a user names: `Slab`, `Channel`, `Box`, `Tube`."""

from dataclasses import dataclass
from functools import cached_property

from knudsen.dsmc.boundaries import Boundary
from knudsen.dsmc.domains.building import Block, Membrane, Plan, build_grid
from knudsen.dsmc.domains.grid import Grid, Space


class Planned:
    """What all domains share: a grid, built at once, so that every fault is named."""

    plan: Plan

    def __post_init__(self) -> None:
        _ = self.grid

    @cached_property
    def grid(self) -> Grid:
        """Its cells and faces."""
        return build_grid(self.plan)


@dataclass(frozen=True)
class Slab(Planned):
    """One-dimensional domain 0 < x < length, homogeneous in y and z.

    Arguments
    ---------
    length : L [m]
    cells : sampling cells
    left, right : what molecules meet at x = 0 and x = L
    subcells : equal collision cells in each sampling cell: partners are taken from one of them
    membranes : planes that some molecules pass

    Raises
    ------
    ValueError : every fault at once: a length or count that is not positive, one periodic face only
    """

    length: float
    cells: int
    left: Boundary
    right: Boundary
    subcells: int = 1
    membranes: tuple[Membrane, ...] = ()

    @property
    def plan(self) -> Plan:
        """What its grid is built from."""
        return Plan(
            Space(1), (0.0,), (self.length,), (self.cells,), (self.subcells,), (self.left, self.right),
            ("left", "right"), membranes=self.membranes,
        )  # fmt: skip

    @property
    def cell_width(self) -> float:
        """Width of a sampling cell [m]."""
        return self.length / self.cells


@dataclass(frozen=True)
class Channel(Planned):
    """Two-dimensional domain 0 < x < L_x, 0 < y < L_y, homogeneous in z: a channel or a slit.

    Arguments
    ---------
    lengths : L_x, L_y [m];  cells : sampling cells along x and y
    left, right : what molecules meet at x = 0 and L_x;  bottom, top : at y = 0 and L_y
    subcells : collision cells in a sampling cell along x and y
    blocks : solid blocks, such as the lips of a channel between two reservoirs
    membranes : planes that some molecules pass

    Raises
    ------
    ValueError : every fault at once
    """

    lengths: tuple[float, float]
    cells: tuple[int, int]
    left: Boundary
    right: Boundary
    bottom: Boundary
    top: Boundary
    subcells: tuple[int, int] = (1, 1)
    blocks: tuple[Block, ...] = ()
    membranes: tuple[Membrane, ...] = ()

    @property
    def plan(self) -> Plan:
        """What its grid is built from."""
        faces = (self.left, self.right, self.bottom, self.top)
        names = ("left", "right", "bottom", "top")
        return Plan(
            Space(2), (0.0, 0.0), self.lengths, self.cells, self.subcells, faces, names, self.blocks,
            self.membranes,
        )  # fmt: skip


@dataclass(frozen=True)
class Box(Planned):
    """Three-dimensional domain 0 < x < L_x, 0 < y < L_y, 0 < z < L_z.

    Arguments
    ---------
    lengths : L_x, L_y, L_z [m];  cells : sampling cells along each axis
    faces : what molecules meet at x = 0, L_x, y = 0, L_y, z = 0, L_z
    subcells : collision cells in a sampling cell along each axis;  blocks : solid blocks
    membranes : planes that some molecules pass

    Raises
    ------
    ValueError : every fault at once
    """

    lengths: tuple[float, float, float]
    cells: tuple[int, int, int]
    faces: tuple[Boundary, Boundary, Boundary, Boundary, Boundary, Boundary]
    subcells: tuple[int, int, int] = (1, 1, 1)
    blocks: tuple[Block, ...] = ()
    membranes: tuple[Membrane, ...] = ()

    @property
    def plan(self) -> Plan:
        """What its grid is built from."""
        low, names = (0.0, 0.0, 0.0), ("x-", "x+", "y-", "y+", "z-", "z+")
        return Plan(
            Space(3), low, self.lengths, self.cells, self.subcells, self.faces, names, self.blocks,
            self.membranes,
        )  # fmt: skip


@dataclass(frozen=True)
class Tube(Planned):
    """Axisymmetric domain 0 < x < length, inner_radius < r < radius: a tube, or an annulus.

    A molecule keeps x and r; its y and z velocities are the radial and the azimuthal one.

    Arguments
    ---------
    length : L [m];  radius, inner_radius : [m];  cells : sampling cells along x and r, of equal width
    left, right : what molecules meet at x = 0 and L;  wall, inner_wall : at the radii
    subcells : collision cells in a sampling cell along x and r
    blocks : solid rings (x, r), such as the plates of a tube between two vessels
    membranes : planes (x) and cylinders (r) that some molecules pass

    Raises
    ------
    ValueError : every fault at once
    """

    length: float
    radius: float
    cells: tuple[int, int]
    left: Boundary
    right: Boundary
    wall: Boundary
    inner_radius: float = 0.0
    inner_wall: Boundary | None = None
    subcells: tuple[int, int] = (1, 1)
    blocks: tuple[Block, ...] = ()
    membranes: tuple[Membrane, ...] = ()

    @property
    def plan(self) -> Plan:
        """What its grid is built from."""
        low, high = (0.0, self.inner_radius), (self.length, self.radius)
        faces = (self.left, self.right, self.inner_wall, self.wall)
        names = ("left", "right", "inner wall", "wall")
        return Plan(
            Space(2, cylindrical=True), low, high, self.cells, self.subcells, faces, names, self.blocks,
            self.membranes,
        )  # fmt: skip


Domain = Slab | Channel | Box | Tube
