"""What the engines share: kernels, devices, random numbers, gases, particles and results."""
