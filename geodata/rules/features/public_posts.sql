-- The public posts a household holds in the month: how many, who, since when, how old.
SELECT
  q.household_code,
  COUNT(*) AS posts,
  COUNT(DISTINCT q.person_code) AS holders,
  MAX(:month.number - (CAST(SUBSTRING(q.start_month, 1, 4) AS INT) * 12
    + CAST(SUBSTRING(q.start_month, 6, 2) AS INT))) AS longest_months,
  MAX(:day.year - EXTRACT(YEAR FROM p.birth_day)
    - CASE WHEN EXTRACT(MONTH FROM p.birth_day) * 100 + EXTRACT(DAY FROM p.birth_day) > :day.in_year
        THEN 1 ELSE 0 END) AS oldest,
  MAX(CAST(SUBSTRING(q.start_month, 1, 4) AS INT) - EXTRACT(YEAR FROM p.birth_day)
    - CASE WHEN EXTRACT(MONTH FROM p.birth_day) > CAST(SUBSTRING(q.start_month, 6, 2) AS INT)
        THEN 1 ELSE 0 END) AS oldest_at_start
FROM public_post AS q
LEFT JOIN person AS p ON p.household_code = q.household_code AND p.person_code = q.person_code
WHERE q.start_month <= :month.now AND (q.end_month IS NULL OR q.end_month >= :month.now)
GROUP BY q.household_code
