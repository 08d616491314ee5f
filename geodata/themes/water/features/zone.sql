-- Days without water in each supply zone: outages of the zone and of its whole works, each day once.
-- Known where the outages of the whole time are (coverage); of a part only what no other month mends.
WITH zones AS (
  SELECT DISTINCT zone_code, works_code FROM supply_zone WHERE zone_code IS NOT NULL
),
dry AS (
  SELECT DISTINCT z.zone_code, d.number, d.in_month
  FROM zones AS z
  JOIN outage AS o ON o.works_code = z.works_code AND (o.zone_code IS NULL OR o.zone_code = z.zone_code)
  -- From the day of the break to the day before water came back, which is a day with water.
  JOIN recent_day AS d ON d.day >= o.start_day AND (o.end_day IS NULL OR d.day < o.end_day)
),
runs AS (
  SELECT zone_code, COUNT(*) AS days
  FROM (
    SELECT zone_code, number - ROW_NUMBER() OVER (PARTITION BY zone_code ORDER BY number) AS run
    FROM dry
  ) AS numbered
  GROUP BY zone_code, run
),
summed AS (
  SELECT
    zone_code, COUNT(*) AS outage_days,
    COUNT(CASE WHEN in_month THEN 1 END) AS outage_days_month
  FROM dry
  GROUP BY zone_code
),
longest AS (
  SELECT zone_code, MAX(days) AS longest_outage FROM runs GROUP BY zone_code
)
SELECT
  z.zone_code,
  z.works_code,
  CASE WHEN y.days >= 365 OR (365 - s.outage_days) * CAST(100 AS DOUBLE) / 365 < :water.reliability.basic
    THEN COALESCE(s.outage_days, 0) END AS outage_days,
  CASE WHEN y.days > 0 THEN COALESCE(s.outage_days_month, 0) END AS outage_days_month,
  CASE WHEN y.days >= 365 THEN COALESCE(l.longest_outage, 0) END AS longest_outage,
  COALESCE(l.longest_outage, 0) AS longest_outage_seen,
  CASE WHEN y.days >= 365 OR (365 - s.outage_days) * CAST(100 AS DOUBLE) / 365 < :water.reliability.basic
    THEN (365 - COALESCE(s.outage_days, 0)) * CAST(100 AS DOUBLE) / 365 END AS reliability
FROM zones AS z
LEFT JOIN summed AS s ON s.zone_code = z.zone_code
LEFT JOIN longest AS l ON l.zone_code = z.zone_code
LEFT JOIN coverage AS y ON y.table_name = 'outage'
