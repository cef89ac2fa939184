// SPDX-License-Identifier: Apache-2.0
#include "collector.hpp"

#include <device/facts.hpp>
#include <system/file.hpp>

#include <algorithm>
#include <ifaddrs.h>
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

// The first address of an interface that is up and leads elsewhere; the loopback one when there is no other.
std::string network_address() {
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
        if (address.find('%') == std::string::npos) return address;
    }
    return fallback;
}

// The package-url specification's percent encoding.
std::string escape_purl(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '.' || c == '-' || c == '_' || c == '~' || c == ':';
        const auto byte = static_cast<unsigned char>(c);
        if (plain)
            out += c;
        else
            out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
    return out;
}

} // namespace

std::vector<component::Component> read_dpkg_status(std::string_view text, std::string_view distribution) {
    std::vector<component::Component> packages;
    std::string name, version, status;
    const auto finish = [&] {
        if (!name.empty() && !version.empty() && status.ends_with(" installed") && name.size() <= 200 &&
            version.size() <= 200 && packages.size() < wire::kMaxComponents / 2) {
            component::Component package;
            package.name = name;
            package.version = version;
            package.purl =
                "pkg:deb/" + std::string(distribution) + "/" + escape_purl(name) + "@" + escape_purl(version);
            packages.push_back(std::move(package));
        }
        name.clear();
        version.clear();
        status.clear();
    };
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty()) {
            finish();
            continue;
        }
        const auto value = [&](std::string_view key, std::string& into) {
            if (line.starts_with(key)) into = line.substr(key.size());
        };
        value("Package: ", name);
        value("Version: ", version);
        value("Status: ", status);
    }
    finish();
    return packages;
}

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
    fact(key::address, network_address());
    utsname kernel{};
    if (::uname(&kernel) == 0) fact(key::kernel, kernel.release);
    const auto os_release = system::read_bounded(root_() / "etc/os-release", max_text);
    if (os_release.ok()) {
        fact(key::os_version, os_release_value(*os_release, "PRETTY_NAME"));
        fact(key::firmware_version, os_release_value(*os_release, "VERSION_ID"));
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
        const auto text = system::read_bounded("/var/lib/dpkg/status", max_dpkg_file);
        if (text.ok()) {
            const auto host = system::read_bounded("/etc/os-release", max_text);
            const std::string id = host.ok() ? os_release_value(*host, "ID") : "";
            auto packages = read_dpkg_status(*text, id.empty() ? "debian" : id);
            message.components.insert(message.components.end(), packages.begin(), packages.end());
        } else {
            log_.write(base::LogLevel::warning, "inventory", "the packages of dpkg: " + text.error().text());
        }
    }
    if (message.components.size() > wire::kMaxComponents) message.components.resize(wire::kMaxComponents);
    return message;
}

} // namespace oakum::agent
