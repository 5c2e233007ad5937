"""SQLite queries: the SQL of the adapter.

Every text stands here. Values are always bound; only names of containers and fields, which are checked, become text.
A field is read by ``json_extract``, which is also what the indexes are made of. It gives text for objects too, 1 for
``true``, and cuts a text at its first NUL, so equality also compares the JSON text itself (``->``), written by the
same encoder; that keeps 1 from '1' and from true. Numbers are compared as SQLite reads them on both sides.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.documents import bodies, conditions, ids
from shared.documents.containers import Container
from shared.documents.port import Condition

Parameters = list[Any]

USE_WAL = "PRAGMA journal_mode=WAL"
SYNCHRONISE_AT_CHECKPOINTS = "PRAGMA synchronous=NORMAL"

_ALIVE = "(expires_at IS NULL OR expires_at > ?)"
_THIS = "partition = ? AND id = ?"
_SWEPT_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Statements:
    """The texts of one container's table, with the parameters that each takes in its name's comment."""

    schema: tuple[str, ...]
    get: str  # partition, id, now
    create: str  # partition, id, etag, body, expires_at, now
    upsert: str  # partition, id, etag, body, expires_at
    replace: str  # new etag, body, expires_at, partition, id, etag, now
    delete: str  # partition, id, etag, now
    sweep: str  # now


def statements(container: Container) -> Statements:
    """Return the texts for the table of `container`."""
    table = _table(container)
    insert = (
        f"INSERT INTO {table} (partition, id, etag, body, expires_at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (partition, id) DO UPDATE SET etag = excluded.etag, body = excluded.body, "
        "expires_at = excluded.expires_at"
    )
    return Statements(
        schema=_schema(container),
        get=f"SELECT body, etag FROM {table} WHERE {_THIS} AND {_ALIVE}",
        create=f"{insert} WHERE expires_at <= ?",
        upsert=insert,
        replace=f"UPDATE {table} SET etag = ?, body = ?, expires_at = ? WHERE {_THIS} AND etag = ? AND {_ALIVE}",
        delete=f"DELETE FROM {table} WHERE {_THIS} AND etag = ? AND {_ALIVE}",
        sweep=f"DELETE FROM {table} WHERE rowid IN "
        f"(SELECT rowid FROM {table} WHERE expires_at <= ? LIMIT {_SWEPT_AT_ONCE})",
    )


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked of one container; see the port's `query`."""

    container: Container
    partition: str | None = None
    where: tuple[Condition, ...] = ()
    order_by: str | None = None
    after_partition: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the sort value, id and partition of its last row."""

    value: Any
    id: str
    partition: str


def page(selection: Selection, after: Place | None, now: float, size: int) -> tuple[str, Parameters]:
    """Return the text and parameters that read `size` rows (body, etag, id, partition, sort value) behind `after`.

    Rows come by partition and id; with `order_by`, those of equal values do, in the same direction.
    """
    clauses, parameters = _filter(selection, now, is_first=after is None)
    value, beyond, direction = "NULL", ">", "ASC"
    columns = ["partition", "id"] if selection.partition is None else ["id"]
    last: Parameters = [] if after is None else [after.partition, after.id][-len(columns) :]
    if selection.after_partition is not None and after is None:  # a later page is behind it anyway
        _append(clauses, parameters, "partition > ?", selection.after_partition)
    if selection.order_by is not None:
        value = _value(selection.order_by.removeprefix("-"))
        columns.insert(0, value)
        clauses.append(f"{value} IS NOT NULL")
        if selection.order_by.startswith("-"):
            beyond, direction = "<", "DESC"
        if after is not None:
            # Says less than the comparison of rows below, but is what the index on the field can start from.
            _append(clauses, parameters, f"{value} {beyond}= ?", after.value)
            last.insert(0, after.value)
    if last:
        _append(clauses, parameters, f"({', '.join(columns)}) {beyond} ({', '.join('?' for _ in last)})", *last)
    order = ", ".join(f"{column} {direction}" for column in columns)
    text = (
        f"SELECT body, etag, id, partition, {value} FROM {_table(selection.container)} "
        f"WHERE {' AND '.join(clauses)} ORDER BY {order} LIMIT ?"
    )
    return text, [*parameters, size]


def count(selection: Selection, now: float) -> tuple[str, Parameters]:
    """Return the text and parameters that count the documents that `selection` asks for."""
    clauses, parameters = _filter(selection, now)
    return f"SELECT count(*) FROM {_table(selection.container)} WHERE {' AND '.join(clauses)}", parameters


def columns(container: Container) -> str:
    """Return the text that reads the names of the columns of the table of `container`; none when there is no table."""
    return f"SELECT name FROM pragma_table_info('{container.name}')"


def rewriting(container: Container) -> tuple[str, ...]:
    """Return the texts that give each row of a table that has a column `original` the place where it belongs now.

    They call ``stored_as(original, stored, index)``.
    """
    table, old = _table(container), f'"{container.name}.old"'
    return (
        "BEGIN IMMEDIATE",
        f"ALTER TABLE {table} RENAME TO {old}",
        _schema(container)[0],
        f"INSERT INTO {table} (partition, id, etag, body, expires_at) "
        f"SELECT stored_as(original, partition, 0), stored_as(original, id, 1), etag, body, expires_at FROM {old}",
        f"DROP TABLE {old}",
        "COMMIT",
    )


def _schema(container: Container) -> tuple[str, ...]:
    table = _table(container)
    texts = [
        f"CREATE TABLE IF NOT EXISTS {table} (partition TEXT NOT NULL, id TEXT NOT NULL, "
        "etag TEXT NOT NULL, body TEXT NOT NULL, expires_at REAL, PRIMARY KEY (partition, id))"
    ]
    for field in container.indexed:
        texts.append(
            f'CREATE INDEX IF NOT EXISTS "{container.name}.{field}" ON {table} ({_value(field)}, partition, id)'
        )
    for field in container.ordered:
        texts.append(
            f'CREATE INDEX IF NOT EXISTS "{container.name}.partition.{field}" ON {table} '
            f"(partition, {_value(field)}, id)"
        )
    for field, *others in container.counted:
        # All that the comparison with a value asks of a row, so that a count looks at no body.
        types = "".join(f", {_type(other)}" for other in others)
        name = ".".join((container.name, field, *others, "counted"))
        texts.append(
            f'CREATE INDEX IF NOT EXISTS "{name}" ON {table} '
            f"({_value(field)}, partition, id, {_json(field)}, expires_at{types})"
        )
    for field, order in container.present:
        texts.append(
            f'CREATE INDEX IF NOT EXISTS "{container.name}.{field}.present" ON {table} '
            f"(partition, {_value(order)}, id, expires_at, {_type(field)}) WHERE {_type(field)} IS NOT NULL"
        )
    for same, field in container.sorted_by:
        # With what a comparison of the first member asks, so that a body is only taken as it is.
        texts.append(
            f'CREATE INDEX IF NOT EXISTS "{container.name}.{same}.{field}.sorted" ON {table} '
            f"({_value(same)}, {_value(field)}, partition, id, {_json(same)}) WHERE {_value(field)} IS NOT NULL"
        )
    if container.expires:
        texts.append(
            f'CREATE INDEX IF NOT EXISTS "{container.name}.expires_at" ON {table} (expires_at) '
            "WHERE expires_at IS NOT NULL"
        )
    return tuple(texts)


def _filter(selection: Selection, now: float, *, is_first: bool = True) -> tuple[list[str], Parameters]:
    clauses: list[str] = [_ALIVE]
    parameters: Parameters = [now]
    if selection.partition is not None:
        _append(clauses, parameters, *_in_partition(selection, selection.partition))
    of_type = {other for _, *others in selection.container.counted for other in others}
    for field, operator, value in selection.where:
        if not is_first and _is_behind(selection.order_by or "", field, operator):
            clauses.append(_of_type(field, value))
        elif operator == "exists" and not value and field in of_type:
            clauses.append(f"{_type(field)} IS NULL")
        else:
            _append(clauses, parameters, *_condition(field, operator, value))
    return clauses, parameters


def _in_partition(selection: Selection, partition: str) -> tuple[Any, ...]:
    """Return the clause that keeps to one partition, with its parameters.

    Where one of several texts is wanted of a member by which the partition is in order, or of the id, it says so too:
    the planner, which takes a partition for a few documents, would read it all.
    """
    place = ids.safe(partition)
    for field, operator, value in selection.where:
        if operator == "in" and field in ("id", *selection.container.ordered) and _are_texts(value):
            column = "id" if field == "id" else _value(field)
            texts = [ids.safe(text) for text in value] if field == "id" else list(value)
            return f"(partition, {column}) IN (SELECT ?, value FROM json_each(?))", place, json.dumps(texts)
    return "partition = ?", place


def _are_texts(values: Sequence[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _is_behind(order_by: str, field: str, operator: str) -> bool:
    """Tell whether every row behind another one in this order fulfils what that one does.

    It is left out then: of two lower bounds the planner takes the first, and would read all rows before the page again.
    """
    if order_by.startswith("-"):
        return field == order_by[1:] and operator in ("<", "<=")
    return field == order_by and operator in (">", ">=")


def _of_type(field: str, value: Any) -> str:
    return _is_number(field) if conditions.is_number(value) else f"{_type(field)} = 'text'"


def _append(clauses: list[str], parameters: Parameters, clause: str, *values: Any) -> None:
    clauses.append(clause)
    parameters.extend(values)


def _condition(field: str, operator: str, value: Any) -> tuple[Any, ...]:
    """Return the clause and its parameters; the clause is never NULL for a field that is there."""
    if operator == "exists" and value:
        return (f"{_type(field)} IS NOT NULL",)
    if operator == "exists":
        # The first half is what an index answers; the second is what makes it true.
        return (f"({_value(field)} IS NULL AND {_type(field)} IS NULL)",)
    if operator == "in":
        return _among(field, value)
    if operator == "=":
        return _among(field, [value])
    if operator == "!=":
        clause, *parameters = _among(field, [value])
        return (f"({_type(field)} IS NOT NULL AND NOT {clause})", *parameters)
    if conditions.is_number(value):
        return f"({_is_number(field)} AND {_value(field)} {operator} json_extract(?, '$'))", json.dumps(value)
    return f"({_type(field)} = 'text' AND {_value(field)} {operator} ?)", value


def _among(field: str, values: Sequence[Any]) -> tuple[Any, ...]:
    numbers = [value for value in values if conditions.is_number(value)]
    texts: list[Any] = [value for value in values if isinstance(value, str)]
    truths: list[Any] = [value for value in values if isinstance(value, bool)]
    nulls = [value for value in values if value is None]
    alternatives: list[str] = []
    parameters: Parameters = []
    if numbers:
        clause = f"({_is_number(field)} AND {_value(field)} {_in(numbers)})"
        _append(alternatives, parameters, clause, json.dumps(numbers))
    for alike in [of_type for of_type in (texts, truths) if of_type]:
        # The first half is what an index answers; the second is what makes it true.
        clause = f"({_value(field)} {_in(alike)} AND {_json(field)} {_in(alike)})"
        _append(alternatives, parameters, clause, json.dumps(alike), _jsons(alike))
    if nulls:
        _append(alternatives, parameters, f"{_json(field)} {_in(nulls)}", _jsons(nulls))
    return (f"({' OR '.join(alternatives) or '0'})", *parameters)


def _in(values: Sequence[Any]) -> str:
    # The planner knows more of an equality than of a list of unknown length.
    return "= json_extract(?, '$[0]')" if len(values) == 1 else "IN (SELECT value FROM json_each(?))"


def _jsons(values: Sequence[Any]) -> str:
    return json.dumps([bodies.to_json(value) for value in values])


def _table(container: Container) -> str:
    return f'"{container.name}"'


def _path(field: str) -> str:
    return "'$" + "".join(f'."{name}"' for name in field.split(".")) + "'"


def _value(field: str) -> str:
    return f"json_extract(body, {_path(field)})"


def _type(field: str) -> str:
    return f"json_type(body, {_path(field)})"


def _json(field: str) -> str:
    return f"(body -> {_path(field)})"


def _is_number(field: str) -> str:
    return f"{_type(field)} IN ('integer', 'real')"
