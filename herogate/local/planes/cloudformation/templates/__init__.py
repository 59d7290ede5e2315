"""What a template says: how it is written, what it declares, what its values are in one stack.

Pure: no clock, no call, nothing is looked up but through callables that are passed in.
"""
