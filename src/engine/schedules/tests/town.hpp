// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../../../domain/schedule/tests/berlin.hpp"
#include "../../fleet/tests/house.hpp"

#include <schedules/schedules.hpp>

namespace oakum::schedules::test {

// Berlin, Tokyo and UTC.
class FakeZones final : public schedule::Zones {
  public:
    FakeZones() {
        for (const schedule::ZoneRules& zone :
             {schedule::utc(), schedule::test::berlin(), schedule::ZoneRules{"Asia/Tokyo", 9 * 3600, {}}})
            zones_[zone.name] = std::make_shared<const schedule::ZoneRules>(zone);
    }
    std::shared_ptr<const schedule::ZoneRules> find(std::string_view name) override {
        const auto at = zones_.find(name);
        return at == zones_.end() ? nullptr : at->second;
    }

  private:
    std::map<std::string, std::shared_ptr<const schedule::ZoneRules>, std::less<>> zones_;
};

inline schedule::Rule window(const std::string& name, std::vector<schedule::Times> times) {
    schedule::Rule rule;
    rule.name = name;
    rule.times = std::move(times);
    return rule;
}
inline schedule::Rule freeze(const std::string& name, std::vector<schedule::Times> times) {
    schedule::Rule rule = window(name, std::move(times));
    rule.kind = schedule::Kind::freeze;
    return rule;
}

} // namespace oakum::schedules::test
