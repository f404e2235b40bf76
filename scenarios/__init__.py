"""Physical experiments, each one file, and the command line that runs them."""
