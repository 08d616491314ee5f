-- Monitored households without a measure of this episode; of the day only the month is known, so that
-- the time runs from its end.
SELECT
  m.household_code AS id,
  m.place_code,
  m.household_code,
  LAST_DAY(CAST(CONCAT(h.identified_month, '-01') AS DATE)) AS begun_day
FROM monitoring_household AS m
JOIN household AS h ON h.household_code = m.household_code
WHERE m.monitored_now AND m.measures_begun = 0 AND h.identified_month IS NOT NULL
