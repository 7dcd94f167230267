# Needs Python >= 3.11, make and git; everything else comes into .venv from requirements.txt.
SHELL := /bin/sh
.DEFAULT_GOAL := help
unexport PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK := 1

PYTHON ?= $(shell for name in python3 python3.11 python3.12 python3.13 python3.14; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)
VENV := .venv
RUN := $(VENV)/bin/python
SERVE ?= 1

.PHONY: help setup demo test check bench rush mutants messages lock clean

help:
	@echo 'make demo      the three institutions in your browser (SERVE=0: build everything, check it, stop)'
	@echo 'make test      the whole suite        make check    format, lint, types, contracts, migrations, translations'
	@echo 'make bench     speed, as ratios       make messages bring locale/ up to date with the sources'
	@echo 'make rush      more applicants than places, all at once, over HTTP (ARGS="--seeds 5", ARGS=--no-locks)'
	@echo 'make mutants   single faults, planted one at a time: how many the tests notice (ARGS="--sample 300", ARGS=--all)'
	@echo 'make setup     the environment alone  make clean    remove the environment and all data of the demo'

setup: $(VENV)/complete

$(VENV)/complete: requirements.txt
	@test -n "$(PYTHON)" || { echo 'ceportal needs Python 3.11 or later; set PYTHON=/path/to/python' >&2; exit 1; }
	@echo 'Making $(VENV) …'
	@$(PYTHON) -m venv --clear $(VENV) || { echo 'Python cannot make environments here (Debian: apt-get install python3-venv)' >&2; exit 1; }
	@$(RUN) -m pip install --quiet -r requirements.txt
	@touch $(VENV)/complete

demo: setup
	@SERVE=$(SERVE) $(RUN) -m ceportal.supervisor

test: setup
	@$(RUN) -m tests $(ARGS)

check: setup
	@$(RUN) -m ceportal.checking

bench: setup
	@for work in benchmarks/bench_*.py; do $(RUN) "$$work" || exit 1; done

rush: setup
	@$(RUN) -W ignore benchmarks/rush.py $(ARGS)

mutants: setup
	@$(RUN) benchmarks/mutants.py $(ARGS)

messages: setup
	@$(RUN) manage.py messages

lock:
	uv pip compile --universal --no-header --no-annotate --python-version 3.11 requirements-dev.in -o requirements.txt
	uv pip compile --universal --no-header --no-annotate --python-version 3.11 requirements.in -c requirements.txt \
		-o requirements-runtime.txt

clean:
	@if [ -x $(RUN) ]; then $(RUN) -m ceportal.stores clean; fi
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
