"""docs/mdanalysis.md runs as it stands, and its numbers are those of direct evaluation."""

import re
from pathlib import Path

import numpy as np
import pytest

MDAnalysis = pytest.importorskip("MDAnalysis")

from knudsen.md.trajectories.trajectory import Trajectory  # noqa: E402

PAGE = Path(__file__).parents[2] / "docs/mdanalysis.md"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The names that the page's blocks define, and the frames of its run."""
    folder, names = tmp_path_factory.mktemp("docs"), {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        # What MDAnalysis says of DCD and of formats without times is no part of the page's blocks.
        for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL):
            exec(compile(block, "docs/mdanalysis.md", "exec"), names)
    with Trajectory(folder / "run.h5md") as trajectory:
        names["frames"] = list(trajectory)
    names["folder"] = folder
    return names


def test_the_run_is_as_described(page):
    assert [frame.step for frame in page["frames"]] == list(range(1000, 2001, 10))
    assert page["universe"].trajectory.dt == pytest.approx(0.05)
    assert page["temperatures"] == [frame.observables["temperature"] for frame in page["frames"]]
    assert page["now"].trajectory.time == pytest.approx(page["simulation"].time)
    with Trajectory(page["folder"] / "long.h5md") as trajectory:
        assert trajectory.steps.tolist() == [2000, 2100, 2200]


def test_g_of_r(page):
    """Pairs of each shell over those of an ideal gas, N (N - 1) of its part of the volume."""
    frames, length = page["frames"], page["frames"][0].box[0]
    edges = np.linspace(0, length / 2, 81)
    counts = np.zeros(80)
    for frame in frames:
        difference = np.asarray(frame.positions, np.float64)
        difference = difference[:, None] - difference
        distance = np.linalg.norm(difference - length * np.round(difference / length), axis=-1)
        counts += np.histogram(distance[~np.eye(500, dtype=bool)], bins=edges)[0]
    shells = 4 / 3 * np.pi * np.diff(edges**3)
    expected = counts / len(frames) / (500 * 499 / length**3 * shells)
    # float32 puts a pair in a thousand at most into the next bin.
    np.testing.assert_allclose(page["g"], expected, rtol=1e-3, atol=1e-4)
    assert 2.2 < page["g"].max() < 3.5 and 1.0 < page["r"][page["g"].argmax()] < 1.15


def displacements(frames):
    """Mean over atoms and starts of |r(t0 + t) - r(t0)|^2 for each lag."""
    path = np.stack([frame.unwrapped for frame in frames])
    return np.array(
        [0.0] + [((path[lag:] - path[:-lag]) ** 2).sum(axis=-1).mean() for lag in range(1, len(path))]
    )


def test_mean_squared_displacement(page):
    np.testing.assert_allclose(page["displacement"], displacements(page["frames"]), rtol=2e-4, atol=1e-6)
    np.testing.assert_allclose(page["lag"], 0.05 * np.arange(101), atol=1e-6)
    # Wrapped positions would give another number.
    wrapped = MDAnalysis.Universe(str(page["folder"] / "run.h5md"))
    jumping = page["EinsteinMSD"](wrapped, fft=False).run().results.timeseries
    assert jumping[-1] > 2 * page["displacement"][-1]


def test_diffusion_in_real_units(page):
    """sigma^2 / (sigma (m/epsilon)^(1/2)) in angstrom^2/ps."""
    argon = page["argon"]
    assert page["diffusion_real"] == pytest.approx(page["diffusion"] * argon.diffusivity * 1e8, rel=1e-4)


def test_density_profile(page):
    frames, length = page["frames"], page["frames"][0].box[0]
    counts = sum(
        np.histogram(frame.positions[:, 0] % length, bins=20, range=(0, length))[0] for frame in frames
    )
    expected = counts / len(frames) / (length**3 / 20)
    np.testing.assert_allclose(page["density"], expected, rtol=1e-4)
    assert page["density"].mean() == pytest.approx(0.8442, rel=1e-5)


def test_every_export_is_there(page):
    for ending in ("gsd", "dcd", "xtc", "extxyz"):
        assert (page["folder"] / f"run.{ending}").stat().st_size > 500 * 101 * 3
