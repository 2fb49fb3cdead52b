"""A package, because these files carry the names of their neighbours in tests/ops."""
