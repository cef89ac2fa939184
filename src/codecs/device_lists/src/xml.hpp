// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oakum::device_lists {

// The elements of an XML document from its front: start tags with their attributes, end tags. Text between
// them is passed over. Refused: entities other than the five of XML itself, a DOCTYPE with declarations of
// its own, tags that do not close, two attributes of one name, and what exceeds the bounds below.
class XmlReader {
  public:
    static constexpr std::size_t kMostDepth = 64, kMostAttributes = 64, kLongestName = 128,
                                 kLongestValue = 64UL << 10;

    // The text outlives the reader; it is UTF-8.
    explicit XmlReader(std::string_view text) : text_(text) {}

    struct Event {
        enum class Kind : std::uint8_t { start, end, finished };
        Kind kind = Kind::finished;
        std::string_view name;
        std::vector<std::pair<std::string_view, std::string>> attributes;
        // Empty when there is none of that name.
        std::string_view attribute(std::string_view wanted) const;
    };
    // Errors: invalid, with the line; afterwards nothing more may be asked.
    base::Result<Event> next();
    std::uint64_t line() const;

  private:
    base::Error refuse(std::string message) const;
    base::Status pass_over(std::string_view end, std::string_view what);
    base::Status doctype();
    base::Result<std::string_view> name();
    base::Result<std::string> value();
    base::Result<Event> start_tag();
    base::Result<Event> end_tag();
    void blanks();

    std::string_view text_;
    std::size_t at_ = 0;
    mutable std::size_t counted_to_ = 0;
    mutable std::uint64_t lines_ = 1;
    std::vector<std::string_view> open_;
    bool ends_itself_ = false; // the last start tag: its end is told next
    bool root_seen_ = false;
};

} // namespace oakum::device_lists
