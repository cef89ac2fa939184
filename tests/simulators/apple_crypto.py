# SPDX-License-Identifier: Apache-2.0
"""What a phone's cryptography is towards its management: certificates by SCEP (RFC 8894), and messages signed by CMS (RFC 5652).

The encodings are written here by hand; keys and ciphers are the package cryptography's. It shares no code with the server.
"""
import datetime
import hashlib
import os

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import AttributeOID, NameOID

DATA, SIGNED, ENVELOPED = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2", "1.2.840.113549.1.7.3"
CONTENT_TYPE, DIGEST, SIGNING_TIME = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.5"
RSA = "1.2.840.113549.1.1.1"
DIGESTS = {"sha256": ("2.16.840.1.101.3.4.2.1", hashes.SHA256()), "sha1": ("1.3.14.3.2.26", hashes.SHA1())}
AES256, DES = "2.16.840.1.101.3.4.1.42", "1.3.14.3.2.7"
TRANSACTION, MESSAGE, STATUS, FAILURE, SENDER, RECIPIENT = (f"2.16.840.1.113733.1.9.{n}" for n in (7, 2, 3, 4, 5, 6))


# ---- DER
def tlv(tag, *parts):
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 128 | len(size)]) + size + body


def sequence(*parts):
    return tlv(0x30, *parts)


def set_of(*parts):
    return tlv(0x31, *sorted(parts))


def integer(number):
    return tlv(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def octets(data):
    return tlv(0x04, data)


def printable(text):
    return tlv(0x13, text.encode("ascii"))


def oid(dotted):
    first, second, *rest = (int(part) for part in dotted.split("."))
    out = bytearray([first * 40 + second])
    for number in rest:
        piece = [number & 127]
        while number := number >> 7:
            piece.append(128 | number & 127)
        out += bytes(reversed(piece))
    return tlv(0x06, bytes(out))


def algorithm(dotted, parameters=tlv(0x05)):
    return sequence(oid(dotted), parameters)


class Node:
    """One value of DER, with those inside it."""

    def __init__(self, data, at=0):
        self.tag, size, self.body_at = data[at], data[at + 1], at + 2
        if size >= 128:
            count = size & 127
            size, self.body_at = int.from_bytes(data[at + 2:at + 2 + count], "big"), at + 2 + count
        self.end = self.body_at + size
        if self.end > len(data):
            raise ValueError("DER that ends too early")
        self.raw, self.body = data[at:self.end], data[self.body_at:self.end]

    @property
    def inside(self):
        out, at = [], 0
        while at < len(self.body):
            node = Node(self.body, at)
            out.append(node)
            at = node.end
        return out

    @property
    def number(self):
        return int.from_bytes(self.body, "big")


def content_of(message, kind):
    outer, inner = Node(message).inside
    if outer.raw != oid(kind):
        raise ValueError("not the kind of message that was expected")
    return inner.inside[0]


# ---- certificates
def new_key(bits=2048):
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def der(thing):
    return thing.public_bytes(serialization.Encoding.DER)


def self_signed(key, name, digest="sha256"):
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.utcnow()
    return (x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=7)).sign(key, DIGESTS[digest][1] if digest != "sha1" else hashes.SHA256()))


def signing_request(key, organisation, name, challenge):
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation), x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return der(x509.CertificateSigningRequestBuilder().subject_name(subject)
               .add_attribute(AttributeOID.CHALLENGE_PASSWORD, challenge.encode()).sign(key, hashes.SHA256()))


# ---- CMS
def named(certificate):
    """Issuer and serial number, as messages name a certificate."""
    return sequence(certificate.issuer.public_bytes(), integer(certificate.serial_number))


def attribute(name, value):
    return sequence(oid(name), set_of(value))


def sign(body, key, certificate, at=None, detached=True, attributes=(), digest="sha256"):
    """`at`: the signer's own clock."""
    name, kind = DIGESTS[digest]
    held = [attribute(CONTENT_TYPE, oid(DATA)), attribute(DIGEST, octets(hashlib.new(digest, body).digest())), *attributes]
    if at is not None:
        held.append(attribute(SIGNING_TIME, tlv(0x17, at.strftime("%y%m%d%H%M%SZ").encode())))
    signature = key.sign(set_of(*held), padding.PKCS1v15(), kind)
    signer = sequence(integer(1), named(certificate), algorithm(name), tlv(0xA0, *sorted(held)), algorithm(RSA), octets(signature))
    inside = sequence(oid(DATA), *(() if detached else (tlv(0xA0, octets(body)),)))
    return sequence(oid(SIGNED), tlv(0xA0, sequence(integer(1), set_of(algorithm(name)), inside, tlv(0xA0, der(certificate)),
                                                    set_of(signer))))


def opened(message, certificate):
    """What a message holds that this certificate's key signed, and its signed attributes."""
    parts = content_of(message, SIGNED).inside
    inside = parts[2].inside
    body = inside[1].inside[0].body if len(inside) > 1 else b""
    signer = parts[-1].inside[0].inside
    held = signer[3]
    if held.tag != 0xA0:
        raise ValueError("an answer without signed attributes")
    digest = next(name for name, (dotted, _) in DIGESTS.items() if signer[2].inside[0].raw == oid(dotted))
    certificate.public_key().verify(signer[-1].body, tlv(0x31, held.body), padding.PKCS1v15(), DIGESTS[digest][1])
    attributes = {node.inside[0].raw: node.inside[1].inside[0].body for node in held.inside}
    if body and attributes[oid(DIGEST)] != hashlib.new(digest, body).digest():
        raise ValueError("the answer's digest is of something else")
    return body, attributes


def seal(body, certificate, weak=False):
    """`weak`: DES, as old clients do it."""
    if weak:
        key, start, name = os.urandom(8), os.urandom(8), DES
        cipher, block = Cipher(algorithms.TripleDES(key * 3), modes.CBC(start)), 8
    else:
        key, start, name = os.urandom(32), os.urandom(16), AES256
        cipher, block = Cipher(algorithms.AES(key), modes.CBC(start)), 16
    spare = block - len(body) % block
    does = cipher.encryptor()
    text = does.update(body + bytes([spare]) * spare) + does.finalize()
    wrapped = certificate.public_key().encrypt(key, padding.PKCS1v15())
    recipient = sequence(integer(0), named(certificate), algorithm(RSA), octets(wrapped))
    return sequence(oid(ENVELOPED), tlv(0xA0, sequence(integer(0), set_of(recipient),
                                                       sequence(oid(DATA), algorithm(name, octets(start)), tlv(0x80, text)))))


def unseal(message, key):
    parts = content_of(message, ENVELOPED).inside
    wrapped = parts[1].inside[0].inside[-1].body
    kind, text = parts[2].inside[1], parts[2].inside[2]
    if kind.inside[0].raw != oid(AES256):
        raise ValueError("sealed by another algorithm than AES with 256 bits")
    secret = key.decrypt(wrapped, padding.PKCS1v15())
    does = Cipher(algorithms.AES(secret), modes.CBC(kind.inside[1].body)).decryptor()
    body = does.update(text.body) + does.finalize()
    return body[:-body[-1]]


# ---- SCEP
class Refused(Exception):
    """The server said no."""


def certificate_by_scep(get, post, payload, name, key=None, weak=False):
    """`get`(query) and `post`(query, body) reach the payload's address. The key and its certificate."""
    can = get("operation=GetCACaps").decode().split()
    authority = x509.load_der_x509_certificate(get("operation=GetCACert"))
    if not {"AES", "SHA-256"} <= set(can) and not weak:
        raise ValueError(f"the authority can only {can}")
    digest = "sha1" if weak else "sha256"
    key = key or new_key(payload["Keysize"])
    own = self_signed(key, name, digest)
    organisation = next(pair[1] for [pair] in payload["Subject"] if pair[0] == "O")
    request = signing_request(key, organisation, name, payload["Challenge"])
    transaction, nonce = hashlib.sha256(request).hexdigest(), os.urandom(16)
    message = sign(seal(request, authority, weak), key, own, detached=False, digest=digest, attributes=(
        attribute(TRANSACTION, printable(transaction)), attribute(MESSAGE, printable("19")), attribute(SENDER, octets(nonce))))
    if not {"POSTPKIOperation", "SCEPStandard"} & set(can):
        raise ValueError("the authority takes no POST")
    body, told = opened(post("operation=PKIOperation", message), authority)
    if told[oid(TRANSACTION)] != transaction.encode() or told[oid(MESSAGE)] != b"3" or told[oid(RECIPIENT)] != nonce:
        raise ValueError("an answer to another request")
    if told[oid(STATUS)] != b"0":
        raise Refused(f"failInfo {told.get(oid(FAILURE), b'').decode()}")
    issued = pkcs7.load_der_pkcs7_certificates(unseal(body, key))[0]
    authority.public_key().verify(issued.signature, issued.tbs_certificate_bytes, padding.PKCS1v15(), issued.signature_hash_algorithm)
    if issued.public_key().public_numbers() != key.public_key().public_numbers():
        raise ValueError("a certificate for another key")
    return key, issued
