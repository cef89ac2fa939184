// SPDX-License-Identifier: Apache-2.0
#include "service_checks.hpp"

#include "checks.hpp"
#include "tools.hpp"

#include <system/file.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace oakum::agent {
namespace {

using base::invalid;
using base::Status;

constexpr std::size_t most_of_a_kind = 8;
constexpr std::size_t max_number = 4096;
// All of one kind that is slow must not hold up the agent for long.
constexpr base::Duration patience = std::chrono::seconds(2);
constexpr base::Duration patience_with_systemd = std::chrono::seconds(10);

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (end > 0) words.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

template <class Number> bool whole(std::string_view text, Number& into) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
    return !text.empty() && error == std::errc() && end == text.data() + text.size();
}

Status read_ports(std::string_view value, std::vector<std::uint16_t>& into) {
    into.clear();
    for (const std::string_view word : words_of(value)) {
        std::uint16_t port = 0;
        if (!whole(word, port) || port == 0)
            return invalid("ports from 1 to 65535 are needed, such as 1883 502");
        into.push_back(port);
    }
    if (into.empty() || into.size() > most_of_a_kind) return invalid("1 to 8 ports are needed");
    return {};
}

bool is_unit(std::string_view name) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' ||
               c == '-' || c == '_' || c == '.' || c == '\\' || c == '@';
    };
    const std::size_t dot = name.rfind('.');
    return name.size() <= 255 && std::ranges::all_of(name, allowed) && name.front() != '-' && dot > 0 &&
           dot != std::string_view::npos && dot + 1 < name.size();
}

Status read_units(std::string_view value, std::vector<std::string>& into) {
    into.clear();
    for (const std::string_view word : words_of(value)) {
        if (!is_unit(word)) return invalid("the whole names of units are needed, such as mosquitto.service");
        into.emplace_back(word);
    }
    if (into.empty() || into.size() > most_of_a_kind) return invalid("1 to 8 units are needed");
    return {};
}

// "10..85", "..85", "10..": both ends are well.
Status read_bounds(std::string_view text, Metric& metric) {
    const std::size_t dots = text.find("..");
    if (dots == std::string_view::npos) return invalid("bounds are needed, such as 10..85 or ..85");
    const auto bound = [](std::string_view part, std::optional<double>& into) -> Status {
        if (part.empty()) return {};
        double number = 0;
        if (!whole(part, number) || !std::isfinite(number)) return invalid("a bound is a number");
        into = number;
        return {};
    };
    TRY(bound(text.substr(0, dots), metric.least));
    TRY(bound(text.substr(dots + 2), metric.most));
    if (!metric.least && !metric.most) return invalid("one bound is needed at least, such as ..85");
    if (metric.least && metric.most && *metric.least > *metric.most)
        return invalid("the first bound is above the second");
    return {};
}

Status read_source(std::string_view text, Metric& metric) {
    constexpr std::string_view local = "http://127.0.0.1:";
    if (text.starts_with('/')) {
        metric.file = text;
        return {};
    }
    const std::size_t slash = text.find('/', local.size());
    if (!text.starts_with(local) || slash == std::string_view::npos ||
        !whole(text.substr(local.size(), slash - local.size()), metric.port) || metric.port == 0)
        return invalid("a whole path, or http://127.0.0.1:PORT/PATH, is needed");
    metric.path = text.substr(slash);
    return {};
}

Status read_metric_line(ServiceChecks& checks, std::string_view name, std::string_view value) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    };
    if (name.empty() || name.size() > 40 || !std::ranges::all_of(name, allowed))
        return invalid("a name of a-z, 0-9, '_' and '-' is needed: health.metric.NAME");
    const auto words = words_of(value);
    if (words.size() != 2)
        return invalid("where the number is and its bounds are needed, such as "
                       "/sys/class/thermal/thermal_zone0/temp ..85000");
    Metric metric;
    metric.name = name;
    TRY(read_source(words[0], metric));
    TRY(read_bounds(words[1], metric));
    std::erase_if(checks.metrics, [&](const Metric& other) { return other.name == metric.name; });
    if (checks.metrics.size() == most_of_a_kind) return invalid("more than 8 metrics");
    checks.metrics.push_back(std::move(metric));
    return {};
}

std::string number_text(double number) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, number).ptr;
    return {text, end};
}

std::string look_at(const Metric& metric) {
    auto text = metric.file.empty() ? fetch_local(metric.port, metric.path, patience)
                                    : system::read_bounded(metric.file, max_number);
    if (!text.ok()) return "metric " + metric.name + ": " + text.error().text();
    const auto number = read_metric(*text);
    if (!number.ok()) return "metric " + metric.name + ": " + number.error().text();
    return judge_metric(metric, *number);
}

std::string look_at_units(const std::vector<std::string>& units) {
    std::vector<std::string> words{"systemctl", "show", "--property=LoadState,ActiveState,SubState", "--"};
    words.insert(words.end(), units.begin(), units.end());
    const auto said = run_tool({words, "", {}, patience_with_systemd});
    if (!said.ok()) return "units: " + said.error().text();
    return judge_units(units, said->output);
}

} // namespace

base::Result<bool> set_service_check(ServiceChecks& checks, std::string_view key, std::string_view value) {
    constexpr std::string_view metric = "health.metric.";
    if (key == "health.tcp") {
        TRY(read_ports(value, checks.ports));
        return true;
    }
    if (key == "health.units") {
        TRY(read_units(value, checks.units));
        return true;
    }
    if (!key.starts_with(metric)) return false;
    TRY(read_metric_line(checks, key.substr(metric.size()), value));
    return true;
}

std::string judge_units(const std::vector<std::string>& units, std::string_view said) {
    std::size_t at = 0;
    // The properties of a unit in lines, an empty line between two units.
    for (const std::string& unit : units) {
        if (at >= said.size()) return "unit " + unit + ": systemctl says nothing of it";
        const std::size_t end = std::min(said.find("\n\n", at), said.size());
        std::string_view block = said.substr(at, end - at);
        at = end + 2;
        std::string load, active, sub;
        while (!block.empty()) {
            const std::size_t line = std::min(block.find('\n'), block.size());
            const std::string_view text = block.substr(0, line);
            block.remove_prefix(std::min(line + 1, block.size()));
            const std::size_t equals = std::min(text.find('='), text.size());
            const std::string_view value = text.substr(std::min(equals + 1, text.size())).substr(0, 40);
            if (text.substr(0, equals) == "LoadState") load = value;
            if (text.substr(0, equals) == "ActiveState") active = value;
            if (text.substr(0, equals) == "SubState") sub = value;
        }
        if (active == "active") continue;
        return "unit " + unit + " is " + (active.empty() ? "unknown" : active) +
               (sub.empty() ? "" : " (" + sub + ")") + (load == "loaded" || load.empty() ? "" : ", " + load);
    }
    return {};
}

base::Result<double> read_metric(std::string_view text) {
    constexpr std::string_view space = " \t\r\n";
    const std::size_t from = text.find_first_not_of(space);
    double number = 0;
    if (from == std::string_view::npos ||
        !whole(text.substr(from, text.find_last_not_of(space) - from + 1), number) || !std::isfinite(number))
        return invalid("it is no number");
    return number;
}

std::string judge_metric(const Metric& metric, double seen) {
    if (metric.least && seen < *metric.least)
        return "metric " + metric.name + " is " + number_text(seen) + ", below " + number_text(*metric.least);
    if (metric.most && seen > *metric.most)
        return "metric " + metric.name + " is " + number_text(seen) + ", above " + number_text(*metric.most);
    return {};
}

std::string look_at_services(const ServiceChecks& checks) {
    for (const std::uint16_t port : checks.ports)
        if (const auto taken = connect_local(port, patience); !taken.ok())
            return "port " + std::to_string(port) + ": " + taken.error().text();
    if (!checks.units.empty())
        if (std::string what = look_at_units(checks.units); !what.empty()) return what;
    for (const Metric& metric : checks.metrics)
        if (std::string what = look_at(metric); !what.empty()) return what;
    return {};
}

} // namespace oakum::agent
