// SPDX-License-Identifier: Apache-2.0
#include "deed_change.hpp"
#include "facts.hpp"
#include "peculiarities.hpp"

#include <device/replacement.hpp>
#include <fleet/registry.hpp>
#include <fleet/replacements.hpp>

#include <algorithm>

namespace oakum::fleet {
namespace {

constexpr std::size_t kMostOnPage = 1000;

} // namespace

base::Result<Selection> Registry::selection(const access::Actor& actor, std::string_view query,
                                            Records records) const {
    TRY(may_do(actor, access::Action::device_read));
    TRY_VALUE(device::Query parsed, device::parse_query(query));
    return Selection{tenant_of(actor), scope_of(actor), std::move(parsed), records};
}

base::Result<Registry::Found> Registry::search(const access::Actor& actor, const search::Wanted& wanted,
                                               std::size_t most_of_a_kind) const {
    TRY(may_do(actor, access::Action::device_read));
    const TenantId tenant = tenant_of(actor);
    const Scope scope = scope_of(actor);
    Found found;
    found.fleet = core_.fleet.search(tenant, scope, wanted, most_of_a_kind);
    // What only runs where one may not look does not exist.
    std::optional<std::vector<bool>> sets;
    if (!scope.empty()) sets = core_.fleet.sets_in(tenant, scope);
    found.components = core_.software.search(tenant, wanted, sets, most_of_a_kind);
    return found;
}

DeviceSummary Registry::summary(DeviceKey key, ports::DeviceRow row) const {
    DeviceSummary summary;
    row.last_seen = std::max(row.last_seen, core_.fleet.last_heard(key));
    summary.facts = core_.fleet.effective(key);
    summary.groups = core_.fleet.groups_of(key);
    for (const ports::DeploymentRow& deployment : core_.fleet.deployments(key))
        if (deployment.id == row.deployment) summary.deployment = deployment;
    summary.row = std::move(row);
    return summary;
}

base::Result<Count> Registry::count(const access::Actor& actor, std::string_view query,
                                    Records records) const {
    TRY_VALUE(const Selection chosen, selection(actor, query, records));
    return core_.fleet.count(chosen);
}

base::Result<std::vector<DeviceSummary>> Registry::sample(const access::Actor& actor, std::string_view query,
                                                          std::size_t limit) const {
    TRY_VALUE(const Selection chosen, selection(actor, query, Records::listed));
    std::vector<DeviceSummary> devices;
    for (const DeviceId& id : core_.fleet.sample(chosen, std::min(limit, kMostOnPage))) {
        const DeviceKey key{chosen.tenant, id};
        if (auto row = core_.fleet.device(key)) devices.push_back(summary(key, std::move(*row)));
    }
    return devices;
}

base::Result<std::vector<Facet>> Registry::facet(const access::Actor& actor, std::string_view query,
                                                 std::string_view key, std::size_t limit) const {
    TRY_VALUE(const Selection chosen, selection(actor, query, Records::listed));
    TRY(check_any_fact(key, ""));
    return core_.fleet.facet(chosen, key, std::min(limit, kMostOnPage));
}

base::Result<DeviceSummary> Registry::get(const access::Actor& actor, DeviceId device) const {
    TRY(may_on_device(core_, actor, access::Action::device_read, device));
    const DeviceKey key{tenant_of(actor), device};
    auto row = core_.fleet.device(key);
    if (!row) return base::not_found("there is no device " + device.text());
    return summary(key, std::move(*row));
}

base::Result<DeviceExplanation> Registry::explain(const access::Actor& actor, DeviceId device) const {
    DeviceExplanation told;
    TRY_VALUE(told.device, get(actor, device));
    const ports::DeviceRow& row = told.device.row;
    const std::vector<device::Fact>& facts = told.device.facts;
    const std::string protocol = value_of(facts, device::key::protocol),
                      platform = value_of(facts, device::key::platform), slots = value_of(facts, "x.slots");
    device::CapabilityBasis basis;
    basis.protocol = protocol;
    basis.platform = platform;
    basis.slots = slots;
    basis.supervised = value_of(facts, "x.supervised") == "yes";
    basis.has_identity = !row.certificate_serial.empty() && !row.revoked;
    told.capabilities = device::capabilities(basis);

    auto& say = told.sentences;
    const auto now = core_.clock.now();
    if (!value_of(facts, "x.connector").empty() && value_of(facts, "x.ownership") == "personal")
        say.emplace_back("It is a person's own: it is known by the least, and its owner decides what it "
                         "installs and when.");
    switch (row.lifecycle) {
    case device::Lifecycle::pending:
        say.emplace_back("It waits for a person to accept it; nothing is offered until then.");
        break;
    case device::Lifecycle::quiet:
        say.push_back("It has not been heard of since " + base::to_iso8601(row.last_seen) +
                      "; it gets its offer when it asks again.");
        break;
    case device::Lifecycle::retired:
        say.emplace_back("It is retired and leaves every count; it comes back by enrolling again.");
        break;
    case device::Lifecycle::unmanaged: {
        const std::string by = value_of(facts, "x.seen_by"), at = value_of(facts, "x.seen_at");
        say.push_back("Nobody manages it: it was only seen on the network" +
                      (by.empty() ? "" : ", by " + by) + (at.empty() ? "" : ", on " + at) +
                      ". Enrol it, import it by its MAC address, accept it, or retire it to pass over it.");
        break;
    }
    case device::Lifecycle::active:
        break;
    }
    const auto linked = [&](std::string_view key) {
        const auto id = DeviceId::parse(value_of(facts, key));
        return id.ok() && core_.fleet.in_scope({tenant_of(actor), *id}, scope_of(actor))
                   ? called(core_.fleet, {tenant_of(actor), *id})
                   : std::string();
    };
    if (const std::string by = linked(device::kReplacedBy); !by.empty())
        say.push_back(by + " took its place.");
    if (const std::string of = linked(device::kReplaces); !of.empty())
        say.push_back("It took the place of " + of + ".");
    for (std::string& sentence : peculiarities(protocol, facts, row))
        say.push_back(std::move(sentence));
    if (row.certificate_serial.empty() && row.lifecycle != device::Lifecycle::unmanaged)
        say.emplace_back(
            "It is known from an import only: Oakum cannot reach it until it is enrolled or its management "
            "system is connected.");
    if (row.revoked) say.emplace_back("Its identity was revoked: it is refused until it enrols again.");
    if (row.certificate_expires && *row.certificate_expires <= now && !row.revoked)
        say.push_back("Its certificate ended on " + base::to_date(*row.certificate_expires) + ".");
    if (row.clone_suspected)
        say.emplace_back(
            "Two devices may share its identity: look at its history, then revoke it or say that it is one.");
    if (row.hold) say.emplace_back("An operator holds it: nothing new is offered.");
    if (row.base_set == SetId())
        say.emplace_back(
            "The software of its firmware is not known: attach an SBOM to its model and version. What is "
            "not known is never counted as safe.");
    if (told.device.deployment) {
        const ports::DeploymentRow& deployment = *told.device.deployment;
        std::string words(install::to_string(deployment.state));
        if (deployment.reason != install::Reason::none)
            words += " (" + std::string(install::to_string(deployment.reason)) + ")";
        std::replace(words.begin(), words.end(), '_', ' ');
        std::string sentence =
            "Its latest update is " + words + " since " + base::to_iso8601(deployment.state_at);
        if (!deployment.detail.empty()) sentence += ": " + deployment.detail;
        say.push_back(sentence + ".");
    }
    return told;
}

base::Result<std::vector<ports::DeviceEventRow>> Registry::events(const access::Actor& actor, DeviceId device,
                                                                  std::optional<base::TimePoint> before,
                                                                  std::size_t limit) const {
    TRY(may_on_device(core_, actor, access::Action::device_read, device));
    return core_.history.device_events(tenant_of(actor), device, before, std::min(limit, kMostOnPage));
}

base::Result<std::vector<ports::DeviceSetRow>> Registry::sets(const access::Actor& actor,
                                                              DeviceId device) const {
    TRY(may_on_device(core_, actor, access::Action::device_read, device));
    return core_.history.device_sets(tenant_of(actor), device);
}

void Registry::set_facts(access::Actor actor, DeviceId device, std::map<std::string, std::string> facts,
                         std::string why, std::function<void(base::Status)> done) {
    do_deed(core_, std::move(actor), device, {Deed::Kind::set, std::move(facts), {}}, std::move(why),
            std::move(done));
}

void Registry::move(access::Actor actor, DeviceId device, GroupId group, std::string why,
                    std::function<void(base::Status)> done) {
    do_deed(core_, std::move(actor), device, {Deed::Kind::move, {}, group}, std::move(why), std::move(done));
}

void Registry::hold(access::Actor actor, DeviceId device, bool held, std::string why,
                    std::function<void(base::Status)> done) {
    do_deed(core_, std::move(actor), device, {held ? Deed::Kind::hold : Deed::Kind::release, {}, {}},
            std::move(why), std::move(done));
}

void Registry::retire(access::Actor actor, DeviceId device, std::string why,
                      std::function<void(base::Status)> done) {
    do_deed(core_, std::move(actor), device, {Deed::Kind::retire, {}, {}}, std::move(why), std::move(done));
}

void Registry::clear_clone(access::Actor actor, DeviceId device, std::string why,
                           std::function<void(base::Status)> done) {
    if (auto status = may_on_device(core_, actor, access::Action::device_operate, device); !status.ok())
        return done(std::move(status));
    core_.writer.submit(
        shard::place_of(tenant_of(actor), device), shard::Priority::person,
        [actor, device, why](shard::Transaction& transaction) -> base::Status {
            auto row = transaction.device(device);
            if (!row) return base::not_found("there is no device " + device.text());
            if (!row->clone_suspected) return base::conflict("nothing speaks for a clone of this device");
            row->clone_suspected = false;
            transaction.put(*row);
            transaction.event(
                {device, transaction.now(), "clone", "", "suspected", "one device", said_by(actor, why)});
            transaction.change("device", device.text(), "{\"what\":\"device.clear_clone\"}");
            transaction.audit({actor.text(), "device.clear_clone", "device " + device.text(),
                               "{\"clone_suspected\":true}", "{\"clone_suspected\":false}", why});
            return {};
        },
        std::move(done));
}

} // namespace oakum::fleet
