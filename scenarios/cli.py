"""The command line: `knudsen list | run | resume | report | validate | theory | bench`.

Commands import what they need when they run, so that `--help` and a rejected config answer at once.
"""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from knudsen.scenarios.exits import plainly
from knudsen.scenarios.registry import SCENARIOS, find
from knudsen.scenarios.theory.app import app as theory_app

if TYPE_CHECKING:
    from knudsen.core.results import Result
    from knudsen.scenarios.sweep import SweepResult

DEVICE_HELP = "auto, cpu, cuda or cuda:N."

app = typer.Typer(
    help="Rarefied gases and molecular transport: every number with its error, its theory and its deviation.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(theory_app, name="theory")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a run or sweep.")]
Interval = Annotated[float, typer.Option(min=0, metavar="SECONDS", help="Wall time between checkpoints.")]


@app.command("list")
def list_scenarios() -> None:
    """The scenarios, one line each."""
    width = max(map(len, SCENARIOS))
    for name, entry in SCENARIOS.items():
        print(f"{name:{width}}  {entry.summary}")


@app.command()
def run(
    scenario: Annotated[str, typer.Argument(help="Name of a scenario; see `knudsen list`.")],
    config: Annotated[Path | None, typer.Argument(metavar="[CONFIG.toml]", help="Its config.")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Set a key; may be repeated.")
    ] = None,
    sweeps: Annotated[
        list[str] | None,
        typer.Option("--sweep", metavar="KEY=[...]", help="Run every value; repeated, every combination."),
    ] = None,
    device: Annotated[str | None, typer.Option(help=DEVICE_HELP)] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the random numbers.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to write; made anew if left out.")
    ] = None,
    checkpoint_interval: Interval = 15.0,
    as_json: Json = False,
) -> None:
    """Run a scenario, or a sweep of it, and print what it measured beside theory."""
    with plainly():
        from knudsen.scenarios.loading import parse_sweeps

        kind = find(scenario)
        values, device = _values(scenario, config, settings or [], device, seed)
        axes = parse_sweeps(sweeps or [])
        options: dict[str, Any] = {"device": device, "checkpoint_interval": checkpoint_interval}
        if axes:
            from knudsen.scenarios.sweep import execute_sweep, plan_sweep

            plans = plan_sweep(kind, values, axes, **options)
            _show_sweep(execute_sweep(plans, _folder(scenario, device, out)), as_json)
        else:
            from knudsen.scenarios.loading import check

            checked = check(kind.Config, values, str(config or ""))
            from knudsen.scenarios.runner import Plan, execute

            _show(execute(Plan(kind, checked, **options), _folder(scenario, device, out)), as_json)


@app.command()
def resume(path: Folder, checkpoint_interval: Interval = 15.0, as_json: Json = False) -> None:
    """Take up an interrupted run or sweep at its last checkpoint and bring it to its end."""
    with plainly():
        from knudsen.scenarios.folder import RunFolder

        if RunFolder(path).sweep.exists():
            from knudsen.scenarios.sweep import resume_sweep

            _show_sweep(resume_sweep(path, checkpoint_interval=checkpoint_interval), as_json)
        else:
            from knudsen.scenarios.runner import resume as resume_run

            _show(resume_run(path, checkpoint_interval=checkpoint_interval), as_json)


@app.command()
def report(path: Folder) -> None:
    """Draw the figures and report of a finished run or sweep anew, from what is on the disk."""
    with plainly():
        from knudsen.scenarios.folder import RunFolder

        if RunFolder(path).sweep.exists():
            from knudsen.scenarios.sweep import redraw_sweep as redraw
        else:
            from knudsen.scenarios.report import redraw
        print(redraw(path))


@app.command()
def validate(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Scenarios; all if left out.")
    ] = None,
    device: Annotated[str, typer.Option(help=DEVICE_HELP)] = "auto",
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Where to write; finished runs there stand.")
    ] = Path("runs/validation"),
) -> None:
    """Run scenarios as they stand, long ones among them, and write the ledger of measured beside theory."""
    with plainly():
        from rich.console import Console

        from knudsen.scenarios import ledger
        from knudsen.scenarios.faults import RunFailed
        from knudsen.scenarios.table import print_grid

        entries = ledger.validate(ledger.plans(names or [], device), out)
        print_grid(list(ledger.rows(entries)), Console(), ledger.HEADINGS, right=(2, 4, 5))
        print(f"{ledger.verdict(entries)}: {out / ledger.LEDGER_FILE}")
        if refuted := ledger.beyond(entries, ledger.REFUTED):
            raise RunFailed(f"{len(refuted)} beyond {ledger.REFUTED:g} standard errors")


class Engine(StrEnum):
    """What `knudsen bench` times."""

    DSMC = "dsmc"
    MD = "md"


@app.command()
def bench(
    engine: Annotated[Engine, typer.Option(help="The DSMC slab, or Lennard-Jones fluids.")] = Engine.DSMC,
    quick: Annotated[bool, typer.Option("--quick", help="The smaller cases alone.")] = False,
    device: Annotated[str, typer.Option(help=DEVICE_HELP)] = "auto",
    as_json: Json = False,
) -> None:
    """Time an engine on this machine."""
    with plainly():
        if engine is Engine.DSMC:
            from knudsen.benchmarks.dsmc_slab import main as time_engine
        else:
            from knudsen.benchmarks.md_lj import main as time_engine
        flags = [flag for flag, given in (("--quick", quick), ("--json", as_json)) if given]
        time_engine(["--device", device, *flags])


def _values(
    scenario: str, file: Path | None, settings: list[str], device: str | None, seed: int | None
) -> tuple[dict[str, Any], str]:
    """The config's values, the later source winning, and the device asked for."""
    from knudsen.scenarios.faults import ConfigError, Fault
    from knudsen.scenarios.loading import parse_settings, read_toml

    values = read_toml(file) if file else {}
    named = values.pop("scenario", scenario)
    if named != scenario:
        raise ConfigError(
            [Fault(f"{file}: scenario", f"is {named!r}", f"run that, or drop the key to run {scenario!r}")]
        )
    chosen = values.pop("device", "auto")
    values |= parse_settings(settings)
    if seed is not None:
        values["seed"] = seed
    return values, str(device or chosen)


def _folder(scenario: str, device: str, out: Path | None) -> Any:
    """The folder to write to, made only once the device is known to be there."""
    from knudsen.core.device import Device
    from knudsen.scenarios.faults import ConfigError, Fault
    from knudsen.scenarios.folder import RunFolder, new_folder

    try:
        Device(device)
    except ValueError as error:
        raise ConfigError([Fault("--device", str(error).removeprefix("device "))]) from None
    return RunFolder(out) if out else new_folder(scenario)


def _show(result: "Result", as_json: bool) -> None:
    if as_json:
        print(json.dumps(result.to_json(), allow_nan=False))
        return
    from rich.console import Console

    from knudsen.scenarios.table import print_table

    print_table(result.estimates, Console())


def _show_sweep(result: "SweepResult", as_json: bool) -> None:
    if as_json:
        print(json.dumps(result.to_json(), allow_nan=False))
        return
    from rich.console import Console

    from knudsen.scenarios.loading import describe
    from knudsen.scenarios.table import print_table

    for point in result.points:
        print_table(point.result.estimates, Console(), describe(point.settings))
    if result.estimates:
        print_table(result.estimates, Console(), "from all points")


def main() -> None:
    """Entry point of the `knudsen` command."""
    app()
