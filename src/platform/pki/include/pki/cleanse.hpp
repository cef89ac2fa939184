// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace oakum::pki {

// Overwrites a secret that was in memory for a moment; it is empty afterwards.
void cleanse(std::string& secret);

} // namespace oakum::pki
