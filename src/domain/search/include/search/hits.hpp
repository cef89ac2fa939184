// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <search/wanted.hpp>

#include <vector>

namespace oakum::search {

// In the order in which equally good hits of different kinds stand.
enum class Kind : std::uint8_t { advisory, device, group, site, model, release, rollout, component };
std::string_view to_string(Kind kind);

struct Hit {
    Kind kind = Kind::device;
    Match match = Match::none;
    std::string id;     // what its page is named by
    std::string title;  // its name
    std::string detail; // what tells it from others
    bool operator==(const Hit&) const = default;
};

// Best first: kind of match, kind of thing, shorter title, title, id. At most `most_of_a_kind` of each kind
// and `most` in all; `left_out` grows by what that leaves out.
std::vector<Hit> order(std::vector<Hit> hits, std::size_t most_of_a_kind, std::size_t most,
                       std::uint64_t& left_out);

} // namespace oakum::search
