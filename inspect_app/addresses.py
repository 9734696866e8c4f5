"""Addresses of the page one is on, with another filter, order or place in the list."""

from urllib.parse import urlencode

from flask import request

PLACES = ("after", "before")


def here(**changes: object) -> str:
    """This page's path and query with `changes` put in; None takes a parameter out.

    Unless it is itself changed, the place in a list (`after`, `before`) is dropped: a new order or filter begins at the
    first page. Example: `here(sort="-due")`, `here(status=None)`, `here(after=next_key)`.
    """
    kept = {name: values for name, values in request.args.lists() if name not in PLACES}
    kept.update({name: _as_list(value) for name, value in changes.items()})
    pairs = [(name, value) for name, values in kept.items() for value in values if value != ""]
    path = request.script_root + request.path
    return f"{path}?{urlencode(pairs)}" if pairs else path


def _as_list(value: object) -> list[object]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
