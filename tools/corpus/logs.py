"""Logs as machines write them, with nobody in them: syslog, nginx, Kubernetes, Java, a database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from tools.corpus.values.base import fill
from tools.corpus.values.harmless import HARMLESS

_PATHS = (
    "/ /health /static/app.js /api/v2/items /api/v2/items/{ten} /metrics /search?q={short}&page={small} /img/{sha}.png"
).split()
_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Safari/537.36",
    "kube-probe/1.{v}",
    "curl/8.{v}.1",
    "Prometheus/2.{v}.0",
)
_UNITS = "systemd-logind cron sshd kernel NetworkManager dockerd containerd snapd rsyslogd unattended-upgrades".split()
_CLASSES = (
    "org.apache.kafka.clients.consumer.KafkaConsumer o.s.b.w.embedded.tomcat.TomcatWebServer "
    "c.zaxxer.hikari.pool.HikariPool o.h.engine.jdbc.spi.SqlExceptionHelper i.n.channel.nio.NioEventLoop"
).split()


def _some(random: Random, name: str) -> str:
    return HARMLESS[name](random)


def _syslog(random: Random, now: datetime) -> str:
    unit = random.choice(_UNITS)
    words = random.choice(
        (
            "Started Session {small} of user root.", "Reloading configuration from /etc/{unit}.conf",
            "usb {small}-1: new high-speed USB device number {small} using xhci_hcd",
            "[{six}.{six}] EXT4-fs (sda{small}): mounted filesystem {uuid} with ordered data mode",
            "segfault at {hex} ip {hex} sp {hex} error 4 in libc-2.31.so[{hex}+178000]",
            "pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)",
            "Consumed {count}ms CPU time, {millis} bytes read",
            "eth0: link becomes ready, mtu 1500, tx {nine} rx {ten}",
        )
    )  # fmt: skip
    return f"{now:%b %d %H:%M:%S} node-{random.randint(1, 40)} {unit}[{random.randint(300, 32000)}]: {words}"


def _nginx(random: Random, now: datetime) -> str:
    path, agent = random.choice(_PATHS), random.choice(_AGENTS).replace("{v}", str(random.randint(20, 120)))
    status = random.choice((200, 200, 200, 204, 301, 304, 404, 499, 502))
    client = f"10.{random.randint(0, 255)}.{random.randint(0, 255)}.{random.randint(1, 254)}"
    request = f'[{now:%d/%b/%Y:%H:%M:%S +0000}] "GET {path} HTTP/1.1" {status}'
    return f'{client} - - {request} {{nine}} "-" "{agent}" rt={{cents}} rid={{uuid}}'


def _kubernetes(random: Random, now: datetime) -> str:
    words = random.choice(
        (
            '"Pod status updated" pod="default/web-{short}-{small}" status="Running"',
            '"Scaled deployment" replicas={small} generation={nine} resourceVersion="{ten}"',
            '"Failed to pull image" image="registry.example.com/web:v{version}" digest="sha256:{sha256}"',
            '"Probe failed" probeType="Readiness" pod="kube-system/coredns-{short}" latency={float}',
            '"Lease renewed" holder="node-{small}_{uuid}" acquireTime="{stamp}"',
        )
    )
    level = random.choice("IIIWE")
    return (
        f"{level}{now:%m%d %H:%M:%S.%f} {random.randint(1, 9999):>7} controller.go:{random.randint(20, 900)}] {words}"
    )


def _java(random: Random, now: datetime) -> str:
    words = random.choice(
        (
            "Started Application in {cents} seconds (JVM running for {cents})",
            "HikariPool-1 - Pool stats (total={small}, active={small}, idle={small}, waiting=0)",
            "[Consumer clientId=consumer-{small}, groupId=billing] Resetting offset for items-{small} to {ten}",
            "SQL Error: {count}, SQLState: {six}",
            "Processed batch {snowflake} of {count} rows, checksum {sha}",
            "java.lang.IllegalStateException: no session {uuid}"
            "\n\tat com.example.web.Sessions.find(Sessions.java:{small})"
            "\n\tat com.example.web.Server.handle(Server.java:{count})",
        )
    )
    stamp = f"{now:%Y-%m-%d %H:%M:%S},{now.microsecond // 1000:03}"
    level = random.choice(("INFO ", "DEBUG", "WARN ", "ERROR"))
    return f"{stamp} {level} [http-nio-8080-exec-{random.randint(1, 20)}] {random.choice(_CLASSES)} - {words}"


def _database(random: Random, now: datetime) -> str:
    words = random.choice(
        (
            "LOG:  checkpoint complete: wrote {count} buffers ({cents}%); distance={six} kB, estimate={six} kB",
            "LOG:  duration: {float} ms  execute S_{small}: SELECT total FROM items WHERE id = {nine}",
            "DETAIL:  parameters: $1 = '{eleven}', $2 = '{date}', $3 = '{ten}'",
            "ERROR:  deadlock detected at character {small}",
        )
    )
    return f"{now:%Y-%m-%d %H:%M:%S}.{now.microsecond // 1000:03} UTC [{random.randint(100, 99999)}] {words}"


_WRITERS: tuple[Callable[[Random, datetime], str], ...] = (_syslog, _nginx, _kubernetes, _java, _database)


def lines(random: Random) -> Iterator[str]:
    """Endless lines; each few hundred come from one program."""
    now = datetime(2024, 3, 1, tzinfo=UTC)
    while True:
        write = random.choice(_WRITERS)
        for _ in range(random.randint(100, 400)):
            now += timedelta(microseconds=random.randint(500, 4_000_000))
            line = write(random, now).replace("{unit}", fill(random, "unit##"))
            for name in HARMLESS:
                while (slot := f"{{{name}}}") in line:
                    line = line.replace(slot, _some(random, name), 1)
            yield line
