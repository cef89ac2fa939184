// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exceptions/coverage.hpp>

#include <string>
#include <string_view>

// What every change of an exception tells, and holds to.
namespace oakum::exceptions {

// For the change feed and the audit log.
std::string summary_of(const ports::ExceptionRow& row, std::string_view cause, const Coverage& covers);
// Scopes beyond those that can be told apart would not count. Errors: conflict, with what to do.
base::Status check_room(const std::vector<shard::Held<ports::ExceptionRow>>& rows,
                        const exception::Scope& scope);

} // namespace oakum::exceptions
