// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <alarm/compare.hpp>
#include <alarm/words.hpp>
#include <fleet/core.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace oakum::alarms {

// muted: says nothing until its time. A closed one stays as it was when its cause went.
enum class State : std::uint8_t { open, acknowledged, muted, closed };
std::string_view to_string(State state);
State state_of(const ports::AlarmRow& row, base::TimePoint now);

// open: also the acknowledged ones, since they are still wrong.
enum class Filter : std::uint8_t { open, muted, closed, all };
bool passes(Filter filter, State state);

struct View {
    ports::AlarmRow row;
    State state = State::open;
    alarm::Words words;
    std::optional<std::uint64_t>
        devices; // that it concerns now and the reader may see; nothing: not about devices
};

// What a look changed.
struct Taken {
    std::size_t opened = 0, worse = 0, closed = 0;
};

// Alarms as people see them and as looks change them. Reading: any thread. Changing: durable before it is
// answered, told by the change feed, and audited when a person did it. What concerns devices outside of the
// reader's scope does not exist; what concerns the house as a whole is everyone's to see.
class Alarms {
  public:
    explicit Alarms(fleet::Core& core) : core_(core) {}

    // Open ones first, what is urgent before the rest, then the newest. Errors: denied.
    base::Result<std::vector<View>> list(const access::Actor& actor, Filter filter) const;
    // Errors: not_found, denied.
    base::Result<View> get(const access::Actor& actor, alarm::AlarmId id) const;

    // "I have seen it and look after it." Errors: not_found, denied, conflict (it is closed).
    void acknowledge(const access::Actor& actor, alarm::AlarmId id, std::string why,
                     std::function<void(base::Status)> done);
    // Silent for everybody until then. Errors: also invalid (the time is past, or more than a year away),
    // denied (it concerns devices that the actor does not see).
    void mute(const access::Actor& actor, alarm::AlarmId id, base::TimePoint until, std::string why,
              std::function<void(base::Status)> done);
    void unmute(const access::Actor& actor, alarm::AlarmId id, std::string why,
                std::function<void(base::Status)> done);

    // What was found wrong: opens, changes and closes.
    void take(device::TenantId tenant, alarm::Look look, shard::Completion<Taken> done);
    // For who sees the whole fleet: what channels tell.
    alarm::Words words_for_all(device::TenantId tenant, const ports::AlarmRow& row) const;
    // When somebody last looked; nothing: not since the start.
    std::optional<base::TimePoint> checked(device::TenantId tenant) const;

  private:
    using Change = std::function<base::Status(ports::AlarmRow&, base::TimePoint now)>;
    void change(const access::Actor& actor, alarm::AlarmId id, std::string action, std::string why,
                Change change, std::function<void(base::Status)> done);
    // Whether the actor sees it, and how many of its devices.
    struct Sight {
        bool sees = false;
        std::optional<std::uint64_t> devices;
    };
    Sight sight(const access::Actor& actor, const ports::AlarmRow& row) const;
    std::optional<View> view(const access::Actor& actor, const ports::AlarmRow& row) const;

    fleet::Core& core_;
    mutable base::Mutex mutex_;
    std::map<device::TenantId, base::TimePoint> checked_ GUARDED_BY(mutex_);
};

// Devices of a scope that a query selects; zero for a query that cannot be read.
std::uint64_t count(const fleet::LiveFleet& fleet, device::TenantId tenant, const fleet::Scope& scope,
                    std::string_view query);

} // namespace oakum::alarms
