"""What a step raises when it can give no sound answer. It never leaves this floor."""


class Abstains(Exception):
    """The step has no sound answer for this value; the program then changes nothing."""
