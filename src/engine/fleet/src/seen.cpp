// SPDX-License-Identifier: Apache-2.0
#include "seen.hpp"

#include <device/lifecycle.hpp>

namespace oakum::fleet {
namespace {

constexpr std::size_t kMostAlike = 16;

} // namespace

void retire_seen(shard::Transaction& transaction, ports::DeviceRow device, const std::string& why) {
    transaction.event({device.id, transaction.now(), "lifecycle", "",
                       std::string(device::to_string(device.lifecycle)), "retired", why});
    transaction.change("device", device.id.text(), "{\"what\":\"device.retire\"}");
    device.lifecycle = device::Lifecycle::retired;
    transaction.put(device);
}

void absorb_seen(Core& core, TenantId tenant, DeviceId device, const std::string& mac) {
    // Of a device's own words: only what is a MAC address may stand in a query.
    if (mac.size() != 17 || mac.find_first_not_of("0123456789abcdef:") != std::string::npos) return;
    auto query = device::parse_query("lifecycle = unmanaged and x.mac = \"" + mac + "\"");
    if (!query.ok()) return;
    for (const DeviceId& seen : core.fleet.page({tenant, {}, std::move(*query)}, std::nullopt, kMostAlike))
        core.writer.submit(
            shard::place_of(tenant, seen), shard::Priority::inventory,
            [seen, device, mac](shard::Transaction& transaction) -> base::Status {
                auto row = transaction.device(seen);
                if (!row || row->lifecycle != device::Lifecycle::unmanaged) return {};
                retire_seen(transaction, std::move(*row),
                            "it is device " + device.text() + ", which says that " + mac + " is its own");
                return {};
            },
            [](base::Status) {
                // Two rows of one device until its next inventory or scan.
            });
}

} // namespace oakum::fleet
