// SPDX-License-Identifier: Apache-2.0
#include "devices.hpp"

#include "device_parts.hpp"
#include "device_sentence.hpp"
#include "past.hpp"

#include "explain_facts.hpp"
#include "rollouts.hpp"

#include <algorithm>
#include <tuple>

namespace oakum::server {

using device::DeviceId;
using device::TenantId;

namespace {

bool ended(const ports::DeploymentRow& row) {
    return install::is_terminal(row.state);
}

// Those of the asked facts that are known; nothing when none was asked for.
std::optional<std::map<std::string, std::string>> asked_of(const fleet::DeviceSummary& device,
                                                           const std::vector<std::string>& keys) {
    if (keys.empty()) return std::nullopt;
    std::map<std::string, std::string> facts;
    for (const device::Fact& fact : device.facts)
        if (std::ranges::find(keys, fact.key) != keys.end()) facts[fact.key] = fact.value;
    return facts;
}

} // namespace

api::DeviceSummary DevicesService::summary(TenantId tenant, const fleet::DeviceSummary& from,
                                           const assessment::AssessedFleet& assessed) const {
    api::DeviceSummary view;
    view.id = from.row.id;
    const auto value = [&](std::string_view key) { return fact_of(from.facts, key); };
    view.serial = value(device::key::serial);
    view.name = value(device::key::name).value_or(view.serial.value_or(view.id.text()));
    view.kind = value(device::key::kind);
    view.manufacturer = value(device::key::manufacturer);
    view.model = value(device::key::model);
    view.platform = value(device::key::platform);
    view.firmware_version = value(device::key::firmware_version);
    view.os_version = value(device::key::os_version);
    view.patch_level = value(device::key::patch_level);
    view.site = value(device::key::site);
    view.zone = value(device::key::zone);
    view.owner = value(device::key::owner);
    view.criticality = value(device::key::criticality);
    view.exposure = value(device::key::exposure);
    if (!from.row.group.is_zero())
        if (const auto group = context_.core.control.find<ports::GroupRow>(tenant, from.row.group))
            view.group = api::GroupRef{group->id, group->name};
    view.lifecycle = from.row.lifecycle;
    base::TimePoint seen =
        std::max(from.row.last_seen, context_.core.fleet.last_heard({tenant, from.row.id}));
    if (seen == base::TimePoint{} && from.row.lifecycle == device::Lifecycle::unmanaged)
        seen = seen_elsewhere(from.facts);
    if (seen != base::TimePoint{}) view.last_seen = seen;
    const assessment::DeviceFigures figures =
        assessment::figures(assessed, from.row.base_set, from.row.delta_set, context_of(from.facts),
                            assessment::cell_of(context_.core.fleet, {tenant, from.row.id}, assessed));
    view.assessed = figures.assessed;
    if (figures.assessed) view.risk = figures.risk;
    view.findings_open = figures.open;
    view.exploited_open = figures.exploited;
    view.cannot_tell = figures.unknown;
    if (from.deployment && !ended(*from.deployment))
        view.deployment =
            api::DeviceSummary::InDeployment{from.deployment->id, from.deployment->state,
                                             release_ref(context_, tenant, from.deployment->release)};
    view.hold = from.row.hold;
    view.revoked = from.row.revoked;
    view.clone_suspected = from.row.clone_suspected;
    return view;
}

api::Device DevicesService::whole(TenantId tenant, const fleet::DeviceExplanation& explained,
                                  const DeviceFacts& facts) const {
    const fleet::DeviceSummary& from = explained.device;
    const auto assessed = assessor_.fleet(tenant);
    api::Device view;
    static_cast<api::DeviceSummary&>(view) = summary(tenant, from, *assessed);
    for (const device::Fact& fact : from.facts) {
        api::Device::Fact shown;
        shown.key = fact.key;
        shown.value = fact.value;
        shown.source = fact.source;
        if (fact.at != base::TimePoint{}) shown.at = fact.at;
        shown.assumed = fact.source == device::FactSource::assumed;
        shown.detail = some(fact.detail);
        if (fact.source == device::FactSource::group)
            for (const auto& group : context_.core.control.list<ports::GroupRow>(tenant))
                if (group->name == fact.detail) shown.inherited_from = api::GroupRef{group->id, group->name};
        shown.editable = fact.key != device::key::serial && fact.key != device::key::protocol;
        view.facts.push_back(std::move(shown));
    }
    for (const device::CapabilityAnswer& answer : explained.capabilities)
        view.capabilities.push_back(
            {std::string(device::to_string(answer.capability)), answer.has, std::string(answer.reason)});
    const assessment::DeviceFigures figures =
        assessment::figures(*assessed, from.row.base_set, from.row.delta_set, context_of(from.facts),
                            assessment::cell_of(context_.core.fleet, {tenant, from.row.id}, *assessed));
    view.findings_by_severity = severity_counts(figures.by_severity);
    view.first_seen = from.row.first_seen;
    if (from.row.last_inventory != base::TimePoint{}) view.last_inventory = from.row.last_inventory;
    view.running_version = some(from.row.running_version);
    if (!from.row.desired_release.is_zero())
        view.desired = api::Device::Desired{from.row.desired_number,
                                            release_ref(context_, tenant, from.row.desired_release),
                                            rollout_ref(context_, tenant, from.row.desired_rollout)};
    if (!from.row.certificate_serial.empty())
        view.certificate =
            api::Device::Certificate{from.row.certificate_serial, from.row.certificate_expires};
    view.row_version = from.row.row_version;
    view.sentence = sentence_of(context_, tenant, view, from, facts);
    return view;
}

// In the order of their ids.
void DevicesService::list_part(const access::Actor& actor, const std::string& query, const api::Those& those,
                               const std::vector<std::string>& facts, const api::PageRequest& page,
                               const api::Answer<api::DevicePage>& answer) const {
    auto ids = devices_of(context_, registry_, assessor_, actor, query, those);
    if (!ids.ok()) return answer(std::move(ids).error());
    auto paged = page_of(std::move(*ids), page);
    if (!paged.ok()) return answer(std::move(paged).error());
    const auto assessed = assessor_.fleet(tenant_of(actor));
    api::DevicePage view;
    view.total = paged->total;
    view.next = paged->next;
    for (const DeviceId id : paged->items)
        if (const auto device = registry_.get(actor, id); device.ok()) {
            view.items.push_back(summary(tenant_of(actor), *device, *assessed));
            view.items.back().asked = asked_of(*device, facts);
        }
    answer(std::move(view));
}

void DevicesService::list(const access::Actor& actor, std::string query, api::Those those,
                          std::vector<std::string> facts, api::DeviceSort sort, api::Order wanted,
                          api::PageRequest page, api::Answer<api::DevicePage> answer) {
    context_.background.post([this, actor, query, those, facts = std::move(facts), sort, wanted, page,
                              answer = std::move(answer)] {
        if (those.part != api::Part::all) return list_part(actor, query, those, facts, page, answer);
        const auto count = registry_.count(actor, query);
        if (!count.ok()) return answer(count.error());
        auto selection = registry_.selection(actor, query, fleet::Records::listed);
        if (!selection.ok()) return answer(std::move(selection).error());
        const auto ids = order_.page({std::move(*selection), query, sort, wanted}, page);
        if (!ids.ok()) return answer(ids.error());
        const TenantId tenant = tenant_of(actor);
        const auto assessed = assessor_.fleet(tenant);
        api::DevicePage view;
        view.next = ids->next;
        for (const DeviceId id : ids->items)
            if (const auto device = registry_.get(actor, id); device.ok()) {
                view.items.push_back(summary(tenant, *device, *assessed));
                view.items.back().asked = asked_of(*device, facts);
            }
        view.total = count->yes;
        view.unknown = count->unknown;
        answer(std::move(view));
    });
}

void DevicesService::facets(const access::Actor& actor, std::string query, std::vector<std::string> keys,
                            api::Answer<api::Facets> answer) {
    const auto count = registry_.count(actor, query);
    if (!count.ok()) return answer(count.error());
    api::Facets view;
    view.total = count->yes;
    for (const std::string& key : keys) {
        const auto facet = registry_.facet(actor, query, key, 51);
        if (!facet.ok()) return answer(facet.error());
        api::Facets::Facet shown;
        shown.key = key;
        for (const fleet::Facet& value : *facet)
            if (shown.values.size() < 50) shown.values.push_back({some(value.value), value.count});
        shown.more = facet->size() > 50;
        view.facets.push_back(std::move(shown));
    }
    answer(std::move(view));
}

void DevicesService::preview(const access::Actor& actor, std::string query,
                             api::Answer<api::QueryPreview> answer) {
    api::QueryPreview view;
    const auto count = registry_.count(actor, query);
    if (!count.ok()) {
        if (count.error().kind != base::ErrorKind::invalid) return answer(count.error());
        // While somebody types, a mistake is an answer: where it is and what it is.
        api::QueryPreview::Mistake mistake{count.error().message, 1};
        if (count.error().where.starts_with("column "))
            mistake.column = std::strtoull(count.error().where.c_str() + 7, nullptr, 10);
        view.error = std::move(mistake);
        return answer(std::move(view));
    }
    view.count = count->yes;
    view.unknown = count->unknown;
    if (const auto sample = registry_.sample(actor, query, 10); sample.ok())
        for (const fleet::DeviceSummary& device : *sample)
            view.sample.push_back(device_ref(context_, tenant_of(actor), device.row.id));
    answer(std::move(view));
}

void DevicesService::get(const access::Actor& actor, DeviceId id, api::Answer<api::Device> answer) {
    const auto found = registry_.explain(actor, id);
    if (!found.ok()) return answer(found.error());
    const TenantId tenant = tenant_of(actor);
    answer(whole(tenant, *found, facts_of(context_, rollouts_, tenant, found->device)));
}

void DevicesService::patch(const access::Actor& actor, DeviceId id, api::DevicePatch patch,
                           api::Answer<api::Device> answer) {
    std::map<std::string, std::string> facts;
    for (auto& [key, value] : patch.facts)
        facts[key] = value.value_or("");
    const auto finish = [this, actor, id, answer](base::Status status) {
        if (!status.ok()) return answer(std::move(status).error());
        get(actor, id, answer);
    };
    const auto move = [this, actor, id, group = patch.group, why = patch.why, finish](base::Status status) {
        if (!status.ok() || !group) return finish(std::move(status));
        registry_.move(actor, id, group->value_or(device::GroupId{}), why, finish);
    };
    if (facts.empty()) return move({});
    registry_.set_facts(actor, id, std::move(facts), patch.why, move);
}

void DevicesService::act(const access::Actor& actor, DeviceId id, api::DeviceAction action, std::string why,
                         api::Answer<api::DeviceActionResult> answer) {
    const auto done = [this, actor, id, action, answer = std::move(answer)](base::Status status) {
        if (!status.ok()) return answer(std::move(status).error());
        get(actor, id, [action, answer](base::Result<api::Device> device) {
            if (!device.ok()) return answer(std::move(device).error());
            const std::string name = device->name;
            std::string sentence;
            switch (action) {
            case api::DeviceAction::accept:
                sentence = name + " is accepted.";
                break;
            case api::DeviceAction::hold:
                sentence = "Nothing is installed on " + name + " until it is released.";
                break;
            case api::DeviceAction::release:
                sentence = "The hold on " + name + " is ended.";
                break;
            case api::DeviceAction::retire:
                sentence = name + " is retired and leaves every count.";
                break;
            case api::DeviceAction::revoke:
                sentence =
                    "The certificate of " + name + " is refused from now on; it may be enrolled again.";
                break;
            case api::DeviceAction::update_now:
                sentence = name + " is offered its update at its next poll.";
                break;
            case api::DeviceAction::clear_clone:
                sentence = name + " counts as one device again.";
                break;
            }
            answer(api::DeviceActionResult{std::move(*device), std::move(sentence)});
        });
    };
    switch (action) {
    case api::DeviceAction::accept:
        return enrolment_.accept(actor, id, std::move(why), done);
    case api::DeviceAction::hold:
        return registry_.hold(actor, id, true, std::move(why), done);
    case api::DeviceAction::release:
        return registry_.hold(actor, id, false, std::move(why), done);
    case api::DeviceAction::retire:
        return registry_.retire(actor, id, std::move(why), done);
    case api::DeviceAction::revoke:
        return enrolment_.revoke(actor, id, std::move(why), done);
    case api::DeviceAction::update_now:
        return rollouts_.update_now(actor, id, std::move(why), done);
    case api::DeviceAction::clear_clone:
        return registry_.clear_clone(actor, id, std::move(why), done);
    }
}

namespace {

bool has_ignoring_case(std::string_view text, std::string_view part) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::search(text.begin(), text.end(), part.begin(), part.end(),
                       [&](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

// Those that are asked for, in the order of their names.
void show(api::Software::Layer& layer, std::vector<component::Component> components,
          const api::SoftwareQuery& query) {
    layer.total = components.size();
    if (!query.name.empty())
        std::erase_if(components,
                      [&](const auto& each) { return !has_ignoring_case(each.name, query.name); });
    if (query.most > 0 && components.size() > query.most) {
        const auto end = components.begin() + static_cast<std::ptrdiff_t>(query.most);
        const auto by_name = [](const component::Component& a, const component::Component& b) {
            return std::tie(a.name, a.version, a.purl) < std::tie(b.name, b.version, b.purl);
        };
        std::partial_sort(components.begin(), end, components.end(), by_name);
        components.erase(end, components.end());
    }
    layer.components = std::move(components);
}

} // namespace

void DevicesService::software(const access::Actor& actor, DeviceId id, api::SoftwareQuery query,
                              api::Answer<api::Software> answer) {
    const auto device = registry_.get(actor, id);
    if (!device.ok()) return answer(device.error());
    context_.background.post([this, tenant = tenant_of(actor), device = *device, id, query = std::move(query),
                              answer = std::move(answer)] {
        const auto& as_of = query.as_of;
        if (as_of)
            if (auto status =
                    check_as_of(*as_of, context_.core.clock.now(),
                                whole_since(context_, tenant, device.row.first_seen), "this device");
                !status.ok())
                return answer(std::move(status).error());
        const auto history = context_.core.history.device_sets(tenant, id);
        if (as_of && !history.ok()) return answer(history.error());
        // Ran at the moment that is asked for.
        const auto ran = [&](const ports::DeviceSetRow& row) {
            return as_of ? row.from <= *as_of && (!row.to || *row.to > *as_of) : !row.to;
        };
        const auto set_of = [&](ports::Layer layer, device::SetId now) {
            if (!as_of) return now;
            for (const ports::DeviceSetRow& row : *history)
                if (row.layer == layer && ran(row)) return row.set;
            return device::SetId();
        };
        api::Software view;
        for (const auto& [layer, set] :
             {std::pair(ports::Layer::base, set_of(ports::Layer::base, device.row.base_set)),
              std::pair(ports::Layer::delta, set_of(ports::Layer::delta, device.row.delta_set))}) {
            if (set == device::SetId{}) continue;
            api::Software::Layer shown;
            shown.layer = layer;
            shown.set = set;
            if (const auto row = context_.core.software.set(tenant, set); row.ok())
                shown.origin = row->origin;
            if (auto components = context_.core.software.components(tenant, set); components.ok())
                show(shown, *std::move(components), query);
            if (history.ok())
                for (const ports::DeviceSetRow& row : *history)
                    if (row.layer == layer && row.set == set && ran(row)) shown.since = row.from;
            view.known = true;
            view.layers.push_back(std::move(shown));
        }
        answer(std::move(view));
    });
}

void DevicesService::history(const access::Actor& actor, DeviceId id, api::PageRequest page,
                             api::Answer<api::Page<api::DeviceEvent>> answer) {
    std::optional<base::TimePoint> before;
    if (!page.after.empty()) {
        if (page.after.size() > 15 || page.after.find_first_not_of("0123456789") != std::string::npos)
            return answer(base::invalid("this cursor is not one of ours").at("cursor"));
        before = base::from_unix_ms(std::stoll(page.after));
    }
    context_.background.post([this, actor, id, before, limit = page.limit, answer = std::move(answer)] {
        const auto rows = registry_.events(actor, id, before, limit);
        if (!rows.ok()) return answer(rows.error());
        api::Page<api::DeviceEvent> view;
        for (const ports::DeviceEventRow& row : *rows)
            view.items.push_back({row.at, row.kind, row.subject, row.before, row.after, row.detail});
        if (rows->size() == limit) view.next = std::to_string(base::unix_ms(rows->back().at));
        answer(std::move(view));
    });
}

void DevicesService::deployments(const access::Actor& actor, DeviceId id, api::PageRequest page,
                                 api::Answer<api::Page<api::Deployment>> answer) {
    if (const auto device = registry_.get(actor, id); !device.ok()) return answer(device.error());
    context_.background.post([this, tenant = tenant_of(actor), id, page, answer = std::move(answer)] {
        const auto rows = context_.core.history.deployments(tenant, id, 500);
        if (!rows.ok()) return answer(rows.error());
        std::vector<api::Deployment> views;
        for (const ports::DeploymentRow& row : *rows)
            views.push_back(deployment_view(context_, tenant, row));
        answer(page_of(std::move(views), page));
    });
}

bool DevicesService::sees(const access::Actor& actor, DeviceId id) {
    return context_.core.fleet.in_scope({tenant_of(actor), id}, fleet::scope_of(actor));
}

} // namespace oakum::server
