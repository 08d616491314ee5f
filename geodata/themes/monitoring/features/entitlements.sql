-- Who in a household is entitled to something by what is recorded, and whether it came in a year.
-- Only accounts of all twelve months tell whether something came: a share of those to whom it was seen
-- to come would be of nobody else. Ages are a year above the first, so that everybody counted was
-- entitled for all twelve months.
WITH aged AS (
  SELECT
    p.household_code, p.health, p.schooling, p.pension_insurance, p.chronic_contract, p.certificate,
    :day.year - EXTRACT(YEAR FROM p.birth_day)
      - CASE WHEN EXTRACT(MONTH FROM p.birth_day) * 100 + EXTRACT(DAY FROM p.birth_day) > :day.in_year
          THEN 1 ELSE 0 END AS age
  FROM person AS p
),
counted AS (
  SELECT
    household_code,
    COUNT(CASE WHEN pension_insurance AND age > :entitlement.pension_age THEN 1 END) AS pensioners,
    COUNT(CASE WHEN age > :entitlement.old_age_allowance_age THEN 1 END) AS very_old,
    -- The certificate of disability is the identity number with kind and grade; grades 1 and 2 are severe.
    -- Where numbers lie sealed, these two still end the column.
    COUNT(CASE WHEN health LIKE '%残疾%'
                AND (LENGTH(certificate) = 20 OR certificate LIKE 'sealed:%:__')
                AND SUBSTRING(certificate, LENGTH(certificate), 1) IN ('1', '2') THEN 1 END) AS severely_disabled,
    COUNT(CASE WHEN age > :education.age_min AND age <= :education.age_max
                AND schooling IN ('小学', '初中', '特殊教育', '送教上门') THEN 1 END) AS pupils,
    COUNT(CASE WHEN health LIKE '%慢性病%' THEN 1 END) AS chronic,
    COUNT(CASE WHEN health LIKE '%慢性病%' AND chronic_contract = FALSE THEN 1 END) AS chronic_without_contract,
    COUNT(CASE WHEN health LIKE '%慢性病%' AND chronic_contract IS NULL THEN 1 END) AS chronic_unknown
  FROM aged
  GROUP BY household_code
),
paid AS (
  SELECT
    household_code,
    COUNT(CASE WHEN item = 'd4' AND amount > 0 THEN 1 END) AS pensions,
    COUNT(CASE WHEN item = 'd6d' AND amount > 0 THEN 1 END) AS old_age_allowances,
    COUNT(CASE WHEN item = 'd6f' AND amount > 0 THEN 1 END) AS disability_allowances,
    COUNT(CASE WHEN item = 'd6g' AND amount > 0 THEN 1 END) AS education_allowances
  FROM ledger
  WHERE month > :month.minus_12 AND month <= :month.now AND item IN ('d4', 'd6d', 'd6f', 'd6g')
  GROUP BY household_code
)
SELECT
  c.household_code,
  c.pensioners, c.very_old, c.severely_disabled, c.pupils, c.chronic,
  CASE WHEN c.chronic_without_contract > 0 OR c.chronic_unknown = 0 THEN c.chronic_without_contract END
    AS chronic_without_contract,
  CASE WHEN i.income_basis = 'ledger' THEN COALESCE(p.pensions, 0) END AS pensions,
  CASE WHEN i.income_basis = 'ledger' THEN COALESCE(p.old_age_allowances, 0) END AS old_age_allowances,
  CASE WHEN i.income_basis = 'ledger' THEN COALESCE(p.disability_allowances, 0) END AS disability_allowances,
  CASE WHEN i.income_basis = 'ledger' THEN COALESCE(p.education_allowances, 0) END AS education_allowances
FROM counted AS c
LEFT JOIN paid AS p ON p.household_code = c.household_code
LEFT JOIN income AS i ON i.household_code = c.household_code
