-- Villages by the day they last posted their funds.
SELECT place_code AS id, place_code, days_since_posted AS elapsed
FROM survey_village
WHERE days_since_posted IS NOT NULL
