"""From what a learner has to one Frame: DataFrame, Table, Cohort, Records, dict, array, list of dicts."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

import numpy as np

from edunet.preprocessing.audit_cells import Column, read_column
from edunet.preprocessing.audit_frame import Frame

__all__ = ["read_frame"]

KINDS = (
    "a pandas DataFrame, a Table, Cohort or Records of edunet.datasets, a dict of columns, an array (N,C), or a list "
    "of dicts, a dict for each row"
)
ROLES = ("target", "patient", "time", "site")


def read_frame(frame, **given) -> Frame:
    """Read a table, and the columns or arrays that have a role in it: target=, patient=, time=, site=.

    Raises TypeError for what is no table, ValueError for columns of different lengths, for names that are no column
    and for roles that are not as long as the table; each with what to type.
    """
    source, given_as, columns, roles = _table(frame)
    lengths = {len(column.missing) for column in columns}
    if len(lengths) > 1:
        raise ValueError(
            "audit: the columns of a table are equally long. Received: "
            + ", ".join(f"{column.name} {len(column.missing)}" for column in columns[:5])
            + "."
        )
    n = lengths.pop() if lengths else len(frame) if source == "pandas" else 0
    for role in ROLES:
        brought = roles.get(role)
        by_name = isinstance(given.get(role), str) and brought is not None and brought.name == given[role]
        if given.get(role) is not None and not by_name:
            roles[role] = _role(role, given[role], columns, n)
    taken = {column.place for column in roles.values() if column is not None and column.place >= 0}
    event, event_name = _event(roles.get("target"))
    return Frame(
        n,
        tuple(column for column in columns if column.place not in taken),
        source,
        given_as,
        event=event,
        event_name=event_name,
        target=roles.get("target"),
        patient=roles.get("patient"),
        time=roles.get("time"),
        site=roles.get("site"),
        synthetic=getattr(frame, "synthetic", False) is True,
    )


def _table(frame) -> tuple[str, str, list[Column], dict[str, Column | None]]:
    """Return how a repair addresses it, what it is in a repair, its columns, and the roles that it brings along."""
    if hasattr(frame, "columns_dict"):  # Records
        ids = {"patient": read_column("patient_id", frame.patient_id), "site": read_column("site", frame.site)}
        given_as = "columns, patient_id, site = dict(records.columns_dict), records.patient_id, records.site"
        return "dict", given_as, _named(frame.columns_dict, frame.units), dict(ids)
    if hasattr(frame, "iloc") and hasattr(frame, "columns"):
        return "pandas", f"frame is your DataFrame{_renamed(frame)}", _pandas(frame), {}
    if hasattr(frame, "iloc"):
        raise TypeError("audit: a Series is one column. Type audit(series.to_frame()).")
    if hasattr(frame, "categories") and hasattr(frame, "target") and hasattr(frame, "x"):
        return "array", "x = table.x.copy()", *_tables(frame)
    if hasattr(frame, "truth") and hasattr(frame, "units") and hasattr(frame, "x"):
        given_as = "x, y = np.array(cohort.x, float), cohort.y; patient_id, site = cohort.patient_id, cohort.site"
        return "array", given_as, *_cohort(frame)
    if isinstance(frame, Mapping):
        return "dict", "columns is your dict", _named(frame, {}), {}
    if isinstance(frame, np.ndarray):
        return _array(frame)
    if isinstance(frame, (list, tuple)) and all(isinstance(row, Mapping) for row in frame):
        names = list(dict.fromkeys(name for row in frame for name in row))
        columns = _named({name: [row.get(name) for row in frame] for name in names}, {})
        return "dict", "columns = {k: np.array([row.get(k) for row in rows]) for k in rows[0]}", columns, {}
    raise TypeError(f"audit expects {KINDS}. Received: {_received(frame)}.")


def _received(frame) -> str:
    """Write what came that is no table, and what to type instead."""
    name = type(frame).__name__
    if isinstance(frame, (list, tuple)):
        return f"a {name}. Type audit(np.array(rows))"
    if hasattr(frame, "to_pandas"):
        return f"{name}. Type audit(frame.to_pandas())"
    if hasattr(frame, "toarray"):
        return "a sparse array. Type audit(x.toarray())"
    if hasattr(frame, "descriptors") and hasattr(frame, "record_id"):
        return f"{name}, events of many stays. Type audit(icu.descriptors)"
    if isinstance(frame, str):
        return f"{frame!r:.60}. Read the file first: audit(pandas.read_csv(...)), or edunet.datasets.tables.load(...)"
    return f"{frame!r:.60} ({name})"


def _named(columns: Mapping, units: Mapping) -> list[Column]:
    names = list(columns)
    single = (
        name for name in names if isinstance(columns[name], (str, bytes)) or not hasattr(columns[name], "__len__")
    )
    many = next(single, None)
    if many is not None:
        raise ValueError(
            f"audit: {many!r} is one value and no column. A dict for each row makes a list: audit([row, row, ...]); a "
            "dict of columns has an array for each name."
        )
    read = []
    for place, name in enumerate(names):
        unit = units.get(name, "")
        read.append(read_column(str(name), columns[name], "" if unit == "text" else unit, place))
    return read


def _pandas(frame) -> list[Column]:
    names = [_text_of(name) for name in frame.columns]
    return [read_column(name, frame.iloc[:, place], "", place) for place, name in enumerate(names)]


def _text_of(name) -> str:
    return " ".join(map(str, name)) if isinstance(name, tuple) else str(name)


def _renamed(frame) -> str:
    """Write how columns that are called by numbers, or by tuples, get the names that stand in the repairs."""
    if all(isinstance(name, str) for name in frame.columns):
        return ""
    write = "' '.join(map(str, c))" if any(isinstance(name, tuple) for name in frame.columns) else "str(c)"
    return f", after frame.columns = [{write} for c in frame.columns]"


def _tables(table) -> tuple[list[Column], dict[str, Column | None]]:
    columns = []
    for place, name in enumerate(table.columns):
        values = table.x[:, place]
        if name in table.categories:
            words = np.array([*table.categories[name], ""], object)  # NaN takes the last
            values = words[np.where(np.isnan(values), -1, values).astype(np.intp)]
            missing = values == ""
            columns.append(Column(name, "words", None, values, missing, "", place))
        else:
            columns.append(read_column(name, values, "", place))
    roles: dict[str, Column | None] = {}
    if table.y is not None:
        y = np.asarray(table.y)
        named = table.class_names and y.dtype.kind == "i"
        roles["target"] = read_column(table.target or "y", np.array(table.class_names, object)[y] if named else y)
        if named and len(table.class_names) == 2:
            roles["target"] = read_column(table.target or "y", y)
    if table.patient_id is not None:
        roles["patient"] = read_column("patient_id", table.patient_id)
    return columns, roles


def _cohort(cohort) -> tuple[list[Column], dict[str, Column | None]]:
    x = np.asarray(cohort.x)
    if x.ndim != 2 or len(cohort.columns) != x.shape[1]:
        raise ValueError(
            f"audit looks at tables, x (N,C). Received: a cohort with x {x.shape}. Make columns of it, such as "
            "audit({'mean': cohort.x.mean(axis=1).ravel()}, target=cohort.y)."
        )
    columns = [
        read_column(name, x[:, place], cohort.units.get(name, ""), place) for place, name in enumerate(cohort.columns)
    ]
    roles: dict[str, Column | None] = {}
    y = np.asarray(cohort.y)
    if y.ndim == 1:
        roles["target"] = read_column("y", y, cohort.units.get("y", ""))
    elif y.shape[1:] == (2,) and "event" in cohort.units:  # time, event
        roles["target"] = read_column("event", y[:, 1])
    roles["patient"] = read_column("patient_id", cohort.patient_id)
    roles["site"] = read_column("site", cohort.site)
    return columns, roles


def _array(x: np.ndarray) -> tuple[str, str, list[Column], dict[str, Column | None]]:
    if x.dtype.names:
        columns = _named({name: x[name] for name in x.dtype.names}, {})
        return "dict", "columns = {k: x[k] for k in x.dtype.names}", columns, {}
    if x.ndim != 2:
        how = "x.reshape(-1, 1)" if x.ndim < 2 else "x.reshape(len(x), -1)"
        raise ValueError(f"audit looks at tables, x (N,C). Received: an array of shape {x.shape}. Type audit({how}).")
    given = "x = np.array(your array, float)" if x.dtype.kind in "biuf" else "x is your array"
    return "array", given, [read_column(f"column {i}", x[:, i], "", i) for i in range(x.shape[1])], {}


def _role(role: str, given, columns: list[Column], n: int) -> Column:
    """Return the column of a name, or an array as a column of its own."""
    if isinstance(given, str) or (isinstance(given, (int, np.integer)) and not isinstance(given, bool)):
        name = str(given)
        place = int(given) if not isinstance(given, str) and f"column {given}" in [c.name for c in columns] else None
        found = [c for c in columns if c.name == name or c.place == place]
        if not found:
            near = difflib.get_close_matches(name, [c.name for c in columns], 1, 0.6)
            guess = f" Did you mean {role}={near[0]!r}?" if near else ""
            named = ", ".join(c.name for c in columns[:8]) + (", ..." if len(columns) > 8 else "")
            raise ValueError(f"audit: {role}={given!r} is no column; there are: {named}.{guess}")
        return found[0]
    of_its_own = getattr(given, "name", None)  # a Series has one
    column = read_column(role if of_its_own is None else str(of_its_own), given)
    if len(column.missing) != n:
        raise ValueError(
            f"audit: {role} has a value for each row. Received: {len(column.missing)} for {n} rows. Filter both alike: "
            f"audit(frame[keep], {role}={role}[keep])."
        )
    return column


def _event(target: Column | None) -> tuple[np.ndarray | None, str]:
    """Return who has the event, and what it is called; None where the target has not two values."""
    if target is None:
        return None, ""
    if target.kind == "words" and target.text is not None:
        values = target.text
        kinds, count = np.unique(values[~target.missing].astype(str), return_counts=True)
    else:
        values = target.values if target.values is not None else np.empty(0)
        kinds, count = np.unique(target.known, return_counts=True)
    if len(kinds) != 2:
        return None, ""
    k = 1 if list(kinds) == [0, 1] or count[1] <= count[0] else 0
    name = str(kinds[k]) if target.kind == "words" else f"{kinds[k]:g}"
    return np.asarray(values == kinds[k]), name
