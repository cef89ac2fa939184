// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "flows.hpp"

// What is tried before people need it. What is found to be wrong is an error.
namespace oakum::cli {

base::Status test_provider(const Flow& flow);
base::Status test_keys(const Flow& flow);
// What a table would change today, before it is added.
base::Status test_policy(const Flow& flow, const std::string& file);

} // namespace oakum::cli
