// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/may.hpp>
#include <governance/settings.hpp>
#include <shard/writer.hpp>

#include <set>
#include <string>

namespace oakum::governance {

struct KeptAnswer {
    std::uint32_t status = 0;
    std::string body; // empty when it held a secret, which is not kept
};

// Answers of requests that carried a key. `begin` reserves the key, then exactly one of `finish` and
// `give_up` frees it. Callable from any thread.
class Idempotency {
  public:
    Idempotency(shard::Writer& writer, shard::ControlTables& control, ports::Clock& clock,
                Settings settings = {})
        : writer_(writer), control_(control), clock_(clock), settings_(settings) {}

    // The kept answer of an earlier request, or nothing: go on. Errors: conflict (the key was used for
    // another request, or the first is still under way), invalid (the key).
    base::Result<std::optional<KeptAnswer>> begin(const access::Actor& actor, std::string_view key,
                                                  const base::Digest256& request);
    // Keeps the answer, then calls `done`, whether that worked or not.
    void finish(const access::Actor& actor, std::string_view key, const base::Digest256& request,
                KeptAnswer answer, std::function<void()> done);
    void give_up(const access::Actor& actor, std::string_view key);

  private:
    shard::Writer& writer_;
    shard::ControlTables& control_;
    ports::Clock& clock_;
    const Settings settings_;
    base::Mutex mutex_;
    std::set<std::pair<std::uint32_t, std::string>> under_way_ GUARDED_BY(mutex_);
};

} // namespace oakum::governance
