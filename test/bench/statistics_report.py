"""statistics_report.py RAW: tables of the figures that the script statistics measured, and the bars that they were to reach."""
import sys

import bars
from figures import Figures


def all_bars(figures):
    def seconds(line, what="total"):
        return figures.median("statistics", line, what)

    def most(what, line, of, limit, step="total"):
        return bars.at_most(what, bars.ratio(seconds(line, step), seconds(of, step)), limit)

    def least(what, line, limit):
        return bars.at_least(what, bars.ratio(seconds(line), seconds("five")), limit)

    return (
        most("the census job with smooth NULL, of smooth 0.001", "census NULL", "census 0.001", 1.15)
        + most("its call of preprocess alone", "census NULL", "census 0.001", 1.15, "preprocess")
        + most("mean, count, std, min, max, of mean", "five", "mean", 1.6)
        + most("median, of mean", "median", "mean", 3)
        + most("ordered, of interleaved", "ordered", "mean", 3)
        + most("20 classes, of one target", "20 classes", "one target", 4)
        + least("five statistics, faster than Polars out of and into the server", "peer five_polars", 5)
        + least("five statistics, faster than catstat out of and into the server", "peer five_catstat", 5)
        + least("five statistics, faster than SQL", "sql", 20))


def main(directory):
    figures = Figures(directory)
    print("| line | seconds |\n|---|---|")
    for line in figures.lines("statistics"):
        print(f"| {line} | {figures.median('statistics', line):.2f} |")
    print(f"\n{figures.rows('statistics')[0]:,} rows; medians.\n\n| ratio | bar | measured | |\n|---|---|---|---|")
    for bar in all_bars(figures):
        print(f"| {bar.what} | {bar.limit} | {bar.measured} | {'met' if bar.met else 'MISSED'} |")


main(sys.argv[1])
