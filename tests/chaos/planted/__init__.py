"""Would the simulation notice if a rule of the protocol were broken?

One planted bug for each rule. A simulation that doesn't find it is worth nothing for that rule.
"""

from tests.chaos.planted import deliveries, endings, gates, places, senders
from tests.chaos.planted.plant import PLANTED

__all__ = ["PLANTED", "deliveries", "endings", "gates", "places", "senders"]
