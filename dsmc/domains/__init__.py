"""Where the gas is: slabs, channels, boxes and tubes, their faces, and the grid of their cells."""
