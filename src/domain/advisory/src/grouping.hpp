// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace oakum::advisory {

// Which ids mean the same vulnerability: a union-find whose sets never hold two CVE ids, so that one alias
// that is given to two of them cannot melt them together.
class Grouping {
  public:
    // The place of an id, made when new. Ids are compared by the number that the caller gives equal texts.
    std::uint32_t node(std::uint32_t id, bool is_cve) {
        const auto [found, fresh] = nodes_.try_emplace(id, static_cast<std::uint32_t>(parents_.size()));
        if (fresh) {
            parents_.push_back(found->second);
            cves_.push_back(is_cve ? id : 0);
        }
        return found->second;
    }
    std::uint32_t find(std::uint32_t node) {
        while (parents_[node] != node) {
            parents_[node] = parents_[parents_[node]];
            node = parents_[node];
        }
        return node;
    }
    // Not done when both sets have a CVE id of their own.
    void unite(std::uint32_t a, std::uint32_t b) {
        a = find(a);
        b = find(b);
        if (a == b || (cves_[a] != 0 && cves_[b] != 0)) return;
        if (b < a) std::swap(a, b);
        parents_[b] = a;
        if (cves_[a] == 0) cves_[a] = cves_[b];
    }
    // The CVE id of a set, or 0.
    std::uint32_t cve(std::uint32_t node) { return cves_[find(node)]; }

  private:
    std::unordered_map<std::uint32_t, std::uint32_t> nodes_;
    std::vector<std::uint32_t> parents_, cves_;
};

} // namespace oakum::advisory
