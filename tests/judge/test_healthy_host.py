"""A plain Debian host with its stock services, and again when all were upgraded without restart: nobody cries wolf."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from quietport.model.listener import Direction
from quietport.model.owner import Activation, ExecutableFile
from quietport.model.raw_socket import RawKind
from quietport.model.unknown import Reason, Unknown

ANY, LOOP, PRIVATE = "0.0.0.0", "127.0.0.1", "10.0.0.5"

# port, address, executable, package, unit, verdict
STOCK: list[tuple[str, str, str, str, str, str]] = [
    ("22/tcp", ANY, "/usr/sbin/sshd", "openssh-server", "ssh.service", "expected"),
    ("22/tcp", "::", "/usr/sbin/sshd", "openssh-server", "ssh.service", "expected"),
    ("80/tcp", ANY, "/usr/sbin/nginx", "nginx", "nginx.service", "expected"),
    ("443/tcp", ANY, "/usr/sbin/nginx", "nginx", "nginx.service", "expected"),
    ("8080/tcp", "::", "/usr/sbin/apache2", "apache2-bin", "apache2.service", "expected"),
    ("6379/tcp", LOOP, "/usr/bin/redis-check-rdb", "redis-tools", "redis-server.service", "expected"),
    ("5432/tcp", LOOP, "/usr/lib/postgresql/15/bin/postgres", "postgresql-15", "postgresql.service", "expected"),
    ("3306/tcp", LOOP, "/usr/sbin/mariadbd", "mariadb-server-core", "mariadb.service", "expected"),
    ("11211/tcp", LOOP, "/usr/bin/memcached", "memcached", "memcached.service", "expected"),
    ("1883/tcp", LOOP, "/usr/sbin/mosquitto", "mosquitto", "mosquitto.service", "expected"),
    ("111/tcp", ANY, "/usr/sbin/rpcbind", "rpcbind", "rpcbind.service", "expected"),
    ("111/udp", ANY, "/usr/sbin/rpcbind", "rpcbind", "rpcbind.service", "expected"),
    ("847/udp", ANY, "/usr/sbin/rpcbind", "rpcbind", "rpcbind.service", "expected"),
    ("851/udp", LOOP, "/usr/sbin/rpc.statd", "nfs-common", "rpc-statd.service", "expected"),
    ("40311/tcp", ANY, "/usr/sbin/rpc.statd", "nfs-common", "rpc-statd.service", "expected"),
    ("20048/tcp", ANY, "/usr/sbin/rpc.mountd", "nfs-kernel-server", "nfs-mountd.service", "expected"),
    ("25/tcp", LOOP, "/usr/lib/postfix/sbin/master", "postfix", "postfix@-.service", "expected"),
    ("587/tcp", ANY, "/usr/lib/postfix/sbin/master", "postfix", "postfix@-.service", "expected"),
    ("25/tcp", LOOP, "/usr/sbin/exim4", "exim4-daemon-light", "exim4.service", "expected"),
    ("143/tcp", ANY, "/usr/sbin/dovecot", "dovecot-core", "dovecot.service", "expected"),
    ("993/tcp", ANY, "/usr/sbin/dovecot", "dovecot-core", "dovecot.service", "expected"),
    ("53/tcp", "10.0.0.5", "/usr/sbin/named", "bind9", "named.service", "expected"),
    ("53/udp", "10.0.0.5", "/usr/sbin/named", "bind9", "named.service", "expected"),
    ("953/tcp", LOOP, "/usr/sbin/named", "bind9", "named.service", "expected"),
    ("53/udp", LOOP, "/usr/sbin/unbound", "unbound", "unbound.service", "expected"),
    ("8953/tcp", LOOP, "/usr/sbin/unbound", "unbound", "unbound.service", "expected"),
    ("53/udp", "192.168.122.1", "/usr/sbin/dnsmasq", "dnsmasq-base", "libvirtd.service", "expected"),
    ("67/udp", ANY, "/usr/sbin/dnsmasq", "dnsmasq-base", "libvirtd.service", "expected"),
    ("123/udp", ANY, "/usr/sbin/chronyd", "chrony", "chrony.service", "expected"),
    ("323/udp", LOOP, "/usr/sbin/chronyd", "chrony", "chrony.service", "expected"),
    ("123/udp", ANY, "/usr/sbin/ntpd", "ntpsec", "ntpsec.service", "expected"),
    ("631/tcp", LOOP, "/usr/sbin/cupsd", "cups-daemon", "cups.service", "expected"),
    ("631/udp", ANY, "/usr/sbin/cups-browsed", "cups-browsed", "cups-browsed.service", "expected"),
    ("5353/udp", ANY, "/usr/sbin/avahi-daemon", "avahi-daemon", "avahi-daemon.service", "expected"),
    ("42873/udp", ANY, "/usr/sbin/avahi-daemon", "avahi-daemon", "avahi-daemon.service", "custom"),
    ("445/tcp", ANY, "/usr/sbin/smbd", "samba", "smbd.service", "expected"),
    ("139/tcp", ANY, "/usr/sbin/smbd", "samba", "smbd.service", "expected"),
    ("137/udp", ANY, "/usr/sbin/nmbd", "samba", "nmbd.service", "expected"),
    ("21/tcp", ANY, "/usr/sbin/vsftpd", "vsftpd", "vsftpd.service", "expected"),
    ("21/tcp", "::", "/usr/sbin/proftpd", "proftpd-core", "proftpd.service", "expected"),
    ("873/tcp", ANY, "/usr/bin/rsync", "rsync", "rsync.service", "expected"),
    ("161/udp", LOOP, "/usr/sbin/snmpd", "snmpd", "snmpd.service", "expected"),
    ("3128/tcp", "::", "/usr/sbin/squid", "squid", "squid.service", "expected"),
    ("8404/tcp", LOOP, "/usr/sbin/haproxy", "haproxy", "haproxy.service", "custom"),
    ("443/tcp", ANY, "/usr/sbin/haproxy", "haproxy", "haproxy.service", "expected"),
    ("8081/tcp", ANY, "/usr/sbin/docker-proxy", "docker.io", "docker.service", "custom"),
    ("443/tcp", ANY, "/usr/sbin/docker-proxy", "docker.io", "docker.service", "custom"),
    ("39121/tcp", LOOP, "/usr/bin/containerd", "containerd", "containerd.service", "custom"),
    ("9100/tcp", "::", "/usr/bin/prometheus-node-exporter", "prometheus", "exporter.service", "expected"),
    ("9090/tcp", "::", "/usr/bin/prometheus", "prometheus", "prometheus.service", "expected"),
    ("3000/tcp", "::", "/usr/share/grafana/bin/grafana", "grafana", "grafana-server.service", "expected"),
    ("53/udp", "127.0.0.53", "/usr/lib/systemd/systemd-resolved", "systemd-resolved", "resolved.service", "expected"),
    ("5355/tcp", ANY, "/usr/lib/systemd/systemd-resolved", "systemd-resolved", "resolved.service", "expected"),
    ("68/udp", PRIVATE, "/usr/lib/systemd/systemd-networkd", "systemd", "systemd-networkd.service", "expected"),
    ("546/udp", "fe80::1", "/usr/lib/systemd/systemd-networkd", "systemd", "systemd-networkd.service", "expected"),
    ("68/udp", ANY, "/usr/sbin/dhclient", "isc-dhcp-client", "ifup@eth0.service", "expected"),
    ("514/udp", ANY, "/usr/sbin/rsyslogd", "rsyslog", "rsyslog.service", "expected"),
    ("51413/udp", ANY, "/usr/bin/transmission-daemon", "transmission-daemon", "transmission.service", "expected"),
    ("41234/udp", ANY, "/usr/sbin/squid", "squid", "squid.service", "custom"),
    ("10050/tcp", ANY, "/usr/sbin/zabbix_agentd", "zabbix-agent", "zabbix-agent.service", "expected"),
    ("389/tcp", ANY, "/usr/sbin/slapd", "slapd", "slapd.service", "expected"),
    ("8000/tcp", ANY, "/usr/bin/python3.11", "python3.11-minimal", "radicale.service", "custom"),
]  # fmt: skip


def ids(row: tuple[str, ...]) -> str:
    return f"{row[2].rpartition('/')[2]}-{row[0].replace('/', '-')}-{row[1]}"


@pytest.mark.parametrize("row", STOCK, ids=ids)
def test_a_stock_service_is_what_it_should_be(bench: Any, row: tuple[str, ...]) -> None:
    port, address, executable, package, unit, word = row
    verdict = bench.listener(port, (bench.owner(executable, package, unit=unit),), address)
    assert (verdict.word, [piece.rule for piece in verdict.evidence if piece.speaks_for == "suspicious"]) == (word, [])


@pytest.mark.parametrize("row", STOCK, ids=ids)
def test_a_service_that_was_upgraded_without_restart_needs_a_restart_and_no_more(
    bench: Any, row: tuple[str, ...]
) -> None:
    port, address, executable, package, unit, word = row
    changed = "2026-11-24T06:25:00Z"
    owner = bench.owner(executable, package, unit=unit, file=ExecutableFile.REPLACED, changed_at=changed)
    verdict = bench.listener(port, (owner,), address)
    assert (verdict.word, verdict.next_step) == (word, "next.restart")
    assert "restart-needed" in [piece.rule for piece in verdict.evidence]


@pytest.mark.parametrize("file", [ExecutableFile.PRESENT, ExecutableFile.REPLACED, ExecutableFile.GONE])
@pytest.mark.parametrize("row", STOCK, ids=ids)
def test_where_packages_cannot_be_read_nothing_is_suspicious_either(
    bench: Any, row: tuple[str, ...], file: ExecutableFile
) -> None:
    port, address, executable, _, _, word = row
    unread = Unknown(Reason.NOT_LOOKED, "package")
    owner = bench.owner(executable, file=file, package_is=unread, unit=unread, activation=unread, script=unread)
    verdict = bench.listener(port, (owner,), address)
    doubted = {"unresolved"} if file is ExecutableFile.GONE else set()
    assert verdict.word in {word, "custom", "unexplained"} | doubted


@pytest.mark.parametrize("row", STOCK, ids=ids)
def test_what_a_moved_or_removed_package_leaves_running_is_not_suspicious(bench: Any, row: tuple[str, ...]) -> None:
    port, address, executable, _, unit, _ = row
    verdict = bench.listener(port, (bench.owner(executable, unit=unit, file=ExecutableFile.GONE),), address)
    assert verdict.concern != "suspicious"


def test_the_whole_host_in_numbers(bench: Any) -> None:
    words = Counter(
        bench.listener(port, (bench.owner(executable, package, unit=unit),), address).word
        for port, address, executable, package, unit, _ in STOCK
    )
    assert words == {"expected": len(STOCK) - 7, "custom": 7}


def test_systemd_keeps_ports_for_services_that_are_asleep(bench: Any) -> None:
    init = bench.owner("/usr/lib/systemd/systemd", "systemd", unit="init.scope", pid=1)
    for port in ("22/tcp", "631/tcp", "111/udp", "9090/tcp", "7777/tcp"):
        verdict = bench.listener(port, (init,))
        assert (verdict.word, verdict.next_step) == ("expected", "next.list-sockets")


def test_a_socket_that_systemd_shares_is_judged_by_the_service(bench: Any) -> None:
    init = bench.owner("/usr/lib/systemd/systemd", "systemd", pid=1)
    served = bench.owner("/usr/sbin/cupsd", "cups-daemon", activation=Activation.SYSTEMD, pid=812)
    verdict = bench.listener("631/tcp", (init, served), "127.0.0.1")
    assert [piece.rule for piece in verdict.evidence] == ["registered-name-agrees", "packaged-daemon-on-its-port"]


def test_inetd_keeps_a_registered_port(bench: Any) -> None:
    verdict = bench.listener("79/tcp", (bench.owner("/usr/sbin/inetd", "openbsd-inetd"),))
    assert (verdict.word, verdict.next_step) == ("expected", "next.inetd")


@pytest.mark.parametrize(
    ("kind", "executable", "package"),
    [
        (RawKind.PACKET, "/usr/sbin/dhclient", "isc-dhcp-client"),
        (RawKind.PACKET, "/usr/sbin/lldpd", "lldpd"),
        (RawKind.PACKET, "/usr/bin/tcpdump", "tcpdump"),
        (RawKind.PACKET, "/usr/lib/systemd/systemd-networkd", "systemd"),
        (RawKind.PACKET, "/usr/sbin/wpa_supplicant", "wpasupplicant"),
        (RawKind.PACKET, "/usr/sbin/arpwatch", "arpwatch"),
        (RawKind.PACKET, "/usr/bin/busybox", "busybox"),
        (RawKind.RAW, "/usr/bin/ping", "iputils-ping"),
        (RawKind.RAW, "/usr/sbin/NetworkManager", "network-manager"),
        (RawKind.RAW, "/usr/sbin/keepalived", "keepalived"),
        (RawKind.RAW, "/usr/lib/frr/ospfd", "frr"),
    ],
)
def test_programs_that_work_below_the_ports_are_expected_to(
    bench: Any, kind: RawKind, executable: str, package: str
) -> None:
    assert bench.raw(kind, (bench.owner(executable, package),)).word == "expected"


def test_an_nfs_client_is_no_service(bench: Any) -> None:
    nobody = Unknown(Reason.NO_OWNER, "owner")
    verdict = bench.connection("2049/tcp", nobody, Direction.LOCAL_QUIET, local="851/tcp")
    assert (verdict.word, verdict.evidence[0].rule) == ("expected", "nfs-client")


def test_an_rpc_client_talks_to_odd_ports_of_its_server(bench: Any) -> None:
    verdict = bench.connection("851/tcp", (bench.owner("/usr/sbin/mount.nfs", "nfs-common"),))
    assert (verdict.word, verdict.evidence[0].rule) == ("expected", "rpc-client")


def test_sockets_of_the_kernel_are_never_hidden(bench: Any) -> None:
    for port in ("4789/udp", "51820/udp", "2049/tcp", "861/tcp"):
        assert bench.listener(port, (bench.owner(None),)).word == "expected"
