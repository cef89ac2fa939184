// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <budget/budget.hpp>
#include <json/value.hpp>
#include <json/writer.hpp>

namespace oakum::budget_files {

// {"name":"pairs","query":"","by":["site","tag.role"],"devices":1,"yields_to":"emergency","why":""}, or with
// "percent" instead of "devices"; exactly one of the two. Errors: invalid, with the place; what budget::check
// says too.
base::Result<budget::Budget> read_budget(const json::Value& value);
void write_budget(json::Writer& writer, const budget::Budget& budget);

// All budgets of a tenant, {"budgets":[budget, ...]}; an empty text is none.
inline constexpr std::size_t kMostBudgets = 32;
base::Result<std::vector<budget::Budget>> read_budgets(std::string_view text);
std::string write_budgets(const std::vector<budget::Budget>& budgets);

} // namespace oakum::budget_files
