// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <outbound/courier.hpp>

#include <atomic>

namespace oakum::outbound {

// One parcel, blocking until it is through or `ending`. Errors: as ports::Courier says.
base::Status carry(const ports::Parcel& parcel, const CourierOptions& options,
                   const std::atomic<bool>& ending);

} // namespace oakum::outbound
