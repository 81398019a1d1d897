"""A certificate that this machine signs itself: browsers warn of it once."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_DAYS = 90


def self_signed(names: Iterable[str], now: datetime) -> tuple[bytes, bytes, str]:
    """Return a certificate and its key in PEM, and the certificate's SHA-256 as browsers show it.

    Args:
        names: host names and addresses it is for; IPv6 in brackets.
        now: from when it holds, for 90 days.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "detente on this machine")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in dict.fromkeys(names)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    print_ = certificate.fingerprint(hashes.SHA256()).hex(":").upper()
    return certificate.public_bytes(serialization.Encoding.PEM), private, print_


def written(folder: Path, names: Iterable[str], now: datetime) -> tuple[Path, Path, str]:
    """Make a certificate and write it with its key below a folder; only its owner can read the key."""
    certificate, key, print_ = self_signed(names, now)
    paths = folder / "certificate.pem", folder / "key.pem"
    for path, data in zip(paths, (certificate, key), strict=True):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    return *paths, print_


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name.strip("[]")))
    except ValueError:
        return x509.DNSName(name)
