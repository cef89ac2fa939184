// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <connectors/conversation.hpp>
#include <ports/management.hpp>

#include <memory>

namespace oakum::intune {

// `tokens` lives longer than it. The connector's secret is opened.
std::unique_ptr<ports::ManagementSystem> open(const connector::Connector& connector, connectors::World world,
                                              connectors::Tokens& tokens);

} // namespace oakum::intune
