-- The seven kinds of help of each household: planned, there, and planned without being there. What is there is
-- told by the measures in force, the public posts and the register, not by the plan itself.
WITH running AS (
  SELECT
    household_code,
    CASE
      WHEN kind IN ('industry', 'finance') THEN 'industry'
      WHEN kind = 'employment' THEN 'work'
      WHEN kind = 'relocation' THEN 'move'
      WHEN kind IN ('education', 'other_education') THEN 'education'
      WHEN kind = 'health' THEN 'health'
      WHEN kind = 'assurance' THEN 'assurance'
    END AS kind
  FROM measure
  WHERE (start_month IS NULL OR start_month <= :month.now) AND (end_month IS NULL OR end_month >= :month.now)
  UNION ALL
  SELECT household_code, 'move' AS kind FROM household WHERE relocated
  UNION ALL
  -- A post that guards woods or grass is help by ecology, any other is work.
  SELECT household_code, CASE WHEN post LIKE '%护林%' OR post LIKE '%草管%' OR post LIKE '%生态%' THEN 'ecology' ELSE 'work' END AS kind
  FROM public_post
  WHERE (start_month IS NULL OR start_month <= :month.now) AND (end_month IS NULL OR end_month >= :month.now)
),
given AS (
  SELECT DISTINCT household_code, kind FROM running WHERE kind IS NOT NULL
),
planned AS (
  SELECT household_code, kind, MIN(due_day) AS due_day FROM help_plan GROUP BY household_code, kind
),
villages AS (
  SELECT household_code, COUNT(DISTINCT place_code) AS plan_villages FROM help_plan GROUP BY household_code
),
each AS (
  SELECT
    COALESCE(p.household_code, g.household_code) AS household_code,
    COALESCE(p.kind, g.kind) AS kind,
    p.kind IS NOT NULL AS planned,
    g.kind IS NOT NULL AS given,
    p.due_day
  FROM planned AS p
  FULL JOIN given AS g ON g.household_code = p.household_code AND g.kind = p.kind
),
summed AS (
  SELECT
    household_code,
    COUNT(CASE WHEN planned THEN 1 END) AS planned_kinds,
    COUNT(CASE WHEN planned AND NOT given THEN 1 END) AS lacking_kinds,
    COUNT(CASE WHEN planned AND NOT given AND due_day < :day.now THEN 1 END) AS late_kinds,
    MAX(CASE WHEN kind = 'industry' AND planned THEN CASE WHEN given THEN 1 ELSE 0 END END) AS industry,
    MAX(CASE WHEN kind = 'industry' AND given THEN 1 ELSE 0 END) AS has_industry,
    MAX(CASE WHEN kind = 'work' AND planned THEN CASE WHEN given THEN 1 ELSE 0 END END) AS work,
    MAX(CASE WHEN kind = 'work' AND given THEN 1 ELSE 0 END) AS has_work,
    MAX(CASE WHEN kind = 'move' AND planned THEN CASE WHEN given THEN 1 ELSE 0 END END) AS move,
    MAX(CASE WHEN kind = 'move' AND given THEN 1 ELSE 0 END) AS has_move,
    MAX(CASE WHEN kind = 'ecology' AND planned THEN CASE WHEN given THEN 1 ELSE 0 END END) AS ecology,
    MAX(CASE WHEN kind = 'ecology' AND given THEN 1 ELSE 0 END) AS has_ecology,
    MAX(CASE WHEN kind = 'education' AND planned THEN CASE WHEN given THEN 1 ELSE 0 END END) AS education,
    MAX(CASE WHEN kind = 'education' AND given THEN 1 ELSE 0 END) AS has_education,
    MAX(CASE WHEN kind = 'health' AND planned THEN CASE WHEN given THEN 1 ELSE 0 END END) AS health,
    MAX(CASE WHEN kind = 'health' AND given THEN 1 ELSE 0 END) AS has_health,
    MAX(CASE WHEN kind = 'assurance' AND planned THEN CASE WHEN given THEN 1 ELSE 0 END END) AS assurance,
    MAX(CASE WHEN kind = 'assurance' AND given THEN 1 ELSE 0 END) AS has_assurance
  FROM each
  GROUP BY household_code
)
SELECT
  s.household_code,
  CASE WHEN planned_kinds > 0 THEN CONCAT_WS('|',
    CASE WHEN industry IS NOT NULL THEN 'industry' END,
    CASE WHEN work IS NOT NULL THEN 'work' END,
    CASE WHEN move IS NOT NULL THEN 'move' END,
    CASE WHEN ecology IS NOT NULL THEN 'ecology' END,
    CASE WHEN education IS NOT NULL THEN 'education' END,
    CASE WHEN health IS NOT NULL THEN 'health' END,
    CASE WHEN assurance IS NOT NULL THEN 'assurance' END) END AS help_planned,
  CONCAT_WS('|',
    CASE WHEN has_industry = 1 THEN 'industry' END,
    CASE WHEN has_work = 1 THEN 'work' END,
    CASE WHEN has_move = 1 THEN 'move' END,
    CASE WHEN has_ecology = 1 THEN 'ecology' END,
    CASE WHEN has_education = 1 THEN 'education' END,
    CASE WHEN has_health = 1 THEN 'health' END,
    CASE WHEN has_assurance = 1 THEN 'assurance' END) AS help_given,
  CONCAT_WS('|',
    CASE WHEN industry = 0 THEN 'industry' END,
    CASE WHEN work = 0 THEN 'work' END,
    CASE WHEN move = 0 THEN 'move' END,
    CASE WHEN ecology = 0 THEN 'ecology' END,
    CASE WHEN education = 0 THEN 'education' END,
    CASE WHEN health = 0 THEN 'health' END,
    CASE WHEN assurance = 0 THEN 'assurance' END) AS help_lacking,
  CONCAT_WS('|',
    CASE WHEN industry = 1 THEN 'industry' END,
    CASE WHEN work = 1 THEN 'work' END,
    CASE WHEN move = 1 THEN 'move' END,
    CASE WHEN ecology = 1 THEN 'ecology' END,
    CASE WHEN education = 1 THEN 'education' END,
    CASE WHEN health = 1 THEN 'health' END,
    CASE WHEN assurance = 1 THEN 'assurance' END) AS help_kept,
  planned_kinds,
  lacking_kinds,
  late_kinds,
  v.plan_villages,
  industry = 1 AS kept_industry,
  work = 1 AS kept_work,
  move = 1 AS kept_move,
  ecology = 1 AS kept_ecology,
  education = 1 AS kept_education,
  health = 1 AS kept_health,
  assurance = 1 AS kept_assurance
FROM summed AS s
LEFT JOIN villages AS v ON v.household_code = s.household_code
