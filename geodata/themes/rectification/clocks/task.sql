-- Open tasks by their due day; of one that was set anew with approval, the first day, who and why.
WITH moved AS (
  SELECT
    CONCAT(problem_code, '-', task_code) AS task_code, day, approver, note,
    ROW_NUMBER() OVER (PARTITION BY problem_code, task_code ORDER BY day DESC, new_due_day DESC) AS place_from_last
  FROM progress
  WHERE kind = 'extended' AND new_due_day IS NOT NULL AND approver IS NOT NULL AND day <= :day.now
)
SELECT
  t.task_code AS id,
  t.place_code,
  t.household_code,
  t.due_day,
  CONCAT_WS('|', t.area_owner, t.department_owner) AS owner,
  t.kind AS about,
  t.first_due_day,
  m.day AS moved_day,
  m.approver AS moved_by,
  m.note AS moved_why
FROM rectification_task AS t
LEFT JOIN moved AS m ON m.task_code = t.task_code AND m.place_from_last = 1
WHERE t.task_open
