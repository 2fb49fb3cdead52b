"""The house keeps its shape: imports point down, a topic has one name, sibling kernels have equal signatures."""

import ast
import inspect
import re
from pathlib import Path

import pytest

import edunet
from edunet import backend, ops

ROOT = Path(edunet.__file__).parent
PROJECT = ROOT.parent

# From the ground up. A room may import rooms of the floors below it, and of its own floor only what stands before it.
FLOORS = [
    ["kernels"],
    ["arithmetic", "names", "backend", "tensor", "gradcheck"],
    ["ops", "initializers", "optimizers", "metrics", "activations"],
    ["layers", "losses"],
    ["callbacks", "models", "utils"],
    ["datasets"],
    ["clinic"],
    ["show"],
    ["keras"],
    ["demo", "cli", "__main__"],
]
ORDER = {room: (floor, place) for floor, rooms in enumerate(FLOORS) for place, room in enumerate(rooms)}
ALONE = {"kernels", "datasets"}  # arrays in, arrays out: they import nothing of edunet
SIDE_BY_SIDE = {"clinic", "show"}  # none of these on another


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py").removesuffix(".pyx")


def imported_rooms(path: Path) -> set[str]:
    """Return the rooms of edunet that a module imports, at its top or inside functions."""
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "edunet":
            parts = node.module.split(".")
            rooms |= {parts[1]} if len(parts) > 1 else {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level:
            pytest.fail(f"{path}: relative import; write it out, so that a search finds it")
        elif isinstance(node, ast.Import):
            rooms |= {a.name.split(".")[1] for a in node.names if a.name.startswith("edunet.")}
    return rooms


MODULES = sorted(p for p in ROOT.rglob("*.py") if p != ROOT / "__init__.py")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_imports_point_down(path):
    here = room_of(path)
    assert here in ORDER, f"{here} has no floor: give it one in this test, and in the house's plan"
    for room in imported_rooms(path) - {here}:
        if room not in ORDER and hasattr(edunet, room):
            assert here in ("demo", "cli"), f"{path}: import {room} from the room where it lives"
            continue
        assert here not in ALONE, f"{path} imports edunet.{room}, but {here} stands alone"
        assert ORDER[room] < ORDER[here], f"{path} imports edunet.{room}, which stands above it"
        assert not {here, room} <= SIDE_BY_SIDE, f"{path} imports edunet.{room}, its neighbour"


def test_the_check_of_imports_can_fail(tmp_path):
    module = tmp_path / "x.py"
    module.write_text("def f():\n    from edunet.models import Model\n    import edunet.layers.dense\n")
    assert imported_rooms(module) == {"models", "layers"}
    assert ORDER["models"] > ORDER["ops"]


def test_only_backend_imports_kernels():
    users = [
        p
        for p in MODULES
        if "edunet.kernels" in p.read_text(encoding="utf-8") and room_of(p) not in ("kernels", "backend")
    ]
    assert users == []


FAMILIES = sorted({p.name.rpartition("_")[0] for p in (ROOT / "kernels").glob("*_numpy.py")})


def test_every_family_is_known_and_defined_in_numpy():
    assert sorted(backend.FAMILIES) == FAMILIES


def functions(module):
    """Return {name: parameter names} of the public functions of a kernel module."""
    found = {}
    for name, value in vars(module).items():
        if name.startswith("_") or not callable(value) or inspect.isclass(value):
            continue
        value = getattr(value, "py_func", value)  # what Numba wraps
        if getattr(value, "__module__", None) == module.__name__:
            found[name] = list(inspect.signature(value).parameters)
    return found


@pytest.mark.parametrize("family", backend.COMPILED)
def test_sibling_kernels_have_equal_signatures(family, backend):
    definition = functions(edunet.backend._load(family, "numpy"))
    assert definition, "the NumPy kernels define nothing"
    assert functions(edunet.backend._load(family, backend)) == definition


@pytest.mark.parametrize("family", FAMILIES)
def test_kernels_come_in_pairs_or_are_steps_of_an_optimizer(family):
    names = set(functions(edunet.backend._load(family, "numpy")))
    for name in names:
        stem, _, kind = name.rpartition("_")
        assert kind in ("forward", "backward", "update"), name
        if kind != "update":
            assert {f"{stem}_forward", f"{stem}_backward"} <= names


def test_backward_returns_a_gradient_for_each_input_in_order():
    # parameters of backward: the output's gradient(s) first, then those of forward, then what was saved
    for family in set(FAMILIES) - {"update"}:
        kernels = functions(edunet.backend._load(family, "numpy"))
        for name, parameters in kernels.items():
            if name.endswith("_backward"):
                assert parameters[0].startswith("d"), f"{name}{parameters}"


# One word for one topic: the stem of the op's file is that of its layer's file and of its tests.
TOPICS = sorted(p.stem for p in (ROOT / "ops").glob("*.py") if p.stem != "__init__")


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_has_one_name(topic):
    at_home = {"loss": ROOT / "losses.py"}  # Keras's name for the public face
    assert at_home.get(topic, ROOT / "layers" / f"{topic}.py").exists()
    assert (PROJECT / "tests" / "ops" / f"test_{topic}.py").exists()


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
    skipped = {".git", ".venv", "build", "dist", "__pycache__", ".pytest_cache", ".ruff_cache"}
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
