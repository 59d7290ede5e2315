"""Sums up what was sold, while the image is built."""

import sys

import pandas

TITLE = "Sold by city"

sold = pandas.read_csv(sys.argv[1]).groupby("city")["sold"].sum().sort_values(ascending=False)
print(TITLE)
print(sold.to_string(header=False))
