-- What the visits of the month wrote down, and the last answer of the year about satisfaction.
-- A county whose forms never carry a judgement says nothing about blank ones.
WITH sheets AS (
  SELECT
    household_code, members_seen, water_problem, house_problem, judgement,
    ROW_NUMBER() OVER (PARTITION BY household_code ORDER BY day DESC, minutes DESC, visitor) AS place_from_last
  FROM visit
  WHERE SUBSTRING(CAST(day AS VARCHAR), 1, 7) = :month.now
),
told AS (
  SELECT COUNT(judgement) AS judgements
  FROM visit
  WHERE day > :day.minus_365 AND day <= :day.now
),
counted AS (
  SELECT
    household_code,
    COUNT(*) AS sheets,
    COUNT(CASE WHEN judgement IS NULL THEN 1 END) AS blanks,
    MAX(CASE WHEN place_from_last = 1 THEN members_seen END) AS members_seen,
    MAX(CASE WHEN place_from_last = 1 THEN CASE WHEN water_problem THEN 1 WHEN water_problem = FALSE THEN 0 END END)
      AS water_seen,
    MAX(CASE WHEN place_from_last = 1 THEN CASE WHEN house_problem THEN 1 WHEN house_problem = FALSE THEN 0 END END)
      AS house_seen
  FROM sheets
  GROUP BY household_code
),
asked AS (
  SELECT
    household_code, day, satisfied, dissatisfied_with,
    ROW_NUMBER() OVER (PARTITION BY household_code ORDER BY day DESC, visitor) AS place_from_last
  FROM visit
  WHERE satisfied IS NOT NULL AND day > :day.minus_365 AND day <= :day.now
)
SELECT
  h.household_code,
  CASE WHEN c.sheets > 0 THEN c.sheets WHEN y.days > 0 THEN 0 END AS sheets,
  CASE WHEN t.judgements > 0 THEN c.blanks END AS blank_sheets,
  c.members_seen,
  c.water_seen = 1 AS water_seen,
  c.house_seen = 1 AS house_seen,
  CASE WHEN a.satisfied IS NOT NULL THEN TRUE WHEN y.days >= 365 THEN FALSE END AS asked_lately,
  -- A later answer may stand in a month that did not come.
  CASE WHEN DATEDIFF('day', a.day, :day.now) < y.days THEN a.satisfied END AS satisfied,
  a.dissatisfied_with
FROM household AS h
CROSS JOIN told AS t
LEFT JOIN coverage AS y ON y.table_name = 'visit'
LEFT JOIN counted AS c ON c.household_code = h.household_code
LEFT JOIN asked AS a ON a.household_code = h.household_code AND a.place_from_last = 1
