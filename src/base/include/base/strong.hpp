// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <functional>
#include <utility>

namespace oakum::base {

// A type of its own around a representation: explicit in, .get() out, never converting to another Strong.
template <class Tag, class Representation> class Strong {
  public:
    Strong() = default;
    explicit Strong(Representation value) : value_(std::move(value)) {}
    const Representation& get() const { return value_; }
    auto operator<=>(const Strong&) const = default;
    bool operator==(const Strong&) const = default;

  private:
    Representation value_{};
};

} // namespace oakum::base

template <class Tag, class Representation> struct std::hash<oakum::base::Strong<Tag, Representation>> {
    std::size_t operator()(const oakum::base::Strong<Tag, Representation>& strong) const {
        return std::hash<Representation>{}(strong.get());
    }
};
