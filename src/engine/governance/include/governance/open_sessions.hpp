// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <governance/sessions.hpp>

#include <optional>
#include <string>
#include <vector>

namespace oakum::governance {

struct OpenSession {
    ports::TokenRow row; // label: from where; client: with what; began: how
    std::string user;
    std::optional<base::TimePoint> used; // nothing: not since this process began
    bool here = false;                   // the one that asks
};

// Who is signed in, and ending it. People see and end their own sessions; who may read or edit users,
// anybody's. Callable from any thread; borrows everything for its lifetime.
class OpenSessions {
  public:
    OpenSessions(shard::Writer& writer, shard::ControlTables& control, ports::Clock& clock,
                 Sessions& sessions)
        : writer_(writer), control_(control), clock_(clock), sessions_(sessions) {}

    // Newest first; those of `user`, or one's own. Errors: not_found (somebody else's, without the right).
    base::Result<std::vector<OpenSession>> list(const Principal& principal,
                                                std::optional<access::UserId> user) const;
    // Errors: denied (a token that may only read), not_found (also somebody else's, without the right).
    void end(const Principal& principal, access::TokenId session, std::function<void(base::Status)> done);
    // All sessions and unused sign-in links of `user`, or one's own, but the one that asks. Answers how many.
    void end_all(const Principal& principal, std::optional<access::UserId> user,
                 shard::Completion<std::size_t> done);

  private:
    shard::Writer& writer_;
    shard::ControlTables& control_;
    ports::Clock& clock_;
    Sessions& sessions_;
};

} // namespace oakum::governance
