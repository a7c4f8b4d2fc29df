# soc-agent: `make run` starts it on this host, `make test` proves it, `make check` is what CI runs.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
# many tests wait for a process or a terminal: one worker more than there are processors
WORKERS ?= $(shell echo $$(($$(nproc 2>/dev/null || echo 2) + 1)))
STAMP  := $(VENV)/.installed

.PHONY: run demo test lint types check bench clean

run: $(STAMP) config.yaml
	$(BIN)/soc-agent --config config.yaml console --with-agent

demo: $(STAMP)
	$(BIN)/soc-agent demo

# hundreds of tests start the program: with its modules kept, as an installed one has them, each start takes a third less
test: $(STAMP)
	env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -q -n $(WORKERS)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

check: test lint types

bench: $(STAMP)
	$(BIN)/python -m bench

config.yaml: | $(STAMP)
	$(BIN)/soc-agent init --output config.yaml

$(STAMP): pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable '.[dev]'
	touch $(STAMP)

clean:
	rm -rf $(VENV) build dist *.egg-info
