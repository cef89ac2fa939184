// SPDX-License-Identifier: Apache-2.0
#include "director.hpp"

#include <pki/certificate.hpp>
#include <pki/key.hpp>

namespace oakum::agent {

// "urn:oakum:TENANT:DEVICE"
std::string DeviceDirector::device() const {
    const auto info = pki::read_certificate(identity_.current().certificate_pem);
    if (!info.ok()) return {};
    return info->uri.substr(info->uri.rfind(':') + 1);
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
