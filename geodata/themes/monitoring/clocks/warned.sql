-- Households with a warning about income or spending, since the month that first told it, and no visit since.
WITH warned AS (
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
SELECT w.subject AS id, w.place_code, w.subject AS household_code, w.day AS begun_day, w.rule AS about
FROM warned AS w
LEFT JOIN seen AS s ON s.household_code = w.subject
WHERE s.day IS NULL OR s.day <= w.day
