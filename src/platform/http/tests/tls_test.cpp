// SPDX-License-Identifier: Apache-2.0
#include "tls_fixture.hpp"

#include <openssl/ssl.h>

#include <cstring>

using namespace oakum;
using namespace oakum::http;
using namespace oakum::http::test;
using base::ErrorKind;

namespace {

// A handshake with settings that our own client refuses to have. Returns the protocol, or "" when it fails.
std::string handshake_with(std::uint16_t port, int version, const char* ciphers,
                           const char* protocols = nullptr) {
    const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()),
                                                               SSL_CTX_free);
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_min_proto_version(context.get(), version);
    SSL_CTX_set_max_proto_version(context.get(), version);
    if (ciphers != nullptr) REQUIRE(SSL_CTX_set_cipher_list(context.get(), ciphers) == 1);
    if (protocols != nullptr)
        SSL_CTX_set_alpn_protos(context.get(), reinterpret_cast<const unsigned char*>(protocols),
                                static_cast<unsigned>(std::strlen(protocols)));
    const Wire wire(port);
    const std::unique_ptr<SSL, void (*)(SSL*)> ssl(SSL_new(context.get()), SSL_free);
    SSL_set_fd(ssl.get(), wire.socket());
    return SSL_connect(ssl.get()) == 1 ? SSL_get_version(ssl.get()) : "";
}

} // namespace

TEST_CASE("a device is known by its certificate, and a client without one is served as nobody") {
    const TlsServer tls;
    const auto device = tls.client(device_of(tls.devices, "cam-7"));
    CHECK(device->exchange(request_for("/peer"))->body.starts_with("urn:oakum:default:cam-7 4"));
    CHECK(tls.client()->exchange(request_for("/peer"))->body == "  127.0.0.1");
}

TEST_CASE("a certificate of another authority, an expired one, or one for something else is refused") {
    const TlsServer tls;
    const auto refused = [&](ClientIdentity identity) {
        const auto answer = tls.client(std::move(identity))->exchange(request_for("/hello"));
        return !answer.ok() && !answer.error().message.empty();
    };
    CHECK(refused(device_of(make_authority("Oakum devices"), "cam-7")));
    CHECK(refused(device_of(tls.devices, "cam-7",
                            pki::Validity{now() - std::chrono::hours(48), now() - std::chrono::hours(24)})));
    CHECK(refused(device_of(tls.devices, "cam-7",
                            pki::Validity{now() + std::chrono::hours(24), now() + std::chrono::hours(48)})));
    // A server's certificate of the right authority does not make a client.
    const ServerIdentity server = server_of(tls.devices, "");
    CHECK(refused({server.chain_pem, server.key_pem}));
    CHECK(tls.server->metrics().requests == 0);
    CHECK(tls.client()->exchange(request_for("/hello"))->body == "hello");
}

TEST_CASE("only TLS 1.2 with forward secrecy and authenticated encryption, and TLS 1.3, are spoken") {
    const TlsServer tls;
    const std::uint16_t port = tls.server->port();
    CHECK(handshake_with(port, TLS1_3_VERSION, nullptr) == "TLSv1.3");
    CHECK(handshake_with(port, TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256") == "TLSv1.2");
    CHECK(handshake_with(port, TLS1_2_VERSION, "ECDHE-ECDSA-CHACHA20-POLY1305") == "TLSv1.2");
    CHECK(handshake_with(port, TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA").empty());
    CHECK(handshake_with(port, TLS1_2_VERSION, "AES128-GCM-SHA256").empty());
    CHECK(handshake_with(port, TLS1_1_VERSION, "ALL:@SECLEVEL=0").empty());
    CHECK(handshake_with(port, TLS1_3_VERSION, nullptr, "\x08http/1.1\x02h2") == "TLSv1.3");
    CHECK(handshake_with(port, TLS1_3_VERSION, nullptr, "\x02h2").empty());
    // The client knows of a refusal before the server has counted it.
    CHECK(eventually([&] { return tls.server->metrics().handshakes_failed == 4; }));
}

TEST_CASE("a session is resumed with its identity, also after the certificate was changed") {
    TlsServer tls;
    const auto device = tls.client(device_of(tls.devices, "cam-7"));
    CHECK(device->exchange(request_for("/hello"))->body == "hello");
    device->disconnect();
    CHECK(device->exchange(request_for("/peer"))->body.starts_with("urn:oakum:default:cam-7 "));
    CHECK(tls.server->metrics().handshakes_full == 1);
    CHECK(tls.server->metrics().handshakes_resumed == 1);
    REQUIRE(tls.server->reload(server_of(tls.authority, tls.devices.certificate_pem())).ok());
    device->disconnect();
    CHECK(device->exchange(request_for("/peer"))->body.starts_with("urn:oakum:default:cam-7 "));
    CHECK(tls.server->metrics().handshakes_resumed == 2);
}

TEST_CASE("after a change of the device authority its old sessions and certificates are worth nothing") {
    TlsServer tls;
    const auto device = tls.client(device_of(tls.devices, "cam-7"));
    CHECK(device->exchange(request_for("/hello")).ok());
    const pki::Authority fresh = make_authority("Oakum devices 2");
    REQUIRE(tls.server->reload(server_of(tls.authority, fresh.certificate_pem())).ok());
    device->disconnect();
    CHECK_FALSE(device->exchange(request_for("/hello")).ok());
    CHECK(tls.client(device_of(fresh, "cam-8"))->exchange(request_for("/hello")).ok());
}

TEST_CASE("a new certificate serves new connections, and a bad one changes nothing") {
    TlsServer tls;
    const pki::Authority other = make_authority("Other");
    CHECK_FALSE(tls.server->reload({"nothing", "nothing", ""}).ok());
    ServerIdentity mixed = server_of(tls.authority, "");
    mixed.key_pem = server_of(tls.authority, "").key_pem;
    CHECK_FALSE(tls.server->reload(mixed).ok());
    const auto kept = tls.client();
    CHECK(kept->exchange(request_for("/hello")).ok());
    REQUIRE(tls.server->reload(server_of(other, tls.devices.certificate_pem())).ok());
    CHECK(kept->exchange(request_for("/hello")).ok()); // over the connection it has
    CHECK(tls.client()->exchange(request_for("/hello")).error().kind == ErrorKind::denied);
}

TEST_CASE("a client believes its pinned authority only, and the name that it asked for only") {
    const TlsServer tls;
    ClientOptions options = tls.options_for();
    options.trust.ca_pem = make_authority("Oakum").certificate_pem();
    CHECK(Client::make(options).value()->exchange(request_for("/hello")).error().kind == ErrorKind::denied);

    const TlsServer elsewhere;
    REQUIRE(elsewhere.server->reload(server_of(elsewhere.authority, "", "127.0.0.2")).ok());
    CHECK(elsewhere.client()->exchange(request_for("/hello")).error().kind == ErrorKind::denied);
    REQUIRE(elsewhere.server->reload(server_of(elsewhere.authority, "", "localhost")).ok());
    CHECK(elsewhere.client()->exchange(request_for("/hello")).error().kind == ErrorKind::denied);
    ClientOptions by_name = elsewhere.options_for();
    by_name.host = "localhost";
    CHECK(Client::make(by_name).value()->exchange(request_for("/hello")).ok());
}

TEST_CASE("two pinned authorities are believed while one replaces the other") {
    TlsServer tls;
    const pki::Authority next = make_authority("Next");
    ClientOptions options = tls.options_for();
    options.trust.ca_pem += next.certificate_pem();
    CHECK(Client::make(options).value()->exchange(request_for("/hello")).ok());
    REQUIRE(tls.server->reload(server_of(next, "")).ok());
    CHECK(Client::make(options).value()->exchange(request_for("/hello")).ok());
}

TEST_CASE("an authority known by its fingerprint is believed, learned, and no other is") {
    TlsServer tls;
    ClientOptions options = tls.options_for();
    options.trust = {};
    options.trust.ca_fingerprint = tls.authority.fingerprint();
    const auto client = Client::make(options).value();
    CHECK(client->exchange(request_for("/hello"))->body == "hello");
    CHECK(pki::read_certificate(client->learned_ca_pem())->fingerprint == tls.authority.fingerprint());

    options.trust.ca_fingerprint = tls.devices.fingerprint();
    const auto fooled = Client::make(options).value();
    CHECK(fooled->exchange(request_for("/hello")).error().kind == ErrorKind::denied);
    CHECK(fooled->learned_ca_pem().empty());

    // The right authority in the chain of a certificate that it did not sign.
    options.trust.ca_fingerprint = tls.authority.fingerprint();
    const pki::Authority evil = make_authority("Oakum");
    ServerIdentity forged = server_of(evil, "");
    forged.chain_pem += tls.authority.certificate_pem();
    REQUIRE(tls.server->reload(forged).ok());
    CHECK(Client::make(options).value()->exchange(request_for("/hello")).error().kind == ErrorKind::denied);

    // The right one, for another name.
    REQUIRE(tls.server->reload(server_of(tls.authority, "", "elsewhere.example")).ok());
    CHECK(Client::make(options).value()->exchange(request_for("/hello")).error().kind == ErrorKind::denied);

    // A server's own certificate is not an authority, even when it is the one that was named.
    ServerIdentity own = server_of(tls.authority, "");
    options.trust.ca_fingerprint = pki::read_certificate(own.chain_pem)->fingerprint;
    REQUIRE(tls.server->reload(own).ok());
    CHECK(Client::make(options).value()->exchange(request_for("/hello")).error().kind == ErrorKind::denied);
}

TEST_CASE("a client needs exactly one kind of trust, and a key that belongs to its certificate") {
    const TlsServer tls;
    ClientOptions options = tls.options_for();
    options.trust = {};
    CHECK(Client::make(options).error().kind == ErrorKind::invalid);
    options.trust.ca_pem = tls.authority.certificate_pem();
    options.trust.ca_fingerprint = tls.authority.fingerprint();
    CHECK(Client::make(options).error().kind == ErrorKind::invalid);
    ClientIdentity mixed = device_of(tls.devices, "a");
    mixed.key_pem = device_of(tls.devices, "b").key_pem;
    CHECK_FALSE(tls.client(mixed)->exchange(request_for("/hello")).ok());
}

TEST_CASE("a client with a clock that was never set may ignore dates, and nothing else") {
    TlsServer tls;
    const pki::PrivateKey key = pki::PrivateKey::generate(pki::KeyKind::p256).value();
    const std::vector<std::string> names{"127.0.0.1"};
    const auto old = pki::Authority::make("Old", next_serial(), now() - std::chrono::hours(24 * 500)).value();
    const std::string expired =
        old.issue_server(key, names, next_serial(), now() - std::chrono::hours(24 * 450)).value();
    REQUIRE(tls.server->reload({expired + old.certificate_pem(), key.secret_pem().value(), ""}).ok());
    ClientOptions options = tls.options_for();
    options.trust.ca_pem = old.certificate_pem();
    CHECK(Client::make(options).value()->exchange(request_for("/hello")).error().kind == ErrorKind::denied);
    options.trust.ignore_dates = true;
    CHECK(Client::make(options).value()->exchange(request_for("/hello")).ok());
    options.trust.ca_pem = tls.authority.certificate_pem();
    CHECK(Client::make(options).value()->exchange(request_for("/hello")).error().kind == ErrorKind::denied);
}

TEST_CASE("a peer that never finishes its handshake is cut off") {
    TlsServer tls([](ServerOptions& options) {
        options.timeouts.handshake = milliseconds(150);
        options.timeouts.linger = milliseconds(50);
    });
    Wire wire(tls.server->port());
    REQUIRE(wire.send(std::string("\x16\x03\x01\x02\x00\x01", 6)));
    CHECK(wire.rest().empty());
    CHECK(tls.server->metrics().handshakes_failed == 1);
    Wire plain(tls.server->port());
    REQUIRE(plain.send(get("/hello")));
    CHECK(plain.rest().find("200 OK") == std::string::npos);
}

TEST_CASE(
    "one certificate has as many connections and requests at once as it may, others are not disturbed") {
    TlsServer tls([](ServerOptions& options) {
        options.limits.connections_per_certificate = 2;
        options.limits.requests_per_certificate = 1;
        options.timeouts.linger = milliseconds(100);
    });
    const ClientIdentity identity = device_of(tls.devices, "greedy");
    const auto first = tls.client(identity);
    const auto second = tls.client(identity);
    std::jthread waiting([&] { CHECK(first->exchange(request_for("/keep"))->body == "done"); });
    REQUIRE(eventually([&] { return tls.handler.kept_count() == 1; }));
    const auto answer = second->exchange(request_for("/hello")).value();
    CHECK(answer.status == 429);
    CHECK_FALSE(answer.header("retry-after").empty());
    const auto third = tls.client(identity)->exchange(request_for("/hello"));
    CHECK((!third.ok() || third->status == 429));
    CHECK(tls.client(device_of(tls.devices, "modest"))->exchange(request_for("/hello"))->status == 200);
    tls.handler.answer_kept("done");
    waiting.join();
    CHECK(second->exchange(request_for("/hello"))->status == 200);
}
