// SPDX-License-Identifier: Apache-2.0
#include "collector.hpp"

#include <device/facts.hpp>
#include <packages/installed.hpp>
#include <system/file.hpp>

#include <algorithm>
#include <ifaddrs.h>
#include <iterator>
#include <memory>
#include <net/if.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/utsname.h>

namespace oakum::agent {
namespace {

constexpr std::size_t max_text = 64 << 10;
constexpr std::size_t max_packages_file = 4 << 20;
constexpr std::size_t max_dpkg_file = 16 << 20;

struct Network {
    std::string address, interface; // no interface: the loopback one
};

// The first address of an interface that is up and leads elsewhere; the loopback one when there is no other.
Network network() {
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return {};
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, &::freeifaddrs);
    std::string fallback;
    for (const ifaddrs* at = list; at != nullptr; at = at->ifa_next) {
        if (at->ifa_addr == nullptr || (at->ifa_flags & IFF_UP) == 0) continue;
        const bool four = at->ifa_addr->sa_family == AF_INET;
        const bool six = at->ifa_addr->sa_family == AF_INET6;
        if (!four && !six) continue;
        char text[NI_MAXHOST];
        const socklen_t size = four ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
        if (::getnameinfo(at->ifa_addr, size, text, sizeof text, nullptr, 0, NI_NUMERICHOST) != 0) continue;
        const std::string address = text;
        if ((at->ifa_flags & IFF_LOOPBACK) != 0) {
            if (fallback.empty()) fallback = address;
            continue;
        }
        if (address.find('%') == std::string::npos) return {address, at->ifa_name};
    }
    return {fallback, {}};
}

// "00:1a:2b:3c:4d:5e", by which a scan of the network knows this device; empty where there is none.
std::string card_of(const std::string& interface) {
    if (interface.empty()) return {};
    const auto text = system::read_bounded("/sys/class/net/" + interface + "/address", 64);
    std::string card = text.ok() ? text->substr(0, text->find('\n')) : std::string();
    return card.size() == 17 && card != "00:00:00:00:00:00" ? card : std::string();
}

} // namespace

base::Result<wire::InventoryMessage> Collector::collect() {
    wire::InventoryMessage message;
    namespace key = device::key;
    const auto fact = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) message.facts[std::string(name)] = value;
    };
    fact(key::serial, config_.serial);
    fact(key::model, config_.model);
    fact(key::hw_revision, config_.hw_revision);
    fact(key::platform, "linux");
    fact(key::protocol, "native");
    const Network reached = network();
    fact(key::address, reached.address);
    fact("x.mac", card_of(reached.interface));
    utsname kernel{};
    if (::uname(&kernel) == 0) fact(key::kernel, kernel.release);
    const auto os_release = system::read_bounded(root_() / "etc/os-release", max_text);
    if (os_release.ok()) {
        const packages::OsRelease system = packages::read_os_release(*os_release);
        fact(key::os_version, system.pretty_name);
        fact(key::firmware_version, system.version_id);
    }
    for (const auto& [name, value] : config_.facts)
        fact(name, value);

    if (config_.packages_of_slot) {
        const auto text = system::read_bounded(root_() / "usr/lib/oakum/packages.json", max_packages_file);
        auto read =
            text.ok() ? wire::decode_inventory(*text) : base::Result<wire::InventoryMessage>(text.error());
        if (read.ok())
            message.components = std::move(read->components);
        else if (read.error().kind != base::ErrorKind::not_found)
            log_.write(base::LogLevel::warning, "inventory",
                       "packages.json of the slot: " + read.error().text());
    }
    if (config_.packages_of_dpkg) {
        const auto text = system::read_bounded(config_.backend.root / "var/lib/dpkg/status", max_dpkg_file);
        if (text.ok()) {
            const auto host = system::read_bounded("/etc/os-release", max_text);
            packages::OsRelease system = packages::read_os_release(host.ok() ? *host : std::string());
            if (system.id.empty()) system.id = "debian";
            auto installed = packages::read_dpkg(*text, system, wire::kMaxComponents / 2);
            message.components.insert(message.components.end(), std::make_move_iterator(installed.begin()),
                                      std::make_move_iterator(installed.end()));
        } else {
            log_.write(base::LogLevel::warning, "inventory", "the packages of dpkg: " + text.error().text());
        }
    }
    if (message.components.size() > wire::kMaxComponents) message.components.resize(wire::kMaxComponents);
    return message;
}

} // namespace oakum::agent
