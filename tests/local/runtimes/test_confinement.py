"""What a container may have of the machine."""

from __future__ import annotations

from typing import Any

import pytest

from herogate.local.runtimes.confinement import Confinement, confinement

SIZED = {"cpu": "1024", "memory": "2048"}


@pytest.mark.parametrize(
    ("task", "container", "overrides", "override", "comes_to"),
    [
        ({}, {}, {}, {}, Confinement()),
        (SIZED, {}, {}, {}, Confinement(cpu_units=1024, memory_mib=2048)),
        (SIZED, {}, {"cpu": "256"}, {}, Confinement(cpu_units=256, memory_mib=2048)),
        (SIZED, {"memory": 512}, {}, {}, Confinement(cpu_units=1024, memory_mib=512)),
        (SIZED, {"memory": 512}, {}, {"memory": 256}, Confinement(cpu_units=1024, memory_mib=256)),
        (
            SIZED,
            {"memory": 512},
            {"memory": "256"},
            {},
            Confinement(cpu_units=1024, memory_mib=256),
        ),
        ({}, {"cpu": 10}, {}, {}, Confinement(cpu_shares=10)),
        ({}, {"cpu": 10}, {}, {"cpu": 20}, Confinement(cpu_shares=20)),
        (
            {},
            {
                "user": "ann",
                "readonlyRootFilesystem": True,
                "linuxParameters": {
                    "initProcessEnabled": True,
                    "capabilities": {"add": ["SYS_PTRACE"], "drop": ["ALL"]},
                },
                "ulimits": [{"name": "nofile", "softLimit": 10, "hardLimit": 20}],
            },
            {},
            {},
            Confinement(
                user="ann",
                read_only_root=True,
                has_init=True,
                added=("SYS_PTRACE",),
                dropped=("ALL",),
                ulimits={"nofile": (10, 20)},
            ),
        ),
    ],
)
def test_a_container_has_its_tasks_size_or_less(
    task: dict[str, Any],
    container: dict[str, Any],
    overrides: dict[str, Any],
    override: dict[str, Any],
    comes_to: Confinement,
) -> None:
    assert confinement(task, container, overrides, override) == comes_to
