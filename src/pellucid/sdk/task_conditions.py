"""What a query of tasks asks for, checked (seed, Querying Tasks, Tag Filters; protocol §2.0)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

from pellucid.base.errors import UsageError
from pellucid.wire import tasks

Conditions: TypeAlias = dict[str, Any]
"""The body of a ``tasks.get_all``."""

ARCHIVED: Final = "archived"
"""System tag of tasks that were put away."""

_OPERATORS: Final = ("__$not", "__$and", "__$or", "__$all", "__$any", "__$nop")
_NOT: Final = "__$not"
_PREFIX: Final = "__$"

_KEYS: Final = frozenset(tasks.GetAll.__struct_encode_fields__) - {"by_path"}

_SEARCHED: Final = ("name", "comment", "id")
"""Where ``search_text`` looks."""


def conditions_of(tags: object, task_filter: object, *, allow_archived: bool = True) -> Conditions:
    """The conditions that ``get_task``, ``get_tasks`` and ``query_tasks`` have in common.

    Args:
        tags: as for ``tags_condition``.
        task_filter: fields of the protocol's ``tasks.get_all``; its tags come behind the other ones.
        allow_archived: whether archived tasks are looked for.

    Raises:
        UsageError: an argument can't be used.
    """
    if task_filter is not None and not (
        isinstance(task_filter, Mapping) and all(isinstance(key, str) for key in task_filter)
    ):
        raise UsageError(f"task_filter is {task_filter!r}; allowed is a dictionary such as {{'status': ['completed']}}")
    for key in task_filter or {}:
        _check_key(key)
    conditions = {key: value for key, value in (task_filter or {}).items() if value is not None}
    wanted = [*tags_condition("tags", tags), *tags_condition("task_filter['tags']", conditions.get("tags"))]
    if wanted:
        conditions["tags"] = wanted
    if not allow_archived:
        conditions["system_tags"] = [f"-{ARCHIVED}", *as_list(conditions.get("system_tags"))]
    text = conditions.pop("search_text", None)
    if text is not None:
        _search(conditions, text)
    return conditions


def tags_condition(argument: str, value: object) -> list[str | None]:
    """A query of tags: tags, tags to be absent with ``-`` in front, operators such as ``__$and``.

    An operator that has grown together with the tag behind it, for want of a comma, is taken for both (sdk-surface C5).

    Raises:
        UsageError: it is no list of texts, or has an unknown operator, or none of its operators has a tag.
    """
    if value is None:
        return []
    if isinstance(value, str):
        value = [value]
    elements = list(value) if isinstance(value, Iterable) else [value]
    parsed: list[str | None] = []
    for element in elements:
        if element is not None and (not isinstance(element, str) or not element):
            raise UsageError(f"{argument} is {value!r}; allowed is a list of texts, such as ['baseline', '-failed']")
        parsed += [element] if element is None or not element.startswith(_PREFIX) else _operator(argument, element)
    if parsed and all(element in _OPERATORS for element in parsed):
        raise UsageError(f"{argument} is {value!r}, which names no tag")
    return parsed


def _check_key(key: str) -> None:
    """Servers pass over keys that they do not know, and would find everything in place of what is meant."""
    section, dot, _ = key.partition(".")
    if key not in _KEYS and not (dot and section in tasks.Task.__struct_fields__):
        raise UsageError(
            f"task_filter has {key!r}; allowed are {', '.join(sorted(_KEYS))}, and paths into a task, such as "
            "'execution.queue'"
        )


def _operator(argument: str, element: str) -> list[str | None]:
    if element in _OPERATORS:
        return [element]
    if element.startswith(_NOT):
        return [_NOT, element.removeprefix(_NOT)]
    raise UsageError(f"{argument} has the operator {element!r}; allowed are {', '.join(map(repr, _OPERATORS))}")


def _search(conditions: Conditions, text: object) -> None:
    """A regular expression in any of a task's texts (seed, Querying Tasks); the protocol's own search takes it
    literally."""
    if not isinstance(text, str):
        raise UsageError(f"task_filter['search_text'] is {text!r}; allowed is a regular expression")
    key = "_or_" if "_any_" in conditions else "_any_"
    conditions[key] = {"fields": list(_SEARCHED), "pattern": text}


def as_list(value: Any) -> list[Any]:
    """A list filter; a text stands for a list of one."""
    return [] if value is None else [value] if isinstance(value, str) else list(value)
