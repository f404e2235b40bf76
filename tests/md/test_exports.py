"""Exports, read again by MDAnalysis and gsd: positions, boxes, times and masses stay."""

import re
import shutil

import numpy as np
import pytest

MDAnalysis = pytest.importorskip("MDAnalysis")
gsd_hoomd = pytest.importorskip("gsd.hoomd")

import knudsen.md.mdanalysis  # noqa: E402, F401
from knudsen.core.units import ReducedUnits  # noqa: E402
from knudsen.md.trajectories.exports import XTC_DECIMALS, export  # noqa: E402
from knudsen.md.trajectories.trajectory import Frame, TrajectoryError  # noqa: E402
from knudsen.md.trajectories.writer import TrajectoryWriter  # noqa: E402

pytestmark = [
    # MDAnalysis 2 says the first whenever it reads a DCD file, and the second of formats without times.
    pytest.mark.filterwarnings("ignore:DCDReader currently makes independent timesteps:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Reader has no dt information:UserWarning"),
]

ARGON = ReducedUnits(sigma=3.405e-10, epsilon_over_k=119.8, mass=6.6335e-26)
ATOMS, DT = 30, 0.005
BOX = np.array([8.0, 9.0, 10.0])


def write(path, steps, *, origin=0.0, box=BOX, units=None, velocities=True, stretch=1.01, **options):
    """Random atoms of two species, one frozen, in a box that stretches from frame to frame."""
    random = np.random.default_rng(7)
    species = np.arange(ATOMS) % 2
    with TrajectoryWriter.create(
        path, species, np.where(species, np.inf, 2.0), names=["Ar", "Kr"], units=units, velocities=velocities,
        precision="double", **options,
    ) as writer:  # fmt: skip
        for number, step in enumerate(steps):
            lengths = np.asarray(box) * stretch**number
            places, images = random.random((ATOMS, 3)) * lengths, random.integers(-2, 3, (ATOMS, 3))
            motion = random.normal(size=(ATOMS, 3)) if velocities else None
            writer.append(Frame(step, origin + DT * step, lengths, places, images, motion))
    return str(path)


CASES = {
    "from the start": {"steps": range(0, 50, 10)},
    "later": {"steps": range(1005, 1055, 10)},
    "another origin of time": {"steps": range(0, 50, 10), "origin": 3.7},
    "real units": {"steps": range(100, 150, 10), "units": ARGON},
    "one frame": {"steps": [70]},
    "one frame at the start": {"steps": [0]},
    "a wide box": {"steps": range(0, 30, 10), "box": np.full(3, 1e5)},
}


@pytest.fixture(params=CASES.values(), ids=CASES)
def written(request, tmp_path):
    return write(tmp_path / "run.h5md", **request.param)


def both(path, out, unwrapped, **options):
    """Universes of the trajectory and of its export."""
    export(path, out, unwrapped=unwrapped)
    theirs = MDAnalysis.Universe.empty(ATOMS)
    theirs.load_new(str(out), **options)
    ours = MDAnalysis.Universe(path, unwrapped=unwrapped)
    assert len(theirs.trajectory) == len(ours.trajectory)
    return ours, theirs


@pytest.mark.parametrize("unwrapped", [False, True])
@pytest.mark.parametrize("ending", ["dcd", "xtc"])
def test_positions_boxes_and_times_through_mdanalysis(written, tmp_path, ending, unwrapped):
    ours, theirs = both(written, tmp_path / f"a.{ending}", unwrapped)
    if len(ours.trajectory) > 1:
        assert theirs.trajectory.dt == pytest.approx(ours.trajectory.dt, rel=1e-5)
    for mine, its in zip(ours.trajectory, theirs.trajectory, strict=True):
        assert its.time == pytest.approx(mine.time, rel=1e-5, abs=1e-7)
        np.testing.assert_allclose(its.dimensions, mine.dimensions, rtol=1e-6)
        extent = np.abs(mine.positions).max()
        # XTC: half its last digit, and what float32 has left.
        last = max(10.0 ** (1 - XTC_DECIMALS), extent / 4e5) if ending == "xtc" else 0.0
        np.testing.assert_allclose(its.positions, mine.positions, rtol=0, atol=last + 2e-7 * extent)
    theirs.trajectory.close()


def test_xtc_is_not_garbled_however_far_atoms_go(tmp_path):
    """With six decimals throughout, a range of 17 nm or more comes back as anything, or not at all."""
    for extent in 10.0 ** np.arange(0, 7):
        path = write(tmp_path / f"{extent:g}.h5md", range(3), box=np.full(3, extent))
        ours, theirs = both(path, tmp_path / f"{extent:g}.xtc", True)
        for mine, its in zip(ours.trajectory, theirs.trajectory, strict=True):
            assert np.abs(its.positions - mine.positions).max() < 4e-6 * max(np.abs(mine.positions).max(), 10)


@pytest.mark.parametrize("unwrapped", [False, True])
def test_gsd(written, tmp_path, unwrapped, caplog):
    out = tmp_path / "a.gsd"
    ours, theirs = both(written, out, unwrapped)
    scale = np.array(ours.trajectory[0].dimensions[:3], np.float64)
    with gsd_hoomd.open(str(out)) as file:
        for mine, its, frame in zip(ours.trajectory, theirs.trajectory, file, strict=True):
            np.testing.assert_allclose(its.dimensions, mine.dimensions, rtol=1e-6)
            shift = mine.dimensions[:3] / 2
            np.testing.assert_allclose(its.positions + shift, mine.positions, rtol=0, atol=1e-6 * scale.max())
            assert frame.configuration.step == mine.data["step"] == its.data["step"]
            assert frame.log["time"][0] == mine.time
            assert frame.particles.types == ["Ar", "Kr"]
            assert frame.particles.typeid[:3].tolist() == [0, 1, 0]
            np.testing.assert_array_equal(frame.particles.mass, ours.atoms.masses.astype(np.float32))
            np.testing.assert_array_equal(frame.particles.velocity, mine.velocities)
            assert (frame.particles.image != 0).any() != unwrapped
    assert not caplog.records  # gsd complains of lists that it must copy
    masses = MDAnalysis.Universe(str(out)).atoms.masses
    np.testing.assert_allclose(masses, ours.atoms.masses, rtol=1e-6)
    assert masses[1] == 0


@pytest.mark.parametrize("unwrapped", [False, True])
def test_extended_xyz(written, tmp_path, unwrapped):
    out = tmp_path / "a.extxyz"
    ours, theirs = both(written, out, unwrapped, format="XYZ")
    lines = out.read_text().splitlines()
    for mine, its in zip(ours.trajectory, theirs.trajectory, strict=True):
        np.testing.assert_allclose(its.positions, mine.positions, rtol=2e-7)
        count, comment, *atoms = lines[mine.frame * (ATOMS + 2) : (mine.frame + 1) * (ATOMS + 2)]
        assert int(count) == ATOMS
        told = re.search(r"Time=(\S+) Step=(\d+) ", comment)
        assert (float(told[1]), int(told[2])) == (mine.time, mine.data["step"])
        name, *numbers = atoms[1].split()
        assert name == "Kr"
        row = np.concatenate([mine.positions[1], mine.velocities[1]])
        np.testing.assert_allclose(np.array(numbers, float), row, rtol=1e-7)


def test_the_comment_of_extended_xyz(tmp_path):
    path = write(tmp_path / "run.h5md", [20], velocities=False, periodic=(True, True, False))
    export(path, tmp_path / "a.xyz")
    assert (tmp_path / "a.xyz").read_text().splitlines()[1] == (
        'Lattice="8 0 0 0 9 0 0 0 10" Properties=species:S:1:pos:R:3 Time=0.1 Step=20 pbc="T T F"'
    )
    export(write(tmp_path / "run.h5md", [20]), tmp_path / "a.xyz")
    assert 'pos:R:3:velo:R:3 Time=0.1 Step=20 pbc="T T T"' in (tmp_path / "a.xyz").read_text()


def test_units_asked_for(tmp_path):
    path = write(tmp_path / "run.h5md", range(0, 30, 10), units=ARGON)
    for units, length in (("reduced", 1.0), (None, 3.405)):
        export(path, tmp_path / "a.xyz", units=units)
        lattice = (tmp_path / "a.xyz").read_text().split('"')[1].split()
        assert float(lattice[0]) == pytest.approx(8 * length, rel=1e-6)


def test_times_that_dcd_cannot_tell(tmp_path):
    uneven = write(tmp_path / "uneven.h5md", [0, 10, 30])
    with pytest.raises(ValueError, match="apart"):
        export(uneven, tmp_path / "a.dcd")
    between = write(tmp_path / "between.h5md", range(0, 50, 10), origin=3.7021)
    with pytest.raises(ValueError, match=r"export to \.xtc"):
        export(between, tmp_path / "a.dcd")
    late = write(tmp_path / "late.h5md", range(3 * 10**9, 3 * 10**9 + 30, 10))
    for ending, advice in (("dcd", ".xtc or .extxyz"), ("xtc", ".gsd or .extxyz")):
        with pytest.raises(ValueError, match=advice):
            export(late, tmp_path / f"a.{ending}")
    for path in (uneven, between):
        ours, theirs = both(path, tmp_path / "a.xtc", False)
        for mine, its in zip(ours.trajectory, theirs.trajectory, strict=True):
            assert its.time == pytest.approx(mine.time, rel=1e-6)
        theirs.trajectory.close()
        (tmp_path / ".a.xtc_offsets.npz").unlink()
    assert not (tmp_path / "a.dcd").exists()


def test_exports_that_cannot_be(tmp_path):
    path = write(tmp_path / "run.h5md", range(3))
    with pytest.raises(ValueError, match=r"\.dcd, \.xtc"):
        export(path, tmp_path / "run.pdb")
    misnamed = shutil.copy(path, tmp_path / "run.xyz")
    with pytest.raises(ValueError, match="would replace the trajectory itself"):
        export(misnamed, misnamed)
    (tmp_path / "text.h5md").write_text("no trajectory")
    with pytest.raises(TrajectoryError, match="torn or no HDF5"):
        export(tmp_path / "text.h5md", tmp_path / "a.xyz")
    with pytest.raises(ValueError, match="no frame yet"):
        export(write(tmp_path / "empty.h5md", []), tmp_path / "a.xyz")
    with pytest.raises(OSError, match=r"run\.xyz"):
        export(path, tmp_path / "missing" / "run.xyz")
    with pytest.raises(FileNotFoundError, match="nowhere"):
        export(tmp_path / "nowhere.h5md", tmp_path / "a.xyz")
    assert not (tmp_path / "a.xyz").exists()
