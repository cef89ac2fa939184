// SPDX-License-Identifier: Apache-2.0
#include "device_parts.hpp"
#include "devices.hpp"
#include "explain_facts.hpp"

#include <trust/attack.hpp>

#include <algorithm>

namespace oakum::server {

using device::DeviceId;
using device::TenantId;

namespace {

std::optional<explain::Refused> refused_by(const std::vector<device::Fact>& facts) {
    const auto find = [&](std::string_view key) { return std::ranges::find(facts, key, &device::Fact::key); };
    const auto attack = find(trust::kAttackFact), detail = find(trust::kAttackDetailFact);
    if (attack == facts.end()) return std::nullopt;
    const auto known = trust::parse_attack(attack->value);
    return explain::Refused{known.ok() ? std::string(trust::in_words(*known))
                                       : "of an attack that this server does not know",
                            detail == facts.end() ? "" : detail->value, attack->at};
}

} // namespace

void DevicesService::explain(const access::Actor& actor, DeviceId id, api::Answer<api::Explanation> answer) {
    const auto found = registry_.explain(actor, id);
    if (!found.ok()) return answer(found.error());
    using Reply = api::Explanation::Reply;
    const TenantId tenant = tenant_of(actor);
    const DeviceFacts facts = facts_of(context_, rollouts_, tenant, found->device);
    const api::Device device = whole(tenant, *found, facts);
    api::Explanation view;
    const auto why = explain::why_not_now(facts.held, facts.contact, facts.update, facts.rollouts);
    view.sentence = device.sentence;
    for (const std::string& sentence : found->sentences)
        view.sentence += " " + sentence;
    const bool planned = std::ranges::any_of(facts.rollouts, [](const explain::Standing& one) {
        return explain::standing(one).answer == Reply::yes;
    });
    if (!planned && !found->device.deployment && facts.contact.enrolled &&
        facts.contact.lifecycle == device::Lifecycle::active)
        view.sentence +=
            " Nothing is asked of it now, and no rollout that is planned or runs would change it.";
    view.steps.push_back(why);
    if (const auto refused = refused_by(context_.core.fleet.effective({tenant, id})))
        view.steps.push_back(explain::refused(*refused));
    view.steps.push_back(explain::contact(facts.contact));
    view.steps.push_back(explain::may_install(facts.times));
    if (!facts.update || install::is_terminal(facts.update->state))
        view.steps.push_back(explain::has_room(facts.full));
    view.steps.push_back(explain::under_way(facts.update));
    for (const explain::Standing& standing : facts.rollouts)
        view.steps.push_back(explain::standing(standing));
    view.steps.push_back({"Is its software known?",
                          device.assessed ? Reply::yes : Reply::unknown,
                          device.assessed
                              ? "Its components were looked up in the advisory data."
                              : "It reported no components, and no SBOM is attached to its firmware version.",
                          {{"firmware version", device.firmware_version, "facts", {}},
                           {"operating system", device.os_version, "facts", {}}}});
    const auto assessed = assessor_.fleet(tenant);
    assessment::PastSupport past(assessor_.support().in_force(tenant), context_.core.clock.now());
    std::string over;
    context_.core.fleet.glance(
        {tenant, id}, [&](const fleet::Glance& seen) { over = past_support(past, *assessed, seen); });
    view.steps.push_back({"Do the makers of what it is and runs still mend it?",
                          over.empty() ? Reply::yes : Reply::no,
                          over.empty()
                              ? "No end of support that is known here has passed."
                              : "It is unsupported: " + over + ". Nothing more is to be expected of them.",
                          {}});
    view.steps.push_back({"Is it exposed to something exploited?",
                          device.exploited_open > 0 ? Reply::yes
                          : device.assessed         ? Reply::no
                                                    : Reply::unknown,
                          counted(device.exploited_open, "finding") +
                              " known to be exploited, by the list of what is or by the vendor.",
                          {}});
    answer(std::move(view));
}

} // namespace oakum::server
