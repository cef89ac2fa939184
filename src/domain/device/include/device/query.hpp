// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <base/time.hpp>
#include <component/component.hpp>
#include <device/facts.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The query language (docs/reference/query.md): parsed once into a Query, then asked of one device (evaluate)
// or of the columns of a fleet (engine/fleet). A missing fact makes a comparison unknown, never false
// (Kleene's logic).
namespace oakum::device {

enum class Truth : std::uint8_t { no, unknown, yes };
constexpr Truth both(Truth a, Truth b) {
    return std::min(a, b);
}
constexpr Truth either(Truth a, Truth b) {
    return std::max(a, b);
}
constexpr Truth opposite(Truth a) {
    return a == Truth::yes ? Truth::no : a == Truth::no ? Truth::yes : Truth::unknown;
}

enum class Compare : std::uint8_t { equal, not_equal, less, less_equal, greater, greater_equal };

// What a term asks about. `fact` covers every key of facts.hpp and the user's own.
enum class Field : std::uint8_t {
    fact,
    id,
    lifecycle,
    group,
    first_seen,
    last_seen,
    running_version,
    hold,
    revoked,
    clone,
    enrolled,
    rollout,
    deployment,
    finding,
    kev,
    overdue,
    cannot_tell,
    component
};
// Fields whose name alone is a condition.
constexpr bool is_flag(Field field) {
    return field == Field::kev || field == Field::overdue || field == Field::cannot_tell;
}

// How a field's text is read. `open`: a key of the user's own; numbers, dates and versions are recognised.
enum class ValueType : std::uint8_t {
    text,
    version,
    date,
    number,
    boolean,
    criticality,
    exposure,
    address,
    open
};
ValueType type_of_key(std::string_view key);

// Where an ordered word stands in its scale (low < medium < high < critical; isolated < internal < internet).
std::optional<int> rank_of(ValueType scale, std::string_view word);

struct AddressRange {
    std::array<std::uint8_t, 16> bytes{}; // IPv4 in the first four
    std::uint8_t bits = 0;
    bool v6 = false;
};
// "10.1.0.0/16", "fd00::/8" or a single address. Errors: invalid.
base::Result<AddressRange> parse_address_range(std::string_view text);
bool contains(const AddressRange& range, const AddressRange& address);

struct Literal {
    std::string text;        // without the wildcard
    bool prefix = false;     // "AC-*"
    std::string version_key; // generic scheme; empty when it cannot be read as a version
    std::optional<base::TimePoint> time;
    std::optional<double> number;
    std::optional<AddressRange> range;
};

struct Term {
    Field field = Field::fact;
    std::string name; // key of the fact; name of the component
    ValueType type = ValueType::text;
    bool presence = false; // exists(key), component("x") or a flag alone: no comparison follows
    Compare compare = Compare::equal;
    std::vector<Literal> values; // several after `in`: one of them
    std::size_t column = 1;
};

struct Node {
    enum class Kind : std::uint8_t { everything, term, negation, conjunction, disjunction };
    Kind kind = Kind::everything;
    std::uint32_t left = 0, right = 0; // indexes of nodes; a term's index stands in left
};

// Immutable once parsed; copies are independent, reading it from several threads is safe.
struct Query {
    std::string text;
    std::vector<Node> nodes; // children stand before their parents
    std::vector<Term> terms;
    std::uint32_t root = 0;
};

inline constexpr std::size_t kMaxQueryLength = 8 << 10, kMaxQueryTerms = 256, kMaxQueryDepth = 64;

// An empty text asks for every device. Errors: invalid, with `where` = "column N".
base::Result<Query> parse_query(std::string_view text);
// The text with a caret line under the column that the error names.
std::string caret(std::string_view text, const base::Error& error);

// Everything that a query can ask of one device. Texts are valid during the call only.
class DeviceView {
  public:
    virtual ~DeviceView() = default;
    // The effective value, inherited ones included; nullopt when it is not known.
    virtual std::optional<std::string_view> fact(std::string_view key) const = 0;
    // Fields other than fact, group, component, finding and kev, as text; times in RFC 3339, booleans "yes"
    // or "no"; nullopt when it is not known.
    virtual std::optional<std::string> field(Field field) const = 0;
    virtual Truth in_group(const Literal& name) const = 0;
    virtual Truth component(const Term& term) const = 0;
    // A finding that the term names, or (field kev) any that is known to be exploited.
    virtual Truth finding(const Term& term) const = 0;
};

Truth evaluate(const Query& query, const DeviceView& device);
// Of a flag: whether it is asked for, or for its opposite.
bool wants_yes(const Term& term);

// The parts of evaluate that columns use value by value.
Truth compare_value(const Term& term, std::string_view value);
bool matches_text(const Literal& literal, std::string_view value);
bool equal_ignoring_case(std::string_view a, std::string_view b);
// Whether a component is the one that the term names, by its name or bundle id.
bool names_component(const Term& term, const component::Component& component);
// Its version against the term's, under the scheme of its purl.
Truth compare_component(const Term& term, const component::Component& component);

// What `deployment` may be compared with.
std::span<const std::string_view> deployment_words();

// How many comparisons a query makes: the measure of how specific a group by query is.
std::size_t specificity(const Query& query);

} // namespace oakum::device
