# make demo | test | lint | bench | train. Each sets up .venv first; the second time that takes no time.
PYTHON ?= python3
RUN := .venv/bin/python

.PHONY: demo test lint bench train clean
demo:
	@$(PYTHON) packaging/bootstrap.py desktop
	@.venv/bin/captionlint demo --out build/demo

test:
	@$(PYTHON) packaging/bootstrap.py dev
	@$(RUN) -m pytest $(ARGS)

lint:
	@$(PYTHON) packaging/bootstrap.py dev
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy

bench:
	@$(PYTHON) packaging/bootstrap.py dev
	@$(RUN) -m tests.bench $(ARGS)

train:
	@$(PYTHON) packaging/bootstrap.py dev
	@$(RUN) -m core.demo.training --out build/demo-model $(ARGS)

clean:
	rm -rf build .venv .pytest_cache .mypy_cache .ruff_cache
