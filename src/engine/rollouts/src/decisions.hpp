// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rollout/machine.hpp>

#include <string>

namespace oakum::rollouts {

// An event as the decision log and the audit log call it: "opened wave".
std::string decision_words(rollout::Event event);

} // namespace oakum::rollouts
