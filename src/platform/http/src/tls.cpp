// SPDX-License-Identifier: Apache-2.0
#include "tls.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>

#include <cstring>
#include <vector>

namespace oakum::http {
namespace {

constexpr std::size_t kMaxPem = 1024 * 1024; // a system has some 150 authorities
constexpr auto kTicketKeyLife = std::chrono::hours(12);
constexpr long kSessionSeconds = 12 * 60 * 60;
// TLS 1.2: forward secrecy and authenticated encryption only. TLS 1.3 has nothing else.
constexpr char kCiphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr char kGroups[] = "X25519:P-256";

using BioPtr = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using StorePtr = std::unique_ptr<X509_STORE, Freed<X509_STORE_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;

base::Error tls_error(std::string doing) {
    return base::unavailable(std::move(doing) + ": " + take_openssl_reason());
}

int no_passphrase(char*, int, int, void*) {
    return -1;
}

base::Result<std::vector<CertificatePtr>> parse_certificates(std::string_view pem) {
    if (pem.size() > kMaxPem) return base::too_large("more than 1 MiB of certificates");
    const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    std::vector<CertificatePtr> list;
    while (bio) {
        CertificatePtr certificate(PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr));
        if (!certificate) break;
        list.push_back(std::move(certificate));
    }
    ERR_clear_error();
    if (list.empty()) return base::invalid("not a certificate in PEM");
    return list;
}

base::Result<SslContextPtr> make_context(const SSL_METHOD* method) {
    SslContextPtr context(SSL_CTX_new(method));
    if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(context.get(), kCiphers) != 1 ||
        SSL_CTX_set1_groups_list(context.get(), kGroups) != 1)
        return tls_error("preparing TLS");
    SSL_CTX_set_options(context.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                        SSL_MODE_RELEASE_BUFFERS);
    // One recv(2) instead of two a record.
    SSL_CTX_set_read_ahead(context.get(), 1);
    return context;
}

int keys_index() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

int fingerprint_index() {
    static const int index = SSL_CTX_get_ex_new_index(
        0, nullptr, nullptr, nullptr, [](void*, void* data, CRYPTO_EX_DATA*, int, long, void*) {
            delete static_cast<base::Digest256*>(data);
        });
    return index;
}

// OpenSSL's contract: 1 goes on, 2 goes on and renews, 0 makes a full handshake, -1 fails.
int ticket_key(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
               int encrypting) {
    auto* keys = static_cast<TicketKeys*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), keys_index()));
    TicketKeys::Key key;
    bool renew = false;
    if (encrypting == 1) {
        const auto current = keys->current();
        if (!current || RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1) return -1;
        key = *current;
        std::memcpy(name, key.name.data(), key.name.size());
    } else {
        const auto found = keys->find(name);
        if (!found) return 0;
        key = found->first;
        // A ticket of TLS 1.3 is used once: whoever comes with one leaves with another.
        renew = found->second || SSL_version(ssl) == TLS1_3_VERSION;
    }
    char digest[] = "SHA256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac.data(), key.mac.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
    const int set = encrypting == 1
                        ? EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key.cipher.data(), iv)
                        : EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key.cipher.data(), iv);
    const bool ready = set == 1 && EVP_MAC_CTX_set_params(mac, parameters) == 1;
    OPENSSL_cleanse(&key, sizeof key);
    if (!ready) return -1;
    return renew ? 2 : 1;
}

int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                    unsigned in_size, void*) {
    static constexpr unsigned char kOurs[] = "\x08http/1.1";
    unsigned char* chosen = nullptr;
    if (SSL_select_next_proto(&chosen, out_size, kOurs, sizeof kOurs - 1, in, in_size) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

base::Status ask_for_device_certificates(SSL_CTX* context, const std::string& ca_pem) {
    TRY_VALUE(const auto authorities, parse_certificates(ca_pem));
    StorePtr store(X509_STORE_new());
    if (!store) return tls_error("preparing the device authority");
    for (const auto& authority : authorities) {
        if (X509_STORE_add_cert(store.get(), authority.get()) != 1 ||
            SSL_CTX_add_client_CA(context, authority.get()) != 1)
            return tls_error("preparing the device authority");
    }
    SSL_CTX_set1_verify_cert_store(context, store.get());
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE, nullptr);
    SSL_CTX_set_verify_depth(context, 0);
    return {};
}

// A session goes on only with a server that believes the same devices.
base::Status bind_sessions(SSL_CTX* context, const ServerIdentity& identity) {
    const base::Digest256 digest = base::sha256(identity.device_ca_pem);
    if (SSL_CTX_set_session_id_context(context, digest.bytes.data(), digest.bytes.size()) != 1)
        return tls_error("preparing sessions");
    return {};
}

// Replaces OpenSSL's verification while the authority is known by its fingerprint only: the authority that
// the server sent, if it is the one, becomes the only one believed, and verification goes on as always.
int verify_by_fingerprint(X509_STORE_CTX* context, void*) {
    auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
    const auto* wanted =
        static_cast<const base::Digest256*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), fingerprint_index()));
    STACK_OF(X509)* chain = X509_STORE_CTX_get0_untrusted(context);
    for (int i = 1; i < sk_X509_num(chain) && i < 10; ++i) {
        X509* certificate = sk_X509_value(chain, i);
        if (fingerprint(certificate) != *wanted) continue;
        STACK_OF(X509)* trusted = sk_X509_new_null();
        if (trusted == nullptr || sk_X509_push(trusted, certificate) == 0) {
            sk_X509_free(trusted);
            break;
        }
        X509_STORE_CTX_set0_trusted_stack(context, trusted);
        const int outcome = X509_verify_cert(context);
        sk_X509_free(trusted);
        return outcome;
    }
    X509_STORE_CTX_set_error(context, X509_V_ERR_CERT_UNTRUSTED);
    return 0;
}

int session_index() {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

// OpenSSL's contract: 1 when the session is ours from now on.
int keep_session(SSL* ssl, SSL_SESSION* session) {
    auto* slot = static_cast<SessionPtr*>(SSL_get_ex_data(ssl, session_index()));
    if (slot == nullptr) return 0;
    slot->reset(session);
    return 1;
}

base::Status believe(SSL_CTX* context, const Trust& trust) {
    StorePtr store(X509_STORE_new());
    if (!store) return tls_error("preparing what to trust");
    if (trust.ca_fingerprint) {
        auto* wanted = new base::Digest256(*trust.ca_fingerprint);
        if (SSL_CTX_set_ex_data(context, fingerprint_index(), wanted) != 1) {
            delete wanted;
            return tls_error("preparing what to trust");
        }
        SSL_CTX_set_cert_verify_callback(context, verify_by_fingerprint, nullptr);
    } else {
        TRY_VALUE(const auto authorities, parse_certificates(trust.ca_pem));
        for (const auto& authority : authorities) {
            if (X509_STORE_add_cert(store.get(), authority.get()) != 1)
                return tls_error("preparing what to trust");
        }
    }
    SSL_CTX_set_cert_store(context, store.release());
    if (trust.ignore_dates)
        X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_NO_CHECK_TIME);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    return {};
}

} // namespace

bool TicketKeys::rotate() {
    const auto now = std::chrono::steady_clock::now();
    if (current_ && now - made_ < kTicketKeyLife) return true;
    Key key;
    if (RAND_bytes(key.name.data(), static_cast<int>(key.name.size())) != 1 ||
        RAND_priv_bytes(key.cipher.data(), static_cast<int>(key.cipher.size())) != 1 ||
        RAND_priv_bytes(key.mac.data(), static_cast<int>(key.mac.size())) != 1)
        return false;
    // A key that nobody used for a whole life is forgotten, not kept as the previous one.
    previous_ = now - made_ < 2 * kTicketKeyLife ? current_ : std::nullopt;
    current_ = key;
    made_ = now;
    return true;
}

std::optional<TicketKeys::Key> TicketKeys::current() {
    const std::lock_guard lock(mutex_);
    if (!rotate()) return std::nullopt;
    return current_;
}

std::optional<std::pair<TicketKeys::Key, bool>> TicketKeys::find(const unsigned char* name) {
    const std::lock_guard lock(mutex_);
    if (!rotate()) return std::nullopt;
    const auto is = [name](const std::optional<Key>& key) {
        return key && std::memcmp(key->name.data(), name, key->name.size()) == 0;
    };
    if (is(current_)) return std::pair{*current_, false};
    if (is(previous_)) return std::pair{*previous_, true};
    return std::nullopt;
}

base::Result<SslContextPtr> make_server_context(const ServerIdentity& identity, TicketKeys& keys) {
    TRY_VALUE(SslContextPtr context, make_context(TLS_server_method()));
    TRY_VALUE(const auto chain, parse_certificates(identity.chain_pem));
    TRY_VALUE(const KeyPtr key, parse_key(identity.key_pem));
    SSL_CTX* raw = context.get();
    if (SSL_CTX_use_certificate(raw, chain.front().get()) != 1 ||
        SSL_CTX_use_PrivateKey(raw, key.get()) != 1 || SSL_CTX_check_private_key(raw) != 1)
        return base::invalid("the server's key does not belong to its certificate: " + take_openssl_reason());
    for (std::size_t i = 1; i < chain.size(); ++i) {
        if (SSL_CTX_add1_chain_cert(raw, chain[i].get()) != 1)
            return tls_error("preparing the server's chain");
    }
    // The chain is what we were given: OpenSSL is not to complete it from somewhere else.
    SSL_CTX_set_mode(raw, SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_options(raw, SSL_OP_PRIORITIZE_CHACHA | SSL_OP_CIPHER_SERVER_PREFERENCE);
    if (!identity.device_ca_pem.empty()) TRY(ask_for_device_certificates(raw, identity.device_ca_pem));
    TRY(bind_sessions(raw, identity));
    SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF); // tickets carry the state
    SSL_CTX_set_timeout(raw, kSessionSeconds);
    SSL_CTX_set_num_tickets(raw, 1);
    if (SSL_CTX_set_ex_data(raw, keys_index(), &keys) != 1) return tls_error("preparing tickets");
    SSL_CTX_set_tlsext_ticket_key_evp_cb(raw, ticket_key);
    SSL_CTX_set_alpn_select_cb(raw, choose_protocol, nullptr);
    return context;
}

base::Result<SslContextPtr> make_client_context(const Trust& trust) {
    if (trust.ca_pem.empty() == !trust.ca_fingerprint.has_value())
        return base::invalid("a client believes either authorities or a fingerprint");
    TRY_VALUE(SslContextPtr context, make_context(TLS_client_method()));
    TRY(believe(context.get(), trust));
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context.get(), keep_session);
    return context;
}

base::Status use_identity(SSL* ssl, X509* certificate, EVP_PKEY* key) {
    if (SSL_use_certificate(ssl, certificate) != 1 || SSL_use_PrivateKey(ssl, key) != 1 ||
        SSL_check_private_key(ssl) != 1)
        return base::invalid("the client's key does not belong to its certificate: " + take_openssl_reason());
    return {};
}

base::Result<CertificatePtr> parse_certificate(std::string_view pem) {
    TRY_VALUE(auto list, parse_certificates(pem));
    return std::move(list.front());
}

base::Result<KeyPtr> parse_key(std::string_view pem) {
    if (pem.size() > kMaxPem) return base::too_large("a private key of more than 1 MiB");
    const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    KeyPtr key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr) : nullptr);
    ERR_clear_error();
    if (!key) return base::invalid("not an unencrypted private key in PEM");
    return key;
}

base::Status expect_host(SSL* ssl, const std::string& host) {
    unsigned char address[sizeof(in6_addr)];
    const bool is_address =
        inet_pton(AF_INET, host.c_str(), address) == 1 || inet_pton(AF_INET6, host.c_str(), address) == 1;
    X509_VERIFY_PARAM* parameters = SSL_get0_param(ssl);
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                                                    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    const bool set = is_address ? X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1
                                : X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), host.size()) == 1 &&
                                      SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
    if (!set) return base::invalid("\"" + host + "\" is not a host's name");
    return {};
}

base::Result<std::string> certificate_pem(X509* certificate) {
    const BioPtr bio(BIO_new(BIO_s_mem()));
    if (!bio || PEM_write_bio_X509(bio.get(), certificate) != 1) return tls_error("writing a certificate");
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return std::string(data, static_cast<std::size_t>(size));
}

base::Digest256 fingerprint(X509* certificate) {
    base::Digest256 digest;
    unsigned size = 0;
    if (X509_digest(certificate, EVP_sha256(), digest.bytes.data(), &size) != 1) digest = {};
    return digest;
}

void keep_session_in(SSL* ssl, SessionPtr& slot) {
    SSL_set_ex_data(ssl, session_index(), &slot);
    if (slot) SSL_set_session(ssl, slot.get());
}

base::Error describe_failure(SSL* ssl) {
    const long verified = SSL_get_verify_result(ssl);
    const std::string reason = take_openssl_reason();
    if (verified != X509_V_OK)
        return base::denied(std::string("the server's certificate is not trusted: ") +
                            X509_verify_cert_error_string(verified));
    const auto says = [&](std::string_view word) { return reason.find(word) != std::string::npos; };
    if (says("alert") && (says("certificate") || says("unknown ca")))
        return base::denied("the server refused our certificate: " + reason);
    return base::unavailable("TLS failed: " + reason);
}

base::Status read_peer(SSL* ssl, ports::Peer& peer) {
    const CertificatePtr certificate(SSL_get1_peer_certificate(ssl));
    if (!certificate) return {};
    X509* x = certificate.get();
    if (SSL_get_verify_result(ssl) != X509_V_OK)
        return base::denied("a client certificate that was not verified");
    // A resumed session is not verified again: dates pass meanwhile.
    if (X509_cmp_current_time(X509_get0_notAfter(x)) <= 0)
        return base::denied("a client certificate that has expired");
    if ((X509_get_extension_flags(x) & EXFLAG_XKUSAGE) == 0 ||
        (X509_get_extended_key_usage(x) & XKU_SSL_CLIENT) == 0)
        return base::denied("a client certificate that is not for client authentication");
    const NamesPtr names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(x, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type != GEN_URI) continue;
        if (!peer.certificate_uri.empty()) return base::denied("a client certificate with more than one URI");
        const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
        peer.certificate_uri.assign(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                                    static_cast<std::size_t>(ASN1_STRING_length(uri)));
    }
    if (!peer.certificate_uri.starts_with("urn:oakum:") || peer.certificate_uri.size() > 256)
        return base::denied("a client certificate that names no device");
    const ASN1_INTEGER* serial = X509_get0_serialNumber(x);
    peer.certificate_serial =
        base::to_hex({ASN1_STRING_get0_data(serial), static_cast<std::size_t>(ASN1_STRING_length(serial))});
    peer.certificate = fingerprint(x);
    return {};
}

} // namespace oakum::http
