// SPDX-License-Identifier: Apache-2.0
#include <device/query.hpp>

#include "query_values.hpp"

#include <charconv>
#include <span>
#include <version/version.hpp>

namespace oakum::device {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::optional<double> as_number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<base::TimePoint> as_time(std::string_view text) {
    const auto looks_right = text.size() >= 4 && text[0] >= '0' && text[0] <= '9';
    if (!looks_right) return std::nullopt;
    // "2024" and "2024-05" begin on their first day.
    std::string whole(text);
    if (text.size() == 4) whole += "-01-01";
    if (text.size() == 7) whole += "-01";
    auto time = base::parse_time(whole);
    if (!time.ok()) return std::nullopt;
    return time.value();
}

std::optional<bool> as_boolean(std::string_view text) {
    for (std::string_view word : {"yes", "true", "1"})
        if (equal_ignoring_case(text, word)) return true;
    for (std::string_view word : {"no", "false", "0"})
        if (equal_ignoring_case(text, word)) return false;
    return std::nullopt;
}

Truth holds(Compare compare, std::strong_ordering order) {
    const auto truth = [](bool b) { return b ? Truth::yes : Truth::no; };
    switch (compare) {
    case Compare::equal:
        return truth(order == 0);
    case Compare::not_equal:
        return truth(order != 0);
    case Compare::less:
        return truth(order < 0);
    case Compare::less_equal:
        return truth(order <= 0);
    case Compare::greater:
        return truth(order > 0);
    case Compare::greater_equal:
        return truth(order >= 0);
    }
    return Truth::unknown;
}

template <class T> std::strong_ordering order_of(const T& a, const T& b) {
    return a < b   ? std::strong_ordering::less
           : b < a ? std::strong_ordering::greater
                   : std::strong_ordering::equal;
}

Truth by_version(Compare compare, std::string_view value, const Literal& literal) {
    if (literal.version_key.empty()) return Truth::unknown;
    auto version = version::Version::parse(version::Scheme::generic, value);
    if (!version.ok()) return Truth::unknown;
    return holds(compare, version::compare_keys(version->key(), literal.version_key));
}

Truth by_rank(Compare compare, ValueType scale, std::string_view value, const Literal& literal) {
    const auto a = rank_of(scale, value), b = rank_of(scale, literal.text);
    if (!a || !b) return Truth::unknown;
    return holds(compare, *a <=> *b);
}

Truth equals(const Term& term, std::string_view value, const Literal& literal) {
    const auto truth = [](bool b) { return b ? Truth::yes : Truth::no; };
    if (literal.prefix || matches_text(literal, value)) return truth(matches_text(literal, value));
    switch (term.type) {
    case ValueType::version:
        return literal.version_key.empty() ? Truth::no : by_version(Compare::equal, value, literal);
    case ValueType::date:
        if (const auto time = as_time(value); time && literal.time) return truth(*time == *literal.time);
        return Truth::unknown;
    case ValueType::number:
        if (const auto number = as_number(value); number && literal.number)
            return truth(*number == *literal.number);
        return Truth::unknown;
    case ValueType::boolean:
        if (const auto a = as_boolean(value), b = as_boolean(literal.text); a && b) return truth(*a == *b);
        return Truth::unknown;
    case ValueType::address:
        if (literal.range) {
            const auto address = parse_address_range(value);
            return address.ok() ? truth(contains(*literal.range, *address)) : Truth::unknown;
        }
        return Truth::no;
    case ValueType::text:
    case ValueType::criticality:
    case ValueType::exposure:
    case ValueType::open:
        return Truth::no;
    }
    return Truth::unknown;
}

Truth ordered(const Term& term, std::string_view value, const Literal& literal) {
    switch (term.type) {
    case ValueType::version:
        return by_version(term.compare, value, literal);
    case ValueType::date:
        if (const auto time = as_time(value); time && literal.time)
            return holds(term.compare, order_of(*time, *literal.time));
        return Truth::unknown;
    case ValueType::number:
        if (const auto number = as_number(value); number && literal.number)
            return holds(term.compare, order_of(*number, *literal.number));
        return Truth::unknown;
    case ValueType::criticality:
    case ValueType::exposure:
        return by_rank(term.compare, term.type, value, literal);
    case ValueType::open:
        if (const auto number = as_number(value); number && literal.number)
            return holds(term.compare, order_of(*number, *literal.number));
        if (const auto time = as_time(value); time && literal.time)
            return holds(term.compare, order_of(*time, *literal.time));
        return by_version(term.compare, value, literal);
    case ValueType::text:
    case ValueType::boolean:
    case ValueType::address:
        return Truth::unknown; // the parser refuses these
    }
    return Truth::unknown;
}

bool parse_v4(std::string_view text, AddressRange& out) {
    std::size_t at = 0;
    for (int part = 0; part < 4; ++part) {
        if (part > 0) {
            if (at >= text.size() || text[at] != '.') return false;
            ++at;
        }
        unsigned value = 0;
        const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), value);
        const auto digits = static_cast<std::size_t>(end - (text.data() + at));
        if (error != std::errc() || value > 255 || digits > 3 || (digits > 1 && text[at] == '0'))
            return false;
        out.bytes[static_cast<std::size_t>(part)] = static_cast<std::uint8_t>(value);
        at += digits;
    }
    return at == text.size();
}

// RFC 4291 section 2.2, without an embedded IPv4 part.
bool parse_v6(std::string_view text, AddressRange& out) {
    std::array<std::uint16_t, 8> groups{};
    std::size_t count = 0;
    std::optional<std::size_t> gap;
    std::size_t at = 0;
    if (text.starts_with("::")) {
        gap = 0;
        at = 2;
    }
    while (at < text.size()) {
        if (count == 8) return false;
        unsigned value = 0;
        const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), value, 16);
        const auto digits = static_cast<std::size_t>(end - (text.data() + at));
        if (error != std::errc() || digits == 0 || digits > 4) return false;
        groups[count++] = static_cast<std::uint16_t>(value);
        at += digits;
        if (at == text.size()) break;
        if (text[at++] != ':') return false;
        if (at < text.size() && text[at] == ':') {
            if (gap) return false;
            gap = count;
            ++at;
        } else if (at == text.size()) {
            return false;
        }
    }
    if (gap ? count > 7 : count != 8) return false;
    const std::size_t head = gap.value_or(8), tail = count - std::min(head, count);
    for (std::size_t i = 0; i < 8; ++i) {
        std::uint16_t value = 0;
        if (i < std::min(head, count))
            value = groups[i];
        else if (i >= 8 - tail)
            value = groups[count - (8 - i)];
        out.bytes[2 * i] = static_cast<std::uint8_t>(value >> 8);
        out.bytes[2 * i + 1] = static_cast<std::uint8_t>(value & 255);
    }
    return true;
}

} // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

bool matches_text(const Literal& literal, std::string_view value) {
    if (literal.prefix)
        return value.size() >= literal.text.size() &&
               equal_ignoring_case(value.substr(0, literal.text.size()), literal.text);
    return equal_ignoring_case(value, literal.text);
}

base::Result<AddressRange> parse_address_range(std::string_view text) {
    const auto slash = text.find('/');
    const std::string_view address = text.substr(0, slash);
    AddressRange range;
    const auto refuse = [&] {
        return base::invalid("'" + std::string(text) + "' is not an address or a range such as 10.1.0.0/16");
    };
    if (address.size() > 45) return refuse();
    range.v6 = address.find(':') != std::string_view::npos;
    if (range.v6 ? !parse_v6(address, range) : !parse_v4(address, range)) return refuse();
    const unsigned most = range.v6 ? 128 : 32;
    unsigned bits = most;
    if (slash != std::string_view::npos) {
        const std::string_view tail = text.substr(slash + 1);
        const auto [end, error] = std::from_chars(tail.data(), tail.data() + tail.size(), bits);
        if (error != std::errc() || end != tail.data() + tail.size() || bits > most) return refuse();
    }
    range.bits = static_cast<std::uint8_t>(bits);
    return range;
}

bool contains(const AddressRange& range, const AddressRange& address) {
    if (range.v6 != address.v6 || address.bits < range.bits) return false;
    for (unsigned bit = 0; bit < range.bits; bit += 8) {
        const unsigned left = std::min(8U, range.bits - bit);
        const auto mask = static_cast<std::uint8_t>(0xFF00U >> left);
        if ((range.bytes[bit / 8] ^ address.bytes[bit / 8]) & mask) return false;
    }
    return true;
}

Truth compare_value(const Term& term, std::string_view value) {
    if (term.presence) return value.empty() ? Truth::no : Truth::yes;
    if (term.compare == Compare::equal || term.compare == Compare::not_equal) {
        Truth truth = Truth::no;
        for (const Literal& literal : term.values)
            truth = either(truth, equals(term, value, literal));
        return term.compare == Compare::equal ? truth : opposite(truth);
    }
    return term.values.empty() ? Truth::unknown : ordered(term, value, term.values.front());
}

bool names_component(const Term& term, const component::Component& component) {
    return equal_ignoring_case(component.name, term.name) ||
           (!component.bundle_id.empty() && equal_ignoring_case(component.bundle_id, term.name));
}

Truth compare_component(const Term& term, const component::Component& component) {
    if (term.presence) return Truth::yes;
    auto scheme = version::Scheme::generic;
    if (component.purl.starts_with("pkg:")) {
        const std::string_view rest = std::string_view(component.purl).substr(4);
        scheme = version::scheme_for_purl_type(rest.substr(0, rest.find('/'))).value_or(scheme);
    }
    const auto one = [&](Compare compare, const Literal& literal) {
        if (compare == Compare::equal && matches_text(literal, component.version)) return Truth::yes;
        if (literal.prefix) return Truth::no;
        const auto a = version::Version::parse(scheme, component.version);
        const auto b = version::Version::parse(scheme, literal.text);
        if (!a.ok() || !b.ok()) return Truth::unknown;
        return holds(compare, version::compare_keys(a->key(), b->key()));
    };
    if (term.compare != Compare::equal && term.compare != Compare::not_equal)
        return term.values.empty() ? Truth::unknown : one(term.compare, term.values.front());
    Truth truth = Truth::no;
    for (const Literal& literal : term.values)
        truth = either(truth, one(Compare::equal, literal));
    return term.compare == Compare::equal ? truth : opposite(truth);
}

void prepare(Literal& literal) {
    literal.number = as_number(literal.text);
    literal.time = as_time(literal.text);
    if (auto version = version::Version::parse(version::Scheme::generic, literal.text); version.ok())
        literal.version_key = version->key();
    if (auto range = parse_address_range(literal.text); range.ok()) literal.range = *range;
}

} // namespace oakum::device
