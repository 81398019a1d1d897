# `make demo` and `make test` each work alone in a fresh clone: both set up .venv first.
# Needs python3 (3.11 or newer), pip 22.3 or newer, git and make. Nothing has to be activated.

PYTHON ?= python3
VENV   ?= .venv
JOBS   ?= 2

BIN     := $(VENV)/bin
STAMP   := $(VENV)/.set-up
PIP     := $(PYTHON) -m pip --disable-pip-version-check --python $(BIN)/python
LOCKING := .lock-venv
UV      := $(LOCKING)/bin/uv

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test bench robust reference coverage models mutants fuzz torture bots soak chromium browser docs lint types reproducible audit lock floors clean

help: ## what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

setup: $(STAMP) ## a virtual environment in .venv with everything; again only when the lock or pyproject.toml change

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("detente needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv --without-pip $(VENV)
	$(PIP) install --quiet --no-deps -r requirements.lock # the lock is whole: nothing is left to resolve
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	$(PIP) check
	@touch $@

demo: setup ## the main job: the treaty of 1987 as it stood in 2018, kept against left
	$(BIN)/detente compare scenarios/inf-2018.yaml

test: setup lint types ## lint, types, then every test
	$(BIN)/python -m pytest -n $(JOBS)

browser: setup chromium ## pages in a real browser; installs Debian's Chromium first, where apt-get is there and you may
	$(BIN)/python -m pytest tests/browser

# `make test` skips tests/browser, and says so, where there is no Chromium: it installs nothing on anybody's system.
chromium:
	@tests/browser/chromium

bench: setup ## how fast, as ratios to other programs; WRITE=1 also writes them to a page below docs/
	$(BIN)/python -m benchmarks $(if $(WRITE),--write)

robust: setup ## how robust the claims of the shipped scenarios are, written to docs/explanation/robustness.md
	$(BIN)/python -m benchmarks.robustness --jobs $(JOBS)

reference: setup ## what every shipped scenario gives, recorded below results/reference/ for the tests to compare
	$(BIN)/python -m benchmarks.reference

models: setup ## published models against their scenarios, written to docs/explanation/published-models.md
	$(BIN)/python -m tests.models.page

mutants: setup ## which test notices which planted defect, written to docs/explanation/mutants.md (half an hour)
	$(BIN)/python -m benchmarks.mutants --jobs $(JOBS)

fuzz: setup ## a million cases that nobody would write, an hour, KEEP=FILE lets it be gone on with; WRITE=1 writes the figures to docs/
	$(BIN)/python -m benchmarks.fuzz --jobs $(JOBS) $(if $(CASES),--cases $(CASES)) $(if $(KEEP),--keep $(KEEP)) $(if $(WRITE),--write)

torture: setup ## results killed, starved and damaged, seven minutes; WRITE=1 also writes the figures to a page below docs/
	$(BIN)/python -m benchmarks.torture $(if $(WRITE),--write)

bots: setup ## 200 students in a room of a real server, kills and cuts, ten minutes; WRITE=1 also writes the figures to a page
	$(BIN)/python -m benchmarks.classroom $(if $(WRITE),--write)

soak: setup ## class after class for an hour (SECONDS=N for less); WRITE=1 also writes the figures to a page below docs/
	$(BIN)/python -m benchmarks.classroom --soak $(or $(SECONDS),3600) $(if $(WRITE),--write)

coverage: setup ## how often intervals contain the right value, written to docs/explanation/intervals.md
	$(BIN)/python -m benchmarks.coverage --jobs $(JOBS)

docs: setup ## the manual, in build/docs/index.html; a warning is an error
	$(BIN)/sphinx-build --fresh-env --fail-on-warning --keep-going --nitpicky --quiet --builder html --conf-dir docs . build/docs

lint: setup ## style and common mistakes
	$(BIN)/ruff check .

types: setup ## static types
	$(BIN)/mypy

reproducible: setup ## build the distribution twice, under different circumstances: the same bytes
	$(BIN)/python -m benchmarks.reproducible

audit: $(UV) ## known weaknesses of the libraries in the lock; fails where one cannot be asked about
	$(PYTHON) -m pip --disable-pip-version-check --python $(LOCKING)/bin/python install --quiet pip-audit
	$(LOCKING)/bin/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r requirements.lock

$(UV):
	$(PYTHON) -m venv --without-pip $(LOCKING)
	$(PYTHON) -m pip --disable-pip-version-check --python $(LOCKING)/bin/python install --quiet uv

# One lock for every system and every Python from 3.11 on, each file pinned by its hash.
# Run it after a change to the dependencies in pyproject.toml, then commit requirements.lock.
lock: $(UV) ## pin the newest versions that pyproject.toml allows
	$(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest \
		--generate-hashes --no-header --no-emit-index-url --extra all pyproject.toml --output-file requirements.lock

# Builds what it needs from source where no wheel is that old; needs a Python of the oldest kind supported, 3.11.
floors: $(UV) ## every test on the oldest versions that pyproject.toml allows
	$(PYTHON) -m venv --without-pip $(LOCKING)/floors
	$(UV) pip install --quiet --python $(LOCKING)/floors/bin/python --resolution lowest-direct -e ".[test]"
	$(LOCKING)/floors/bin/python -m pytest -n $(JOBS)

clean: ## remove the environment and caches; results stay
	rm -rf $(VENV) $(LOCKING) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage htmlcov
	find sim tests -name __pycache__ -type d -prune -exec rm -rf {} +
