// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <device/query.hpp>

namespace oakum::device {

// Reads a literal as everything that it can be, once, so that comparing parses nothing of the query's side.
void prepare(Literal& literal);

} // namespace oakum::device
