"""Finds code that writes a stock or money column of another package. It reads the code; it runs nothing.

A write is: a write call of a manager or queryset with such a column (as keyword, in a dictionary, in a list of fields),
an assignment to such an attribute, `setattr`, saving or deleting a row reached through a relation, SQL of such a table,
and an import of the models themselves. What a package calls the same in a model of its own (`total_fen` of a request)
is no such write where the code says whose it is: by the model's name, an annotation, or a call that returns one.
"""

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

WRITES = {"update", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "aupdate", "acreate"}
SAVES = {"save", "delete", "asave", "adelete", "save_base"}
MANAGERS = (["objects"], ["_default_manager"])
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class World:
    """Names to look for: columns and tables that nobody else writes, what is a package's own, relations out of it.

    `own` maps the package's models to their columns; `returns` maps functions to the own model that they return.
    """

    columns: Collection[str]
    tables: Collection[str]
    modules: Collection[str]
    own: Mapping[str, Collection[str]] = field(default_factory=dict)
    relations: Collection[str] = ()
    returns: Mapping[str, str] = field(default_factory=dict)

    @property
    def sql(self) -> re.Pattern[str]:
        """What a statement that writes one of the tables looks like."""
        tables = "|".join(sorted(map(re.escape, self.tables)))
        return re.compile(rf"\b(?:insert\s+into|update|delete\s+from|truncate)\s+[\"`]?(?:{tables})\b", re.IGNORECASE)


def returned_models(tree: ast.AST, own: Collection[str]) -> dict[str, str]:
    """Return the functions of a file that say they return an own model."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, Function) and (name := _annotated(node.returns, own)):
            found[node.name] = name
    return found


def guilty_writes(source: str, world: World) -> list[str]:
    """Return "line: what" for each write of somebody else's stock or money in a file."""
    tree = ast.parse(source)
    found = [*_imports(tree, world), *_statements(tree, world)]
    functions = [node for node in ast.walk(tree) if isinstance(node, Function)]
    for scope in (tree, *functions):
        found += _in_scope(scope, world)
    return [f"{line}: {what}" for line, what in sorted(set(found))]


def _imports(tree: ast.AST, world: World) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            if any(name == module or name.startswith(f"{module}.") for module in world.modules):
                yield node.lineno, f"imports {name}"
                break


def _statements(tree: ast.AST, world: World) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and (found := world.sql.search(node.value)):
            yield node.lineno, f"SQL {found.group()}"


def _own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """Walk a scope without the functions inside it: they are scopes of their own."""
    stack = list(ast.iter_child_nodes(scope))
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, Function):
            stack += ast.iter_child_nodes(node)


def _in_scope(scope: ast.AST, world: World) -> Iterator[tuple[int, str]]:
    types = _types(scope, world)
    dicts = _dictionaries(scope)
    for node in _own_nodes(scope):
        if isinstance(node, ast.Call):
            yield from _call(node, world, types, dicts)
        for target in _targets(node):
            if isinstance(target, ast.Attribute) and target.attr in world.columns:
                owner = types.get(target.value.id, "") if isinstance(target.value, ast.Name) else ""
                if target.attr not in world.own.get(owner, ()):
                    yield target.lineno, f"assigns {ast.unparse(target)}"


def _call(
    node: ast.Call, world: World, types: Mapping[str, str], dicts: Mapping[str, set[str]]
) -> Iterator[tuple[int, str]]:
    if isinstance(node.func, ast.Name) and node.func.id == "setattr" and len(node.args) == 3:
        name = node.args[1]
        if not isinstance(name, ast.Constant) or name.value in world.columns:
            yield node.lineno, f"sets {ast.unparse(name)}"
    if not isinstance(node.func, ast.Attribute):
        return
    if node.func.attr in SAVES and _last(node.func.value) in world.relations:
        yield node.lineno, f"{node.func.attr}s {ast.unparse(node.func.value)}"
    if node.func.attr in WRITES:
        mine = world.own.get(_model_of(node.func.value, world), ())
        for column in sorted(_columns(node, dicts) & set(world.columns) - set(mine)):
            yield node.lineno, f"{node.func.attr}s {column} through {ast.unparse(node.func.value)[:60]}"


def _columns(node: ast.Call, dicts: Mapping[str, set[str]]) -> set[str]:
    """Return the columns that a write call names: keywords, keys of dictionaries, items of lists of fields."""
    found = set()
    for keyword in node.keywords:
        if keyword.arg is not None:
            found.add(keyword.arg)
        elif isinstance(keyword.value, ast.Name):
            found |= dicts.get(keyword.value.id, set())
        if isinstance(keyword.value, ast.Name):
            found |= dicts.get(keyword.value.id, set())
        found |= _strings(keyword.value)
    for argument in node.args[1:]:
        found |= _strings(argument)
    return {name.partition("__")[0] if name.endswith("__in") else name for name in found}


def _strings(node: ast.AST) -> set[str]:
    """Return the keys of a dictionary's display, or the strings of a list's."""
    if isinstance(node, ast.Dict):
        return {key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return {item.value for item in node.elts if isinstance(item, ast.Constant) and isinstance(item.value, str)}
    return set()


def _dictionaries(scope: ast.AST) -> dict[str, set[str]]:
    """Return the keys put into each name of a scope that is given to calls with two stars."""
    found: dict[str, set[str]] = {}
    for node in _own_nodes(scope):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            for target in _targets(node):
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, set()).update(_strings(node.value))
                elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
                    found.setdefault(target.value.id, set()).update(_strings(ast.Tuple([target.slice])))
    return found


def _targets(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.Assign):
        found: list[ast.AST] = []
        for target in node.targets:
            found += target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
        return found
    return [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign | ast.For) else []


def _types(scope: ast.AST, world: World) -> dict[str, str]:
    """Return which names of a scope are rows of which own model."""
    found: dict[str, str] = {}
    if isinstance(scope, Function):
        for argument in (*scope.args.args, *scope.args.kwonlyargs, *scope.args.posonlyargs):
            if name := _annotated(argument.annotation, world.own):
                found[argument.arg] = name
    for node in _own_nodes(scope):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] = _annotated(node.annotation, world.own)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Tuple) and target.elts:
                target = target.elts[0]  # `row, made = Model.objects.get_or_create(…)`
            if isinstance(target, ast.Name) and (model := _made(node.value, world)):
                found[target.id] = model
        elif isinstance(node, ast.For) and isinstance(node.target, ast.Name) and (model := _made(node.iter, world)):
            found[node.target.id] = model
    return found


def _made(node: ast.AST, world: World) -> str:
    """Return the own model of what an expression gives: `Model(…)`, `Model.objects…`, a function that returns one."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id if node.func.id in world.own else world.returns.get(node.func.id, "")
    return _model_of(node, world)


def _model_of(node: ast.AST, world: World) -> str:
    """Return the own model that a chain `Model.objects.filter(…)…` is of; "" once it goes on through a relation."""
    plain: list[str] = []
    called = False
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        if isinstance(node, ast.Attribute) and not called:
            plain.append(node.attr)
        called = isinstance(node, ast.Call)
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) and node.id in world.own and plain in MANAGERS else ""


def _annotated(node: ast.AST | None, own: Collection[str]) -> str:
    if node is None:
        return ""
    text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ast.unparse(node)
    names = re.findall(r"\w+", text)
    return next((name for name in names if name in own), "")


def _last(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else ""
