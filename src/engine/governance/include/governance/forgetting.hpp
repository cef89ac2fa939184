// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/may.hpp>
#include <ports/store.hpp>
#include <shard/writer.hpp>

#include <string>

namespace oakum::governance {

// What is kept of a person who left, and what goes when they are forgotten.
struct Forgetting {
    std::string name;      // as it is now; empty once they are forgotten
    std::string pseudonym; // what stands in its place
    // Goes: credentials with their labels and browsers, saved views of their own, the name on alarms,
    // channels, edits.
    std::uint64_t credentials = 0, views = 0, mentions = 0;
    // Stays, as evidence of who decided what: exceptions and rollouts; and the audit log, for its period.
    std::uint64_t decisions = 0;
};

// Accounts of people who left. The account loses name, password, second factor and its link to the identity
// provider; what they decided stays under the name that the records had, for as long as those are kept.
// Callable from any thread.
class Forgetter {
  public:
    Forgetter(shard::Writer& writer, shard::ControlTables& control) : writer_(writer), control_(control) {}

    // Changes nothing. Errors: denied, not_found, conflict (why not, as a sentence).
    base::Result<Forgetting> preview(const access::Actor& actor, access::UserId id) const;
    // Audited without the name. Errors: the same.
    void forget(const access::Actor& actor, access::UserId id, std::string why,
                shard::Completion<Forgetting> done);

  private:
    shard::Writer& writer_;
    shard::ControlTables& control_;
};

} // namespace oakum::governance
