SELECT v.place_code, v.tax_units AS vi_tax_units, v.total_income AS vi_total, v.median_income AS vi_median
FROM village_income AS v
