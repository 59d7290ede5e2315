"""Everything that touches moto, and nothing else does.

``calls`` lets moto answer a request, ``wire`` parses and serialises requests by botocore's models with
moto's protocol code, ``snapshot`` pickles moto's state, ``hooks`` reads or sets the few facts that have
no API. Each of these relies on internals of the pinned version; every such fact is named by a test.
"""
