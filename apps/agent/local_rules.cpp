// SPDX-License-Identifier: Apache-2.0
#include "local_rules.hpp"

#include <system/file.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <thread>

namespace oakum::agent {
namespace {

namespace fs = std::filesystem;
using base::invalid;

constexpr std::size_t max_text = 256 << 10;
constexpr std::size_t most_supplies = 32;

template <class Number> bool whole(std::string_view text, Number& into, int radix = 10) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into, radix);
    return !text.empty() && error == std::errc() && end == text.data() + text.size();
}

// Words of a line, with any white space between them.
std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    constexpr std::string_view space = " \t";
    for (std::size_t at = line.find_first_not_of(space); at != std::string_view::npos;
         at = line.find_first_not_of(space, at)) {
        const std::size_t end = std::min(line.find_first_of(space, at), line.size());
        words.push_back(line.substr(at, end - at));
        at = end;
    }
    return words;
}

template <class Line> void each_line(std::string_view text, Line line) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        line(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

std::string read(const fs::path& file) {
    auto text = system::read_bounded(file, max_text);
    if (!text.ok()) return {};
    while (!text->empty() && (text->back() == '\n' || text->back() == ' '))
        text->pop_back();
    return std::move(*text);
}

bool is_interface(std::string_view name) {
    return !name.empty() && name.size() <= 16 &&
           std::ranges::all_of(name, [](char c) { return c > 0x20 && c < 0x7F && c != '/' && c != '#'; });
}

} // namespace

base::Result<bool> set_local_rule(LocalRulesConfig& rules, std::string_view key, std::string_view value) {
    if (key == "rules.mains") {
        if (value != "yes" && value != "no") return invalid("\"yes\" or \"no\" is needed");
        rules.mains = value == "yes";
        return true;
    }
    if (key == "rules.battery_percent") {
        if (!whole(value, rules.battery_percent) || rules.battery_percent > 100)
            return invalid("a whole number from 0 to 100 is needed");
        return true;
    }
    if (key == "rules.idle_load") {
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), rules.idle_load);
        const bool number = error == std::errc() && end == value.data() + value.size();
        if (!number || !std::isfinite(rules.idle_load) || rules.idle_load <= 0 || rules.idle_load > 100)
            return invalid("a load per processor above 0 is needed, such as 0.5");
        return true;
    }
    if (key != "rules.metered") return false;
    rules.metered.clear();
    for (const std::string_view word : words_of(value)) {
        if (!is_interface(word) ||
            (word.find('*') != std::string_view::npos && word.find('*') + 1 != word.size()))
            return invalid("names of interfaces are needed, such as wwan0 or wwan*");
        rules.metered.emplace_back(word);
    }
    if (rules.metered.empty() || rules.metered.size() > 8) return invalid("1 to 8 interfaces are needed");
    return true;
}

Power read_power(const fs::path& supplies) {
    Power power;
    std::error_code error;
    std::uint64_t sum = 0, said = 0;
    std::size_t seen = 0;
    for (fs::directory_iterator at(supplies, error), end; !error && at != end && seen < most_supplies;
         at.increment(error), ++seen) {
        const std::string type = read(at->path() / "type");
        // Of a keyboard or a pen that is connected, not of this device.
        if (read(at->path() / "scope") == "Device") continue;
        if (type == "Mains" || type.starts_with("USB")) {
            power.on_mains = power.on_mains || read(at->path() / "online") == "1";
        } else if (type == "Battery" && read(at->path() / "present") != "0") {
            power.has_battery = true;
            std::uint32_t percent = 0;
            if (!whole(read(at->path() / "capacity"), percent) || percent > 100) continue;
            sum += percent;
            ++said;
        }
    }
    if (!power.has_battery) power.on_mains = true;
    if (said > 0) power.percent = static_cast<std::uint32_t>(sum / said);
    return power;
}

std::string read_link(std::string_view route, std::string_view ipv6_route) {
    std::string link;
    std::uint64_t best = UINT64_MAX;
    const auto take = [&](std::string_view interface, std::uint64_t metric) {
        if (!is_interface(interface) || interface == "lo" || metric >= best) return;
        best = metric;
        link = interface;
    };
    constexpr std::uint32_t up = 1;
    // Iface Destination Gateway Flags RefCnt Use Metric Mask ...
    each_line(route, [&](std::string_view line) {
        const auto words = words_of(line);
        std::uint32_t flags = 0, metric = 0;
        if (words.size() < 8 || words[1] != "00000000" || words[7] != "00000000" ||
            !whole(words[3], flags, 16) || !whole(words[6], metric) || (flags & up) == 0)
            return;
        take(words[0], metric);
    });
    // destination length source length next-hop metric refcnt use flags interface
    each_line(ipv6_route, [&](std::string_view line) {
        const auto words = words_of(line);
        std::uint32_t flags = 0, metric = 0;
        if (words.size() != 10 || words[0].find_first_not_of('0') != std::string_view::npos ||
            words[1] != "00" || !whole(words[5], metric, 16) || !whole(words[8], flags, 16) ||
            (flags & up) == 0)
            return;
        take(words[9], metric);
    });
    return link;
}

base::Result<double> read_load(std::string_view text) {
    const auto words = words_of(text.substr(0, text.find('\n')));
    double load = 0;
    if (words.size() < 3) return invalid("the load cannot be read");
    const auto [end, error] = std::from_chars(words[1].data(), words[1].data() + words[1].size(), load);
    if (error != std::errc() || end != words[1].data() + words[1].size() || !std::isfinite(load) || load < 0)
        return invalid("the load cannot be read");
    return load;
}

std::string judge_power(const LocalRulesConfig& rules, const Power& power) {
    if (power.on_mains) return {};
    if (rules.mains) return "it is not on mains, which rules.mains asks for";
    if (rules.battery_percent == 0) return {};
    const std::string wanted =
        std::to_string(rules.battery_percent) + " % are needed (rules.battery_percent)";
    if (!power.percent) return "its battery does not say how full it is, and " + wanted;
    if (*power.percent >= rules.battery_percent) return {};
    return "its battery is at " + std::to_string(*power.percent) + " %, and " + wanted;
}

std::string judge_link(const LocalRulesConfig& rules, const std::string& interface) {
    const bool metered = std::ranges::any_of(rules.metered, [&](const std::string& each) {
        return each.ends_with('*') ? interface.starts_with(std::string_view(each).substr(0, each.size() - 1))
                                   : interface == each;
    });
    if (interface.empty() || !metered) return {};
    return "its link is " + interface + ", which is metered (rules.metered)";
}

std::string judge_load(const LocalRulesConfig& rules, double load, unsigned processors) {
    const double each = load / std::max(processors, 1U);
    if (rules.idle_load == 0 || each <= rules.idle_load) return {};
    char text[100];
    std::snprintf(text, sizeof text, "it is busy: a load of %.2f per processor, and at most %.2f is wanted",
                  each, rules.idle_load);
    return std::string(text) + " (rules.idle_load)";
}

std::string LocalRules::may_download() {
    if (rules_.metered.empty()) return {};
    return judge_link(rules_, read_link(read(proc_ / "net/route"), read(proc_ / "net/ipv6_route")));
}

std::string LocalRules::may_install() {
    if (rules_.mains || rules_.battery_percent > 0)
        if (std::string why = judge_power(rules_, read_power(sys_ / "class/power_supply")); !why.empty())
            return why;
    if (rules_.idle_load == 0) return {};
    const auto load = read_load(read(proc_ / "loadavg"));
    return load.ok() ? judge_load(rules_, *load, std::thread::hardware_concurrency()) : std::string();
}

} // namespace oakum::agent
