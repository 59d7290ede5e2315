# Everything a developer does here, from a fresh clone: `make demo`, `make test`.
# The first run makes .venv and installs into it; later runs never call pip unless pyproject.toml changed.

VENV := .venv
AUDIT := .venv-audit
JUDGES := tests/audit
BIN := $(VENV)/bin
PROJECT := herogate stacks buildspecs tests

# The first Python that is new enough and can make virtual environments. `make PYTHON=… test` chooses another.
CANDIDATES := $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11
first_python = $(shell for python in $(CANDIDATES); do \
	"$$python" -c 'import sys$(1); sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo "$$python"; break; }; done)
need_python = $(if $(call first_python,),$(if $(call first_python,$(comma) ensurepip),,\
	$(error $(call first_python,) cannot make virtual environments: install python3-venv)),\
	$(error Python 3.11 or newer is missing: install python3 and python3-venv))
need_git = $(if $(shell command -v git),,$(error git is missing: install git))
comma := ,

# A run is many short commands: they are compiled once, also where somebody's shell says otherwise.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test test-aws audit bench-build bench-cli bench-logs lint check fix golden picture docs clean
.NOTPARALLEL:

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

demo: $(VENV)/.local ## an app's first day on the local cloud, command by command
	@$(need_git) PATH="$(CURDIR)/$(BIN):$$PATH" sh docs/demo.sh

test: $(VENV)/.dev ## every test
	@$(need_git) $(BIN)/pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder --quiet -rs

test-aws: $(VENV)/.local ## an app's first day in a real AWS account: says what it costs, and asks; never in CI
	@$(need_git) PATH="$(CURDIR)/$(BIN):$$PATH" sh tests/account.sh

audit: $(VENV)/.dev $(AUDIT)/.judges $(JUDGES)/node_modules/.judges ## templates, policies and rights before judges nobody here wrote
	rm -rf build/audit && mkdir -p build
	$(BIN)/pytest tests/e2e --numprocesses=auto --dist=loadfile --no-loadscope-reorder --quiet --basetemp=build/audit
	$(BIN)/pytest tests/audit --override-ini='python_files=audit_*.py' --quiet

lint: $(VENV)/.dev ## every check that runs nothing: format, style, types, imports, docs, templates
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/cog --check -P docs/reference.md docs/permissions.md
	$(BIN)/cfn-lint tests/stacks/golden/*

check: lint test ## lint, then test

fix: $(VENV)/.dev ## format and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

golden: $(VENV)/.dev ## write the golden templates anew: read the difference before committing it
	$(BIN)/pytest tests/stacks --update-golden --quiet

picture: $(VENV)/.dev ## draw the README's terminal anew, from a day on a local cloud of its own
	@$(need_git) PYTHONPATH=tests $(BIN)/python tests/first_day.py

docs: $(VENV)/.dev ## write the generated parts of the docs anew
	$(BIN)/cog -P -r docs/reference.md docs/permissions.md

bench-build: $(VENV)/.dev ## measure builds on new machines after one line has changed; needs docker (APPS="<directory> …")
	@$(need_git) PYTHONPATH=tests $(BIN)/python tests/benchmarks/build_cache.py $(APPS)

bench-cli: $(VENV)/.dev ## measure how long commands take, beside an empty one and the aws CLI
	@$(need_git) PYTHONPATH=tests $(BIN)/python tests/benchmarks/commands.py

bench-logs: $(VENV)/.dev ## read a hundred thousand lines of four processes: none may be lost, doubled or out of order
	@$(need_git) PYTHONPATH=tests $(BIN)/python tests/benchmarks/log_lines.py

clean: ## remove the environment and every cache
	rm -rf $(VENV) $(AUDIT) $(JUDGES)/node_modules .mypy_cache .pytest_cache .ruff_cache .import_linter_cache build dist
	find . -name __pycache__ -prune -exec rm -rf {} +

# One stamp per set of dependencies; the larger set includes the smaller.
$(VENV)/.local: pyproject.toml
	$(call install,local)
	@touch $@

$(VENV)/.dev: pyproject.toml
	$(call install,local$(comma)dev)
	@touch $(VENV)/.local $@

# Judges live in environments of their own: none of what they bring along is ours.
$(AUDIT)/.judges: $(JUDGES)/requirements.txt
	@$(need_python) $(call first_python,$(comma) ensurepip) -m venv --clear $(AUDIT)
	@echo "Installing judges into $(AUDIT) ..."
	@$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

$(JUDGES)/node_modules/.judges: $(JUDGES)/package.json
	@$(if $(shell command -v npm),,$(error npm is missing: install Node.js))
	@echo "Installing judges into $(JUDGES)/node_modules ..."
	@npm install --prefix $(JUDGES) --silent --no-package-lock --no-audit --no-fund --ignore-scripts
	@touch $@

define install
@$(need_git) $(need_python) $(BIN)/python -m pip --version >/dev/null 2>&1 \
	|| $(call first_python,$(comma) ensurepip) -m venv --clear $(VENV)
@echo "Installing herogate[$(1)] into $(VENV) ..."
@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$(1)]'
endef
