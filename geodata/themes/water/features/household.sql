-- The four indicators of T/CHES 18 for each household: 2 passes, 1 basically passes, 0 fails;
-- unknown where nothing was reported. The verdict is the lowest of the four.
WITH sampled AS (
  SELECT COUNT(*) AS samples FROM water_sample WHERE day <= :day.now
),
joined AS (
  SELECT
    h.household_code, h.place_code, h.zone_code, h.water_access, h.water_supply,
    -- Where nobody measured at home, what the works can supply for each person stands in.
    COALESCE(h.water_litres, w.litres_per_person) AS water_litres,
    h.fetch_minutes, h.fetch_metres, h.fetch_climb, h.water_looks_clean, h.dry_days, h.water_solved,
    h.water_problem, COALESCE(h.resident_members, h.members) AS persons,
    w.works_code, w.works_name, w.large_supply, w.county_managed, w.decentralised, w.water_short, w.quality_fails, w.relaxed_used,
    w.items_tested, w.passes_as_known, y.months AS test_months_known, s.samples, w.fluoride, w.fluoride_over,
    z.outage_days, z.outage_days_month, z.longest_outage, z.reliability
  FROM household AS h
  LEFT JOIN water_zone AS z ON z.zone_code = h.zone_code
  LEFT JOIN water_works AS w ON w.works_code = z.works_code
  CROSS JOIN sampled AS s
  LEFT JOIN coverage AS y ON y.table_name = 'water_sample'
),
graded AS (
  SELECT
    j.*,
    -- Where it is not known whether the area is water-short, only what holds for both is said.
    CASE
      WHEN water_litres >= :water.quantity.pass.wet
        OR (water_short AND water_litres >= :water.quantity.pass.dry) THEN 2
      WHEN water_litres >= :water.quantity.basic.wet
        OR (water_short AND water_litres >= :water.quantity.basic.dry) THEN 1
      WHEN water_litres < :water.quantity.basic.dry
        OR (NOT water_short AND water_litres < :water.quantity.basic.wet) THEN 0
    END AS quantity_grade,
    CASE
      WHEN quality_fails THEN 0
      WHEN NOT quality_fails AND relaxed_used THEN 1
      WHEN NOT quality_fails THEN 2
      -- How it looks stands in only where it is known that nobody tested it.
      WHEN works_code IS NULL OR (decentralised AND COALESCE(items_tested, 0) = 0
        AND test_months_known >= :water.test.max_age_months)
        THEN CASE WHEN water_looks_clean THEN 1 WHEN NOT water_looks_clean THEN 0 END
    END AS quality_grade,
    -- Time, distance and climb weigh the same: each that was measured is judged, and the worst
    -- counts. A distance without its climb, or a climb without its distance, proves nothing.
    CASE
      WHEN water_access = 'piped' THEN 2
      WHEN fetch_minutes > :water.convenience.basic.minutes
        OR fetch_metres > :water.convenience.basic.horizontal
        OR fetch_climb > :water.convenience.basic.vertical THEN 0
      WHEN fetch_minutes IS NULL AND (fetch_metres IS NULL OR fetch_climb IS NULL)
        THEN CASE WHEN water_access = 'near' THEN 1 WHEN water_access = 'far' THEN 0 END
      WHEN COALESCE(fetch_minutes <= :water.convenience.pass.minutes, fetch_minutes IS NULL)
        AND COALESCE(fetch_metres <= :water.convenience.pass.horizontal, fetch_metres IS NULL)
        AND COALESCE(fetch_climb <= :water.convenience.pass.vertical, fetch_climb IS NULL) THEN 2
      WHEN COALESCE(fetch_minutes <= :water.convenience.basic.minutes, fetch_minutes IS NULL)
        AND COALESCE(fetch_metres <= :water.convenience.basic.horizontal, fetch_metres IS NULL)
        AND COALESCE(fetch_climb <= :water.convenience.basic.vertical, fetch_climb IS NULL) THEN 1
    END AS convenience_grade,
    CASE
      WHEN reliability >= :water.reliability.pass THEN 2
      WHEN reliability >= :water.reliability.basic THEN 1
      WHEN reliability < :water.reliability.basic THEN 0
      WHEN water_supply = 'never' THEN 2
      WHEN water_supply = 'few_days' THEN 1
      WHEN water_supply = 'short' THEN 0
    END AS reliability_grade
  FROM joined AS j
)
SELECT
  household_code,
  place_code,
  zone_code,
  works_code,
  works_name,
  persons,
  CASE WHEN water_access = 'piped' THEN TRUE WHEN water_access IN ('near', 'far') THEN FALSE END AS piped,
  -- Who has no works at all is served by none; a works that nobody described is unknown.
  CASE WHEN zone_code IS NULL AND water_access IN ('near', 'far') THEN FALSE ELSE large_supply END AS large_supply,
  CASE WHEN zone_code IS NULL AND water_access IN ('near', 'far') THEN FALSE ELSE county_managed END AS county_managed,
  water_litres,
  CASE WHEN water_short THEN :water.quantity.basic.dry ELSE :water.quantity.basic.wet END AS litres_needed,
  fetch_minutes,
  fetch_metres,
  CASE WHEN convenience_grade = 0 THEN CONCAT_WS('|',
    CASE WHEN fetch_minutes > :water.convenience.basic.minutes THEN 'fetch_minutes' END,
    CASE WHEN fetch_metres > :water.convenience.basic.horizontal THEN 'fetch_metres' END,
    CASE WHEN fetch_climb > :water.convenience.basic.vertical THEN 'fetch_climb' END,
    CASE WHEN water_access = 'far' THEN 'far' END) END AS hard_to_fetch,
  outage_days,
  outage_days_month,
  longest_outage,
  reliability,
  dry_days,
  water_solved,
  water_problem,
  fluoride,
  fluoride_over,
  -- Before the tests of their whole age are known only failing is: no share is told of those alone. A
  -- county that has sent no test at all has no proof.
  CASE WHEN test_months_known >= :water.test.max_age_months THEN TRUE WHEN samples > 0 THEN FALSE END
    AS tests_known,
  passes_as_known,
  quantity_grade,
  quality_grade,
  convenience_grade,
  reliability_grade,
  CASE WHEN quantity_grade = 0 OR quality_grade = 0 OR convenience_grade = 0 OR reliability_grade = 0 THEN 0
       WHEN quantity_grade IS NOT NULL AND quality_grade IS NOT NULL AND convenience_grade IS NOT NULL
         AND reliability_grade IS NOT NULL
       THEN LEAST(quantity_grade, quality_grade, convenience_grade, reliability_grade) END AS water_grade,
  CONCAT_WS('|',
    CASE WHEN quantity_grade = 0 THEN 'quantity' END, CASE WHEN quality_grade = 0 THEN 'quality' END,
    CASE WHEN convenience_grade = 0 THEN 'convenience' END,
    CASE WHEN reliability_grade = 0 THEN 'reliability' END) AS failing,
  CONCAT_WS('|',
    CASE WHEN quantity_grade IS NULL THEN 'quantity' END, CASE WHEN quality_grade IS NULL THEN 'quality' END,
    CASE WHEN convenience_grade IS NULL THEN 'convenience' END,
    CASE WHEN reliability_grade IS NULL THEN 'reliability' END) AS unreported
FROM graded
