-- Who lives in each household: labour, schooling, insurance, illness and work. Unknown is counted
-- apart, so that nobody is taken for healthy, insured or at school because a cell is empty.
WITH aged AS (
  SELECT
    p.*,
    :day.year - EXTRACT(YEAR FROM p.birth_day)
      - CASE WHEN EXTRACT(MONTH FROM p.birth_day) * 100 + EXTRACT(DAY FROM p.birth_day) > :day.in_year
          THEN 1 ELSE 0 END AS age,
    -- "凡年满六周岁的儿童": from the school year that begins after the birthday, not from the day.
    :day.year - CASE WHEN :day.in_year < :education.entry_month * 100 THEN 1 ELSE 0 END
      - EXTRACT(YEAR FROM p.birth_day)
      - CASE WHEN EXTRACT(MONTH FROM p.birth_day) >= :education.entry_month THEN 1 ELSE 0 END AS entry_age,
    p.schooling IN ('小学', '初中', '特殊教育', '送教上门', '普通高中', '中职', '高职', '本科', '研究生及以上') AS at_school,
    p.labour IN ('普通劳动力', '技能劳动力', '弱劳动力或半劳动力') AS able
  FROM person AS p
),
judged AS (
  SELECT
    a.*,
    a.entry_age >= :education.age_min AND a.age <= :education.age_max AS school_age,
    -- Somebody who has finished lower secondary school has done the compulsory years.
    -- A severely disabled child who is not at school may be excused: to be verified, not an alarm.
    CASE
      WHEN a.schooling = '失学辍学' THEN TRUE
      WHEN a.schooling = '非在校生' AND COALESCE(a.education, '') NOT IN ('初中', '高中', '大专', '本科及以上')
        THEN CASE WHEN a.health LIKE '%残疾%' AND LENGTH(a.certificate) = 20
          AND SUBSTRING(a.certificate, 20, 1) IN ('1', '2') THEN NULL ELSE TRUE END
      WHEN a.schooling IS NOT NULL THEN FALSE
    END AS out_of_school,
    -- A newborn may be insured until the days are over, and then from birth.
    COALESCE(DATEDIFF('day', a.birth_day, :day.now) <= :insurance.newborn_days, FALSE) AS newborn,
    a.able AND NOT COALESCE(a.at_school, FALSE) AS labourer,
    a.work_months >= :employment.min_months AS works
  FROM aged AS a
)
SELECT
  household_code,
  COUNT(*) AS listed,
  COUNT(CASE WHEN school_age THEN 1 END) AS children,
  COUNT(CASE WHEN school_age AND out_of_school THEN 1 END) AS children_out,
  COUNT(CASE WHEN school_age IS NULL AND schooling IS NULL THEN 1
             WHEN school_age AND out_of_school IS NULL THEN 1 END) AS children_unknown,
  COUNT(CASE WHEN resident_insurance = FALSE AND NOT newborn THEN 1 END) AS uninsured,
  COUNT(CASE WHEN resident_insurance IS NULL AND NOT newborn THEN 1 END) AS insurance_unknown,
  COUNT(CASE WHEN serious_illness_insurance = FALSE AND NOT newborn THEN 1 END) AS serious_uninsured,
  COUNT(CASE WHEN serious_illness_insurance IS NULL AND NOT newborn THEN 1 END) AS serious_unknown,
  COUNT(CASE WHEN labourer THEN 1 END) AS labourers,
  COUNT(CASE WHEN labour IS NULL THEN 1 END) AS labour_unknown,
  COUNT(CASE WHEN labour IN ('无劳动力', '丧失劳动力') THEN 1 END) AS without_labour,
  COUNT(CASE WHEN labourer AND works THEN 1 END) AS labourers_working,
  COUNT(CASE WHEN labourer AND work_months IS NULL THEN 1 END) AS work_unknown,
  COUNT(CASE WHEN works THEN 1 END) AS workers,
  COUNT(CASE WHEN health LIKE '%残疾%' THEN 1 END) AS disabled,
  COUNT(CASE WHEN health LIKE '%大病%' OR health LIKE '%慢性病%' THEN 1 END) AS ill,
  COUNT(CASE WHEN health IS NULL THEN 1 END) AS health_unknown,
  COUNT(CASE WHEN dibao THEN 1 END) AS dibao_members,
  COUNT(CASE WHEN works AND labour IN ('无劳动力', '丧失劳动力') THEN 1 END) AS working_without_ability,
  COUNT(CASE WHEN works AND schooling IN ('小学', '初中', '普通高中') THEN 1 END) AS working_at_school,
  MIN(CASE WHEN works THEN age END) AS youngest_worker,
  COUNT(CASE WHEN public_post IS NOT NULL AND public_post_months IS NULL THEN 1 END) AS posts_without_months,
  COUNT(CASE WHEN public_post IS NULL AND public_post_months > 0 THEN 1 END) AS months_without_post,
  COUNT(CASE WHEN public_post IS NOT NULL THEN 1 END) AS persons_with_post,
  MAX(CASE WHEN public_post IS NOT NULL THEN age END) AS oldest_with_post
FROM judged
GROUP BY household_code
