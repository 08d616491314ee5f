-- What the relocation rules know about a relocated household.
WITH nets AS (
  SELECT
    household_code, source, kind, policy, sustainable, months, gross,
    COALESCE(gross, 0) - COALESCE(cost, 0) AS net
  FROM income_source
),
sources AS (
  SELECT
    household_code,
    -- Work must last; a harvest or a rent comes once a year and is judged by its yearly amount.
    COUNT(CASE WHEN policy = 'none' AND sustainable = 'yes' AND net >= :reloc.source.min_amount
                AND (kind <> 'wage' OR months >= :reloc.source.min_months) THEN 1 END)
      + 0 * :reloc.source.min_amount * :reloc.source.min_months AS sustainable_sources,
    SUM(CASE WHEN policy = 'none' AND net > 0 THEN CAST(net AS DOUBLE) END) AS own_income,
    SUM(CASE WHEN policy = 'none' AND net > 0 THEN CAST(net AS DOUBLE) * net END) AS own_squares,
    MAX(CASE WHEN policy = 'none' AND net > 0 THEN net END) AS largest_source,
    COALESCE(SUM(CASE WHEN policy <> 'strict' AND kind = 'wage' THEN gross END), 0) AS own_wage,
    COALESCE(SUM(CASE WHEN policy <> 'strict' AND kind = 'property' THEN gross END), 0) AS own_property,
    COALESCE(SUM(CASE WHEN policy <> 'strict' AND kind = 'transfer' THEN gross END), 0) AS own_transfer,
    COUNT(CASE WHEN policy = 'none' AND net > 0 AND sustainable = 'seasonal' THEN 1 END) AS seasonal,
    COUNT(CASE WHEN policy = 'none' AND net > 0 AND sustainable <> 'seasonal' THEN 1 END) AS others
  FROM nets
  GROUP BY household_code
),
closed AS (
  SELECT p.household_code, COUNT(*) AS in_closed_workshop, MIN(w.name) AS closed_workshop
  FROM person AS p
  JOIN workshop AS w ON w.workshop_code = p.workshop_code
  WHERE w.closed_month <= :month.now
  GROUP BY p.household_code
),
joined AS (
  SELECT
    h.household_code, h.place_code, h.site_code, h.origin_place_code, h.moved_in, h.house_area,
    h.old_house_status, h.homestead_area, h.reclaimed_area, h.no_labour, h.members,
    i.persons, i.months_reported, i.ledger_net, i.policy_income, i.dividend_income, i.post_income,
    i.income_base, i.wage_income, i.business_income, i.business_expense, i.property_income,
    i.transfer_income,
    s.sustainable_sources, s.own_income, s.own_squares, s.largest_source, s.seasonal, s.others,
    s.own_wage, s.own_property, s.own_transfer,
    p.listed, p.labourers, p.labour_unknown, p.labourers_working, p.work_unknown,
    p.posts_without_months, p.months_without_post,
    q.posts, q.holders, q.longest_months, q.oldest, q.oldest_at_start,
    c.in_closed_workshop, c.closed_workshop,
    t.name AS site_name
  FROM household AS h
  LEFT JOIN income AS i ON i.household_code = h.household_code
  LEFT JOIN sources AS s ON s.household_code = h.household_code
  LEFT JOIN people AS p ON p.household_code = h.household_code
  LEFT JOIN public_posts AS q ON q.household_code = h.household_code
  LEFT JOIN closed AS c ON c.household_code = h.household_code
  LEFT JOIN site AS t ON t.site_code = h.site_code
  WHERE h.relocated OR h.site_code IS NOT NULL
)
SELECT
  household_code,
  place_code,
  site_code,
  site_name,
  origin_place_code,
  persons,
  members,
  months_reported,
  CASE WHEN income_base > 0 THEN policy_income * CAST(100 AS DOUBLE) / income_base END AS policy_share,
  CASE WHEN income_base > 0
    THEN (policy_income + dividend_income) * CAST(100 AS DOUBLE) / income_base END AS policy_share_broad,
  policy_income,
  dividend_income,
  post_income,
  income_base,
  CASE WHEN income_base IS NOT NULL THEN own_wage END AS own_wage_income,
  -- What is left is business, so that the five parts add up to the base.
  income_base - policy_income - own_wage - own_property - own_transfer AS own_business_income,
  CASE WHEN income_base IS NOT NULL THEN own_property END AS own_property_income,
  CASE WHEN income_base IS NOT NULL THEN own_transfer END AS own_transfer_income,
  CAST(ledger_net AS DOUBLE) / NULLIF(persons, 0) AS income_per_person,
  CAST(ledger_net - post_income AS DOUBLE) / NULLIF(persons, 0) AS income_without_posts,
  CAST(ledger_net - COALESCE(largest_source, 0) AS DOUBLE) / NULLIF(persons, 0) AS income_without_largest,
  CASE WHEN income_base IS NOT NULL THEN COALESCE(sustainable_sources, 0) END AS sustainable_sources,
  CASE WHEN income_base IS NOT NULL
    THEN COALESCE(own_income * own_income / NULLIF(own_squares, 0), 0) END AS effective_sources,
  income_base * CAST(income_base AS DOUBLE) / NULLIF(
    CAST(wage_income AS DOUBLE) * wage_income
    + CAST(GREATEST(business_income - business_expense, 0) AS DOUBLE) * GREATEST(business_income - business_expense, 0)
    + CAST(property_income AS DOUBLE) * property_income
    + CAST(transfer_income AS DOUBLE) * transfer_income, 0) AS effective_parts,
  CASE WHEN income_base IS NOT NULL THEN COALESCE(seasonal, 0) > 0 AND COALESCE(others, 0) = 0 END
    AS seasonal_only,
  CASE WHEN labourers > 0 THEN TRUE WHEN no_labour THEN FALSE
       WHEN listed > 0 AND labour_unknown = 0 THEN FALSE END AS has_labour,
  labourers,
  CASE WHEN labourers_working > 0 THEN labourers_working
       WHEN work_unknown = 0 THEN 0 END AS employed,
  moved_in,
  old_house_status,
  homestead_area,
  reclaimed_area,
  CAST(house_area AS DOUBLE) / NULLIF(members, 0) AS area_per_person,
  COALESCE(posts, 0) AS posts,
  COALESCE(holders, 0) AS holders,
  longest_months / CAST(12 AS DOUBLE) AS longest_post_years,
  oldest AS oldest_with_post,
  oldest_at_start AS oldest_at_entry,
  posts_without_months,
  months_without_post,
  in_closed_workshop,
  closed_workshop
FROM joined
