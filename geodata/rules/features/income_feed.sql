-- How many of the twelve months, and of the twelve before, a village's accounts came in for.
-- A month without a single account of the village is a missing feed, not a month without income.
WITH reported AS (
  SELECT DISTINCT place_code, month
  FROM ledger
  WHERE month > :month.minus_24 AND month <= :month.now
)
SELECT
  place_code,
  COUNT(CASE WHEN month > :month.minus_12 THEN 1 END) AS months,
  COUNT(CASE WHEN month <= :month.minus_12 THEN 1 END) AS months_before
FROM reported
GROUP BY place_code
