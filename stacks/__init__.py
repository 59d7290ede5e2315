"""What Herogate asks of AWS, as CloudFormation templates: pure functions from a typed spec.

`stacks.names` has every name, `stacks.space` and `stacks.app` a stack each, `stacks.parts` the rooms
that they are made of. Nothing here calls AWS, reads a clock or an environment, or knows of herogate.
"""
