// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <connectors/conversation.hpp>
#include <ports/management.hpp>

#include <memory>

namespace oakum::android_management {

// `tokens` lives longer than it. The connector's secret, a service account's key file, is opened. Errors:
// invalid (that file).
base::Result<std::unique_ptr<ports::ManagementSystem>>
open(const connector::Connector& connector, connectors::World world, connectors::Tokens& tokens);

} // namespace oakum::android_management
