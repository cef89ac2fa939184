// SPDX-License-Identifier: Apache-2.0
#include <exchange/attributes.hpp>

#include <base/bytes.hpp>
#include <device/facts.hpp>
#include <fleet/guests.hpp>
#include <fleet/registry.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace oakum::exchange {
namespace {

namespace k = device::key;
constexpr std::size_t kLongestName = 60, kLongestValue = 2048;

// By what devices of the field call it; the first that a device says is taken.
constexpr std::array kSame = {
    std::pair{std::string_view("firmware_version"), k::firmware_version},
    std::pair{std::string_view("artifact_name"), k::firmware_version},
    std::pair{std::string_view("fw_version"), k::firmware_version},
    std::pair{std::string_view("sw_version"), k::firmware_version},
    std::pair{std::string_view("software_version"), k::firmware_version},
    std::pair{std::string_view("version"), k::firmware_version},
    std::pair{std::string_view("model"), k::model},
    std::pair{std::string_view("device_type"), k::model},
    std::pair{std::string_view("board"), k::model},
    std::pair{std::string_view("hw_revision"), k::hw_revision},
    std::pair{std::string_view("hardware_revision"), k::hw_revision},
    std::pair{std::string_view("revision"), k::hw_revision},
    std::pair{std::string_view("manufacturer"), k::manufacturer},
    std::pair{std::string_view("vendor"), k::manufacturer},
    std::pair{std::string_view("os_version"), k::os_version},
    std::pair{std::string_view("kernel"), k::kernel},
};

std::string plain(std::string_view value) {
    std::string out(value.substr(0, kLongestValue));
    while (!out.empty() && !base::is_utf8(out))
        out.pop_back();
    for (char& c : out)
        if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    return out;
}

} // namespace

std::string fact_key(std::string_view attribute) {
    std::string key = "x.";
    for (const char c : attribute.substr(0, kLongestName)) {
        if (c >= 'A' && c <= 'Z')
            key += static_cast<char>(c - 'A' + 'a');
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_')
            key += c;
        else
            key += '_';
    }
    return key;
}

std::map<std::string, std::string> facts_of(const std::map<std::string, std::string>& attributes) {
    std::map<std::string, std::string> facts;
    for (const auto& [name, value] : attributes) {
        std::string key = fact_key(name), text = plain(value);
        if (!text.empty() && fleet::check_fact(key, text).ok())
            facts.emplace(std::move(key), std::move(text));
    }
    for (const auto& [name, key] : kSame) {
        const auto said = facts.find("x." + std::string(name));
        if (said != facts.end() && fleet::check_fact(key, said->second).ok())
            facts.emplace(std::string(key), said->second);
    }
    return facts;
}

std::vector<std::string> no_longer_said(const std::vector<device::Fact>& held,
                                        const std::map<std::string, std::string>& facts) {
    constexpr std::string_view own[] = {fleet::kGuestClient, kAsksBeforeInstalling};
    std::vector<std::string> gone;
    for (const device::Fact& fact : held)
        if (fact.source == device::FactSource::reported && fact.key.starts_with("x.") &&
            !facts.contains(fact.key) && std::ranges::find(own, fact.key) == std::end(own))
            gone.push_back(fact.key);
    return gone;
}

} // namespace oakum::exchange
