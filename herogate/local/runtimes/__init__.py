"""How the local cloud runs programs: children that leave nothing behind, and tasks made of them."""
