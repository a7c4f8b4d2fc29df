"""An hour of ordinary platforms: directories, brokers, clusters and clouds of a data centre at work.

Applications bind for their users, of whom some mistype; sensors connect and go; balancers ask after the health of a
cluster, controllers watch it, one token has run out; people sign in to the cloud, and a second factor interrupts them.
"""

import json
import random
from collections.abc import Mapping

from bench.ordinary import Log
from bench.ordinary_services import Timed, local_time, moments, utc_time

_USERS = tuple(f"nguoidung{number:02}" for number in range(40))


def platform_logs(seed: int = 1) -> list[Log]:
    """Make all logs of the hour, the same for the same seed."""
    rng = random.Random(seed)
    made = (
        ("slapd.log", "syslog", _directory(rng)),
        ("krb5kdc.log", "syslog", _kerberos(rng)),
        ("pgsql.log", "plain", _postgresql_without_address(rng)),
        ("mosquitto.log", "plain", _mosquitto(rng)),
        ("rabbitmq.log", "plain", _rabbitmq(rng)),
        ("audit.log", "json", _kubernetes(rng)),
        ("vault.log", "json", _vault(rng)),
        ("cloud.log", "json", _cloud(rng)),
        ("nsd.log", "syslog", _nsd(rng)),
        ("mountd.log", "syslog", _mounts(rng)),
    )
    return [Log(stream, kind, sorted(lines)) for stream, kind, lines in made]


def _syslog(at: float, program: str, text: str) -> tuple[float, str]:
    return at, f"{local_time(at):%b %d %H:%M:%S} may01 {program}[811]: {text}"


def _directory(rng: random.Random) -> Timed:
    for number, at in enumerate(moments(rng, 2)):
        user, peer = rng.choice(_USERS), f"10.20.1.{15 + number % 5}"
        yield _syslog(at, "slapd", f"conn={number} fd=14 ACCEPT from IP={peer}:{40000 + number} (IP=0.0.0.0:389)")
        yield _syslog(at + 0.01, "slapd", f'conn={number} op=0 BIND dn="uid={user},dc=example,dc=vn" method=128')
        code = 49 if rng.random() < 0.005 else 0  # people mistype
        yield _syslog(
            at + 0.02, "slapd", f"conn={number} op=0 RESULT tag=97 err={code} qtime=0.00001 etime=0.001 text="
        )
        yield _syslog(
            at + 0.03, "slapd", f'conn={number} op=1 SRCH base="dc=example,dc=vn" scope=2 filter="(uid={user})"'
        )
        yield _syslog(at + 0.04, "slapd", f"conn={number} op=1 SEARCH RESULT tag=101 err=32 nentries=0 text=")
        yield _syslog(at + 0.05, "slapd", f"conn={number} fd=14 closed")


def _kerberos(rng: random.Random) -> Timed:
    for at in moments(rng, 2):
        user, peer = rng.choice(_USERS), f"10.20.0.{rng.randrange(10, 60)}"
        head = f"AS_REQ (4 etypes {{18 17 16 23}}) {peer}: "
        who = f"{user}@EXAMPLE.VN for krbtgt/EXAMPLE.VN@EXAMPLE.VN"
        yield _syslog(at, "krb5kdc", f"{head}NEEDED_PREAUTH: {who}, Additional pre-authentication required")
        if rng.random() < 0.01:
            yield _syslog(at + 0.1, "krb5kdc", f"{head}PREAUTH_FAILED: {who}, Preauthentication failed")
        else:
            yield _syslog(
                at + 0.1, "krb5kdc", f"{head}ISSUE: authtime 1795000000, etypes {{rep=18 tkt=18 ses=18}}, {who}"
            )


def _postgresql_without_address(rng: random.Random) -> Timed:
    for number, at in enumerate(moments(rng, 5)):
        head = f"{local_time(at):%Y-%m-%d %H:%M:%S}.425 +07 [{20000 + number}] "
        yield at, f"{head}LOG:  connection received: host=10.20.1.15 port={40000 + number}"
        if rng.random() < 0.003:
            yield at + 0.01, f'{head}FATAL:  password authentication failed for user "{rng.choice(_USERS)}"'
        else:
            yield (
                at + 0.01,
                f"{head}LOG:  connection authorized: user=hoso database=hoso SSL enabled (protocol=TLSv1.3)",
            )


def _mosquitto(rng: random.Random) -> Timed:
    for number, at in enumerate(moments(rng, 1.5)):
        peer, second = f"10.20.7.{number % 200}", int(local_time(at).timestamp())
        yield at, f"{second}: New connection from {peer}:{40000 + number % 20000} on port 1883."
        yield (
            at + 0.01,
            f"{second}: New client connected from {peer}:{40000 + number % 20000} as cambien{number % 200}.",
        )
        yield at + 0.02, f"{second}: Client cambien{number % 200} closed its connection."
    for at in moments(rng, 500):  # a sensor that is switched on with an old password
        second = int(local_time(at).timestamp())
        yield at, f"{second}: New connection from 10.20.7.201:40000 on port 1883."
        yield at + 0.01, f"{second}: Client cambien201 disconnected, not authorised."


def _rabbitmq(rng: random.Random) -> Timed:
    for number, at in enumerate(moments(rng, 3)):
        head = f"{local_time(at):%Y-%m-%d %H:%M:%S}.131+07:00 [info] <0.{number}.0> "
        peer = f"(10.20.1.15:{40000 + number % 20000} -> 10.20.1.30:5672)"
        yield at, f"{head}accepting AMQP connection <0.{number}.0> {peer}"
        yield at + 0.01, f"{head}connection {peer}: user 'hoso' authenticated and granted access to vhost '/'"
        yield at + 1, f"{head}closing AMQP connection <0.{number}.0> {peer}, vhost: '/', user: 'hoso'"


def _kubernetes(rng: random.Random) -> Timed:
    def record(at: float, uri: str, user: str, peer: str, code: int, **more: object) -> tuple[float, str]:
        tree: dict[str, object] = {
            "kind": "Event",
            "apiVersion": "audit.k8s.io/v1",
            "level": "Metadata",
            "stage": "ResponseComplete",
            "requestURI": uri,
            "verb": "get",
            "user": {"username": user},
            "sourceIPs": [peer],
            "responseStatus": {"code": code},
            "requestReceivedTimestamp": f"{utc_time(at)}.131000Z",
        }
        return at, json.dumps(tree | more, separators=(",", ":"))

    for at in moments(rng, 2):
        yield record(at, "/readyz", "system:anonymous", "10.20.1.2", 200)
    for at in moments(rng, 5):  # a balancer that asks for the first page
        yield record(at, "/", "system:anonymous", "10.20.1.2", 403)
    for at in moments(rng, 1):
        watcher = "system:serviceaccount:kube-system:deployment-controller"
        yield record(at, "/apis/apps/v1/deployments?watch=true", watcher, "10.20.1.40", 200)
    for at in moments(rng, 1200):  # a token that has run out
        yield record(at, "/api/v1/pods", "", "10.20.1.41", 401)
    for at in moments(rng, 300):  # the network and the storage of the cluster
        spec = {"containers": [{"name": "cni", "securityContext": {"privileged": True}}], "hostNetwork": True}
        where = {"resource": "pods", "namespace": "kube-system"}
        controller = "system:serviceaccount:kube-system:daemon-set-controller"
        made = {"verb": "create", "objectRef": where, "requestObject": {"spec": spec}}
        yield record(at, "/api/v1/namespaces/kube-system/pods", controller, "10.20.1.40", 201, **made)


def _vault(rng: random.Random) -> Timed:
    for at in moments(rng, 2):
        request = {"operation": "read", "path": "secret/data/hoso", "remote_address": "10.20.1.15"}
        yield at, json.dumps({"time": f"{utc_time(at)}.1Z", "type": "response", "request": request})
    for at in moments(rng, 900):
        request = {"operation": "update", "path": "auth/ldap/login/an", "remote_address": "10.20.0.15"}
        refused = "ldap operation failed: failed to bind as user"
        yield at, json.dumps({"time": f"{utc_time(at)}.1Z", "type": "response", "request": request, "error": refused})


def _cloud(rng: random.Random) -> Timed:
    for at in moments(rng, 10):
        user = f"{rng.choice(_USERS)}@example.vn"
        code = rng.choice((0, 0, 0, 50074, 50140)) if rng.random() < 0.99 else 50126
        properties = {"userPrincipalName": user, "ipAddress": "203.0.113.9", "status": {"errorCode": code}}
        head = {"time": f"{utc_time(at)}.1Z", "category": "SignInLogs", "resultType": str(code)}
        yield at, json.dumps(head | {"callerIpAddress": "203.0.113.9", "properties": properties})
    for at in moments(rng, 5):
        yield at, _cloudtrail(at, "GetBucketAcl", "s3.amazonaws.com", {"errorCode": "AccessDenied"})
    for at in moments(rng, 600):  # a page for everybody
        ports = {"fromPort": 443, "toPort": 443, "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]}}
        asked = {"requestParameters": {"ipPermissions": {"items": [ports]}}}
        yield at, _cloudtrail(at, "AuthorizeSecurityGroupIngress", "ec2.amazonaws.com", asked)


def _cloudtrail(at: float, name: str, source: str, more: Mapping[str, object]) -> str:
    head = {"eventTime": f"{utc_time(at)}Z", "eventSource": source, "eventName": name, "awsRegion": "ap-southeast-1"}
    who = {"userIdentity": {"type": "IAMUser", "userName": "vanhanh"}, "sourceIPAddress": "203.0.113.9"}
    return json.dumps({**head, **who, **more})


def _nsd(rng: random.Random) -> Timed:
    for at in moments(rng, 60):
        yield _syslog(at, "nsd", "zone example.vn serial 2026112001 is updated to 2026112002")
    for at in moments(rng, 900):  # a secondary server whose zone was taken away
        yield _syslog(at, "nsd", "axfr for cu.example.vn. from 203.0.113.53 refused, no acl matches")


def _mounts(rng: random.Random) -> Timed:
    for number, at in enumerate(moments(rng, 10)):
        yield _syslog(
            at, "rpc.mountd", f"authenticated mount request from 10.20.1.15:{900 + number % 100} for /srv/hoso (/srv)"
        )
    for at in moments(rng, 300):
        yield _syslog(at, "rpc.mountd", "refused mount request from 10.20.1.16 for /srv/cu (/): not exported")
