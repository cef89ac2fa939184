// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <schedule/zone.hpp>

#include <memory>

namespace oakum::schedule {

// Where zones come from.
class Zones {
  public:
    virtual ~Zones() = default;
    // Null: there is none of that name. Any thread; a name that was asked for before costs no allocation.
    // Shared because a zone outlives a change of tzdata for as long as somebody counts with it.
    virtual std::shared_ptr<const ZoneRules> find(std::string_view name) = 0;
};

} // namespace oakum::schedule
