// SPDX-License-Identifier: Apache-2.0
#include "query_values.hpp"

#include <base/bytes.hpp>
#include <base/id.hpp>
#include <charconv>
#include <device/query_fields.hpp>

namespace oakum::device {
namespace {

struct Token {
    enum class Kind { end, word, quoted, open, close, comma, compare };
    Kind kind = Kind::end;
    std::string text; // without quotes and escapes
    bool prefix = false;
    Compare compare = Compare::equal;
    std::size_t column = 1;
};

base::Error at_column(std::string message, std::size_t column) {
    return base::invalid(std::move(message)).at("column " + std::to_string(column));
}

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_.-:/+~@*%#").find(c) != std::string_view::npos ||
           static_cast<unsigned char>(c) >= 0x80;
}

class Lexer {
  public:
    explicit Lexer(std::string_view text) : text_(text) {}

    base::Result<Token> next() {
        while (at_ < text_.size() && is_space(text_[at_]))
            ++at_;
        Token token;
        token.column = at_ + 1;
        if (at_ == text_.size()) return token;
        const char c = text_[at_];
        if (c == '(' || c == ')' || c == ',') {
            ++at_;
            token.kind = c == '(' ? Token::Kind::open : c == ')' ? Token::Kind::close : Token::Kind::comma;
            token.text = c;
            return token;
        }
        if (c == '"' || c == '\'') return quoted(c);
        if (c == '=' || c == '!' || c == '<' || c == '>') return compare();
        if (!is_word(c))
            return at_column(std::string("a '") + c + "' cannot stand here; put the value in quotes",
                             token.column);
        const std::size_t begin = at_;
        while (at_ < text_.size() && is_word(text_[at_]))
            ++at_;
        token.kind = Token::Kind::word;
        token.text = std::string(text_.substr(begin, at_ - begin));
        return star(std::move(token));
    }

  private:
    base::Result<Token> star(Token token) {
        const auto found = token.text.find('*');
        if (found == std::string::npos) return token;
        if (found + 1 != token.text.size())
            return at_column("a * stands only at the end of a value", token.column + found);
        token.text.pop_back();
        token.prefix = true;
        return token;
    }

    base::Result<Token> quoted(char quote) {
        Token token;
        token.kind = Token::Kind::quoted;
        token.column = at_ + 1;
        for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
            if (text_[at_] == '\\') {
                if (++at_ == text_.size()) break;
                token.text += text_[at_];
            } else if (text_[at_] == '*') {
                if (at_ + 1 == text_.size() || text_[at_ + 1] != quote)
                    return at_column("a * stands only at the end of a value; write \\* for the character",
                                     at_ + 1);
                token.prefix = true;
            } else {
                token.text += text_[at_];
            }
        }
        if (at_ >= text_.size()) return at_column("this quote is never closed", token.column);
        ++at_;
        return token;
    }

    base::Result<Token> compare() {
        Token token;
        token.kind = Token::Kind::compare;
        token.column = at_ + 1;
        const char c = text_[at_++];
        const bool equals = at_ < text_.size() && text_[at_] == '=';
        if (equals && c != '=') ++at_;
        if (c == '=') {
            if (equals) ++at_; // "==" is what many hands write
            token.compare = Compare::equal;
        } else if (c == '!') {
            if (!equals) return at_column("a '!' stands only in !=; write 'not' to negate", token.column);
            token.compare = Compare::not_equal;
        } else if (c == '<') {
            token.compare = equals ? Compare::less_equal : Compare::less;
        } else {
            token.compare = equals ? Compare::greater_equal : Compare::greater;
        }
        token.text = std::string(text_.substr(token.column - 1, at_ - token.column + 1));
        return token;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

std::string nearest(std::string_view name) {
    std::string_view best;
    std::size_t least = 3; // further away is no help
    const auto look = [&](std::string_view candidate) {
        if (name.size() > 40) return;
        const std::size_t d = distance(name, candidate);
        if (d < least) {
            least = d;
            best = candidate;
        }
    };
    for (const QueryField& field : query_fields())
        look(field.field == Field::component ? "component" : field.name);
    return best.empty() ? std::string() : "; did you mean '" + std::string(best) + "'?";
}

bool is_word_of(const Token& token, std::string_view word) {
    return token.kind == Token::Kind::word && !token.prefix && equal_ignoring_case(token.text, word);
}

class Parser {
  public:
    explicit Parser(std::string_view text) : lexer_(text) { query_.text = std::string(text); }

    base::Result<Query> parse() {
        TRY(advance());
        if (token_.kind == Token::Kind::end) {
            query_.root = add({Node::Kind::everything, 0, 0});
            return std::move(query_);
        }
        TRY_VALUE(query_.root, disjunction(0));
        if (token_.kind == Token::Kind::close) return at_column("this ')' closes nothing", token_.column);
        if (token_.kind != Token::Kind::end)
            return at_column("expected 'and', 'or' or the end, found '" + token_.text + "'", token_.column);
        return std::move(query_);
    }

  private:
    base::Status advance() {
        TRY_VALUE(token_, lexer_.next());
        return {};
    }

    std::uint32_t add(Node node) {
        query_.nodes.push_back(node);
        return static_cast<std::uint32_t>(query_.nodes.size() - 1);
    }

    base::Result<std::uint32_t> disjunction(std::size_t depth) {
        TRY_VALUE(std::uint32_t left, conjunction(depth));
        while (is_word_of(token_, "or")) {
            TRY(advance());
            TRY_VALUE(const std::uint32_t right, conjunction(depth));
            left = add({Node::Kind::disjunction, left, right});
        }
        return left;
    }

    base::Result<std::uint32_t> conjunction(std::size_t depth) {
        TRY_VALUE(std::uint32_t left, negation(depth));
        while (is_word_of(token_, "and")) {
            TRY(advance());
            TRY_VALUE(const std::uint32_t right, negation(depth));
            left = add({Node::Kind::conjunction, left, right});
        }
        return left;
    }

    base::Result<std::uint32_t> negation(std::size_t depth) {
        if (depth >= kMaxQueryDepth)
            return at_column("more than " + std::to_string(kMaxQueryDepth) + " levels deep", token_.column);
        if (is_word_of(token_, "not")) {
            TRY(advance());
            TRY_VALUE(const std::uint32_t inner, negation(depth + 1));
            return add({Node::Kind::negation, inner, 0});
        }
        if (token_.kind == Token::Kind::open) {
            const std::size_t opened = token_.column;
            TRY(advance());
            TRY_VALUE(const std::uint32_t inner, disjunction(depth + 1));
            if (token_.kind != Token::Kind::close)
                return at_column("expected ')' for the '(' of column " + std::to_string(opened),
                                 token_.column);
            TRY(advance());
            return inner;
        }
        return term();
    }

    base::Result<std::uint32_t> term() {
        if (token_.kind == Token::Kind::end) return at_column("expected a condition", token_.column);
        if (token_.kind != Token::Kind::word || token_.prefix)
            return at_column("expected the name of a field, found '" + token_.text + "'", token_.column);
        if (query_.terms.size() == kMaxQueryTerms)
            return at_column("more than " + std::to_string(kMaxQueryTerms) + " conditions", token_.column);
        const Token name = token_;
        TRY(advance());
        Term term;
        if (is_word_of(name, "exists") && token_.kind == Token::Kind::open) {
            TRY(exists(term));
        } else if (is_word_of(name, "component")) {
            TRY(component(term, name));
        } else {
            TRY(named(term, name));
            if (is_flag(term.field) && !compares())
                term.presence = true;
            else
                TRY(comparison(term));
        }
        query_.terms.push_back(std::move(term));
        return add({Node::Kind::term, static_cast<std::uint32_t>(query_.terms.size() - 1), 0});
    }

    bool compares() const {
        return token_.kind == Token::Kind::compare || is_word_of(token_, "in") || is_word_of(token_, "not");
    }

    base::Status named(Term& term, const Token& name) {
        term.column = name.column;
        term.name = name.text;
        std::transform(term.name.begin(), term.name.end(), term.name.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
        const QueryField* field = find_query_field(term.name);
        if (field == nullptr)
            return at_column("there is no field '" + name.text + "'" + nearest(term.name), name.column);
        term.type = field->type;
        term.field = field->field;
        return {};
    }

    base::Status exists(Term& term) {
        TRY(advance());
        if (token_.kind != Token::Kind::word || token_.prefix)
            return at_column("expected the name of a field", token_.column);
        const Token name = token_;
        TRY(named(term, name));
        if (!find_query_field(term.name)->exists)
            return at_column("exists() does not know '" + name.text + "'", name.column);
        term.presence = true;
        TRY(advance());
        if (token_.kind != Token::Kind::close) return at_column("expected ')'", token_.column);
        return advance();
    }

    base::Status component(Term& term, const Token& name) {
        term.field = Field::component;
        term.column = name.column;
        if (token_.kind != Token::Kind::open)
            return at_column("expected '(' and a name: component(\"busybox\")", token_.column);
        TRY(advance());
        if ((token_.kind != Token::Kind::quoted && token_.kind != Token::Kind::word) || token_.prefix ||
            token_.text.empty())
            return at_column("expected the name of a component", token_.column);
        term.name = token_.text;
        TRY(advance());
        if (token_.kind != Token::Kind::close) return at_column("expected ')'", token_.column);
        TRY(advance());
        if (!compares()) {
            term.presence = true;
            return {};
        }
        term.type = ValueType::version;
        return comparison(term);
    }

    base::Status comparison(Term& term) {
        bool negated = false;
        if (is_word_of(token_, "not")) {
            negated = true;
            TRY(advance());
            if (!is_word_of(token_, "in")) return at_column("expected 'in' after 'not'", token_.column);
        }
        if (is_word_of(token_, "in")) {
            TRY(advance());
            term.compare = negated ? Compare::not_equal : Compare::equal;
            if (token_.kind != Token::Kind::open) return value(term);
            do {
                TRY(advance());
                TRY(value(term));
                if (term.values.size() > 1000) return at_column("more than 1000 values", token_.column);
            } while (token_.kind == Token::Kind::comma);
            if (token_.kind != Token::Kind::close) return at_column("expected ',' or ')'", token_.column);
            return advance();
        }
        if (token_.kind != Token::Kind::compare)
            return at_column("expected =, !=, <, <=, >, >= or in after '" + term.name + "'", token_.column);
        term.compare = token_.compare;
        if (term.compare != Compare::equal && term.compare != Compare::not_equal) {
            if (!has_order(term.type))
                return at_column("'" + term.name + "' has no order: use =, != or in", token_.column);
        }
        TRY(advance());
        return value(term);
    }

    base::Status value(Term& term) {
        if (token_.kind != Token::Kind::word && token_.kind != Token::Kind::quoted)
            return at_column("expected a value", token_.column);
        if (token_.text.empty() && !token_.prefix)
            return at_column("an empty value: use exists(" + term.name + ")", token_.column);
        if (!base::is_utf8(token_.text)) return at_column("this is not UTF-8", token_.column);
        Literal literal;
        literal.text = token_.text;
        literal.prefix = token_.prefix;
        prepare(literal);
        TRY(check(term, literal));
        term.values.push_back(std::move(literal));
        return advance();
    }

    // What can never match is refused here, with its column, instead of being silently false.
    base::Status check(const Term& term, const Literal& literal) {
        const bool ordered = term.compare != Compare::equal && term.compare != Compare::not_equal;
        const auto refuse = [&](const std::string& wanted) {
            return at_column("'" + literal.text + "' is not " + wanted, token_.column);
        };
        if (literal.prefix) {
            if (ordered) return at_column("a * goes with =, != and in only", token_.column);
            return {};
        }
        if (term.field == Field::lifecycle && !one_of(find_query_field(term.name)->words, literal.text))
            return refuse("pending, active, quiet, retired or unmanaged");
        if (term.field == Field::deployment && !one_of(deployment_words(), literal.text))
            return refuse("'none' or a state of a deployment such as 'failed' or 'verified'");
        if (term.field == Field::rollout && literal.text != "none" && !base::parse_id128(literal.text).ok())
            return refuse("'none' or a rollout's id");
        if (term.field == Field::id && !base::parse_id128(literal.text).ok()) return refuse("a device's id");
        if (term.type == ValueType::date && !literal.time) return refuse("a date such as 2026-11-05");
        if (term.type == ValueType::number && !literal.number) return refuse("a number");
        if (term.type == ValueType::boolean &&
            rank_in({"yes", "no", "true", "false", "1", "0"}, literal.text) < 0)
            return refuse("yes or no");
        if (term.type == ValueType::address && !literal.range)
            return refuse("an address or a range such as 10.1.0.0/16");
        if (term.type == ValueType::criticality && !rank_of(term.type, literal.text))
            return refuse("low, medium, high or critical");
        if (term.type == ValueType::exposure && !rank_of(term.type, literal.text))
            return refuse("isolated, internal or internet");
        if (term.type == ValueType::version && ordered && literal.version_key.empty())
            return refuse("a version");
        return {};
    }

    static bool one_of(std::span<const std::string_view> words, std::string_view text) {
        return std::any_of(words.begin(), words.end(),
                           [&](std::string_view word) { return equal_ignoring_case(word, text); });
    }

    static int rank_in(std::initializer_list<std::string_view> words, std::string_view text) {
        int i = 0;
        for (std::string_view word : words) {
            if (equal_ignoring_case(word, text)) return i;
            ++i;
        }
        return -1;
    }

    Lexer lexer_;
    Token token_;
    Query query_;
};

} // namespace

base::Result<Query> parse_query(std::string_view text) {
    if (text.size() > kMaxQueryLength)
        return at_column("a query has at most " + std::to_string(kMaxQueryLength) + " characters",
                         kMaxQueryLength);
    return Parser(text).parse();
}

std::string caret(std::string_view text, const base::Error& error) {
    constexpr std::string_view prefix = "column ";
    std::size_t column = 0;
    if (error.where.starts_with(prefix))
        std::from_chars(error.where.data() + prefix.size(), error.where.data() + error.where.size(), column);
    if (column == 0 || column > text.size() + 1) return std::string(text);
    // The line that the column is in; one mark for each character before it, whatever its length in bytes.
    const std::size_t begin = column == 1 ? 0 : text.rfind('\n', column - 2) + 1;
    const std::size_t end = std::min(text.find('\n', column - 1), text.size());
    std::string marks;
    for (std::size_t i = begin; i + 1 < column; ++i)
        if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) marks += text[i] == '\t' ? '\t' : ' ';
    return std::string(text.substr(begin, end - begin)) + "\n" + marks + "^";
}

std::size_t specificity(const Query& query) {
    return query.terms.size();
}

} // namespace oakum::device
