// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/digest.hpp>

#include <optional>
#include <string>

namespace oakum::http {

// What a server shows, and whose clients it believes.
struct ServerIdentity {
    std::string
        chain_pem; // its certificate, then the authority's: clients that know only a fingerprint need both
    std::string key_pem;
    std::string device_ca_pem; // empty: client certificates are not asked for
};

// Whom a client believes. Exactly one of the two is set.
struct Trust {
    std::string ca_pem; // one authority or more: the new one beside the old one while it changes
    std::optional<base::Digest256>
        ca_fingerprint; // first contact: SHA-256 of the DER of the authority in the chain
    // A device whose clock was never set cannot judge dates; the pinned authority and signed metadata protect
    // it.
    bool ignore_dates = false;
};

// Empty when the client has no certificate.
struct ClientIdentity {
    std::string certificate_pem;
    std::string key_pem;
};

} // namespace oakum::http
