"""Whether AWS would take it: templates and properties against its rules and resource schemas. Pure."""
