// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <install/deployment.hpp>
#include <ports/rows.hpp>

namespace oakum::rollouts {

// A row that is stored as the value that the machine decides on.
install::Deployment value_of(const ports::DeploymentRow& row);

} // namespace oakum::rollouts
