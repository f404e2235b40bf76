"""Philox4x32-10 against the published vectors, and the numbers that are made of its words."""

import numpy as np
import pytest
from scipy import stats

from knudsen.core.kernels import kernel
from knudsen.core.rng import (
    Stream,
    below,
    draw_words,
    host_generator,
    normal_pair,
    philox,
    poisson,
    rest_below,
    uniform,
    unit_circle,
)

ONES = 0xFFFFFFFF
# Random123's kat_vectors: key, counter, words.
KNOWN_ANSWERS = [
    ((0, 0), (0, 0, 0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES, ONES), (ONES, ONES, ONES, ONES), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0xA4093822, 0x299F31D0),
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@kernel
def fill_words(i, seed, stream, step, words):
    w0, w1, w2, w3 = draw_words(seed, stream, i, 0, step)
    words[i, 0], words[i, 1], words[i, 2], words[i, 3] = w0, w1, w2, w3


def words_of(n, seed=1, stream=1, step=1):
    words = np.zeros((n, 4), np.uint64)
    fill_words(n, seed, stream, step, words)
    return words


@pytest.mark.parametrize(("key", "counter", "words"), KNOWN_ANSWERS)
def test_philox_gives_the_published_words(key, counter, words):
    assert tuple(int(word) for word in philox(*key, *counter)) == words


@pytest.mark.parametrize(("key", "counter", "words"), KNOWN_ANSWERS)
def test_philox_gives_the_published_words_as_plain_python(key, counter, words):
    assert tuple(int(word) for word in philox.py_func(*key, *counter)) == words


@pytest.mark.parametrize("step", [0, 7, 2**32 - 1, 2**32 + 7, 2**40])
def test_counter_is_item_draw_step_low_step_high(step):
    expected = philox(5, 2, 11, 3, step % 2**32, step // 2**32)
    assert draw_words(5, 2, 11, 3, step) == expected


def test_streams_have_distinct_ids():
    """A number is never given twice: no two uses share a stream, aliases included."""
    assert len({int(stream) for stream in Stream}) == len(Stream.__members__)


def test_words_differ_by_seed_stream_item_draw_and_step():
    base = (1, 1, 1, 1, 1)
    changed = [tuple(2 if k == place else 1 for k in range(5)) for place in range(5)]
    assert len({draw_words(*arguments) for arguments in [base, *changed]}) == 6


def test_numpy_has_the_same_philox_family_under_its_own_key():
    first, again = host_generator(3, Stream.WALL), host_generator(3, Stream.WALL)
    other = host_generator(3, Stream.EMISSION)
    draws = first.random(8)
    np.testing.assert_array_equal(draws, again.random(8))
    assert not np.any(draws == other.random(8))


def test_uniform_lies_in_the_open_interval():
    assert uniform(0) == 0.5 * 2.0**-32
    assert uniform(ONES) == 1 - 0.5 * 2.0**-32
    assert uniform(2**31) == 0.5 + 0.5 * 2.0**-32


def test_words_are_uniform_and_independent():
    """chi^2 of each word in 256 bins, of neighbouring words in 16 x 16, and of neighbouring items."""
    words = words_of(200_000).astype(float) / 2**32
    for column in words.T:
        assert stats.chisquare(np.bincount((column * 256).astype(int), minlength=256)).pvalue > 1e-4
    coarse = (words * 16).astype(int)
    pairs = [(coarse[:, a], coarse[:, b]) for a in range(4) for b in range(a)]
    pairs += [(coarse[:-1, a], coarse[1:, a]) for a in range(4)]
    for a, b in pairs:
        assert stats.chisquare(np.bincount(16 * a + b, minlength=256)).pvalue > 1e-4


@pytest.mark.parametrize("other", [{"seed": 2}, {"stream": 2}, {"step": 2}, {"step": 2**32 + 1}])
def test_neighbouring_keys_are_uncorrelated(other):
    n = 100_000
    a, b = (words_of(n, **key).astype(float)[:, 0] / 2**32 - 0.5 for key in ({}, other))
    assert abs(12 * np.mean(a * b)) < 4 / np.sqrt(n)


@pytest.mark.parametrize("n", [1, 2, 3, 7, 1000, 2**31, 2**32 - 1])
def test_below_covers_its_range(n):
    assert below(0, n) == 0
    assert below(ONES, n) == n - 1


@pytest.mark.parametrize("n", [3, 7, 1000])
def test_below_gives_each_integer_its_share(n):
    """floor(word n / 2^32): integer k has the words from ceil(k 2^32 / n) on, 2^32/n of them within one."""
    for k in range(n):
        first = -((-k * 2**32) // n)
        assert below(first, n) == k
        assert k == 0 or below(first - 1, n) == k - 1


@pytest.mark.parametrize("n", [1, 3, 1000])
def test_what_is_left_below_is_uniform_whatever_the_integer(n):
    """word n = 2^32 below + rest, and the rest runs through all of 2^32 for each integer."""
    words = [int(word) for word in np.random.default_rng(2).integers(0, 2**32, 200)]
    for word in words:
        assert int(below(word, n)) * 2**32 + int(rest_below(word, n)) == word * n
    for k in (0, n - 1):
        first, last = -((-k * 2**32) // n), ((k + 1) * 2**32 - 1) // n
        assert rest_below(first, n) < n and rest_below(last, n) >= 2**32 - n


def test_unit_circle_is_cosine_and_sine():
    """To 3e-14 over the whole turn, its eighths and ends included."""
    eighths = np.arange(8) / 8
    turns = np.concatenate(
        [np.linspace(0, 1, 20_001)[:-1], eighths, np.nextafter(eighths, 1), [1 - 2.0**-33]]
    )
    points = np.array([unit_circle(turn) for turn in turns])
    expected = np.array([np.cos(2 * np.pi * turns), np.sin(2 * np.pi * turns)]).T
    np.testing.assert_allclose(points, expected, rtol=0, atol=3e-14)
    np.testing.assert_allclose((points**2).sum(axis=1), 1, rtol=0, atol=6e-14)


def test_normal_pair_is_box_and_muller():
    """(-2 ln u)^(1/2) (cos, sin)(2 pi v) for the uniforms of the two words."""
    u, v = uniform(123456789), uniform(2**30)
    radius, angle = np.sqrt(-2 * np.log(u)), 2 * np.pi * v
    expected = (radius * np.cos(angle), radius * np.sin(angle))
    np.testing.assert_allclose(normal_pair(123456789, 2**30), expected, rtol=1e-12, atol=1e-13)


@kernel
def fill_normals(i, normals):
    word_0, word_1, _, _ = draw_words(9, 1, i, 0, 0)
    normals[i, 0], normals[i, 1] = normal_pair(word_0, word_1)


def test_normal_pairs_have_the_moments_of_a_normal():
    """<z> = 0, <z^2> = 1, <z^3> = 0, <z^4> = 3, <z z'> = 0, each within 4 standard errors."""
    n = 200_000
    normals = np.zeros((n, 2))
    fill_normals(n, normals)
    for z in normals.T:
        for power, moment, variance in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)):
            assert abs(np.mean(z**power) - moment) < 4 * np.sqrt(variance / n)
        assert stats.kstest(z, "norm").pvalue > 1e-4
    assert abs(np.mean(normals[:, 0] * normals[:, 1])) < 4 / np.sqrt(n)


@pytest.mark.parametrize("mean", [1e-6, 0.3, 4.0, 15.99, 16.0, 16.01, 300.5, 1e5])
def test_poisson_numbers_have_their_weights(mean):
    """Inversion takes each number for its share of the uniforms: the midpoint rule gives back the weights."""
    n = 40_000
    numbers = np.array([poisson(mean, (k + 0.5) / n) for k in range(n)])
    values, counts = np.unique(numbers, return_counts=True)
    np.testing.assert_allclose(counts / n, stats.poisson.pmf(values, mean), atol=1.01 / n)
    for tail in (2.0**-33, 1 - 2.0**-33):
        assert abs(poisson(mean, tail) - mean) < 8 * np.sqrt(mean) + 8
