// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/log.hpp>
#include <ports/clock.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace oakum::server {

struct Options {
    std::filesystem::path data;
    std::string host = "127.0.0.1";
    std::uint16_t port = 8443;
    std::vector<std::string> names;   // further DNS names and addresses of the server's certificate
    std::filesystem::path web;        // the dashboard's built files; empty: none
    bool hawkbit = false;             // devices that speak hawkBit's DDI are served too
    bool mender = false;              // devices that run Mender's client are served too
    bool public_log = false;          // everybody may read the log of what was published
    bool apple_mdm = false;           // Apple's phones and tablets are managed by Oakum itself
    std::filesystem::path apple_push; // the push certificate with its key; empty: phones are not woken
    std::string apple_push_url;       // of the push service; empty: Apple's
    bool apple_weak_scep = false;     // their requests for certificates may use DES and SHA-1
    // LwM2M devices are served too: over DTLS, and without any security; empty: not.
    std::string lwm2m, lwm2m_without_security;
    std::vector<std::string>
        lwm2m_networks;             // from which those without security are heard, beside this machine
    std::string lwm2m_url;          // "coaps://HOST:PORT" where devices fetch; empty: where they came to
    std::string public_url;         // how devices of other systems reach us; empty: as their request says
    std::filesystem::path provider; // the file that describes the identity provider; empty: none
    bool approval_by_another = false;
    bool upgrade_without_backup = false; // the store may be migrated though nothing undoes it
    bool private_channels = false;       // webhooks may go to this machine and to private networks
    bool private_sources = false;        // sources may be on this machine and in private networks
    std::string proxy, no_proxy;         // for sources; empty: none
    std::filesystem::path source_ca;     // authorities that are trusted beside the machine's; empty: none
    std::uint32_t source_silence_seconds = 60; // that long a source may say nothing
    unsigned io_threads = 2;
    std::uint32_t poll_seconds = 0; // devices come back that often; 0: as set before, 60 at first
    std::optional<std::uint32_t> backup_seconds; // between two that the server makes itself; 0: never
    std::optional<std::uint32_t> backup_keep;    // of those
    std::function<std::vector<std::string>()> recent_log; // for support; empty: none
    std::uint32_t certificate_seconds = 0; // their certificates' life; 0: as set before, 90 days at first
};

// The whole server: owns every part and introduces them to each other. Everything runs from `open` until
// `close`.
class House {
  public:
    // Errors: conflict (another oakumd runs on this folder), unavailable, corrupt, invalid (address).
    static base::Result<std::unique_ptr<House>> open(Options options, base::LogSink& log);
    ~House();
    House(const House&) = delete;
    House& operator=(const House&) = delete;

    std::string address() const;
    // What a person needs at the first start; empty afterwards.
    std::string welcome() const;
    // Stops accepting, finishes what is under way, and ends.
    void close();

  private:
    struct Parts;
    explicit House(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

} // namespace oakum::server
