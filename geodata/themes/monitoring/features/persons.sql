-- Members whose recorded labour does not fit their age and health, and those without a kind of medical
-- protection, counted by household.
WITH aged AS (
  SELECT
    p.household_code, p.labour, p.health, p.schooling, p.supplementary_insurance, p.medical_aid, p.medical_backstop,
    COALESCE(DATEDIFF('day', p.birth_day, :day.now) <= :insurance.newborn_days, FALSE) AS newborn,
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
              AND COALESCE(schooling, '非在校生') = '非在校生' THEN 1 END) AS healthy_as_weak,
  COUNT(CASE WHEN supplementary_insurance = FALSE AND NOT newborn THEN 1 END) AS supplementary_uninsured,
  COUNT(CASE WHEN supplementary_insurance IS NULL AND NOT newborn THEN 1 END) AS supplementary_unknown,
  COUNT(CASE WHEN health LIKE '%大病%' THEN 1 END) AS seriously_ill,
  COUNT(CASE WHEN health LIKE '%大病%' AND medical_aid = FALSE THEN 1 END) AS ill_without_aid,
  COUNT(CASE WHEN health LIKE '%大病%' AND medical_aid IS NULL THEN 1 END) AS aid_unknown,
  COUNT(CASE WHEN health LIKE '%大病%' AND medical_backstop = FALSE THEN 1 END) AS ill_without_backstop,
  COUNT(CASE WHEN health LIKE '%大病%' AND medical_backstop IS NULL THEN 1 END) AS backstop_unknown
FROM aged
GROUP BY household_code
