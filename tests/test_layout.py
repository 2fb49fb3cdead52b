"""The house keeps its shape: imports point down, a topic has one name, sibling kernels have equal signatures."""

import ast
import inspect
import re
import sys
from pathlib import Path

import pytest

import edunet
from edunet import backend as backend_module
from edunet import ops

ROOT = Path(edunet.__file__).parent
PROJECT = Path(__file__).parents[1]  # the checkout or source distribution that holds this test

# From the ground up. A room may import rooms of the floors below it, and of its own floor only what stands before it.
FLOORS = [
    ["kernels"],
    [
        "arithmetic",
        "names",
        "configs",
        "canvas",
        "freshness",
        "namesakes",
        "interrupt",
        "memory",
        "bell",
        "threads",
        "split",
        "blas",
        "backend",
        "about",
    ],
    ["tape", "tensor", "elementary", "gradcheck"],
    ["ops", "initializers", "regularizers", "constraints", "schedules", "optimizers", "activations"],
    ["layers", "losses", "metrics", "warmup", "race"],
    ["preprocessing"],
    ["callbacks", "models"],
    ["datasets"],
    ["clinic"],
    ["show"],
    ["utils", "keras", "learn", "interop"],
    ["demo", "bench", "verify", "lessons", "cli", "__main__"],
]
ORDER = {room: (floor, place) for floor, rooms in enumerate(FLOORS) for place, room in enumerate(rooms)}
ALONE = {"kernels", "datasets", "preprocessing"}  # arrays in, arrays out: they import nothing of edunet
SIDE_BY_SIDE = {"clinic", "show"}  # none of these on another


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py").removesuffix(".pyx")


TOP = "everything"  # what a bare `import edunet` reaches


def imported_rooms(text: str) -> set[str]:
    """Return the rooms of edunet that a module imports, at its top or inside functions."""
    rooms = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.level:
            rooms.add("a relative import: write it out, so that a search finds it")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "edunet":
            parts = node.module.split(".")
            rooms |= {parts[1]} if len(parts) > 1 else {a.name for a in node.names}
        elif isinstance(node, ast.Import):
            names = [a.name.split(".") for a in node.names if a.name.split(".")[0] == "edunet"]
            rooms |= {name[1] if len(name) > 1 else TOP for name in names}
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            rooms.add(f"by name: {ast.unparse(node)}")
    return rooms


def third_parties(text: str) -> set[str]:
    """Return the first names of everything that is imported from outside the standard library and edunet.kernels."""
    names = set()
    for line in re.findall(r"^\s*(?:from|import|cimport)\s+([\w., ]+)", text, re.MULTILINE):
        modules = [part.strip().split(" ")[0] for part in re.split(" c?import ", line)[0].split(",")]
        names |= {name.split(".")[0] for name in modules if not f"{name}.".startswith("edunet.kernels.")}
    return names - set(sys.stdlib_module_names) - {""}


MODULES = sorted(p for p in ROOT.rglob("*.py") if p != ROOT / "__init__.py")


def arrows_up(here: str, rooms: set[str]) -> list[str]:
    """Return what a module of one room may not import."""
    wrong = []
    for room in sorted(rooms - {here}):
        if here in FLOORS[-1]:
            continue  # the roof stands on everything
        # the one place that loads kernels; and a room that loads its own files
        by_name = room.startswith("by name") and (here == "backend" or f"(f'edunet.{here}." in room)
        if by_name:
            continue
        if room not in ORDER or here in ALONE or ORDER[room] >= ORDER[here] or {here, room} <= SIDE_BY_SIDE:
            wrong.append(room)
    return wrong


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_imports_point_down(path):
    here = room_of(path)
    assert here in ORDER, f"{here} has no floor: give it one in this test, and in CONTRIBUTING.md"
    assert arrows_up(here, imported_rooms(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ("ops", "from edunet.models import Model"),
        ("ops", "import edunet"),
        ("ops", "def f():\n    import edunet.layers.dense"),
        ("ops", "import importlib\nimportlib.import_module('edunet.models')"),
        ("ops", "from edunet import Sequential"),
        ("tensor", "from edunet.gradcheck import check_gradients"),
        ("kernels", "from edunet.names import look_up"),
        ("datasets", "from edunet.tensor import Tensor"),
        ("preprocessing", "from edunet.datasets import molecules"),
        ("clinic", "from edunet import show"),
        ("layers", "from .models import Model"),
    ],
)
def test_an_arrow_up_is_seen(room, line):
    assert arrows_up(room, imported_rooms(line)) != []


@pytest.mark.parametrize("path", sorted((ROOT / "kernels").iterdir()), ids=lambda p: p.name)
def test_kernels_stand_on_numpy_numba_c_and_each_other_only(path):
    if path.suffix in (".py", ".pyx", ".pxd"):
        assert third_parties(path.read_text(encoding="utf-8")) <= {"numpy", "numba", "llvmlite", "cython", "libc"}


def test_a_foreign_import_in_a_kernel_is_seen():
    assert third_parties("import scipy.signal\nfrom edunet.ops import dense\nimport math") == {"scipy", "edunet"}
    assert third_parties("cimport edunet.kernelsmith\nfrom edunet import kernels") == {"edunet"}


def test_kernels_may_share_what_they_are_made_of():
    assert third_parties("from edunet.kernels.tile cimport tile, padded\ncimport edunet.kernels.curves") == set()


def test_only_backend_imports_kernels():
    users = [
        p
        for p in MODULES
        if "edunet.kernels" in p.read_text(encoding="utf-8") and room_of(p) not in ("kernels", "backend")
    ]
    assert users == []


FAMILIES = sorted({p.name.rpartition("_")[0] for p in (ROOT / "kernels").glob("*_numpy.py")})


def test_every_family_is_known_and_defined_in_numpy():
    assert sorted(backend_module.FAMILIES) == FAMILIES


def functions(module):
    """Return {name: signature} of the kernels of a module; not of types, wrappers, plain loops beside tiles."""
    found = {}
    for name, value in vars(module).items():
        if name.startswith("_") or name.endswith("_naive") or not callable(value) or inspect.isclass(value):
            continue
        value = getattr(value, "py_func", value)  # what Numba wraps
        if getattr(value, "__module__", None) == module.__name__:
            signature = inspect.signature(value)
            plain = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
            found[name] = str(signature.replace(parameters=plain, return_annotation=signature.empty))
    return found


def test_plain_loops_beside_tiled_ones_are_no_kernels_of_their_own(monkeypatch):
    module = backend_module._load("conv", "numpy")
    kernels = functions(module)
    monkeypatch.setattr(module, "conv2d_forward_naive", module.conv2d_forward, raising=False)
    assert functions(module) == kernels
    monkeypatch.setattr(module, "conv3d_forward", module.conv2d_forward, raising=False)
    assert functions(module).keys() - kernels.keys() == {"conv3d_forward"}


def test_every_family_has_a_numba_and_a_cython_sibling():
    for suffix in ("numba.py", "cython.pyx"):
        there = {p.name.rpartition("_")[0] for p in (ROOT / "kernels").glob(f"*_{suffix}")}
        # a wheel leaves the .pyx out
        assert there == set(FAMILIES) or (suffix == "cython.pyx" and not there)


@pytest.mark.parametrize("family", FAMILIES)
def test_sibling_kernels_have_equal_signatures(family, backend):
    definition = functions(backend_module._load(family, "numpy"))
    assert definition, "the NumPy kernels define nothing"
    assert functions(backend_module._load(family, backend)) == definition


def parameters(signature: str) -> list[str]:
    return [p for p in signature.strip("()").split(", ") if p]


def is_gradient(name: str, inputs: list[str]) -> bool:
    return name.startswith("d") and name[1:] in inputs


def order_of_backward(forward: list[str], backward: list[str]) -> list[str]:
    """Return what is wrong with a backward pass: dy, then what it needs of the forward pass, then dx to be filled."""
    names = [is_gradient(name, forward) for name in backward]
    first, last = names.index(False), len(names) - names[::-1].index(False)
    come, needed, made = backward[:first], backward[first:last], backward[last:]
    wrong = [] if come and made else ["gradients come first, and those to be filled last"]
    wrong += [f"{name} is not of the forward pass" for name in needed if name not in forward]
    places = [forward.index(name.removeprefix("d")) for name in made + come if is_gradient(name, forward)]
    wrong += ["gradients stand in another order than forward's"] * (places != sorted(places))
    places = [forward.index(name) for name in needed if name in forward]
    return wrong + ["inputs stand in another order than forward's"] * (places != sorted(places))


@pytest.mark.parametrize("family", sorted(set(FAMILIES) - {"update"}))
def test_backward_takes_gradients_then_what_it_needs_then_the_gradients_to_be_filled(family):
    kernels = functions(backend_module._load(family, "numpy"))
    assert {name.rpartition("_")[2] for name in kernels} == {"forward", "backward"}
    for name, signature in kernels.items():
        assert "=" not in signature, f"{name}: kernels have no defaults"
        if name.endswith("_backward"):
            forward = parameters(kernels[name.replace("_backward", "_forward")])
            assert order_of_backward(forward, parameters(signature)) == [], f"{name}{signature}"


@pytest.mark.parametrize(
    "backward",
    [
        ["x", "dy", "dx"],
        ["dy", "x", "w", "dw", "dx"],
        ["dy", "w", "x", "dx", "dw"],
        ["dx", "x", "w", "dy"],
        ["dy", "x", "size", "dx"],
        ["dy", "x"],
    ],
)
def test_a_backward_pass_in_disorder_is_seen(backward):
    assert order_of_backward(["x", "w", "y"], ["dy", "x", "w", "y", "dx", "dw"]) == []
    assert order_of_backward(["x", "w", "y"], backward) != []


@pytest.mark.parametrize("path", sorted((ROOT / "kernels").glob("*_num*.py")), ids=lambda p: p.name)
def test_kernels_fill_what_they_are_given_and_return_nothing(path):
    for function in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_"):
            assert not [node.lineno for node in ast.walk(function) if isinstance(node, ast.Return) and node.value]


# One word for one topic: the stem of the op's file is that of its layer's file and of its tests.
TOPICS = sorted(p.stem for p in (ROOT / "ops").glob("*.py") if p.stem != "__init__")


# Rooms where a stem may stand that no formula has: shapes, graphs, and the base of all layers.
LAYERS_ONLY = {
    "__init__",
    "adapt",
    "arguments",
    "building",
    "cell",
    "cut",
    "dot",
    "geometry",
    "input",
    "layer",
    "mask",
    "merge",
    "naming",
    "phase",
    "recurrent",
    "reshape",
    "symbol",
    "transformer",
    "weighted",
    "wording",
    "wrap",
}

LOSSES = {"loss", "distance", "overlap", "survival"}  # topics whose public face is in losses/


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_has_one_name(topic):
    assert (ROOT / ("losses" if topic in LOSSES else "layers") / f"{topic}.py").exists()
    assert (PROJECT / "tests" / "ops" / f"test_{topic}.py").exists()


def test_no_topic_has_a_second_name():
    layers = {p.stem for p in (ROOT / "layers").glob("*.py")} - LAYERS_ONLY
    assert layers == set(TOPICS) - LOSSES
    families = set(FAMILIES) - {"update"}  # the steps of the optimizers have no op
    assert families <= set(TOPICS)
    assert {p.stem.removeprefix("test_") for p in (PROJECT / "tests" / "ops").glob("test_*.py")} == set(TOPICS)
    tested = {p.stem.removeprefix("test_") for p in (PROJECT / "tests" / "layers").glob("test_*.py")}
    assert tested <= layers | LAYERS_ONLY


@pytest.mark.parametrize("name", ops.__all__)
def test_every_formula_has_its_page(name):
    page = getattr(ops, name).__doc__
    first = page.strip().splitlines()[0]
    assert re.match(r"^[A-Z].*[.:)\]=]|.*;.*", first), "begins with a sentence"
    for part in ("Tutorial: ",):
        assert part in page, f"ops.{name} lacks {part!r}"
    assert "Shapes" in page or "shapes" in page, f"ops.{name} lacks the shapes"
    assert "Raises" in page or "rrors" in page, f"ops.{name} does not say what it refuses"
    for notebook in re.findall(r"notebooks/\w+\.ipynb", page):
        assert (PROJECT / notebook).exists(), f"ops.{name} points to {notebook}, which does not exist"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_module_explains_itself_and_lists_its_names(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{path} has no docstring"
    if room_of(path) in ("kernels", "__main__"):
        return
    names = [
        t.id for node in tree.body if isinstance(node, ast.Assign) for t in node.targets if isinstance(t, ast.Name)
    ]
    assert "__all__" in names, f"{path} has no __all__"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_input_errors_are_never_asserts(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assert)]


def test_no_drawer_for_odds_and_ends():
    assert [p for p in ROOT.rglob("utils.py") if p.parent.name != "keras"] == []


def text_files():
    skipped = {".git", ".venv", ".venv-peers", "build", "dist", "__pycache__", ".pytest_cache", ".ruff_cache"}
    for path in PROJECT.rglob("*"):
        if (
            path.is_file()
            and not skipped & set(path.parts)
            and path.suffix in (".py", ".md", ".toml", ".ipynb", ".pyx", ".in", "")
        ):
            yield path


@pytest.mark.skipif(not (PROJECT / "pyproject.toml").exists(), reason="runs in a checkout only")
def test_the_distribution_is_called_edunet_med_everywhere():
    stranger = re.compile(r"pip install[^\n`]*?[\s\"']edunet(?!-med)(?=[\s\"'\[>=<`]|$)", re.MULTILINE)
    assert stranger.search("pip " + "install edunet") is not None
    assert stranger.search("pip " + 'install "edunet-med[numba]"') is None
    found = [p for p in text_files() if stranger.search(p.read_text(encoding="utf-8", errors="ignore"))]
    assert found == []
