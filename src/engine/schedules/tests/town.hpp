// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../../../domain/schedule/tests/fake_zones.hpp"
#include "../../fleet/tests/house.hpp"

#include <schedules/schedules.hpp>

namespace oakum::schedules::test {

using schedule::test::FakeZones;

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
