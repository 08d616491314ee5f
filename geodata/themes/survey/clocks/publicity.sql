-- Households on public notice about which nothing is decided yet.
SELECT household_code AS id, place_code, household_code, posted_day AS begun_day
FROM survey
WHERE posted_day <= :day.now AND (closed_day IS NULL OR closed_day > :day.now)
