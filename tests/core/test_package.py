"""The package: arrows between its parts point one way, and a wheel holds every module."""

import ast
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
SOURCES = PROJECT["tool"]["setuptools"]["package-dir"]
FOLDERS = {folder: ROOT / folder for folder in SOURCES.values()}
# core <- dsmc, md, analysis <- scenarios
MAY_IMPORT = {
    "core": {"core"},
    "dsmc": {"core", "dsmc"},
    "md": {"core", "md"},
    "analysis": {"core", "analysis"},
    "scenarios": {"core", "dsmc", "md", "analysis", "benchmarks", "scenarios"},
    "benchmarks": {"core", "dsmc", "md", "analysis", "benchmarks", "scenarios"},
}
# llvmlite is Numba's own; the engines run where only these are installed.
ENGINE_LIBRARIES = {"numpy", "numba", "llvmlite", "scipy", "h5py", "h5netcdf", "cupy"}
# Adapters to other programs: imported on demand, by their users alone.
ADAPTERS = {
    "md/mdanalysis.py": {"MDAnalysis"},
    "md/trajectories/live.py": {"MDAnalysis"},
    "md/trajectories/universes.py": {"MDAnalysis"},
    "md/trajectories/exports.py": {"MDAnalysis", "gsd"},
    "md/starts/structures.py": {"MDAnalysis"},
}
ADAPTER_MODULES = tuple("knudsen." + path.removesuffix(".py").replace("/", ".") for path in ADAPTERS)


def imported_names(path):
    """Dotted names that a file imports anywhere, lazily too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules(folder):
    return sorted(FOLDERS[folder].rglob("*.py"))


@pytest.mark.parametrize("folder", FOLDERS)
def test_arrows_between_the_parts_point_one_way(folder):
    for path in modules(folder):
        for name in imported_names(path):
            parts = name.split(".")
            assert parts[0] not in SOURCES.values(), f"{path} imports {name} outside the namespace"
            if parts[0] == "knudsen":
                assert parts[1] in MAY_IMPORT[folder], f"{path} imports {name}"


def test_a_wrong_arrow_would_be_seen(tmp_path):
    path = tmp_path / "wrong.py"
    path.write_text(
        "def lazily():\n    from knudsen.dsmc.filling import Filling\n    import knudsen.analysis.groups\n"
    )
    assert {name.split(".")[1] for name in imported_names(path)} == {"dsmc", "analysis"}


@pytest.mark.parametrize("folder", sorted({"core", "dsmc", "md"} & set(FOLDERS)))
def test_the_engines_import_nothing_but_their_few_libraries(folder):
    allowed = ENGINE_LIBRARIES | set(sys.stdlib_module_names) | {"knudsen"}
    for path in modules(folder):
        its_own = ADAPTERS.get(path.relative_to(ROOT).as_posix(), set())
        for name in imported_names(path):
            assert name.split(".")[0] in allowed | its_own, f"{path} imports {name}"
            adapter = name.startswith(ADAPTER_MODULES)
            assert its_own or not adapter, f"{path} imports {name}"


def test_every_folder_with_modules_is_a_listed_package():
    listed = set(PROJECT["tool"]["setuptools"]["packages"])
    found = {
        "knudsen." + ".".join(init.parent.relative_to(ROOT).parts)
        for folder in FOLDERS.values()
        for init in folder.rglob("__init__.py")
    }
    assert found == listed


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory):
    """Files of a wheel built from a copy of the sources."""
    folder = tmp_path_factory.mktemp("sources")
    for name, source in FOLDERS.items():
        shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "."]
    subprocess.run([*build, "--wheel-dir", "wheels"], cwd=folder, check=True, timeout=300)
    (wheel,) = (folder / "wheels").glob("knudsen-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_a_wheel_holds_every_module_and_data_file(wheel_names):
    expected = {
        f"knudsen/{path.relative_to(ROOT)}"
        for folder in FOLDERS.values()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in (".pyc", ".md")
    }
    assert expected <= wheel_names


def test_a_wheel_installs_nothing_outside_the_namespace(wheel_names):
    tops = {name.split("/")[0] for name in wheel_names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"knudsen"}
