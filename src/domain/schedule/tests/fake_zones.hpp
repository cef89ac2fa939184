// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "berlin.hpp"

#include <schedule/zones.hpp>

#include <map>
#include <string>

namespace oakum::schedule::test {

// Berlin, Tokyo and UTC.
class FakeZones final : public Zones {
  public:
    FakeZones() {
        for (const ZoneRules& zone : {utc(), berlin(), ZoneRules{"Asia/Tokyo", 9 * 3600, {}}})
            zones_[zone.name] = std::make_shared<const ZoneRules>(zone);
    }
    std::shared_ptr<const ZoneRules> find(std::string_view name) override {
        const auto at = zones_.find(name);
        return at == zones_.end() ? nullptr : at->second;
    }

  private:
    std::map<std::string, std::shared_ptr<const ZoneRules>, std::less<>> zones_;
};

} // namespace oakum::schedule::test
