// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <base/digest.hpp>
#include <fleet/software.hpp>
#include <map>

namespace oakum::fleet {
namespace {

void add(base::Sha256& hash, std::string_view field) {
    hash.update(std::to_string(field.size()));
    hash.update(":");
    hash.update(field);
}

device::Truth truth_of(ports::Verdict verdict) {
    switch (verdict) {
    case ports::Verdict::affected:
        return device::Truth::yes;
    case ports::Verdict::unknown:
        return device::Truth::unknown;
    case ports::Verdict::not_affected:
    case ports::Verdict::fixed:
        return device::Truth::no;
    }
    return device::Truth::unknown;
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

struct Software::Tenant {
    struct Finding {
        std::uint32_t advisory = 0, component = 0;
        ports::Verdict verdict = ports::Verdict::unknown;
        std::uint32_t reason = 0;
        base::TimePoint from{};
    };
    struct Set {
        SetId id;
        std::uint32_t of = 0, on = 0;                // a subject: the set, and the one beneath it
        std::uint32_t last_on = 0, last_subject = 0; // a set: what it was named on last, most often always
        bool known = false;                          // its row was applied; it may be named before
        bool alone = false;                          // a device has it with nothing beneath
        ports::Layer layer = ports::Layer::base;
        std::vector<std::uint32_t> components;
        std::vector<component::Statement> statements;
        std::string origin;
        std::vector<Finding> findings; // open ones
    };

    // Numbers begin at 1. The table holds them alone, and finds them by the keys that they stand for.
    template <class Key> class Numbers {
      public:
        std::vector<Key> keys{Key{}};
        std::uint32_t get(const Key& key) {
            const std::size_t place = place_of(key);
            if (table_[place] != 0) return table_[place];
            const auto number = static_cast<std::uint32_t>(keys.size());
            table_[place] = number;
            keys.push_back(key);
            if (keys.size() * 2 > table_.size()) grow();
            return number;
        }
        std::uint32_t find(const Key& key) const { return table_[place_of(key)]; }

      private:
        std::size_t place_of(const Key& key) const {
            std::size_t at = std::hash<Key>{}(key)*kSpread >> shift_;
            while (table_[at] != 0 && !(keys[table_[at]] == key))
                at = (at + 1) & (table_.size() - 1);
            return at;
        }
        void grow() {
            table_.assign(table_.size() * 2, 0);
            --shift_;
            for (std::uint32_t number = 1; number < keys.size(); ++number)
                table_[place_of(keys[number])] = number;
        }
        static constexpr std::uint64_t kSpread = 0x9E3779B97F4A7C15ULL;
        unsigned shift_ = 64 - 4;
        std::vector<std::uint32_t> table_ = std::vector<std::uint32_t>(16);
    };
    // A set, and what lies beneath it.
    struct Pair {
        std::uint32_t set = 0, on = 0;
        bool operator==(const Pair&) const = default;
        struct Hash {
            std::size_t operator()(Pair pair) const {
                return (std::uint64_t{pair.set} << 32U | pair.on) * 0x9E3779B97F4A7C15ULL;
            }
        };
    };

    Numbers<ComponentId> component_numbers;
    std::vector<std::optional<component::Component>> components{std::nullopt};
    Numbers<SetId> set_numbers;
    std::vector<Set> sets{Set{}};
    Numbers<std::string> advisories, reasons;
    std::vector<bool> kev; // by number of the advisory
    std::set<std::string> exploited;
    std::unordered_map<Pair, std::uint32_t, Pair::Hash> subjects;

    std::uint32_t component_number(ComponentId id) {
        const std::uint32_t number = component_numbers.get(id);
        if (number >= components.size()) components.resize(number + 1);
        return number;
    }
    std::uint32_t set_number(SetId id) {
        const std::uint32_t number = set_numbers.get(id);
        if (number >= sets.size()) sets.emplace_back().id = id;
        return number;
    }
    Set& set(SetId id) { return sets[set_number(id)]; }
    std::uint32_t advisory_number(const std::string& id) {
        const std::uint32_t number = advisories.get(id);
        if (number >= kev.size()) {
            kev.resize(number + 1);
            kev[number] = exploited.contains(id);
        }
        return number;
    }
    const Set* find(SetId id) const {
        const std::uint32_t number = set_numbers.find(id);
        return number == 0 || !sets[number].known ? nullptr : &sets[number];
    }
    void put(const ports::SetFindingRow& row) {
        Set& target = set(row.set);
        const std::uint32_t advisory = advisory_number(row.advisory),
                            component = component_number(row.component);
        auto& findings = target.findings;
        const auto at = std::find_if(findings.begin(), findings.end(), [&](const Finding& finding) {
            return finding.advisory == advisory && finding.component == component;
        });
        if (row.to) {
            if (at != findings.end() && at->from == row.from) findings.erase(at);
            return;
        }
        const Finding finding{advisory, component, row.verdict, reasons.get(row.reason), row.from};
        if (at == findings.end())
            findings.push_back(finding);
        else
            *at = finding;
    }
    device::Truth truth(const Set& set, const device::Term& term) const {
        device::Truth truth = device::Truth::no;
        if (term.field == device::Field::component) {
            const Set& of = set.of == 0 ? set : sets[set.of];
            if (!of.known) return device::Truth::unknown;
            for (const std::uint32_t number : of.components) {
                const auto& component = components[number];
                if (component && device::names_component(term, *component))
                    truth = device::either(truth, device::compare_component(term, *component));
            }
            return truth;
        }
        for (const Finding& finding : set.findings) {
            bool named =
                term.field == device::Field::kev ? static_cast<bool>(kev[finding.advisory]) : term.presence;
            if (term.field == device::Field::finding && !term.presence)
                named =
                    std::any_of(term.values.begin(), term.values.end(), [&](const device::Literal& literal) {
                        return device::matches_text(literal, advisories.keys[finding.advisory]);
                    });
            if (named) truth = device::either(truth, truth_of(finding.verdict));
        }
        // `!=` is turned around here, once for the set.
        if (term.field == device::Field::finding && !term.presence &&
            term.compare == device::Compare::not_equal)
            truth = device::opposite(truth);
        return truth;
    }
};

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

void Software::publish_kev(TenantId id, std::vector<std::string> advisories) {
    base::ExclusiveLock lock(mutex_);
    Tenant& target = tenant(id);
    target.exploited = {advisories.begin(), advisories.end()};
    ++epoch_;
    for (std::size_t i = 1; i < target.kev.size(); ++i)
        target.kev[i] = target.exploited.contains(target.advisories.keys[i]);
}

std::vector<device::Truth> Software::truths(TenantId id, const device::Term& term) const {
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    if (tenant == nullptr) return {device::Truth::unknown};
    std::vector<device::Truth> truths(tenant->sets.size(), device::Truth::unknown);
    for (std::size_t i = 1; i < tenant->sets.size(); ++i)
        truths[i] = tenant->truth(tenant->sets[i], term);
    return truths;
}

device::Truth Software::truth(TenantId id, SetNumber number, const device::Term& term) const {
    base::SharedLock lock(mutex_);
    const Tenant* tenant = find(id);
    if (tenant == nullptr || number == kNoSet || number >= tenant->sets.size()) return device::Truth::unknown;
    return tenant->truth(tenant->sets[number], term);
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
        Tenant& target = tenant(place.tenant);
        auto& held = target.components[target.component_number(component->id)];
        if (!held) held = component->component;
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
