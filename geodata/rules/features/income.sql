-- Net income of each household over twelve months: W + B + P + T - E, in fen. Unknown when a month
-- of the household is missing or holds an item nobody knows; then the declared figure stands in, and
-- income_basis says so. Shares (policy_income, income_base) are of all twelve months or unknown: a
-- season says nothing of a year. months_reported says how many there are.
-- Persons are those who live and budget together, else those registered ("以户籍为依据,统筹实际居住和
-- 共享收支"). A declared figure a head is taken as declared: the household's is that times the persons
-- it is divided by. Two years are compared only on one basis, each over its own persons.
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
    COALESCE(b.resident_members, b.members) AS persons_before,
    COALESCE(f.months, 0) AS months_reported,
    f.steady_months,
    COALESCE(f.months = 12 AND f.unreadable = 0 AND t.items > 0, FALSE) AS complete,
    COALESCE(f.months_before = 12 AND f.unreadable_before = 0 AND t.items_before > 0, FALSE) AS complete_before,
    t.wage, t.business, t.property, t.transfer, t.expense, t.policy, t.dividends, t.posts,
    t.wage + t.business + t.property + t.transfer - t.expense AS net,
    t.wage + GREATEST(t.business - t.expense, 0) + t.property + t.transfer AS base,
    t.net_before,
    COALESCE(h.per_capita_income * COALESCE(h.resident_members, h.members), h.net_income) AS declared,
    COALESCE(CAST(h.per_capita_income AS DOUBLE),
      CAST(h.net_income AS DOUBLE) / NULLIF(COALESCE(h.resident_members, h.members), 0)) AS declared_per_person,
    h.previous_net_income,
    h.wage_income, h.business_income
  FROM household AS h
  LEFT JOIN totals AS t ON t.household_code = h.household_code
  LEFT JOIN income_feed AS f ON f.household_code = h.household_code
  LEFT JOIN household_before AS b ON b.household_code = h.household_code
)
SELECT
  household_code,
  persons,
  persons_before,
  months_reported,
  CASE WHEN complete THEN 'ledger' WHEN declared IS NOT NULL THEN 'declared' END AS income_basis,
  CASE WHEN complete THEN wage ELSE wage_income END AS wage_income,
  CASE WHEN complete THEN business ELSE business_income END AS business_income,
  CASE WHEN complete THEN property END AS property_income,
  CASE WHEN complete THEN transfer END AS transfer_income,
  CASE WHEN complete THEN expense END AS business_expense,
  CASE WHEN complete THEN policy END AS policy_income,
  CASE WHEN complete THEN dividends END AS dividend_income,
  CASE WHEN complete OR posts > 0 THEN posts END AS post_income,
  CASE WHEN complete THEN base END AS income_base,
  CASE WHEN complete AND :monitor.clear.min_income_stable_months > 0 THEN steady_months END AS steady_months,
  CASE WHEN complete THEN net END AS ledger_net,
  CASE WHEN complete THEN net ELSE declared END AS net_income,
  CASE WHEN complete_before THEN net_before ELSE previous_net_income END AS net_income_before,
  CASE WHEN complete THEN CAST(net AS DOUBLE) / NULLIF(persons, 0) ELSE declared_per_person END AS income_per_person,
  -- On the basis of this year's figure only: account against account, declared against declared.
  CASE WHEN complete AND complete_before THEN CAST(net_before AS DOUBLE) / NULLIF(persons_before, 0)
       WHEN NOT complete THEN CAST(previous_net_income AS DOUBLE) / NULLIF(persons_before, 0)
  END AS income_per_person_before
FROM accounts
