-- Each household's sources of income over twelve months and the twelve before; amounts in fen.
-- The cost of a kind of production is taken off that production (cost), not counted as a source.
WITH by_item AS (
  SELECT
    household_code,
    item,
    SUM(CASE WHEN month > :month.minus_12 THEN amount END) AS amount,
    SUM(CASE WHEN month <= :month.minus_12 THEN amount END) AS amount_before,
    COUNT(CASE WHEN month > :month.minus_12 AND amount > 0 THEN 1 END) AS months
  FROM ledger
  WHERE month > :month.minus_24 AND month <= :month.now
  GROUP BY household_code, item
)
SELECT
  b.household_code,
  i.source,
  i.kind,
  i.policy,
  i.sustainable,
  SUM(CASE WHEN i.part <> 'expense' THEN b.amount END) AS gross,
  SUM(CASE WHEN i.part = 'expense' THEN b.amount END) AS cost,
  SUM(CASE WHEN i.part <> 'expense' THEN b.amount_before END) AS gross_before,
  SUM(CASE WHEN i.part = 'expense' THEN b.amount_before END) AS cost_before,
  COALESCE(MAX(CASE WHEN i.part <> 'expense' THEN b.months END), 0) AS months
FROM by_item AS b
JOIN income_item AS i ON i.code = b.item
GROUP BY b.household_code, i.source, i.kind, i.policy, i.sustainable
