"""A hundred small dots, one for each percent: progress where the drawing of the cells has no room. Pure."""


def path(first: int, end: int, a_line: int) -> str:
    """The dots from `first` to before `end` as one SVG path of points, 10 apart, `a_line` of them a line."""
    places = (divmod(number, a_line) for number in range(first, end))
    return "".join(f"M{10 * column + 5} {10 * line + 5}h0" for line, column in places)
