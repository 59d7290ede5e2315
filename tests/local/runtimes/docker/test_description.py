"""What the engine is told."""

from __future__ import annotations

from pathlib import Path

from herogate.local.runtimes.confinement import Confinement
from herogate.local.runtimes.docker import description
from herogate.local.runtimes.docker.description import Surroundings
from herogate.local.runtimes.image_settings import ImageSettings
from herogate.local.runtimes.runtime import Container, Ground

HERE = Surroundings(
    cloud="c10d",
    image="herogate-c10d:host",
    network="herogate-c10d",
    door=Path("/run/herogate-c10d/door.sock"),
    port=4566,
    interpreter=Path("/usr/bin/python3"),
    directories=(Path("/lib"), Path("/usr")),
    processors=4,
    group=1000,
)
TASK = "0123456789abcdef"
BARE = ImageSettings.read({})


def test_a_tasks_ground_has_its_ports_on_the_loopback_interface_and_no_rights() -> None:
    asked = Ground(task=TASK, address="10.0.0.5", ports=(8080,))
    assert description.ground(HERE, asked, "the program") == {
        "Image": "herogate-c10d:host",
        "Cmd": ["/usr/bin/python3", "-I", "-S", "-c", "the program", "4566"],
        "User": "65534:65534",
        "Hostname": "ip-10-0-0-5.ec2.internal",
        "Labels": {"dev.herogate.local": "c10d"},
        "AttachStdout": True,
        "AttachStderr": True,
        "ExposedPorts": {"8080/tcp": {}},
        "HostConfig": {
            "NetworkMode": "herogate-c10d",
            "PortBindings": {"8080/tcp": [{"HostIp": "127.0.0.1"}]},
            "Mounts": [
                {"Type": "bind", "Source": each, "Target": inside, "ReadOnly": True}
                for each, inside in (
                    ("/lib", "/lib"),
                    ("/usr", "/usr"),
                    ("/run/herogate-c10d/door.sock", "/herogate/door.sock"),
                )
            ],
            "CapDrop": ["ALL"],
            "SecurityOpt": ["no-new-privileges", "label=disable"],
            "LogConfig": {"Type": "none"},
        },
    }


def test_a_container_has_what_its_definition_says_and_the_rest_of_its_image() -> None:
    asked = Container(task=TASK, name="web")
    assert description.container(HERE, "an-image", BARE, asked, "ground") == {
        "Image": "an-image",
        "Env": [],
        "Labels": {"dev.herogate.local": "c10d"},
        "AttachStdout": True,
        "AttachStderr": True,
        "Healthcheck": {"Test": ["NONE"]},
        "HostConfig": {
            "NetworkMode": "container:ground",
            "ReadonlyRootfs": False,
            "Init": False,
            "CapAdd": [],
            "CapDrop": [],
            "Ulimits": [],
            "LogConfig": {"Type": "none"},
        },
    }


def test_a_confined_container_is_confined() -> None:
    confined = Confinement(
        user="ann",
        read_only_root=True,
        has_init=True,
        cpu_units=256,
        cpu_shares=10,
        memory_mib=512,
        dropped=("ALL",),
        added=("SYS_PTRACE",),
        ulimits={"nofile": (10, 20)},
    )
    asked = Container(
        task=TASK,
        name="web",
        entry_point=("/bin/sh", "-c"),
        command=("web",),
        working_directory="/srv",
        confinement=confined,
    )
    told = description.container(HERE, "an-image", BARE, asked, "ground")
    own = {name: told[name] for name in ("User", "Entrypoint", "Cmd", "WorkingDir")}
    assert own == {
        "User": "ann",
        "Entrypoint": ["/bin/sh", "-c"],
        "Cmd": ["web"],
        "WorkingDir": "/srv",
    }
    assert told["HostConfig"] == {
        "NetworkMode": "container:ground",
        "ReadonlyRootfs": True,
        "Init": True,
        "CapAdd": ["SYS_PTRACE"],
        "CapDrop": ["ALL"],
        "Ulimits": [{"Name": "nofile", "Soft": 10, "Hard": 20}],
        "LogConfig": {"Type": "none"},
        "NanoCpus": 250_000_000,
        "CpuShares": 10,
        "Memory": 512 << 20,
        "MemorySwap": 512 << 20,
    }


def test_a_task_larger_than_the_machine_has_all_of_it() -> None:
    asked = Container(task=TASK, name="web", confinement=Confinement(cpu_units=16 * 1024))
    told = description.container(HERE, "an-image", BARE, asked, "ground")
    assert told["HostConfig"]["NanoCpus"] == 4_000_000_000


def test_an_images_variables_are_overridden_by_the_definitions_and_no_others() -> None:
    image = ImageSettings.read({"config": {"Env": ["AWS_REGION=of-image", "A=of-image"]}})
    asked = Container(
        task=TASK,
        name="web",
        defaults={"AWS_REGION": "of-the-surroundings", "HOSTNAME": "of-the-surroundings"},
        environment={"A": "of-definition", "FORCED": "of-definition"},
        forced={"FORCED": "of-the-agent"},
    )
    assert description.environment(image, asked) == [
        "HOSTNAME=of-the-surroundings",
        "A=of-definition",
        "FORCED=of-the-agent",
    ]
