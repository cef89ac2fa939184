// SPDX-License-Identifier: Apache-2.0
#include <hawkbit_pages/filter.hpp>

#include <base/time.hpp>
#include <device/attributes.hpp>
#include <device/query.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace oakum::hawkbit_pages {
namespace {

using base::Result;
using base::Status;

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

enum class Kind : std::uint8_t { text, time, attribute };
struct Field {
    std::string name; // of ours
    Kind kind = Kind::text;
};

std::optional<Field> field_of(std::string_view selector) {
    const std::string name = lower(selector);
    if (name == "id" || name == "controllerid") return Field{"serial"};
    if (name == "name") return Field{"name"};
    if (name == "ipaddress" || name == "address") return Field{"address"};
    if (name == "lastcontrollerrequestat" || name == "lasttargetquery") return Field{"last_seen", Kind::time};
    for (const std::string_view of : {"attribute.", "controllerattributes."})
        if (name.starts_with(of) && name.size() > of.size())
            return Field{device::attribute_key(selector.substr(of.size())), Kind::attribute};
    return std::nullopt;
}

std::string at_column(std::size_t at) {
    return " (column " + std::to_string(at + 1) + ")";
}

// Only what our language can ask for in the same sense.
class Reader {
  public:
    explicit Reader(std::string_view text) : text_(text) {}

    Result<Translated> read() {
        TRY(either(0));
        skip();
        if (at_ < text_.size()) return wrong("this is no RSQL");
        TRY(device::parse_query(out_.query));
        return std::move(out_);
    }

  private:
    base::Error wrong(const std::string& what) const { return base::invalid(what + at_column(at_)); }

    void skip() {
        while (at_ < text_.size() && text_[at_] == ' ')
            ++at_;
    }
    bool take(char c) {
        skip();
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    // A word of its own, whatever its case.
    bool take(std::string_view word) {
        skip();
        const std::size_t end = at_ + word.size();
        if (lower(text_.substr(at_, word.size())) != word) return false;
        if (end < text_.size() && text_[end] != ' ' && text_[end] != '(') return false;
        at_ = end;
        return true;
    }

    Status either(std::size_t depth) {
        TRY(both(depth));
        while (take(',') || take(std::string_view("or"))) {
            out_.query += " or ";
            TRY(both(depth));
        }
        return {};
    }
    Status both(std::size_t depth) {
        TRY(constraint(depth));
        while (take(';') || take(std::string_view("and"))) {
            out_.query += " and ";
            TRY(constraint(depth));
        }
        return {};
    }
    Status constraint(std::size_t depth) {
        if (take('(')) {
            if (depth >= kMaxFilterDepth) return base::too_large("parentheses within 32 others");
            out_.query += '(';
            TRY(either(depth + 1));
            if (!take(')')) return wrong("a ) is missing");
            out_.query += ')';
            return {};
        }
        if (++terms_ > kMaxFilterTerms) return base::too_large("more than 128 conditions");
        return comparison();
    }

    std::string_view plain_word(std::string_view ends) {
        const std::size_t begin = at_;
        while (at_ < text_.size() && ends.find(text_[at_]) == std::string_view::npos)
            ++at_;
        return text_.substr(begin, at_ - begin);
    }

    Result<std::string> operation() {
        skip();
        constexpr std::array kOperations = {
            std::pair{"==", "="},    std::pair{"!=", "!="},        std::pair{"=lt=", "<"},
            std::pair{"=le=", "<="}, std::pair{"=gt=", ">"},       std::pair{"=ge=", ">="},
            std::pair{"=in=", "in"}, std::pair{"=out=", "not in"}, std::pair{"<=", "<="},
            std::pair{">=", ">="},   std::pair{"<", "<"},          std::pair{">", ">"},
        };
        for (const auto& [theirs, ours] : kOperations) {
            const std::string_view word = theirs;
            if (lower(text_.substr(at_, word.size())) != word) continue;
            at_ += word.size();
            return std::string(ours);
        }
        return wrong("this comparison has no counterpart here");
    }

    // A value as it is written, and whether a * at its end means any rest.
    struct Value {
        std::string text;
        bool any_rest = false;
    };
    Result<Value> value() {
        skip();
        const std::size_t begin = at_;
        Value value;
        if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) {
            const char quote = text_[at_++];
            while (at_ < text_.size() && text_[at_] != quote) {
                if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
                value.text += text_[at_++];
            }
            if (at_ >= text_.size()) return wrong("a quote is never closed");
            ++at_;
        } else {
            value.text = plain_word(" \"'();,=!~<>");
        }
        if (value.text.empty()) return wrong("an empty value cannot be asked for here");
        if (value.text.find("${") != std::string::npos) {
            at_ = begin;
            return wrong("a moment that is worked out when it is asked (" + value.text +
                         ") is not known here");
        }
        const std::size_t star = value.text.find('*');
        if (star == std::string::npos) return value;
        if (star + 1 != value.text.size()) {
            at_ = begin;
            return wrong("a * stands only at the end of a value here");
        }
        value.text.pop_back();
        value.any_rest = true;
        return value;
    }

    Result<std::string> written(const Field& field, const Value& value, std::size_t begin) {
        if (field.kind == Kind::time) {
            std::int64_t moment = 0;
            const char* end = value.text.data() + value.text.size();
            const auto [stop, error] = std::from_chars(value.text.data(), end, moment);
            constexpr std::int64_t kYear9999 = 253'402'300'799'000;
            if (error != std::errc() || stop != end || value.any_rest || moment < 0 || moment > kYear9999)
                return base::invalid("a moment is milliseconds since 1970" + at_column(begin));
            return base::to_iso8601(base::from_unix_ms(moment));
        }
        std::string text = "\"";
        for (const char c : value.text) {
            if (c == '"' || c == '\\' || c == '*') text += '\\';
            text += c;
        }
        return text + (value.any_rest ? "*\"" : "\"");
    }

    void note(std::string sentence) {
        if (std::ranges::find(out_.notes, sentence) == out_.notes.end())
            out_.notes.push_back(std::move(sentence));
    }

    Status comparison() {
        skip();
        const std::size_t begin = at_;
        const std::string_view selector = plain_word(" \"'();,=!~<>");
        if (selector.empty()) return wrong("the name of a field is missing");
        const auto field = field_of(selector);
        if (!field)
            return base::invalid("\"" + std::string(selector.substr(0, 80)) + "\" is not taken over" +
                                 at_column(begin));
        TRY_VALUE(const std::string operation, this->operation());
        const bool list = operation == "in" || operation == "not in";
        if (list && !take('(')) return wrong("a list in parentheses is needed");
        std::string values;
        bool whole = false;
        do {
            skip();
            const std::size_t from = at_;
            TRY_VALUE(const Value value, this->value());
            whole = value.any_rest && value.text.empty();
            if (whole && (list || (operation != "=" && operation != "!=")))
                return base::invalid("a * alone stands only after == and != here" + at_column(from));
            TRY_VALUE(const std::string text, written(*field, value, from));
            values += (values.empty() ? "" : ", ") + text;
        } while (list && take(','));
        if (list && !take(')')) return wrong("a ) is missing");
        const bool unlike = operation == "!=" || operation == "not in";
        if (whole) {
            out_.query += (unlike ? "not exists(" : "exists(") + field->name + ")";
            return {};
        }
        if (unlike)
            note("a device that does not say " + field->name + " is not selected by what it should not be");
        if (field->kind == Kind::attribute && !list && operation != "=" && operation != "!=")
            note(field->name + " is compared as a version or a number where it is one, not letter by letter");
        out_.query += field->name + " " + operation + " " + (list ? "(" + values + ")" : values);
        return {};
    }

    const std::string_view text_;
    std::size_t at_ = 0, terms_ = 0;
    Translated out_;
};

} // namespace

Result<Translated> translate(std::string_view rsql) {
    if (rsql.size() > kMaxFilter) return base::too_large("a filter of more than 4096 characters");
    return Reader(rsql).read();
}

} // namespace oakum::hawkbit_pages
