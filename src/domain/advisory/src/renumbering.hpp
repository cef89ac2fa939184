// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layout.hpp"

#include <advisory/judged.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace oakum::advisory {

// What two files say the same, and how its rows are numbered in the other. Names are compared by hash, and
// two of them with one hash count as changed.
class Renumbering {
  public:
    Renumbering(const AdvisoryFile& before, const AdvisoryFile& now);

    // Nothing when something is filed otherwise under one of its keys, or cannot be found again.
    std::optional<Judged> renumbered(const Judged& judged) const;

  private:
    using Pairs = std::vector<std::pair<std::uint32_t, std::uint32_t>>; // rules: before and now
    bool collect(std::uint64_t key, Pairs& pairs) const;
    bool renumber(const Pairs& pairs, ComponentVerdict& verdict) const;

    AdvisoryFile::Reader before_, now_;
    std::vector<std::uint64_t> changed_; // keys, sorted
};

} // namespace oakum::advisory
