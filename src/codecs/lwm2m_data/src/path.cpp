// SPDX-License-Identifier: Apache-2.0
#include <lwm2m_data/path.hpp>

#include <charconv>

namespace oakum::lwm2m_data {

Path::Path(std::initializer_list<std::uint16_t> ids) {
    for (const std::uint16_t id : ids)
        *this = below(id);
}

Path Path::below(std::uint16_t id) const {
    Path deeper = *this;
    if (depth_ < ids_.size()) deeper.ids_.at(deeper.depth_++) = id;
    return deeper;
}

base::Result<Path> Path::parse(std::string_view text) {
    const auto wrong = [&] { return base::invalid("not the path of an object, instance or resource"); };
    Path path;
    if (text.starts_with('/')) text.remove_prefix(1);
    while (!text.empty()) {
        std::uint16_t id = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
        // 65535 is no id: LwM2M keeps it.
        if (error != std::errc() || id == 0xffff || path.depth_ == path.ids_.size()) return wrong();
        path = path.below(id);
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (text.empty()) break;
        if (text.front() != '/' || text.size() == 1) return wrong();
        text.remove_prefix(1);
    }
    return path;
}

std::string Path::text() const {
    if (depth_ == 0) return "/";
    std::string text;
    for (std::size_t level = 0; level < depth_; ++level)
        text += "/" + std::to_string(ids_.at(level));
    return text;
}

bool Path::is_below_or_same(const Path& other) const {
    if (depth_ < other.depth_) return false;
    for (std::size_t level = 0; level < other.depth_; ++level)
        if (ids_.at(level) != other.ids_.at(level)) return false;
    return true;
}

} // namespace oakum::lwm2m_data
