// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace oakum::hawkbit_pages {

struct Translated {
    std::string query;              // in our language; it can be parsed
    std::vector<std::string> notes; // where the two languages differ, sentences
};

inline constexpr std::size_t kMaxFilter = 4096, kMaxFilterTerms = 128, kMaxFilterDepth = 32;

// A filter of targets: names, ids, addresses, when they were last heard of, and attributes. Attributes are
// facts under "x.", as the protocol itself notes them. Errors: invalid (what cannot be said in our language,
// or is no RSQL; with the column), too_large.
base::Result<Translated> translate(std::string_view rsql);

} // namespace oakum::hawkbit_pages
