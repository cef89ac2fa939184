// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "flows.hpp"

#include <string>

namespace oakum::cli {

struct NewLwm2m {
    std::string endpoint, identity, group, key_file;
    bool without_key = false;
};

base::Status add_lwm2m_endpoint(const Flow& flow, const NewLwm2m& wish);

} // namespace oakum::cli
