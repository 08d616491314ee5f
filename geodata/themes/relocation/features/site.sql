-- What the relocation rules know about a site: its households summed, its services and workshops.
WITH lived AS (
  SELECT
    site_code,
    COUNT(*) AS households,
    SUM(persons) AS persons,
    COUNT(CASE WHEN moved_in THEN 1 END) AS moved_in,
    COUNT(CASE WHEN moved_in IS NULL THEN 1 END) AS moved_in_unknown,
    COUNT(CASE WHEN old_house_status = 'demolished' THEN 1 END) AS demolished,
    COUNT(CASE WHEN old_house_status IN ('demolished', 'standing') THEN 1 END) AS to_demolish,
    COUNT(CASE WHEN has_labour THEN 1 END) AS with_labour,
    COUNT(CASE WHEN has_labour AND employed >= 1 THEN 1 END) AS with_job,
    COUNT(CASE WHEN has_labour AND employed IS NULL THEN 1 END) AS job_unknown,
    COUNT(CASE WHEN has_labour AND sustainable_sources = 0 THEN 1 END) AS without_source,
    COUNT(CASE WHEN has_labour AND sustainable_sources IS NULL THEN 1 END) AS source_unknown,
    SUM(policy_income) AS policy_income,
    SUM(own_wage_income) AS own_wage_income,
    SUM(own_business_income) AS own_business_income,
    SUM(own_transfer_income) AS own_transfer_income,
    SUM(own_property_income) AS own_property_income,
    SUM(income_base) AS income_base,
    SUM(income_per_person * persons) / NULLIF(SUM(CASE WHEN income_per_person IS NOT NULL THEN persons END), 0)
      AS income_per_person,
    SUM(holders) AS holders
  FROM relocation_household
  WHERE site_code IS NOT NULL
  GROUP BY site_code
),
shops AS (
  SELECT
    site_code,
    COUNT(*) AS workshops,
    COUNT(CASE WHEN closed_month IS NULL OR closed_month > :month.now THEN 1 END) AS running,
    MIN(CASE WHEN closed_month IS NULL OR closed_month > :month.now THEN helped_workers END) AS fewest_helped
  FROM workshop
  WHERE site_code IS NOT NULL
  GROUP BY site_code
)
SELECT
  t.site_code,
  t.place_code,
  t.name AS site_name,
  l.households,
  COALESCE(l.persons, t.planned_persons) AS persons,
  t.planned_households,
  l.moved_in,
  COALESCE(t.planned_households, l.households) AS to_move_in,
  l.moved_in * CAST(100 AS DOUBLE) / NULLIF(COALESCE(t.planned_households, l.households), 0) AS move_in_rate,
  l.moved_in_unknown,
  l.demolished,
  COALESCE(t.to_demolish, l.to_demolish) AS to_demolish,
  l.demolished * CAST(100 AS DOUBLE) / NULLIF(COALESCE(t.to_demolish, l.to_demolish), 0) AS demolition_rate,
  CASE WHEN COALESCE(l.job_unknown, 0) = 0
    THEN l.with_job * CAST(100 AS DOUBLE) / NULLIF(l.with_labour, 0) END AS job_rate,
  l.with_labour,
  CASE WHEN COALESCE(l.job_unknown, 0) = 0 THEN l.with_job END AS with_job,
  -- One household known to be without is enough; none is known only when all are.
  CASE WHEN l.without_source > 0 OR l.source_unknown = 0 THEN l.without_source END AS without_source,
  l.policy_income * CAST(100 AS DOUBLE) / NULLIF(l.income_base, 0) AS policy_share,
  l.own_wage_income * CAST(100 AS DOUBLE) / NULLIF(l.income_base, 0) AS wage_share,
  l.own_business_income * CAST(100 AS DOUBLE) / NULLIF(l.income_base, 0) AS business_share,
  l.own_transfer_income * CAST(100 AS DOUBLE) / NULLIF(l.income_base, 0) AS transfer_share,
  l.own_property_income * CAST(100 AS DOUBLE) / NULLIF(l.income_base, 0) AS property_share,
  l.income_per_person,
  l.holders,
  t.school,
  t.clinic,
  t.community_centre,
  t.property_management,
  t.party_organisation,
  t.collective_economy,
  CASE WHEN t.school = FALSE THEN 1 ELSE 0 END + CASE WHEN t.clinic = FALSE THEN 1 ELSE 0 END
    + CASE WHEN t.community_centre = FALSE THEN 1 ELSE 0 END
    + CASE WHEN t.property_management = FALSE THEN 1 ELSE 0 END
    + CASE WHEN t.party_organisation = FALSE THEN 1 ELSE 0 END AS services_missing,
  CASE WHEN t.school IS NULL OR t.clinic IS NULL OR t.community_centre IS NULL
    OR t.property_management IS NULL OR t.party_organisation IS NULL THEN 1 ELSE 0 END AS services_unknown,
  CONCAT_WS('|',
    CASE WHEN t.school = FALSE THEN 'school' END, CASE WHEN t.clinic = FALSE THEN 'clinic' END,
    CASE WHEN t.community_centre = FALSE THEN 'community_centre' END,
    CASE WHEN t.property_management = FALSE THEN 'property_management' END,
    CASE WHEN t.party_organisation = FALSE THEN 'party_organisation' END) AS services_named,
  COALESCE(s.workshops, 0) AS workshops,
  COALESCE(s.running, 0) AS workshops_running,
  s.fewest_helped
FROM site AS t
LEFT JOIN lived AS l ON l.site_code = t.site_code
LEFT JOIN shops AS s ON s.site_code = t.site_code
