-- On which lists of help each rural household stands, and what it lives on. Who is monitored stands in
-- the rural register, the other lists come from social assistance; where that office delivered nothing,
-- its lists are unknown, but for the two kinds that the rural register names too.
WITH delivered AS (
  SELECT CASE WHEN COUNT(*) > 0 THEN TRUE END AS known FROM low_income
),
listed AS (
  SELECT
    household_code,
    MAX(CASE WHEN listing = 'dibao' THEN 1 ELSE 0 END) = 1 AS dibao,
    MAX(CASE WHEN listing = 'tekun' THEN 1 ELSE 0 END) = 1 AS tekun,
    MAX(CASE WHEN listing = 'margin' THEN 1 ELSE 0 END) = 1 AS margin,
    MAX(CASE WHEN listing = 'rigid' THEN 1 ELSE 0 END) = 1 AS rigid,
    MAX(CASE WHEN listing = 'other' THEN 1 ELSE 0 END) = 1 AS other,
    MAX(persons) AS persons,
    MAX(CASE WHEN listing = 'margin' THEN persons END) AS margin_persons,
    MAX(CASE WHEN since_month IS NULL THEN 1 ELSE 0 END) = 1 AS undated,
    MIN(since_month) AS since,
    MAX(income_per_person) AS checked
  FROM low_income
  GROUP BY household_code
),
paid AS (
  SELECT
    household_code,
    COUNT(CASE WHEN item = 'd2' AND amount > 0 THEN 1 END) AS dibao_payments,
    COUNT(CASE WHEN item = 'd3' AND amount > 0 THEN 1 END) AS tekun_payments,
    COUNT(CASE WHEN item = 'd6m' AND amount > 0 THEN 1 END) AS relief_payments,
    SUM(CASE WHEN item IN ('d2', 'd3') THEN amount END) AS aid
  FROM ledger
  WHERE month > :month.minus_12 AND month <= :month.now AND item IN ('d2', 'd3', 'd6m')
  GROUP BY household_code
),
-- Grades 1 and 2 in the certificate of disability are severe.
severe AS (
  SELECT
    household_code,
    COUNT(CASE WHEN health LIKE '%残疾%' AND LENGTH(certificate) = 20
      AND SUBSTRING(certificate, 20, 1) IN ('1', '2') THEN 1 END) AS persons,
    COUNT(CASE WHEN health IS NULL THEN 1 END) AS unknown
  FROM person
  GROUP BY household_code
),
measured AS (
  SELECT CASE WHEN COUNT(*) > 0 THEN TRUE END AS known FROM measure
),
working AS (
  SELECT household_code, COUNT(*) AS measures
  FROM measure
  WHERE kind IN ('industry', 'employment', 'finance', 'public_post')
    AND (start_month IS NULL OR start_month <= :month.now) AND (end_month IS NULL OR end_month >= :month.now)
  GROUP BY household_code
),
joined AS (
  SELECT
    h.household_code, h.place_code, h.former_class, h.dibao, h.tekun, h.serious_difficulty, h.rigid_expense,
    h.household_type = '脱贫户' AS formerly_poor,
    h.monitored_category IS NOT NULL AND NOT COALESCE(h.risk_removed, FALSE) AS on_monitoring,
    COALESCE(h.risk_1, h.risk_2, h.risk_3, h.risk_4, h.risk_5) IS NOT NULL AS has_risk,
    d.known,
    CASE WHEN d.known THEN COALESCE(l.dibao, FALSE) END AS dibao_listed,
    CASE WHEN d.known THEN COALESCE(l.tekun, FALSE) END AS tekun_listed,
    CASE WHEN d.known THEN COALESCE(l.margin, FALSE) END AS on_margin,
    CASE WHEN d.known THEN COALESCE(l.rigid, FALSE) END AS on_rigid,
    CASE WHEN d.known THEN COALESCE(l.other, FALSE) END AS on_other,
    l.persons AS listed_persons, l.margin_persons, l.undated, l.since, l.checked,
    i.persons, i.net_income AS net, i.income_per_person, i.income_basis,
    p.listed AS people_listed, p.labourers, p.labour_unknown,
    s.persons AS severely_disabled, s.unknown AS health_unknown,
    CASE WHEN w.measures > 0 THEN TRUE WHEN m.known THEN FALSE END AS work_helped,
    q.dibao_payments, q.tekun_payments, q.relief_payments, CASE WHEN i.income_basis = 'ledger' THEN COALESCE(q.aid, 0) END AS aid
  FROM household AS h
  CROSS JOIN delivered AS d
  LEFT JOIN listed AS l ON l.household_code = h.household_code
  LEFT JOIN income AS i ON i.household_code = h.household_code
  LEFT JOIN people AS p ON p.household_code = h.household_code
  LEFT JOIN paid AS q ON q.household_code = h.household_code
  LEFT JOIN severe AS s ON s.household_code = h.household_code
  CROSS JOIN measured AS m
  LEFT JOIN working AS w ON w.household_code = h.household_code
),
judged AS (
  SELECT
    j.*,
    COALESCE(dibao_listed, dibao) AS on_dibao,
    COALESCE(tekun_listed, tekun) AS on_tekun,
    CAST(net - rigid_expense AS DOUBLE) / NULLIF(persons, 0) AS after_rigid_per_person,
    income_per_person - CAST(aid AS DOUBLE) / NULLIF(persons, 0) AS own_per_person
  FROM joined AS j
)
SELECT
  household_code,
  place_code,
  formerly_poor,
  former_class,
  has_risk,
  on_monitoring, on_dibao, on_tekun, on_margin, on_rigid, on_other,
  dibao AS dibao_registered, tekun AS tekun_registered, dibao_listed, tekun_listed,
  on_dibao OR on_tekun AS on_assistance,
  CASE WHEN known THEN CASE WHEN on_monitoring THEN 1 ELSE 0 END + CASE WHEN on_dibao THEN 1 ELSE 0 END
    + CASE WHEN on_tekun THEN 1 ELSE 0 END + CASE WHEN on_margin THEN 1 ELSE 0 END
    + CASE WHEN on_rigid THEN 1 ELSE 0 END + CASE WHEN on_other THEN 1 ELSE 0 END END AS lists,
  CASE WHEN on_monitoring OR on_dibao OR on_tekun OR on_margin OR on_rigid OR on_other THEN TRUE
       WHEN NOT (on_monitoring OR on_dibao OR on_tekun OR on_margin OR on_rigid OR on_other) THEN FALSE
  END AS on_any_list,
  CONCAT_WS('|', CASE WHEN on_monitoring THEN 'list_monitoring' END, CASE WHEN on_dibao THEN 'list_dibao' END,
    CASE WHEN on_tekun THEN 'list_tekun' END, CASE WHEN on_margin THEN 'list_margin' END,
    CASE WHEN on_rigid THEN 'list_rigid' END, CASE WHEN on_other THEN 'list_other' END) AS list_names,
  -- Each list it is on, and each pair of lists: the cells of the matrix.
  CONCAT_WS('|', CASE WHEN on_monitoring AND on_monitoring THEN 'monitoring_monitoring' END,
    CASE WHEN on_monitoring AND on_dibao THEN 'monitoring_dibao' END,
    CASE WHEN on_monitoring AND on_tekun THEN 'monitoring_tekun' END,
    CASE WHEN on_monitoring AND on_margin THEN 'monitoring_margin' END,
    CASE WHEN on_monitoring AND on_rigid THEN 'monitoring_rigid' END,
    CASE WHEN on_monitoring AND on_other THEN 'monitoring_other' END,
    CASE WHEN on_dibao AND on_dibao THEN 'dibao_dibao' END,
    CASE WHEN on_dibao AND on_tekun THEN 'dibao_tekun' END,
    CASE WHEN on_dibao AND on_margin THEN 'dibao_margin' END,
    CASE WHEN on_dibao AND on_rigid THEN 'dibao_rigid' END,
    CASE WHEN on_dibao AND on_other THEN 'dibao_other' END,
    CASE WHEN on_tekun AND on_tekun THEN 'tekun_tekun' END,
    CASE WHEN on_tekun AND on_margin THEN 'tekun_margin' END,
    CASE WHEN on_tekun AND on_rigid THEN 'tekun_rigid' END,
    CASE WHEN on_tekun AND on_other THEN 'tekun_other' END,
    CASE WHEN on_margin AND on_margin THEN 'margin_margin' END,
    CASE WHEN on_margin AND on_rigid THEN 'margin_rigid' END,
    CASE WHEN on_margin AND on_other THEN 'margin_other' END,
    CASE WHEN on_rigid AND on_rigid THEN 'rigid_rigid' END,
    CASE WHEN on_rigid AND on_other THEN 'rigid_other' END,
    CASE WHEN on_other AND on_other THEN 'other_other' END,
    CASE WHEN NOT on_any_list THEN 'no_list' END) AS list_pairs,
  listed_persons,
  margin_persons,
  undated AS listed_undated,
  persons,
  :month.number - (CAST(SUBSTRING(since, 1, 4) AS INT) * 12 + CAST(SUBSTRING(since, 6, 2) AS INT))
    AS months_listed,
  checked AS checked_per_person,
  income_per_person,
  income_basis,
  after_rigid_per_person,
  rigid_expense,
  serious_difficulty,
  CASE WHEN labourers > 0 THEN TRUE WHEN people_listed > 0 AND labour_unknown = 0 THEN FALSE END AS has_labour,
  CASE WHEN severely_disabled > 0 THEN TRUE WHEN health_unknown = 0 THEN FALSE END AS has_severely_disabled,
  work_helped,
  CASE WHEN income_basis = 'ledger' THEN COALESCE(dibao_payments, 0) END AS dibao_payments,
  CASE WHEN income_basis = 'ledger' THEN COALESCE(tekun_payments, 0) END AS tekun_payments,
  CASE WHEN income_basis = 'ledger' THEN COALESCE(relief_payments, 0) END AS relief_payments,
  aid AS aid_in_year,
  ABS(checked - income_per_person) * CAST(100 AS DOUBLE) / NULLIF(income_per_person, 0) AS checked_differs,
  -- By how much the income without the aid lies above the line of the allowance, in percent of it.
  (own_per_person - :aid.dibao_line) * CAST(100 AS DOUBLE) / :aid.dibao_line AS above_line,
  own_per_person >= :aid.dibao_line
    AND own_per_person * 100 < :aid.dibao_line * (100 + :aid.cliff_share) AS at_edge
FROM judged
