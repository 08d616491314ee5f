-- What the ledger says about a task: whether it is done, until when it is due, how it stands.
WITH judged AS (
  SELECT
    problem_code, task_code, kind,
    ROW_NUMBER() OVER (PARTITION BY problem_code, task_code ORDER BY day DESC, step DESC) AS place_from_last
  FROM rectification_steps
  WHERE kind IN ('submitted', 'returned', 'accepted') AND holds
),
-- An extension counts with a new day and somebody who approved it; the old day is kept beside it.
extended AS (
  SELECT
    problem_code, task_code, new_due_day,
    ROW_NUMBER() OVER (PARTITION BY problem_code, task_code ORDER BY day DESC, new_due_day DESC) AS place_from_last
  FROM rectification_steps
  WHERE kind = 'extended' AND new_due_day IS NOT NULL AND approver IS NOT NULL
),
counted AS (
  SELECT
    problem_code, task_code,
    COUNT(*) AS steps,
    COUNT(CASE WHEN kind = 'extended' THEN 1 END) AS extensions,
    COUNT(CASE WHEN kind = 'extended' AND (new_due_day IS NULL OR approver IS NULL) THEN 1 END) AS extension_faults,
    MAX(CASE WHEN kind = 'progress' THEN percent_done END) AS percent_done,
    COUNT(CASE WHEN kind = 'returned' THEN 1 END) AS returns
  FROM rectification_steps
  WHERE task_code IS NOT NULL
  GROUP BY problem_code, task_code
),
joined AS (
  SELECT
    t.task_code, t.problem_code, p.household_code, p.place_code, p.category, p.kind,
    t.action, t.handling, t.handed_over_day,
    t.due_day AS first_due_day,
    COALESCE(e.new_due_day, t.due_day) AS due_day,
    t.area_owner, t.area_person, t.department_owner, t.department_person, t.leader, t.acceptor,
    COALESCE(c.steps, 0) AS steps,
    COALESCE(c.extensions, 0) AS extensions,
    COALESCE(c.extension_faults, 0) AS extension_faults,
    COALESCE(c.returns, 0) AS returns,
    c.percent_done,
    j.kind AS judgement,
    COALESCE(z.closed, FALSE) AS problem_closed
  FROM task AS t
  JOIN problem AS p ON p.problem_code = t.problem_code
  LEFT JOIN judged AS j
    ON j.problem_code = t.problem_code AND j.task_code = t.task_code AND j.place_from_last = 1
  LEFT JOIN extended AS e
    ON e.problem_code = t.problem_code AND e.task_code = t.task_code AND e.place_from_last = 1
  LEFT JOIN counted AS c ON c.problem_code = t.problem_code AND c.task_code = t.task_code
  LEFT JOIN rectification_closings AS z ON z.problem_code = t.problem_code
  WHERE p.found_day <= :day.now AND (t.handed_over_day IS NULL OR t.handed_over_day <= :day.now)
),
timed AS (
  SELECT
    j.*,
    COALESCE(judgement = 'accepted', FALSE) AS task_accepted,
    NOT problem_closed AND NOT COALESCE(judgement = 'accepted', FALSE) AS task_open,
    DATEDIFF('day', :day.now, due_day) AS days_left
  FROM joined AS j
)
SELECT
  CONCAT(problem_code, '-', task_code) AS task_code,
  problem_code,
  household_code,
  place_code,
  category,
  kind,
  action,
  handling,
  first_due_day,
  due_day,
  days_left,
  CASE WHEN NOT task_open THEN 'done'
       WHEN days_left < 0 - COALESCE(:ledger.red_days_after, :ledger.red_days_after.default) THEN 'red'
       WHEN days_left <= COALESCE(:ledger.yellow_days_before, :ledger.yellow_days_before.default) THEN 'yellow'
       WHEN days_left <= COALESCE(:ledger.blue_days_before, :ledger.blue_days_before.default) THEN 'blue'
       WHEN days_left IS NOT NULL THEN 'none' END AS colour,
  CASE WHEN problem_closed THEN 'closed'
       WHEN task_accepted THEN 'accepted'
       WHEN judgement IN ('submitted', 'returned') THEN judgement
       WHEN steps > 0 THEN 'progress'
       ELSE 'handed_over' END AS task_state,
  steps > 0 AS task_begun,
  task_accepted,
  task_open,
  extensions,
  extension_faults,
  returns,
  percent_done,
  area_owner,
  area_person,
  department_owner,
  department_person,
  leader,
  acceptor,
  CONCAT_WS('|', CASE WHEN area_owner IS NULL THEN 'no_area_owner' END,
    CASE WHEN department_owner IS NULL THEN 'no_department_owner' END) AS owners_missing,
  acceptor IN (COALESCE(area_person, ''), COALESCE(department_person, '')) AS accepts_own_work
FROM timed
