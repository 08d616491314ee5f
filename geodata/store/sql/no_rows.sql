-- A table that no month holds, so that every query finds its columns.
SELECT typed_columns
FROM (SELECT 1 AS one) AS nothing
WHERE 1 = 0
