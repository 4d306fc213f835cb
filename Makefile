# make demo | test | test-e2e | lint | docs | bench | train | screenshots. Each sets up .venv first; again, that takes no time.
# make package builds what is released into dist/; make package-test installs it as a user would (needs root).
PYTHON ?= python3
RUN := .venv/bin/python

.PHONY: translations package package-test demo test test-e2e lint docs bench train screenshots clean
demo:
	@$(PYTHON) packaging/bootstrap.py desktop
	@.venv/bin/captionlint demo --out build/demo
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then .venv/bin/captionlint review --db build/demo/review.db; fi

test:
	@$(PYTHON) packaging/bootstrap.py dev
	@$(RUN) -m pytest $(ARGS)

test-e2e:  # a real Label Studio and Chromium (Debian's chromium, or CHROMIUM=/path); a few minutes
	@$(PYTHON) packaging/bootstrap.py e2e
	@CAPTIONLINT_E2E=1 $(RUN) -m pytest tests/e2e -o time_limit=420 $(ARGS)

lint:
	@$(PYTHON) packaging/bootstrap.py dev
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy

docs:  # fetches nothing
	@$(PYTHON) packaging/bootstrap.py dev
	@NO_MKDOCS_2_WARNING=1 $(RUN) -m mkdocs build --quiet
	@echo "build/site/index.html"

bench:
	@$(PYTHON) packaging/bootstrap.py dev
	@$(RUN) -m tests.bench $(ARGS)

train:
	@$(PYTHON) packaging/bootstrap.py dev
	@$(RUN) -m captionlint.core.demo.training.training --out build/demo-model $(ARGS)

screenshots:
	@$(PYTHON) packaging/bootstrap.py dev
	@if [ -n "$$DISPLAY" ]; then $(RUN) docs/screenshots.py; else xvfb-run -a -s "-screen 0 1600x1000x24" $(RUN) docs/screenshots.py; fi

package:
	@$(PYTHON) packaging/build.py $(ARGS)

package-test:
	@$(PYTHON) packaging/test_package.py $(ARGS)

TEXTS := desktop/translations/captionlint
translations:
	@.venv/bin/pyside6-lupdate -no-obsolete -locations none $$(find desktop -name '*.py' | sort) -ts $(TEXTS)_de.ts
	@.venv/bin/pyside6-lupdate -no-obsolete -locations none -pluralonly $$(find desktop -name '*.py' | sort) -ts $(TEXTS)_en.ts
	@.venv/bin/pyside6-lrelease -silent $(TEXTS)_de.ts $(TEXTS)_en.ts

clean:
	rm -rf build dist .venv .pytest_cache .mypy_cache .ruff_cache
