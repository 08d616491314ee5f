-- What the water rules know about a water works: its latest tests, outages, equipment and keeper.
WITH served AS (
  SELECT
    works_code,
    MAX(outage_days) AS outage_days,
    MAX(outage_days_month) AS outage_days_month,
    MAX(longest_outage) AS longest_outage,
    MAX(longest_outage_seen) AS longest_outage_seen,
    MIN(reliability) AS reliability
  FROM water_zone
  GROUP BY works_code
),
equipped AS (
  SELECT
    works_code,
    COUNT(*) AS equipment,
    COUNT(CASE WHEN status IN ('faulty', 'idle') THEN 1 END) AS equipment_down,
    COUNT(CASE WHEN kind = 'defluoridation' AND status IN ('faulty', 'idle') THEN 1 END) AS defluoridation_down,
    COUNT(CASE WHEN kind = 'disinfection' THEN 1 END) AS disinfection,
    COUNT(CASE WHEN kind = 'defluoridation' THEN 1 END) AS defluoridation,
    MAX(DATEDIFF('day', COALESCE(last_service_day, installed_day), :day.now) - service_interval) AS service_overdue
  FROM equipment
  GROUP BY works_code
),
sourced AS (
  SELECT
    works_code,
    DATEDIFF('day', MAX(CASE WHEN point = 'source' THEN day END), :day.now) AS days_since_source_test,
    COUNT(DISTINCT CASE WHEN (point IS NULL OR point <> 'source') AND day > :day.minus_365
      THEN sample_code END) AS samples_in_year,
    DATEDIFF('day', MAX(CASE WHEN point IS NULL OR point <> 'source' THEN day END), :day.now) AS days_since_test,
    :month.number - MAX(CASE WHEN point IS NULL OR point <> 'source'
        THEN EXTRACT(YEAR FROM day) * 12 + EXTRACT(MONTH FROM day) END) AS months_since_test
  FROM water_sample
  WHERE day <= :day.now
  GROUP BY works_code
),
kept AS (
  SELECT place_code, MIN(name) AS keeper
  FROM responsibility
  WHERE role = '供水管理责任人' AND (start_month IS NULL OR start_month <= :month.now)
    AND (end_month IS NULL OR end_month >= :month.now)
  GROUP BY place_code
)
SELECT
  w.works_code,
  w.place_code,
  w.name AS works_name,
  w.kind,
  w.type,
  w.source,
  w.population,
  w.capacity * CAST(1000 AS DOUBLE) / NULLIF(w.population, 0) AS litres_per_person,
  w.households,
  w.kind = 'decentralised' AS decentralised,
  w.kind = 'decentralised' OR w.capacity < :water.small_supply.max_capacity
    OR w.population < :water.small_supply.max_persons AS small,
  w.constrained,
  w.water_short,
  -- A network of town and village, or as large as a small supply may not be.
  CASE WHEN w.kind IN ('urban_rural', 'large') OR w.capacity >= :water.small_supply.max_capacity
      OR w.population >= :water.small_supply.max_persons THEN TRUE
    WHEN w.kind IS NOT NULL THEN FALSE END AS large_supply,
  w.county_managed,
  w.emergency_plan AS has_emergency_plan,
  DATEDIFF('day', w.published_day, :day.now) AS days_since_published,
  COALESCE(w.keeper, k.keeper) IS NOT NULL AS has_keeper,
  s.outage_days, s.outage_days_month, s.longest_outage, s.longest_outage_seen, s.reliability,
  COALESCE(e.equipment, 0) AS equipment,
  COALESCE(e.equipment_down, 0) AS equipment_down,
  COALESCE(e.defluoridation_down, 0) AS defluoridation_down,
  COALESCE(e.defluoridation, 0) AS defluoridation,
  COALESCE(e.disinfection, 0) AS disinfection,
  CASE WHEN e.service_overdue > 0 THEN e.service_overdue WHEN e.service_overdue <= 0 THEN 0 END AS service_overdue,
  q.days_since_source_test,
  q.days_since_test,
  q.months_since_test,
  CASE WHEN w.type IN ('Ⅰ型', 'Ⅱ型', 'Ⅲ型') THEN :water.sampling.groundwater.type1_3
       WHEN w.type = 'Ⅳ型' THEN 31 * :water.sampling.groundwater.type4
       WHEN w.type = 'Ⅴ型' THEN 31 * :water.sampling.groundwater.type5 END AS source_test_interval,
  y.months AS test_months_known,
  y.days AS test_days_known,
  CASE WHEN q.samples_in_year >= :water.sampling.decentralised OR y.days >= 365
    THEN COALESCE(q.samples_in_year, 0) END AS samples_in_year,
  CASE WHEN t.items_over > 0 THEN TRUE
       -- An item beside the required ones may have failed before the tests are known.
       WHEN t.tested_in_full AND t.items_unknown = 0 AND y.months >= :water.test.max_age_months
         THEN FALSE END AS quality_fails,
  t.tested_in_full AND t.items_unknown = 0 AND t.items_over = 0 AS passes_as_known,
  t.items_tested, t.items_over, t.items_unknown, t.relaxed_used, t.tested_day,
  t.fluoride, t.fluoride_limit, t.fluoride_over,
  t.nitrate_n, t.nitrate_n_limit, t.nitrate_n_over,
  t.turbidity, t.turbidity_limit, t.turbidity_over,
  t.colony_count, t.colony_count_limit, t.colony_count_over,
  t.total_coliform, t.total_coliform_limit, t.total_coliform_over,
  t.e_coli, t.e_coli_limit, t.e_coli_over,
  t.arsenic, t.arsenic_limit, t.arsenic_over,
  t.cadmium, t.cadmium_limit, t.cadmium_over,
  t.chromium6, t.chromium6_limit, t.chromium6_over,
  t.lead, t.lead_limit, t.lead_over,
  t.mercury, t.mercury_limit, t.mercury_over,
  t.cyanide, t.cyanide_limit, t.cyanide_over,
  t.chloroform, t.chloroform_limit, t.chloroform_over,
  t.colour, t.colour_limit, t.colour_over,
  t.iron, t.iron_limit, t.iron_over,
  t.manganese, t.manganese_limit, t.manganese_over,
  t.tds, t.tds_limit, t.tds_over,
  t.hardness, t.hardness_limit, t.hardness_over,
  t.chloride, t.chloride_limit, t.chloride_over,
  t.sulfate, t.sulfate_limit, t.sulfate_over,
  t.cod_mn, t.cod_mn_limit, t.cod_mn_over,
  t.ammonia_n, t.ammonia_n_limit, t.ammonia_n_over,
  t.ph, t.ph_limit, t.ph_over,
  t.chlorine_tap, t.chlorine_tap_limit, t.chlorine_tap_over,
  t.chlorine_plant, t.chlorine_plant_limit, t.chlorine_plant_over
FROM works AS w
LEFT JOIN served AS s ON s.works_code = w.works_code
LEFT JOIN equipped AS e ON e.works_code = w.works_code
LEFT JOIN sourced AS q ON q.works_code = w.works_code
LEFT JOIN water_tests AS t ON t.works_code = w.works_code
LEFT JOIN coverage AS y ON y.table_name = 'water_sample'
LEFT JOIN kept AS k ON k.place_code = w.place_code
