-- Plans of villages that are not fulfilled by the households whose risk was removed.
SELECT v.place_code AS id, v.place_code, p.due_day
FROM survey_village AS v
JOIN village_plan AS p ON p.place_code = v.place_code
WHERE p.due_day IS NOT NULL AND COALESCE(v.planned_removals > v.removals, TRUE)
