"""The extensions. Everything else about the package is in pyproject.toml.

Plain `Extension` with .pyx sources and neither `cythonize` nor a build_ext of Cython's: both of those lose
`optional`, without which a machine that has no compiler could not install (see CONTRIBUTING.md).

EDUNET_PURE=1             no extensions at all
EDUNET_REQUIRE_NATIVE=1   a failing compiler is an error instead of a slower installation
EDUNET_LIMITED=1          one binary for Python 3.11 and later (stable ABI)
"""

import os
import sysconfig

from setuptools import Extension, setup


def on(switch):
    return os.environ.get(switch) == "1"


PURE = on("EDUNET_PURE")
LIMITED = on("EDUNET_LIMITED") and not PURE and not sysconfig.get_config_var("Py_GIL_DISABLED")
DIRECTIVES = {
    "language_level": 3,
    "boundscheck": False,
    "wraparound": False,
    "cdivision": True,
    "initializedcheck": False,
    "freethreading_compatible": True,
}
# Python's own flags often say -O2. Unrolling made one step of the article's network 1.6 times as fast (gcc 12).
OPTIMISE = [] if os.name == "nt" else ["-O3", "-funroll-loops"]


def extension(name):
    made = Extension(
        f"edunet.kernels.{name}",
        [f"edunet/kernels/{name}.pyx"],
        optional=not on("EDUNET_REQUIRE_NATIVE"),
        extra_compile_args=OPTIMISE,
        py_limited_api=LIMITED,
        define_macros=[("Py_LIMITED_API", "0x030B0000")] if LIMITED else [],
    )
    made.cython_directives = DIRECTIVES
    return made


setup(
    ext_modules=[] if PURE else [extension("conv_cython")],
    options={"bdist_wheel": {"py_limited_api": "cp311"}} if LIMITED else {},
)
