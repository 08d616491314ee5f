-- One row for each elder: whether in special need, and the visits of a year. No name comes along.
WITH visits AS (
  SELECT household_code, elder_code, MAX(day) AS last_day,
    COUNT(CASE WHEN day > :day.minus_31 THEN 1 END) AS recent
  FROM care_visit
  WHERE service = 'visit' AND day <= :day.now
  GROUP BY household_code, elder_code
)
SELECT
  e.household_code, e.elder_code, e.ability, e.alone, e.allowance, e.station_code,
  CASE WHEN e.alone OR e.ability IN ('moderate', 'severe', 'complete') THEN TRUE
       WHEN e.alone IS NULL OR e.ability IS NULL THEN NULL ELSE FALSE END AS special,
  COALESCE(v.recent, 0) AS recent, v.last_day
FROM elder AS e
LEFT JOIN visits AS v ON v.household_code = e.household_code AND v.elder_code = e.elder_code
