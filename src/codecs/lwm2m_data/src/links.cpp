// SPDX-License-Identifier: Apache-2.0
#include <lwm2m_data/links.hpp>

#include <algorithm>
#include <charconv>

namespace oakum::lwm2m_data {
namespace {

struct Link {
    std::string_view target;
    std::string types;   // rt
    std::string formats; // ct
};

class Reader {
  public:
    explicit Reader(std::string_view text) : text_(text) {}

    bool at_end() {
        skip();
        return text_.empty();
    }
    base::Result<Link> link() {
        skip();
        if (!take('<')) return wrong("a link begins with \"<\"");
        const std::size_t end = text_.find('>');
        if (end == std::string_view::npos) return wrong("a link has no end");
        Link link;
        link.target = text_.substr(0, end);
        text_.remove_prefix(end + 1);
        for (skip(); take(';'); skip()) {
            TRY(attribute(link));
        }
        return link;
    }
    // Between two links.
    base::Status comma() {
        skip();
        if (text_.empty()) return {};
        if (!take(',')) return wrong("links are separated by commas");
        skip();
        if (text_.empty()) return wrong("a comma has no link behind it");
        return {};
    }

  private:
    static base::Error wrong(std::string what) { return base::invalid(std::move(what)); }
    void skip() {
        while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\t' || text_.front() == '\r' ||
                                  text_.front() == '\n'))
            text_.remove_prefix(1);
    }
    bool take(char c) {
        if (!text_.starts_with(c)) return false;
        text_.remove_prefix(1);
        return true;
    }
    base::Status attribute(Link& link) {
        skip();
        const std::size_t end = std::min(text_.find_first_of("=;,<>\""), text_.size());
        if (end == 0) return wrong("an attribute of a link has no name");
        const std::string_view name = text_.substr(0, end);
        text_.remove_prefix(end);
        std::string value;
        if (take('=')) {
            TRY_VALUE(value, this->value());
        }
        if (name == "rt")
            link.types = std::move(value);
        else if (name == "ct")
            link.formats = std::move(value);
        return {};
    }
    base::Result<std::string> value() {
        std::string value;
        if (!take('"')) {
            const std::size_t end = std::min(text_.find_first_of(";,"), text_.size());
            value = text_.substr(0, end);
            text_.remove_prefix(end);
            return value;
        }
        while (!text_.empty()) {
            char c = text_.front();
            text_.remove_prefix(1);
            if (c == '"') return value;
            if (c == '\\') {
                if (text_.empty()) break;
                c = text_.front();
                text_.remove_prefix(1);
            }
            value += c;
        }
        return wrong("a quoted value has no end");
    }

    std::string_view text_;
};

// "112" and "110 112".
void add_formats(std::string_view text, std::vector<std::uint16_t>& formats) {
    constexpr std::size_t kMost = 16;
    while (!text.empty() && formats.size() < kMost) {
        const std::size_t end = std::min(text.find_first_of(" ,"), text.size());
        std::uint16_t format = 0;
        const auto [last, error] = std::from_chars(text.data(), text.data() + end, format);
        if (error == std::errc() && last == text.data() + end) formats.push_back(format);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

bool has_word(std::string_view text, std::string_view word) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (text.substr(0, end) == word) return true;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return false;
}

} // namespace

bool ObjectList::has_object(std::uint16_t object) const {
    return std::ranges::any_of(paths, [&](const Path& path) { return path.object() == object; });
}

std::uint16_t ObjectList::first_instance(std::uint16_t object) const {
    for (const Path& path : paths)
        if (path.object() == object && path.depth() > 1) return path.at(1);
    return 0;
}

bool ObjectList::says(std::uint16_t format) const {
    return std::ranges::find(formats, format) != formats.end();
}

base::Result<ObjectList> read_objects(std::string_view links) {
    if (links.size() > kLongestLinks) return base::too_large("the list of objects is too long");
    std::vector<Link> read;
    for (Reader reader(links); !reader.at_end();) {
        if (read.size() == kMostLinks) return base::too_large("the list of objects has too many links");
        TRY_VALUE(Link link, reader.link());
        read.push_back(std::move(link));
        TRY(reader.comma());
    }
    ObjectList list;
    for (const Link& link : read)
        if (has_word(link.types, "oma.lwm2m")) {
            list.root = link.target == "/" ? std::string() : std::string(link.target);
            add_formats(link.formats, list.formats);
        }
    if (list.root.ends_with('/')) list.root.pop_back();
    if (!list.root.empty() && !list.root.starts_with('/')) list.root.insert(0, "/");
    for (const Link& link : read) {
        std::string_view target = link.target;
        if (!list.root.empty() && target.starts_with(list.root)) target.remove_prefix(list.root.size());
        const auto path = Path::parse(target);
        if (!path.ok() || path->depth() == 0 || path->depth() > 2) continue;
        if (std::ranges::find(list.paths, *path) == list.paths.end()) list.paths.push_back(*path);
    }
    return list;
}

} // namespace oakum::lwm2m_data
