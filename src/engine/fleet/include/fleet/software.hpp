// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/thread_annotations.hpp>
#include <device/query.hpp>
#include <fleet/decisions.hpp>
#include <fleet/found.hpp>
#include <ports/rows.hpp>
#include <shard/control.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace oakum::fleet {

using device::ComponentId;
using device::SetId;
using device::TenantId;

ComponentId component_id(const component::Component& component);
// Sorts and removes repeats: equal sets have equal ids. An empty list is a set too (nothing installed).
SetId set_id(std::vector<ComponentId>& components);

// What verdicts are about: a set, and what it runs on. `on` is the base layer beneath a delta layer, zero for
// a base layer (whose own components name system and hardware) and where nothing is known beneath. Open
// findings are kept under `id`, which is the set's own id when nothing lies beneath.
struct Subject {
    SetId id, set, on;
    auto operator<=>(const Subject&) const = default;
};
Subject subject(SetId set, SetId on = {});

// When a device ran what. A delta layer's interval is cut where the base layer beneath it changed.
struct RanSubject {
    Subject subject;
    ports::DeviceSetRow row;                    // the piece
    std::optional<ports::DeviceSetRow> beneath; // of a delta layer: the base layer's whole interval
};
std::vector<RanSubject> ran_subjects(const std::vector<ports::DeviceSetRow>& rows);

// An open finding of a set, as committed; `kev` is what assessment published last.
struct SetFinding {
    std::string advisory;
    ComponentId component;
    ports::Verdict verdict = ports::Verdict::unknown;
    std::string reason;
    base::TimePoint from{};
    bool kev = false;
};

// How long a finding may stay open on a device: so many days from then on, or from when the device was first
// seen if that is later. Nothing: with the next upgrade.
struct Deadline {
    int days = 0;
    base::TimePoint from{};
};
using DeadlinesOf = std::vector<std::optional<Deadline>>; // by class of device
// Which devices share their deadlines, by words of their facts, and how long those are.
struct DeadlineBook {
    struct Fact {
        std::string key;
        std::vector<std::string> words; // what is none of them, or is not known, stands behind the last
    };
    std::vector<Fact> facts;
    std::vector<std::uint8_t> classes{0}; // of each combination of words; the last fact's vary first
    std::size_t count = 1;                // of classes
    // By an advisory's first id; gives `count` of them. Called also later and from the writer's thread.
    std::function<DeadlinesOf(const std::string& advisory)> of;
};

// Components, software sets and their open findings, hash-consed: each component and advisory stands once, a
// set is a list of 32-bit numbers. Readable from any thread; applied by the writer's.
class Software final : public shard::Projection {
  public:
    // A set as a dense number within its tenant; stable for the life of the process.
    using SetNumber = std::uint32_t;
    static constexpr SetNumber kNoSet = 0;

    std::optional<component::Component> component(TenantId tenant, ComponentId id) const;
    bool has_set(TenantId tenant, SetId id) const;
    // Without ComponentIds that are not known. Errors: not_found.
    base::Result<ports::SoftwareSetRow> set(TenantId tenant, SetId id) const;
    base::Result<std::vector<component::Component>> components(TenantId tenant, SetId id) const;
    // The same with the components' ids and what the maker states. Errors: not_found.
    struct Contents {
        std::vector<ComponentId> ids; // of each component
        std::vector<component::Component> components;
        std::vector<component::Statement> statements;
    };
    base::Result<Contents> contents(TenantId tenant, SetId id) const;
    // Base layers, and delta layers as devices have them.
    std::vector<Subject> subjects(TenantId tenant) const;
    std::size_t component_count(TenantId tenant) const;
    void each_component(TenantId tenant,
                        const std::function<void(ComponentId, const component::Component&)>& visit) const;

    // Components by name, each name once, the better matches first. `sets`: only what stands in these, by
    // number; none: all that is known.
    std::vector<FoundComponent> search(TenantId tenant, const search::Wanted& wanted,
                                       const std::optional<std::vector<bool>>& sets, std::size_t limit) const;

    // Open findings of one subject, in the order of (advisory, component).
    std::vector<SetFinding> findings(TenantId tenant, SetId id) const;
    // Replaces the list of advisories that are known to be exploited. Any thread.
    void publish_kev(TenantId tenant, std::vector<std::string> advisories);
    // Replaces how long a finding may stay open. It is asked once for each advisory that is found, for as
    // long as nothing else is published.
    void publish_deadlines(TenantId tenant, DeadlineBook book);
    std::shared_ptr<const DeadlineBook> deadline_book(TenantId tenant) const; // never null

    // Of which subjects nothing that is there could be assessed: of all, or these of those that are named. To
    // queries there is nothing to be looked at in them.
    void publish_unassessed(TenantId tenant, const std::vector<std::pair<SetId, bool>>& of, bool whole);

    // Replaces what was decided about findings: of all subjects, or of those that are named; then `scopes`
    // are the ones of the last time.
    void publish_decisions(TenantId tenant, DecisionScopes scopes, const DecidedFindings& of, bool whole);
    DecisionScopes decision_scopes(TenantId tenant) const; // never null

    // For queries. A finding that was ruled out is not found; kev, overdue and exists(finding) ask for what
    // is open, so that what is accepted or suppressed does not answer to them either. `!=` is answered as
    // `=`.
    //
    // What a component, finding or kev term says of every set, by its number; kNoSet stays unknown. In parts:
    // each speaks for the findings that count on devices outside these scopes. A device is what some part
    // says.
    struct Truths {
        DecisionScopes scopes; // of `not_in`; null: nothing was decided that matters
        struct Part {
            std::uint64_t not_in = 0;
            std::vector<device::Truth> by_set;
        };
        std::vector<Part> parts;
    };
    Truths truths(TenantId tenant, const device::Term& term, bool as_found = false) const;
    // Of one set. Nothing: the scopes are no longer the ones that are published.
    std::optional<device::Truth> truth(TenantId tenant, SetNumber set, const device::Term& term,
                                       const Asked& asked) const;
    // Of every set, by its number: which devices are overdue with it, by when they were first seen. A device
    // is when it was seen before `surely`, and may be when it was seen before `perhaps`: a verdict cannot be
    // told.
    struct Overdue {
        base::TimePoint surely{}, perhaps{};
        void add(const Overdue& other) {
            surely = std::max(surely, other.surely);
            perhaps = std::max(perhaps, other.perhaps);
        }
    };
    struct OverdueSets {
        std::shared_ptr<const DeadlineBook> book; // by which it is; never null
        DecisionScopes scopes;                    // as of Truths
        struct Part {
            std::uint64_t not_in = 0;
            std::vector<std::vector<Overdue>> of; // by class
        };
        std::vector<Part> parts;
    };
    OverdueSets overdue(TenantId tenant, base::TimePoint now, bool as_found = false) const;
    // Of one set and class. Nothing: `book` or the scopes are no longer the ones that are published.
    std::optional<Overdue> overdue(TenantId tenant, SetNumber set, base::TimePoint now,
                                   const DeadlineBook& book, std::size_t of_class, const Asked& asked) const;
    // Of which sets there is nothing to be looked at, by their number; kNoSet is one.
    std::vector<bool> empty_sets(TenantId tenant) const;
    bool is_empty(TenantId tenant, SetNumber set) const;
    // Of which sets nothing that is there could be assessed: of findings they say as little as no set does.
    std::vector<bool> unassessed_sets(TenantId tenant) const;
    bool is_unassessed(TenantId tenant, SetNumber set) const;
    // The numbers of a device's two layers, given when they are first named: of the base layer, and of the
    // delta layer on it.
    struct Numbers {
        SetNumber base = kNoSet, delta = kNoSet;
    };
    Numbers numbers_of(TenantId tenant, SetId base, SetId delta);
    SetId id_of(TenantId tenant, SetNumber number) const;
    // Another one when a set became known or its findings changed.
    std::uint64_t epoch() const { return epoch_.load(); }

    void apply(shard::Place place, const ports::Row& row) override;
    void replace(shard::Place place, const std::vector<ports::Row>& rows) override;

    Software();
    ~Software() override;

  private:
    struct Tenant;
    Tenant& tenant(TenantId id) REQUIRES(mutex_);
    const Tenant* find(TenantId id) const REQUIRES_SHARED(mutex_);

    std::atomic<std::uint64_t> epoch_{0};
    mutable base::SharedMutex mutex_;
    std::unordered_map<TenantId, std::unique_ptr<Tenant>> tenants_ GUARDED_BY(mutex_);
};

} // namespace oakum::fleet
