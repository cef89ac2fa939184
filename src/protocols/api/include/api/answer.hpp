// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/may.hpp>
#include <base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace oakum::api {

// Called exactly once, from any thread, now or later.
template <class T> using Answer = std::function<void(base::Result<T>)>;

// `after` is what a service itself put into Page.next; empty: from the beginning. Services check it: it comes
// back from outside.
struct PageRequest {
    std::string after;
    std::size_t limit = 50; // 1..500
};

template <class T> struct Page {
    std::vector<T> items;
    std::optional<std::string> next; // where the next page begins, at most 256 bytes; nothing on the last one
    std::optional<std::uint64_t> total;
};

} // namespace oakum::api
