-- What the ledger says about a problem: its tasks together, whether it is closed, whether it came back.
WITH tasks AS (
  SELECT
    problem_code,
    COUNT(*) AS tasks,
    COUNT(CASE WHEN task_open THEN 1 END) AS open_tasks,
    COUNT(CASE WHEN NOT task_accepted THEN 1 END) AS tasks_not_accepted,
    COUNT(CASE WHEN task_begun THEN 1 END) AS tasks_begun,
    COUNT(CASE WHEN colour = 'red' THEN 1 END) AS red_tasks,
    COUNT(CASE WHEN colour = 'yellow' THEN 1 END) AS yellow_tasks,
    COUNT(CASE WHEN colour = 'blue' THEN 1 END) AS blue_tasks,
    MIN(CASE WHEN task_open THEN days_left END) AS fewest_days_left,
    MIN(area_owner) AS area_owner,
    MIN(department_owner) AS department_owner
  FROM rectification_task
  GROUP BY problem_code
),
steps AS (
  SELECT
    problem_code,
    COUNT(CASE WHEN kind = 'reopened' THEN 1 END) AS reopenings,
    COUNT(CASE WHEN kind IN ('summoned', 'accountable') THEN 1 END) AS called_to_account,
    MAX(CASE kind WHEN 'reminded' THEN 1 WHEN 'supervised' THEN 2 WHEN 'circulated' THEN 3
      WHEN 'summoned' THEN 4 WHEN 'accountable' THEN 5 ELSE 0 END) AS escalation,
    SUM(evidence) AS evidence_pieces,
    MAX(day) AS last_day
  FROM rectification_steps
  GROUP BY problem_code
),
owned AS (
  SELECT
    z.problem_code,
    MAX(CASE WHEN z.handled_by IN (COALESCE(t.area_person, ''), COALESCE(t.department_person, ''),
      COALESCE(t.leader, '')) THEN 1 WHEN z.handled_by IS NOT NULL THEN 0 END) AS by_owner
  FROM rectification_closings AS z
  JOIN rectification_task AS t ON t.problem_code = z.problem_code
  WHERE z.closed
  GROUP BY z.problem_code
),
-- The same kind in the same village, closed before this one was found: how many months before.
-- A month that has begun counts whole, so that exactly twelve months are still within twelve.
earlier AS (
  SELECT
    p.problem_code,
    MIN((EXTRACT(YEAR FROM p.found_day) - EXTRACT(YEAR FROM s.day)) * 12
      + EXTRACT(MONTH FROM p.found_day) - EXTRACT(MONTH FROM s.day)
      + CASE WHEN EXTRACT(DAY FROM p.found_day) > EXTRACT(DAY FROM s.day) THEN 1 ELSE 0 END) AS months
  FROM problem AS p
  JOIN problem AS q
    ON q.place_code = p.place_code AND q.kind = p.kind AND q.problem_code <> p.problem_code
  JOIN rectification_steps AS s ON s.problem_code = q.problem_code AND s.kind = 'closed'
  WHERE s.day <= p.found_day AND p.found_day <= :day.now
  GROUP BY p.problem_code
)
SELECT
  p.problem_code,
  p.household_code,
  p.place_code,
  p.batch,
  p.origin,
  p.category,
  p.kind,
  p.found_day,
  p.found_day > :day.minus_365 AS found_lately,
  DATEDIFF('day', p.found_day, :day.now) AS days_since_found,
  CASE WHEN z.closed THEN 'closed' WHEN COALESCE(s.reopenings, 0) > 0 THEN 'reopened'
       WHEN t.tasks IS NULL THEN 'found' WHEN t.tasks_not_accepted = 0 THEN 'accepted'
       ELSE 'under_way' END AS problem_state,
  COALESCE(z.closed, FALSE) AS problem_closed,
  CASE WHEN z.closed THEN DATEDIFF('day', p.found_day, z.day) END AS days_to_close,
  POSITION(p.origin IN :ledger.critical_origins) > 0 AS critical,
  p.origin IN ('自查', '举一反三') AS self_found,
  p.origin = '举一反三' AS adopted,
  p.adopted_from,
  p.checked_elsewhere,
  COALESCE(t.tasks, 0) AS tasks,
  COALESCE(t.open_tasks, 0) AS open_tasks,
  COALESCE(t.tasks_not_accepted, 0) AS tasks_not_accepted,
  COALESCE(t.tasks_begun, 0) AS tasks_begun,
  COALESCE(t.red_tasks, 0) AS red_tasks,
  COALESCE(t.yellow_tasks, 0) AS yellow_tasks,
  COALESCE(t.blue_tasks, 0) AS blue_tasks,
  t.fewest_days_left,
  t.area_owner,
  t.department_owner,
  COALESCE(s.reopenings, 0) AS reopenings,
  COALESCE(s.called_to_account, 0) AS called_to_account,
  COALESCE(s.escalation, 0) AS escalation,
  COALESCE(s.evidence_pieces, 0) AS evidence_pieces,
  DATEDIFF('day', COALESCE(s.last_day, p.found_day), :day.now) AS days_since_step,
  o.by_owner = 1 AS closed_by_owner,
  b.months AS months_since_closed_before,
  DATEDIFF('day', :day.now, p.bottom_line_day) AS days_to_bottom_line
FROM problem AS p
LEFT JOIN tasks AS t ON t.problem_code = p.problem_code
LEFT JOIN steps AS s ON s.problem_code = p.problem_code
LEFT JOIN rectification_closings AS z ON z.problem_code = p.problem_code
LEFT JOIN owned AS o ON o.problem_code = p.problem_code
LEFT JOIN earlier AS b ON b.problem_code = p.problem_code
WHERE p.found_day <= :day.now
