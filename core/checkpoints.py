"""Checkpoints: named arrays and a few scalars in one HDF5 file, restored bit for bit."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from knudsen.core.files import write_bytes

KIND = "knudsen checkpoint"
VERSION = 1


class CheckpointError(ValueError):
    """A file that is torn, foreign, or of another version; the message says which."""


def save_checkpoint(path: Path | str, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> None:
    """Write a checkpoint, whole or not at all.

    Arguments
    ---------
    path : file to write or replace
    arrays : name -> array of any numeric dtype and shape
    meta : scalars, strings and lists that JSON holds

    Raises
    ------
    OSError : the disk refused; `path` keeps what it held
    """
    # Through memory: a disk that fills up under HDF5 itself can end the process.
    image = io.BytesIO()
    with h5py.File(image, "w") as file:
        file.attrs.update(kind=KIND, version=VERSION, meta=json.dumps(dict(meta)))
        for name, array in arrays.items():
            file.create_dataset(f"arrays/{name}", data=np.asarray(array))
    write_bytes(path, image.getbuffer())


def load_checkpoint(path: Path | str) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The arrays and scalars of a checkpoint, bit for bit as they were saved.

    Raises
    ------
    FileNotFoundError : there is no such file
    CheckpointError : the file is torn, no checkpoint, or of another version
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no checkpoint {path}")
    try:
        with h5py.File(path, "r") as file:
            _check(path, file.attrs)
            arrays = {name: dataset[()] for name, dataset in file.get("arrays", {}).items()}
            return arrays, json.loads(file.attrs["meta"])
    except OSError as error:
        raise CheckpointError(f"{path} is torn or no HDF5 file: {error}") from error


def _check(path: Path, attributes: Mapping[str, Any]) -> None:
    if attributes.get("kind") != KIND:
        raise CheckpointError(f"{path} is an HDF5 file, but no {KIND}")
    version = attributes["version"]
    if version != VERSION:
        raise CheckpointError(
            f"{path} is a checkpoint of version {version}; this program reads version {VERSION}: "
            "resume it with the program that wrote it"
        )
