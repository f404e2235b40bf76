"""Beyond the dilute gas: revised Enskog theory of hard spheres, the Lennard-Jones fluid."""
