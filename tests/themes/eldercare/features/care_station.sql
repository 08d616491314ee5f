-- What the rules know about a care station: whom it serves and how often someone came this month.
WITH served AS (
  SELECT station_code, COUNT(*) AS elders FROM elder GROUP BY station_code
),
visits AS (
  SELECT station_code, COUNT(*) AS visits FROM care_visit
  WHERE day > :day.minus_31 AND day <= :day.now GROUP BY station_code
)
SELECT
  s.station_code, s.place_code, s.kind AS station_kind, s.beds, s.staff, s.is_open,
  COALESCE(e.elders, 0) AS elders_served, COALESCE(v.visits, 0) AS visits_month
FROM care_station AS s
LEFT JOIN served AS e ON e.station_code = s.station_code
LEFT JOIN visits AS v ON v.station_code = s.station_code
