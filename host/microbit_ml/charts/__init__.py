"""Pictures for a terminal, a page or a file, each described only once::

    from microbit_ml.charts import Chart, Series, to_text
    ball = Series("ball", [0, 0.5, 1], [4.9, 3.7, 0])
    chart = Chart("A fall", "time in s", "height in m", [ball], alt="The ball falls ever faster.")
    print(to_text(chart))

``to_svg(chart)`` makes a picture of the same chart.
"""

from microbit_ml.charts.chart import Chart, Contour, Grid, Outline, OutlineLine, Picture, Series
from microbit_ml.charts.svg import save_picture, to_svg
from microbit_ml.charts.text import to_text

__all__ = [
    "Chart",
    "Contour",
    "Grid",
    "Outline",
    "OutlineLine",
    "Picture",
    "Series",
    "save_picture",
    "to_svg",
    "to_text",
]
