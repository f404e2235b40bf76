import h5py
import numpy as np
import pytest

from knudsen.core.checkpoints import CheckpointError, load_checkpoint, save_checkpoint

RNG = np.random.default_rng(3)
ARRAYS = {
    "x": RNG.random(1000),
    "odd": np.array([np.nan, -0.0, np.inf, 5e-324]),
    "single": RNG.random((3, 4)).astype(np.float32),
    "counts": RNG.integers(-(2**62), 2**62, (2, 3, 4)),
    "species": RNG.integers(0, 255, 77, np.uint8),
    "words": RNG.integers(0, 2**32, 5, np.uint32),
    "empty": np.zeros((0, 3)),
    "scalar": np.array(7.5),
}
META = {"step": 2**53 + 1, "time": 0.1, "name": "He-Ar", "block": None, "seeds": [1, 2]}


def test_round_trip_is_bit_for_bit(tmp_path):
    path = tmp_path / "checkpoint.h5"
    save_checkpoint(path, ARRAYS, META)
    arrays, meta = load_checkpoint(path)
    assert meta == META
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        assert arrays[name].shape == array.shape
        assert arrays[name].tobytes() == array.tobytes()


def test_a_torn_file_is_named(tmp_path):
    path = tmp_path / "checkpoint.h5"
    save_checkpoint(path, ARRAYS, META)
    for size in (0, 10, 3000, path.stat().st_size - 1):
        torn = tmp_path / f"torn{size}.h5"
        torn.write_bytes(path.read_bytes()[:size])
        with pytest.raises(CheckpointError, match="torn"):
            load_checkpoint(torn)


def test_a_foreign_file_is_named(tmp_path):
    path = tmp_path / "other.h5"
    with h5py.File(path, "w") as file:
        file["x"] = [1.0]
    with pytest.raises(CheckpointError, match="no knudsen checkpoint"):
        load_checkpoint(path)


def test_another_version_is_named(tmp_path):
    path = tmp_path / "checkpoint.h5"
    save_checkpoint(path, {}, {})
    with h5py.File(path, "r+") as file:
        file.attrs["version"] = 99
    with pytest.raises(CheckpointError, match="version 99"):
        load_checkpoint(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no checkpoint"):
        load_checkpoint(tmp_path / "checkpoint.h5")
