"""What runs inside CodeBuild: the build's own pieces, and the way into the engine's release.

It is started by ``buildspecs/``, finds what it works on in its environment, and talks in Heroku's
lines. It decides nothing about releases.
"""
