"""Which small changes of a module tools/mutants.py makes, and how."""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
RECKONED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
}
NAMED = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}
KEPT = {"replace", "_stand", "with_round", "_with"}
"""Calls whose keywords may be left out."""


@dataclass(frozen=True)
class Site:
    """One change: where it is, and what becomes of it."""

    module: str
    function: str
    """Empty for a table of the module."""
    name: str
    """Of the function, with its class, or of the table."""
    first: int
    last: int
    place: int
    """Which of the module's nodes, in the order of `walk`."""
    which: int
    """Which of the changes of that node."""
    words: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}: {self.words}"


def sites(module: str, source: str) -> Iterator[Site]:
    """Every change of a module; of those that read alike the later ones are numbered."""
    seen: Counter[str] = Counter()
    for place, (function, name, node) in enumerate(_nodes(ast.parse(source))):
        for which, new in enumerate(_changes(node)):
            first, last = node.lineno, node.end_lineno or node.lineno
            if isinstance(node, ast.If | ast.While):
                first, last = node.test.lineno, node.test.end_lineno or node.test.lineno
            words = f"{_shown(node)} -> {_shown(new)}"
            seen[f"{name} {words}"] += 1
            if (count := seen[f"{name} {words}"]) > 1:
                words += f" ({count})"
            yield Site(module, function, name, first, last, place, which, words)


def changed(tree: ast.Module, site: Site) -> ast.Module:
    """The module with that change."""
    _, _, node = list(_nodes(tree))[site.place]
    new = list(_changes(node))[site.which]
    _Put(node, new).visit(tree)
    return ast.fix_missing_locations(tree)


class _Put(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        if node is self.old:
            return ast.copy_location(self.new, node)
        self.generic_visit(node)
        return node


Node = ast.expr | ast.stmt


def _nodes(tree: ast.Module) -> Iterator[tuple[str, str, Node]]:
    """What may be changed: the bodies of functions and the values of tables."""
    for top in tree.body:
        if isinstance(top, ast.FunctionDef):
            yield from _body(top, top.name)
        elif isinstance(top, ast.ClassDef):
            for inner in top.body:
                if isinstance(inner, ast.FunctionDef):
                    yield from _body(inner, f"{top.name}.{inner.name}")
        elif isinstance(top, ast.Assign | ast.AnnAssign) and top.value is not None:
            target = top.targets[0] if isinstance(top, ast.Assign) else top.target
            if isinstance(target, ast.Name) and not _is_type(top.value):
                yield from (("", target.id, node) for node in _within(top.value))


def _is_type(value: ast.expr) -> bool:
    """Whether it is the name of a type, made of others."""
    union = isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr)
    variable = isinstance(value, ast.Call) and ast.unparse(value.func) == "TypeVar"
    return isinstance(value, ast.Subscript) or union or variable


def _body(function: ast.FunctionDef, name: str) -> Iterator[tuple[str, str, Node]]:
    for statement in function.body:
        yield from ((name, name, node) for node in _within(statement))


def _within(node: ast.AST) -> Iterator[Node]:
    """A node and what it is made of; not assertions, sentences, docstrings, types and defaults."""
    if isinstance(node, ast.Assert | ast.JoinedStr | ast.arguments | ast.Raise | ast.Import):
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.expr | ast.stmt):
        yield node
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "ctx"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _within(child)


def _changes(node: Node) -> Iterator[Node]:
    if isinstance(node, ast.stmt):
        yield from _of_statement(node)
        return
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for kind in COMPARED[type(node.ops[0])]:
            yield ast.Compare(node.left, [kind()], node.comparators)
    elif isinstance(node, ast.Compare):
        for i, op in enumerate(node.ops):
            for kind in COMPARED[type(op)]:
                ops = [*node.ops[:i], kind(), *node.ops[i + 1 :]]
                yield ast.Compare(node.left, ops, node.comparators)
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield ast.BoolOp(other, node.values)
        for i in range(len(node.values)):
            rest = node.values[:i] + node.values[i + 1 :]
            yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.BinOp) and type(node.op) in RECKONED:
        yield ast.BinOp(node.left, RECKONED[type(node.op)](), node.right)
    elif isinstance(node, ast.Constant):
        yield from _of_constant(node)
    elif isinstance(node, ast.IfExp):
        yield node.body
        yield node.orelse
    elif isinstance(node, ast.Call):
        yield from _of_call(node)
    elif isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
        for i, loop in enumerate(node.generators):
            for j in range(len(loop.ifs)):
                new = copy.copy(node)
                new.generators = list(node.generators)
                new.generators[i] = copy.copy(loop)
                new.generators[i].ifs = loop.ifs[:j] + loop.ifs[j + 1 :]
                yield new
    elif (
        isinstance(node, ast.Set | ast.Tuple | ast.List)
        and isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        and len(node.elts) > 1
    ):
        for i in range(len(node.elts)):
            new = copy.copy(node)
            new.elts = node.elts[:i] + node.elts[i + 1 :]
            yield new


def _of_constant(node: ast.Constant) -> Iterator[Node]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
        if value > 1:
            yield ast.Constant(value - 1)
    elif isinstance(value, str) and value and not value.endswith("."):
        yield ast.Constant(f"{value}~")


def _of_call(node: ast.Call) -> Iterator[Node]:
    if isinstance(node.func, ast.Name) and node.func.id in NAMED:
        name = NAMED[node.func.id]
        words = node.keywords if name != "list" else []
        yield ast.Call(ast.Name(name, ast.Load()), node.args, words)
    if isinstance(node.func, ast.Name) and node.func.id in KEPT:
        for i in range(len(node.keywords)):
            rest = node.keywords[:i] + node.keywords[i + 1 :]
            yield ast.Call(node.func, node.args, rest)


def _of_statement(node: ast.stmt) -> Iterator[Node]:
    if isinstance(node, ast.If | ast.While):
        # A comparison is turned round on its own.
        never = copy.copy(node)
        never.test = ast.Constant(False)
        yield never
        if isinstance(node, ast.If):
            always = copy.copy(node)
            always.test = ast.Constant(True)
            yield always
    elif isinstance(node, ast.Expr):
        yield ast.Pass()
    elif isinstance(node, ast.AugAssign):
        yield ast.Pass()
        if type(node.op) in RECKONED:
            yield ast.AugAssign(node.target, RECKONED[type(node.op)](), node.value)
    elif isinstance(node, ast.Continue | ast.Break):
        yield ast.Pass()
    elif isinstance(node, ast.Return) and node.value is not None:
        # A function that says no in another way says no.
        no = isinstance(node.value, ast.Constant) and node.value.value in (None, False)
        if not no:
            yield ast.Return(ast.Constant(None))


def _shown(node: Node) -> str:
    if isinstance(node, ast.If | ast.While):
        word = "if" if isinstance(node, ast.If) else "while"
        return f"{word} {ast.unparse(node.test)}"
    return " ".join(ast.unparse(node).split())
