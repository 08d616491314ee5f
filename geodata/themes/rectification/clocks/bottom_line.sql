-- Problems that are not closed and have a bottom line.
SELECT
  p.problem_code AS id,
  p.place_code,
  p.household_code,
  q.bottom_line_day AS due_day,
  CONCAT_WS('|', p.area_owner, p.department_owner) AS owner,
  p.kind AS about
FROM rectification_problem AS p
JOIN problem AS q ON q.problem_code = p.problem_code
WHERE NOT p.problem_closed AND q.bottom_line_day IS NOT NULL
