-- What the monitoring rules know about a project paid from the funds: money, dates, audits.
SELECT
  p.project_code,
  p.place_code,
  p.name AS project_name,
  p.kind AS project_kind,
  p.kind = 'industry' AS project_is_industry,
  p.stage AS project_stage,
  p.funds AS project_funds_planned,
  p.paid AS project_funds_paid,
  p.paid * CAST(100 AS DOUBLE) / NULLIF(p.funds, 0) AS project_paid_share,
  p.completed_day IS NOT NULL AND p.completed_day <= :day.now AS project_completed,
  CASE WHEN p.completed_day IS NULL OR p.completed_day > :day.now
    THEN DATEDIFF('day', p.planned_end_day, :day.now) END AS project_days_late,
  p.start_day <= :day.now AS project_started,
  p.budget_audited AS project_budget_audited,
  p.final_audited AS project_final_audited,
  p.published AS project_published,
  p.owner AS project_owner
FROM project AS p
