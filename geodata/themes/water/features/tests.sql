-- The latest test of each item at each water works, and whether it is over the limit that applies.
-- A value may be relaxed only for small or decentralised supplies that are constrained by source or
-- treatment. The limit itself passes. "Not detected" passes unless the detection limit lies above
-- the limit, which leaves the item unknown. Tests older than the longest age are not used.
WITH limits AS (
  SELECT 'fluoride' AS item, :water.limit.fluoride AS strict, :water.limit.fluoride.small_relaxed AS relaxed
  UNION ALL SELECT 'nitrate_n' AS item, :water.limit.nitrate_n AS strict, :water.limit.nitrate_n.small_relaxed AS relaxed
  UNION ALL SELECT 'turbidity' AS item, :water.limit.turbidity AS strict, :water.limit.turbidity.small_relaxed AS relaxed
  UNION ALL SELECT 'colony_count' AS item, :water.limit.colony_count AS strict, :water.limit.colony_count.small_relaxed AS relaxed
  UNION ALL SELECT 'total_coliform' AS item, :water.limit.total_coliform AS strict, NULL AS relaxed
  UNION ALL SELECT 'e_coli' AS item, :water.limit.e_coli AS strict, NULL AS relaxed
  UNION ALL SELECT 'arsenic' AS item, :water.limit.arsenic AS strict, :water.limit.arsenic.small_relaxed AS relaxed
  UNION ALL SELECT 'cadmium' AS item, :water.limit.cadmium AS strict, NULL AS relaxed
  UNION ALL SELECT 'chromium6' AS item, :water.limit.chromium6 AS strict, NULL AS relaxed
  UNION ALL SELECT 'lead' AS item, :water.limit.lead AS strict, NULL AS relaxed
  UNION ALL SELECT 'mercury' AS item, :water.limit.mercury AS strict, NULL AS relaxed
  UNION ALL SELECT 'cyanide' AS item, :water.limit.cyanide AS strict, NULL AS relaxed
  UNION ALL SELECT 'chloroform' AS item, :water.limit.chloroform AS strict, NULL AS relaxed
  UNION ALL SELECT 'colour' AS item, :water.limit.colour AS strict, NULL AS relaxed
  UNION ALL SELECT 'iron' AS item, :water.limit.iron AS strict, NULL AS relaxed
  UNION ALL SELECT 'manganese' AS item, :water.limit.manganese AS strict, NULL AS relaxed
  UNION ALL SELECT 'tds' AS item, :water.limit.tds AS strict, NULL AS relaxed
  UNION ALL SELECT 'hardness' AS item, :water.limit.hardness AS strict, NULL AS relaxed
  UNION ALL SELECT 'chloride' AS item, :water.limit.chloride AS strict, NULL AS relaxed
  UNION ALL SELECT 'sulfate' AS item, :water.limit.sulfate AS strict, NULL AS relaxed
  UNION ALL SELECT 'cod_mn' AS item, :water.limit.cod_mn AS strict, NULL AS relaxed
  UNION ALL SELECT 'ammonia_n' AS item, :water.limit.ammonia_n AS strict, NULL AS relaxed
),
sized AS (
  SELECT
    works_code,
    kind = 'decentralised' OR capacity < :water.small_supply.max_capacity
      OR population < :water.small_supply.max_persons AS small,
    constrained
  FROM works
),
-- A result is a number, or text for a censored value: "<0.001", "未检出".
results AS (
  SELECT
    works_code, item, point, day, result,
    COALESCE(value, TRY_CAST(TRIM(result) AS DOUBLE)) AS value,
    COALESCE(censored, result LIKE '<%' OR result LIKE '＜%'
      OR result IN ('未检出', '不得检出', '未检测出', 'ND', 'nd', 'N.D.')) AS censored,
    COALESCE(detection_limit, CASE WHEN result LIKE '<%' OR result LIKE '＜%'
      THEN TRY_CAST(TRIM(SUBSTRING(result, 2)) AS DOUBLE) END) AS detection_limit
  FROM water_sample
),
dated AS (
  SELECT
    works_code,
    CASE WHEN item = 'residual_chlorine' AND point = 'tap' THEN 'chlorine_tap'
         WHEN item = 'residual_chlorine' AND point = 'plant' THEN 'chlorine_plant' ELSE item END AS item,
    day, value, COALESCE(censored, FALSE) AS censored, detection_limit, result,
    MAX(day) OVER (PARTITION BY works_code, CASE WHEN item = 'residual_chlorine' AND point = 'tap'
      THEN 'chlorine_tap' WHEN item = 'residual_chlorine' AND point = 'plant' THEN 'chlorine_plant'
      ELSE item END) AS latest
  FROM results
  WHERE (point IS NULL OR point <> 'source') AND day <= :day.now
    AND :month.number - (EXTRACT(YEAR FROM day) * 12 + EXTRACT(MONTH FROM day)) < :water.test.max_age_months
),
compared AS (
  SELECT
    d.works_code, d.item, d.day, d.value, d.censored, d.detection_limit, d.result, l.strict,
    CASE WHEN s.small AND s.constrained THEN COALESCE(l.relaxed, l.strict) ELSE l.strict END AS limit_value
  FROM dated AS d
  LEFT JOIN limits AS l ON l.item = d.item
  LEFT JOIN sized AS s ON s.works_code = d.works_code
  WHERE d.day = d.latest
),
judged AS (
  SELECT
    works_code, item, day, value, result,
    CASE WHEN item = 'ph' THEN CASE WHEN value < :water.limit.ph_min THEN :water.limit.ph_min
                                    ELSE :water.limit.ph_max END
         WHEN item = 'chlorine_tap' THEN CASE WHEN value > :water.residual_chlorine.max
           THEN :water.residual_chlorine.max ELSE :water.residual_chlorine.tap_min END
         WHEN item = 'chlorine_plant' THEN CASE WHEN value > :water.residual_chlorine.max
           THEN :water.residual_chlorine.max ELSE :water.residual_chlorine.plant_min END
         ELSE limit_value END AS limit_value,
    CASE
      WHEN item = 'ph' THEN value < :water.limit.ph_min OR value > :water.limit.ph_max
      WHEN item = 'chlorine_tap'
        THEN (NOT censored AND value < :water.residual_chlorine.tap_min) OR value > :water.residual_chlorine.max
          OR (censored AND COALESCE(detection_limit, 0) <= :water.residual_chlorine.tap_min)
      WHEN item = 'chlorine_plant'
        THEN (NOT censored AND value < :water.residual_chlorine.plant_min)
          OR value > :water.residual_chlorine.max
          OR (censored AND COALESCE(detection_limit, 0) <= :water.residual_chlorine.plant_min)
      WHEN censored AND (detection_limit IS NULL OR detection_limit <= limit_value
        OR limit_value = 0) THEN FALSE
      WHEN censored THEN NULL
      ELSE value > limit_value
    END AS is_over,
    CASE WHEN item = 'ph' OR item LIKE 'chlorine%' THEN FALSE
         WHEN censored THEN FALSE ELSE value > strict END AS over_strict
  FROM compared
),
-- Several tests of one day: the worst counts.
per_item AS (
  SELECT
    works_code,
    item,
    MAX(day) AS day,
    MAX(value) AS value,
    MAX(limit_value) AS limit_value,
    CASE WHEN MAX(CASE WHEN is_over THEN 1 ELSE 0 END) = 1 THEN TRUE
         WHEN COUNT(*) = COUNT(CASE WHEN NOT is_over THEN 1 END) THEN FALSE END AS is_over,
    MAX(CASE WHEN over_strict THEN 1 ELSE 0 END) AS over_strict
  FROM judged
  GROUP BY works_code, item
)
SELECT
  works_code,
  COUNT(*) AS items_tested,
  COUNT(CASE WHEN is_over THEN 1 END) AS items_over,
  COUNT(CASE WHEN is_over IS NULL THEN 1 END) AS items_unknown,
  -- Passing says so only where every item that a test must hold was tested.
  COUNT(CASE WHEN POSITION(',' || item || ',' IN ',' || :water.test.required_items || ',') > 0 THEN 1 END)
    = LENGTH(:water.test.required_items) - LENGTH(REPLACE(:water.test.required_items, ',', '')) + 1
    AS tested_in_full,
  MAX(over_strict) = 1 AS relaxed_used,
  MAX(day) AS tested_day,
  MAX(CASE WHEN item = 'fluoride' THEN value END) AS fluoride,
  MAX(CASE WHEN item = 'fluoride' THEN limit_value END) AS fluoride_limit,
  MAX(CASE WHEN item = 'fluoride' THEN CASE WHEN is_over THEN 1 WHEN NOT is_over THEN 0 END END) = 1 AS fluoride_over,
  MAX(CASE WHEN item = 'nitrate_n' THEN value END) AS nitrate_n,
  MAX(CASE WHEN item = 'nitrate_n' THEN limit_value END) AS nitrate_n_limit,
  MAX(CASE WHEN item = 'nitrate_n' THEN CASE WHEN is_over THEN 1 WHEN NOT is_over THEN 0 END END) = 1 AS nitrate_n_over,
  MAX(CASE WHEN item = 'turbidity' THEN value END) AS turbidity,
  MAX(CASE WHEN item = 'turbidity' THEN limit_value END) AS turbidity_limit,
  MAX(CASE WHEN item = 'turbidity' THEN CASE WHEN is_over THEN 1 WHEN NOT is_over THEN 0 END END) = 1 AS turbidity_over,
  MAX(CASE WHEN item = 'colony_count' THEN value END) AS colony_count,
  MAX(CASE WHEN item = 'colony_count' THEN limit_value END) AS colony_count_limit,
  MAX(CASE WHEN item = 'colony_count' THEN CASE WHEN is_over THEN 1 WHEN NOT is_over THEN 0 END END) = 1 AS colony_count_over,
  MAX(CASE WHEN item = 'total_coliform' THEN value END) AS total_coliform,
  MAX(CASE WHEN item = 'total_coliform' THEN limit_value END) AS total_coliform_limit,
  MAX(CASE WHEN item = 'total_coliform' THEN CASE WHEN is_over THEN 1 WHEN NOT is_over THEN 0 END END) = 1 AS total_coliform_over,
  MAX(CASE WHEN item = 'e_coli' THEN value END) AS e_coli,
  MAX(CASE WHEN item = 'e_coli' THEN limit_value END) AS e_coli_limit,
  MAX(CASE WHEN item = 'e_coli' THEN CASE WHEN is_over THEN 1 WHEN NOT is_over THEN 0 END END) = 1 AS e_coli_over,
  MAX(CASE WHEN item = 'arsenic' THEN value END) AS arsenic,
  MAX(CASE WHEN item = 'arsenic' THEN limit_value END) AS arsenic_limit,
  MAX(CASE WHEN item = 'arsenic' THEN CASE WHEN is_over THEN 1 WHEN NOT is_over THEN 0 END END) = 1 AS arsenic_over,
  MAX(CASE WHEN item = 'cadmium' THEN value END) AS cadmium,
  MAX(CASE WHEN item = 'cadmium' THEN limit_value END) AS cadmium_limit,
  MAX(CASE WHEN item = 'cadmium' THEN CASE WHEN is_over THEN 1 WHEN NOT is_over THEN 0 END END) = 1 AS cadmium_over,
  MAX(CASE WHEN item = 'chromium6' THEN value END) AS chromium6,
  MAX(CASE WHEN item = 'chromium6' THEN limit_value END) AS chromium6_limit,
  MAX(CASE WHEN item = 'chromium6' THEN CASE WHEN is_over THEN 1 WHEN NOT is_over THEN 0 END END) = 1 AS chromium6_over,
  MAX(CASE WHEN item = 'lead' THEN value END) AS lead,
  MAX(CASE WHEN item = 'lead' THEN limit_value END) AS lead_limit,
  MAX(CASE WHEN item = 'lead' THEN CASE WHEN is_over THEN 1 WHEN NOT is_over THEN 0 END END) = 1 AS lead_over,
  MAX(CASE WHEN item = 'mercury' THEN value END) AS mercury,
  MAX(CASE WHEN item = 'mercury' THEN limit_value END) AS mercury_limit,
  MAX(CASE WHEN item = 'mercury' THEN CASE WHEN is_over THEN 1 WHEN NOT is_over THEN 0 END END) = 1 AS mercury_over,
  MAX(CASE WHEN item = 'cyanide' THEN value END) AS cyanide,
  MAX(CASE WHEN item = 'cyanide' THEN limit_value END) AS cyanide_limit,
  MAX(CASE WHEN item = 'cyanide' THEN CASE WHEN is_over THEN 1 WHEN NOT is_over THEN 0 END END) = 1 AS cyanide_over,
  MAX(CASE WHEN item = 'chloroform' THEN value END) AS chloroform,
  MAX(CASE WHEN item = 'chloroform' THEN limit_value END) AS chloroform_limit,
  MAX(CASE WHEN item = 'chloroform' THEN CASE WHEN is_over THEN 1 WHEN NOT is_over THEN 0 END END) = 1 AS chloroform_over,
  MAX(CASE WHEN item = 'colour' THEN value END) AS colour,
  MAX(CASE WHEN item = 'colour' THEN limit_value END) AS colour_limit,
  MAX(CASE WHEN item = 'colour' THEN CASE WHEN is_over THEN 1 WHEN NOT is_over THEN 0 END END) = 1 AS colour_over,
  MAX(CASE WHEN item = 'iron' THEN value END) AS iron,
  MAX(CASE WHEN item = 'iron' THEN limit_value END) AS iron_limit,
  MAX(CASE WHEN item = 'iron' THEN CASE WHEN is_over THEN 1 WHEN NOT is_over THEN 0 END END) = 1 AS iron_over,
  MAX(CASE WHEN item = 'manganese' THEN value END) AS manganese,
  MAX(CASE WHEN item = 'manganese' THEN limit_value END) AS manganese_limit,
  MAX(CASE WHEN item = 'manganese' THEN CASE WHEN is_over THEN 1 WHEN NOT is_over THEN 0 END END) = 1 AS manganese_over,
  MAX(CASE WHEN item = 'tds' THEN value END) AS tds,
  MAX(CASE WHEN item = 'tds' THEN limit_value END) AS tds_limit,
  MAX(CASE WHEN item = 'tds' THEN CASE WHEN is_over THEN 1 WHEN NOT is_over THEN 0 END END) = 1 AS tds_over,
  MAX(CASE WHEN item = 'hardness' THEN value END) AS hardness,
  MAX(CASE WHEN item = 'hardness' THEN limit_value END) AS hardness_limit,
  MAX(CASE WHEN item = 'hardness' THEN CASE WHEN is_over THEN 1 WHEN NOT is_over THEN 0 END END) = 1 AS hardness_over,
  MAX(CASE WHEN item = 'chloride' THEN value END) AS chloride,
  MAX(CASE WHEN item = 'chloride' THEN limit_value END) AS chloride_limit,
  MAX(CASE WHEN item = 'chloride' THEN CASE WHEN is_over THEN 1 WHEN NOT is_over THEN 0 END END) = 1 AS chloride_over,
  MAX(CASE WHEN item = 'sulfate' THEN value END) AS sulfate,
  MAX(CASE WHEN item = 'sulfate' THEN limit_value END) AS sulfate_limit,
  MAX(CASE WHEN item = 'sulfate' THEN CASE WHEN is_over THEN 1 WHEN NOT is_over THEN 0 END END) = 1 AS sulfate_over,
  MAX(CASE WHEN item = 'cod_mn' THEN value END) AS cod_mn,
  MAX(CASE WHEN item = 'cod_mn' THEN limit_value END) AS cod_mn_limit,
  MAX(CASE WHEN item = 'cod_mn' THEN CASE WHEN is_over THEN 1 WHEN NOT is_over THEN 0 END END) = 1 AS cod_mn_over,
  MAX(CASE WHEN item = 'ammonia_n' THEN value END) AS ammonia_n,
  MAX(CASE WHEN item = 'ammonia_n' THEN limit_value END) AS ammonia_n_limit,
  MAX(CASE WHEN item = 'ammonia_n' THEN CASE WHEN is_over THEN 1 WHEN NOT is_over THEN 0 END END) = 1 AS ammonia_n_over,
  MAX(CASE WHEN item = 'ph' THEN value END) AS ph,
  MAX(CASE WHEN item = 'ph' THEN limit_value END) AS ph_limit,
  MAX(CASE WHEN item = 'ph' THEN CASE WHEN is_over THEN 1 WHEN NOT is_over THEN 0 END END) = 1 AS ph_over,
  MAX(CASE WHEN item = 'chlorine_tap' THEN value END) AS chlorine_tap,
  MAX(CASE WHEN item = 'chlorine_tap' THEN limit_value END) AS chlorine_tap_limit,
  MAX(CASE WHEN item = 'chlorine_tap' THEN CASE WHEN is_over THEN 1 WHEN NOT is_over THEN 0 END END) = 1 AS chlorine_tap_over,
  MAX(CASE WHEN item = 'chlorine_plant' THEN value END) AS chlorine_plant,
  MAX(CASE WHEN item = 'chlorine_plant' THEN limit_value END) AS chlorine_plant_limit,
  MAX(CASE WHEN item = 'chlorine_plant' THEN CASE WHEN is_over THEN 1 WHEN NOT is_over THEN 0 END END) = 1 AS chlorine_plant_over
FROM per_item
GROUP BY works_code
