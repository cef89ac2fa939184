// SPDX-License-Identifier: Apache-2.0
// Where it is reached: its address, its certificate, and what it says at the first start.
#include "addresses.hpp"
#include "house_parts.hpp"

#include <fmt/format.h>

namespace oakum::server {

std::string House::Parts::public_address() const {
    std::string name = options.names.empty() ? options.host : options.names.front();
    if (is_all_addresses(name)) name = machine_name();
    return url_of(name, port != 0 ? port.load() : options.port);
}

std::string House::Parts::profile_address() const {
    return options.public_url.empty() ? public_address() : options.public_url;
}

base::Status House::Parts::listen() {
    std::vector<std::string> names{"localhost", "127.0.0.1", "::1"};
    for (const std::string& name : options.names)
        names.push_back(name);
    // The name by which the enrolment command calls it, where it listens on all.
    const std::string own = is_all_addresses(options.host) ? machine_name() : options.host;
    if (std::find(names.begin(), names.end(), own) == names.end()) names.push_back(own);
    http::ServerOptions server_options;
    server_options.address = options.host;
    server_options.port = options.port;
    server_options.threads = options.io_threads;
    TRY_VALUE(server_options.identity, make_identity(keys.authority, names, clock, random));
    note_certificate(server_options.identity);
    TRY_VALUE(server, http::Server::start(std::move(server_options), *door, log));
    port = server->port();
    timers->repeat(std::chrono::hours(24 * 30), [this, names] {
        auto identity = make_identity(keys.authority, names, clock, random);
        const base::Status reloaded =
            identity.ok() ? server->reload(*identity) : base::Status(identity.error());
        if (reloaded.ok()) note_certificate(*identity);
        if (!reloaded.ok())
            log.write(base::LogLevel::error, "server",
                      "the server's certificate could not be renewed: " + reloaded.error().text());
    });
    return {};
}

base::Status House::Parts::listen_for_lwm2m() {
    if (!coap) return {};
    coap::ServerOptions settings;
    const auto where = [](const std::string& text) -> base::Result<coap::Listen> {
        TRY_VALUE(auto split, host_and_port(text));
        return coap::Listen{std::move(split.first), split.second};
    };
    if (!options.lwm2m.empty()) {
        TRY_VALUE(settings.secure, where(options.lwm2m));
    }
    if (!options.lwm2m_without_security.empty()) {
        TRY_VALUE(settings.plain, where(options.lwm2m_without_security));
    }
    for (const std::string& network : options.lwm2m_networks)
        TRY(settings.plain_networks.add(network));
    TRY(coap->start(settings, *lwm2m));
    if (settings.secure)
        log.write(base::LogLevel::info, "lwm2m",
                  "listening at " + settings.secure->address + ":" + std::to_string(coap->secure_port()) +
                      " with DTLS");
    if (settings.plain)
        log.write(
            base::LogLevel::warning, "lwm2m",
            "listening at " + settings.plain->address + ":" + std::to_string(coap->plain_port()) +
                " WITHOUT SECURITY: whoever sends from " +
                (options.lwm2m_networks.empty() ? "this machine" : "this machine and the declared networks") +
                " is believed to be the device that he names, reads and changes what is sent");
    return {};
}

void House::Parts::note_certificate(const http::ServerIdentity& identity) {
    if (const auto read = pki::read_certificate(identity.chain_pem); read.ok())
        certificate_ends = base::unix_ms(read->not_after);
}

base::Status House::Parts::greet() {
    TRY_VALUE(const std::string link,
              wait_for<std::string>([&](std::function<void(base::Result<std::string>)> answer) {
                  sessions->first_start(device::kDefaultTenant, "admin", answer);
              }));
    if (link.empty()) return {};
    const std::string address =
        url_of(is_all_addresses(options.host) ? "localhost" : options.host, server->port());
    welcome =
        fmt::format("\n  user             admin\n  sign in once     {}/sign-in#token={}\n                   "
                    "(from this machine only, within the hour)\n"
                    "  CA fingerprint   {}\n  trust it         {}\n                   add this CA to your "
                    "browser or system, after comparing the fingerprint\n"
                    "  offline keys     {}\n                   move this folder off the machine; publishing "
                    "needs it, nothing else does\n\n",
                    address, link, pki::fingerprint_text(keys.authority.fingerprint()),
                    (options.data / "keys/online/ca.pem").string(), (options.data / "keys/offline").string());
    return {};
}

} // namespace oakum::server
