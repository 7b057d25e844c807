"""The demonstration: invented people and class runs, all made through the doors of the product."""
