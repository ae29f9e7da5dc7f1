"""Example scenarios that ship with cenplan: each is documentation and a regression base at once."""
