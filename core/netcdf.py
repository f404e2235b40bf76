"""The netCDF-4 file of a result.

At the root, which `xarray.open_dataset` opens: each estimate as a scalar of its own name with `units`,
`stderr` and its theory as attributes; each profile as `NAME_profile` with its `NAME_profile_stderr`; the
config, resolution, performance and provenance as attributes in JSON.  Group `sums` holds the raw arrays.
"""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5netcdf
import h5py
import numpy as np

from knudsen.core.files import write_bytes

KIND = "knudsen result"
VERSION = 1
OBJECTS = ("config", "resolution", "performance", "provenance")
STRING = h5py.string_dtype()


def write_result(path: Path, fields: Mapping[str, Any]) -> None:
    """Write the fields of a `Result`, estimates and profiles as dictionaries.  Raises OSError."""
    # Through memory: a disk that fills up under HDF5 itself can end the process.
    image = io.BytesIO()
    with h5netcdf.File(image, "w") as file:
        file.attrs["Conventions"] = "CF-1.11"
        file.attrs.update(kind=KIND, version=VERSION, scenario=fields["scenario"])
        file.attrs.update({name: json.dumps(fields[name]) for name in OBJECTS})
        for number, estimate in enumerate(fields["estimates"]):
            _write_estimate(file, number, estimate)
        for number, profile in enumerate(fields["profiles"]):
            _write_profile(file, number, profile)
        sums = file.create_group("sums")
        for name, array in fields["arrays"].items():
            _write_array(sums, name, np.asarray(array), fields["dimensions"].get(name))
    write_bytes(path, image.getbuffer())


def _write_estimate(file: h5netcdf.File, number: int, estimate: dict[str, Any]) -> None:
    attributes = {name: value for name, value in estimate.items() if value is not None}
    name, value, unit = (attributes.pop(key) for key in ("name", "value", "unit"))
    variable = file.create_variable(name, (), data=value)
    variable.attrs.update(role="estimate", units=unit, order=number, **attributes)


def _write_profile(file: h5netcdf.File, number: int, profile: dict[str, Any]) -> None:
    name = f"{profile['name']}_profile"
    axis = _axis(file, number, profile["position"], profile["position_unit"])
    value = file.create_variable(name, (axis,), data=profile["value"])
    value.attrs.update(
        role="profile", units=profile["unit"], order=number, ancillary_variables=f"{name}_stderr"
    )
    stderr = file.create_variable(f"{name}_stderr", (axis,), data=profile["stderr"])
    stderr.attrs.update(units=profile["unit"], long_name=f"standard error of {name}")


def _axis(file: h5netcdf.File, number: int, position: Any, unit: str) -> str:
    """Name of the axis that holds these positions, made where there is none yet."""
    for name in file.dimensions:
        variable = file.variables[name]
        if variable.attrs["units"] == unit and np.array_equal(variable[...], position):
            return str(name)
    name = f"position_{number}" if "position" in file.dimensions else "position"
    file.dimensions[name] = len(position)
    file.create_variable(name, (name,), data=position).attrs["units"] = unit
    return name


def _write_array(group: h5netcdf.Group, name: str, array: Any, axes: tuple[str, ...] | None) -> None:
    axes = axes or tuple(f"{name}_{axis}" for axis in range(array.ndim))
    for axis, size in zip(axes, array.shape, strict=True):
        if axis not in group.dimensions:
            group.dimensions[axis] = size
    if array.dtype.kind == "U":
        group.create_variable(name, axes, dtype=STRING, data=array.astype(object))
    else:
        group.create_variable(name, axes, data=array)


def read_result(path: Path) -> dict[str, Any]:
    """The fields that `write_result` wrote.

    Raises FileNotFoundError where there is no such file, ValueError for a torn or foreign one.
    """
    if not path.is_file():
        raise FileNotFoundError(f"there is no result {path}")
    try:
        file = h5netcdf.File(path, "r")
    except OSError as error:
        raise ValueError(f"{path} is torn or no netCDF-4 file: {error}") from error
    with file:
        if file.attrs.get("kind") != KIND or file.attrs.get("version") != VERSION:
            raise ValueError(f"{path} is no {KIND} of version {VERSION}")
        sums = file["sums"].variables
        return {
            "scenario": str(file.attrs["scenario"]),
            **{name: json.loads(file.attrs[name]) for name in OBJECTS},
            "estimates": [_read_estimate(*item) for item in _with_role(file, "estimate")],
            "profiles": [_read_profile(file, *item) for item in _with_role(file, "profile")],
            "arrays": {name: _read_array(variable) for name, variable in sums.items()},
            "dimensions": {name: tuple(variable.dimensions) for name, variable in sums.items()},
        }


def _with_role(file: h5netcdf.File, role: str) -> list[tuple[str, h5netcdf.Variable]]:
    found = [item for item in file.variables.items() if item[1].attrs.get("role") == role]
    return sorted(found, key=lambda item: item[1].attrs["order"])


def _read_estimate(name: str, variable: h5netcdf.Variable) -> dict[str, Any]:
    attributes = {key: variable.attrs[key] for key in variable.attrs if key not in ("role", "order")}
    return {"name": name, "value": variable[()], "unit": attributes.pop("units"), **attributes}


def _read_profile(file: h5netcdf.File, name: str, variable: h5netcdf.Variable) -> dict[str, Any]:
    position = file.variables[variable.dimensions[0]]
    return {
        "name": name.removesuffix("_profile"),
        "unit": variable.attrs["units"],
        "position": position[...],
        "position_unit": position.attrs["units"],
        "value": variable[...],
        "stderr": file.variables[f"{name}_stderr"][...],
    }


def _read_array(variable: h5netcdf.Variable) -> Any:
    array = np.asarray(variable[...])
    if array.dtype.kind != "O":
        return array
    texts = [text.decode() if isinstance(text, bytes) else text for text in array.ravel().tolist()]
    return np.array(texts).reshape(array.shape)
