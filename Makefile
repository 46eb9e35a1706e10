# make app       start the app (makes the environment the first time)
# make test      run the whole test suite, from scratch on a fresh machine
# make check     ruff and mypy --strict only
# make model     rebuild the pose model bundle byte for byte
# make samples   render the sample clips again
# make pictures  render the pictures of the techniques again
# make corrector render random poses and train the corrector on them
# make clean     remove the environment and everything generated

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BROAD := 81 82 83 84 86
NEAR := 91 92 93 94 95 101 102 103 104

.PHONY: app test check model samples pictures corrector clean

app: $(VENV)/.installed
	$(BIN)/posecheck app

# The tests in the browser keep pace with a camera: they have the machine to themselves.
test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -m "not browser" --numprocesses auto --maxprocesses 4 --dist loadgroup --no-loadscope-reorder
	$(BIN)/python -m pytest -m browser

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

model: $(VENV)/.installed-dev
	$(BIN)/python scripts/build_model.py
	$(BIN)/python scripts/build_whole_view.py

samples: $(VENV)/.installed-dev
	$(BIN)/python scripts/make_samples.py

pictures: $(VENV)/.installed-dev
	$(BIN)/python scripts/make_pictures.py

corrector: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet --editable '.[train]'
	for seed in $(BROAD); do \
	  $(BIN)/python benchmarks/poses.py random 4000 --processes 2 --seed $$seed --out benchmarks/data/random-$$seed || exit 1; \
	done
	for seed in $(NEAR); do \
	  $(BIN)/python benchmarks/poses.py random 4000 --near 0.85 --processes 2 --seed $$seed --out benchmarks/data/random-$$seed || exit 1; \
	done
	for part in all hips; do \
	  $(BIN)/python scripts/train_corrector.py $$part $(foreach seed,$(BROAD) $(NEAR),benchmarks/data/random-$(seed)-0.npz benchmarks/data/random-$(seed)-1.npz) || exit 1; \
	done

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("posecheck needs Python 3.11 or newer; try: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.installed-dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build dist results .mypy_cache .ruff_cache .pytest_cache .hypothesis
