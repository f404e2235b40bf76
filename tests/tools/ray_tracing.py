"""Free molecules in a tube, followed one by one without the engine."""

import numpy as np


def lord_transmission(length, normal, tangential, molecules=200_000, seed=11):
    """Share that passes a tube of radius 1, off Lord's wall, and its standard error; speeds in v0."""
    random = np.random.default_rng(seed)
    radius, angle = np.sqrt(random.random(molecules)), 2 * np.pi * random.random(molecules)
    x, y, z = np.zeros(molecules), radius * np.cos(angle), radius * np.sin(angle)
    u = np.sqrt(-np.log(random.random(molecules)))
    v, w = random.normal(0, np.sqrt(0.5), (2, molecules))
    passed = 0
    while len(x):
        across, along, beyond = v * v + w * w, y * v + z * w, y * y + z * z - 1
        time = (np.sqrt(np.maximum(along**2 - across * beyond, 0)) - along) / across
        x = x + u * time
        passed += np.count_nonzero(x >= length)
        inside = (x > 0) & (x < length)
        x, y, z, u, v, w, time = (each[inside] for each in (x, y, z, u, v, w, time))
        y, z = y + v * time, z + w * time
        r = np.hypot(y, z)
        y, z = y / r, z / r
        u, v, w = _off_the_wall(random, y, z, u, v, w, normal, tangential)
    share = passed / molecules
    return share, np.sqrt(share * (1 - share) / molecules)


def _off_the_wall(random, y, z, u, v, w, normal, tangential):
    """Velocity after a reflection, where the normal out of the gas is (y, z)."""
    outwards, around = v * y + w * z, w * y - v * z
    own = np.sqrt(-normal * np.log(random.random(len(u))))
    kept, turn = np.sqrt(1 - normal) * outwards, 2 * np.pi * random.random(len(u))
    inwards = np.sqrt(own**2 + kept**2 + 2 * own * kept * np.cos(turn))
    scatter = np.sqrt(tangential * (2 - tangential) / 2)
    u = (1 - tangential) * u + scatter * random.normal(size=len(u))
    around = (1 - tangential) * around + scatter * random.normal(size=len(u))
    return u, -inwards * y - around * z, -inwards * z + around * y
