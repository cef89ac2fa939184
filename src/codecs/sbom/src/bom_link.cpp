// SPDX-License-Identifier: Apache-2.0
// How one CycloneDX document speaks of what is in another, and of which versions of it.
#include "builder.hpp"

#include <component/purl.hpp>
#include <version/version.hpp>

#include <algorithm>

namespace oakum::sbom {
namespace {

using component::StatementStatus;
using version::Scheme;
using version::Version;

enum class Holds : std::uint8_t { no, yes, cannot_tell };

bool is_digits(std::string_view text) {
    return !text.empty() && text.size() <= 9 &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

int hex_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<std::string> key_of(Scheme scheme, std::string_view text) {
    auto read = Version::parse(scheme, text);
    return read.ok() ? std::optional(read->key()) : std::nullopt;
}

struct Constraint {
    std::string_view sign;
    std::optional<std::string> key;
};

// Takes the first of "A|B|C" off the front.
Constraint next(std::string_view& list, Scheme scheme) {
    const auto end = std::min(list.find('|'), list.size());
    auto text = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    while (text.starts_with(' '))
        text.remove_prefix(1);
    while (text.ends_with(' '))
        text.remove_suffix(1);
    const auto sign = text.substr(0, std::min(text.find_first_not_of("<>=!"), text.size()));
    return {sign, key_of(scheme, unescaped(text.substr(sign.size())))};
}

// Intervals follow each other in the order of their versions (the specification of "vers").
Holds in_intervals(std::string_view list, Scheme scheme, const std::string& own) {
    std::optional<bool> above; // whether it is above a lower end that no upper one closed yet
    bool closed = false, holds = false;
    while (!list.empty()) {
        const auto [sign, key] = next(list, scheme);
        if (!key) return Holds::cannot_tell;
        if (sign == "!=") {
            if (own == *key) return Holds::no;
        } else if (sign.empty() || sign == "=") {
            holds = holds || own == *key;
        } else if (sign == ">" || sign == ">=") {
            if (above) return Holds::cannot_tell;
            above = own > *key || (sign == ">=" && own == *key);
        } else if (sign == "<" || sign == "<=") {
            if (!above && closed) return Holds::cannot_tell;
            const bool below = own < *key || (sign == "<=" && own == *key);
            holds = holds || (above.value_or(true) && below);
            above.reset();
            closed = true;
        } else {
            return Holds::cannot_tell;
        }
    }
    return holds || above.value_or(false) ? Holds::yes : Holds::no;
}

Holds in_range(std::string_view range, std::string_view own) {
    if (!range.starts_with("vers:")) return Holds::cannot_tell;
    range.remove_prefix(5);
    const auto slash = range.find('/');
    if (slash == std::string_view::npos) return Holds::cannot_tell;
    const auto type = range.substr(0, slash);
    range.remove_prefix(slash + 1);
    if (range == "*") return Holds::yes;
    auto scheme = version::scheme_for_purl_type(type);
    if (!scheme) scheme = version::scheme_from_string(type);
    const auto key = scheme ? key_of(*scheme, own) : std::nullopt;
    return key && !range.empty() ? in_intervals(range, *scheme, *key) : Holds::cannot_tell;
}

Holds holds(const AnalysedVersion& said, std::string_view own, Scheme scheme) {
    if (said.version.empty()) return in_range(said.range, own);
    if (said.version == own) return Holds::yes;
    const auto one = key_of(scheme, said.version), other = key_of(scheme, own);
    return one && other && *one == *other ? Holds::yes : Holds::no;
}

} // namespace

bool is_about(std::span<const AnalysedVersion> versions, StatementStatus status, std::string_view version,
              std::string_view purl) {
    if (versions.empty()) return true;
    const auto read = component::Purl::parse(purl);
    const auto scheme =
        (read.ok() ? version::scheme_for_purl_type(read->type) : std::nullopt).value_or(Scheme::generic);
    const bool clears = status == StatementStatus::not_affected || status == StatementStatus::fixed;
    bool said = false, against = false, open = false;
    for (const AnalysedVersion& one : versions) {
        const Holds found = holds(one, version, scheme);
        open = open || found == Holds::cannot_tell;
        if (found != Holds::yes) continue;
        const bool agrees = one.status.empty() || one.status == (clears ? "unaffected" : "affected");
        (agrees ? said : against) = true;
    }
    return clears ? said && !against : said || (open && !against);
}

std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            out += text[at];
            continue;
        }
        const int high = at + 2 < text.size() ? hex_of(text[at + 1]) : -1;
        const int low = at + 2 < text.size() ? hex_of(text[at + 2]) : -1;
        if (high < 0 || low < 0) return std::string(text);
        out += static_cast<char>(high * 16 + low);
        at += 2;
    }
    return out;
}

std::optional<BomLink> read_bom_link(std::string_view text) {
    constexpr std::size_t uuid = 36;
    constexpr std::string_view beginning = "urn:cdx:";
    if (!text.starts_with(beginning)) return std::nullopt;
    const auto hash = std::min(text.find('#'), text.size());
    const auto document = text.substr(beginning.size(), hash - beginning.size());
    if (document.size() < uuid + 2 || document[uuid] != '/' || !is_digits(document.substr(uuid + 1)))
        return std::nullopt;
    BomLink out{std::string(text.substr(0, hash)), std::string(text.substr(std::min(hash + 1, text.size())))};
    std::ranges::transform(out.link, out.link.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

} // namespace oakum::sbom
