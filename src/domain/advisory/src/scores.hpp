// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layout.hpp"

#include <advisory/compiler.hpp>

#include <string_view>

namespace oakum::advisory {

// CNA before CISA's ADP before NVD before others; of one source 3.1, then 4.0, then 3.0; version 2 after all
// of them.
int rank_of(std::string_view source, std::string_view vector);
// 0 when neither stated nor computable.
std::uint8_t score_tenths(const CvssVector& vector, BaseScore score);
// C, I and A (VC, VI, VA) of the vector, into the row.
void set_losses(std::string_view vector, layout::Group& group);
void set_ssvc(const SsvcPoints& points, layout::Group& group);

} // namespace oakum::advisory
