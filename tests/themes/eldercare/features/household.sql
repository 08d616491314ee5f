-- What the rules know about the elders of a household. A household without elders is not judged.
SELECT
  h.household_code, h.place_code,
  COUNT(e.household_code) AS elders,
  COUNT(CASE WHEN e.alone THEN 1 END) AS alone,
  COUNT(CASE WHEN e.ability IN ('moderate', 'severe', 'complete') THEN 1 END) AS disabled,
  COUNT(CASE WHEN e.special THEN 1 END) AS special,
  COUNT(CASE WHEN e.special AND e.recent > 0 THEN 1 END) AS visited_month,
  COUNT(CASE WHEN e.special AND e.recent = 0 THEN 1 END) AS not_visited,
  COUNT(CASE WHEN e.ability IN ('severe', 'complete') AND NOT e.allowance THEN 1 END)
    AS without_allowance,
  DATE_DIFF('day', MAX(e.last_day), :day.now) AS days_since_care,
  STRING_AGG(e.ability, '|' ORDER BY e.ability) AS abilities
FROM household AS h
LEFT JOIN eldercare_elders AS e ON e.household_code = h.household_code
GROUP BY h.household_code, h.place_code
