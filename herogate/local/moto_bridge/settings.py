"""How moto, and botocore under it, are set up for this cloud. Imported before moto, which looks once."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import botocore.loaders
import botocore.session

ACCOUNT_ID = "123456789012"
"""The one account of the local cloud (moto's default)."""

_SETTINGS = {
    "MOTO_ACCOUNT_ID": ACCOUNT_ID,
    # Templates attach AWS's managed policies; without them moto knows none.
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
    # No instances are run here: the images would only slow down each snapshot.
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
    # A certificate's validation has no DNS to wait for here; moto's own wait is a minute.
    "MOTO_ACM_VALIDATION_WAIT": "1",
    "MOTO_DISABLE_GLOBAL_CORS": "true",
}

os.environ.update(_SETTINGS)

# Else each session reads its services' models anew; moto alone reads ec2's, the largest, four times.
_loader = cache(botocore.loaders.create_loader)
botocore.loaders.create_loader = botocore.session.create_loader = _loader


def _described(loader: botocore.loaders.Loader, type_name: str) -> list[str]:  # noqa: ARG001
    """Every service of which anything is described: botocore would look into each for what."""
    places = filter(os.path.isdir, loader.search_paths)
    return [found.name for place in places for found in os.scandir(place) if found.is_dir()]


botocore.loaders.Loader.list_available_services = _described  # type: ignore[method-assign,assignment]


def _keep_models() -> None:
    """moto has loaders of its own, a new one for each model."""
    import moto.core.utils

    moto.core.utils.create_loader = cache(moto.core.utils.create_loader)


def _leave_out_instance_types() -> None:
    """No instances are run here: what types there are, and where, would take a tenth of the start."""
    from moto.utilities import utils

    read = utils.load_resource

    def read_others(resource: str) -> Any:
        return {} if resource.startswith("ec2/resources/instance_type") else read(resource)

    utils.load_resource = read_others
    import moto.ec2.models.instance_types  # noqa: F401  (reads them)

    utils.load_resource = read


_keep_models()
_leave_out_instance_types()
