// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/rows.hpp>

#include <cstdint>
#include <optional>

namespace oakum::exchange {

// The number by which protocols with 31-bit ids call one attempt of a deployment. Computed, not stored (ADR
// 26): 26 bits of the deployment, 5 of the attempt; never 0.
std::int32_t action_id(const ports::DeploymentId& deployment, std::uint32_t attempt);
// Which attempt of this deployment an id means; nothing when it is none of it up to `newest`.
std::optional<std::uint32_t> attempt_of(std::int32_t action, const ports::DeploymentId& deployment,
                                        std::uint32_t newest);
// The same for a release, which has no attempts.
std::int32_t release_number(const ports::ReleaseId& release);

} // namespace oakum::exchange
