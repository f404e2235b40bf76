"""Walls: what neither absorbs nor emits of itself."""

from dataclasses import dataclass, field

from knudsen.dsmc.boundaries.checks import (
    PerSpecies,
    WallTemperature,
    as_tuples,
    refuse,
    speeds,
    temperatures,
    within,
)


@dataclass(frozen=True)
class Periodic:
    """The two faces are one: a molecule leaving by one enters by the other."""


@dataclass(frozen=True)
class Specular:
    """Mirror reflection: the normal velocity changes sign."""


@dataclass(frozen=True)
class DiffuseWall:
    """Full accommodation: molecules leave with the flux-weighted Maxwellian of the wall.

    temperature : of the wall [K], or a pair of them, at its start and its end: linear between along x, and on
        a wall normal to x along y (in a tube r); or knots ((place [m], T), ...) along it, linear between and
        constant beyond; molecules leave at the temperature of where they hit
    velocity : tangential speed of the wall [m/s], along y and z; at a face normal to y along z and x, at one
        normal to z along x and y; at a tube's wall along the azimuth and x
    """

    temperature: WallTemperature
    velocity: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        as_tuples(self)
        refuse(temperatures(self.temperature), speeds(self.velocity))


@dataclass(frozen=True)
class MaxwellWall:
    """Maxwell's wall: the fraction alpha leaves as from a `DiffuseWall`, the rest is mirrored.

    temperature, velocity : as of a `DiffuseWall`
    accommodation : alpha in [0, 1], one for all species or one each

    Source: J. C. Maxwell, Phil. Trans. R. Soc. 170, 231 (1879), 10.1098/rstl.1879.0067
    """

    temperature: WallTemperature
    accommodation: PerSpecies
    velocity: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        as_tuples(self)
        refuse(
            temperatures(self.temperature),
            speeds(self.velocity),
            within(1.0, accommodation=self.accommodation),
        )


@dataclass(frozen=True)
class LordWall:
    """Cercignani, Lampis and Lord's wall; of a molecule that arrives with v, in the frame of the wall,

        <v_t'> = (1 - sigma_t) v_t,     <v_t'^2> - <v_t'>^2 = sigma_t (2 - sigma_t) k T / m
        <v_n'^2> = (1 - alpha_n) v_n^2 + alpha_n 2 k T / m

    temperature, velocity : as of a `DiffuseWall`
    normal_accommodation : alpha_n in [0, 1], of the energy of v_n, one for all species or one each
    tangential_accommodation : sigma_t in [0, 2], of the momentum along the wall; 2 turns v_t around
    rotational_accommodation : in [0, 1], of the rotational energy, which follows the law of v_n^2
    vibrational_accommodation : in [0, 1], share of the molecules whose vibrations leave at equilibrium

    Source: R. G. Lord, Phys. Fluids A 3, 706 (1991), 10.1063/1.858076
    """

    temperature: WallTemperature
    normal_accommodation: PerSpecies
    tangential_accommodation: PerSpecies
    rotational_accommodation: PerSpecies = field(default=1.0, kw_only=True)
    vibrational_accommodation: PerSpecies = field(default=1.0, kw_only=True)
    velocity: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        as_tuples(self)
        refuse(
            temperatures(self.temperature),
            speeds(self.velocity),
            within(
                1.0,
                normal_accommodation=self.normal_accommodation,
                rotational_accommodation=self.rotational_accommodation,
                vibrational_accommodation=self.vibrational_accommodation,
            ),
            within(2.0, tangential_accommodation=self.tangential_accommodation),
        )


@dataclass(frozen=True)
class AdiabaticWall:
    """A molecule leaves as fast as it came, in the frame of the wall, its direction by the cosine law.

    velocity : as of a `DiffuseWall`
    """

    velocity: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        as_tuples(self)
        refuse(speeds(self.velocity))


# What a wall may be: all that neither absorbs nor emits of itself.
Wall = Specular | DiffuseWall | MaxwellWall | LordWall | AdiabaticWall
