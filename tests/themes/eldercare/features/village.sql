-- Elders in special need and care stations of each village that has elders.
WITH stations AS (SELECT place_code, COUNT(*) AS stations FROM care_station GROUP BY place_code)
SELECT h.place_code, SUM(h.special) AS special, COALESCE(MAX(s.stations), 0) AS stations
FROM eldercare_household AS h
LEFT JOIN stations AS s ON s.place_code = h.place_code
GROUP BY h.place_code
