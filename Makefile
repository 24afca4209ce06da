# make demo   sets everything up and shows what Assaymark finds in tests/example/
# make test   installs what the tests need and runs them all, on a second Python too where one is found
# make test-editors   sets up real editors (once, outside of the clone) and runs what drives them
# make vsix   the extension of VS Code as a package, with the server in it (TARGET=darwin-arm64: for another platform)
# make check  ruff and mypy, as the tests do        make fix    what ruff can put right by itself
# make bench  keystrokes and batch, against ruff's server and bandit (CORPUS=folder: instead of Django's sdist)
# make fuzz   the golden property with 100,000 examples      make nightly  all properties with ten times the examples

VENV := .venv
SECOND := .venv-second
BIN := $(VENV)/bin
# Installs are skipped while these are newer than what decides them.
INSTALLED := $(VENV)/installed
READY := $(VENV)/installed-tests
DECIDES := pyproject.toml hatch_build.py
PIP := -m pip --disable-pip-version-check --quiet
CORPUS ?=
TARGET ?= linux-x64
# Compiled modules are kept, whatever the environment says: the tests start hundreds of programs.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test test-editors vsix check fix bench bench-keystrokes bench-batch bench-hooks bench-commits fuzz nightly second clean

demo: $(INSTALLED)
	@# Findings are what is to be seen here, not a failure.
	$(BIN)/assaymark check --exit-zero tests/example/

test: check
	$(BIN)/python -m pytest -n auto --dist worksteal
	@$(MAKE) --no-print-directory second

# `make test` runs of these what is set up already. Each script sets up one editor, or returns at once.
test-editors: $(READY)
	@for script in tests/editors/setup-*.sh; do $$script || exit 1; done
	ASSAYMARK_EDITORS_NEEDED=1 $(BIN)/python -m pytest -n 2 --dist loadfile --durations 5 tests/editors

vsix: $(READY)
	cd editors/vscode && { [ -d node_modules ] || npm ci --ignore-scripts; }
	$(BIN)/python editors/vscode/wheels.py $(TARGET)
	cd editors/vscode && npm run --silent package -- --target $(TARGET) --out assaymark-$(TARGET).vsix

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fix: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: bench-keystrokes bench-batch bench-hooks bench-commits

bench-keystrokes: $(READY)
	$(BIN)/python tests/bench/keystrokes.py --json bench-keystrokes.json

bench-batch: $(READY)
	$(BIN)/python tests/bench/batch.py --json bench-batch.json $(CORPUS)

bench-hooks: $(READY)
	$(BIN)/python tests/bench/hooks.py --json bench-hooks.json

bench-commits: $(READY)
	$(BIN)/python tests/bench/commits.py --json bench-commits.json

fuzz: $(READY)
	HYPOTHESIS_PROFILE=fuzz $(BIN)/python -m pytest tests/test_typing_equals_opening.py --timeout=0

nightly: $(READY)
	HYPOTHESIS_PROFILE=nightly $(BIN)/python -m pytest -n auto --dist worksteal --timeout=0

# What can differ between versions of Python, on another than the first, in half a minute: our dataclasses, YAML and the
# grammar (every rule page with its examples), the law of typing, ast (bandit), sqlite, tomllib, the wire, argparse, a wheel.
# The rest is the same code over these, and was tried on the first.
BY_VERSION := $(patsubst %,tests/test_%.py, \
		dataclass rule_pages rule_semgrep rule_loading rules patterns syntax_languages text bandit \
		ledger ledger_spool lineage_formats settings workspace_notebook lsp_frames lsp_wire lsp_pygls lsp_session \
		cli_check cli_help) \
	tests/test_typing_equals_opening.py::test_typing_it_there_equals_opening_it \
	tests/test_packaging.py::test_the_first_run_of_an_installed_package_compiles_no_rule

second: $(READY)
	@first=$$($(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	other=$$(.ci/pythons | grep -v "^$$first " | head -n 1); \
	if [ -z "$$other" ]; then echo "No second Python found: the tests ran on Python $$first only."; exit 0; fi; \
	version=$${other%% *}; python=$${other#* }; \
	echo "The tests again, on a second Python: $$version"; \
	if ! [ -x $(SECOND)/bin/python ] || [ "$$($(SECOND)/bin/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')" != "$$version" ]; \
	then "$$python" -m venv --clear $(SECOND) || exit 1; fi; \
	if ! [ $(SECOND)/installed-tests -nt pyproject.toml ]; \
	then $(SECOND)/bin/python $(PIP) install -e '.[test]' && touch $(SECOND)/installed-tests || exit 1; fi; \
	HYPOTHESIS_PROFILE=second $(SECOND)/bin/python -m pytest -n auto --dist worksteal -m 'not e2e' \
		-k 'not each_operator and not deep_nesting' $(BY_VERSION)

clean:
	rm -rf $(VENV) $(SECOND) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(INSTALLED): $(BIN)/python $(DECIDES)
	$(BIN)/python $(PIP) install -e .
	@touch $@

$(READY): $(BIN)/python $(DECIDES)
	$(BIN)/python $(PIP) install -e '.[test]'
	@touch $@ $(INSTALLED)

# An order of its own: a virtual environment is made once, whatever happens to the Python it came from.
$(BIN)/python:
	@found=$$(.ci/pythons | head -n 1); \
	if [ -z "$$found" ]; then \
		echo 'Assaymark needs Python 3.11 or newer with a working venv module, and found none.' >&2; \
		echo 'Debian, Ubuntu:  apt install python3-venv' >&2; \
		echo 'Fedora:          dnf install python3' >&2; \
		echo 'elsewhere:       https://www.python.org/downloads/, or: pyenv install 3.13' >&2; \
		exit 1; \
	fi; \
	echo "Python $$found"; \
	"$${found#* }" -m venv --clear $(VENV)
