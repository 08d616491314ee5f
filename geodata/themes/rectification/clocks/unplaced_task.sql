-- Tasks whose problem was never delivered, until they are accepted. Nobody knows where they are: they
-- stand at the county.
WITH judged AS (
  SELECT
    problem_code, task_code, kind,
    ROW_NUMBER() OVER (PARTITION BY problem_code, task_code ORDER BY day DESC, step DESC) AS place_from_last
  FROM rectification_steps
  WHERE kind IN ('submitted', 'returned', 'accepted') AND holds
),
county AS (
  SELECT MIN(SUBSTRING(place_code, 1, 6)) AS place_code FROM household WHERE place_code IS NOT NULL
)
SELECT
  CONCAT(t.problem_code, '-', t.task_code) AS id,
  c.place_code,
  t.due_day,
  CONCAT_WS('|', t.area_owner, t.department_owner) AS owner
FROM task AS t
CROSS JOIN county AS c
LEFT JOIN problem AS p ON p.problem_code = t.problem_code
LEFT JOIN judged AS j
  ON j.problem_code = t.problem_code AND j.task_code = t.task_code AND j.place_from_last = 1
LEFT JOIN rectification_closings AS z ON z.problem_code = t.problem_code
WHERE p.problem_code IS NULL AND (t.handed_over_day IS NULL OR t.handed_over_day <= :day.now)
  AND NOT COALESCE(j.kind = 'accepted', FALSE) AND NOT COALESCE(z.closed, FALSE)
