-- Clues that no visit judged to be without risk, of households that are not monitored.
SELECT household_code AS id, place_code, household_code, days_since_clue AS elapsed
FROM monitoring_household
WHERE NOT monitored AND clue_open
