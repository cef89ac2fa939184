// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <connector/connector.hpp>
#include <device/query.hpp>
#include <fleet/live_fleet.hpp>
#include <floor/judge.hpp>
#include <ports/rows.hpp>
#include <rollout/pace.hpp>
#include <schedule/priority.hpp>
#include <version/version.hpp>

#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace oakum::rollouts {

// The management systems that are written to, by the names of their connectors, with how often each is read;
// and what Apple offers to which model. Immutable.
struct Steered {
    std::map<std::string, std::chrono::seconds, std::less<>> connectors;
    std::set<std::string, std::less<>> read_only; // those that cannot be written to
    std::shared_ptr<const floor::Offered>
        offered; // replaced whole while others look into it; null: not known
};
// What a rollout asks of phones: a level of their system, brought to them by the connector that knows them.
struct Level {
    floor::Floor floor;
    std::shared_ptr<const Steered> steered; // shared by the rollouts of a board; null: none is written to
};

// Whom one wave takes.
struct RunningWave {
    std::uint32_t share_ppm = 0;
    std::optional<device::Query> query; // nothing: every device of the rollout
    rollout::Pace pace{};
    std::string name{};
};

// One rollout as polls see it.
struct Running {
    device::TenantId tenant;
    ports::RolloutId id;
    std::uint64_t key0 = 0, key1 = 0;
    std::vector<RunningWave> waves;
    std::uint32_t open_wave = 0; // this one and those before it are open
    device::Query query;
    device::Query scope; // the query, and that the model is one of the release's
    ports::ReleaseId release;
    std::string version;
    std::vector<std::string> models, hw_revisions;
    std::optional<version::Version> min_from;
    std::optional<Level> level; // asked of devices without an agent of ours
    schedule::Priority priority = schedule::Priority::normal;
    bool paced = false; // one of its waves has a pace
};

// The query of a rollout, and the models of its release or the phones of its level, in one: who is in scope.
base::Result<device::Query> scope_query(const ports::RolloutRow& rollout, const ports::ReleaseRow& release,
                                        const std::optional<floor::Policy>& level);
// Errors: invalid (the stored query or version cannot be read; the rollout then offers nothing).
base::Result<Running> running_of(device::TenantId tenant, const ports::RolloutRow& rollout,
                                 const ports::ReleaseRow& release,
                                 const std::optional<floor::Policy>& level = {},
                                 std::shared_ptr<const Steered> steered = nullptr);

// Whether its release fits this device: model, revision, and the version that it runs now; the first that
// does not. too_old: or of no version that can be read. Of phones: cannot_comply
// (how_it_stands says why), not_steered, set_there.
enum class Fit : std::uint8_t {
    fits,
    runs_it,
    other_model,
    other_hardware,
    too_old,
    cannot_comply,
    not_steered,
    set_there
};
// Whether the rollout asks the device for a level, and not for an artifact.
inline bool by_level(const Running& rollout, const fleet::Glance& device) {
    return rollout.level && (!device.enrolled() || device.fact("x.connector") == connector::kOwnManagement);
}
// How a phone stands to a level.
floor::Judgement how_it_stands(const Level& level, const fleet::Glance& device);
Fit fit_of(const Running& rollout, const fleet::Glance& device);
inline bool fits(const Running& rollout, const fleet::Glance& device) {
    return fit_of(rollout, device) == Fit::fits;
}
// Whether the rollout is for this device, whatever its wave and whatever else it does at present: the release
// fits, and the query holds.
bool is_for(const Running& rollout, const fleet::Glance& device);
// The wave that the device is of (rollout::wave_of), of those up to `last`; nothing: of none of them.
std::optional<std::uint32_t> wave_of(const Running& rollout, const fleet::Glance& device,
                                     std::uint32_t last = std::numeric_limits<std::uint32_t>::max());

// A rollout that takes its devices back; when it is over, those that were quiet until then.
constexpr bool takes_back(rollout::State state) {
    return state == rollout::State::rolling_back || state == rollout::State::rolled_back;
}
struct TakingBack {
    device::TenantId tenant;
    ports::RolloutId id;
    std::string version;
};

// The rollouts of all tenants that ask something of devices. Immutable; swapped whole when one changes.
// Filed by model, and within a model by an equality that the query implies (`site = "Kiel" and ...`), so that
// a poll looks only at those that may concern its device.
class Board {
  public:
    Board() = default;
    explicit Board(std::vector<Running> running, std::vector<TakingBack> taking_back = {});
    Board(const Board&) = delete;
    Board& operator=(const Board&) = delete;

    // Newest first.
    const std::vector<Running>& running() const { return running_; }
    // That rollout, when it takes its devices back. As quick with a thousand of them: it runs in each poll.
    const TakingBack* taking_back(device::TenantId tenant, ports::RolloutId id) const;

    // Devices are reached as their waves open, or all at once when a person does not wait.
    enum class Waves : bool { open, all };
    // A device that a person goes to need not be heard of.
    enum class Reached : bool { by_poll, by_hand };
    // The rollout that offers this device something now, or nothing. One that polls with an update under way
    // is offered what cannot wait (leaves_for). Allocates nothing worth naming: it runs in each poll.
    const Running* offered(const fleet::Glance& device, Waves waves = Waves::open,
                           Reached reached = Reached::by_poll) const;
    // Whether the device, with an update under way that did not begin to install, leaves it for that rollout:
    // one of a higher priority.
    bool leaves_for(const Running& rollout, const fleet::Glance& device) const;
    // Those among which are all that are for this device, newest first, until `visit` says false. By their
    // place in running().
    template <class Visit> void candidates(const fleet::Glance& device, Visit visit) const;

  private:
    // Texts that differ in nothing but the case of A to Z are one, as in the query language.
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const;
    };
    struct Same {
        using is_transparent = void;
        bool operator()(std::string_view a, std::string_view b) const {
            return device::equal_ignoring_case(a, b);
        }
    };
    using Places = std::vector<std::uint32_t>; // in running_, ascending
    struct Slice {
        std::string key; // of the fact whose value says which of them
        std::unordered_map<std::string, Places, Hash, Same> by_value;
    };
    struct Exact {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    static constexpr std::size_t kMostSlices = 4;
    struct Bucket {
        std::vector<Slice> slices; // at most kMostSlices
        Places rest;               // whatever the device says
    };
    struct Models {
        std::unordered_map<std::string, Bucket, Exact, std::equal_to<>> by_name;
        Bucket any; // of those that ask for a level: a phone may be of each model
    };

    Bucket bucket_of(const Places& places) const;
    std::array<const Bucket*, 2> find(const fleet::Glance& device) const;

    std::vector<Running> running_;
    std::vector<TakingBack> taking_back_; // by tenant and id
    bool any_urgent_ = false;
    std::map<device::TenantId, Models> tenants_;
};

template <class Visit> void Board::candidates(const fleet::Glance& device, Visit visit) const {
    const std::array<const Bucket*, 2> buckets = find(device);
    struct Rest {
        const std::uint32_t *at, *end;
    };
    std::array<Rest, 2 * (kMostSlices + 1)> open;
    std::size_t count = 0;
    const auto add = [&](const Places& places) {
        if (!places.empty()) open[count++] = {places.data(), places.data() + places.size()};
    };
    for (const Bucket* bucket : buckets) {
        if (bucket == nullptr) continue;
        add(bucket->rest);
        for (const Slice& slice : bucket->slices)
            if (const auto value = device.fact(slice.key))
                if (const auto found = slice.by_value.find(*value); found != slice.by_value.end())
                    add(found->second);
    }
    while (count > 0) {
        std::size_t next = 0;
        for (std::size_t i = 1; i < count; ++i)
            if (*open[i].at < *open[next].at) next = i;
        if (!visit(*open[next].at)) return;
        if (++open[next].at == open[next].end) open[next] = open[--count];
    }
}

} // namespace oakum::rollouts
