// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <api/devices_service.hpp>
#include <assessment/assessor.hpp>
#include <assessment/past_support.hpp>

namespace oakum::server {

// The devices behind figures that no query can name, in the order of their ids. Looks at each device of the
// query. Errors: invalid (the query, with its column), denied, not_found (a row of the queue of fixes).
base::Result<std::vector<device::DeviceId>>
devices_of(const Context& context, const fleet::Registry& registry, const assessment::Assessor& assessor,
           const access::Actor& actor, const std::string& query, const api::Those& those);

// Why nothing more is to be expected for the device; empty: support goes on, or nobody told. Valid as long as
// `past`.
const std::string& past_support(assessment::PastSupport& past, const assessment::AssessedFleet& assessed,
                                const fleet::Glance& device);

} // namespace oakum::server
