"""Calls to AWS, one gateway per service: plain values and models in and out.

Nothing here decides what should exist, and nothing of botocore leaves: no ``ClientError``, no answer as
it came, no ARN to be taken apart. Which names things have is the caller's to say.
"""
