// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "show.hpp"

#include <rollout/study.hpp>

namespace oakum::cli {

// How often a gate halts a release whose true rate of failure is known, and how often it lets it go on; as a
// table beside the rule of a fixed share. Errors: invalid (a rate that is not between 0 and 1).
base::Status study_gate(const Shown& shown, const rollout::Study& setup);

} // namespace oakum::cli
