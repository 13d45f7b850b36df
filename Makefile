# Two commands on a fresh machine: `make demo` and `make test`. Only Python (>= 3.10) with venv, and make, are needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test lint bench train corpus notebooks docs matrix fuzz clean

$(STAMP): setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip setuptools
	$(BIN)/python -m pip install --quiet --quiet -e ".[all,dev]"
	touch $@

demo: $(STAMP)  ## the main job on a sample briefing of ours
	$(BIN)/yichuang report corpus/briefings/yijianshi-08.docx -o out/demo.html -o out/demo.json

test: $(STAMP) lint  ## everything a change must pass
	$(BIN)/python -m pytest

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

train: $(STAMP)  ## the shipped model, from corpus/ alone; twice gives the same bytes
	$(BIN)/yichuang train corpus -o models/status

bench: $(STAMP)  ## ratios against rivals, into benchmarks/RESULTS.md; rivals that are not installed are left out
	$(BIN)/python -m benchmarks.startup
	$(BIN)/python -m benchmarks.speed
	$(BIN)/python -m benchmarks.reading
	$(BIN)/python -m benchmarks.accuracy

corpus: $(STAMP)  ## check the corpus, and write its figures into its datasheet
	$(BIN)/yichuang corpus check corpus
	$(BIN)/yichuang corpus datasheet corpus

notebooks: $(STAMP)  ## run the notebooks and write their outputs: a few minutes, after each new model or corpus
	$(BIN)/python tools/run_notebooks.py notebooks/*.ipynb

docs: $(STAMP)  ## rewrite what commands write in README and docs (after each new model or figure), and build site/
	$(BIN)/python tools/write_docs.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

matrix: $(STAMP)  ## wheel and sdist in empty environments of every Python from 3.10 that is found; MATRIX names others
	$(BIN)/python -m benchmarks.install $(MATRIX)

fuzz: $(STAMP)  ## ten minutes of damaged files through the readers
	$(BIN)/python -m tests.fuzz_readers 600 1

clean:
	rm -rf $(VENV) build dist out site *.egg-info
