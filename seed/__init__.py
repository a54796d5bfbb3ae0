"""The demo's people: who they are, what they did and sent, told through the product's own deeds.

Everything here is made up. Names, numbers and papers belong to nobody, and every paper says
SPÉCIMEN across it.
"""
