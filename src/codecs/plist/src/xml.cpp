// SPDX-License-Identifier: Apache-2.0
// The XML form: what Apple's document type has, and no more of XML than that needs.
#include "forms.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace oakum::plist {
namespace {

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return text;
}

class Reader {
  public:
    Reader(std::string_view document, const Limits& limits) : text_(document), budget_(limits) {}

    base::Result<Value> read() {
        if (!base::is_utf8(text_)) return base::invalid("it is not UTF-8");
        if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
        TRY(prolog());
        TRY_VALUE(const Tag open, tag());
        if (open.name != "plist" || open.closes || open.empty)
            return broken("it does not begin with <plist>");
        TRY_VALUE(Value value, element(1));
        TRY(between());
        TRY_VALUE(const Tag close, tag());
        if (close.name != "plist" || !close.closes) return broken("</plist> is missing");
        TRY(between());
        if (at_ != text_.size()) return broken("something follows after its end");
        return value;
    }

  private:
    struct Tag {
        std::string_view name;
        bool closes = false, empty = false;
    };

    base::Error broken(std::string what) const {
        const auto lines = std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n');
        return base::invalid(std::move(what)).at("line " + std::to_string(lines + 1));
    }
    bool takes(std::string_view word) {
        if (!text_.substr(at_).starts_with(word)) return false;
        at_ += word.size();
        return true;
    }
    base::Result<std::string_view> until(std::string_view mark) {
        const std::size_t end = text_.find(mark, at_);
        if (end == std::string_view::npos) return broken("it ends before " + std::string(mark));
        const std::string_view piece = text_.substr(at_, end - at_);
        at_ = end + mark.size();
        return piece;
    }

    // Whitespace and comments.
    base::Status between() {
        while (true) {
            while (at_ < text_.size() && is_space(text_[at_]))
                ++at_;
            if (!takes("<!--")) return {};
            TRY(until("-->"));
        }
    }

    base::Status prolog() {
        TRY(between());
        if (takes("<?xml")) TRY(until("?>"));
        TRY(between());
        if (!takes("<!DOCTYPE")) return {};
        TRY_VALUE(const std::string_view declared, until(">"));
        // Definitions of its own: entities that balloon.
        if (declared.find('[') != std::string_view::npos)
            return broken("a document type with definitions of its own");
        return {};
    }

    base::Result<Tag> tag() {
        TRY(between());
        if (!takes("<")) return broken("an element is missing");
        Tag tag;
        tag.closes = takes("/");
        TRY_VALUE(std::string_view inside, until(">"));
        if (inside.ends_with('/')) {
            tag.empty = true;
            inside.remove_suffix(1);
        }
        // <plist version="1.0"> has the one attribute that there is.
        tag.name = inside.substr(0, inside.find_first_of(" \t\r\n"));
        if (tag.name.empty() || (tag.name != "plist" && tag.name != trimmed(inside)) ||
            (tag.closes && tag.empty))
            return broken("an element that cannot be read");
        return tag;
    }

    base::Result<Value> element(std::size_t depth) {
        TRY_VALUE(const Tag open, tag());
        return element(open, depth);
    }

    base::Result<Value> element(const Tag& open, std::size_t depth) {
        if (open.closes) return broken("</" + std::string(open.name.substr(0, 32)) + "> closes nothing");
        TRY(budget_.spend(depth));
        if (open.name == "dict") return dict(open, depth);
        if (open.name == "array") return array(open, depth);
        std::string text;
        if (!open.empty) {
            TRY_VALUE(text, content(open.name));
        }
        TRY(budget_.spend(depth, text.size()));
        return leaf(open.name, std::move(text));
    }

    base::Result<Value> leaf(std::string_view name, std::string text) const {
        if (name == "string") return Value(std::move(text));
        const std::string_view bare = trimmed(text);
        if (name == "true" || name == "false") {
            if (!bare.empty()) return broken("<" + std::string(name) + "> with something inside");
            return Value(name == "true");
        }
        if (name == "integer") return integer(bare);
        if (name == "real") return real(bare);
        if (name == "date") {
            // The form that Apple writes, in UTC.
            const auto date =
                bare.ends_with('Z') ? base::parse_time(bare) : base::Result<base::TimePoint>(broken(""));
            if (!date.ok()) return broken("a date that cannot be read");
            return Value(*date);
        }
        if (name == "data") {
            std::string packed;
            for (const char c : bare)
                if (!is_space(c)) packed += c;
            auto bytes = base::from_base64(packed);
            if (!bytes.ok()) return broken("data that is no base64");
            return Value(*std::move(bytes));
        }
        return broken("an element <" + std::string(name.substr(0, 32)) + "> that no property list has");
    }

    base::Result<Value> integer(std::string_view bare) const {
        std::int64_t value = 0;
        if (bare.starts_with('+')) bare.remove_prefix(1);
        const auto [end, error] = std::from_chars(bare.data(), bare.data() + bare.size(), value);
        if (error != std::errc() || end != bare.data() + bare.size())
            return broken("a number that cannot be read");
        return Value(value);
    }
    base::Result<Value> real(std::string_view bare) const {
        double value = 0;
        if (bare.starts_with('+')) bare.remove_prefix(1);
        const auto [end, error] = std::from_chars(bare.data(), bare.data() + bare.size(), value);
        if (error != std::errc() || end != bare.data() + bare.size() || !std::isfinite(value))
            return broken("a number that cannot be read");
        return Value(value);
    }

    // The text up to the closing tag.
    base::Result<std::string> content(std::string_view name) {
        std::string text;
        while (true) {
            const std::size_t end = text_.find_first_of("<&", at_);
            if (end == std::string_view::npos)
                return broken("it ends inside <" + std::string(name.substr(0, 32)) + ">");
            text += text_.substr(at_, end - at_);
            at_ = end;
            if (takes("&")) {
                TRY_VALUE(const std::string meant, entity());
                text += meant;
            } else if (takes("<![CDATA[")) {
                TRY_VALUE(const std::string_view plain, until("]]>"));
                text += plain;
            } else if (takes("<!--")) {
                TRY(until("-->"));
            } else {
                TRY_VALUE(const Tag close, tag());
                if (!close.closes || close.name != name)
                    return broken("<" + std::string(name.substr(0, 32)) + "> is not closed");
                return text;
            }
        }
    }

    base::Result<std::string> entity() {
        const std::size_t end = text_.substr(at_, 12).find(';');
        if (end == std::string_view::npos) return broken("an entity that cannot be read");
        const std::string_view name = text_.substr(at_, end);
        at_ += end + 1;
        for (const auto& [word, meant] : {std::pair("lt", "<"), std::pair("gt", ">"), std::pair("amp", "&"),
                                          std::pair("quot", "\""), std::pair("apos", "'")})
            if (name == word) return std::string(meant);
        if (!name.starts_with('#')) return broken("an entity of its own");
        const bool hex = name.starts_with("#x");
        const std::string_view digits = name.substr(hex ? 2 : 1);
        std::uint32_t code = 0;
        const auto [stop, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), code, hex ? 16 : 10);
        if (error != std::errc() || stop != digits.data() + digits.size() || code == 0 || code > 0x10FFFF ||
            (code >= 0xD800 && code < 0xE000))
            return broken("an entity that is no character");
        std::string text;
        const auto put = [&text](std::uint32_t byte) { text += static_cast<char>(byte); };
        if (code < 0x80) {
            put(code);
        } else if (code < 0x800) {
            put(0xC0 | code >> 6U);
            put(0x80 | (code & 63U));
        } else if (code < 0x10000) {
            put(0xE0 | code >> 12U);
            put(0x80 | (code >> 6U & 63U));
            put(0x80 | (code & 63U));
        } else {
            put(0xF0 | code >> 18U);
            put(0x80 | (code >> 12U & 63U));
            put(0x80 | (code >> 6U & 63U));
            put(0x80 | (code & 63U));
        }
        return text;
    }

    base::Result<Value> array(const Tag& open, std::size_t depth) {
        Array items;
        while (!open.empty) {
            TRY_VALUE(const Tag next, tag());
            if (next.closes && next.name == "array") break;
            TRY_VALUE(Value item, element(next, depth + 1));
            items.push_back(std::move(item));
        }
        return Value(std::move(items));
    }

    base::Result<Value> dict(const Tag& open, std::size_t depth) {
        std::vector<std::pair<std::string, Value>> members;
        while (!open.empty) {
            TRY_VALUE(const Tag next, tag());
            if (next.closes && next.name == "dict") break;
            if (next.name != "key" || next.closes || next.empty) return broken("a value without a key");
            TRY_VALUE(std::string key, content("key"));
            TRY(budget_.spend(depth, key.size()));
            TRY_VALUE(Value value, element(depth + 1));
            members.emplace_back(std::move(key), std::move(value));
        }
        auto dict = Dict::of(std::move(members));
        if (!dict.ok()) return broken(dict.error().message);
        return Value(*std::move(dict));
    }

    std::string_view text_;
    Budget budget_;
    std::size_t at_ = 0;
};

} // namespace

base::Result<Value> parse_xml(std::string_view document, const Limits& limits) {
    return Reader(document, limits).read();
}

} // namespace oakum::plist
