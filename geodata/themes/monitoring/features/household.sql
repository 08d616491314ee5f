-- What the monitoring rules know about a household. What looks back on visits is told as absent only
-- where the visits of the whole time are known (coverage), and as there wherever one is.
WITH visited AS (
  SELECT
    household_code,
    COUNT(*) AS visits,
    MAX(day) AS last_day,
    MAX(minutes) AS longest,
    COUNT(CASE WHEN minutes IS NULL THEN 1 END) AS untimed,
    MAX(CASE WHEN judgement = '无风险' THEN day END) AS cleared_day
  FROM visit
  WHERE day > :day.minus_365 AND day <= :day.now
  GROUP BY household_code
),
-- A clue is open from the first visit that saw it, or was judged to show a risk, until a visit, the same or
-- a later one, is judged to be without risk; a clean visit that nobody judged decides nothing.
clues AS (
  SELECT v.household_code, MIN(v.day) AS clue_day
  FROM visit AS v
  JOIN visited AS c ON c.household_code = v.household_code
  WHERE (v.water_problem OR v.house_problem OR v.income_fall OR v.expense_surge
      OR v.judgement IN ('有风险待核实', '建议纳入监测'))
    AND v.day > :day.minus_365 AND v.day <= :day.now AND (c.cleared_day IS NULL OR v.day > c.cleared_day)
  GROUP BY v.household_code
),
-- The measures of the episode: those that ran on or after the month of identification, and began
-- before the risk was removed. Its clock reads only those begun in it (or of unknown beginning): a
-- measure of an earlier episode that nobody closed is no answer to this one.
running AS (
  SELECT
    m.household_code, m.kind, m.detail, m.start_month,
    m.start_month IS NULL OR h.identified_month IS NULL OR m.start_month >= h.identified_month AS begun
  FROM measure AS m
  JOIN household AS h ON h.household_code = m.household_code
  WHERE (m.start_month IS NULL OR m.start_month <= :month.now)
    AND (m.end_month IS NULL OR h.identified_month IS NULL OR m.end_month >= h.identified_month)
    AND (m.start_month IS NULL OR h.removed_month IS NULL OR NOT COALESCE(h.risk_removed, FALSE)
      OR h.removed_month < h.identified_month
      OR m.start_month <= h.removed_month)
),
helped AS (
  SELECT
    household_code,
    COUNT(*) AS measures,
    COUNT(CASE WHEN begun THEN 1 END) AS measures_begun,
    MIN(CASE WHEN begun THEN start_month END) AS first_month,
    MAX(CASE WHEN kind = 'industry' THEN 1 ELSE 0 END) = 1 AS industry,
    MAX(CASE WHEN kind IN ('employment', 'public_post') THEN 1 ELSE 0 END) = 1 AS employment,
    MAX(CASE WHEN kind = 'finance' THEN 1 ELSE 0 END) = 1 AS finance,
    MAX(CASE WHEN kind = 'health' THEN 1 ELSE 0 END) = 1 AS health,
    MAX(CASE WHEN kind IN ('education', 'other_education') THEN 1 ELSE 0 END) = 1 AS education,
    MAX(CASE WHEN kind = 'assurance' THEN 1 ELSE 0 END) = 1 AS assurance,
    MAX(CASE WHEN kind = 'social' THEN 1 ELSE 0 END) = 1 AS social,
    MAX(CASE WHEN kind IN ('housing', 'relocation') THEN 1 ELSE 0 END) = 1 AS housing,
    MAX(CASE WHEN kind = 'water' THEN 1 ELSE 0 END) = 1 AS water,
    MIN(CASE WHEN kind = 'assurance' THEN 1 ELSE 0 END) = 1 AS assurance_only,
    MAX(CASE WHEN kind = 'assurance' AND detail LIKE '%低保%' THEN 1 ELSE 0 END) = 1 AS dibao_measure
  FROM running
  GROUP BY household_code
),
answered_for AS (
  SELECT household_code, COUNT(*) AS helpers
  FROM responsibility
  WHERE role = '帮扶责任人' AND household_code IS NOT NULL
    AND (start_month IS NULL OR start_month <= :month.now)
    AND (end_month IS NULL OR end_month >= :month.now)
  GROUP BY household_code
),
paid AS (
  SELECT
    household_code,
    COUNT(*) AS work_records,
    MIN(monthly_wage) AS lowest_wage,
    MAX(monthly_wage) AS highest_wage
  FROM work
  GROUP BY household_code
),
joined AS (
  SELECT
    h.*,
    i.persons, i.income_basis, i.months_reported, i.net_income AS net, i.net_income_before,
    i.income_per_person, i.income_per_person_before, i.persons_before, i.steady_months, i.wage_income AS wages,
    COALESCE(h.risk_1, h.risk_2, h.risk_3, h.risk_4, h.risk_5) IS NOT NULL AS has_risk,
    CONCAT('|', CONCAT_WS('|', h.risk_1, h.risk_2, h.risk_3, h.risk_4, h.risk_5), '|') AS risks,
    :month.number - (CAST(SUBSTRING(h.identified_month, 1, 4) AS INT) * 12
      + CAST(SUBSTRING(h.identified_month, 6, 2) AS INT)) AS since_identified,
    (CAST(SUBSTRING(h.removed_month, 1, 4) AS INT) - CAST(SUBSTRING(h.identified_month, 1, 4) AS INT)) * 12
      + CAST(SUBSTRING(h.removed_month, 6, 2) AS INT) - CAST(SUBSTRING(h.identified_month, 6, 2) AS INT)
      AS until_removed,
    p.listed, p.children_out, p.children_unknown, p.uninsured, p.insurance_unknown,
    p.serious_uninsured, p.serious_unknown, p.labourers, p.labour_unknown, p.without_labour,
    p.workers, p.work_unknown, p.disabled, p.ill, p.health_unknown, p.dibao_members, p.youngest_worker,
    p.working_without_ability, p.working_at_school, a.old_as_labour, a.healthy_as_weak,
    v.visits, v.last_day, v.longest, v.untimed, v.cleared_day, c.clue_day,
    CASE WHEN y.days >= 365 THEN 365 ELSE y.days END AS visit_days_known,
    x.months AS account_months_known,
    m.measures, m.measures_begun, m.first_month, m.industry, m.employment, m.finance, m.health, m.education,
    m.assurance, m.social, m.housing, m.water, m.assurance_only, m.dibao_measure,
    r.helpers, w.work_records, w.lowest_wage, w.highest_wage,
    q.posts, q.holders, q.oldest AS oldest_with_post,
    k.identified_now, k.returned_now, k.removed_now,
    t.sheets, t.blank_sheets, t.members_seen, t.water_seen, t.house_seen, t.asked_lately, t.satisfied, t.dissatisfied_with,
    e.pensioners, e.very_old, e.severely_disabled, e.pupils, e.chronic, e.chronic_without_contract,
    e.pensions, e.old_age_allowances, e.disability_allowances, e.education_allowances
  FROM household AS h
  LEFT JOIN income AS i ON i.household_code = h.household_code
  LEFT JOIN people AS p ON p.household_code = h.household_code
  LEFT JOIN monitoring_persons AS a ON a.household_code = h.household_code
  LEFT JOIN visited AS v ON v.household_code = h.household_code
  LEFT JOIN coverage AS y ON y.table_name = 'visit'
  LEFT JOIN coverage AS x ON x.table_name = 'ledger'
  LEFT JOIN clues AS c ON c.household_code = h.household_code
  LEFT JOIN helped AS m ON m.household_code = h.household_code
  LEFT JOIN answered_for AS r ON r.household_code = h.household_code
  LEFT JOIN paid AS w ON w.household_code = h.household_code
  LEFT JOIN public_posts AS q ON q.household_code = h.household_code
  LEFT JOIN monitoring_sheets AS t ON t.household_code = h.household_code
  LEFT JOIN monitoring_entitlements AS e ON e.household_code = h.household_code
  LEFT JOIN monitored_events AS k ON k.household_code = h.household_code
),
judged AS (
  SELECT
    j.*,
    CASE WHEN children_out > 0 OR education_problem THEN TRUE
         WHEN education_problem = FALSE THEN FALSE
         WHEN listed > 0 AND children_unknown = 0 THEN FALSE END AS education_gap,
    CASE WHEN uninsured > 0 OR insurance_problem THEN TRUE
         WHEN insurance_problem = FALSE THEN FALSE
         WHEN listed > 0 AND insurance_unknown = 0 THEN FALSE END AS insurance_gap,
    CASE WHEN house_problem THEN TRUE
         WHEN POSITION(house_grade IN :housing.safe_grades) = 0 THEN NOT COALESCE(house_repaired, FALSE)
         WHEN dangerous_house THEN NOT COALESCE(house_repaired, FALSE)
         WHEN house_problem = FALSE OR dangerous_house = FALSE
           OR POSITION(house_grade IN :housing.safe_grades) > 0 THEN FALSE END AS house_gap,
    -- Two columns of opposite polarity: a problem (yes is bad), solved (yes is good).
    CASE WHEN water_problem OR NOT water_solved THEN TRUE
         WHEN water_problem = FALSE OR water_solved THEN FALSE END AS water_gap,
    -- A head and of the family: after a death it must have fallen a head, after a birth the family's own.
    CASE WHEN income_per_person_before > 0
      THEN LEAST(
        (income_per_person_before - income_per_person) * CAST(100 AS DOUBLE) / income_per_person_before,
        100 - income_per_person * persons * CAST(100 AS DOUBLE) / (income_per_person_before * persons_before))
    END AS income_fall
  FROM joined AS j
)
SELECT
  household_code,
  place_code,
  household_type = '脱贫户' AS formerly_poor,
  monitored_category,
  monitored_category IS NOT NULL AS monitored,
  monitored_category IS NOT NULL AND NOT COALESCE(risk_removed, FALSE) AS monitored_now,
  COALESCE(risk_removed, FALSE) AND monitored_category IS NOT NULL AS removed,
  removal_mode,
  persons,
  income_basis,
  months_reported,
  net AS net_income,
  net_income_before,
  income_per_person,
  income_per_person_before,
  income_fall,
  steady_months,
  CAST(net + claims - out_of_pocket AS DOUBLE) / NULLIF(persons, 0) AS adjusted_per_person,
  CAST(net - rigid_expense AS DOUBLE) / NULLIF(persons, 0) AS after_rigid_per_person,
  rigid_expense,
  out_of_pocket,
  CAST(out_of_pocket AS DOUBLE) / NULLIF(persons, 0) AS out_of_pocket_per_person,
  serious_difficulty,
  has_risk,
  CONCAT_WS('|', risk_1, risk_2, risk_3, risk_4, risk_5) AS risk_names,
  risks LIKE '%|因病|%' AS risk_illness,
  risks LIKE '%|因残|%' AS risk_disability,
  risks LIKE '%|因学|%' AS risk_study,
  risks LIKE '%|因务工就业不稳|%' AS risk_work,
  risks LIKE '%|因产业失败|%' AS risk_business,
  risks LIKE '%|因安全住房|%' AS risk_house,
  risks LIKE '%|因安全饮水|%' AS risk_water,
  risks LIKE '%|其他|%' AS risk_other,
  risk_remark,
  education_gap, insurance_gap, house_gap, water_gap,
  education_gap OR insurance_gap OR house_gap OR water_gap AS guarantee_gap,
  children_out, uninsured, house_grade, serious_uninsured,
  CASE WHEN serious_uninsured > 0 THEN TRUE WHEN listed > 0 AND serious_unknown = 0 THEN FALSE END
    AS serious_illness_gap,
  labourers,
  CASE WHEN labourers > 0 THEN TRUE WHEN no_labour THEN FALSE
       WHEN listed > 0 AND labour_unknown = 0 THEN FALSE END AS has_labour,
  CASE WHEN no_labour THEN TRUE WHEN labourers > 0 THEN FALSE
       WHEN listed > 0 AND labour_unknown = 0 THEN without_labour = listed
       WHEN no_labour = FALSE THEN FALSE END AS whole_without_labour,
  CASE WHEN dibao OR tekun OR dibao_members > 0 THEN TRUE
       WHEN dibao = FALSE AND NOT COALESCE(tekun, FALSE) THEN FALSE END AS assured,
  CASE WHEN dibao OR dibao_members > 0 THEN TRUE WHEN dibao = FALSE THEN FALSE END AS on_dibao,
  disabled, ill, health_unknown, workers, work_unknown, COALESCE(work_records, 0) AS work_records,
  youngest_worker, working_without_ability, working_at_school, old_as_labour, healthy_as_weak,
  lowest_wage, highest_wage, identified_wage_income,
  since_identified AS months_since_identified,
  until_removed AS months_until_removed,
  identified_month > first_identified_month AS reentered,
  first_identified_month,
  COALESCE(identified_now, FALSE) AS identified_now,
  COALESCE(removed_now, FALSE) AS removed_now,
  COALESCE(returned_now, FALSE) AS returned_now,
  COALESCE(measures, 0) AS measures,
  COALESCE(measures_begun, 0) AS measures_begun,
  (CAST(SUBSTRING(first_month, 1, 4) AS INT) - CAST(SUBSTRING(identified_month, 1, 4) AS INT)) * 12
    + CAST(SUBSTRING(first_month, 6, 2) AS INT) - CAST(SUBSTRING(identified_month, 6, 2) AS INT)
    AS months_to_first_measure,
  COALESCE(industry, FALSE) AS industry_help,
  COALESCE(employment, FALSE) AS employment_help,
  COALESCE(finance, FALSE) AS finance_help,
  COALESCE(health, FALSE) AS health_help,
  COALESCE(education, FALSE) AS education_help,
  COALESCE(assurance, FALSE) AS assurance_help,
  COALESCE(social, FALSE) AS social_help,
  COALESCE(housing, FALSE) AS housing_help,
  COALESCE(water, FALSE) AS water_help,
  COALESCE(assurance_only, FALSE) AS assurance_only,
  COALESCE(dibao_measure, FALSE) AS dibao_measure,
  CASE WHEN visits > 0 THEN visits WHEN visit_days_known = 365 THEN 0 END AS visits,
  visit_days_known,
  DATEDIFF('day', last_day, :day.now) AS days_since_visit,
  -- A visit nobody timed, or one before the visits are known, may have been the long one. Before, none
  -- is told at all: a share of those whose long visit was seen would be of nobody else.
  CASE WHEN visit_days_known = 365 AND (untimed = 0 OR longest >= :survey.min_minutes) THEN longest END AS longest_visit_minutes,
  -- Without a visit that decided, an earlier clue may lie before the visits are known.
  DATEDIFF('day', clue_day, :day.now) AS days_since_clue,
  COALESCE(visit_days_known = 365 OR DATEDIFF('day', cleared_day, :day.now) < visit_days_known, FALSE)
    AS clues_known,
  CASE WHEN DATEDIFF('day', clue_day, :day.now) < visit_days_known THEN TRUE
       WHEN clue_day IS NULL
         AND (visit_days_known = 365 OR DATEDIFF('day', cleared_day, :day.now) < visit_days_known)
         THEN FALSE END AS clue_open,
  COALESCE(helpers, 0) AS helpers,
  -- A kind of warning that the county has not set warns nobody. Who is not known to be warned is not,
  -- where the accounts of both years were delivered.
  CASE WHEN (:monitor.drop.pct_threshold IS NOT NULL AND income_fall >= :monitor.drop.pct_threshold)
    OR (COALESCE(:monitor.surge.rule_rigid_gt_last_income = 1, FALSE) AND rigid_expense > net_income_before)
    OR (COALESCE(:monitor.surge.rule_after_rigid_below_line = 1, FALSE)
      AND :monitor.line.per_capita IS NOT NULL AND income_per_person >= :monitor.line.per_capita
      AND CAST(net + claims - out_of_pocket AS DOUBLE) / NULLIF(persons, 0) < :monitor.line.per_capita)
    THEN TRUE WHEN account_months_known >= 24 THEN FALSE END AS warned,
  account_months_known,
  COALESCE(relocated, FALSE) OR site_code IS NOT NULL AS relocated,
  COALESCE(posts, 0) AS posts, COALESCE(holders, 0) AS holders, oldest_with_post,
  sheets, blank_sheets, members_seen, water_seen, house_seen, asked_lately, satisfied, dissatisfied_with,
  pensioners, very_old, severely_disabled, pupils, chronic, chronic_without_contract,
  pensions, old_age_allowances, disability_allowances, education_allowances,
  removed_per_capita_income, SUBSTRING(removed_month, 1, 4) AS removed_year,
  -- The line of the year the removal is judged by, not of the month that looks at it.
  CASE (:day.year - CAST(SUBSTRING(removed_month, 1, 4) AS INT))
    WHEN 0 THEN :monitor.line.per_capita
    WHEN 1 THEN :monitor.line.per_capita.years_ago_1
    WHEN 2 THEN :monitor.line.per_capita.years_ago_2
    WHEN 3 THEN :monitor.line.per_capita.years_ago_3
    WHEN 4 THEN :monitor.line.per_capita.years_ago_4
    WHEN 5 THEN :monitor.line.per_capita.years_ago_5
    WHEN 6 THEN :monitor.line.per_capita.years_ago_6 END AS removal_line,
  removed_wage_income, removed_business_income,
  CASE WHEN removed_water_problem OR removed_house_problem OR removed_education_problem
         OR removed_insurance_problem THEN TRUE
       WHEN NOT (removed_water_problem OR removed_house_problem OR removed_education_problem
         OR removed_insurance_problem) THEN FALSE END AS gap_at_removal,
  CASE WHEN removed_per_capita_income IS NULL THEN 1 ELSE 0 END
    + CASE WHEN removed_claims IS NULL THEN 1 ELSE 0 END
    + CASE WHEN removed_out_of_pocket IS NULL THEN 1 ELSE 0 END
    + CASE WHEN removed_water_problem IS NULL THEN 1 ELSE 0 END
    + CASE WHEN removed_house_problem IS NULL THEN 1 ELSE 0 END
    + CASE WHEN removed_education_problem IS NULL THEN 1 ELSE 0 END
    + CASE WHEN removed_insurance_problem IS NULL THEN 1 ELSE 0 END AS removal_blanks,
  CASE WHEN identified_month IS NULL THEN 1 ELSE 0 END
    + CASE WHEN wages IS NULL THEN 1 ELSE 0 END
    + CASE WHEN has_risk THEN 0 ELSE 1 END
    + CASE WHEN water_problem IS NULL THEN 1 ELSE 0 END
    + CASE WHEN house_problem IS NULL THEN 1 ELSE 0 END
    + CASE WHEN education_problem IS NULL THEN 1 ELSE 0 END
    + CASE WHEN water_solved IS NULL THEN 1 ELSE 0 END AS basic_blanks
FROM judged
