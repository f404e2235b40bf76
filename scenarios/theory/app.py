"""The commands of `knudsen theory`: each gathers its options into a question and shows the answer."""

from importlib import import_module
from typing import Annotated, Any

import typer

from knudsen.scenarios.exits import plainly

app = typer.Typer(
    help="Kinetic theory by itself: coefficients of gases, channel flows, slip, stresses.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _option(metavar: str, text: str) -> Any:
    """An option taken as text: `asking` reads numbers, lists and quantities such as "1 atm" from it."""
    return Annotated[str | None, typer.Option(metavar=metavar, help=text)]


Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")]
Plot = _option("FILE", "Draw the coefficients along an axis into FILE (.png, .svg or .pdf).")
Against = _option("AXIS", "The figure's axis; see each command.")
TemperatureText = _option("T", 'Temperature, in K or as "300 K" (default 300).')
PressureText = _option("P", 'Pressure, in Pa or as "1 atm" (default 101325).')
OrderText = _option("N", "Sonine polynomials; conductivity and alpha_T need 2 (default 12, of mixtures 6).")
Model = _option("MODEL", "hs, vhs, vss, maxwell or lj (default vss).")
Accommodation = _option(
    "ALPHA", "Part of the molecules that a wall sends back diffusely; a pair, one a gas (default 1)."
)
GasModel = _option("MODEL", "hs, bgk or shakhov for one gas; mccormack for two (default hs).")
Molecule = _option("MOLECULE", "hs, vhs, vss, maxwell or lj, for two gases (default hs).")
FirstFraction = _option("X1", "Mole fraction of the first-named gas (default 0.5).")
PairOrNone = Annotated[
    list[str] | None, typer.Argument(metavar="[GAS GAS]", help="Two gases, for the model mccormack.")
]
Gases = Annotated[list[str], typer.Argument(metavar="GAS...", help="Names from the gas table, A first.")]


@app.command()
def pure(
    gas: Annotated[str, typer.Argument(metavar="GAS", help="A name from the gas table.")],
    temperature: TemperatureText = None,
    pressure: PressureText = None,
    order: OrderText = None,
    model: Model = None,
    plot: Plot = None,
    against: Against = None,
    as_json: Json = False,
) -> None:
    """Viscosity, conductivity, self-diffusion of one gas.  Figure against temperature."""
    words = {"gas": gas, "temperature": temperature, "pressure": pressure, "order": order, "model": model}
    _answer("gases.Pure", words, plot, against, as_json)


@app.command()
def binary(
    gases: Gases,
    temperature: TemperatureText = None,
    pressure: PressureText = None,
    x1: FirstFraction = None,
    order: OrderText = None,
    model: Model = None,
    plot: Plot = None,
    against: Against = None,
    as_json: Json = False,
) -> None:
    """D12, alpha_T, viscosity, conductivity of two gases.  Figure against x1 or temperature."""
    words = {"gases": gases, "temperature": temperature, "pressure": pressure, "x1": x1}
    _answer("gases.Binary", words | {"order": order, "model": model}, plot, against, as_json)


@app.command()
def mixture(
    gases: Gases,
    temperature: TemperatureText = None,
    pressure: PressureText = None,
    x: _option("X1,X2,...", "Mole fractions, one a gas; equal if left out.") = None,
    order: OrderText = None,
    model: Model = None,
    plot: Plot = None,
    against: Against = None,
    as_json: Json = False,
) -> None:
    """Diffusion matrices, conductivities, viscosity of any number of gases.  Figure against temperature."""
    words = {"gases": gases, "temperature": temperature, "pressure": pressure, "x": x}
    _answer("gases.Mixed", words | {"order": order, "model": model}, plot, against, as_json)


@app.command()
def omega(
    l: _option("L", "Index of the deflection, 1 - cos^l chi (default 2).") = None,
    s: _option("S", "Index of the energy (default 2).") = None,
    tstar: _option("T*", "Reduced temperature kT/epsilon (default 1).") = None,
    potential: _option("NAME", "lj or mie (default lj).") = None,
    exponents: _option("N,M", "Repulsive and attractive exponent of mie.") = None,
    plot: Plot = None,
    against: Against = None,
    as_json: Json = False,
) -> None:
    """Reduced collision integral Omega^(l,s) of a potential.  Figure against tstar."""
    words = {"l": l, "s": s, "tstar": tstar, "potential": potential, "exponents": exponents}
    _answer("integrals.Omega", words, plot, against, as_json)


@app.command()
def slip(
    gases: PairOrNone = None,
    model: GasModel = None,
    accommodation: Accommodation = None,
    x1: FirstFraction = None,
    temperature: TemperatureText = None,
    molecule: Molecule = None,
    plot: Plot = None,
    against: Against = None,
    as_json: Json = False,
) -> None:
    """Slip, creep and jump at a wall, diffusion slip of two gases.  Figure against accommodation, or x1."""
    words = {"model": model, "accommodation": accommodation}
    pair = {"x1": x1, "temperature": temperature, "molecule": molecule}
    _answer_for("Slip", gases, words, pair, plot, against, as_json)


@app.command()
def channel(
    gases: PairOrNone = None,
    delta: _option("DELTA", "Rarefaction p L / (mu v0) (default 1).") = None,
    model: GasModel = None,
    accommodation: Accommodation = None,
    x1: FirstFraction = None,
    temperature: TemperatureText = None,
    molecule: Molecule = None,
    plot: Plot = None,
    against: Against = None,
    as_json: Json = False,
) -> None:
    """Flows between parallel plates at any rarefaction.  Figure against delta, accommodation or x1."""
    words = {"delta": delta, "model": model, "accommodation": accommodation}
    pair = {"x1": x1, "temperature": temperature, "molecule": molecule}
    _answer_for("Channel", gases, words, pair, plot, against, as_json)


@app.command()
def stress(
    mass_ratio: _option("RATIO", "m_A/m_B, any positive value (default 10).") = None,
    x1: _option("X1", "Mole fraction of A (default 0.5).") = None,
    alpha: _option("ALPHA", "VSS exponent; 1 scatters isotropically (default 1).") = None,
    plot: Plot = None,
    against: Against = None,
    as_json: Json = False,
) -> None:
    """Anisotropy of the pressure in diffusing Maxwell molecules.  Figure against x1."""
    _answer("rarefied.Stress", {"mass_ratio": mass_ratio, "x1": x1, "alpha": alpha}, plot, against, as_json)


def _answer_for(
    question: str, gases: list[str] | None, words: dict[str, Any], pair: dict[str, Any], *how: Any
) -> None:
    """The question about one gas, or, where gases or options of a pair are given, about two."""
    if gases or any(pair.values()):
        _answer(f"rarefied.Binary{question}", words | pair | {"gases": gases or []}, *how)
    else:
        _answer(f"rarefied.{question}", words, *how)


def _answer(
    question: str, words: dict[str, Any], plot: str | None, against: str | None, as_json: bool
) -> None:
    """Ask, answer, draw and show; the question's class, "module.Class", is imported only now."""
    with plainly():
        from knudsen.scenarios.theory import asking

        module, name = question.split(".")
        kind = getattr(import_module(f"knudsen.scenarios.theory.{module}"), name)
        asking.respond(kind, words, plot, against, as_json)
