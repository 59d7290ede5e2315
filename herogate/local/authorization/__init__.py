"""What a role may do: its policies, asked before each call that is made in its name.

A call makes demands (`demands`): an action on a resource, with what is known of the request. Each is
held against the role's identity policies and its boundary (`policies`, `conditions`) by the `Authority`,
which writes down what was demanded. Users of the account are asked nothing: the developer's key that
`local start` hands out may do everything. Policies of resources are not looked at here.
"""
