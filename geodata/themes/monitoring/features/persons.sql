-- Members whose recorded labour does not fit their age and health, counted by household.
WITH aged AS (
  SELECT
    p.household_code, p.labour, p.health, p.schooling,
    :day.year - EXTRACT(YEAR FROM p.birth_day)
      - CASE WHEN EXTRACT(MONTH FROM p.birth_day) * 100 + EXTRACT(DAY FROM p.birth_day) > :day.in_year
          THEN 1 ELSE 0 END AS age
  FROM person AS p
)
SELECT
  household_code,
  COUNT(CASE WHEN age >= :check.labour.age_over
              AND labour IN ('普通劳动力', '技能劳动力') THEN 1 END) AS old_as_labour,
  COUNT(CASE WHEN age >= :check.labour.age_from AND age < :check.labour.age_over AND health = '健康'
              AND labour = '弱劳动力或半劳动力'
              AND COALESCE(schooling, '非在校生') = '非在校生' THEN 1 END) AS healthy_as_weak
FROM aged
GROUP BY household_code
