# Targets for a newcomer: `make demo` and `make test`. Plain `make` lists all. GNU make 3.81 suffices.

PYTHON ?= python3
PLAN ?= scenarios/apac-branches.yaml
OUT ?= out
PYTEST_ARGS ?=

VENV := .venv
RUN := $(VENV)/bin/python
READY := $(VENV)/.ready
PIP := $(RUN) -m pip --disable-pip-version-check --quiet
PYTEST := $(RUN) -m pytest -p tests.support.no_skip -q

# pip-tools writes the lock file and is needed for nothing else.
PIP_TOOLS := pip-tools==7.6.2

.DEFAULT_GOAL := help
.PHONY: help demo setup test golden gallery lint format types bench docs lock wheel clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile
	@echo "  PYTHON=python3.12 names the interpreter that sets everything up; it must be 3.11 or newer."

demo: $(READY) ## set up, then check, estimate and report an example into out/
	@echo "== cenplan check $(PLAN)"
	@$(VENV)/bin/cenplan check $(PLAN) || { \
	    status=$$?; [ $$status -eq 2 ] || exit $$status; \
	    echo "== The gate failed (exit status 2): this plan breaks a quota. The demo goes on, costs are known all the same."; }
	@echo "== cenplan estimate $(PLAN)"
	@$(VENV)/bin/cenplan estimate $(PLAN)
	@echo "== cenplan report $(PLAN) -o $(OUT)"
	@$(VENV)/bin/cenplan report $(PLAN) -o $(OUT)
	@echo "== Workbook and charts are in $(OUT)/:"
	@ls $(OUT)

setup: $(READY) ## make .venv with what requirements.lock names, nothing else

test: $(READY) ## run the tests (PYTEST_ARGS="-k quota" and the like are passed on)
	@$(PYTEST) $(PYTEST_ARGS)

golden: $(READY) ## rewrite the golden files, galleries and lists; review them as a diff
	@$(PYTEST) --golden $(PYTEST_ARGS)

gallery: $(READY) ## of these the galleries, the lists and the list of ids only: after a new check or quota
	@$(PYTEST) --golden tests/test_gallery.py tests/test_gallery_plan.py tests/test_gallery_findings.py tests/test_lists.py

lint: $(READY) ## ruff: rules and format
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .

format: $(READY) ## ruff: repair what it can
	@$(RUN) -m ruff check --fix .
	@$(RUN) -m ruff format .

types: $(READY) ## mypy
	@$(RUN) -m mypy

bench: $(READY) ## print the ratios of the benchmarks
	@$(RUN) -m benchmarks

docs: $(READY) ## regenerate the generated pages
	@$(RUN) docs/generate.py

lock: $(READY) ## write requirements.lock anew, newest versions
	@$(PIP) install '$(PIP_TOOLS)'
	@# Neither the configuration nor the environment of this machine may decide which artefacts count.
	@env -u PIP_FIND_LINKS -u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL -u PIP_NO_INDEX PIP_CONFIG_FILE=/dev/null \
	    CUSTOM_COMPILE_COMMAND='make lock' \
	    $(RUN) -m piptools compile --quiet --upgrade --extra dev --strip-extras --generate-hashes --no-build-isolation \
	    --no-config --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	    --output-file requirements.lock pyproject.toml

wheel: $(READY) ## build the wheel into dist/
	@$(RUN) -m hatchling build -t wheel

clean: ## remove .venv, out/, dist/ and the caches
	rm -rf $(VENV) out dist build .pytest_cache .hypothesis .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A venv without pip is one that was interrupted, or made where Debian's python3-venv is missing: it is made anew.
$(READY): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { \
	    echo "cenplan needs Python 3.11 or newer; there is no $(PYTHON). Name another one: make PYTHON=python3.12 ..." >&2; \
	    exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "cenplan needs Python 3.11 or newer; $(PYTHON) is `$(PYTHON) -V 2>&1`. Name another one: make PYTHON=python3.12 ..." >&2; \
	    exit 1; }
	@$(RUN) -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "== Making $(VENV)"; \
	    $(PYTHON) -m venv --clear $(VENV) || { \
	        echo "$(PYTHON) cannot make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv" >&2; \
	        exit 1; }; }
	@echo "== Installing what requirements.lock names (the first time takes a minute)"
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(RUN) -m compileall -q planner pricing reports # where Python writes no bytecode on import, start-up would pay each time
	@touch $(READY)
