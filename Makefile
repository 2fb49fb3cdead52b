# Two commands: `make demo` and `make test`. Each does all of its own set-up; nothing outside this folder is touched.
PYTHON ?= python3
EXTRAS ?= dev,numba
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lessons lint types notebooks peers wheels clean

demo: $(VENV)/ready
	$(BIN)/edunet demo

test: $(VENV)/ready
	$(BIN)/python -m pytest

# Opens the lessons in the browser.
lessons: $(VENV)/ready
	$(BIN)/python -m pip install --quiet --editable ".[tutorials]"
	$(BIN)/jupyter lab notebooks

# Not part of `make test`: a newer ruff may see more, and that must not spoil a learner's day.
lint: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	PATH="$(BIN):$$PATH" $(BIN)/cython-lint edunet # which looks for pycodestyle there

# The types in edunet, and the stubs beside the .pyx against what was compiled.
types: $(VENV)/ready
	test -x $(BIN)/mypy || $(BIN)/python -m pip install --quiet "mypy>=1.19"
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest --allowlist tools/stubtest-allowed.txt \
	  $(subst /,.,$(basename $(wildcard edunet/*.pyi edunet/kernels/*.pyi)))

notebooks: $(VENV)/ready
	$(BIN)/python tools/build_notebooks.py

# The formulas against PyTorch and Keras; large, so not part of `make test`.
peers: $(VENV)/ready
	$(BIN)/python -m pip install --quiet "torch==2.13.0" keras
	KERAS_BACKEND=torch $(BIN)/python -m pytest tests/test_against_torch.py tests/test_against_keras.py \
	  tests/bench/test_peers.py

# The source distribution, and from it the wheels: one for this platform and every Python from 3.11 on, and the pure one.
wheels: $(VENV)/ready
	rm -rf dist
	$(BIN)/python -m pip install --quiet "build>=1.2"
	$(BIN)/python -m build --sdist --outdir dist
	EDUNET_REQUIRE_NATIVE=1 EDUNET_LIMITED=1 $(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist dist/*.tar.gz
	EDUNET_PURE=1 $(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist dist/*.tar.gz
	$(BIN)/python tools/check_artefacts.py dist

# Rebuilt whenever what is installed, or what is compiled, has changed.
$(VENV)/ready: pyproject.toml setup.py $(wildcard edunet/*.pyx edunet/kernels/*.pyx edunet/kernels/*.pxd edunet/kernels/*.h)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "edunet needs Python 3.11 or newer; this is " \
	  + sys.version.split()[0] + ". Name another one: make test PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable ".[$(EXTRAS)]"
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info edunet/*.c edunet/*.so edunet/kernels/*.c edunet/kernels/*.so
