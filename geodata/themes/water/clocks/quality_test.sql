-- Works by the last test of what they supply.
SELECT works_code AS id, place_code, days_since_test AS elapsed, works_name AS about
FROM water_works
