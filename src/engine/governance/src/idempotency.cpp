// SPDX-License-Identifier: Apache-2.0
#include <governance/idempotency.hpp>

#include "rows.hpp"

namespace oakum::governance {
namespace {

std::string full_key(const access::Actor& actor, std::string_view key) {
    return actor.user.text() + ":" + std::string(key);
}

base::Status check_key(std::string_view key) {
    if (key.empty() || key.size() > 128)
        return base::invalid("the key has 1 to 128 characters").at("Idempotency-Key");
    for (const char c : key)
        if (c <= 0x20 || c >= 0x7F)
            return base::invalid("the key is made of visible ASCII characters").at("Idempotency-Key");
    return {};
}

} // namespace

base::Result<std::optional<KeptAnswer>> Idempotency::begin(const access::Actor& actor, std::string_view key,
                                                           const base::Digest256& request) {
    TRY(check_key(key));
    const std::string full = full_key(actor, key);
    {
        base::Lock lock(mutex_);
        if (!under_way_.emplace(actor.tenant, full).second)
            return base::conflict("the first request with this key is still under way").at("Idempotency-Key");
    }
    const auto kept = control_.find<ports::IdempotencyRow>(tenant_of(actor), full);
    if (!kept || clock_.now() - kept->at > settings_.idempotency) return std::optional<KeptAnswer>();
    give_up(actor, key);
    if (kept->request != request)
        return base::conflict("this key was used for another request").at("Idempotency-Key");
    return std::optional<KeptAnswer>(KeptAnswer{.status = kept->status, .body = kept->body});
}

void Idempotency::finish(const access::Actor& actor, std::string_view key, const base::Digest256& request,
                         KeptAnswer answer, std::function<void()> done) {
    writer_.submit(
        shard::control_of(tenant_of(actor)), shard::Priority::person,
        [full = full_key(actor, key), request,
         answer = std::move(answer)](shard::Transaction& transaction) -> base::Status {
            transaction.put(ports::IdempotencyRow{.key = full,
                                                  .request = request,
                                                  .status = answer.status,
                                                  .body = answer.body,
                                                  .at = transaction.now()});
            return {};
        },
        [this, actor, key = std::string(key), done = std::move(done)](base::Status) {
            give_up(actor, key);
            done();
        });
}

void Idempotency::give_up(const access::Actor& actor, std::string_view key) {
    base::Lock lock(mutex_);
    under_way_.erase({actor.tenant, full_key(actor, key)});
}

} // namespace oakum::governance
