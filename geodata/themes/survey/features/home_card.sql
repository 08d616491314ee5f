-- What the card in the home says, beside what the registers say of the same household.
WITH kinds AS (
  SELECT DISTINCT household_code, kind
  FROM measure
  WHERE (start_month IS NULL OR start_month <= :month.now) AND (end_month IS NULL OR end_month >= :month.now)
),
registered AS (
  SELECT
    c.household_code,
    COUNT(k.kind) AS kinds,
    COUNT(CASE WHEN POSITION(CONCAT(',', k.kind, ',') IN CONCAT(',', c.measures, ',')) > 0 THEN 1 END) AS printed
  FROM home_card AS c
  LEFT JOIN kinds AS k ON k.household_code = c.household_code
  GROUP BY c.household_code
),
helper AS (
  SELECT
    c.household_code,
    COUNT(*) AS helpers,
    COUNT(CASE WHEN r.name = c.helper THEN 1 END) AS same_name,
    COUNT(CASE WHEN r.name = c.helper AND r.phone = c.helper_phone THEN 1 END) AS same_phone,
    COUNT(CASE WHEN r.phone IS NULL OR c.helper_phone IS NULL THEN 1 END) AS phone_unknown
  FROM home_card AS c
  JOIN responsibility AS r ON r.household_code = c.household_code AND r.role = '帮扶责任人'
  WHERE (r.start_month IS NULL OR r.start_month <= :month.now) AND (r.end_month IS NULL OR r.end_month >= :month.now)
  GROUP BY c.household_code
)
SELECT
  c.household_code,
  c.issued_day IS NOT NULL OR c.updated_day IS NOT NULL AS issued,
  DATEDIFF('day', COALESCE(c.updated_day, c.issued_day), :day.now) AS days_since_card,
  c.members AS card_members,
  c.per_capita_income AS card_income,
  CAST(ABS(c.per_capita_income - h.per_capita_income) AS DOUBLE) * 100 / NULLIF(h.per_capita_income, 0) AS card_income_off,
  c.members <> h.members AS card_members_differ,
  CASE WHEN c.measures IS NOT NULL THEN k.printed <> k.kinds
    OR LENGTH(c.measures) - LENGTH(REPLACE(c.measures, ',', '')) + 1 <> k.kinds END AS card_measures_differ,
  CASE WHEN c.helper IS NULL THEN NULL
       WHEN p.same_name = 0 THEN TRUE
       WHEN p.same_phone > 0 THEN FALSE
       WHEN p.phone_unknown = 0 THEN TRUE END AS card_helper_differs
FROM home_card AS c
JOIN household AS h ON h.household_code = c.household_code
LEFT JOIN registered AS k ON k.household_code = c.household_code
LEFT JOIN helper AS p ON p.household_code = c.household_code
