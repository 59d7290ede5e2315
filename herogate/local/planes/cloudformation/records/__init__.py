"""What is so: stacks, their resources, states and events, as they are kept in the store."""
