-- Monitored households by their last visit; of one without any nobody knows since when.
SELECT household_code AS id, place_code, household_code, days_since_visit AS elapsed
FROM monitoring_household
WHERE monitored_now
