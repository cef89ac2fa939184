// SPDX-License-Identifier: Apache-2.0
#include "software_sets.hpp"

#include <algorithm>
#include <base/digest.hpp>
#include <map>

namespace oakum::fleet {
namespace {

void add(base::Sha256& hash, std::string_view field) {
    hash.update(std::to_string(field.size()));
    hash.update(":");
    hash.update(field);
}

} // namespace

ComponentId component_id(const component::Component& component) {
    base::Sha256 hash;
    hash.update("oakum component 1");
    add(hash, std::to_string(static_cast<int>(component.kind)));
    for (const std::string* field : {&component.name, &component.version, &component.purl, &component.cpe,
                                     &component.bundle_id, &component.patch_level})
        add(hash, *field);
    return ComponentId(hash.finish());
}

SetId set_id(std::vector<ComponentId>& components) {
    std::sort(components.begin(), components.end());
    components.erase(std::unique(components.begin(), components.end()), components.end());
    base::Sha256 hash;
    hash.update("oakum set 1");
    for (const ComponentId& id : components)
        hash.update(id.get().bytes);
    return SetId(hash.finish());
}

Subject subject(SetId set, SetId on) {
    if (set == SetId() || on == SetId() || on == set) return {set, set, {}};
    base::Sha256 hash;
    hash.update("oakum set on set 1");
    hash.update(set.get().bytes);
    hash.update(on.get().bytes);
    return {SetId(hash.finish()), set, on};
}

std::vector<RanSubject> ran_subjects(const std::vector<ports::DeviceSetRow>& rows) {
    std::vector<RanSubject> ran;
    std::vector<const ports::DeviceSetRow*> bases;
    for (const ports::DeviceSetRow& row : rows)
        if (row.layer == ports::Layer::base) bases.push_back(&row);
    std::sort(bases.begin(), bases.end(), [](const auto* a, const auto* b) { return a->from < b->from; });
    for (const ports::DeviceSetRow* base : bases)
        ran.push_back({subject(base->set), *base, std::nullopt});
    for (const ports::DeviceSetRow& row : rows) {
        if (row.layer == ports::Layer::base) continue;
        const auto add = [&](base::TimePoint from, std::optional<base::TimePoint> to,
                             const ports::DeviceSetRow* base) {
            RanSubject piece{subject(row.set, base == nullptr ? SetId() : base->set), row, std::nullopt};
            piece.row.from = from;
            piece.row.to = to;
            if (base != nullptr) piece.beneath = *base;
            ran.push_back(piece);
        };
        std::optional<base::TimePoint> at = row.from; // from here on nothing is told yet; none: all is
        for (const ports::DeviceSetRow* base : bases) {
            const auto until = !row.to ? base->to : !base->to ? row.to : std::min(*row.to, *base->to);
            if ((until && *until <= *at) || (row.to && base->from >= *row.to)) continue;
            if (base->from > *at) add(*at, base->from, nullptr);
            add(std::max(*at, base->from), until, base);
            at = until;
            if (!at) break;
        }
        if (at && (!row.to || *at < *row.to)) add(*at, row.to, nullptr);
    }
    return ran;
}

Software::Software() = default;
Software::~Software() = default;

Software::Tenant& Software::tenant(TenantId id) {
    auto& tenant = tenants_[id];
    if (!tenant) tenant = std::make_unique<Tenant>();
    return *tenant;
}

const Software::Tenant* Software::find(TenantId id) const {
    const auto at = tenants_.find(id);
    return at == tenants_.end() ? nullptr : at->second.get();
}

std::optional<component::Component> Software::component(TenantId id, ComponentId wanted) const {
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    return tenant == nullptr ? std::nullopt : tenant->components[tenant->component_numbers.find(wanted)];
}

bool Software::has_set(TenantId id, SetId wanted) const {
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    return tenant != nullptr && tenant->find(wanted) != nullptr;
}

base::Result<ports::SoftwareSetRow> Software::set(TenantId id, SetId wanted) const {
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    const Tenant::Set* found = tenant == nullptr ? nullptr : tenant->find(wanted);
    if (found == nullptr) return base::not_found("there is no software set " + wanted.get().hex());
    ports::SoftwareSetRow row{found->id, found->layer, {}, found->statements, found->origin};
    for (const std::uint32_t number : found->components)
        row.components.push_back(tenant->component_numbers.keys[number]);
    return row;
}

base::Result<std::vector<component::Component>> Software::components(TenantId id, SetId wanted) const {
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    const Tenant::Set* found = tenant == nullptr ? nullptr : tenant->find(wanted);
    if (found == nullptr) return base::not_found("there is no software set " + wanted.get().hex());
    std::vector<component::Component> components;
    for (const std::uint32_t number : found->components)
        if (tenant->components[number]) components.push_back(*tenant->components[number]);
    return components;
}

base::Result<Software::Contents> Software::contents(TenantId id, SetId wanted) const {
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    const Tenant::Set* found = tenant == nullptr ? nullptr : tenant->find(wanted);
    if (found == nullptr) return base::not_found("there is no software set " + wanted.get().hex());
    Contents out;
    out.statements = found->statements;
    for (const std::uint32_t number : found->components)
        if (tenant->components[number]) {
            out.ids.push_back(tenant->component_numbers.keys[number]);
            out.components.push_back(*tenant->components[number]);
        }
    return out;
}

std::vector<Subject> Software::subjects(TenantId id) const {
    std::vector<Subject> found;
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    if (tenant == nullptr) return found;
    for (const Tenant::Set& set : tenant->sets) {
        const Tenant::Set& of = tenant->sets[set.of];
        if (set.of != 0 && of.known)
            found.push_back({set.id, of.id, tenant->sets[set.on].id});
        else if (set.of == 0 && set.known && (set.alone || set.layer == ports::Layer::base))
            found.push_back({set.id, set.id, {}});
    }
    return found;
}

std::size_t Software::component_count(TenantId id) const {
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    return tenant == nullptr ? 0 : tenant->components.size() - 1;
}

void Software::each_component(
    TenantId id, const std::function<void(ComponentId, const component::Component&)>& visit) const {
    base::SharedLock lock(mutex_);
    if (const Tenant* tenant = find(id))
        for (std::size_t i = 1; i < tenant->components.size(); ++i)
            if (tenant->components[i]) visit(tenant->component_numbers.keys[i], *tenant->components[i]);
}

std::vector<FoundComponent> Software::search(TenantId id, const search::Wanted& wanted,
                                             const std::optional<std::vector<bool>>& sets,
                                             std::size_t limit) const {
    struct Named {
        FoundComponent found;
        std::vector<std::string_view> versions;
    };
    std::map<std::string_view, Named> by_name;
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    if (tenant == nullptr) return {};
    std::vector<bool> visible(tenant->components.size(), !sets);
    if (sets)
        for (std::size_t n = 1; n < std::min(sets->size(), tenant->sets.size()); ++n)
            if ((*sets)[n])
                for (const std::uint32_t number :
                     (tenant->sets[n].of == 0 ? tenant->sets[n] : tenant->sets[tenant->sets[n].of])
                         .components)
                    visible[number] = true;
    for (std::size_t n = 1; n < tenant->components.size(); ++n) {
        if (!visible[n] || !tenant->components[n]) continue;
        const component::Component& component = *tenant->components[n];
        const search::Match match = wanted.in(component.name);
        if (match == search::Match::none) continue;
        Named& named = by_name[component.name];
        named.found.name = component.name;
        named.found.match = match;
        named.versions.push_back(component.version);
        if (named.found.example.empty())
            named.found.example = !component.purl.empty()  ? component.purl
                                  : !component.cpe.empty() ? component.cpe
                                                           : component.bundle_id;
    }
    std::vector<FoundComponent> found;
    for (auto& [name, named] : by_name) {
        std::sort(named.versions.begin(), named.versions.end());
        named.found.versions = static_cast<std::uint64_t>(
            std::unique(named.versions.begin(), named.versions.end()) - named.versions.begin());
        found.push_back(std::move(named.found));
    }
    std::sort(found.begin(), found.end(), [](const FoundComponent& a, const FoundComponent& b) {
        return std::tuple(b.match, a.name.size(), std::string_view(a.name)) <
               std::tuple(a.match, b.name.size(), std::string_view(b.name));
    });
    if (found.size() > limit) found.resize(limit);
    return found;
}

std::vector<SetFinding> Software::findings(TenantId id, SetId wanted) const {
    std::vector<SetFinding> found;
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    if (tenant == nullptr) return found;
    const std::uint32_t number = tenant->set_numbers.find(wanted);
    if (number == 0) return found;
    for (const Tenant::Finding& finding : tenant->sets[number].findings)
        found.push_back({tenant->advisories.keys[finding.advisory],
                         tenant->component_numbers.keys[finding.component], finding.verdict,
                         tenant->reasons.keys[finding.reason], finding.from,
                         static_cast<bool>(tenant->kev[finding.advisory])});
    std::sort(found.begin(), found.end(), [](const SetFinding& a, const SetFinding& b) {
        return std::tie(a.advisory, a.component) < std::tie(b.advisory, b.component);
    });
    return found;
}

Software::Numbers Software::numbers_of(TenantId id, SetId base, SetId delta) {
    if (base == SetId() && delta == SetId()) return {};
    base::ExclusiveLock lock(mutex_);
    Tenant& target = tenant(id);
    Numbers numbers;
    if (base != SetId()) {
        numbers.base = target.set_number(base);
        target.sets[numbers.base].alone = true;
    }
    if (delta == SetId()) return numbers;
    numbers.delta = target.set_number(delta);
    if (numbers.base == kNoSet || numbers.base == numbers.delta) {
        target.sets[numbers.delta].alone = true;
        return numbers;
    }
    const Tenant::Pair pair{numbers.delta, numbers.base};
    if (target.sets[pair.set].last_on != pair.on) {
        std::uint32_t& number = target.subjects[pair];
        if (number == 0) {
            number = target.set_number(subject(delta, base).id);
            target.sets[number].of = pair.set;
            target.sets[number].on = pair.on;
            if (Tenant::Set& beneath = target.sets[pair.on]; !std::exchange(beneath.beneath, true))
                target.cover(beneath);
        }
        target.sets[pair.set].last_on = pair.on;
        target.sets[pair.set].last_subject = number;
    }
    numbers.delta = target.sets[pair.set].last_subject;
    return numbers;
}

SetId Software::id_of(TenantId id, SetNumber number) const {
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    if (tenant == nullptr || number >= tenant->sets.size()) return {};
    const Tenant::Set& set = tenant->sets[number];
    return set.of == 0 ? set.id : tenant->sets[set.of].id;
}

void Software::apply(shard::Place place, const ports::Row& row) {
    if (const auto* component = std::get_if<ports::ComponentRow>(&row)) {
        base::ExclusiveLock lock(mutex_);
        tenant(place.tenant).put(component->id, component->component);
    } else if (const auto* set = std::get_if<ports::SoftwareSetRow>(&row)) {
        base::ExclusiveLock lock(mutex_);
        Tenant& owner = tenant(place.tenant);
        std::vector<std::uint32_t> numbers;
        numbers.reserve(set->components.size());
        for (const ComponentId& id : set->components)
            numbers.push_back(owner.component_number(id));
        Tenant::Set& target = owner.set(set->id);
        if (target.known) return;
        ++epoch_;
        target.known = true;
        target.layer = set->layer;
        target.components = std::move(numbers);
        if (target.beneath) owner.cover(target);
        target.statements = set->statements;
        target.origin = set->origin;
    } else if (const auto* finding = std::get_if<ports::SetFindingRow>(&row)) {
        base::ExclusiveLock lock(mutex_);
        tenant(place.tenant).put(*finding);
        ++epoch_;
    }
}

void Software::replace(shard::Place place, const std::vector<ports::Row>& rows) {
    if (place.shard != device::kControlShard) return;
    {
        // Components and sets are immutable and named by their content: one too many does no harm.
        base::ExclusiveLock lock(mutex_);
        Tenant& target = tenant(place.tenant);
        for (Tenant::Set& set : target.sets)
            set.findings.clear();
        ++epoch_;
    }
    for (const ports::Row& row : rows)
        apply(place, row);
}

} // namespace oakum::fleet
