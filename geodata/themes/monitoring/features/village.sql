-- What the monitoring rules know about a village: its own report against its households.
WITH counted AS (
  SELECT
    place_code,
    COUNT(*) AS households_listed,
    COUNT(CASE WHEN monitored_category IS NOT NULL AND NOT COALESCE(risk_removed, FALSE) THEN 1 END)
      AS monitored_listed,
    COUNT(CASE WHEN household_type = '脱贫户' THEN 1 END) AS former_poor_listed,
    SUM(CASE WHEN household_type = '脱贫户' THEN farmland END) AS farmland_listed
  FROM household
  GROUP BY place_code
),
answered_for AS (
  SELECT place_code, COUNT(*) AS responsible
  FROM responsibility
  WHERE household_code IS NULL AND (end_month IS NULL OR end_month >= :month.now)
  GROUP BY place_code
),
team AS (
  SELECT place_code, MAX(day) AS last_day
  FROM visit
  WHERE role = '驻村工作队' AND day > :day.minus_365 AND day <= :day.now
  GROUP BY place_code
),
stationed AS (
  SELECT place_code, COUNT(*) AS members
  FROM responsibility
  WHERE role IN ('驻村第一书记', '驻村工作队员') AND household_code IS NULL
    AND (end_month IS NULL OR end_month >= :month.now)
  GROUP BY place_code
),
-- Who is to visit the households monitored now, and when each last did.
helper AS (
  SELECT r.place_code, r.name, MAX(w.day) AS last_day
  FROM responsibility AS r
  JOIN household AS h ON h.household_code = r.household_code
    AND h.monitored_category IS NOT NULL AND NOT COALESCE(h.risk_removed, FALSE)
  LEFT JOIN visit AS w
    ON w.household_code = r.household_code AND w.day > :day.minus_365 AND w.day <= :day.now
  WHERE r.role = '帮扶责任人' AND r.household_code IS NOT NULL
    AND (r.end_month IS NULL OR r.end_month >= :month.now)
  GROUP BY r.place_code, r.name
),
idle AS (
  SELECT
    place_code,
    COUNT(*) AS helpers,
    COUNT(CASE WHEN last_day IS NULL OR DATEDIFF('day', last_day, :day.now) > :visit.interval_days THEN 1 END)
      AS helpers_idle
  FROM helper
  GROUP BY place_code
),
content AS (
  SELECT
    h.place_code,
    COUNT(CASE WHEN s.satisfied IS NOT NULL THEN 1 END) AS asked,
    COUNT(CASE WHEN s.satisfied THEN 1 END) AS satisfied
  FROM monitoring_sheets AS s
  JOIN household AS h ON h.household_code = s.household_code
  GROUP BY h.place_code
)
SELECT
  v.place_code,
  v.exited,
  v.households,
  v.monitored_households,
  v.water_unsafe_households,
  v.dangerous_house_households,
  v.collective_income,
  v.collective_operating, v.collective_rent, v.collective_dividend, v.collective_subsidy,
  CASE WHEN v.collective_operating IS NULL AND v.collective_rent IS NULL
         AND v.collective_dividend IS NULL AND v.collective_subsidy IS NULL THEN 'source_not_reported'
       WHEN COALESCE(v.collective_subsidy, 0) >= GREATEST(COALESCE(v.collective_operating, 0),
         COALESCE(v.collective_rent, 0), COALESCE(v.collective_dividend, 0)) THEN 'collective_subsidy'
       WHEN COALESCE(v.collective_rent, 0) >= GREATEST(COALESCE(v.collective_operating, 0),
         COALESCE(v.collective_dividend, 0)) THEN 'collective_rent'
       WHEN COALESCE(v.collective_dividend, 0) >= COALESCE(v.collective_operating, 0)
         THEN 'collective_dividend'
       ELSE 'collective_operating' END AS collective_source,
  v.farmland,
  CASE WHEN v.households IS NULL THEN 1 ELSE 0 END + CASE WHEN v.primary_schools IS NULL THEN 1 ELSE 0 END
    + CASE WHEN v.bus IS NULL THEN 1 ELSE 0 END AS village_blanks,
  v.hardened_road, v.power, v.broadband, v.clinics,
  c.households_listed, c.monitored_listed, c.former_poor_listed, c.farmland_listed,
  COALESCE(r.responsible, 0) AS responsible,
  COALESCE(m.members, 0) AS team_members,
  COALESCE(i.helpers, 0) AS village_helpers,
  -- Nobody is idle whose visit is seen; who is not seen is idle where the whole interval is known.
  CASE WHEN y.days > :visit.interval_days OR (:visit.interval_days > 0 AND COALESCE(i.helpers_idle, 0) = 0)
    THEN COALESCE(i.helpers_idle, 0) END AS helpers_idle,
  CASE WHEN y.days >= 365 THEN 365 ELSE y.days END AS visit_days_known,
  CASE WHEN t.last_day IS NOT NULL THEN DATEDIFF('day', t.last_day, :day.now)
       WHEN y.days >= 365 THEN 366 END AS days_since_team_visit,
  CASE WHEN y.days >= 365 THEN COALESCE(k.asked, 0) END AS asked,
  CASE WHEN y.days >= 365 THEN k.satisfied * CAST(100 AS DOUBLE) / NULLIF(k.asked, 0) END AS satisfied_share
FROM village AS v
LEFT JOIN coverage AS y ON y.table_name = 'visit'
LEFT JOIN team AS t ON t.place_code = v.place_code
LEFT JOIN stationed AS m ON m.place_code = v.place_code
LEFT JOIN idle AS i ON i.place_code = v.place_code
LEFT JOIN content AS k ON k.place_code = v.place_code
LEFT JOIN counted AS c ON c.place_code = v.place_code
LEFT JOIN answered_for AS r ON r.place_code = v.place_code
