# Two commands on a fresh machine: `make demo` and `make test`. Only Python (>= 3.10) with venv, and make, are needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test lint bench train clean

$(STAMP): setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip setuptools
	$(BIN)/python -m pip install --quiet -e ".[all,dev]"
	touch $@

demo: $(STAMP)  ## the main job on a sample briefing of ours
	$(BIN)/yichuang report corpus/briefings/*.docx -o out/demo.html -o out/demo.json

test: $(STAMP) lint  ## everything a change must pass
	$(BIN)/python -m pytest

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

train: $(STAMP)  ## the shipped model, from corpus/ alone; twice gives the same bytes
	$(BIN)/yichuang train corpus -o models/status

bench: $(STAMP)
	$(BIN)/python -m benchmarks.startup

clean:
	rm -rf $(VENV) build dist out *.egg-info
