# Two commands: `make run` serves Gaita with demo data, `make test` checks everything.
# Both do all set-up themselves, in .venv, from the pins in requirements-dev.txt.

.DEFAULT_GOAL := help
.NOTPARALLEL:

HOST ?= 127.0.0.1
PORT ?= 8000
JOBS ?= 2

ifeq ($(OS),Windows_NT)
PYTHON ?= python
BIN := .venv/Scripts
SERVE = $(BIN)/waitress-serve --listen=$(HOST):$(PORT) --threads=8 --call app:create_app
else
PYTHON ?= python3
BIN := .venv/bin
SERVE = $(BIN)/gunicorn --no-control-socket --bind $(HOST):$(PORT) --workers 2 --threads 4 "app:create_app()"
endif

PY := $(BIN)/python
# Flask's own commands read .env by themselves; the server has to be given it.
WITH_ENV = $(if $(wildcard .env),$(PY) -m dotenv run --no-override --,)
FLASK := $(PY) -m flask --app app
PYTEST := $(PY) -m pytest -n $(JOBS)
EXTRACT := -F babel.cfg -k _l -k lazy_gettext --no-location --sort-output --project=Gaita --version=0.1.0 \
	--copyright-holder="Gaita contributors"

.PHONY: help setup run demo test check test-sqlite test-postgres test-browser coverage bench screenshot \
	translations lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## the virtual environment and the translations
	@$(PYTHON) .ci/prepare.py

run: demo ## Gaita with demo data, on HOST and PORT (127.0.0.1:8000)
	@echo "Gaita: http://$(HOST):$(PORT)   (stop with Ctrl+C)"
	@DEMO=on OFFICE_DAY=2022-10-17 $(WITH_ENV) $(SERVE)

demo: setup ## the database, with demo data when it has none
	@$(FLASK) db upgrade
	@$(FLASK) demo

test: setup-for-tests check test-sqlite test-postgres test-browser ## everything: checks, both databases, browser

.PHONY: setup-for-tests
setup-for-tests:
	@$(PYTHON) .ci/prepare.py --browser

check: setup ## style, types, imports, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PYTHONPATH=. $(BIN)/lint-imports --no-logo
	$(BIN)/djlint --lint --quiet templates

test-sqlite: setup ## all but the browser, on SQLite
	GAITA_TEST_DATABASE=sqlite $(PYTEST) -m "not browser"

test-postgres: setup ## all but the browser, on PostgreSQL
	GAITA_TEST_DATABASE=postgres $(PYTEST) -m "not browser"

test-browser: setup-for-tests ## journeys in Chromium, on both databases
	GAITA_TEST_DATABASE=sqlite $(PYTEST) -m browser
	GAITA_TEST_DATABASE=postgres $(PYTEST) -m browser

coverage: setup ## branch coverage of workflow/ and views/, on SQLite
	$(PYTEST) -m "not browser" --cov --cov-report=term

bench: setup ## the speed ratios of this machine
	$(PY) -m bench

screenshot: setup-for-tests ## the picture of the README, from a small demonstration
	$(PY) -m docs.screenshot

translations: setup ## collect the texts, update the .po files and compile them
	$(PY) -m babel.messages.frontend -q extract $(EXTRACT) -o translations/messages.pot .
	$(PY) -m babel.messages.frontend -q update -i translations/messages.pot -d translations --no-fuzzy-matching \
		--ignore-obsolete --ignore-pot-creation-date
	$(PY) -m babel.messages.frontend compile -d translations

lock: setup ## new exact pins from the ranges in pyproject.toml
	$(PY) .ci/lock.py

clean: ## removes what make made, except instance/ and .env
	$(PYTHON) -c "import shutil; [shutil.rmtree(d, True) for d in '.venv build .mypy_cache .ruff_cache .pytest_cache \
	.import_linter_cache .hypothesis htmlcov test-results'.split()]"
