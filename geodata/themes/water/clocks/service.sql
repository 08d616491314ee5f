-- Equipment by its last service, or since it was installed.
SELECT
  e.equipment_code AS id,
  w.place_code,
  COALESCE(e.last_service_day, e.installed_day) AS begun_day,
  e.service_interval AS days,
  CONCAT_WS('|', w.name, e.kind) AS about
FROM equipment AS e
JOIN works AS w ON w.works_code = e.works_code
WHERE e.service_interval IS NOT NULL AND COALESCE(e.last_service_day, e.installed_day) <= :day.now
