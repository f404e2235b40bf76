"""One thread each: on a busy machine small steps wait for threads longer than they compute."""

import numba
import pytest
from hypothesis import settings

settings.register_profile("busy", deadline=None)  # no test is judged by the time that it takes
settings.load_profile("busy")


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    yield
    numba.set_num_threads(before)
