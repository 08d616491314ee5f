-- Plans and pledges of a village beside what was done, and how its repair tickets stand.
WITH done AS (
  SELECT
    place_code,
    COUNT(*) AS listed,
    COUNT(CASE WHEN monitored_category IS NOT NULL AND risk_removed
      AND SUBSTRING(removed_month, 1, 4) = SUBSTRING(:month.now, 1, 4) THEN 1 END) AS removals,
    SUM(CASE WHEN monitored_category IS NOT NULL AND risk_removed
      AND SUBSTRING(removed_month, 1, 4) = SUBSTRING(:month.now, 1, 4)
      THEN COALESCE(resident_members, members) END) AS removed_persons
  FROM household
  WHERE place_code IS NOT NULL
  GROUP BY place_code
),
tickets AS (
  SELECT
    place_code,
    COUNT(CASE WHEN fixed_day IS NULL OR fixed_day > :day.now THEN 1 END) AS open_tickets,
    MAX(CASE WHEN fixed_day IS NULL OR fixed_day > :day.now THEN DATEDIFF('day', reported_day, :day.now) END)
      AS longest_open,
    COUNT(CASE WHEN reported_day > :day.minus_365 THEN 1 END) AS tickets_in_year,
    COUNT(CASE WHEN reported_day > :day.minus_365 AND guided THEN 1 END) AS guided_in_year
  FROM repair_ticket
  WHERE reported_day <= :day.now
  GROUP BY place_code
)
SELECT
  d.place_code,
  v.pledge_signed,
  v.speciality,
  v.place_code IS NOT NULL AS planned,
  v.speciality IS NOT NULL AS has_speciality,
  v.street_clean,
  v.supervisors,
  v.guides,
  v.planned_removals,
  d.removals,
  v.planned_persons,
  COALESCE(d.removed_persons, 0) AS removed_persons,
  v.planned_funds,
  v.spent_funds,
  CAST(v.spent_funds AS DOUBLE) * 100 / NULLIF(v.planned_funds, 0) AS spent_share,
  DATEDIFF('day', :day.now, v.due_day) AS days_left,
  DATEDIFF('day', v.posted_day, :day.now) AS days_since_posted,
  CASE WHEN y.days > 0 THEN COALESCE(t.open_tickets, 0) END AS open_tickets,
  CASE WHEN y.days > 0 THEN COALESCE(t.longest_open, 0) END AS longest_open,
  COALESCE(t.tickets_in_year, 0) AS tickets_in_year,
  COALESCE(t.guided_in_year, 0) AS guided_in_year
FROM done AS d
LEFT JOIN village_plan AS v ON v.place_code = d.place_code
LEFT JOIN tickets AS t ON t.place_code = d.place_code
LEFT JOIN coverage AS y ON y.table_name = 'repair_ticket'
