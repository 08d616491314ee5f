"""SQL from a theme: it only reads, only known tables, and the same input gives the same output."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlglot import exp

from geodata.errors import ThemeError
from geodata.i18n import nearest
from geodata.policy.policy import split_years
from geodata.rules.binding import names_in, parse
from geodata.rules.feature import FeatureSet

_BOUND = "bound__"
# Functions that every engine has and that read nothing but their arguments: no file, no setting of
# the system, no clock, no chance. A function that is not named here is refused.
_FUNCTIONS: tuple[type[exp.Expr], ...] = (
    exp.Abs,
    exp.And,
    exp.ApproxQuantile,
    exp.Array,
    exp.ArraySize,
    exp.Avg,
    exp.Case,
    exp.Cast,
    exp.Ceil,
    exp.Coalesce,
    exp.Concat,
    exp.ConcatWs,
    exp.Contains,
    exp.Count,
    exp.CountIf,
    exp.DateAdd,
    exp.DateDiff,
    exp.DateSub,
    exp.DateTrunc,
    exp.Day,
    exp.DenseRank,
    exp.EndsWith,
    exp.Exists,
    exp.Exp,
    exp.Extract,
    exp.FirstValue,
    exp.Floor,
    exp.Greatest,
    exp.GroupConcat,
    exp.If,
    exp.Lag,
    exp.LastDay,
    exp.LastValue,
    exp.Lead,
    exp.Least,
    exp.Left,
    exp.Length,
    exp.Ln,
    exp.LogicalAnd,
    exp.LogicalOr,
    exp.Lower,
    exp.Max,
    exp.Median,
    exp.Min,
    exp.Month,
    exp.Nullif,
    exp.Or,
    exp.PercentRank,
    exp.PercentileCont,
    exp.Pow,
    exp.Quantile,
    exp.Rank,
    exp.RegexpLike,
    exp.Replace,
    exp.Right,
    exp.Round,
    exp.RowNumber,
    exp.Sign,
    exp.Split,
    exp.Sqrt,
    exp.StartsWith,
    exp.Stddev,
    exp.StddevPop,
    exp.StddevSamp,
    exp.StrPosition,
    exp.StrToDate,
    exp.Substring,
    exp.Sum,
    exp.TimestampTrunc,
    exp.Trim,
    exp.TryCast,
    exp.TsOrDsToDate,
    exp.Upper,
    exp.Variance,
    exp.Xor,
    exp.Year,
)
_REFUSED = (
    exp.DML,
    exp.DDL,
    exp.Command,
    exp.Into,
    exp.TableSample,
    exp.Placeholder,
    exp.Parameter,
)


def check_query(place: str, sql: str, known: Collection[str]) -> None:
    """Raise ThemeError unless a text is one SELECT over known tables with portable functions."""
    tree = parse(sql)
    if not isinstance(tree, exp.Query) or any(tree.find_all(*_REFUSED)):
        raise ThemeError("themes.sql_no_select", place=place, sql=sql.strip()[:80])
    _check_functions(place, tree)
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        plain = isinstance(table.this, exp.Identifier) and not table.db
        if not plain or table.name not in {*known, *own}:
            named = table.name if plain else table.sql(dialect="duckdb")
            near = nearest(named, known)
            raise ThemeError("themes.sql_table", place=place, table=named, near=near)


def check_expression(place: str, sql: str, columns: Collection[str]) -> None:
    """Raise ThemeError unless a text is one expression over the columns of a feature set."""
    tree = parse(sql)
    if isinstance(tree, exp.Query) or any(tree.find_all(exp.Query, exp.Table, *_REFUSED)):
        raise ThemeError("themes.sql_no_expression", place=place, sql=sql.strip()[:80])
    _check_functions(place, tree)
    for column in tree.find_all(exp.Column):
        name = column.name
        if name not in columns and not name.startswith(_BOUND):
            near = nearest(name, columns)
            raise ThemeError("themes.sql_column", place=place, column=name, near=near)


def check_parameters(place: str, sql: str, known: Collection[str]) -> None:
    """Raise ThemeError for a policy parameter that a text names and nobody defines."""
    for name in names_in(sql):
        if not name.startswith(("month.", "day.")) and split_years(name)[0] not in known:
            raise ThemeError("themes.parameter", place=place, name=name, near=nearest(name, known))


def reading_circle(sets: Mapping[str, FeatureSet]) -> tuple[str, ...]:
    """Return the names of feature sets that read each other in a circle, () when none do."""
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> tuple[str, ...]:
        if name in above:
            return (*above[above.index(name) :], name)
        if name in done or name not in sets:
            return ()
        for read in sorted(sets[name].reads):
            circle = visit(read, (*above, name))
            if circle:
                return circle
        done.add(name)
        return ()

    return next((circle for name in sets if (circle := visit(name, ()))), ())


def _check_functions(place: str, tree: exp.Expr) -> None:
    for function in tree.find_all(exp.Func):
        if type(function) not in _FUNCTIONS:
            name = function.name if isinstance(function, exp.Anonymous) else function.sql_name()
            raise ThemeError("themes.sql_function", place=place, function=name.lower())
