// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <api/refs.hpp>
#include <fleet/core.hpp>
#include <fleet/registry.hpp>
#include <releases/releases.hpp>
#include <rollouts/rollouts.hpp>

#include <optional>
#include <string>
#include <vector>

namespace oakum::server {

// What the API's services share: the use cases and a thread for what blocks.
struct Context {
    fleet::Core& core;
    ports::Executor& background; // history, files, long answers
};

// More than a device ever has: what is asked of a history that is wanted whole.
constexpr std::size_t kAllDeployments = 10'000;

device::TenantId tenant_of(const access::Actor& actor);
api::DeviceRef device_ref(const Context& context, device::TenantId tenant, device::DeviceId id);
api::ReleaseRef release_ref(const Context& context, device::TenantId tenant, ports::ReleaseId id);
std::optional<api::RolloutRef> rollout_ref(const Context& context, device::TenantId tenant,
                                           ports::RolloutId id);
// Nothing for an empty text.
std::optional<std::string> some(std::string text);
std::string grouped(std::uint64_t count);                        // "1,234"
std::string counted(std::uint64_t count, std::string_view noun); // "1 device", "3 devices"

// Where a page begins in what is already in order: `after` is the position of the last row of the page
// before.
base::Result<std::size_t> position_of(const api::PageRequest& request);
// The cursor of the page behind one of `shown` rows; nothing when that was the last.
std::optional<std::string> next_of(std::size_t from, std::size_t shown, std::uint64_t total);

template <class T> base::Result<api::Page<T>> page_of(std::vector<T> rows, const api::PageRequest& request) {
    TRY_VALUE(const std::size_t from, position_of(request));
    api::Page<T> page;
    page.total = rows.size();
    for (std::size_t i = from; i < rows.size() && page.items.size() < request.limit; ++i)
        page.items.push_back(std::move(rows[i]));
    page.next = next_of(from, page.items.size(), rows.size());
    return page;
}

} // namespace oakum::server
