"""The rooms of the house: what the stacks are put together from, one module a noun.

Everything here is pure: plain values in, troposphere resources out. Which parts make a stack, in which
order and with which outputs, is the stack's module to say (`stacks.space`, `stacks.app`).
"""
