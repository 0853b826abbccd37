# Every target sets up what it needs; the second time nothing is downloaded.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test lint check acceptance bench lock clean

VENV := .venv
BIN := $(VENV)/bin
RUN_PACKAGES := python3-venv mmdebstrap espeak-ng libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core
TEST_PACKAGES := $(RUN_PACKAGES) sip-tester chromium
PYTEST := $(BIN)/python -m pytest tests --ignore=tests/acceptance
SIDE_BY_SIDE := $(PYTEST) -n auto --dist loadfile

help: ## esta lista
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(VENV)/.run ## la central, la consola y los planes de ejemplo, hasta Ctrl-C
	@exec $(BIN)/altavoz run --examples

test: $(VENV)/.test ## las pruebas, con una central y un navegador de verdad
	@$(BIN)/altavoz pbx unpack
	@$(SIDE_BY_SIDE) -m "not pbx and not long"
	@$(PYTEST) -m "pbx and not long"

lint: $(VENV)/.test ## formato, estilo y tipos
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

check: lint ## formato, estilo, tipos y las pruebas rápidas
	@$(SIDE_BY_SIDE) -m "not pbx and not browser"

acceptance: $(VENV)/.test ## las pruebas largas
	@$(BIN)/altavoz pbx unpack
	@$(PYTEST) -m long
	@$(BIN)/python -m pytest tests/acceptance

bench: $(VENV)/.test ## las medidas, cada una junto a su límite
	@$(BIN)/altavoz pbx unpack
	@for file in bench/*.py; do echo "== $$file"; $(BIN)/python $$file; done

lock: $(VENV)/.test ## vuelve a fijar las versiones de las dependencias
	@$(BIN)/python -m pip install -q uv
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--extra build -o requirements.lock pyproject.toml
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--extra build --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml

clean: ## borra el entorno y las cachés (no los datos ni la central)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

# Debian packages: installed when root, otherwise the command to run is said.
define debian
	@missing=$$(for p in $(1); do dpkg-query -W -f='$${Status}\n' $$p 2>/dev/null | grep -q '^install ok installed' || echo -n "$$p "; done); \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ]; then echo "Instalando $$missing…"; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $$missing >/dev/null; \
	  else echo "Faltan paquetes de Debian. Ejecute:  sudo apt-get install $$missing"; exit 1; fi; \
	fi
endef

define environment
	@echo "Preparando el entorno de Python…"
	@[ -x $(BIN)/python ] || python3 -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $(1)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
endef

$(VENV)/.run: requirements.lock pyproject.toml
	$(call debian,$(RUN_PACKAGES))
	$(call environment,requirements.lock)
	@touch $@

$(VENV)/.test: requirements-dev.lock pyproject.toml
	$(call debian,$(TEST_PACKAGES))
	$(call environment,requirements-dev.lock)
	@touch $(VENV)/.run $@
