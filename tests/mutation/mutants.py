"""Small faults put into the source of a module, one at a time."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

_OTHER: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
# Rules and figures are SQL made of texts.
_OTHER_WORD = {" AND ": " OR ", " OR ": " AND ", "NOT (": "(", " >= ": " > ", " <= ": " < "}
_SQL = re.compile("|".join(re.escape(word) for word in _OTHER_WORD))
# What says how a class is printed, what a type is, or that two lists are as long decides nothing.
_LEFT_OUT = ("annotation", "returns", "decorator_list", "type_params")
_OF_PRINTING = ("repr", "compare", "init", "strict")


@dataclass(frozen=True)
class Mutant:
    """One fault: in which function and line, what stood there, what stands there, the source.

    `number` tells equal faults of one function apart.
    """

    where: str
    line: int
    before: str
    after: str
    number: int
    source: str = field(repr=False)

    @property
    def name(self) -> str:
        """Return the fault as one line without its line number."""
        repeated = f" ({self.number})" if self.number > 1 else ""
        return f"{self.where}: {self.before} -> {self.after}{repeated}"


@dataclass(frozen=True)
class _Site:
    """A node of the tree and where it hangs."""

    parent: ast.AST
    name: str
    at: int | None
    node: ast.AST
    where: str

    def put(self, node: ast.AST) -> None:
        if self.at is None:
            setattr(self.parent, self.name, node)
        else:
            getattr(self.parent, self.name)[self.at] = node


def mutants_of(source: str) -> list[Mutant]:
    """Return every mutant of a module, in the order of its lines."""
    tree, made = ast.parse(source), []
    seen: Counter[tuple[str, ...]] = Counter()
    for site in list(_sites(tree, "")):
        for other in _others(site.node):
            site.put(other)
            shown = [ast.unparse(one).split("\n")[0] for one in (site.node, other)]
            seen[site.where, *shown] += 1
            number = seen[site.where, *shown]
            made.append(Mutant(site.where, site.node.lineno, *shown, number, ast.unparse(tree)))
            site.put(site.node)
    return sorted(made, key=lambda mutant: mutant.line)


def _sites(node: ast.AST, where: str) -> Iterator[_Site]:
    """Return every node that can be exchanged, with the names of what it stands in."""
    for name, value in ast.iter_fields(node):
        if name in _LEFT_OUT:
            continue
        for at, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or _decides_nothing(child):
                continue
            inner = where
            if isinstance(child, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
                inner = f"{where}.{child.name}".lstrip(".")
            if hasattr(child, "lineno"):
                yield _Site(node, name, at, child, inner)
            yield from _sites(child, inner)


def _decides_nothing(node: ast.AST) -> bool:
    if isinstance(node, ast.keyword):
        return node.arg in _OF_PRINTING
    if isinstance(node, ast.Expr):  # a docstring
        return isinstance(node.value, ast.Constant)
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _others(node: ast.AST) -> Iterator[ast.AST]:
    """Return what may stand in the place of a node; every one of them compiles."""
    match node:
        case ast.Compare(left, ops, comparators):
            for at, op in enumerate(ops):
                changed = [*ops[:at], _OTHER[type(op)](), *ops[at + 1 :]]
                yield ast.Compare(left, changed, comparators)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(_OTHER[type(op)](), values)
        case ast.UnaryOp(ast.Not() | ast.USub() | ast.Invert(), operand):
            yield operand
        case ast.BinOp(left, op, right) if type(op) in _OTHER:
            yield ast.BinOp(left, _OTHER[type(op)](), right)
        case ast.Constant(bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(int(value) | float(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(str(value)):
            changed = _SQL.sub(lambda word: _OTHER_WORD[word[0]], value, count=1)
            if changed != value:
                yield ast.Constant(changed)
        case ast.Return(value) if value is not None and ast.unparse(value) != "None":
            yield ast.Return(ast.Constant(None))
        case ast.If(test, body, orelse) if isinstance(test, (ast.Name, ast.Call, ast.Attribute)):
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.IfExp(test, body, orelse):
            yield ast.IfExp(test, orelse, body)
