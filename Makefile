# make verify   try every theorem              make test       test the library itself
# make lint     ruff and mypy --strict         make test-all   the slow tests too
# make docs     the documentation, in site/    make readme     its examples and the README's, as they print now
# make bench    speed, side by side            make bench-gpu  the same on a GPU, and that it is right there
# The first call sets up .venv. Settings: PYTHON=python3.12  JOBS=4  PROFILE=thorough  ARGS="-k laplacian"
# TORCH_INDEX=https://download.pytorch.org/whl/cpu takes torch from there (small, without CUDA).

VENV   := .venv
STAMP  := $(VENV)/.refutable-installed
PY     := $(VENV)/bin/python
PIP    := $(PY) -m pip --disable-pip-version-check install -qq --constraint constraints.txt
PYTEST := $(PY) -P -m pytest

# The first Python on the PATH that is new enough.
PYTHON ?= $(shell for p in python3 python python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
JOBS ?= auto
WORKERS := -n $(JOBS) --maxprocesses 4 --dist worksteal
PROFILE ?=
ARGS ?=
TORCH_INDEX ?=

# Each worker is one process on one core.
export OMP_NUM_THREADS ?= 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup verify test test-all lint format docs readme bench dist bench-gpu clean

help:
	@sed -n 's/^# //p;/^$$/q' Makefile

setup: $(STAMP)

verify: $(STAMP)
	$(PYTEST) verify $(WORKERS) $(if $(PROFILE),--refutable-profile $(PROFILE)) $(ARGS)

test: $(STAMP)
	$(PYTEST) tests $(WORKERS) $(ARGS)

test-all: $(STAMP)
	$(PYTEST) tests $(WORKERS) -m '' $(ARGS)

lint: $(STAMP)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy --strict
	MYPYPATH=src:docs $(PY) -m mypy --strict docs/hooks.py docs/reference_pages

format: $(STAMP)
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

# The variable hides an announcement of mkdocs-material's.
docs: $(STAMP)
	NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --strict --quiet

# The README's examples as they print now; their test says when this is due.
readme: $(STAMP)
	$(PYTEST) verify $(WORKERS) > build-readme.log || { tail -50 build-readme.log; exit 1; }
	$(PY) tests/docs/readme_blocks.py build-readme.log
	@rm -f build-readme.log

# Rivals that are not installed (pip install 'refutable[bench]') are named in the output.
bench: $(STAMP)
	$(PY) -P -m refutable bench engine $(ARGS)

dist: $(STAMP)
	$(PY) -m build --outdir dist

# Training on this machine's NVIDIA GPU, checked and measured, with a Python that has torch: no .venv is needed.
# The report goes to $OUT, else to build-gpu.
GPU_PYTHON ?= python3
bench-gpu:
	@$(GPU_PYTHON) -c 'import numpy, torch' 2>/dev/null || { \
	  echo "bench-gpu: $(GPU_PYTHON) has no torch; name a Python that has: make bench-gpu GPU_PYTHON=..." >&2; exit 2; }
	@PYTHONPATH=src $(GPU_PYTHON) -m refutable.strategies.engine.cuda.on_gpu $(ARGS)

# torch goes first and from the constraint, so that nothing later pulls in another build of it.
$(STAMP): pyproject.toml constraints.txt
	@$(PY) -m pip --version >/dev/null 2>&1 || { \
	  test -n "$(PYTHON)" || { echo "refutable needs Python 3.11 or newer: make PYTHON=/path/to/python3" >&2; exit 2; }; \
	  echo "Setting up $(VENV) with $(PYTHON) (once; torch takes a minute or more)"; \
	  $(PYTHON) -m venv $(VENV) || { \
	    $(PYTHON) -m venv --without-pip $(VENV) && $(PYTHON) -m pip --python $(PY) install -qq pip; }; }
	$(PIP) $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) torch
	$(PIP) --editable '.[dev]'
	@touch $@

clean:
	rm -rf build build-gpu dist site src/*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
