-- What the relocation rules know about a workshop: whom it promised to employ, and whom it does.
WITH told AS (
  SELECT
    w.workshop_code,
    COALESCE(w.place_code, t.place_code) AS place_code,
    w.promised_workers,
    w.helped_workers,
    w.opened_month,
    w.closed_month,
    COALESCE(w.closed_month <= :month.now, FALSE) AS closed
  FROM workshop AS w
  LEFT JOIN site AS t ON t.site_code = w.site_code
)
SELECT
  workshop_code,
  place_code,
  promised_workers,
  CASE WHEN closed THEN 0 ELSE helped_workers END AS helped_workers,
  -- More than promised in one does not make good for fewer in another.
  CASE WHEN closed THEN 0 WHEN helped_workers > promised_workers THEN promised_workers ELSE helped_workers END
    AS places_kept,
  CASE WHEN closed THEN 0 ELSE helped_workers END * CAST(100 AS DOUBLE) / NULLIF(promised_workers, 0) AS filled_share,
  closed AS workshop_closed,
  CASE WHEN closed THEN 'closed'
       WHEN helped_workers >= promised_workers THEN 'filled'
       WHEN helped_workers < promised_workers THEN 'unfilled'
       ELSE 'promise_unknown' END AS workshop_state,
  CASE WHEN NOT closed THEN :month.number
    - (CAST(SUBSTRING(opened_month, 1, 4) AS INT) * 12 + CAST(SUBSTRING(opened_month, 6, 2) AS INT)) END
    AS months_running,
  CASE WHEN closed THEN :month.number
    - (CAST(SUBSTRING(closed_month, 1, 4) AS INT) * 12 + CAST(SUBSTRING(closed_month, 6, 2) AS INT)) END
    AS months_closed
FROM told
