-- Works on groundwater by the last test of their source.
SELECT works_code AS id, place_code, days_since_source_test AS elapsed, source_test_interval AS days, works_name AS about
FROM water_works
WHERE source = 'groundwater' AND source_test_interval IS NOT NULL
