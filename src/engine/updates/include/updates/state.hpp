// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <install/agent.hpp>
#include <updates/ports.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace oakum::updates {

// The deployment under way.
struct Current {
    wire::Offer offer;
    // From signed metadata, known after `deciding`. No counter below its floor once it is verified.
    Image image;
    std::string slot;                               // that the image goes to
    install::Reason reason = install::Reason::none; // why it falls back
    std::string detail;
    std::uint32_t network_failures = 0;
    bool resumed = false; // the download was taken up again in its middle
    // How far the device's clock was behind the server's when its windows were last told, in seconds; 0: they
    // agreed.
    std::int64_t clock_behind = 0;
    // The end of the director's permission to install it; nothing: the root names no director.
    std::optional<base::TimePoint> permitted_until;
    std::string order;        // of a folder that it came in; empty: it came over the network
    bool began_again = false; // a resumed download was wrong and is being made once more from its beginning
};

// A release that this device verified.
struct Known {
    std::string version;
    base::Digest256 digest;
    std::uint64_t counter = 0;
    bool operator==(const Known&) const = default;
};

// How the last deployment ended here.
struct Ended {
    std::string release, version;
    install::State state = install::State::verified;
    install::Reason reason = install::Reason::none;
    std::string detail;
    base::TimePoint at{}; // by the device's clock
    bool operator==(const Ended&) const = default;
};
// The last thing that somebody tried here. Told in each inventory until a release was verified.
struct Attacked {
    trust::Attack attack = trust::Attack::unapproved;
    std::string deployment;
    base::TimePoint at{};
    std::string detail;
    bool operator==(const Attacked&) const = default;
};

// All that survives a power cut: stored before each act (design 3).
struct AgentState {
    install::Phase phase = install::Phase::idle;
    std::optional<Current> current; // present unless idle
    std::uint64_t sequence = 0;     // of the last report, over all deployments
    std::uint64_t desired = 0;      // number of the desired state that was taken up
    std::string done_deployment;    // the last one that ended here, with its attempt
    std::uint32_t done_attempt = 0;
    std::optional<wire::Report> done_as; // how; told again to a server that forgot it
    std::optional<Ended> last;
    std::optional<Known> installed; // what runs, if it came by an update
    std::optional<Known> previous;  // what ran before, and may be returned to
    std::uint64_t floor = 0;        // lowest counter accepted
    std::string staged;             // digest of what the staging file is a download of
    std::string inventory_digest;   // of the inventory last sent
    std::optional<Attacked> attacked;
    std::optional<wire::Manifest> to_tell; // how a directed deployment ended, not acknowledged yet
    std::vector<wire::Report> reports;     // not acknowledged yet, oldest first
    // How updates ended that were carried here, until the server has their reports.
    std::vector<wire::Receipt> receipts;
};

std::string encode(const AgentState& state);
// Errors: invalid, with the place.
base::Result<AgentState> decode_state(std::string_view json);

inline constexpr std::size_t kMaxReceipts = 8;
// Beyond the bound the oldest goes.
void add(AgentState& state, wire::Receipt receipt);

inline constexpr std::size_t kMaxQueuedReports = 64;
// Appends with the next sequence. Beyond the bound the oldest that is not an end goes; ends are never
// dropped. Progress of the same phase replaces the one before it.
void enqueue(AgentState& state, wire::Report report);

} // namespace oakum::updates
