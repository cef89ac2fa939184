// SPDX-License-Identifier: Apache-2.0
#include <exceptions/excepted_then.hpp>

#include <exception/course.hpp>

#include <algorithm>

namespace oakum::exceptions {

using assessment::AssessedFleet;
using assessment::InForce;

namespace {

std::shared_ptr<const AssessedFleet> with_those_of(const fleet::Core& core, const AssessedFleet& assessed,
                                                   device::TenantId tenant, base::TimePoint at) {
    std::vector<ports::ExceptionRow> then;
    for (const auto& row : core.control.list<ports::ExceptionRow>(tenant))
        if (exception::in_force_at(exception::course_of(row->history), row->wish.expires, at))
            then.push_back(*row);
    auto with = std::make_shared<AssessedFleet>(assessed);
    with->in_force = std::make_shared<const InForce>(tenant, *assessed.knowledge,
                                                     assessment::as_if_approved(std::move(then)));
    return with;
}

} // namespace

ExceptedThen::ExceptedThen(const fleet::Core& core, std::shared_ptr<const AssessedFleet> assessed,
                           device::TenantId tenant, base::TimePoint at)
    : core_(core), tenant_(tenant), assessed_(with_those_of(core, *assessed, tenant, at)),
      cells_(assessment::cells_by_device(core.fleet, *assessed_)) {}

const ExceptedThen::Reach& ExceptedThen::reach(std::uint32_t advisory, ports::ComponentId component) {
    const auto [known, fresh] = known_.try_emplace({advisory, component});
    if (!fresh) return known->second;
    const auto about = core_.software.component(tenant_, component);
    if (!about) return known->second;
    assessed_->in_force->each(*assessed_->knowledge, advisory, *about, [&](const InForce::One& one) {
        if (assessment::is_open_under(one.wish().kind)) return;
        if (one.cell == 0) known->second.everywhere = true;
        known->second.cells |= one.cell;
    });
    return known->second;
}

bool ExceptedThen::covers(device::DeviceId device, std::uint32_t advisory,
                          std::span<const ports::ComponentId> components) {
    if (assessed_->in_force->empty() || components.empty()) return false;
    const auto cell = cells_.find(device);
    return std::ranges::all_of(components, [&](ports::ComponentId component) {
        const Reach& reached = reach(advisory, component);
        return reached.everywhere || (cell != cells_.end() && (reached.cells & cell->second) != 0);
    });
}

} // namespace oakum::exceptions
