// SPDX-License-Identifier: Apache-2.0
#include "xml.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace oakum::device_lists {
namespace {

constexpr auto kEntities = std::to_array<std::pair<std::string_view, char>>(
    {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}});

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == ':';
}

// "#65", "#x41", "amp" as its character. Characters that XML does not have, and those beyond ASCII, which
// need no reference, become a question mark.
bool character_of(std::string_view reference, std::string& out) {
    for (const auto& [name, character] : kEntities)
        if (reference == name) {
            out += character;
            return true;
        }
    if (!reference.starts_with('#')) return false;
    reference.remove_prefix(1);
    const bool hexadecimal = reference.starts_with('x');
    if (hexadecimal) reference.remove_prefix(1);
    unsigned code = 0;
    const auto [end, error] =
        std::from_chars(reference.data(), reference.data() + reference.size(), code, hexadecimal ? 16 : 10);
    if (error != std::errc() || end != reference.data() + reference.size() || reference.empty()) return false;
    out += code >= 0x20 && code < 0x7F             ? static_cast<char>(code)
           : code == 9 || code == 10 || code == 13 ? ' '
                                                   : '?';
    return true;
}

} // namespace

std::string_view XmlReader::Event::attribute(std::string_view wanted) const {
    for (const auto& [held, value] : attributes)
        if (held == wanted) return value;
    return {};
}

std::uint64_t XmlReader::line() const {
    const std::size_t end = std::min(at_, text_.size());
    lines_ += static_cast<std::uint64_t>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(counted_to_),
                                                    text_.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
    counted_to_ = end;
    return lines_;
}

base::Error XmlReader::refuse(std::string message) const {
    return base::invalid(std::move(message)).at("line " + std::to_string(line()));
}

void XmlReader::blanks() {
    while (at_ < text_.size() && is_blank(text_[at_]))
        ++at_;
}

base::Status XmlReader::pass_over(std::string_view end, std::string_view what) {
    const std::size_t found = text_.find(end, at_);
    if (found == std::string_view::npos) return refuse(std::string(what) + " does not end");
    at_ = found + end.size();
    return {};
}

// Its name only: whatever it would declare is not read.
base::Status XmlReader::doctype() {
    const std::size_t end = text_.find('>', at_);
    if (end == std::string_view::npos) return refuse("the DOCTYPE does not end");
    if (text_.substr(at_, end - at_).find('[') != std::string_view::npos)
        return refuse("a DOCTYPE with declarations of its own is not read");
    at_ = end + 1;
    return {};
}

base::Result<std::string_view> XmlReader::name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name(text_[at_]))
        ++at_;
    const std::string_view found = text_.substr(begin, at_ - begin);
    if (found.empty()) return refuse("a name is missing in a tag");
    if (found.size() > kLongestName)
        return refuse("a name is longer than " + std::to_string(kLongestName) + " bytes");
    return found;
}

base::Result<std::string> XmlReader::value() {
    if (at_ >= text_.size() || (text_[at_] != '"' && text_[at_] != '\''))
        return refuse("the value of an attribute has no quotes");
    const char quote = text_[at_++];
    const std::size_t end = text_.find(quote, at_);
    if (end == std::string_view::npos) return refuse("the value of an attribute does not end");
    std::string_view raw = text_.substr(at_, end - at_);
    if (raw.size() > kLongestValue)
        return refuse("the value of an attribute is longer than " + std::to_string(kLongestValue) + " bytes");
    std::string out;
    while (!raw.empty()) {
        if (raw.front() == '<') return refuse("a '<' stands in the value of an attribute");
        if (raw.front() != '&') {
            out += is_blank(raw.front()) ? ' ' : raw.front();
            raw.remove_prefix(1);
            continue;
        }
        const std::size_t stop = raw.substr(0, 16).find(';');
        if (stop == std::string_view::npos || !character_of(raw.substr(1, stop - 1), out))
            return refuse("an entity that is none of XML's own");
        raw.remove_prefix(stop + 1);
    }
    at_ = end + 1;
    return out;
}

base::Result<XmlReader::Event> XmlReader::start_tag() {
    if (open_.empty() && root_seen_) return refuse("a second document follows");
    Event event;
    event.kind = Event::Kind::start;
    TRY_VALUE(event.name, name());
    for (;;) {
        const std::size_t before = at_;
        blanks();
        if (at_ >= text_.size()) return refuse("a tag does not end");
        if (text_[at_] == '>' || text_.substr(at_).starts_with("/>")) break;
        if (at_ == before) return refuse("a blank is missing between attributes");
        if (event.attributes.size() == kMostAttributes)
            return refuse("a tag has more than " + std::to_string(kMostAttributes) + " attributes");
        TRY_VALUE(const std::string_view attribute, name());
        const bool twice = std::any_of(event.attributes.begin(), event.attributes.end(),
                                       [&](const auto& held) { return held.first == attribute; });
        if (twice) return refuse("a tag has two attributes of one name");
        blanks();
        if (at_ >= text_.size() || text_[at_] != '=') return refuse("an attribute has no value");
        ++at_;
        blanks();
        TRY_VALUE(std::string text, value());
        event.attributes.emplace_back(attribute, std::move(text));
    }
    ends_itself_ = text_[at_] == '/';
    at_ += ends_itself_ ? 2 : 1;
    if (open_.size() == kMostDepth)
        return refuse("more than " + std::to_string(kMostDepth) + " tags are open");
    open_.push_back(event.name);
    root_seen_ = true;
    return event;
}

base::Result<XmlReader::Event> XmlReader::end_tag() {
    Event event;
    event.kind = Event::Kind::end;
    TRY_VALUE(event.name, name());
    blanks();
    if (at_ >= text_.size() || text_[at_] != '>') return refuse("a tag does not end");
    ++at_;
    if (open_.empty() || open_.back() != event.name) return refuse("a tag is closed that is not open");
    open_.pop_back();
    return event;
}

base::Result<XmlReader::Event> XmlReader::next() {
    if (ends_itself_) {
        ends_itself_ = false;
        Event event;
        event.kind = Event::Kind::end;
        event.name = open_.back();
        open_.pop_back();
        return event;
    }
    for (;;) {
        const std::size_t tag = text_.find('<', at_);
        at_ = tag == std::string_view::npos ? text_.size() : tag + 1;
        if (tag == std::string_view::npos) {
            if (!open_.empty() || !root_seen_) return refuse("the document ends early");
            return Event{};
        }
        const std::string_view rest = text_.substr(at_);
        if (rest.starts_with("!--")) {
            TRY(pass_over("-->", "a comment"));
        } else if (rest.starts_with("![CDATA[")) {
            TRY(pass_over("]]>", "a CDATA section"));
        } else if (rest.starts_with("!DOCTYPE")) {
            if (root_seen_) return refuse("a DOCTYPE stands inside the document");
            TRY(doctype());
        } else if (rest.starts_with('?')) {
            TRY(pass_over("?>", "a processing instruction"));
        } else if (rest.starts_with('/')) {
            ++at_;
            return end_tag();
        } else {
            return start_tag();
        }
    }
}

} // namespace oakum::device_lists
