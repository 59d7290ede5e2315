"""What a caller may ask of stacks and change sets, in which state, and what would come of it."""
