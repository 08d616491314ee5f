-- What happened to the monitoring of each household, told by the month: one definition for the
-- indicators of a month and for the flows. An event belongs to the month of its date; one dated in
-- months in which the list of its village was not delivered belongs to the month that tells it first
-- (late). Who was monitored in the last list and still is was not taken in again, whatever month of
-- identification the record bears now, and who was removed there is not removed once more: a changed
-- date is no event. Who returned had an episode before: one that the last list has as removed, an
-- ordinary household that was first identified earlier (one that was poor before was first identified
-- as poor, which tells nothing), or any that was removed before it was identified.
WITH last_told AS (
  SELECT
    household_code,
    reported_month,
    monitored_category IS NOT NULL AND NOT COALESCE(risk_removed, FALSE) AS monitored,
    monitored_category IS NOT NULL AND COALESCE(risk_removed, FALSE) AS removed,
    ROW_NUMBER() OVER (PARTITION BY household_code ORDER BY reported_month DESC, place_code) AS number
  FROM household_earlier
),
last_lists AS (
  SELECT place_code, MAX(reported_month) AS reported_month FROM household_earlier GROUP BY place_code
),
listed AS (
  SELECT
    h.*,
    COALESCE(e.monitored, FALSE) AS was_monitored,
    COALESCE(e.removed, FALSE) AS was_removed,
    COALESCE(e.reported_month, l.reported_month) AS told_until,
    ROW_NUMBER() OVER (PARTITION BY h.household_code ORDER BY h.place_code) AS number
  FROM household AS h
  LEFT JOIN last_told AS e ON e.household_code = h.household_code AND e.number = 1
  LEFT JOIN last_lists AS l ON l.place_code = h.place_code
),
dated AS (
  SELECT
    household_code, household_type, first_identified_month, identified_month, removed_month,
    was_monitored, was_removed,
    COALESCE(risk_removed, FALSE) AS risk_removed,
    COALESCE(monitored_category IS NOT NULL AND identified_month <= :month.now
      AND (identified_month = :month.now OR identified_month > told_until), FALSE) AS begun,
    COALESCE(monitored_category IS NOT NULL AND removed_month <= :month.now
      AND (removed_month = :month.now OR removed_month > told_until), FALSE) AS ended
  FROM listed
  WHERE number = 1
),
-- Removed and taken in again since the last list.
twice AS (
  SELECT *, was_monitored AND begun AND ended AND NOT risk_removed AND removed_month <= identified_month AS again
  FROM dated
),
happened AS (
  SELECT
    *,
    -- A record of an episode that ended in another month is no word of one that began in this.
    begun AND (again OR NOT was_monitored) AND (ended OR NOT risk_removed) AS identified_now
  FROM twice
)
SELECT
  household_code,
  identified_now,
  identified_now
    AND (again OR was_removed
      OR COALESCE(household_type = '一般农户' AND first_identified_month < identified_month, FALSE)
      OR COALESCE(removed_month < identified_month, FALSE)) AS returned_now,
  ended AND (again OR (risk_removed AND (identified_now OR NOT was_removed))) AS removed_now,
  identified_month < :month.now AS identified_late,
  removed_month < :month.now AS removed_late
FROM happened
