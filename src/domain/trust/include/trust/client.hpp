// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <trust/trusted_set.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace oakum::trust {

// Ask the repository for a file of metadata; read no more than max_bytes + 1 bytes of it. The name is one URL
// segment, already escaped: append it to the base, never resolve it.
struct Fetch {
    std::string name;
    std::uint64_t max_bytes = 0;
    bool operator==(const Fetch&) const = default;
};
// Everything trusted is current.
struct Refreshed {
    bool operator==(const Refreshed&) const = default;
};
struct Found {
    std::string path;
    std::string role; // that vouches for it
    TargetFile file;
};
// No role that may speak of the path lists it.
struct NotListed {
    std::string path;
};
// `local`: what is stored here is of no use, and nobody was asked.
enum class Cause : std::uint8_t { transport, missing, malformed, untrusted, rollback, expired, local, bug };
std::string_view to_string(Cause cause);
// The refresh or search is over; the next one starts from what is stored.
struct Failed {
    Cause cause = Cause::bug;
    base::Error error;
};

// First make the effects durable, in order; then do what is next.
struct Step {
    Effects effects;
    std::variant<Fetch, Refreshed, Found, NotListed, Failed> next;
};

// The client's workflow as a machine without IO: root, timestamp, snapshot, targets, then targets by path
// through delegations. A blocking agent and the simulator drive the same one:
//
//   Step step = client.look_up("gateway/1.5.0/gateway.img");
//   while (const Fetch* fetch = std::get_if<Fetch>(&step.next)) { apply(step.effects); step =
//   client.received(get(*fetch)); }
//
// Not shared between threads; the Reader must outlive it.
class Client {
  public:
    // The files in the client's folder by name; "root.json" must be among them.
    using Stored = std::map<std::string, base::Bytes>;

    // `order`: where the files come from a folder that was carried here, what stands in for their freshness.
    Client(Stored stored, base::TimePoint now, const Reader& reader, std::optional<base::Bytes> order = {});

    Step refresh();
    // Refreshes first when that was not done. May be called again after Found and NotListed.
    Step look_up(std::string path);

    // Exactly one of these answers each Fetch.
    Step received(base::ByteView bytes);
    Step missing();
    Step failed(base::Error error);

    // Nothing before the first refresh began well.
    const TrustedSet* trusted() const { return trusted_ ? &*trusted_ : nullptr; }

  private:
    enum class State { idle, roots, timestamp, snapshot, targets, search, ready, over };
    struct Visit {
        Delegation role;
        std::string delegator;
        std::size_t depth = 0;
    };

    Step next_root();
    Step after_roots();
    Step next_snapshot();
    Step next_targets();
    Step search();
    // The role is trusted: look, then queue its delegations.
    std::optional<Found> visit(const Visit& visit);
    Step fetch(State state, std::string name, std::uint64_t max_bytes);
    Step fail(base::Error error);
    Step fail(Cause cause, base::Error error);
    Step accept(base::ByteView bytes);
    Step absorb(base::Result<Effects> outcome, Step (Client::*next)());
    void apply(const Effects& effects);
    const base::Bytes* stored(std::string_view role) const;
    std::string served(const std::string& role, std::uint64_t version) const;

    Stored stored_;
    base::TimePoint now_;
    const Reader* reader_;
    std::optional<base::Bytes> order_;
    std::optional<TrustedSet> trusted_;
    State state_ = State::idle;
    Fetch asked_;
    std::size_t rotations_ = 0;
    std::optional<std::string> path_;
    std::vector<Visit> to_visit_; // the next is the last
    std::set<std::string> visited_;
    std::optional<Visit> visiting_;
};

} // namespace oakum::trust
