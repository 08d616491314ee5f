-- Of all reports about one key the one of the latest month counts.
SELECT kept_columns
FROM (
    SELECT
        reports.*,
        ROW_NUMBER() OVER (PARTITION BY key_columns ORDER BY reported_month DESC) AS report_rank
    FROM reports
) AS ranked
WHERE report_rank = 1
