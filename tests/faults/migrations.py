"""Whether a migration only adds, so that the version before goes on meanwhile; by its source."""

import ast
from collections.abc import Iterator

ADDS = {"add_column", "create_table", "create_index", "f"}  # f: a name as it is
# what fills new columns and tables; its words are for whoever reviews it
UNSEEN = {"execute", "get_bind", "bulk_insert"}


def trouble(source: str) -> list[str]:
    """What `upgrade` does that a program of the version before may stumble over."""
    (upgrade,) = (
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name == "upgrade"
    )
    made = {_text(call.args[0]) for name, call in _steps(upgrade) if name == "create_table"}
    return [said for name, call in _steps(upgrade) if (said := _about(name, call, made))]


def _steps(upgrade: ast.FunctionDef) -> Iterator[tuple[str, ast.Call]]:
    """Each `op.name(…)`."""
    for node in ast.walk(upgrade):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of = node.func.value
            if isinstance(of, ast.Name) and of.id == "op":
                yield node.func.attr, node


def _about(name: str, call: ast.Call, made: set[str]) -> str:
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if name not in ADDS | UNSEEN:
        return f"{name} is more than adding"
    if name == "create_index" and _is(given.get("unique"), True):
        table = _text(call.args[1])
        return "" if table in made else f"{table} would take no more what it takes now"
    if name == "add_column":
        return _column(call)
    return ""


def _column(call: ast.Call) -> str:
    """Who does not know a column leaves it out."""
    column = call.args[1]
    assert isinstance(column, ast.Call)
    given = {keyword.arg: keyword.value for keyword in column.keywords}
    may_be_left_out = _is(given.get("nullable"), True) or "server_default" in given
    return "" if may_be_left_out else f"{_text(column.args[0])} cannot be left out"


def _is(node: ast.expr | None, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _text(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ast.unparse(node)
