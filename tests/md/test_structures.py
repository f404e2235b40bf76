import subprocess
import sys

import numpy as np
import pytest

from knudsen.core.units import ReducedUnits
from knudsen.md.starts.structures import read_structure
from knudsen.md.trajectories.trajectory import Frame
from knudsen.md.trajectories.writer import TrajectoryWriter

pytest.importorskip("MDAnalysis")

GRO = """two gases
    3
    1AR      AR    1   0.100   0.200   0.300
    2KR      KR    2   1.100   1.200  -0.700
    3AR      AR    3   2.100   2.200   2.300
   3.00000   3.00000   {box}
"""
DATA = """LAMMPS data

3 atoms
2 atom types
0 10 xlo xhi
0 10 ylo yhi
0 20 zlo zhi

Masses

1 1.0
2 2.5

Atoms # atomic

1 1 0.5 0.5 0.5
2 2 3.25 4 5
3 1 12.0 4 15
"""
XYZ = "2\nframe 0\nA 0 0 0\nB 1 1 1\n2\nframe 1\nA 2 0 0\nB 1 1 3\n"


@pytest.fixture
def write(tmp_path):
    def file(name, text):
        path = tmp_path / name
        path.write_text(text)
        return path

    return file


def test_real_units_become_reduced(write):
    path = write("a.gro", GRO.format(box="4.00000"))
    read = read_structure(path, sigma=2.0, species_by="name", masses={"AR": 1.0, "KR": 2.1})
    assert read.names == ("AR", "KR")
    assert read.masses.tolist() == [1.0, 2.1]
    assert read.start.species.tolist() == [0, 1, 0]
    # nm -> angstrom -> sigma, folded into the box
    assert read.start.box == pytest.approx([15, 15, 20])
    expected = [[0.5, 1, 1.5], [5.5, 6, 16.5], [10.5, 11, 11.5]]
    assert read.start.positions == pytest.approx(np.array(expected), rel=1e-6)
    assert read.start.positions.dtype == np.float64


def test_reduced_file_with_masses_and_an_order_of_species(write):
    path = write("a.data", DATA)
    read = read_structure(path, sigma=1.0, mass_unit=1.0, atom_style="id type x y z", species=("2", "1"))
    assert read.names == ("2", "1")
    assert read.masses.tolist() == [2.5, 1.0]
    assert read.start.species.tolist() == [1, 0, 1]
    assert read.start.positions[2] == pytest.approx([2, 4, 15])


def test_a_frame_and_a_box_for_a_file_without(write):
    path = write("a.xyz", XYZ)
    masses = {"A": 1.0, "B": 1.0}
    common = {"sigma": 1.0, "species_by": "name", "masses": masses, "box": (6, 6, 6)}
    assert read_structure(path, **common).start.positions[0] == pytest.approx([2, 0, 0])
    assert read_structure(path, frame=0, **common).start.positions[0] == pytest.approx([0, 0, 0])
    with pytest.raises(IndexError, match=r"no frame 2: it holds 2"):
        read_structure(path, frame=2, **common)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"box": None}, ValueError, r"no periodic box: give box=\(Lx, Ly, Lz\)"),
        ({"box": (6, 6)}, ValueError, "three positive lengths"),
        ({"sigma": 0.0}, ValueError, "sigma"),
        ({"masses": None}, ValueError, "holds no masses"),
        ({"masses": {"A": 1.0}}, KeyError, "none for 'B'"),
        ({"masses": {"A": 1.0, "B": -1.0}}, ValueError, "mass of B"),
        ({"species": ("A",)}, KeyError, "no place for the label 'B'"),
        ({"species": ("A", "B", "A")}, ValueError, "twice"),
        ({"species_by": "type"}, ValueError, "species_by='name'"),
        ({"species_by": "colour"}, ValueError, "species_by must be"),
        ({"frame": 0, "min_distance": 2.0}, ValueError, "check sigma"),
    ],
)
def test_bad_input_is_refused(write, arguments, error, message):
    path = write("a.xyz", XYZ)
    good = {"sigma": 1.0, "species_by": "name", "masses": {"A": 1.0, "B": 1.0}, "box": (6, 6, 6)}
    with pytest.raises(error, match=message):
        read_structure(path, **(good | arguments))


def test_boxes_and_files_that_do_not_serve_are_refused(write, tmp_path):
    masses = {"AR": 1.0, "KR": 2.1}
    with pytest.raises(ValueError, match="triclinic"):
        path = write("tri.gro", GRO.format(box="4.00000 0 0 1.0 0 0 0"))
        read_structure(path, sigma=3.4, species_by="name", masses=masses)
    with pytest.raises(FileNotFoundError, match="no structure file"):
        read_structure(tmp_path / "none.gro", sigma=3.4)
    for name, text in (("torn.gro", GRO[:60]), ("empty.gro", ""), ("foreign.qqq", "text")):
        with pytest.raises(ValueError, match="MDAnalysis cannot read"):
            read_structure(write(name, text), sigma=3.4)
    with pytest.raises(ValueError, match="mass_unit"):
        read_structure(write("a.data", DATA), sigma=1.0, atom_style="id type x y z")


@pytest.mark.parametrize("units", [None, ReducedUnits(3.405e-10, 119.8, 6.6335e-26)])
def test_a_trajectory_of_ours_with_atoms_that_never_move(tmp_path, units):
    path, species = tmp_path / "run.h5md", [0, 1, 0]
    places = np.array([[0.5, 1, 1.5], [2, 2.5, 3], [4, 4.5, 4.75]])
    with TrajectoryWriter.create(path, species, [2.0, np.inf, 2.0], units=units, velocities=False) as writer:
        for step in range(2):
            writer.append(Frame(step, 0.1 * step, np.full(3, 5.0), places + 0.1 * step, np.zeros((3, 3))))
    masses = {"A": 2.0, "B": np.inf}
    read = read_structure(path, sigma=1.0 if units is None else 3.405, masses=masses, frame=1)
    np.testing.assert_allclose(read.start.positions, places + 0.1, rtol=1e-6)
    assert read.start.box == pytest.approx([5, 5, 5])
    assert (read.names, read.masses.tolist()) == (("A", "B"), [2.0, np.inf])
    assert read.start.species.tolist() == species
    pure = read_structure(path, sigma=1.0, masses=masses, units="reduced")
    assert pure.start.box == pytest.approx([5, 5, 5])
    with pytest.raises(ValueError, match="'B' have no mass in the file: give masses, inf"):
        read_structure(path, sigma=1.0, mass_unit=1.0)


def test_mdanalysis_is_imported_on_use_only():
    code = "import sys, knudsen.md.starts.structures; sys.exit('MDAnalysis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
