"""A scenario run from its config to its result, by way of the disk."""

import time

from knudsen.core.results import Result
from knudsen.scenarios.loading import check


def timed(scenario, folder, **values):
    """The result, and how long it took to measure."""
    config = check(scenario.Config, values)
    simulation = scenario.build(config, "cpu")
    simulation.run(scenario.steps(config))
    start = time.perf_counter()
    measured = scenario.measure(config, simulation.result())
    seconds = time.perf_counter() - start
    result = Result(
        scenario=scenario.name,
        config=config.model_dump(mode="json"),
        estimates=tuple(measured.estimates),
        profiles=tuple(measured.profiles),
        resolution={**simulation.resolution(), **measured.resolution},
        arrays=dict(measured.arrays),
        dimensions=scenario.dimensions,
    )
    result.save(folder)
    return Result.load(folder), seconds


def finished(scenario, folder, **values):
    """The result alone."""
    return timed(scenario, folder, **values)[0]
