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
)
SELECT
  v.place_code,
  v.exited,
  v.households,
  v.monitored_households,
  v.water_unsafe_households,
  v.dangerous_house_households,
  v.collective_income,
  v.farmland,
  CASE WHEN v.households IS NULL THEN 1 ELSE 0 END + CASE WHEN v.primary_schools IS NULL THEN 1 ELSE 0 END
    + CASE WHEN v.bus IS NULL THEN 1 ELSE 0 END AS village_blanks,
  v.hardened_road, v.power, v.broadband, v.clinics,
  CASE WHEN v.project_funds > 0
    THEN v.industry_funds * CAST(100 AS DOUBLE) / v.project_funds END AS industry_share,
  c.households_listed, c.monitored_listed, c.former_poor_listed, c.farmland_listed,
  COALESCE(r.responsible, 0) AS responsible
FROM village AS v
LEFT JOIN counted AS c ON c.place_code = v.place_code
LEFT JOIN answered_for AS r ON r.place_code = v.place_code
