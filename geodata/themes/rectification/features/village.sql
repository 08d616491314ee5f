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
    COUNT(CASE WHEN adopted THEN 1 END) AS adopted_problems,
    COUNT(CASE WHEN adopted AND checked_elsewhere THEN 1 END) AS adopted_checked,
    SUM(red_tasks) AS red_tasks,
    SUM(yellow_tasks) AS yellow_tasks,
    SUM(blue_tasks) AS blue_tasks,
    SUM(open_tasks) AS open_tasks,
    SUM(tasks) AS tasks
  FROM rectification_problem
  GROUP BY place_code
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
  COALESCE(c.adopted_problems, k.zero) AS adopted_problems,
  COALESCE(c.adopted_checked, k.zero) AS adopted_checked,
  COALESCE(c.red_tasks, k.zero) AS red_tasks,
  COALESCE(c.yellow_tasks, k.zero) AS yellow_tasks,
  COALESCE(c.blue_tasks, k.zero) AS blue_tasks,
  COALESCE(c.open_tasks, k.zero) AS open_tasks,
  COALESCE(c.tasks, k.zero) AS tasks
FROM villages AS v
CROSS JOIN kept AS k
LEFT JOIN counted AS c ON c.place_code = v.place_code
