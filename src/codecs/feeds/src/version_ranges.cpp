// SPDX-License-Identifier: Apache-2.0
#include "version_ranges.hpp"

#include "element.hpp"

#include <algorithm>
#include <version/version.hpp>

namespace oakum::feeds {
namespace {

using advisory::VersionEntry;

constexpr std::size_t most = 10'000;

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

// Takes a word off the front, whatever its letters; false when it is not there.
bool take(std::string_view& text, std::string_view word) {
    if (lower(text.substr(0, word.size())) != word) return false;
    text = trim(text.substr(word.size()));
    return true;
}

bool is_sign(char c) {
    return c == '<' || c == '>' || c == '=' || c == '!';
}

struct Constraint {
    std::string sign;
    std::string version;
};

// In the order written. No sign: that version.
std::vector<Constraint> constraints_of(std::string_view text) {
    std::vector<Constraint> out;
    while (!(text = trim(text)).empty() && out.size() < most) {
        if (text.front() == '|' || text.front() == ',') {
            text.remove_prefix(1);
            continue;
        }
        std::size_t end = 0;
        while (end < text.size() && is_sign(text[end]))
            ++end;
        Constraint one{std::string(text.substr(0, end)), {}};
        text = trim(text.substr(end));
        end = std::min(text.find_first_of("|,<>=!"), text.size());
        one.version = trim(text.substr(0, end));
        text = text.substr(end);
        out.push_back(std::move(one));
    }
    return out;
}

// Constraints are in the order of their versions, even where a document has them otherwise.
void sort(std::vector<Constraint>& constraints) {
    std::vector<std::pair<std::string, std::size_t>> order; // by key, equal ones as they came
    for (const Constraint& one : constraints) {
        const auto version = version::Version::parse(version::Scheme::generic, one.version);
        if (!version.ok()) return;
        order.emplace_back(version->key(), order.size());
    }
    std::ranges::sort(order);
    std::vector<Constraint> sorted;
    for (const auto& [key, place] : order)
        sorted.push_back(std::move(constraints[place]));
    constraints = std::move(sorted);
}

VersionEntry entry(std::string expression) {
    VersionEntry out;
    out.version = std::move(expression);
    return out;
}

} // namespace

std::vector<VersionEntry> read_ranges(std::string_view text) {
    const std::string_view whole = text;
    text = trim(text);
    if (take(text, "vers:")) {
        const auto slash = text.find('/');
        text = slash == std::string_view::npos ? text : text.substr(slash + 1);
    }
    const bool all = take(text, "all versions") || take(text, "all version") || take(text, "all");
    if (take(text, "prior to") || take(text, "before")) {
        if (text.empty()) return {entry(std::string(whole))};
        return {entry("< " + std::string(text))};
    }
    if (text == "*" || (text.empty() && all)) return {};
    std::vector<VersionEntry> out;
    std::string lower_end;
    auto constraints = constraints_of(text);
    sort(constraints);
    for (const Constraint& one : constraints) {
        const bool upper = one.sign == "<" || one.sign == "<=";
        const bool is_lower = one.sign == ">" || one.sign == ">=";
        const bool exact = one.sign.empty() || one.sign == "=" || one.sign == "==";
        if (one.version.empty() || (!upper && !is_lower && !exact) || (all && exact) ||
            (!lower_end.empty() && !upper))
            return {entry(std::string(whole))};
        const std::string said = one.sign + " " + one.version;
        if (is_lower) {
            lower_end = said;
        } else if (upper) {
            out.push_back(entry(lower_end.empty() ? said : lower_end + ", " + said));
            lower_end.clear();
        } else {
            out.push_back(entry(one.version));
        }
    }
    if (!lower_end.empty()) out.push_back(entry(lower_end));
    return out.empty() ? std::vector{entry(std::string(whole))} : out;
}

} // namespace oakum::feeds
