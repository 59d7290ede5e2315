"""The course of an operation on a stack, from phase to phase, each resource brought forth or back."""
