// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "flows.hpp"

// Why this, why not now, when: the server's explanations, for people. As CSV one line a question.
namespace oakum::cli {

base::Status explain_device(const Flow& flow, const std::string& device);
base::Status explain_rollout(const Flow& flow, const std::string& rollout);
base::Status explain_finding(const Flow& flow, const std::string& advisory, const std::string& device);

} // namespace oakum::cli
