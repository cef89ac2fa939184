// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <governance/sessions.hpp>
#include <ports/sealer.hpp>

#include <functional>
#include <string>
#include <vector>

namespace oakum::governance {

struct TotpOffer {
    std::string secret; // base32; told once
    std::string uri;    // the same for a QR code
};

// Authenticators of local accounts. A secret is shown once, counts only after a code has proven it, and
// stands in the store sealed; codes on paper stand there as digests. Every change is audited. Callable from
// any thread; borrows everything for its lifetime.
class SecondFactor {
  public:
    static constexpr std::size_t kRecoveryCodes = 10;

    SecondFactor(shard::Writer& writer, ports::Random& random, ports::Sealer& sealer, Throttle& guesses,
                 ports::Clock& clock)
        : writer_(writer), random_(random), sealer_(sealer), guesses_(guesses), clock_(clock) {}

    // A new secret, which is not asked for yet. Errors: denied (a token; an account of the identity
    // provider), conflict (there is one).
    void begin(const Principal& principal, std::string issuer, shard::Completion<TotpOffer> done);
    // Switches it on, ends the person's other sessions and answers the codes on paper, once. Errors:
    // unauthenticated at "/code", conflict (nothing was begun), unavailable (too many guesses).
    void confirm(const Principal& principal, std::string code,
                 shard::Completion<std::vector<std::string>> done);
    // New codes on paper in place of those that are left.
    void renew_recovery(const Principal& principal, std::string code,
                        shard::Completion<std::vector<std::string>> done);
    // Errors: also denied (the rules require one).
    void switch_off(const Principal& principal, std::string code, std::function<void(base::Status)> done);
    // Of somebody who lost theirs; ends their sessions. Errors: denied, not_found.
    void reset(const access::Actor& actor, access::UserId user, std::string why,
               shard::Completion<ports::UserRow> done);

  private:
    // With the person's row once the code was right, inside the transaction.
    using Then = std::function<base::Status(shard::Transaction&, ports::UserRow&)>;
    void proven(const Principal& principal, std::string code, bool on, Then then,
                std::function<void(base::Status)> done);
    std::vector<std::string> new_codes();

    shard::Writer& writer_;
    ports::Random& random_;
    ports::Sealer& sealer_;
    Throttle& guesses_;
    ports::Clock& clock_;
};

} // namespace oakum::governance
