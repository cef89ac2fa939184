// SPDX-License-Identifier: Apache-2.0
#include "director.hpp"

#include <pki/certificate.hpp>
#include <pki/key.hpp>

namespace oakum::agent {

// "urn:oakum:TENANT:DEVICE"
std::string device_of(const FileIdentity& identity) {
    const auto info = pki::read_certificate(identity.current().certificate_pem);
    if (!info.ok()) return {};
    return info->uri.substr(info->uri.rfind(':') + 1);
}

std::string DeviceDirector::device() const {
    return device_of(identity_);
}

base::Result<base::Bytes> DeviceDirector::ask(const wire::Manifest& manifest) {
    const http::ClientIdentity& own = identity_.current();
    TRY_VALUE(const pki::PrivateKey key, pki::PrivateKey::from_pem(own.key_pem));
    wire::SignedManifest said;
    said.manifest = wire::encode(manifest);
    said.certificate_pem = own.certificate_pem;
    TRY_VALUE(said.signature, key.sign(base::as_bytes(wire::signing_input(said.manifest))));
    return server_.direct(said);
}

} // namespace oakum::agent
