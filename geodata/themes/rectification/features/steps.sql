-- The steps of the ledger up to the end of the month, numbered in the order in which they follow
-- within a day, with the last day on which their problem was opened again.
WITH known AS (
  SELECT
    problem_code, task_code, day, kind, percent_done, new_due_day, handled_by, approver, evidence,
    CASE kind WHEN 'progress' THEN 1 WHEN 'extended' THEN 2 WHEN 'submitted' THEN 3
      WHEN 'returned' THEN 4 WHEN 'accepted' THEN 5 WHEN 'closed' THEN 6 WHEN 'reopened' THEN 7
      ELSE 8 END AS step
  FROM progress
  WHERE day <= :day.now
),
again AS (
  SELECT problem_code, MAX(day) AS reopened_day
  FROM known
  WHERE kind = 'reopened'
  GROUP BY problem_code
)
SELECT
  k.problem_code, k.task_code, k.day, k.kind, k.step, k.percent_done, k.new_due_day, k.handled_by, k.approver,
  k.evidence, a.reopened_day,
  -- What was done before the problem was opened again no longer holds.
  a.reopened_day IS NULL OR k.day > a.reopened_day AS holds
FROM known AS k
LEFT JOIN again AS a ON a.problem_code = k.problem_code
