// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/enrolment.hpp>
#include <ports/sealer.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::fleet {

// Devices that prove themselves by a key that both sides hold (LwM2M over DTLS): a person names each of them
// before it comes. The key is told once and kept sealed; a device's identity is the mark of what it was named
// with (Guests::mark_of). Any thread.
class SharedKeys {
  public:
    static constexpr std::size_t kShortestKey = 16, kLongestKey = 64, kLongestName = 128;

    enum class Proof : std::uint8_t { key, none }; // none: whoever says the name is believed
    struct Wish {
        std::string endpoint;                // how the device calls itself
        std::string identity = {};           // by which DTLS knows it; empty: the endpoint
        std::optional<base::Bytes> key = {}; // nothing: one is made
        GroupId group = {};                  // that it joins; zero: none
        Proof proof = Proof::key;
    };
    struct Entry {
        std::string endpoint, identity;
        GroupId group;
        Proof proof = Proof::key;
        base::TimePoint created{};
        std::string mark;
    };
    struct Made {
        Entry entry;
        base::Bytes key; // empty where there is none
    };

    SharedKeys(Core& core, Enrolment& enrolment, ports::Sealer& sealer, ports::Random& random)
        : core_(core), enrolment_(enrolment), sealer_(sealer), random_(random) {}

    // Errors: denied, not_found (the group), invalid, conflict (the endpoint or the identity is taken).
    void add(access::Actor actor, Wish wish, shard::Completion<Made> done);
    // The key opens nothing from then on, and the device may be named again. Errors: denied, not_found.
    void remove(access::Actor actor, std::string endpoint, std::function<void(base::Status)> done);
    // By endpoint. Errors: denied.
    base::Result<std::vector<Entry>> list(const access::Actor& actor) const;

    std::optional<Entry> of_endpoint(TenantId tenant, std::string_view endpoint) const;
    std::optional<Entry> of_identity(TenantId tenant, std::string_view identity) const;
    // Errors: not_found, corrupt.
    base::Result<base::Bytes> key(TenantId tenant, std::string_view identity) const;

  private:
    Core& core_;
    Enrolment& enrolment_;
    ports::Sealer& sealer_;
    ports::Random& random_;
};

} // namespace oakum::fleet
