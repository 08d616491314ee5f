-- What the survey found in each household, with what the rural register says of it.
WITH delivered AS (
  SELECT CASE WHEN COUNT(*) > 0 THEN TRUE END AS known FROM survey
),
visited AS (
  SELECT
    household_code,
    COUNT(CASE WHEN role = '村干部' THEN 1 END) AS by_village,
    COUNT(CASE WHEN role = '帮扶责任人' THEN 1 END) AS by_helper,
    COUNT(CASE WHEN role = '行业部门' THEN 1 END) AS by_department
  FROM visit
  WHERE day > :day.minus_365 AND day <= :day.now
  GROUP BY household_code
)
SELECT
  h.household_code,
  h.place_code,
  h.household_type = '脱贫户' OR (h.monitored_category IS NOT NULL AND NOT COALESCE(h.risk_removed, FALSE)) AS helped,
  h.monitored_category IS NOT NULL AS ever_monitored,
  d.known AS survey_known,
  CASE WHEN d.known THEN s.surveyed_day IS NOT NULL END AS surveyed,
  DATEDIFF('day', s.surveyed_day, :day.now) AS days_since_survey,
  -- Each of the three that must come is counted by itself; absent only where the visits of a year are known.
  CASE WHEN v.by_village > 0 THEN TRUE WHEN y.days >= 365 THEN FALSE END AS village_came,
  CASE WHEN v.by_helper > 0 THEN TRUE WHEN y.days >= 365 THEN FALSE END AS helper_came,
  CASE WHEN v.by_department > 0 THEN TRUE WHEN y.days >= 365 THEN FALSE END AS department_came,
  CASE WHEN y.days >= 365 THEN 365 ELSE y.days END AS visit_days_known,
  s.village_judged,
  s.township_judged,
  s.eats_well,
  s.dressed,
  p.labourers,
  p.labourers > 0 AS has_labour,
  s.adviser_known,
  :month.number - (CAST(SUBSTRING(s.adviser_month, 1, 4) AS INT) * 12 + CAST(SUBSTRING(s.adviser_month, 6, 2) AS INT))
    AS months_since_adviser,
  s.loan_wanted,
  s.loan_amount,
  s.loan_amount > 0 AS has_loan,
  s.loan_overdue,
  s.loan_use,
  s.skills,
  CAST(s.skills AS DOUBLE) / NULLIF(p.labourers, 0) AS skills_per_labourer,
  s.yard_clean,
  s.rooms_clean,
  CASE WHEN s.yard_clean AND s.rooms_clean THEN 2 WHEN s.yard_clean OR s.rooms_clean THEN 1
       WHEN NOT s.yard_clean AND NOT s.rooms_clean THEN 0 END AS clean_score,
  s.renovation,
  h.house_grade,
  -- A safe grade may be that of the repaired house: unknown where nobody says that it was not.
  POSITION(h.house_grade IN :housing.safe_grades) > 0 AND NOT h.house_repaired AS house_safe_before,
  s.renovated_area / NULLIF(COALESCE(h.resident_members, h.members), 0) AS renovated_per_person,
  :survey.renovation_min_area * COALESCE(h.resident_members, h.members) - s.renovated_area AS area_short,
  s.reviewed_day IS NOT NULL AS reviewed,
  s.verified_day IS NOT NULL AS verified,
  s.posted_day IS NOT NULL AS posted,
  s.closed_day IS NOT NULL AS decided,
  s.reviewed_day > s.verified_day OR s.verified_day > s.posted_day OR s.posted_day > s.closed_day
    OR s.reviewed_day > s.posted_day OR s.verified_day > s.closed_day AS steps_out_of_order,
  DATEDIFF('day', s.posted_day, s.closed_day) AS days_posted
FROM household AS h
CROSS JOIN delivered AS d
LEFT JOIN survey AS s ON s.household_code = h.household_code
LEFT JOIN people AS p ON p.household_code = h.household_code
LEFT JOIN visited AS v ON v.household_code = h.household_code
LEFT JOIN coverage AS y ON y.table_name = 'visit'
