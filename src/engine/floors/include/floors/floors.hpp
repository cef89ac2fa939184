// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception/machine.hpp>
#include <fleet/core.hpp>
#include <floor/judge.hpp>
#include <floors/catalogue.hpp>
#include <schedule/zones.hpp>

#include <base/thread_annotations.hpp>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace oakum::floors {

// One device, and how it stands to a floor.
struct DeviceLine {
    device::DeviceId id;
    std::string name, model, runs;
    floor::Judgement judged;
    std::string local; // its deadline on its own clock, in words
};
// Devices that call themselves the same.
struct ModelLine {
    std::string model;
    std::uint64_t devices = 0, below = 0;
    std::optional<std::string> newest; // that it is offered; empty: nothing any more; nothing: not known
};

// How the devices of a floor stand to it.
struct View {
    floor::Floor floor;
    std::string words, sentence;
    std::string devices; // whom it is about, as a query
    std::uint64_t total = 0;
    std::array<std::uint64_t, floor::kStandings> counts{};
    std::array<std::uint64_t, floor::kObstacles> obstacles{};
    std::vector<ModelLine> models; // the most frequent first
    std::vector<DeviceLine> lines; // of those that do not keep it, the worst first
    std::vector<std::string> warnings;
    std::optional<base::TimePoint> offered_as_of; // of Apple's list
    std::uint64_t of(floor::Standing standing) const { return counts[static_cast<std::size_t>(standing)]; }
    static constexpr std::size_t kMostLines = 200, kMostModels = 200;
};

// Since when what is exploited on devices is listed as that.
class Exploits {
  public:
    virtual ~Exploits() = default;
    // For devices that run these; nothing: nobody says. Good for one pass over a fleet.
    using Since = std::function<std::optional<base::TimePoint>(device::SetId base, device::SetId delta)>;
    virtual Since of(device::TenantId tenant) const = 0;
};

// The floors of a tenant: documents of the store. Any thread; changes are durable before they are answered,
// audited, and told by the change feed. Reading looks at every phone: not on the writer's thread.
class Floors {
  public:
    static constexpr std::string_view kPrefix = "floor/";
    static constexpr std::size_t kMostFloors = 20;
    static constexpr base::Duration kKept = std::chrono::minutes(1); // what a list found

    Floors(fleet::Core& core, schedule::Zones& zones, Catalogue& catalogue, ports::Executor& background,
           access::SecondPerson rule, const Exploits* exploits = nullptr)
        : core_(core), zones_(zones), catalogue_(catalogue), exploits_(exploits), background_(background),
          rule_(rule) {}
    // After the writer has loaded: reads what is offered, and again when a feed was imported.
    void start();

    // Errors: denied, not_found, invalid with its place. How devices stand in a list may be kKept old.
    base::Result<std::vector<View>> list(const access::Actor& actor) const;
    base::Result<View> get(const access::Actor& actor, const std::string& name) const;
    base::Result<View> preview(const access::Actor& actor, const floor::Policy& policy) const;
    // Adds it, or changes the one of its name. What is not offered to a model of its devices is refused, with
    // what would be. Errors: also conflict (too many).
    void put(const access::Actor& actor, floor::Policy policy, shard::Completion<View> done);
    void remove(const access::Actor& actor, std::string name, std::string why,
                std::function<void(base::Status)> done);
    // Some devices need not keep it until then. Where a second person is asked for it counts once approved.
    void except(const access::Actor& actor, std::string name, floor::Exception wish,
                shard::Completion<View> done);
    // Errors: also conflict (it was decided already).
    void decide(const access::Actor& actor, std::string name, std::uint32_t number, exception::Event event,
                std::string why, shard::Completion<View> done);

  private:
    // What was found for who sees those groups.
    struct Kept {
        device::TenantId tenant;
        fleet::Scope scope;
        base::TimePoint at{};
        // Shared because an older list of Apple's lives until what was found with it is forgotten.
        std::shared_ptr<const floor::Offered> offered;
        View view;
    };
    static constexpr std::size_t kMostKept = 8 * kMostFloors;

    std::vector<floor::Floor> all(device::TenantId tenant) const;
    View kept_view(device::TenantId tenant, const fleet::Scope& scope, const floor::Floor& floor) const;
    base::Status check(const access::Actor& actor, const floor::Policy& policy) const;
    // What models of its devices are not offered, in sentences.
    std::vector<std::string> unoffered(device::TenantId tenant, const fleet::Scope& scope,
                                       const floor::Policy& policy) const;
    View view(device::TenantId tenant, const fleet::Scope& scope, const floor::Floor& floor) const;
    void change(const access::Actor& actor, std::string name, std::string deed, std::string why,
                std::function<base::Status(floor::Floor&, base::TimePoint now)> edit,
                shard::Completion<View> done);

    fleet::Core& core_;
    schedule::Zones& zones_;
    Catalogue& catalogue_;
    const Exploits* exploits_; // null: nobody says
    ports::Executor& background_;
    const access::SecondPerson rule_;
    mutable base::Mutex mutex_;
    mutable std::vector<std::pair<floor::Floor, Kept>> kept_ GUARDED_BY(mutex_);
};

} // namespace oakum::floors
