"""Which columns of a SELECT carry what tells who a person is, from the tables it reads."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from geodata.rules.binding import parse

# What comes out of these is an answer about a value and no longer the value: a comparison, a count,
# a length, a part of a day, a difference, a place in an order.
_ANSWERS = (
    exp.Predicate,
    exp.Connector,
    exp.Not,
    exp.Count,
    exp.CountIf,
    exp.Length,
    exp.Extract,
    exp.Year,
    exp.Month,
    exp.DateDiff,
    exp.Add,
    exp.Sub,
    exp.Mul,
    exp.Div,
    exp.RowNumber,
    exp.Rank,
    exp.DenseRank,
    exp.StrPosition,
)
_Carried = Mapping[str, Set[str]]


def identity_columns(sql: str, identity: _Carried) -> frozenset[str]:
    """Return the columns of a SELECT that carry an identity value of the tables it reads.

    `identity` names the identity columns of each table and feature set.
    """
    tree = parse(sql)
    carried: dict[int, frozenset[str]] = {}
    for scope in traverse_scope(tree):
        carried[id(scope.expression)] = _outputs(scope, carried, identity)
    return carried[id(tree)]


def _selected(tree: exp.Expr) -> exp.Selectable:
    """Return a tree as what has selected columns; a query, a table or a function of rows."""
    if not isinstance(tree, exp.Selectable):
        raise TypeError(f"{type(tree).__name__} selects nothing")
    return tree


def _outputs(
    scope: Scope, below: Mapping[int, frozenset[str]], identity: _Carried
) -> frozenset[str]:
    query = scope.expression
    if isinstance(query, exp.SetOperation):
        names = query.named_selects
        return frozenset(
            names[part.named_selects.index(name)]
            for part in map(_selected, (query.left.unnest(), query.right.unnest()))
            for name in below[id(part)]
        )
    sources = {
        name: frozenset(identity.get(source.name, ()))
        if isinstance(source, exp.Table)
        else below.get(id(source.expression), frozenset())
        for name, source in scope.sources.items()
    }
    carried: set[str] = set()
    for select in _selected(query).selects:
        if select.is_star:
            of = select.table if isinstance(select, exp.Column) else ""
            for name, columns in sources.items():
                carried |= columns if of in ("", name) else set()
        elif _carries(select, sources):
            carried.add(select.alias_or_name)
    return frozenset(carried)


def _carries(node: Any, sources: _Carried) -> bool:
    """Return whether the value of an expression is, or holds, one of an identity column."""
    if isinstance(node, exp.Column):
        named = [sources[node.table]] if node.table in sources else sources.values()
        return any(node.name in columns for columns in named)
    if isinstance(node, _ANSWERS):
        return False
    if isinstance(node, exp.Window):
        return _carries(node.this, sources)
    if isinstance(node, exp.If):
        return any(_carries(node.args.get(name), sources) for name in ("true", "false"))
    if isinstance(node, exp.Case):
        parts = (*node.args["ifs"], node.args.get("default"))
        return any(_carries(part, sources) for part in parts)
    return isinstance(node, exp.Expr) and any(
        _carries(part, sources) for part in node.iter_expressions()
    )
