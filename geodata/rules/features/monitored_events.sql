-- What happened to the monitoring of each household in the month, by the months that its record says:
-- one definition for the indicators of a month and for the flows. Who returned had an episode before:
-- an ordinary household that was first identified earlier (one that was poor before was first identified
-- as poor, which tells nothing), or any that was removed before it was identified.
WITH dated AS (
  SELECT
    household_code, household_type, first_identified_month, identified_month, removed_month,
    COALESCE(monitored_category IS NOT NULL AND identified_month = :month.now, FALSE) AS begun,
    COALESCE(monitored_category IS NOT NULL AND removed_month = :month.now, FALSE) AS ended,
    COALESCE(risk_removed, FALSE) AS risk_removed,
    ROW_NUMBER() OVER (PARTITION BY household_code ORDER BY place_code) AS number
  FROM household
)
SELECT
  household_code,
  -- A record of an episode that ended in another month is no word of one that began in this.
  begun AND (ended OR NOT risk_removed) AS identified_now,
  begun AND (ended OR NOT risk_removed)
    AND (COALESCE(household_type = '一般农户' AND first_identified_month < identified_month, FALSE)
      OR COALESCE(removed_month < identified_month, FALSE)) AS returned_now,
  ended AND risk_removed AS removed_now
FROM dated
WHERE number = 1
