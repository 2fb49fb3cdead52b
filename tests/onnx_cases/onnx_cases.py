"""ONNX's own test cases, each run through edunet's formulas: numbers that others computed.

A case is one model with inputs and right outputs. Those of single operators are made by the package onnx; the folder
`pytorch-converted` in it holds outputs of PyTorch. An operator of edunet is a function in `OPERATORS`: it takes the
attributes and inputs and returns the outputs, None for one that edunet does not give (such as the indices of maxima),
or raises `Out` with the reason why the formula does not cover the case. Nothing is left out by its name.
"""

import functools
import importlib
import importlib.util
import re
import warnings
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import numpy as np
import onnx_images
import onnx_numbers
import onnx_sequences
import onnx_steps
from onnx_words import Out

__all__ = ["OPERATORS", "Case", "Result", "collect", "run"]

OPERATORS = onnx_images.OPERATORS | onnx_numbers.OPERATORS | onnx_sequences.OPERATORS | onnx_steps.OPERATORS

# What only moves numbers about: a model may hold it beside the one operator that is tested.
MOVES = {
    "Unsqueeze": lambda a, x: [np.expand_dims(x, tuple(a["axes"]))],
    "Squeeze": lambda a, x: [np.squeeze(x, tuple(a["axes"]))],
    "Transpose": lambda a, x: [np.transpose(x, a["perm"])],
    "Neg": lambda a, x: [-x],
}

# The modules of onnx that make the cases of these operators, where the name is not the operator's in small letters.
FILES = {
    "BatchNormalization": "batch_normalization",
    "SoftmaxCrossEntropyLoss": "softmax_cross_entropy_loss",
}


TOLERANCE = 1e-5  # of the largest number of an output, for float32; ONNX itself allows 1e-3


class Case(NamedTuple):
    source: str  # "onnx" or "PyTorch"
    name: str
    family: str  # the operator
    model: object
    inputs: list
    expected: list


class Result(NamedTuple):
    state: str  # "passed", "failed", "out"
    note: str  # why it is out, how far it is off
    compared: int  # of the outputs
    off: float = 0.0  # the largest difference, as a share of the largest number


@functools.cache
def collect() -> tuple[Case, ...]:
    """Return the cases of all operators that edunet has, and those of PyTorch."""
    return (*_of_onnx(), *_of_pytorch())


def _of_onnx():
    from onnx.backend.test.case import node
    from onnx.reference.ops import op_pool_common

    with warnings.catch_warnings(), mock.patch.object(op_pool_common, "pool", _no_volumes(op_pool_common.pool)):
        warnings.simplefilter("ignore")
        for operator in OPERATORS:
            file = FILES.get(operator, operator.lower())
            if importlib.util.find_spec(f"{node.__name__}.{file}"):
                importlib.import_module(f"{node.__name__}.{file}")
    for case in node._NodeTestCases:
        family = _family(case.model)
        if "_expanded" not in case.name and family in OPERATORS:  # expanded: the same numbers in smaller steps
            for inputs, outputs in case.data_sets:
                yield Case("onnx", case.name, family, case.model, inputs, outputs)


def _no_volumes(pool):
    """Return onnx's loops over windows, which take seconds for three axes: those cases are out, whatever they hold."""

    def quick(padded, x_shape, kernel, strides, out_shape, *more, **options):
        if len(kernel) > 2:
            return np.zeros((*x_shape[:2], *out_shape), padded.dtype)
        return pool(padded, x_shape, kernel, strides, out_shape, *more, **options)

    return quick


def _of_pytorch():
    import onnx
    from onnx import numpy_helper

    folder = Path(onnx.__file__).parent / "backend" / "test" / "data" / "pytorch-converted"

    def numbers(where, kind):
        files = sorted(where.glob(f"{kind}_*.pb"), key=lambda p: int(re.sub(r"\D", "", p.stem)))
        return [numpy_helper.to_array(onnx.load_tensor(file)) for file in files]

    for path in sorted(folder.iterdir()):
        model = onnx.load(path / "model.onnx")
        for data in sorted(path.glob("test_data_set_*")):
            inputs, outputs = numbers(data, "input"), numbers(data, "output")
            yield Case("PyTorch", path.name, _family(model), model, inputs, outputs)


def _family(model) -> str:
    """Return the operator that a model is about: the first that does more than move numbers."""
    operators = [n.op_type for n in model.graph.node if n.op_type not in (*MOVES, "Constant")]
    return operators[0] if operators else model.graph.node[0].op_type


def run(case: Case) -> Result:
    """Compute a case with edunet and compare."""
    try:
        computed = _outputs(case)
    except Out as reason:
        return Result("out", str(reason), 0)
    compared, off = 0, 0.0
    for i, (ours, theirs) in enumerate(zip(computed, case.expected, strict=True)):
        if ours is None:
            continue
        compared += 1
        ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
        if ours.shape != theirs.shape:
            return Result("failed", f"output {i} has shape {ours.shape}, expected {theirs.shape}", compared)
        difference, largest = np.abs(ours - theirs).max(initial=0), np.abs(theirs).max(initial=0)
        if not difference <= TOLERANCE * largest:
            return Result(
                "failed", f"output {i} is off by {difference:.2g} where the largest is {largest:.2g}", compared
            )
        off = max(off, difference / largest if largest else 0.0)
    return Result("passed", "" if compared == len(computed) else "some outputs are not given by edunet", compared, off)


def _outputs(case):
    """Run the nodes of a case's model one after the other and return what its graph returns."""
    from onnx import helper, numpy_helper

    graph = case.model.graph
    opset = {o.domain: o.version for o in case.model.opset_import}.get("", 0)
    values = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    free = [i.name for i in graph.input if i.name not in values]
    values |= dict(zip(free, (_plain(x) for x in case.inputs), strict=True))
    for node in graph.node:
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        attributes = {k: v.decode() if isinstance(v, bytes) else v for k, v in attributes.items()}
        if node.op_type not in MOVES and node.op_type not in OPERATORS:
            raise Out(f"the operator {node.op_type}")
        operator = MOVES.get(node.op_type) or OPERATORS[node.op_type]
        if node.op_type in OPERATORS:
            attributes |= {"opset": opset, "outputs": list(node.output)}
        made = operator(attributes, *(values[name] if name else None for name in node.input))
        values |= dict(zip(node.output, made, strict=True))
    return [values[o.name] for o in graph.output]


def _plain(x):
    """Return an input as edunet computes with it: whole numbers as they are; no short floats."""
    if x is None or x.dtype in (np.float32, np.float64) or x.dtype.kind in "iub":
        return x
    raise Out(f"numbers of type {x.dtype}")
