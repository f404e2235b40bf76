"""One Python body: its thread loop equals the plain loop."""

import numpy as np

from knudsen.core.kernels import KERNELS, device, kernel


@device
def decay(x, rate):
    return x - rate * x


@kernel
def relax(i, x, rate, result):
    """Relax item i."""
    result[i] = decay(x[i], rate)


def test_thread_loop_equals_the_plain_loop():
    x = np.random.default_rng(1).random(1001)
    compiled, plain = np.zeros(1001), np.zeros(1001)
    relax(1001, x, 0.25, compiled)
    for i in range(1001):
        relax.python(i, x, 0.25, plain)
    np.testing.assert_array_equal(compiled, plain)


def test_items_past_the_count_are_left_alone():
    result = np.full(10, -1.0)
    relax(0, np.ones(10), 0.5, result)
    assert np.all(result == -1.0)
    relax(4, np.ones(10), 0.5, result)
    np.testing.assert_array_equal(result, [0.5] * 4 + [-1.0] * 6)


def test_a_kernel_is_registered_under_its_name_with_its_document():
    assert KERNELS[f"{__name__}.relax"] is relax
    assert relax.__doc__ == "Relax item i."
    assert relax.arguments == ("x", "rate", "result")


def test_infinities_and_nans_keep_their_meaning():
    """Faults are found by them: fast arithmetic must not assume them away."""
    result = np.zeros(3)
    relax(3, np.array([np.nan, np.inf, 1.0]), -1.0, result)
    assert np.isnan(result[0]) and result[1] == np.inf and result[2] == 2.0


def test_both_precisions_keep_their_type():
    for real in (np.float32, np.float64):
        result = np.zeros(3, real)
        relax(3, np.ones(3, real), 0.5, result)
        assert result.dtype == real and np.all(result == 0.5)
