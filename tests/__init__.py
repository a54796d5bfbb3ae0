"""Tests of the product, through its real parts."""
