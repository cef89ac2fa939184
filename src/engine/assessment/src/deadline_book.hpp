// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <assessment/deadlines.hpp>
#include <assessment/knowledge.hpp>

namespace oakum::assessment {

// The policy as queries ask it of a fleet; holds both.
fleet::DeadlineBook deadline_book(std::shared_ptr<const Knowledge> knowledge, Policy policy);

} // namespace oakum::assessment
