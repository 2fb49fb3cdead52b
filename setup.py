"""The extensions, and the lessons in the wheel. Everything else about the package is in pyproject.toml.

Plain `Extension` with .pyx sources and neither `cythonize` nor a build_ext of Cython's: both of those lose
`optional`, without which a machine that has no compiler could not install (see CONTRIBUTING.md).

EDUNET_PURE=1             no extensions at all
EDUNET_REQUIRE_NATIVE=1   a failing compiler is an error instead of a slower installation
EDUNET_LIMITED=1          one binary for Python 3.11 and later (stable ABI)
EDUNET_NATIVE_ARCH=1      for the processor of this machine only: never for a binary that travels
EDUNET_BUILD=checked      for tests alone; so are addresses, races and traced (see FOR_TESTS)

One binary serves every processor: the register tile (kernels/tile.h) chooses its vectors when it is loaded, and the
loops marked `on_every_cpu` are compiled once for each generation of processors where `clones_work` below.
"""

import os
import runpy
import subprocess
import sysconfig
import tempfile
from glob import glob
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_py import build_py


def on(switch):
    value = os.environ.get(switch, "")
    if value not in ("", "0", "1"):
        raise SystemExit(f"{switch} is 1 or 0. Received: {value!r}")
    return value == "1"


PURE = on("EDUNET_PURE")
if PURE and on("EDUNET_REQUIRE_NATIVE"):
    raise SystemExit("EDUNET_PURE=1 leaves out what EDUNET_REQUIRE_NATIVE=1 asks for: unset one of them")
LIMITED = on("EDUNET_LIMITED") and not PURE and not sysconfig.get_config_var("Py_GIL_DISABLED")
DIRECTIVES = {
    "language_level": 3,
    "boundscheck": False,
    "wraparound": False,
    "cdivision": True,
    "initializedcheck": False,
    "freethreading_compatible": True,
}
# Nothing of -ffast-math but two promises that change no result: nobody reads errno, nobody traps floating-point
# exceptions. The rest of it would switch denormal numbers off for the whole process.
OPTIMISE = [] if os.name == "nt" else ["-O3", "-fno-math-errno", "-fno-trapping-math", "-g0"]
# Builds that look at themselves while they run: directives of Cython, macros, flags of the compiler and the linker.
# Python's own flags let signed numbers wrap: without -fno-wrapv nobody would see one overflow.
CHECKS = ("boundscheck", "overflowcheck", "initializedcheck")
WATCHED = ["-g", "-fno-omit-frame-pointer", "-fno-wrapv"]
FOR_TESTS = {
    "": ({}, [], OPTIMISE),
    "checked": (
        dict.fromkeys(CHECKS, True) | {"show_performance_hints": False},
        [],
        ["-O1", "-g0", "-Wno-maybe-uninitialized"],
    ),
    "addresses": ({}, [], ["-O0", *WATCHED, "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]),
    "races": ({}, [], ["-O1", *WATCHED, "-fsanitize=thread"]),
    "traced": ({"linetrace": True}, [("CYTHON_TRACE", "1"), ("CYTHON_TRACE_NOGIL", "1")], ["-O1", "-g0"]),
}
KIND = os.environ.get("EDUNET_BUILD", "")
if KIND not in FOR_TESTS:
    raise SystemExit(f"EDUNET_BUILD is one of {', '.join(filter(None, FOR_TESTS))}. Received: {KIND!r}")
SEEING, TRACING, FLAGS = FOR_TESTS[KIND]
CLONES = '__attribute__((target_clones("default","arch=x86-64-v3","arch=x86-64-v4")))'


def clones_work():
    """Try whether a loop can be compiled for several generations of processors at once (GCC or clang with glibc)."""
    program = f"{CLONES} double twice(double x) {{ return 2 * x; }} int main(void) {{ return twice(0.5) != 1; }}"
    compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()
    with tempfile.TemporaryDirectory() as folder:
        source, binary = Path(folder, "clones.c"), Path(folder, "clones")
        source.write_text(program, encoding="utf-8")
        try:
            subprocess.run([*compiler, source, "-o", binary], check=True, capture_output=True, timeout=60)
            subprocess.run([binary], check=True, capture_output=True, timeout=60)
        except (OSError, subprocess.SubprocessError):
            return False
    return True


if on("EDUNET_NATIVE_ARCH"):
    # Tuned for one processor, GCC may round differently in vectors than in what is left over (no long chains of fused
    # operations on Zen 3): the same patient would get other last bits in another batch.
    FLAGS += ["-march=native", "-mtune=generic"]
# The loader chooses before a sanitizer is awake: those builds have no clones.
ONE = PURE or on("EDUNET_NATIVE_ARCH") or KIND in ("addresses", "races")
MACROS = TRACING + ([("EDUNET_CLONES", CLONES)] if not ONE and clones_work() else [])
# What was compiled with other flags is compiled again, and every binary tells which kind it is (edunet info).
BUILT = KIND or ("native" if on("EDUNET_NATIVE_ARCH") else "portable")
STAMP = Path("build", "kind")
if not STAMP.exists() or STAMP.read_text() != BUILT:
    STAMP.parent.mkdir(exist_ok=True)
    STAMP.write_text(BUILT)
mark = runpy.run_path("edunet/freshness.py")["mark"]
BEFORE = ["/FIedunet/kernels/sources.h"] if os.name == "nt" else ["-include", "edunet/kernels/sources.h"]


def extension(source):
    made = Extension(
        ".".join(Path(source).with_suffix("").parts),
        [source],
        depends=[*glob("edunet/kernels/*.h"), *glob("edunet/kernels/*.pxd"), str(STAMP)],
        optional=not on("EDUNET_REQUIRE_NATIVE"),
        extra_compile_args=FLAGS + BEFORE,
        extra_link_args=[flag for flag in FLAGS if flag.startswith("-fsanitize")],
        py_limited_api=LIMITED,
        define_macros=MACROS
        + [("EDUNET_SOURCES", f"{mark(Path(source), Path('edunet'))}_{BUILT}")]
        + ([("Py_LIMITED_API", "0x030B0000")] if LIMITED else []),
    )
    made.cython_directives = DIRECTIVES | SEEING
    return made


class BuildWithLessons(build_py):
    """Copies notebooks/ into the package of a wheel, as edunet/_notebooks, without the sources of the lessons.

    A second entry in `package-dir` would do so too; but an editable installation is then an import hook, and Python
    finds an empty folder called edunet before it asks one.
    """

    def lessons(self):
        for pattern in ("README.md", "*.ipynb", "practice/*.ipynb", "solutions/*.ipynb"):
            for source in Path("notebooks").glob(pattern):
                yield str(source), str(Path(self.build_lib, "edunet", "_notebooks", source.relative_to("notebooks")))

    def run(self):
        super().run()
        if not self.editable_mode:  # there they are read where they are
            for source, target in self.lessons():
                self.mkpath(os.path.dirname(target))
                self.copy_file(source, target)

    def get_outputs(self, include_bytecode=True):
        return super().get_outputs(include_bytecode) + [target for _, target in self.lessons()]


setup(
    cmdclass={"build_py": BuildWithLessons},
    ext_modules=[] if PURE else [extension(source) for source in sorted(glob("edunet/**/*.pyx", recursive=True))],
    options={
        "build_ext": {"parallel": os.cpu_count()},
        **({"bdist_wheel": {"py_limited_api": "cp311"}} if LIMITED else {}),
    },
)
