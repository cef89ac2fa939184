// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/core.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace oakum::fleet {

// The fact that says which client a guest runs, as it names itself.
inline constexpr std::string_view kGuestClient = "x.client";

struct GuestRequest {
    std::string token; // an enrolment token; empty: it asks to be let in, and a person decides
    // It was let in already, by other means or named by a person before it came, into this group (zero:
    // none): no token is asked for.
    std::optional<GroupId> let_in{};
    std::string mark; // mark_of() what it proves itself with from now on
    std::string serial;
    std::string protocol;
    std::map<std::string, std::string> facts;
};

// Devices that speak another system's protocol: known by their serial and by something that they hold, a
// token or a key, of which only a mark is stored, in the place of a certificate's serial. An identity is
// bound to what it was admitted with until a person lets the device enrol again.
class Guests {
  public:
    // That many may wait for a person at a time.
    static constexpr std::uint64_t kMostWaiting = 10'000;

    explicit Guests(Core& core) : core_(core) {}

    // 32 hexadecimal digits. `kind` keeps proofs of different kinds apart.
    static std::string mark_of(std::string_view kind, std::string_view proof);

    // Who that is, noted as heard of. Errors: not_found (no device of that serial), denied (it proves itself
    // otherwise, was revoked, was retired).
    base::Result<DeviceActor> find(TenantId tenant, std::string_view serial, const std::string& mark) const;
    // Whether an enrolment token would let it in now: cheap, the command decides.
    bool may_enter(TenantId tenant, std::string_view token) const;
    // Errors: unauthenticated (the token), conflict (the serial holds another identity), denied (this
    // identity was revoked or retired: it needs another proof), invalid, unavailable (too many wait).
    void admit(TenantId tenant, GuestRequest request, shard::Completion<DeviceActor> done);

  private:
    Core& core_;
};

} // namespace oakum::fleet
