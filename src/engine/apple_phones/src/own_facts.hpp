// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <device/ids.hpp>
#include <shard/transaction.hpp>

#include <string>
#include <string_view>

namespace oakum::apple_phones {

// What this management says of a phone, as connectors say it of theirs; empty: no more. Written only where it
// is news; what a person set stays.
void put_own(shard::Transaction& transaction, device::DeviceId device, std::string_view key,
             std::string value);

} // namespace oakum::apple_phones
