# The doors of the house. `make run` and `make test` need Python 3.11 and make, nothing else.

PYTHON ?= python3
PORT ?= 8000
# tests at the same time; some wait for servers and browsers, so more than there are processors
WORKERS ?= 3
# what to test: a folder, a file, or a file::test
T ?= tests
# more for pytest, such as `ARGS="-x -k report"`
ARGS ?=

BIN := .venv/bin
UV := $(BIN)/uv
LOCK := $(UV) pip compile --universal --python-version 3.11 --generate-hashes \
	--quiet --custom-compile-command "make lock" $(UPGRADE)

# some machines say that Python may keep nothing that it compiles: each start would take seconds
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run test soak check format bench lock wheel routes scan audit

help:
	@echo 'make run     show it on http://127.0.0.1:$(PORT) with demo content (PORT=8000)'
	@echo 'make test    run all tests (T=tests/review for some, ARGS="-x" for pytest)'
	@echo 'make soak    kill processes under load a hundred times, and count what was lost (ARGS="--kills 20")'
	@echo 'make check   format, lint, types, who may import whom, templates'
	@echo 'make format  put Python and templates in shape'
	@echo 'make bench   measure speed and size as ratios (ARGS="--quick", "--only reading", "--help")'
	@echo 'make routes  write down who may go where, in docs/routes.md'
	@echo 'make scan    attack the demo with wapiti and sqlmap, and write docs/security-scan.md (8 minutes)'
	@echo 'make audit   licences and known holes of what we ship, in docs/dependencies.md'
	@echo 'make wheel   build the package into dist/'
	@echo 'make lock    write the lock files (UPGRADE=--upgrade for newer versions)'
	@echo 'make setup   only prepare .venv'

setup: .venv/.run

run: setup
	@exec $(BIN)/moderation demo --host 127.0.0.1 --port $(PORT)

test: .venv/.test
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS) $(T)

soak: .venv/.test
	@$(BIN)/python -m tests.faults $(ARGS)

check: .venv/.test
	$(BIN)/ruff format --check --quiet
	$(BIN)/ruff check --quiet
	$(BIN)/mypy --strict moderation tests
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint --check --lint --quiet templates

format: .venv/.test
	$(BIN)/ruff format --quiet
	$(BIN)/ruff check --quiet --fix
	-$(BIN)/djlint --reformat --quiet templates

bench: .venv/.test
	@$(BIN)/python -m tests.bench $(ARGS)

routes: .venv/.test
	@$(BIN)/python -m tests.security.matrix

scan: .venv/.test .venv/scan/wapiti3 .venv/scan/sqlmap
	@$(BIN)/python -m tests.security.scan

audit: .venv/.test .venv/scan/pip-audit
	@$(BIN)/python -m tests.security.audit

wheel: .venv/.setup
	$(BIN)/python -m hatchling build --directory dist

lock: .venv/.setup
	$(LOCK) --output-file setup.lock --group setup
	$(LOCK) --output-file run.lock pyproject.toml
	$(LOCK) --output-file test.lock --constraints run.lock --extra test --extra check pyproject.toml

# The files below say what the environment holds; a newer lock file brings it up to date.

.venv/.setup: setup.lock
	@command -v $(PYTHON) >/dev/null || { \
		echo 'There is no "$(PYTHON)" here. Install Python 3.11 or newer, or name it: make PYTHON=python3.12 $(MAKECMDGOALS)'; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "This needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) -V). Name a newer one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv || { rm -rf .venv; \
		echo 'Python could not make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv'; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r setup.lock \
		|| { echo 'uv cannot be had for this machine: pip installs everything, which takes a minute.'; \
		awk '/^[a-z]/ { keep = !/^uv==/ } keep' setup.lock >.venv/build.lock \
		&& $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/build.lock; }
	@touch $@

# With `uv` where there is one, else with pip; both refuse what does not match its hash.
define install
@if test -x $(UV); then $(UV) pip install --quiet --compile-bytecode --python $(BIN)/python $(1); \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check $(1); fi
@touch $@
endef

.venv/.run: .venv/.setup run.lock pyproject.toml
	$(call install,--require-hashes -r run.lock)
	$(call install,--no-deps --no-build-isolation -e .)

.venv/.test: .venv/.run test.lock
	$(call install,--require-hashes -r test.lock)

# Tools that look at us from outside: each in an environment of its own, always the newest.
.venv/scan/%: .venv/.setup
	@$(PYTHON) -m venv $@ && $@/bin/pip install --quiet --disable-pip-version-check $* || { rm -rf $@; exit 1; }
