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

// One version and nothing else: "3.4", "v1.2.3-rc1".
bool is_version(std::string_view text) {
    if (text.starts_with('v')) text.remove_prefix(1);
    return !text.empty() && text.size() <= 64 && text.front() >= '0' && text.front() <= '9' &&
           !text.ends_with(".x") && !text.ends_with('.') && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' || c == '+' ||
                      c == '-';
           });
}

bool is_numbers(std::string_view text) {
    return is_version(text) && text.find('.') != std::string_view::npos &&
           text.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool is_below(std::string_view one, std::string_view other) {
    const auto a = version::Version::parse(version::Scheme::generic, one);
    const auto b = version::Version::parse(version::Scheme::generic, other);
    return a.ok() && b.ok() && a->key() < b->key();
}

struct Word {
    std::string_view word, sign;
};

// "before 3.4"
constexpr Word words_before[] = {{"before and including ", "<="},
                                 {"up to and including ", "<="},
                                 {"up to ", "<="},
                                 {"through ", "<="},
                                 {"prior to ", "<"},
                                 {"before ", "<"},
                                 {"earlier than ", "<"},
                                 {"lower than ", "<"},
                                 {"less than ", "<"},
                                 {"below ", "<"}};
// "3.4 and earlier"
constexpr Word words_after[] = {{"earlier", "<="}, {"prior", "<="},    {"below", "<="},  {"older", "<="},
                                {"lower", "<="},   {"previous", "<="}, {"before", "<="}, {"later", ">="},
                                {"above", ">="},   {"newer", ">="},    {"higher", ">="}};
// "1.0 through 1.5"
constexpr Word words_between[] = {{" up to and including ", "<="},
                                  {" up to ", "<="},
                                  {" through ", "<="},
                                  {" thru ", "<="},
                                  {" to ", "<="},
                                  {" - ", "<="},
                                  {" prior to ", "<"},
                                  {" before ", "<"}};

// Takes a word off the end; false when it is not there.
bool take_end(std::string_view& text, std::string_view word) {
    if (!text.ends_with(word)) return false;
    text = trim(text.substr(0, text.size() - word.size()));
    return true;
}

std::string span_of(std::string_view low, std::string_view sign, std::string_view high) {
    return std::string(">= ").append(low).append(", ").append(sign).append(" ").append(high);
}

// Two versions with a word between them, or a hyphen.
std::string between(std::string_view text) {
    take(text, "from ");
    for (const auto& [word, sign] : words_between) {
        const auto at = text.find(word);
        if (at == std::string_view::npos) continue;
        const auto low = trim(text.substr(0, at));
        const auto high = trim(text.substr(at + word.size()));
        return is_version(low) && is_version(high) ? span_of(low, sign, high) : std::string();
    }
    // "4.0.0-4.2.7"; "2.4-1.1" is a package's version.
    const auto hyphen = text.find('-');
    if (hyphen == std::string_view::npos) return {};
    const auto low = text.substr(0, hyphen);
    const auto high = text.substr(hyphen + 1);
    return is_numbers(low) && is_numbers(high) && is_below(low, high) ? span_of(low, "<=", high)
                                                                      : std::string();
}

// "1.0, 1.1 and 1.2", "1.0/1.1"
std::vector<VersionEntry> listed(std::string_view text) {
    std::vector<VersionEntry> out;
    std::string list(text);
    for (auto at = list.find(" and "); at != std::string::npos; at = list.find(" and "))
        list.replace(at, 5, ",");
    std::string_view rest = list;
    while (!rest.empty() && out.size() < most) {
        const auto end = rest.find_first_of(",;/&");
        const auto one = trim(rest.substr(0, end));
        const bool last = end == std::string_view::npos;
        rest = last ? std::string_view() : rest.substr(end + 1);
        if (one.empty()) continue;
        if (!is_version(one) || one.find('.') == std::string_view::npos) return {};
        out.push_back(entry(std::string(one)));
    }
    return out.size() > 1 ? out : std::vector<VersionEntry>();
}

} // namespace

std::vector<VersionEntry> read_words(std::string_view text) {
    const std::string lowered = lower(trim(text));
    text = lowered;
    if (text.size() > 256) return {};
    while (take(text, "all versions ") || take(text, "all version ") || take(text, "versions ") ||
           take(text, "version "))
        continue;
    for (const auto& [word, sign] : words_before)
        if (text.starts_with(word)) {
            const auto version = trim(text.substr(word.size()));
            if (!is_version(version)) return {};
            return {entry(std::string(sign).append(" ").append(version))};
        }
    auto left = text;
    take_end(left, "versions");
    for (const auto& [word, sign] : words_after) {
        if (!take_end(left, word)) continue;
        while (take_end(left, " all") || take_end(left, " and") || take_end(left, " or") ||
               take_end(left, " &"))
            continue;
        if (left.ends_with(',')) left.remove_suffix(1);
        if (!is_version(left)) return {};
        return {entry(std::string(sign).append(" ").append(left))};
    }
    if (auto both = between(text); !both.empty()) return {entry(std::move(both))};
    if (text.ends_with(".x") && text.find_first_not_of("0123456789.") == text.size() - 1)
        return {entry(std::string(text.substr(0, text.size() - 1)).append("*"))};
    return listed(text);
}

std::vector<VersionEntry> read_ranges(std::string_view text) {
    const std::string_view whole = text;
    text = trim(text);
    if (take(text, "vers:")) {
        const auto slash = text.find('/');
        text = slash == std::string_view::npos ? text : text.substr(slash + 1);
    } else if (auto words = read_words(text); !words.empty())
        return words;
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
