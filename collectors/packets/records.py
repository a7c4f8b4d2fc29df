"""What was read of messages becomes lines: ClientHellos, certificates, QUIC, SSH, DHCP."""

from msgspec import UNSET, UnsetType

from collectors.packets import dhcp, dhcp6, tls
from collectors.packets.certificate import Certificate
from collectors.packets.greetings import ssh_version
from collectors.packets.lines import X509, Dhcp, Dhcp6, Names, Quic, Ssh, Ssl, encode, of_flow, text
from collectors.packets.quic import Initial


def hello_line(
    names: Names, hello: tls.Hello, time_ns: int, transport: str, answer: tls.ServerHello | None = None
) -> bytes:
    """Give the line of a ClientHello; ``transport`` as :func:`collectors.packets.tls.ja4` takes it."""
    return encode(
        Ssl(
            *of_flow(names, time_ns),
            server_name=server_name(hello),
            version=hello.version_name,
            ja4=tls.ja4(hello, transport),
            ja3=tls.ja3(hello),
            alpn=tuple(text(protocol, 64) for protocol in hello.alpn),
            server_version=answer.version_name if answer is not None else UNSET,
            cipher=answer.cipher_name if answer is not None else UNSET,
            ja3s=tls.ja3s(answer) if answer is not None else UNSET,
        )
    )


def server_name(hello: tls.Hello) -> str | UnsetType:
    """Give the name of the server that a ClientHello asks for."""
    return text(hello.server_name, 255) if hello.server_name else UNSET


def x509_line(names: Names, found: Certificate, time_ns: int) -> bytes:
    """Give the line of a certificate."""
    line = X509(
        *of_flow(names, time_ns),
        fingerprint=found.fingerprint,
        version=found.version,
        serial=found.serial[:64],
        subject=text(found.subject.encode("utf-8", "backslashreplace"), 1024),
        issuer=text(found.issuer.encode("utf-8", "backslashreplace"), 1024),
        not_valid_before=found.not_valid_before,
        not_valid_after=found.not_valid_after,
        key_alg=found.key_alg,
        sig_alg=found.sig_alg,
        dns=found.dns,
        is_expired=True if found.not_valid_after < time_ns / 1_000_000_000 else UNSET,
    )
    return encode(line)


def dhcp_line(names: Names, found: dhcp.Message, time_ns: int) -> bytes:
    """Give the line of a DHCP message."""
    return encode(
        Dhcp(
            *of_flow(names, time_ns),
            msg_types=(found.type,),
            mac=found.mac,
            client_addr=found.client_addr or UNSET,
            assigned_addr=found.assigned_addr or UNSET,
            requested_addr=found.requested_addr or UNSET,
            server_addr=found.server_addr or UNSET,
            host_name=text(found.host_name, 255) if found.host_name else UNSET,
            domain=text(found.domain, 255) if found.domain else UNSET,
            lease_time=float(found.lease_s) if found.lease_s else UNSET,
            routers=found.routers or UNSET,
            dns_servers=found.dns or UNSET,
        )
    )


def dhcp6_line(names: Names, found: dhcp6.Message, time_ns: int) -> bytes:
    """Give the line of a DHCPv6 message."""
    return encode(
        Dhcp6(
            *of_flow(names, time_ns),
            msg_types=(found.type,),
            client_id=found.client_id,
            server_id=found.server_id,
            mac=found.mac or UNSET,
            assigned_addr=found.addresses or UNSET,
            prefixes=found.prefixes or UNSET,
            dns_servers=found.dns or UNSET,
            host_name=text(found.host_name.encode(), 255) if found.host_name else UNSET,
            lease_time=float(found.lease_s) if found.lease_s else UNSET,
        )
    )


def ssh_line(names: Names, client: bytes, server: bytes, time_ns: int) -> bytes:
    """Give the line of SSH banners; one that was not heard is empty."""
    return encode(
        Ssh(
            *of_flow(names, time_ns),
            version=ssh_version(server or client),
            client=text(client, 255) if client else UNSET,
            server=text(server, 255) if server else UNSET,
        )
    )


def quic_line(names: Names, initial: Initial, hello: tls.Hello, time_ns: int) -> bytes:
    """Give the line of a QUIC connection."""
    return encode(
        Quic(
            *of_flow(names, time_ns),
            version=initial.version,
            client_initial_dcid=initial.connection_id.hex(),
            server_name=server_name(hello),
            client_protocol=text(hello.alpn[0], 64) if hello.alpn else UNSET,
        )
    )
