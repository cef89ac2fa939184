// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/may.hpp>
#include <assessment/assessor.hpp>
#include <exception/course.hpp>
#include <exception/machine.hpp>
#include <exceptions/coverage.hpp>
#include <shard/timers.hpp>

namespace oakum::exceptions {

inline constexpr base::Duration kLongest = std::chrono::hours(24 * 365); // that one may hold

struct View {
    ports::ExceptionRow row;
    Coverage covers;
    std::string sentence; // without who and why
    std::string query;    // the devices that it is about
    std::string group;    // name of its group
    bool ends_soon = false;
};

// What it would change now: figures of the fleet, or of its group for who sees only some.
struct Preview {
    Coverage covers;
    std::string sentence, query;
    ports::FiguresRow before, after;
    bool second_person = false; // somebody else has to approve it
};

// in_force: approved; asked: waits for approval; over: refused, withdrawn, expired.
enum class Filter : std::uint8_t { current, asked, in_force, ending, over, all };

// What people decide about findings. Changing: durable before it is answered, audited, told by the change
// feed. Reading adds up over the fleet: not on the writer's thread. One that is for groups which the actor
// does not see does not exist.
class Exceptions {
  public:
    Exceptions(fleet::Core& core, const assessment::Assessor& assessor, shard::Timers& timers,
               ports::Executor& background, access::SecondPerson rule, base::LogSink& log)
        : core_(core), assessor_(assessor), timers_(timers), background_(background), rule_(rule), log_(log) {
    }

    // On the writer's thread, after it has loaded: sets the timers of what ends.
    void start();

    std::vector<View> list(const access::Actor& actor, Filter filter,
                           const exception::Period& during = {}) const;
    base::Result<View> get(const access::Actor& actor, ports::ExceptionId id) const;
    // Errors: invalid with its place, denied.
    base::Result<Preview> preview(const access::Actor& actor, const exception::Wish& wish) const;

    void ask(const access::Actor& actor, exception::Wish wish, shard::Completion<ports::ExceptionId> done);
    // Errors: not_found, denied, conflict (it was decided already).
    void decide(const access::Actor& actor, ports::ExceptionId id, exception::Event event, std::string why,
                std::function<void(base::Status)> done);

  private:
    base::Status may_ask(const access::Actor& actor, const exception::Wish& wish) const;
    void expire(const shard::Timer& timer);
    void arm(device::TenantId tenant, const ports::ExceptionRow& row);
    View view_of(device::TenantId tenant, ports::ExceptionRow row, Coverage covers) const;

    fleet::Core& core_;
    const assessment::Assessor& assessor_;
    shard::Timers& timers_;
    ports::Executor& background_;
    const access::SecondPerson rule_;
    base::LogSink& log_;
};

// Whoever sees some groups does not see what is for others.
bool sees(const access::Actor& actor, const exception::Scope& scope);

// The one that says most about an exception, for explanations: "accepted by user anna until 2026-12-31,
// approved by user ben: the service is off".
std::string words_of(const ports::ExceptionRow& row);

} // namespace oakum::exceptions
