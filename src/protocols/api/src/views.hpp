// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "call.hpp"

namespace oakum::api {

struct Route;

bool takes(const Route& route, std::string_view parameter);

struct SeenView {
    governance::View view;
    access::UserId reader;
};
void write(Out& o, const SeenView& v);

// In place of the parameter `view`, what the view of that name (or id) shows; what was asked beside it comes
// first, and queries add up. Errors: not_found, at "view".
base::Status apply_view(Context& context, const access::Actor& actor, ports::HttpRequest& request);

} // namespace oakum::api
