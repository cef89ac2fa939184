// SPDX-License-Identifier: Apache-2.0
#include <yaml/parse.hpp>

#include <base/bytes.hpp>

#include <yaml.h>

#include <algorithm>
#include <unordered_map>

namespace oakum::yaml {
namespace {

// libyaml is C: an event owns memory until it is deleted.
class Event {
  public:
    Event() = default;
    ~Event() { yaml_event_delete(&event_); }
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;
    yaml_event_t* get() { return &event_; }
    yaml_event_type_t type() const { return event_.type; }
    Mark mark() const { return {event_.start_mark.line + 1, event_.start_mark.column + 1}; }
    const yaml_event_t* operator->() const { return &event_; }

  private:
    yaml_event_t event_{};
};

class Parser {
  public:
    explicit Parser(std::string_view text) : text_(text) {
        good_ = yaml_parser_initialize(&parser_) == 1;
        if (!good_) return;
        yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
        // It wants an address even of nothing.
        const std::string_view input = text.empty() ? std::string_view("") : text;
        yaml_parser_set_input_string(&parser_, base::as_bytes(input).data(), input.size());
    }
    ~Parser() {
        if (good_) yaml_parser_delete(&parser_);
    }
    Parser(const Parser&) = delete;
    Parser& operator=(const Parser&) = delete;

    // Fills a fresh event, or says what is wrong.
    bool next(Event& event, Wrong& wrong) {
        if (good_ && yaml_parser_parse(&parser_, event.get()) == 1) return true;
        wrong = good_ ? words() : Wrong{{}, "there is no memory to read it"};
        return false;
    }

  private:
    std::string_view line_at(std::size_t line) const {
        std::string_view rest = text_;
        for (; line > 0; --line) {
            const std::size_t end = rest.find('\n');
            if (end == std::string_view::npos) return {};
            rest.remove_prefix(end + 1);
        }
        return rest.substr(0, rest.find('\n'));
    }
    Wrong words() const {
        const yaml_mark_t& mark = parser_.problem_mark;
        const Mark at{mark.line + 1, mark.column + 1};
        if (parser_.error == YAML_READER_ERROR) {
            // No mark comes with it, but how far the bytes were good.
            const std::string_view before = text_.substr(0, std::min(parser_.problem_offset, text_.size()));
            const auto lines = static_cast<std::size_t>(std::ranges::count(before, '\n'));
            return {{lines + 1, 1}, "a character that YAML does not allow"};
        }
        const std::string_view line = line_at(mark.line);
        const std::string_view indent = line.substr(0, std::min(line.find_first_not_of(" \t"), line.size()));
        if (indent.find('\t') != std::string_view::npos)
            return {{mark.line + 1, indent.find('\t') + 1}, "lines are indented with spaces, not with tabs"};
        std::string what = "this is not YAML: ";
        what += parser_.problem != nullptr ? parser_.problem : "it cannot be read";
        if (parser_.context != nullptr) {
            what += std::string(", ") + parser_.context;
            if (parser_.context_mark.line != mark.line)
                what += " that begins in line " + std::to_string(parser_.context_mark.line + 1);
        }
        if (parser_.error == YAML_SCANNER_ERROR || parser_.error == YAML_PARSER_ERROR)
            what += "; look at the indentation, and put text with \": \" or \" #\" in quotes";
        return {at, std::move(what)};
    }

    std::string_view text_;
    yaml_parser_t parser_{};
    bool good_ = false;
};

std::string_view text_of(const yaml_char_t* bytes, std::size_t size) {
    return base::as_text(base::ByteView(bytes, size));
}

class Builder {
  public:
    Builder(std::string_view text, const Limits& limits) : parser_(text), limits_(limits) {}

    std::variant<std::vector<Node>, Wrong> documents() {
        std::vector<Node> all;
        for (;;) {
            Event event;
            if (!parser_.next(event, wrong_)) return wrong_;
            if (event.type() == YAML_STREAM_END_EVENT) return all;
            if (event.type() == YAML_DOCUMENT_START_EVENT) {
                const auto& start = event->data.document_start;
                if (start.version_directive != nullptr ||
                    start.tag_directives.start != start.tag_directives.end)
                    return Wrong{event.mark(), "lines that begin with % are not taken here"};
                Node node;
                if (!value(node, 0)) return wrong_;
                const bool empty = node.kind == Node::Kind::scalar && node.plain && node.text.empty();
                if (!empty && all.size() == limits_.max_documents)
                    return Wrong{node.mark, "a file has at most " + std::to_string(limits_.max_documents) +
                                                " documents"};
                if (!empty) all.push_back(std::move(node));
            }
        }
    }

  private:
    bool refuse(Mark mark, std::string what) {
        wrong_ = {mark, std::move(what)};
        return false;
    }
    bool value(Node& node, std::size_t depth) {
        Event event;
        return parser_.next(event, wrong_) && value(event, node, depth);
    }
    // Of an event that was read already.
    bool value(const Event& event, Node& node, std::size_t depth) {
        node.mark = event.mark();
        if (++values_ > limits_.max_values)
            return refuse(node.mark, "a file has at most " + std::to_string(limits_.max_values) + " values");
        if (event.type() == YAML_ALIAS_EVENT)
            return refuse(node.mark, "aliases (*name) are not taken: write the value out");
        if (event.type() == YAML_SCALAR_EVENT) return scalar(event, node);
        if (depth == limits_.max_depth)
            return refuse(node.mark, "lists and mappings go at most " + std::to_string(limits_.max_depth) +
                                         " deep into each other");
        if (event.type() == YAML_SEQUENCE_START_EVENT) {
            const auto& start = event->data.sequence_start;
            return bare(node.mark, start.anchor, start.tag) && sequence(node, depth);
        }
        if (event.type() == YAML_MAPPING_START_EVENT) {
            const auto& start = event->data.mapping_start;
            return bare(node.mark, start.anchor, start.tag) && mapping(node, depth);
        }
        return refuse(node.mark, "a value is missing here");
    }
    bool bare(Mark mark, const yaml_char_t* anchor, const yaml_char_t* tag) {
        if (anchor != nullptr)
            return refuse(mark, "anchors (&name) are not taken: write the value out where it is needed");
        if (tag != nullptr) return refuse(mark, "tags (!name) are not taken: put text in quotes instead");
        return true;
    }
    bool scalar(const Event& event, Node& node) {
        const auto& scalar = event->data.scalar;
        if (!bare(node.mark, scalar.anchor, scalar.tag)) return false;
        node.kind = Node::Kind::scalar;
        node.text = text_of(scalar.value, scalar.length);
        node.plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
        // Escapes can make what the file's own bytes cannot.
        if (node.text.find('\0') != std::string::npos || !base::is_utf8(node.text))
            return refuse(node.mark, "this text has a character that cannot be kept");
        return true;
    }
    bool sequence(Node& node, std::size_t depth) {
        node.kind = Node::Kind::sequence;
        for (;;) {
            Event event;
            if (!parser_.next(event, wrong_)) return false;
            if (event.type() == YAML_SEQUENCE_END_EVENT) return true;
            Node item;
            if (!value(event, item, depth + 1)) return false;
            node.items.push_back(std::move(item));
        }
    }
    bool mapping(Node& node, std::size_t depth) {
        node.kind = Node::Kind::mapping;
        std::unordered_map<std::string, std::size_t> lines;
        for (;;) {
            Event event;
            if (!parser_.next(event, wrong_)) return false;
            if (event.type() == YAML_MAPPING_END_EVENT) return true;
            Node name;
            if (event.type() != YAML_SCALAR_EVENT) return refuse(event.mark(), "a name here is a word");
            if (!value(event, name, depth + 1)) return false;
            const auto [known, fresh] = lines.try_emplace(name.text, name.mark.line);
            if (!fresh)
                return refuse(name.mark, "\"" + name.text.substr(0, 64) + "\" stands in line " +
                                             std::to_string(known->second) + " already");
            Node item;
            if (!value(item, depth + 1)) return false;
            node.names.push_back({std::move(name.text), name.mark});
            node.items.push_back(std::move(item));
        }
    }

    Parser parser_;
    const Limits& limits_;
    std::size_t values_ = 0;
    Wrong wrong_;
};

} // namespace

const Node* Node::find(std::string_view name) const {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i].text == name) return &items[i];
    return nullptr;
}

std::variant<std::vector<Node>, Wrong> parse(std::string_view text, const Limits& limits) {
    if (text.size() > limits.max_bytes)
        return Wrong{{}, "the file has more than " + std::to_string(limits.max_bytes) + " bytes"};
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    std::size_t line = 1;
    for (std::string_view rest = text; !rest.empty(); ++line) {
        const std::size_t end = rest.find('\n');
        if (!base::is_utf8(rest.substr(0, end))) return Wrong{{line, 1}, "this line is not UTF-8 text"};
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + 1);
    }
    return Builder(text, limits).documents();
}

} // namespace oakum::yaml
