// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "stream.hpp"

#include <base/digest.hpp>
#include <http/identity.hpp>
#include <ports/http.hpp>

#include <array>
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace oakum::http {

// The keys of session tickets (RFC 5077, RFC 8446 section 4.6.1): a new one every 12 hours, the one before it
// still read. In memory only: what was recorded cannot be read after a restart. Called from all io threads.
class TicketKeys {
  public:
    struct Key {
        std::array<unsigned char, 16> name{};
        std::array<unsigned char, 32> cipher{};
        std::array<unsigned char, 32> mac{};
    };
    std::optional<Key> current();
    // A flag with the key: the ticket should be renewed.
    std::optional<std::pair<Key, bool>> find(const unsigned char* name);

  private:
    bool rotate();
    std::mutex mutex_;
    std::optional<Key> current_;                 // guarded by mutex_
    std::optional<Key> previous_;                // guarded by mutex_
    std::chrono::steady_clock::time_point made_; // guarded by mutex_
};

// TLS 1.2 (ECDHE with AEAD only) and 1.3. With a device CA, client certificates are asked for, verified
// against it alone, and not required. `keys` outlives the context.
base::Result<SslContextPtr> make_server_context(const ServerIdentity& identity, TicketKeys& keys);

// What a client believes: certificates under these authorities, or under the authority of this fingerprint,
// which the server has to send.
base::Result<SslContextPtr> make_client_context(const Trust& trust);
// The certificate chain and key of this side.
base::Status use_identity(SSL* ssl, X509* certificate, EVP_PKEY* key);
base::Result<CertificatePtr> parse_certificate(std::string_view pem);
base::Result<KeyPtr> parse_key(std::string_view pem);
// Checks the server's certificate for this DNS name or IP address, and names it in SNI.
base::Status expect_host(SSL* ssl, const std::string& host);
base::Result<std::string> certificate_pem(X509* certificate);
base::Digest256 fingerprint(X509* certificate);

// Goes on with the session in the slot, if there is one, and keeps the newest there. The slot outlives the
// connection.
using SessionPtr = std::unique_ptr<SSL_SESSION, Freed<SSL_SESSION_free>>;
void keep_session_in(SSL* ssl, SessionPtr& slot);
// Why a client's connection failed, as an error: about certificates, it is a denial. Empties OpenSSL's error
// queue.
base::Error describe_failure(SSL* ssl);

// What the verified client certificate says. Errors: denied (it is not one of a device).
base::Status read_peer(SSL* ssl, ports::Peer& peer);

} // namespace oakum::http
