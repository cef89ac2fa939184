// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/offers.hpp>
#include <schedules/book.hpp>

#include <atomic>
#include <map>

namespace oakum::schedules {

// When one device may install.
struct Standing {
    std::vector<std::string> windows, freezes; // by name, that bind it
    std::string zone;                          // as the device says; empty: it does not
    bool zone_known = false;
    bool bound = false;                   // by anything
    bool open = true;                     // now
    std::optional<schedule::Interval> at; // the opening now or next; nothing: none that can be seen
    std::string local;                    // its beginning on the device's clock
    std::string span;                     // "tonight 22:00-04:00", on the device's clock
};

// What a rule says of the devices that it is for.
struct Preview {
    struct Place {
        std::string zone; // as devices say; empty: they do not
        bool known = false;
        std::uint64_t devices = 0;
        std::optional<schedule::Interval> next; // that the rule's own times give; nothing: never again
        std::string words;                      // its beginning on the device's clock
    };
    schedule::Rule rule;
    std::uint64_t devices = 0;
    std::vector<Place> places; // the most frequent zones first
    std::vector<std::string> warnings;
    std::string sentence;
};

// When a rule's own times are, by one clock, within a span of time.
struct Dates {
    static constexpr std::size_t kMost = 400;
    static constexpr base::Duration kLongest = std::chrono::days(100);

    std::string name;
    schedule::Kind kind = schedule::Kind::window;
    std::string clock;         // the zone by which they are
    std::uint64_t devices = 0; // that go by it
    std::vector<schedule::Interval> times;
    std::uint64_t more = 0; // of them, beyond kMost
};

// The windows and freezes of all tenants. Any thread; edits are durable before they are answered, audited,
// and told by the change feed.
class Schedules {
  public:
    static constexpr const char* kDocument = "schedules";

    Schedules(fleet::Core& core, schedule::Zones& zones) : core_(core), zones_(zones) {}
    // After the writer has loaded everything.
    void start();

    // ---- people. Errors: denied, invalid with its place, not_found.
    base::Result<std::vector<Preview>> list(const access::Actor& actor) const;
    base::Result<Preview> preview(const access::Actor& actor, schedule::Rule rule) const;
    // Those that touch [from, to), by rule and clock; the clocks by which most devices go first, at most 20
    // of a rule. Errors also: invalid, at "to" (before from, or longer than Dates::kLongest after it).
    base::Result<std::vector<Dates>> dates(const access::Actor& actor, base::TimePoint from,
                                           base::TimePoint to) const;
    // Adds the rule, or replaces the one of its name.
    void put(access::Actor actor, schedule::Rule rule, shard::Completion<Preview> done);
    void remove(access::Actor actor, std::string name, std::string why,
                std::function<void(base::Status)> done);

    // ---- rollouts. Within a glance; they take no lock of the fleet.
    bool may_begin(const fleet::Glance& device, schedule::Priority priority, fleet::Keeps keeps) const;
    std::shared_ptr<const schedule::Openings> openings(const fleet::Glance& device,
                                                       schedule::Priority priority) const;
    // Whether it was open at any time of [from, to), by the rules of now.
    bool opened(const fleet::Glance& device, schedule::Priority priority, base::TimePoint from,
                base::TimePoint to) const;
    Standing standing(const fleet::Glance& device, schedule::Priority priority) const;

  private:
    // Shared because a poll may still read the book that is being replaced.
    using Books = std::map<device::TenantId, std::shared_ptr<const Book>>;
    void rebuild();
    std::shared_ptr<const Book> book(device::TenantId tenant) const;
    // Counts the devices of the scope.
    // The clock by which devices of a zone (empty: none is told) go; null: none.
    std::shared_ptr<const schedule::ZoneRules> clock_of(const schedule::Rule& rule,
                                                        const std::string& zone) const;
    Preview view(device::TenantId tenant, const fleet::Scope& scope, const schedule::Rule& rule) const;
    base::Status check(const schedule::Rule& rule) const;

    fleet::Core& core_;
    schedule::Zones& zones_;
    std::atomic<std::shared_ptr<const Books>> books_;
};

} // namespace oakum::schedules
