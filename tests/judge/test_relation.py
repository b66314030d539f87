"""How a program stands to a port, by names, defaults and packages."""

from __future__ import annotations

import pytest

from quietport.judge.relation import Relation, relate
from quietport.model.port import PortRange, Transport
from quietport.model.registration import DeFactoUse, KnownProgram


def use(software: str, port: int = 3000) -> DeFactoUse:
    return DeFactoUse(PortRange(port, port), Transport.TCP, software, "web", "s", "l", "w")


def test_nothing_relates_nothing() -> None:
    assert relate((), (), ()) == Relation((), (), is_default=False, known=False)


def test_names_defaults_and_software() -> None:
    java = [KnownProgram("java", name, ("http",), "s", "l", "w") for name in ("Jenkins", "Tomcat")]
    assert relate(("HTTP", "x"), [use("tomcat"), use("Elasticsearch")], java) == Relation(
        ("HTTP",), ("Tomcat",), is_default=True, known=True, default_of=("elasticsearch",)
    )


@pytest.mark.parametrize(
    ("package", "names", "software", "agrees"),
    [
        ("grafana", ("ppp",), "Grafana", True),
        ("grafana-server", ("ppp",), "Grafana", True),
        ("grafana-oss", ("ppp",), "Grafana", True),
        ("redis-server", ("redis",), "x", True),
        ("influxdb2", ("d-s-n",), "InfluxDB", True),
        ("elasticsearch-oss", ("wap",), "Elasticsearch", True),
        ("prometheus-node-exporter", ("x",), "Prometheus Node Exporter", True),
        ("nginx", ("ppp",), "Grafana", False),
        ("d", ("x",), "Grafana", False),
        ("", ("x",), "Grafana", False),
        ("-server", ("x",), "Grafana", False),
        (None, ("grafana",), "Grafana", False),
    ],
)
def test_a_package_may_be_named_for_the_software(
    package: str | None, names: tuple[str, ...], software: str, agrees: bool
) -> None:
    assert relate(names, [use(software)], (), package).package_agrees is agrees
