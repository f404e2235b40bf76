"""Chemical reactions among the molecules of a gas."""

from knudsen.dsmc.reactions.model import Arrhenius, Probability, Reaction
from knudsen.dsmc.reactions.rates import backward, equilibrium_constant, rate_constant

__all__ = ["Arrhenius", "Probability", "Reaction", "backward", "equilibrium_constant", "rate_constant"]
