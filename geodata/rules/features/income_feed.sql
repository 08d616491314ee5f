-- How many of the twelve months, and of the twelve before, a household's account came in for. A
-- month without a single row of the household is a missing account, not a month without income: one
-- without income is reported as zero. A row of an unknown item or without an amount hides income.
WITH reported AS (
  SELECT
    l.household_code,
    l.month,
    COUNT(CASE WHEN i.code IS NULL OR l.amount IS NULL THEN 1 END) AS unreadable,
    COUNT(CASE WHEN i.part <> 'expense' AND l.amount > 0 THEN 1 END) AS incomes
  FROM ledger AS l
  LEFT JOIN income_item AS i ON i.code = l.item
  WHERE l.month > :month.minus_24 AND l.month <= :month.now
  GROUP BY l.household_code, l.month
)
SELECT
  household_code,
  COUNT(CASE WHEN month > :month.minus_12 THEN 1 END) AS months,
  COUNT(CASE WHEN month <= :month.minus_12 THEN 1 END) AS months_before,
  COALESCE(SUM(CASE WHEN month > :month.minus_12 THEN unreadable END), 0) AS unreadable,
  COALESCE(SUM(CASE WHEN month <= :month.minus_12 THEN unreadable END), 0) AS unreadable_before,
  -- Months with any income among the latest, as many as an income must be steady for.
  COUNT(CASE WHEN incomes > 0
    AND :month.number - (CAST(SUBSTRING(month, 1, 4) AS INT) * 12 + CAST(SUBSTRING(month, 6, 2) AS INT))
      < :monitor.clear.min_income_stable_months THEN 1 END) AS steady_months
FROM reported
GROUP BY household_code
