// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <intake/policy.hpp>

namespace oakum::intake_files {

// As it is kept: only what differs from the rules when nobody decided. Empty text: nobody decided. Errors:
// invalid.
base::Result<intake::Policy> read_policy(std::string_view text);
std::string write_policy(const intake::Policy& policy);

} // namespace oakum::intake_files
