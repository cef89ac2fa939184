// SPDX-License-Identifier: Apache-2.0
#include "own_facts.hpp"

#include <connector/connector.hpp>
#include <fleet/core.hpp>

namespace oakum::apple_phones {

void put_own(shard::Transaction& transaction, device::DeviceId device, std::string_view key,
             std::string value) {
    const auto held = transaction.fact(device, key);
    if (held && held->source == device::FactSource::person) return;
    if ((held ? held->value : "") == value) return;
    const std::string by = value.empty() ? "" : std::string(connector::kOwnManagement);
    transaction.put(ports::FactRow{device,
                                   {std::string(key), std::move(value), device::FactSource::imported, by,
                                    fleet::whole_seconds(transaction.now())}});
}

} // namespace oakum::apple_phones
