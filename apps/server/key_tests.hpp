// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/system_service.hpp>
#include <ports/signer.hpp>
#include <releases/repository.hpp>

#include <string_view>
#include <vector>

namespace oakum::server {

// Each key of these roles: whether it signs what its public half verifies, and until when what it signed last
// is good. One that is not on this machine is told as such. Blocking.
std::vector<api::KeyTest> test_keys(ports::Signer& signer, const std::vector<std::string_view>& roles,
                                    const std::vector<releases::Repository::Ending>& endings);

} // namespace oakum::server
