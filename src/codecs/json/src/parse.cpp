// SPDX-License-Identifier: Apache-2.0
#include <json/parse.hpp>

#include <base/bytes.hpp>

#include "tree.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <optional>
#include <unordered_set>

namespace oakum::json {
namespace {

using base::Error;
using base::Result;
using base::Status;
using detail::Node;
using detail::Slice;
using detail::Tree;

constexpr std::size_t hard_bytes = 1024UL * 1024 * 1024;
constexpr std::size_t hard_depth = 256; // the reader recurses
// Beyond this many members a set finds repeated names instead of a walk.
constexpr std::size_t few_members = 16;

void append_utf8(std::string& out, std::uint32_t code) {
    const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0 | code >> 6);
        put(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        put(0xE0 | code >> 12);
        put(0x80 | (code >> 6 & 0x3F));
        put(0x80 | (code & 0x3F));
    } else {
        put(0xF0 | code >> 18);
        put(0x80 | (code >> 12 & 0x3F));
        put(0x80 | (code >> 6 & 0x3F));
        put(0x80 | (code & 0x3F));
    }
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

class Reader {
  public:
    Reader(Tree& tree, const Limits& limits)
        : tree_(tree), text_(tree.source), max_depth_(std::min(limits.max_depth, hard_depth)),
          max_values_(limits.max_values), floats_(limits.floats) {}

    Status document() {
        skip_space();
        TRY(value(0, {}, 0));
        skip_space();
        if (at_ != text_.size()) return bad("something follows the end of the document");
        return {};
    }

  private:
    Error place(Error error, std::size_t offset) const {
        const std::string_view before = text_.substr(0, offset);
        const auto line = std::count(before.begin(), before.end(), '\n') + 1;
        const std::size_t start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
        return std::move(error).at("line " + std::to_string(line) + ", column " +
                                   std::to_string(offset - start + 1));
    }
    Error bad(std::string message) const { return bad(std::move(message), at_); }
    Error bad(std::string message, std::size_t offset) const {
        return place(base::invalid(std::move(message)), offset);
    }

    bool more() const { return at_ < text_.size(); }
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    void skip_space() {
        while (more() &&
               (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
            ++at_;
    }
    bool take(char c) {
        if (peek() != c || !more()) return false;
        ++at_;
        return true;
    }

    // Reads one value and appends its nodes. `depth` counts the arrays and objects around it.
    Status value(std::uint32_t parent, Slice key, std::size_t depth) {
        if (tree_.nodes.size() >= max_values_)
            return place(
                base::too_large("the document has more than " + std::to_string(max_values_) + " values"),
                at_);
        const auto index = static_cast<std::uint32_t>(tree_.nodes.size());
        tree_.nodes.push_back({});
        tree_.nodes[index].begin = static_cast<std::uint32_t>(at_);
        tree_.nodes[index].parent = parent;
        tree_.nodes[index].key = key;
        TRY(body(index, depth));
        tree_.nodes[index].end = static_cast<std::uint32_t>(at_);
        tree_.nodes[index].next = static_cast<std::uint32_t>(tree_.nodes.size());
        return {};
    }

    Status body(std::uint32_t index, std::size_t depth) {
        if (!more()) return bad("the document ends where a value is wanted");
        switch (const char c = peek(); c) {
        case '{':
        case '[':
            if (depth >= max_depth_)
                return place(base::too_large("nested deeper than " + std::to_string(max_depth_) + " levels"),
                             at_);
            return c == '{' ? object(index, depth + 1) : array(index, depth + 1);
        case '"': {
            TRY_VALUE(const Slice text, string());
            tree_.nodes[index].type = Type::string;
            tree_.nodes[index].text = text;
            return {};
        }
        case 't':
            return word(index, "true", Type::boolean, 1);
        case 'f':
            return word(index, "false", Type::boolean, 0);
        case 'n':
            return word(index, "null", Type::null, 0);
        default:
            if (c == '-' || is_digit(c)) return number(index);
            return bad("a value cannot begin here");
        }
    }

    Status word(std::uint32_t index, std::string_view expected, Type type, std::uint64_t bits) {
        if (text_.substr(at_, expected.size()) != expected) return bad("a value cannot begin here");
        at_ += expected.size();
        tree_.nodes[index].type = type;
        tree_.nodes[index].bits = bits;
        return {};
    }

    Status array(std::uint32_t index, std::size_t depth) {
        tree_.nodes[index].type = Type::array;
        ++at_;
        skip_space();
        if (take(']')) return {};
        while (true) {
            TRY(value(index, {}, depth));
            ++tree_.nodes[index].count;
            skip_space();
            if (take(']')) return {};
            if (!take(',')) return bad("a ',' or ']' is wanted");
            skip_space();
        }
    }

    Status object(std::uint32_t index, std::size_t depth) {
        tree_.nodes[index].type = Type::object;
        ++at_;
        skip_space();
        if (take('}')) return {};
        // Owned copies: decoded text moves while it grows.
        std::unordered_set<std::string> names;
        while (true) {
            if (peek() != '"') return bad("a name in quotes is wanted");
            const std::size_t name_at = at_;
            TRY_VALUE(const Slice key, string());
            if (repeated(index, key, names))
                return bad("the name \"" + std::string(tree_.view(key).substr(0, 100)) + "\" is repeated",
                           name_at);
            skip_space();
            if (!take(':')) return bad("a ':' is wanted");
            skip_space();
            TRY(value(index, key, depth));
            ++tree_.nodes[index].count;
            skip_space();
            if (take('}')) return {};
            if (!take(',')) return bad("a ',' or '}' is wanted");
            skip_space();
        }
    }

    bool repeated(std::uint32_t object, Slice key, std::unordered_set<std::string>& names) const {
        const std::size_t count = tree_.nodes[object].count;
        const std::string_view name = tree_.view(key);
        if (count > few_members) return !names.emplace(name).second;
        std::uint32_t member = object + 1;
        for (std::size_t i = 0; i < count; ++i, member = tree_.nodes[member].next) {
            if (tree_.view(tree_.nodes[member].key) == name) return true;
            if (count == few_members) names.emplace(tree_.view(tree_.nodes[member].key));
        }
        if (count == few_members) names.emplace(name);
        return false;
    }

    Result<Slice> string() {
        const std::size_t opening = at_++;
        const std::size_t begin = at_;
        while (more() && text_[at_] != '"' && text_[at_] != '\\' &&
               static_cast<unsigned char>(text_[at_]) >= 0x20)
            ++at_;
        if (more() && text_[at_] == '"') {
            const Slice plain{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_ - begin),
                              false};
            ++at_;
            if (!base::is_utf8(tree_.view(plain))) return bad("the string is not UTF-8", opening);
            return plain;
        }
        return escaped(opening, begin);
    }

    // The rest of a string whose first escape is at at_, copied as it is decoded.
    Result<Slice> escaped(std::size_t opening, std::size_t begin) {
        std::string& out = tree_.decoded;
        const std::size_t start = out.size();
        out.append(text_.substr(begin, at_ - begin));
        while (true) {
            if (!more()) return bad("the string does not end", opening);
            const char c = text_[at_];
            if (c == '"') {
                ++at_;
                break;
            }
            if (static_cast<unsigned char>(c) < 0x20)
                return bad("a control character in a string must be escaped");
            if (c == '\\') {
                TRY(escape(out));
            } else {
                out += c;
                ++at_;
            }
        }
        const Slice slice{static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(out.size() - start),
                          true};
        if (!base::is_utf8(tree_.view(slice))) return bad("the string is not UTF-8", opening);
        return slice;
    }

    Status escape(std::string& out) {
        const std::size_t backslash = at_++;
        const char c = peek();
        ++at_;
        switch (c) {
        case '"':
        case '\\':
        case '/':
            out += c;
            return {};
        case 'b':
            out += '\b';
            return {};
        case 'f':
            out += '\f';
            return {};
        case 'n':
            out += '\n';
            return {};
        case 'r':
            out += '\r';
            return {};
        case 't':
            out += '\t';
            return {};
        case 'u':
            break;
        default:
            return bad("this escape is not known", backslash);
        }
        std::optional<std::uint32_t> code = hex4();
        if (!code) return bad("\\u wants four hexadecimal digits", backslash);
        if (*code == 0) return bad("U+0000 is not allowed in a string", backslash);
        if (*code >= 0xD800 && *code <= 0xDFFF) {
            if (*code >= 0xDC00 || text_.substr(at_, 2) != "\\u") return bad("a lone surrogate", backslash);
            at_ += 2;
            const std::optional<std::uint32_t> low = hex4();
            if (!low || *low < 0xDC00 || *low > 0xDFFF) return bad("a lone surrogate", backslash);
            *code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
        }
        append_utf8(out, *code);
        return {};
    }

    std::optional<std::uint32_t> hex4() {
        const std::string_view digits = text_.substr(std::min(at_, text_.size()), 4);
        std::uint32_t code = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
        if (digits.size() != 4 || error != std::errc() || end != digits.data() + 4) return std::nullopt;
        at_ += 4;
        return code;
    }

    Status number(std::uint32_t index) {
        const std::size_t begin = at_;
        take('-');
        if (!is_digit(peek())) return bad("a digit is wanted");
        if (take('0')) {
            if (is_digit(peek())) return bad("a number cannot begin with 0", begin);
        } else {
            skip_digits();
        }
        bool whole = true;
        if (take('.')) {
            whole = false;
            if (!is_digit(peek())) return bad("a digit is wanted");
            skip_digits();
        }
        if (peek() == 'e' || peek() == 'E') {
            whole = false;
            ++at_;
            if (!take('+')) take('-');
            if (!is_digit(peek())) return bad("a digit is wanted");
            skip_digits();
        }
        return store(tree_.nodes[index], text_.substr(begin, at_ - begin), whole, begin);
    }
    void skip_digits() {
        while (is_digit(peek()))
            ++at_;
    }

    Status store(Node& node, std::string_view digits, bool whole, std::size_t begin) const {
        const char* first = digits.data();
        const char* last = first + digits.size();
        if (whole && digits != "-0") {
            std::int64_t integer = 0;
            std::uint64_t natural = 0;
            if (std::from_chars(first, last, integer).ec == std::errc()) {
                node.type = Type::integer;
                node.bits = static_cast<std::uint64_t>(integer);
                return {};
            }
            if (digits.front() != '-' && std::from_chars(first, last, natural).ec == std::errc()) {
                node.type = Type::natural;
                node.bits = natural;
                return {};
            }
        }
        if (!floats_)
            return bad(whole ? "the number does not fit 64 bits" : "the number is not whole", begin);
        double real = 0;
        if (std::from_chars(first, last, real).ec != std::errc())
            return bad("the number does not fit a double", begin);
        node.type = Type::real;
        node.bits = std::bit_cast<std::uint64_t>(real);
        return {};
    }

    Tree& tree_;
    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t max_depth_;
    std::size_t max_values_;
    bool floats_;
};

} // namespace

Result<Value> parse(std::string_view text, const Limits& limits) {
    const std::size_t max_bytes = std::min(limits.max_bytes, hard_bytes);
    if (text.size() > max_bytes)
        return base::too_large("the document is larger than " + std::to_string(max_bytes) + " bytes");
    // Shared by the handles; see Value.
    const auto tree = std::make_shared<Tree>();
    tree->source = text;
    TRY(Reader(*tree, limits).document());
    return Tree::root(tree);
}

} // namespace oakum::json
