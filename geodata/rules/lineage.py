"""Which policy parameters the columns of feature sets, and expressions over them, depend on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from geodata.rules.binding import keys_in, parse
from geodata.rules.feature import FeatureSet

Keys = frozenset[str]
# Of each table the parameters that its columns depend on.
Depends = Mapping[str, Mapping[str, Keys]]
_NONE: Keys = frozenset()


def column_parameters(sets: Iterable[FeatureSet]) -> dict[str, dict[str, Keys]]:
    """Return by feature set and column the policy parameters that its values depend on.

    `sets` stand in order, each after what it reads. What selects the rows of a query counts for
    every column of it.
    """
    known: dict[str, dict[str, Keys]] = {}
    for one in sets:
        names = {key.replace(".", "__"): key for key in keys_in(one.sql)}
        tree = parse(one.sql)
        below: dict[int, dict[str, Keys]] = {}
        for scope in traverse_scope(tree):
            below[id(scope.expression)] = _outputs(scope, below, known, names)
        known[one.name] = below[id(tree)]
    return known


def expression_parameters(sql: Iterable[str], columns: Mapping[str, Keys]) -> Keys:
    """Return the parameters that expressions name themselves or through the columns they read."""
    keys: set[str] = set()
    for text in sql:
        keys.update(keys_in(text))
        for column in parse(text).find_all(exp.Column):
            keys |= columns.get(column.name, _NONE)
    return frozenset(keys)


def _outputs(
    scope: Scope,
    below: Mapping[int, Mapping[str, Keys]],
    known: Depends,
    names: Mapping[str, str],
) -> dict[str, Keys]:
    query = scope.expression
    if isinstance(query, exp.SetOperation):
        sides = [below[id(part)] for part in (query.left.unnest(), query.right.unnest())]
        merged = (list(side.values()) for side in sides)
        return {
            name: left | right
            for name, left, right in zip(query.named_selects, *merged, strict=True)
        }
    sources = {
        name: known.get(source.name, {})
        if isinstance(source, exp.Table)
        else below.get(id(source.expression), {})
        for name, source in scope.sources.items()
    }
    of_rows = _NONE
    for join in query.args.get("joins") or ():
        by = _keys(join, sources, names)
        if join.side == "LEFT":
            # No row is left out by it: it decides of what is joined alone.
            added = sources.get(join.this.alias_or_name, {})
            joined = {column: keys | by for column, keys in added.items()}
            sources = {**sources, join.this.alias_or_name: joined}
        else:
            of_rows |= by
    for part in ("where", "group", "having", "qualify"):
        node = query.args.get(part)
        of_rows |= _keys(node, sources, names) if node is not None else _NONE
    outputs: dict[str, Keys] = {}
    for select in query.selects if isinstance(query, exp.Query) else ():
        if select.is_star:
            of = select.table if isinstance(select, exp.Column) else ""
            for name, columns in sources.items():
                if of in ("", name):
                    outputs |= {column: keys | of_rows for column, keys in columns.items()}
        else:
            outputs[select.alias_or_name] = of_rows | _keys(select, sources, names)
    return outputs


def _keys(node: exp.Expr, sources: Depends, names: Mapping[str, str]) -> Keys:
    """Return the parameters in an expression, and those of the columns it reads."""
    keys: set[str] = set()
    for column in node.find_all(exp.Column):
        bound = column.name.removeprefix("bound__")
        if bound != column.name:
            keys.update({names[bound]} if bound in names else ())
            continue
        named = [sources[column.table]] if column.table in sources else sources.values()
        for columns in named:
            keys |= columns.get(column.name, _NONE)
    return frozenset(keys)
