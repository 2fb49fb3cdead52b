# Two commands: `make demo` and `make test`. Each does all of its own set-up; nothing outside this folder is touched.
PYTHON ?= python3
EXTRAS ?= dev,numba
WITH ?=
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lessons lint types notebooks test-notebooks test-peers peers wheels clean

demo: $(VENV)/ready
	$(BIN)/edunet demo

# A process for each core, and the tests of a file in one of them.
test: $(VENV)/ready
	$(BIN)/python -m pytest --numprocesses=auto --dist=loadfile

# Opens the lessons in the browser: a copy of yours, in edunet-lessons.
lessons: $(VENV)/ready
	$(BIN)/python -m pip install --quiet --editable ".[tutorials]"
	$(BIN)/edunet lab

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

# Every notebook as a learner opens it, with little data. At full size, for the times: tools/run_notebooks.py --full
test-notebooks: $(VENV)/ready
	$(BIN)/python -m pip install --quiet "nbclient>=0.10" "ipykernel>=6"
	$(BIN)/python -m pytest -q tests/notebooks/test_run_notebooks.py
	$(BIN)/python tools/run_notebooks.py

# Against PyTorch, Keras, ONNX and pandas, in an environment of their own: large, so not part of `make test`.
PEERS := .venv-peers
$(PEERS)/ready: pyproject.toml $(VENV)/ready
	test -x $(PEERS)/bin/python || $(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet "torch==2.13.0" "keras>=3"
	$(PEERS)/bin/python -m pip install --quiet --editable ".[$(EXTRAS),interop]"
	touch $@

test-peers peers: $(PEERS)/ready
	KERAS_BACKEND=torch $(PEERS)/bin/python -m pytest tests/test_*against_*.py tests/metrics tests/interop tests/tutorials tests/callbacks tests/bench/test_peers.py

# The source distribution, and from it the wheels: one for this platform and every Python from 3.11 on, and the pure one.
wheels: $(VENV)/ready
	rm -rf dist
	$(BIN)/python -m pip install --quiet "build>=1.2" "twine>=6" "check-manifest>=0.50" "abi3audit>=0.0.20" \
	  "auditwheel>=6; sys_platform == 'linux'"
	$(BIN)/check-manifest
	$(BIN)/python -m build --sdist --outdir dist
	EDUNET_REQUIRE_NATIVE=1 EDUNET_LIMITED=1 $(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist dist/*.tar.gz
	EDUNET_PURE=1 $(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist dist/*.tar.gz
	$(BIN)/python tools/check_artefacts.py dist
	$(BIN)/twine check --strict dist/*
	$(BIN)/abi3audit --strict dist/*-abi3-*.whl
	! test -x $(BIN)/auditwheel || $(BIN)/auditwheel show dist/*-abi3-linux*.whl

# ---- The same tests, where more is looked at or less is there. What compiles does so in a copy of the tree, build/<name>.

QUICK := checked addresses races numba-checked numba-plain crowd fork joblib
SLOW := lines no-numba no-compiler numpy-oldest wheels-tested
.PHONY: variants quick-variants $(QUICK) $(SLOW)
variants: $(QUICK) $(SLOW)
quick-variants: $(QUICK)

define copy
@echo "==== $@"
@rm -rf build/$@ && mkdir -p build/$@
@git ls-files | tar -cf - -T - | tar -xf - -C build/$@
endef
HERE = cd build/$@ && PYTHONPATH="$(CURDIR)/build/$@" EDUNET_TEST_BACKENDS=cython
FRESH = NUMBA_CACHE_DIR="$(CURDIR)/build/$@"
PY = "$(CURDIR)/$(BIN)/python"
PYTEST = $(PY) -m pytest -q -p no:cacheprovider
COMPILE = EDUNET_REQUIRE_NATIVE=1 $(PY) setup.py -q build_ext --inplace
KERNELS := tests/kernels tests/ops
FORMULAS := $(KERNELS) tests/layers
THREADS := tests/test_bell.py tests/test_threads.py tests/test_split.py tests/test_blas.py tests/test_determinism.py
LIBRARY = $$(gcc -print-file-name=lib$(1).so)

# Cython looks at every index, at every sum of integers, and whether arrays are there.
checked: $(VENV)/ready
	$(copy)
	$(HERE) EDUNET_BUILD=checked $(COMPILE)
	$(HERE) $(PYTEST) $(FORMULAS) tests/models/test_training.py $(THREADS)

# AddressSanitizer sees reads and writes beside arrays, UndefinedBehaviorSanitizer what C does not define. GCC on Linux.
addresses: $(VENV)/ready
	$(copy)
	$(HERE) EDUNET_BUILD=addresses $(COMPILE)
	$(HERE) LD_PRELOAD="$(call LIBRARY,asan) $(call LIBRARY,ubsan)" ASAN_OPTIONS=detect_leaks=0 PYTHONMALLOC=malloc \
	  UBSAN_OPTIONS=print_stacktrace=1 HYPOTHESIS_PROFILE=few \
	  $(PYTEST) -s $(KERNELS) $(THREADS)

TSAN = LD_PRELOAD="$(call LIBRARY,tsan)" TSAN_OPTIONS="die_after_fork=0 exitcode=66" EDUNET_NUM_THREADS=4 setarch -R
# ThreadSanitizer sees two threads at the same place without a lock. It wants addresses that are not drawn at random.
races: $(VENV)/run-parallel
	$(copy)
	$(HERE) EDUNET_BUILD=races $(COMPILE)
	$(HERE) $(TSAN) $(PYTEST) -s $(THREADS)
	$(HERE) $(TSAN) $(PYTEST) -s --parallel-threads=4 tests/ops

# Numba looks at every index.
numba-checked: $(VENV)/ready
	$(FRESH) NUMBA_BOUNDSCHECK=1 HYPOTHESIS_PROFILE=few $(PYTEST) $(KERNELS) -k numba

# Numba's kernels as plain Python, where NumPy warns of what becomes of NaN; the largest problems would take minutes.
numba-plain: $(VENV)/ready
	$(FRESH) NUMBA_DISABLE_JIT=1 HYPOTHESIS_PROFILE=few $(PYTEST) $(KERNELS) -W "ignore:invalid value:RuntimeWarning" \
	  -k "numba and not large and not denormal and not horizons"

# Every test of a formula in four threads at once. (Above them the random numbers are common to all.)
crowd: $(VENV)/run-parallel
	$(PYTEST) --parallel-threads=4 tests/ops

# In the child of a process whose threads have worked; in two workers of joblib. What NumPy computes has no threads of ours.
fork joblib: $(VENV)/ready
	HYPOTHESIS_PROFILE=few EDUNET_TEST_BACKENDS="numba cython" $(PY) tools/elsewhere.py $@ $(KERNELS)

# Which lines of the .pyx are tested. Python 3.11: later ones do not tell Cython. Every line takes the interpreter's lock:
# the largest problems are left out.
lines: $(VENV)/ready
	$(copy)
	$(BIN)/python -m pip install --quiet "coverage>=7.4"
	$(HERE) EDUNET_BUILD=traced $(COMPILE)
	$(HERE) HYPOTHESIS_PROFILE=few $(PY) -m coverage run -m pytest -q $(FORMULAS) tests/test_optimizers.py tests/test_bell.py \
	  -k "not large and not denormal and not horizons"
	$(HERE) $(PY) -m coverage report --include "*.pyx,*.pxd" --show-missing --fail-under 95

# With less than usual, each in an environment of its own: `make test` in the copy.
no-numba: LACKS := EXTRAS=dev
no-numba: SAYS := numba   missing
no-compiler: LACKS := CC=/bin/false
no-compiler: SAYS := cython  missing
numpy-oldest: LACKS := WITH="numpy==1.26.*"
numpy-oldest: SAYS := numpy 1.26
no-numba no-compiler numpy-oldest:
	$(copy)
	$(MAKE) -C build/$@ test $(LACKS)
	build/$@/.venv/bin/edunet info | grep "$(SAYS)"

# Once, before the variants that need it: they may run side by side.
$(VENV)/run-parallel: $(VENV)/ready
	$(BIN)/python -m pip install --quiet "pytest-run-parallel>=0.5"
	touch $@

# The wheels, each in an empty environment and outside the checkout.
wheels-tested: wheels
	$(BIN)/python tools/test_wheels.py dist

# Rebuilt whenever what is installed, or what is compiled, has changed.
$(VENV)/ready: pyproject.toml setup.py $(wildcard edunet/*.pyx edunet/kernels/*.pyx edunet/kernels/*.pxd edunet/kernels/*.h)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "edunet needs Python 3.11 or newer; this is " \
	  + sys.version.split()[0] + ". Name another one: make test PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable ".[$(EXTRAS)]" $(WITH)
	touch $@

clean:
	rm -rf $(VENV) $(PEERS) build dist *.egg-info edunet/*.c edunet/*.so edunet/kernels/*.c edunet/kernels/*.so
