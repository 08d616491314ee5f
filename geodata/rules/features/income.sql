-- Net income of each household over twelve months: W + B + P + T - E, in fen. Unknown when a month
-- of the village is missing or the household has no account at all; then the declared figure
-- stands in, and income_basis says so. Shares (policy_income, income_base) are taken over the months
-- that were reported; months_reported says how many.
WITH totals AS (
  SELECT
    household_code,
    COUNT(CASE WHEN gross IS NOT NULL OR cost IS NOT NULL THEN 1 END) AS items,
    COUNT(CASE WHEN gross_before IS NOT NULL OR cost_before IS NOT NULL THEN 1 END) AS items_before,
    COALESCE(SUM(CASE WHEN kind = 'wage' THEN gross END), 0) AS wage,
    COALESCE(SUM(CASE WHEN kind = 'business' THEN gross END), 0) AS business,
    COALESCE(SUM(CASE WHEN kind = 'property' THEN gross END), 0) AS property,
    COALESCE(SUM(CASE WHEN kind = 'transfer' THEN gross END), 0) AS transfer,
    COALESCE(SUM(cost), 0) AS expense,
    COALESCE(SUM(gross_before), 0) - COALESCE(SUM(cost_before), 0) AS net_before,
    COALESCE(SUM(CASE WHEN policy = 'strict' THEN gross END), 0) AS policy,
    COALESCE(SUM(CASE WHEN policy = 'broad' THEN gross END), 0) AS dividends,
    COALESCE(SUM(CASE WHEN source IN ('a2', 'a3', 'a4') THEN gross END), 0) AS posts
  FROM income_source
  GROUP BY household_code
),
accounts AS (
  SELECT
    h.household_code,
    COALESCE(h.resident_members, h.members) AS persons,
    COALESCE(f.months, 0) AS months_reported,
    f.months = 12 AND t.items > 0 AS complete,
    f.months_before = 12 AND t.items_before > 0 AS complete_before,
    t.wage, t.business, t.property, t.transfer, t.expense, t.policy, t.dividends, t.posts,
    t.wage + t.business + t.property + t.transfer - t.expense AS net,
    t.wage + GREATEST(t.business - t.expense, 0) + t.property + t.transfer AS base,
    t.net_before,
    COALESCE(h.net_income, h.per_capita_income * COALESCE(h.members, h.resident_members)) AS declared,
    h.previous_net_income,
    h.wage_income, h.business_income
  FROM household AS h
  LEFT JOIN totals AS t ON t.household_code = h.household_code
  LEFT JOIN income_feed AS f ON f.place_code = h.place_code
)
SELECT
  household_code,
  persons,
  months_reported,
  CASE WHEN complete THEN 'ledger' WHEN declared IS NOT NULL THEN 'declared' END AS income_basis,
  CASE WHEN complete THEN wage ELSE wage_income END AS wage_income,
  CASE WHEN complete THEN business ELSE business_income END AS business_income,
  CASE WHEN complete THEN property END AS property_income,
  CASE WHEN complete THEN transfer END AS transfer_income,
  CASE WHEN complete THEN expense END AS business_expense,
  policy AS policy_income,
  dividends AS dividend_income,
  posts AS post_income,
  base AS income_base,
  CASE WHEN complete THEN net END AS ledger_net,
  CASE WHEN complete THEN net ELSE declared END AS net_income,
  CASE WHEN complete_before THEN net_before ELSE previous_net_income END AS net_income_before,
  complete AND complete_before AS years_comparable
FROM accounts
