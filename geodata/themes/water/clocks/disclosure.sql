-- Works by the day their tests were last published.
SELECT works_code AS id, place_code, days_since_published AS elapsed, works_name AS about
FROM water_works
WHERE days_since_published IS NOT NULL
