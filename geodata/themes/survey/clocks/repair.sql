-- Tickets about equipment that is not repaired yet.
SELECT ticket_code AS id, place_code, reported_day AS begun_day
FROM repair_ticket
WHERE reported_day <= :day.now AND (fixed_day IS NULL OR fixed_day > :day.now)
