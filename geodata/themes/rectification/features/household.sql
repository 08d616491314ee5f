-- The problems that name a household, together; households without one are not in the ledger.
WITH named AS (
  SELECT
    household_code,
    MIN(place_code) AS place_code,
    COUNT(*) AS problems,
    COUNT(CASE WHEN NOT problem_closed THEN 1 END) AS open_problems,
    SUM(red_tasks) AS red_tasks,
    MIN(CASE WHEN NOT problem_closed THEN fewest_days_left END) AS days_left,
    MIN(CASE WHEN NOT problem_closed THEN kind END) AS first_kind,
    MAX(CASE WHEN NOT problem_closed THEN kind END) AS last_kind,
    MIN(CASE WHEN NOT problem_closed THEN area_owner END) AS area_owner,
    MIN(CASE WHEN NOT problem_closed THEN department_owner END) AS department_owner
  FROM rectification_problem
  WHERE household_code IS NOT NULL
  GROUP BY household_code
)
SELECT
  household_code,
  place_code,
  problems AS household_problems,
  open_problems AS household_open_problems,
  CONCAT_WS('、', first_kind, CASE WHEN last_kind <> first_kind THEN last_kind END) AS household_kinds,
  red_tasks AS household_red_tasks,
  days_left AS household_days_left,
  CONCAT_WS('、', area_owner, department_owner) AS household_owners
FROM named
