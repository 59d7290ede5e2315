"""What Herogate asks of AWS, as CloudFormation templates: pure functions from a typed spec.

`stacks.names` has every name, `stacks.space` and `stacks.app` a stack each, `stacks.parts` the rooms
that they are made of. Nothing here calls AWS, reads a clock or an environment, or knows of herogate.

Troposphere takes a tenth of a second to import, and most commands describe nothing: `names`, `outputs`,
`places`, `ports` and `app_options` do without it, and the engine imports the others where it describes.
"""
