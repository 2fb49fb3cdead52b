"""What a model is made of, as a table: layers, shapes, numbers of weights, operations."""

from edunet.models.operations import STEPS, operations_of

__all__ = ["as_html", "as_text"]

CELL = "padding: 2px 12px; border-bottom: 1px solid #ccc; text-align: "


def _table(model, nested=False) -> tuple[list[str], list[tuple], list[str]]:
    """Return the names of the columns, a row for each use of a layer, and the lines of totals."""
    if not model.nodes:
        plain = [(_titled(part), "?", f"{part.count_params():,}", "?") for part in model.layers]
        return ["Layer (type)", "Output Shape", "Param #", "Operations"], plain, _params(model)
    rows: list[tuple] = []
    seen, before, total = set(), None, 0
    chain = True
    for node in model.nodes:
        layer = node.layer
        chain &= len(set(node.inputs)) == 1 and node.inputs[0].node is before
        count = "shared" if layer in seen else f"{layer.count_params():,}"
        seen.add(layer)
        shapes = ", ".join(str(s.shape) for s in node.outputs)
        sources = ", ".join(dict.fromkeys(s.node.layer.name if s.node else s.name or "input" for s in node.inputs))
        operations = operations_of(node)
        total += operations
        rows.append((_titled(layer), shapes, count, f"{operations:,}", sources))
        rows += _inner(layer) if nested else []
        before = node
    any_length = any(None in s.shape[1:] for node in model.nodes for s in node.inputs)
    per = f"for {STEPS} steps where the length is open" if any_length else "for one example, forward"
    totals = [*_params(model), f"Operations: {total:,} ({per})"]
    head = ["Layer (type)", "Output Shape", "Param #", "Operations", "Connected to"]
    return (head[:4], [row[:4] for row in rows], totals) if chain else (head, rows, totals)


def _inner(layer) -> list[tuple]:
    """Return the rows of a model that is a layer, set in; they are parts of its own row and count no further."""
    if not getattr(layer, "nodes", None):
        return []
    head, rows, _ = _table(layer, nested=True)
    return [(f"  {row[0]}", *row[1:], *[""] * (5 - len(head))) for row in rows]


def _learns(model) -> dict[str, str]:
    """Return for each title what the column "Trainable" says."""
    told = {True: "Y", False: "N", None: "-"}
    return {_titled(part): told[bool(part.trainable_weights) if part.weights else None] for part in model.with_inner()}


def _titled(layer) -> str:
    return f"{layer.name} ({type(layer).__name__})"


def _params(model) -> list[str]:
    learning, fixed = (sum(w.size for w in ws) for ws in (model.trainable_weights, model.non_trainable_weights))
    counts = [("Total", learning + fixed), ("Trainable", learning), ("Non-trainable", fixed)]
    return [f"{name} params: {count:,}" for name, count in counts]


def as_text(model, nested=False, trainable=False) -> str:
    """Return the table as text, in columns; nested, with the layers of models inside; trainable, which learn."""
    head, rows, totals = _table(model, nested)
    if trainable:
        learns = _learns(model)
        head = [*head[:4], "Trainable", *head[4:]]
        rows = [(*row[:4], learns[row[0].strip()], *row[4:]) for row in rows]
    wide = [max(len(row[i]) for row in [tuple(head), *rows]) for i in range(len(head))]
    line = "  ".join("-" * w for w in wide)
    align = ["<", "<", ">", ">", "<", "<"]
    table = [
        "  ".join(f"{cell:{a}{w}}" for cell, a, w in zip(row, align, wide, strict=False)).rstrip()
        for row in [tuple(head), *rows]
    ]
    return "\n".join([f'Model: "{model.name}"', line, table[0], line, *table[1:], line, *totals])


def as_html(model) -> str:
    """Return the table as HTML whose styles are its own: it survives an untrusted notebook and an e-mail."""
    import html  # its table of entities takes a while to load

    if not model.built:
        return f"<p>{html.escape(repr(model))}, not built yet</p>"
    head, rows, totals = _table(model)
    align = ["left", "left", "right", "right", "left"]
    titles = "".join(
        f'<th scope="col" style="{CELL}{a}">{html.escape(title)}</th>' for title, a in zip(head, align, strict=False)
    )
    body = ""
    for row in rows:
        cells = [f'<td style="{CELL}{a}">{html.escape(cell)}</td>' for cell, a in zip(row, align, strict=False)]
        body += f"<tr>{''.join(cells)}</tr>"
    return (
        f'<table style="border-collapse: collapse; font-size: 90%">'
        f'<caption style="text-align: left; font-weight: bold">{html.escape(model.name)}</caption>'
        f"<thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>"
        f"<p>{'<br>'.join(html.escape(line) for line in totals)}</p>"
    )
