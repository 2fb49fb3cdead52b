"""The source of a lesson: its cells, the tags that say what they are for, and what can be wrong with them."""

import ast
import re
from pathlib import Path

import jupytext

__all__ = ["BEGIN", "END", "STORY", "TOLD", "filled", "kind_and_name", "read_cells", "stub"]

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STORY, TOLD = "", "story-only"  # a cell without a tag, and one of the learn version alone
KINDS = (TOLD, "ask", "exercise", "check", "uses")
MARK = re.compile(r'# %%( \[markdown\])?( tags=\["[^"]*"(, "[^"]*")*\])?')  # anything else Jupytext takes for a title


def kind_and_name(cell) -> tuple[str, str]:
    """Return what the tag of a cell says: "exercise:neuron" gives ("exercise", "neuron")."""
    kind, _, name = cell.metadata.get("tags", [STORY])[0].partition(":")
    return kind, name


def read_cells(source: Path) -> list:
    """Return the cells of a lesson, or raise ValueError that says in one sentence what is wrong with them."""
    text = source.read_text(encoding="utf-8")
    cells = jupytext.reads(text, fmt="py:percent").cells
    try:
        for line in re.findall(r"^# %%.*", text, re.MULTILINE):
            if not MARK.fullmatch(line):
                raise ValueError(f'a cell begins with `# %% [markdown] tags=["..."]`, in this order. Received: {line}')
        if not cells or cells[0].cell_type != "markdown" or not cells[0].source.startswith("# "):
            raise ValueError("the first cell must be the title, marked `# %% [markdown]`, and begin with `# `.")
        for cell in cells:
            _refuse_wrong_tag(cell)
        if cells[0].metadata.get("tags"):
            raise ValueError("the first cell is the title of all versions: take its tag away.")
        exercises = _exercises(cells)
        for cell in cells:
            _refuse_wrong_cell(cell, exercises)
    except (ValueError, SyntaxError) as fault:
        raise ValueError(f"{source.name}: {fault}") from None
    return cells


def _refuse_wrong_tag(cell) -> None:
    tags = cell.metadata.get("tags", [])
    if len(tags) > 1:
        raise ValueError(f"a cell has one tag at most. Received: {', '.join(tags)}.")
    kind, name = kind_and_name(cell)
    if tags and kind not in KINDS:
        raise ValueError(f"unknown tag {tags[0]!r}; expected one of {', '.join(KINDS)}.")
    if kind in ("exercise", "check", "uses") and not name:
        raise ValueError(f"the tag {kind!r} needs the name of an exercise: {kind}:NAME.")
    if kind in ("exercise", "check", "uses") and cell.cell_type != "code":
        raise ValueError(f"{tags[0]} is a cell of code, not of text.")


def _exercises(cells) -> set[str]:
    """Return the names of the exercises, each of which has one exercise cell and below it one check cell."""
    names = {"exercise": [], "check": []}
    for kind, name in map(kind_and_name, cells):
        if kind in names and name in names[kind]:
            raise ValueError(f"{kind}:{name} stands there twice; give the second a name of its own.")
        if kind == "check" and name not in names["exercise"]:
            raise ValueError(f"check:{name} has no cell exercise:{name} above it.")
        if kind in names:
            names[kind].append(name)
    for name in names["exercise"]:
        if name not in names["check"]:
            raise ValueError(f"exercise:{name} has no cell check:{name} below it.")
    return set(names["exercise"])


def _refuse_wrong_cell(cell, exercises: set[str]) -> None:
    kind, name = kind_and_name(cell)
    if name and name not in exercises:
        raise ValueError(f"{kind}:{name} belongs to no cell exercise:{name}.")
    if kind == "exercise":
        _refuse_wrong_exercise(cell.source, name)
    elif BEGIN in cell.source or END in cell.source:
        raise ValueError(f"the markers of a solution stand in a cell that is no exercise: {cell.source[:50]!r}.")
    call = {"check": f'learn.check("{name}", {name})', "uses": f'learn.use("{name}", {name})'}.get(kind)
    if call and call not in cell.source:
        raise ValueError(f"{kind}:{name} must call {call}.")
    if kind == "uses" and name in _assigned(cell.source):
        # a grader that looks for the learner's work later would find the reference, and give full marks for it
        raise ValueError(f"uses:{name} gives {name} a new value; write for example good_{name} = {call}.")


def _assigned(text: str) -> set[str]:
    names = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name))
    return {node.id for node in names if isinstance(node.ctx, ast.Store)}


def _refuse_wrong_exercise(text: str, name: str) -> None:
    marks = [line for line in text.splitlines() if line.strip() in (BEGIN, END)]
    if not marks:
        raise ValueError(f"exercise:{name} has no {BEGIN} ... {END}.")
    if [mark.strip() for mark in marks] != [BEGIN, END] * (len(marks) // 2):
        raise ValueError(f"exercise:{name}: each {BEGIN} needs one {END} below it.")
    if any(mark[0] == "#" for mark in marks):
        raise ValueError(f"exercise:{name}: a solution at the margin would, taken out, stop the notebook; "
                         f"put the markers inside a function.")  # fmt: skip
    try:
        body = ast.parse(stub(text, name)).body
    except SyntaxError as error:
        raise ValueError(f"exercise:{name} is no Python without its solution ({error.msg}).") from None
    if name not in {node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}:
        raise ValueError(f"exercise:{name} must define {name}, a function or class, outside the markers.")


def stub(text: str, name: str) -> str:
    """Return an exercise without its solution.

    >>> print(stub("def twice(x):\\n    ### BEGIN SOLUTION\\n    return 2 * x\\n    ### END SOLUTION", "twice"))
    def twice(x):
        # your code here
        raise NotImplementedError("twice")
    """
    lines, hidden = [], False
    for line in text.splitlines():
        if line.strip() == BEGIN:
            indent = line[: line.index("#")]
            lines += [f"{indent}# your code here", f'{indent}raise NotImplementedError("{name}")']
        if line.strip() in (BEGIN, END):
            hidden = line.strip() == BEGIN
        elif not hidden:
            lines.append(line)
    return "\n".join(lines)


def filled(text: str) -> str:
    """Return an exercise with its solution, without the markers."""
    return "\n".join(line for line in text.splitlines() if line.strip() not in (BEGIN, END))
