// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/id.hpp>

namespace oakum::exception {

using ExceptionId = base::Id<struct ExceptionIdTag>;

} // namespace oakum::exception
