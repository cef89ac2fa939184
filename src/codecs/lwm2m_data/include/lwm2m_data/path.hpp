// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace oakum::lwm2m_data {

// "/3/0/9/1": object, instance, resource, resource instance; from none to all four of them.
class Path {
  public:
    Path() = default;
    Path(std::initializer_list<std::uint16_t> ids);
    // With or without a slash before it. Errors: invalid.
    static base::Result<Path> parse(std::string_view text);

    std::size_t depth() const { return depth_; }
    std::uint16_t at(std::size_t level) const { return ids_.at(level); }
    std::uint16_t object() const { return ids_[0]; }
    std::string text() const;
    // One level deeper; the same when there is none.
    Path below(std::uint16_t id) const;
    bool is_below_or_same(const Path& other) const;
    bool operator==(const Path&) const = default;
    auto operator<=>(const Path&) const = default;

  private:
    std::array<std::uint16_t, 4> ids_{};
    std::uint8_t depth_ = 0;
};

} // namespace oakum::lwm2m_data
