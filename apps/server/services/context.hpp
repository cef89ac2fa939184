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

// One page of what is already in order: `after` is the position of the last row of the page before.
template <class T> base::Result<api::Page<T>> page_of(std::vector<T> rows, const api::PageRequest& request) {
    std::size_t from = 0;
    if (!request.after.empty()) {
        if (request.after.size() > 9 || request.after.find_first_not_of("0123456789") != std::string::npos)
            return base::invalid("this cursor is not one of ours").at("cursor");
        from = static_cast<std::size_t>(std::stoul(request.after));
    }
    api::Page<T> page;
    page.total = rows.size();
    for (std::size_t i = from; i < rows.size() && page.items.size() < request.limit; ++i)
        page.items.push_back(std::move(rows[i]));
    if (from + page.items.size() < rows.size() && !page.items.empty())
        page.next = std::to_string(from + page.items.size());
    return page;
}

} // namespace oakum::server
