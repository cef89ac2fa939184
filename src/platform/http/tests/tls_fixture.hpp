// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fixture.hpp"

#include <http/client.hpp>
#include <pki/authority.hpp>
#include <pki/request.hpp>

#include <chrono>
#include <optional>

namespace oakum::http::test {

inline base::TimePoint now() {
    return std::chrono::time_point_cast<base::Duration>(std::chrono::system_clock::now());
}

inline pki::Serial next_serial() {
    static std::uint8_t count = 0;
    pki::Serial serial{};
    serial[15] = ++count;
    return serial;
}

inline pki::Authority make_authority(const std::string& name) {
    return pki::Authority::make(name, next_serial(), now()).value();
}

inline ClientIdentity device_of(const pki::Authority& authority, const std::string& device,
                                std::optional<pki::Validity> validity = std::nullopt) {
    const pki::PrivateKey key = pki::PrivateKey::generate(pki::KeyKind::p256).value();
    const auto lifetime =
        validity.value_or(pki::Validity{now() - std::chrono::hours(1), now() + std::chrono::hours(24)});
    return {authority
                .issue_device(pki::make_request(key, device).value(), "urn:oakum:default:" + device,
                              next_serial(), lifetime)
                .value(),
            key.secret_pem().value()};
}

// A server's certificate with its authority's behind it.
inline ServerIdentity server_of(const pki::Authority& authority, const std::string& device_ca,
                                const std::string& name = "127.0.0.1") {
    const pki::PrivateKey key = pki::PrivateKey::generate(pki::KeyKind::p256).value();
    const std::vector<std::string> names{name};
    return {authority.issue_server(key, names, next_serial(), now()).value() + authority.certificate_pem(),
            key.secret_pem().value(), device_ca};
}

struct TlsServer {
    pki::Authority authority = make_authority("Oakum");
    pki::Authority devices = make_authority("Oakum devices");
    Handler handler;
    QuietLog log;
    std::unique_ptr<Server> server;
    explicit TlsServer(const std::function<void(ServerOptions&)>& change = {}) {
        ServerOptions options;
        options.identity = server_of(authority, devices.certificate_pem());
        if (change) change(options);
        auto started = Server::start(std::move(options), handler, log);
        REQUIRE(started.ok());
        server = std::move(started).value();
    }
    ~TlsServer() {
        server->stop(base::Duration(0));
        handler.threads.clear();
    }
    ClientOptions options_for(ClientIdentity identity = {}) const {
        ClientOptions options;
        options.host = "127.0.0.1";
        options.port = server->port();
        options.trust.ca_pem = authority.certificate_pem();
        options.identity = std::move(identity);
        return options;
    }
    std::unique_ptr<Client> client(ClientIdentity identity = {}) const {
        return Client::make(options_for(std::move(identity))).value();
    }
};

inline ports::ClientRequest request_for(const std::string& target) {
    ports::ClientRequest request;
    request.target = target;
    request.timeout = seconds(10);
    return request;
}

} // namespace oakum::http::test
