// SPDX-License-Identifier: Apache-2.0
#include <component/cpe.hpp>

#include <algorithm>
#include <array>
#include <span>

namespace oakum::component {
namespace {

constexpr std::size_t longest_cpe = 1024;
using Kind = CpeAttribute::Kind;

char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}
bool is_printable(char c) {
    return c > ' ' && c < 0x7F;
}

struct Character {
    char value = 0;
    bool quoted = false;
};

// Of one attribute, which is no longer than its name: advisories have millions of names.
class Characters {
  public:
    void push_back(Character character) { all_[size_++] = character; }
    void clear() { size_ = 0; }
    std::span<const Character> all() const { return {all_.data(), size_}; }

  private:
    std::array<Character, longest_cpe> all_;
    std::size_t size_ = 0;
};

// One attribute from its characters: escapes are normalised, wildcards checked (NISTIR 7695 5.3.2).
base::Result<CpeAttribute> attribute(std::span<const Character> characters, std::string_view where) {
    CpeAttribute out;
    if (characters.empty()) return base::invalid("an attribute is empty").at(where);
    if (characters.size() == 1 && !characters[0].quoted && characters[0].value == '*') return out;
    if (characters.size() == 1 && !characters[0].quoted && characters[0].value == '-') {
        out.kind = Kind::na;
        return out;
    }
    out.kind = Kind::value;
    const auto wild = [&](std::size_t i) {
        return !characters[i].quoted && (characters[i].value == '*' || characters[i].value == '?');
    };
    std::size_t first = 0;
    while (first < characters.size() && wild(first))
        ++first;
    std::size_t last = characters.size();
    while (last > first && wild(last - 1))
        --last;
    for (std::size_t i = 0; i < characters.size(); ++i) {
        const char c = to_lower(characters[i].value);
        if (!is_printable(c)) return base::invalid("a space, control or non-ASCII character").at(where);
        if (wild(i)) {
            if (i >= first && i < last) return base::invalid("a wildcard inside a value").at(where);
            out.wildcard = true;
        } else if (!is_plain(c) || (characters.size() == 1 && c == '-')) {
            out.value += '\\';
        }
        out.value += c;
    }
    return out;
}

constexpr std::array<std::string_view, cpe_fields> names{"part",      "vendor",    "product",  "version",
                                                         "update",    "edition",   "language", "sw_edition",
                                                         "target_sw", "target_hw", "other"};

base::Status check_part(const Cpe& cpe) {
    const auto& part = cpe[CpeField::part];
    if (part.kind == Kind::any ||
        (part.kind == Kind::value && (part.value == "a" || part.value == "o" || part.value == "h")))
        return {};
    return base::invalid("the part is a, o or h").at("part");
}

base::Result<Cpe> parse_formatted(std::string_view text) {
    Cpe cpe;
    Characters characters;
    std::size_t at = 0;
    std::size_t field = 0;
    for (bool more = true; more; ++field) {
        if (field == cpe_fields) return base::invalid("more than eleven attributes");
        if (const auto rest = text.substr(at); rest == "*" || rest.starts_with("*:")) { // as most are
            ++at;
        } else {
            characters.clear();
            for (; at < text.size() && text[at] != ':'; ++at) {
                const bool quoted = text[at] == '\\';
                if (quoted && ++at == text.size()) return base::invalid("it ends in an escape");
                characters.push_back({text[at], quoted});
            }
            TRY_VALUE(cpe.attributes[field], attribute(characters.all(), names[field]));
        }
        more = at++ < text.size();
    }
    if (field != cpe_fields) return base::invalid("fewer than eleven attributes");
    TRY(check_part(cpe));
    return cpe;
}

int hex_value(char c) {
    c = to_lower(c);
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// NISTIR 7695 6.1.3: percent escapes, %01 and %02 for ? and *.
base::Result<CpeAttribute> uri_attribute(std::string_view text, std::string_view where) {
    if (text.empty()) return CpeAttribute{};
    Characters characters;
    if (text == "-") {
        characters.push_back({'-', false});
        return attribute(characters.all(), where);
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            characters.push_back({text[i], true});
            continue;
        }
        const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0) return base::invalid("a % without two hexadecimal digits").at(where);
        const int code = high * 16 + low;
        if (code == 1 || code == 2)
            characters.push_back({code == 1 ? '?' : '*', false});
        else
            characters.push_back({static_cast<char>(code), true});
        i += 2;
    }
    return attribute(characters.all(), where);
}

base::Result<Cpe> parse_uri(std::string_view text) {
    Cpe cpe;
    std::size_t field = 0;
    while (true) {
        const auto colon = text.find(':');
        const auto piece = text.substr(0, colon);
        if (field == 7) return base::invalid("more than seven attributes");
        // A packed edition: ~edition~sw_edition~target_sw~target_hw~other
        if (field == static_cast<std::size_t>(CpeField::edition) && piece.starts_with('~')) {
            auto rest = piece.substr(1);
            for (const auto target : {CpeField::edition, CpeField::sw_edition, CpeField::target_sw,
                                      CpeField::target_hw, CpeField::other}) {
                const auto tilde = rest.find('~');
                TRY_VALUE(cpe.attributes[static_cast<std::size_t>(target)],
                          uri_attribute(rest.substr(0, tilde), "edition"));
                rest = tilde == std::string_view::npos ? std::string_view() : rest.substr(tilde + 1);
            }
        } else {
            TRY_VALUE(cpe.attributes[field], uri_attribute(piece, names[field]));
        }
        ++field;
        if (colon == std::string_view::npos) break;
        text.remove_prefix(colon + 1);
    }
    TRY(check_part(cpe));
    return cpe;
}

// How many characters the wildcards at one end may stand for: ? is one or none there, * any number.
std::size_t reach(std::string_view wildcards) {
    return wildcards.find('*') != std::string_view::npos ? longest_cpe : wildcards.size();
}

bool wild_match(std::string_view pattern, const std::string& text) {
    const auto front = std::min(pattern.find_first_not_of("*?"), pattern.size());
    std::size_t back = pattern.size();
    while (back > front && (pattern[back - 1] == '*' || pattern[back - 1] == '?') &&
           (back < 2 || pattern[back - 2] != '\\'))
        --back;
    const auto before = reach(pattern.substr(0, front));
    const auto after = reach(pattern.substr(back));
    const auto middle =
        CpeAttribute{Kind::value, std::string(pattern.substr(front, back - front)), false}.plain();
    for (auto at = text.find(middle); at != std::string::npos && at <= before; at = text.find(middle, at + 1))
        if (text.size() - at - middle.size() <= after) return true;
    return false;
}

} // namespace

std::string CpeAttribute::plain() const {
    std::string out;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == '\\' && i + 1 < value.size()) ++i;
        out += value[i];
    }
    return out;
}

base::Result<Cpe> Cpe::parse(std::string_view text) {
    constexpr std::string_view formatted = "cpe:2.3:";
    constexpr std::string_view uri = "cpe:/";
    if (text.size() > longest_cpe) return base::too_large("a CPE name of more than 1024 bytes");
    if (text.starts_with(formatted)) return parse_formatted(text.substr(formatted.size()));
    if (text.starts_with(uri)) return parse_uri(text.substr(uri.size()));
    return base::invalid("a CPE name begins with cpe:2.3: or cpe:/");
}

std::string Cpe::text() const {
    std::string out = "cpe:2.3";
    for (const auto& a : attributes) {
        out += ':';
        out += a.kind == Kind::any ? "*" : a.kind == Kind::na ? "-" : a.value;
    }
    return out;
}

std::string Cpe::key() const {
    std::string out;
    for (const auto field : {CpeField::part, CpeField::vendor, CpeField::product}) {
        const auto& a = (*this)[field];
        if (a.kind != Kind::value || a.wildcard) return {};
        if (!out.empty()) out += ':';
        out += a.value;
    }
    return out;
}

// NISTIR 7696 table 6-2.
Relation relation(const CpeAttribute& source, const CpeAttribute& target) {
    if (target.wildcard) return Relation::undefined;
    if (source.kind == Kind::any) return target.kind == Kind::any ? Relation::equal : Relation::superset;
    if (target.kind == Kind::any) return Relation::subset;
    if (source.kind == Kind::na || target.kind == Kind::na)
        return source.kind == target.kind ? Relation::equal : Relation::disjoint;
    if (source.wildcard)
        return wild_match(source.value, target.plain()) ? Relation::superset : Relation::disjoint;
    return source.value == target.value ? Relation::equal : Relation::disjoint;
}

Relation relation(const Cpe& source, const Cpe& target) {
    bool wider = false;
    bool narrower = false;
    bool undefined = false;
    for (std::size_t i = 0; i < cpe_fields; ++i) {
        switch (relation(source.attributes[i], target.attributes[i])) {
        case Relation::disjoint:
            return Relation::disjoint;
        case Relation::superset:
            wider = true;
            break;
        case Relation::subset:
            narrower = true;
            break;
        case Relation::undefined:
            undefined = true;
            break;
        case Relation::equal:
            break;
        }
    }
    if (undefined || (wider && narrower)) return Relation::undefined;
    return wider ? Relation::superset : narrower ? Relation::subset : Relation::equal;
}

bool same_product(const Cpe& criteria, const Cpe& component) {
    const auto key = criteria.key();
    return !key.empty() && key == component.key();
}

} // namespace oakum::component
