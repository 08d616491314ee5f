-- The ledger of each village in numbers. A village without problems has none only where a ledger is
-- kept at all; in a county that has sent no problem yet every number is unknown.
WITH villages AS (
  SELECT place_code FROM household WHERE place_code IS NOT NULL
  UNION
  SELECT place_code FROM village
  UNION
  SELECT place_code FROM problem WHERE place_code IS NOT NULL
),
kept AS (
  SELECT CASE WHEN COUNT(*) > 0 THEN 0 END AS zero
  FROM problem
  WHERE found_day <= :day.now
),
counted AS (
  SELECT
    place_code,
    COUNT(*) AS problems,
    COUNT(CASE WHEN NOT problem_closed THEN 1 END) AS open_problems,
    COUNT(CASE WHEN problem_closed THEN 1 END) AS closed_problems,
    COUNT(CASE WHEN critical AND NOT problem_closed THEN 1 END) AS critical_open_problems,
    COUNT(CASE WHEN critical IS NULL AND NOT problem_closed THEN 1 END) AS critical_unknown,
    COUNT(CASE WHEN found_lately THEN 1 END) AS problems_found_lately,
    COUNT(CASE WHEN found_lately AND months_since_closed_before <= :ledger.recurrence_months THEN 1 END)
      AS problems_recurred,
    COUNT(CASE WHEN self_found THEN 1 END) AS self_found_problems,
    COUNT(CASE WHEN point_to_point THEN 1 END) AS point_problems,
    COUNT(CASE WHEN point_to_point AND problem_closed THEN 1 END) AS point_closed_problems,
    COUNT(CASE WHEN point_to_point AND NOT problem_closed THEN 1 END) AS point_open_problems,
    COUNT(CASE WHEN called AND NOT problem_closed THEN 1 END) AS called_problems,
    COUNT(CASE WHEN overdue AND escalation < 2 THEN 1 END) AS uncalled_problems,
    COUNT(CASE WHEN circulated_now THEN 1 END) AS circulated_problems,
    COUNT(CASE WHEN adopted THEN 1 END) AS adopted_problems,
    COUNT(CASE WHEN adopted AND checked_elsewhere THEN 1 END) AS adopted_checked,
    SUM(red_tasks) AS red_tasks,
    SUM(yellow_tasks) AS yellow_tasks,
    SUM(blue_tasks) AS blue_tasks,
    SUM(open_tasks) AS open_tasks,
    SUM(tasks) AS tasks
  FROM rectification_problem
  GROUP BY place_code
),
returned AS (
  SELECT place_code, MAX(day) AS last_day
  FROM visit
  WHERE unannounced AND day > :day.minus_365 AND day <= :day.now
  GROUP BY place_code
),
-- A county whose forms never say which visits were unannounced says nothing about villages without.
told AS (
  SELECT CASE WHEN COUNT(unannounced) > 0 THEN TRUE END AS unannounced
  FROM visit
  WHERE day > :day.minus_365 AND day <= :day.now
)
SELECT
  v.place_code,
  COALESCE(c.problems, k.zero) AS problems,
  COALESCE(c.open_problems, k.zero) AS open_problems,
  COALESCE(c.closed_problems, k.zero) AS closed_problems,
  CASE WHEN COALESCE(c.critical_unknown, 0) = 0
    THEN COALESCE(c.critical_open_problems, k.zero) END AS critical_open_problems,
  COALESCE(c.problems_found_lately, k.zero) AS problems_found_lately,
  CASE WHEN :ledger.recurrence_months IS NOT NULL
    THEN COALESCE(c.problems_recurred, k.zero) END AS problems_recurred,
  COALESCE(c.self_found_problems, k.zero) AS self_found_problems,
  COALESCE(c.point_problems, k.zero) AS point_problems,
  COALESCE(c.point_closed_problems, k.zero) AS point_closed_problems,
  COALESCE(c.point_open_problems, k.zero) AS point_open_problems,
  COALESCE(c.called_problems, k.zero) AS called_problems,
  COALESCE(c.uncalled_problems, k.zero) AS uncalled_problems,
  COALESCE(c.circulated_problems, k.zero) AS circulated_problems,
  CASE WHEN r.last_day IS NOT NULL THEN DATEDIFF('day', r.last_day, :day.now)
       WHEN y.days >= 365 AND a.unannounced THEN 366 END AS days_since_return,
  COALESCE(c.adopted_problems, k.zero) AS adopted_problems,
  COALESCE(c.adopted_checked, k.zero) AS adopted_checked,
  COALESCE(c.red_tasks, k.zero) AS red_tasks,
  COALESCE(c.yellow_tasks, k.zero) AS yellow_tasks,
  COALESCE(c.blue_tasks, k.zero) AS blue_tasks,
  COALESCE(c.open_tasks, k.zero) AS open_tasks,
  COALESCE(c.tasks, k.zero) AS tasks
FROM villages AS v
CROSS JOIN kept AS k
CROSS JOIN told AS a
LEFT JOIN coverage AS y ON y.table_name = 'visit'
LEFT JOIN returned AS r ON r.place_code = v.place_code
LEFT JOIN counted AS c ON c.place_code = v.place_code
