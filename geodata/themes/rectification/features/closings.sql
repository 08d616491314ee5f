-- Whether each problem is closed: the last of its closings and reopenings.
WITH ranked AS (
  SELECT
    problem_code, kind, day, handled_by,
    ROW_NUMBER() OVER (PARTITION BY problem_code ORDER BY day DESC, step DESC) AS place_from_last
  FROM rectification_steps
  WHERE kind IN ('closed', 'reopened')
)
SELECT problem_code, kind = 'closed' AS closed, day, handled_by
FROM ranked
WHERE place_from_last = 1
