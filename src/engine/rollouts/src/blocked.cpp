// SPDX-License-Identifier: Apache-2.0
// Why devices in a rollout's scope are not asked by it.
#include "paces.hpp"
#include <device/query_text.hpp>
#include <fleet/needs.hpp>
#include <fleet/uptake.hpp>

#include <rollouts/needs.hpp>
#include <rollouts/rollouts.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace oakum::rollouts {

using device::TenantId;
using ports::RolloutRow;
using rollout::Blocked;
using rollout::BlockedDevices;

namespace {

// A query with more ids would no longer be read.
constexpr std::size_t kMostNamed = 40;

std::string list_of(const std::vector<std::string>& values) {
    std::string text;
    for (const std::string& value : values)
        text += (text.empty() ? "" : ", ") + device::as_literal(value);
    return "(" + text + ")";
}

std::string words_of(const std::vector<std::string>& values) {
    std::string text;
    for (const std::string& value : values)
        text += (text.empty() ? "" : ", ") + value;
    return text;
}

// The states in which an update is under way.
std::string under_way() {
    std::string states;
    for (int i = 0; i <= static_cast<int>(install::State::silent); ++i)
        if (const auto state = static_cast<install::State>(i); !install::is_terminal(state))
            states += (states.empty() ? "" : ", ") + std::string(install::to_string(state));
    return "(" + states + ")";
}

// Nothing: it is asked, or will be.
std::optional<Blocked> why(const Running& running, const Board& board,
                           const std::optional<device::Query>& needs, const fleet::Glance& device, Fit fit) {
    if (fit == Fit::cannot_comply) return Blocked::cannot_comply;
    if (fit == Fit::not_steered) return Blocked::not_steered;
    if (fit == Fit::set_there) return Blocked::set_there;
    if (!device.enrolled() && !running.level)
        return device.fact(fleet::kConnectorKey) ? Blocked::managed_elsewhere : Blocked::not_enrolled;
    if (device.revoked()) return Blocked::revoked;
    if (device.lifecycle() == device::Lifecycle::pending) return Blocked::pending;
    if (device.lifecycle() == device::Lifecycle::quiet) return Blocked::quiet;
    if (device.hold()) return Blocked::held;
    if (fit == Fit::other_hardware) return Blocked::hardware;
    if (fit == Fit::too_old) return Blocked::too_old;
    if (needs && device::evaluate(*needs, device) != device::Truth::yes) return Blocked::needs;
    if (device.desired_rollout() > running.id) return Blocked::newer_rollout;
    if (device.has_deployment() && !board.leaves_for(running, device)) return Blocked::busy;
    if (!wave_of(running, device)) return Blocked::left_out;
    return std::nullopt;
}

// The same as queries: each leaves out whom an earlier one names.
class Queries {
  public:
    Queries(const Running& running, const std::optional<device::Query>& needs,
            const std::set<ports::RolloutId>& newer) {
        const std::string own = running.id.text();
        asked_ = "(" + running.scope.text + ") and rollout = " + own;
        const bool phones = running.level && running.models.empty();
        const std::string other = phones ? "(" + floor::short_of(running.level->floor.policy) + ")"
                                         : "(not exists(running_version) or running_version != " +
                                               device::as_literal(running.version) + ")";
        const std::string base = "(" + running.scope.text + ") and rollout != " + own + " and " + other;
        const std::string elsewhere = "exists(" + std::string(fleet::kConnectorKey) + ")";
        set(Blocked::unmanaged, "(" + running.scope.text + ") and lifecycle = unmanaged");
        if (running.level && !phones) return; // what is asked of the two kinds has no words in common
        if (!phones) {
            set(Blocked::managed_elsewhere, base + " and enrolled = no and " + elsewhere);
            set(Blocked::not_enrolled, base + " and enrolled = no and not " + elsewhere);
            set(Blocked::revoked, base + " and enrolled = yes and revoked = yes");
        }
        const std::string known =
            base + (phones ? " and " : " and enrolled = yes and revoked = no and ") + "lifecycle = ";
        set(Blocked::pending, known + "pending");
        set(Blocked::quiet, known + "quiet");
        set(Blocked::held, known + "active and hold = yes");
        std::string fits = known + "active and hold = no";
        if (!running.hw_revisions.empty()) {
            const std::string these = "hw_revision in " + list_of(running.hw_revisions);
            set(Blocked::hardware, fits + " and (not exists(hw_revision) or not " + these + ")");
            fits += " and " + these;
        }
        if (running.min_from) {
            const std::string oldest = device::as_literal(running.min_from->text());
            set(Blocked::too_old,
                fits + " and (not exists(running_version) or running_version < " + oldest + ")");
            fits += " and running_version >= " + oldest;
        }
        if (needs) {
            if (const std::string without = lacking(*needs); !without.empty())
                set(Blocked::needs, fits + " and " + without);
            fits += " and (" + needs->text + ")";
        }
        if (newer.size() <= kMostNamed) {
            std::string ids;
            for (const ports::RolloutId& id : newer)
                ids += (ids.empty() ? "" : ", ") + id.text();
            if (!ids.empty()) {
                set(Blocked::newer_rollout, fits + " and rollout in (" + ids + ")");
                fits += " and rollout not in (" + ids + ")";
            }
            // Which of them leave it for what cannot wait, no query says.
            if (running.priority == schedule::Priority::normal)
                set(Blocked::busy, fits + " and deployment in " + under_way());
        }
        set(Blocked::user, asked_ + " and deployment = awaiting_user");
    }
    // Empty: none can tell them from others.
    const std::string& of(Blocked by) const { return queries_[static_cast<std::size_t>(by)]; }
    // Devices that the rollout asked already.
    const std::string& asked() const { return asked_; }

  private:
    void set(Blocked by, std::string query) { queries_[static_cast<std::size_t>(by)] = std::move(query); }

    std::array<std::string, rollout::kBlockedCount> queries_;
    std::string asked_;
};

// Those who wait for a time, by what they wait for and until when.
class Times {
  public:
    Times(Blocked by, const schedules::Schedules& schedules, schedule::Priority priority, base::TimePoint now)
        : by_(by), schedules_(schedules), priority_(priority), now_(now) {}

    // Whether it has to wait, and was counted.
    bool add(const fleet::Glance& device) {
        const auto open = schedules_.openings(device, priority_);
        if (!open || open->is_open(now_)) return false;
        // Devices that agree in their rules and their zone share this object.
        const auto [at, fresh] = known_.try_emplace(open.get(), Kept{open, {}});
        BlockedDevices& group = at->second.group;
        if (fresh) {
            const schedules::Standing standing = schedules_.standing(device, priority_);
            group.by = by_;
            group.windows = standing.windows;
            group.freezes = standing.freezes;
            if (standing.at) group.until = standing.at->from;
        }
        ++group.devices;
        return true;
    }
    // The soonest first, and last those for whom no opening can be seen.
    void tell(std::vector<BlockedDevices>& into) const {
        std::vector<BlockedDevices> groups;
        for (const auto& [openings, kept] : known_) {
            const auto same = std::ranges::find_if(groups, [&](const BlockedDevices& other) {
                return other.until == kept.group.until && other.windows == kept.group.windows &&
                       other.freezes == kept.group.freezes;
            });
            if (same == groups.end())
                groups.push_back(kept.group);
            else
                same->devices += kept.group.devices;
        }
        std::ranges::sort(groups, [](const BlockedDevices& a, const BlockedDevices& b) {
            if (a.until.has_value() != b.until.has_value()) return a.until.has_value();
            return std::tie(a.until, a.windows, a.freezes) < std::tie(b.until, b.windows, b.freezes);
        });
        while (groups.size() > Reach::kMostTimes) {
            // Those who never may stay a group of their own.
            const auto last = groups.end() - (groups.back().until ? 1 : 2);
            std::prev(last)->devices += last->devices;
            groups.erase(last);
        }
        into.insert(into.end(), groups.begin(), groups.end());
    }

  private:
    struct Kept {
        std::shared_ptr<const schedule::Openings> openings; // kept, so that its address stays its own
        BlockedDevices group;
    };
    const Blocked by_;
    const schedules::Schedules& schedules_;
    const schedule::Priority priority_;
    const base::TimePoint now_;
    std::map<const schedule::Openings*, Kept> known_;
};

// Those whose group has no room, by the budget that has none for them.
class Crowds {
  public:
    Crowds(const budgets::Budgets& budgets, schedule::Priority priority)
        : budgets_(budgets), priority_(priority) {}

    // Whether it has to wait, and was counted.
    bool add(const fleet::Glance& device) {
        const auto shut = budgets_.shut(device, priority_);
        if (!shut) return false;
        const auto known = std::ranges::find(kept_, *shut, &Kept::shut);
        if (known != kept_.end()) {
            ++known->devices;
            return true;
        }
        const auto full = budgets_.full(device, priority_);
        if (!full) return false; // one came back just now
        kept_.push_back({*shut, full->budget, in_words(*full), 1});
        return true;
    }
    // By name. Budgets that were changed meanwhile stand in it twice until here.
    void tell(std::vector<BlockedDevices>& into) const {
        std::map<std::string, BlockedDevices> groups;
        for (const Kept& kept : kept_) {
            BlockedDevices& group = groups[kept.name];
            group.by = Blocked::crowded;
            group.devices += kept.devices;
            if (group.example.empty()) group.example = kept.example;
        }
        for (auto& [name, group] : groups)
            into.push_back(std::move(group));
    }

  private:
    struct Kept {
        budgets::Shut shut;
        std::string name, example;
        std::uint64_t devices = 0;
    };
    const budgets::Budgets& budgets_;
    const schedule::Priority priority_;
    std::vector<Kept> kept_; // as few as there are budgets
};

// Those whose wave goes no faster: as many as may begin now are asked next, the others wait their turn.
class Turns {
  public:
    Turns(const Running& running, const Paces& paces) : running_(running), paces_(paces) {
        for (std::uint32_t i = 0; i < running.waves.size(); ++i) {
            const rollout::Pace& pace = running.waves[i].pace;
            kept_.push_back({rollout::is_paced(pace) ? paces.room(of(i), pace) : std::nullopt, 0});
        }
    }
    // Whether it has to wait, and was counted.
    bool add(std::uint32_t wave) {
        Kept& kept = kept_[wave];
        if (!kept.room) return false;
        if (*kept.room > 0) {
            --*kept.room;
            return false;
        }
        ++kept.waiting;
        return true;
    }
    void tell(std::vector<BlockedDevices>& into) const {
        for (std::uint32_t i = 0; i < kept_.size(); ++i) {
            if (kept_[i].waiting == 0) continue;
            BlockedDevices& group = into.emplace_back();
            group.by = Blocked::paced;
            group.devices = kept_[i].waiting;
            const RunningWave& wave = running_.waves[i];
            // Where some may begin at once, the others wait for those.
            const auto slowed = paces_.slowed(of(i), wave.pace);
            group.example = slowed ? rollout::in_words(*slowed, wave.name)
                                   : "wave \"" + wave.name + "\": " + rollout::in_words(wave.pace);
            if (slowed && slowed->by == rollout::Slowed::By::rate)
                group.until = paces_.time_of(slowed->room_from);
        }
    }

  private:
    struct Kept {
        std::optional<std::uint64_t> room; // nothing: no limit
        std::uint64_t waiting = 0;
    };
    Paces::Wave of(std::uint32_t wave) const { return {running_.tenant, running_.id, wave}; }

    const Running& running_;
    const Paces& paces_;
    std::vector<Kept> kept_;
};

// Phones that cannot be brought to the level, by why, and those whose system is only read, by its connector.
class Phones {
  public:
    // Whether it is one of them, and was counted.
    bool add(const Running& running, Blocked by, const fleet::Glance& device) {
        if (by == Blocked::cannot_comply)
            ++groups_[{by, std::string(floor::words(how_it_stands(*running.level, device).obstacle))}];
        else if (by == Blocked::not_steered || by == Blocked::set_there)
            ++groups_[{by, std::string(device.fact(fleet::kConnectorKey).value_or(""))}];
        else
            return false;
        return true;
    }
    void tell(Blocked by, std::vector<BlockedDevices>& into) const {
        for (const auto& [of, devices] : groups_) {
            if (of.first != by) continue;
            BlockedDevices& group = into.emplace_back();
            group.by = by;
            group.devices = devices;
            group.needs = of.second;
        }
    }

  private:
    std::map<std::pair<Blocked, std::string>, std::uint64_t> groups_;
};

} // namespace

Reach Rollouts::reach(TenantId tenant, const RolloutRow& row) const {
    Reach reach;
    const auto release = core_.control.find<ports::ReleaseRow>(tenant, row.plan.release);
    if (!release || row.plan.waves.empty()) return reach;
    auto running = this->running(tenant, row);
    if (!running.ok()) return reach;
    running->priority = this->priority(tenant, row.id);
    const std::shared_ptr<const Board> board = board_.load();
    // Apart from the scope: who lacks what the artifact needs is told as such.
    std::optional<device::Query> needs;
    if (const std::string text = core_.control.document(tenant, fleet::needs_document(release->artifact));
        !text.empty()) {
        auto query = device::parse_query(text);
        if (!query.ok()) return reach;
        needs = std::move(*query);
    }
    const bool offers = rollout::offers(row.state) && release->state == "published";
    const schedule::Priority priority = running->priority;
    const base::TimePoint now = core_.clock.now();
    std::optional<Times> shut, ahead;
    if (schedules_ != nullptr && offers) {
        shut.emplace(Blocked::window, *schedules_, priority, now);
        ahead.emplace(Blocked::window_ahead, *schedules_, priority, now);
    }
    std::optional<Crowds> crowds;
    if (budgets_ != nullptr && offers && budgets_->any(tenant)) crowds.emplace(*budgets_, priority);
    std::optional<Turns> turns;
    if (running->paced && offers) turns.emplace(*running, *paces_);
    std::array<std::uint64_t, rollout::kBlockedCount> counts{};
    Phones phones;
    std::set<ports::RolloutId> newer;
    const auto each = [&](const std::string& text, const std::function<void(const fleet::Glance&)>& visit) {
        auto query = device::parse_query(text);
        if (query.ok())
            core_.fleet.each({tenant, {}, std::move(*query)}, [&](const fleet::Glance& device) {
                ++reach.looked;
                visit(device);
            });
    };
    each("(" + running->scope.text + ") and rollout != " + row.id.text(), [&](const fleet::Glance& device) {
        const device::Lifecycle life = device.lifecycle(); // a plan's query may name it
        if (life == device::Lifecycle::retired || life == device::Lifecycle::unmanaged) return;
        const Fit fit = fit_of(*running, device);
        if (fit == Fit::runs_it || fit == Fit::other_model) return;
        if (const auto by = why(*running, *board, needs, device, fit)) {
            if (phones.add(*running, *by, device)) return;
            ++counts[static_cast<std::size_t>(*by)];
            if (*by == Blocked::newer_rollout) newer.insert(device.desired_rollout());
            return;
        }
        if (!offers) return;
        const auto wave = wave_of(*running, device, running->open_wave);
        if (!wave)
            ++reach.later;
        else if ((!shut || !shut->add(device)) &&
                 ((device.has_deployment() && has_room_anew(device, priority)) || !crowds ||
                  !crowds->add(device)) &&
                 (!turns || !turns->add(*wave)))
            ++reach.next;
    });
    const Queries queries(*running, needs, newer);
    if (offers)
        each(queries.asked() + " and deployment in (awaiting_window, awaiting_user)",
             [&](const fleet::Glance& device) {
                 const ports::DeploymentRow* update = device.deployment();
                 if (update == nullptr) return; // it went on since it was found
                 if (update->state == install::State::awaiting_user)
                     ++counts[static_cast<std::size_t>(Blocked::user)];
                 else if (update->state == install::State::awaiting_window && ahead)
                     ahead->add(device);
             });
    if (auto query = device::parse_query(queries.of(Blocked::unmanaged)); query.ok())
        counts[static_cast<std::size_t>(Blocked::unmanaged)] =
            core_.fleet.count({tenant, {}, std::move(*query)}).yes;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const auto by = static_cast<Blocked>(i);
        if (by == Blocked::window && shut) shut->tell(reach.blocked);
        if (by == Blocked::window_ahead && ahead) ahead->tell(reach.blocked);
        phones.tell(by, reach.blocked);
        if (by == Blocked::crowded && crowds) crowds->tell(reach.blocked);
        if (by == Blocked::paced && turns) turns->tell(reach.blocked);
        if (counts[i] == 0) continue;
        BlockedDevices blocked;
        blocked.by = by;
        blocked.devices = counts[i];
        blocked.query = queries.of(by);
        if (by == Blocked::hardware) blocked.needs = words_of(release->hw_revisions);
        if (by == Blocked::too_old) blocked.needs = release->min_from;
        if (by == Blocked::needs && needs) blocked.needs = needs->text;
        reach.blocked.push_back(std::move(blocked));
    }
    return reach;
}

} // namespace oakum::rollouts
