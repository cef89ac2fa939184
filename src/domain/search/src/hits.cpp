// SPDX-License-Identifier: Apache-2.0
#include <search/hits.hpp>

#include <algorithm>
#include <array>
#include <tuple>

namespace oakum::search {
namespace {

constexpr std::size_t kKinds = 8;

bool before(const Hit& a, const Hit& b) {
    return std::tuple(b.match, a.kind, a.title.size(), std::string_view(a.title), std::string_view(a.id)) <
           std::tuple(a.match, b.kind, b.title.size(), std::string_view(b.title), std::string_view(b.id));
}

} // namespace

std::string_view to_string(Kind kind) {
    constexpr std::array<std::string_view, kKinds> kWords{"advisory", "device",  "group",   "site",
                                                          "model",    "release", "rollout", "component"};
    return kWords[static_cast<std::size_t>(kind)];
}

std::vector<Hit> order(std::vector<Hit> hits, std::size_t most_of_a_kind, std::size_t most,
                       std::uint64_t& left_out) {
    std::sort(hits.begin(), hits.end(), before);
    std::array<std::size_t, kKinds> taken{};
    std::vector<Hit> kept;
    for (Hit& hit : hits) {
        std::size_t& of_kind = taken[static_cast<std::size_t>(hit.kind)];
        if (of_kind == most_of_a_kind || kept.size() == most) {
            ++left_out;
            continue;
        }
        ++of_kind;
        kept.push_back(std::move(hit));
    }
    return kept;
}

} // namespace oakum::search
