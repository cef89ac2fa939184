// SPDX-License-Identifier: Apache-2.0
#include "config.hpp"

#include <device/facts.hpp>

#include <algorithm>
#include <charconv>
#include <functional>

namespace oakum::agent {
namespace {

using base::invalid;
using base::Status;

std::string_view trim(std::string_view text) {
    constexpr std::string_view space = " \t\r";
    const std::size_t from = text.find_first_not_of(space);
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(space) - from + 1);
}

template <class Number> Status read_number(std::string_view text, Number min, Number max, Number& into) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < min || number > max)
        return invalid("a whole number from " + std::to_string(min) + " to " + std::to_string(max) +
                       " is needed");
    into = number;
    return {};
}

Status read_seconds(std::string_view text, base::Duration& into) {
    std::uint32_t seconds = 0;
    TRY(read_number<std::uint32_t>(text, 1, 86'400, seconds));
    into = std::chrono::seconds(seconds);
    return {};
}

Status read_text(std::string_view text, std::string& into) {
    if (text.empty() || text.size() > 256) return invalid("1 to 256 characters are needed");
    into = text;
    return {};
}

Status read_words(std::string_view text, std::vector<std::string>& into) {
    into.clear();
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (end > 0) into.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (into.size() == 1 && into.front() == "none") into.clear();
    if (!into.empty() && into.front().find("..") != std::string::npos)
        return invalid("a program is needed, such as bin/health");
    return {};
}

// For messages: printable and short.
std::string shown(std::string_view text) {
    std::string out(text.substr(0, 60));
    std::ranges::replace_if(
        out,
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7E; },
        '?');
    return out;
}

// Lines that `enroll` writes itself.
bool is_own(std::string_view key) {
    return key == "server" || key == "serial" || key == "model" || key == "hw_revision";
}

Status set(Config& config, std::string_view key, std::string_view value) {
    updates::Settings& settings = config.settings;
    if (key == "server") return read_url(value, config);
    if (key == "serial") return read_text(value, config.serial);
    if (key == "model") return read_text(value, config.model);
    if (key == "hw_revision") return read_text(value, config.hw_revision);
    if (key == "health.command") return read_words(value, config.health_command);
    if (key == "health.port") return read_number<std::uint16_t>(value, 1, 65'535, config.health_port);
    if (key == "health.path") {
        if (!value.starts_with('/')) return invalid("a path begins with '/'");
        return read_text(value, config.health_path);
    }
    if (key == "health.interval_seconds") return read_seconds(value, settings.health_interval);
    if (key == "health.window_seconds") return read_seconds(value, settings.health_window);
    if (key == "health.passes") return read_number<std::uint32_t>(value, 1, 100, settings.health_passes);
    if (key == "health.failures") return read_number<std::uint32_t>(value, 1, 100, settings.health_failures);
    if (key == "bytes_per_second")
        return read_number<std::uint64_t>(value, 0, 1ULL << 40, settings.bytes_per_second);
    if (key == "spare_bytes") return read_number<std::uint64_t>(value, 0, 1ULL << 40, settings.spare_bytes);
    if (key == "slot_bytes") return read_number<std::uint64_t>(value, 1, 1ULL << 40, config.slot_bytes);
    if (key == "boot_attempts") return read_number<std::uint32_t>(value, 1, 100, config.boot_attempts);
    if (key == "longest_backoff_seconds") return read_seconds(value, settings.longest_backoff);
    if (key == "packages") {
        config.packages_stated = true;
        config.packages_of_slot = value == "slot" || value == "slot dpkg";
        config.packages_of_dpkg = value == "dpkg" || value == "slot dpkg";
        if (config.packages_of_slot || config.packages_of_dpkg || value == "none") return {};
        return invalid("\"slot\", \"dpkg\", \"slot dpkg\" or \"none\" is needed");
    }
    TRY_VALUE(const bool of_services, set_service_check(config.services, key, value));
    if (of_services) return {};
    TRY_VALUE(const bool of_rules, set_local_rule(config.rules, key, value));
    if (of_rules) return {};
    TRY_VALUE(const bool of_backend, set_backend(config.backend, key, value));
    if (of_backend) return {};
    if (key.starts_with("fact.") && key.size() > 5) {
        if (device::is_for_people(key.substr(5)))
            return invalid(
                std::string(key.substr(5)) +
                " is what people say of a device, on the server: oakum device set, or a group's default");
        if (config.facts.size() >= 64) return invalid("more than 64 facts");
        return read_text(value, config.facts[std::string(key.substr(5))]);
    }
    return invalid("this key is not known; the keys are in apps/agent/README.md");
}

} // namespace

Status read_url(std::string_view url, Config& config) {
    constexpr std::string_view scheme = "https://";
    if (!url.starts_with(scheme)) return invalid("the server's address begins with https://");
    url.remove_prefix(scheme.size());
    if (url.ends_with('/')) url.remove_suffix(1);
    std::string_view host = url;
    std::string_view port;
    if (url.starts_with('[')) {
        const std::size_t end = url.find(']');
        if (end == std::string_view::npos) return invalid("']' is missing in the server's address");
        host = url.substr(1, end - 1);
        port = url.substr(end + 1);
        if (!port.empty() && !port.starts_with(':'))
            return invalid("a port follows ':' in the server's address");
        if (!port.empty()) port.remove_prefix(1);
    } else if (const std::size_t colon = url.find(':'); colon != std::string_view::npos) {
        host = url.substr(0, colon);
        port = url.substr(colon + 1);
    }
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '-' || c == ':';
    };
    if (host.empty() || host.size() > 253 || !std::ranges::all_of(host, allowed))
        return invalid("the server's address has no host name or IP address");
    config.port = 443;
    if (!port.empty()) TRY(read_number<std::uint16_t>(port, 1, 65'535, config.port));
    config.host = host;
    return {};
}

std::string url_of(const Config& config) {
    const bool six = config.host.find(':') != std::string::npos;
    return "https://" + (six ? "[" + config.host + "]" : config.host) + ":" + std::to_string(config.port);
}

base::Result<Config> parse_config(std::string_view text) {
    Config config;
    std::size_t number = 0;
    std::string command_place; // whether its program fits is known when the backend is
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::string place = "line " + std::to_string(++number);
        line = trim(line.substr(0, line.find('#')));
        if (line.empty()) continue;
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos)
            return invalid("\"key = value\" is needed, not \"" + shown(line) + "\"").at(place);
        const std::string_view key = trim(line.substr(0, equals)), value = trim(line.substr(equals + 1));
        if (key == "health.command") command_place = place;
        auto status = set(config, key, value);
        if (!status.ok())
            return invalid(shown(key) + " = " + shown(value) + ": " + status.error().message).at(place);
    }
    if (config.host.empty()) return invalid("the line \"server = https://HOST:PORT\" is missing");
    if (config.serial.empty()) return invalid("the line \"serial = ...\" is missing");
    if (config.model.empty()) return invalid("the line \"model = ...\" is missing");
    TRY(check_backend(config.backend));
    if (config.backend.kind == BackendConfig::Kind::folders) {
        if (!config.health_command.empty() && config.health_command.front().starts_with('/'))
            return invalid("health.command: a program of the running slot is needed, such as bin/health")
                .at(command_place);
    } else {
        // The system that runs is the slot, and its programs are where they always are.
        if (config.health_command == std::vector<std::string>{"bin/health"}) config.health_command.clear();
        if (!config.health_command.empty() && !config.health_command.front().starts_with('/'))
            return invalid("health.command: the whole path of a program is needed").at(command_place);
        if (!config.packages_stated) {
            config.packages_of_slot = false;
            config.packages_of_dpkg = true;
        }
    }
    config.settings.model = config.model;
    config.settings.hw_revision = config.hw_revision;
    return config;
}

std::string first_config(const Config& config, std::string_view before) {
    constexpr std::string_view head = "# Read by oakum-agent at its start.";
    std::string text = std::string(head) + "\n";
    text += "server = " + url_of(config) + "\n";
    text += "serial = " + config.serial + "\n";
    text += "model = " + config.model + "\n";
    if (!config.hw_revision.empty()) text += "hw_revision = " + config.hw_revision + "\n";
    while (!before.empty()) {
        const std::size_t end = std::min(before.find('\n'), before.size());
        const std::string_view line = before.substr(0, end);
        before.remove_prefix(std::min(end + 1, before.size()));
        if (line != head && !is_own(trim(line.substr(0, line.find('='))))) text += std::string(line) + "\n";
    }
    return text;
}

} // namespace oakum::agent
