-- Households with a warning about income or spending. The time runs, as in the rule, from the last visit;
-- of one without a visit since, from the month that first told the warning.
WITH told AS (
  SELECT subject, place_code, MIN(day) AS day, MIN(rule) AS rule
  FROM found_since
  WHERE subject_kind = 'household' AND rule IN ('income_fell', 'rigid_exceeds_last_income', 'adjusted_below_line')
  GROUP BY subject, place_code
),
seen AS (
  SELECT household_code, MAX(day) AS day
  FROM visit
  WHERE day <= :day.now
  GROUP BY household_code
)
SELECT
  t.subject AS id, t.place_code, t.subject AS household_code,
  CASE WHEN s.day > t.day THEN s.day ELSE t.day END AS begun_day,
  t.rule AS about
FROM told AS t
JOIN monitoring_household AS h ON h.household_code = t.subject AND h.warned
LEFT JOIN seen AS s ON s.household_code = t.subject
