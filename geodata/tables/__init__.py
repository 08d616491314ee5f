"""What a row is: the tables of a county, their columns, enumerations and items of income.

Tables and keys (``tables()`` and ``table(name)``). Those that several themes or the core read have
their columns in ``definitions/NAME.yaml``; what one theme alone reads lies in its ``tables/``: water
works, zones, samples, outages and equipment, problems, tasks and progress, projects.

==============  ======  =====================================================================
table           month   key
==============  ======  =====================================================================
place           state   place_code (6, 9 or 12 digits)
village         state   place_code (12 digits): people, facilities, collective economy
household       state   household_code; place_code is its village, site_code its relocation
                        site, origin_place_code where it came from, zone_code its water
person          state   household_code, person_code
work            state   household_code, person_code, status (已外出务工 or 计划外出务工)
ledger          events  household_code, month, item (codes of ``income_items()``)
measure         state   household_code, kind, detail, start_month
public_post     state   household_code, person_code, item, start_month
workshop        state   workshop_code
site            state   site_code
works           state   works_code
supply_zone     state   zone_code, place_code (one row for each village of a zone)
water_sample    events  sample_code, item
outage          events  works_code, zone_code, start_day
equipment       state   equipment_code
visit           events  household_code, day, visitor
responsibility  state   place_code, household_code (empty for a place), role, name
project         state   project_code; place_code is the village it is for
problem         events  problem_code; lasting, place_code is its village
task            events  problem_code, task_code; lasting
progress        events  problem_code, task_code (empty for the problem), day, kind; lasting
==============  ======  =====================================================================

The month of a state table holds the whole list as it stands at the end of the month. The month of
an events table holds what was reported then; what is known in a month is all months up to it, and
for one key the latest report counts; features look back two years, on lasting events without end.
Tables about a household carry its village as place_code.

Stored values: money BIGINT in fen, counts BIGINT, numbers DOUBLE, flags BOOLEAN (NULL is unknown),
months VARCHAR YYYY-MM, days DATE, everything else VARCHAR. A choice is stored as the value of its
enumeration: the published Chinese word (relation 户主, labour 普通劳动力, risk 因病) or, where an
entry has a `value`, that key (measure_kind housing, works_kind small, water_item fluoride). A
value that no list knows is kept as it was written and reported. Choices (person.health) are
joined by "," in the order of the list. Flags phrased as problems keep their meaning:
water_problem, house_problem, dangerous_house are bad when true, water_solved is good when true.
"""

from geodata.tables.columns import IDENTIFYING, PRIVACY, STORED_AS, Column, Table
from geodata.tables.enumerations import (
    Choice,
    Enumeration,
    IncomeItem,
    enumerations,
    income_items,
    read_enumerations,
)
from geodata.tables.table_files import enumeration, read_definition, table, tables

__all__ = [
    "IDENTIFYING",
    "PRIVACY",
    "STORED_AS",
    "Choice",
    "Column",
    "Enumeration",
    "IncomeItem",
    "Table",
    "enumeration",
    "enumerations",
    "income_items",
    "read_definition",
    "read_enumerations",
    "table",
    "tables",
]
