// SPDX-License-Identifier: Apache-2.0
#include <releases/needs.hpp>

#include <fleet/needs.hpp>

namespace oakum::releases {

void keep_needs(fleet::Core& core, const access::Actor& actor, const base::Digest256& artifact,
                std::string needs, std::function<void(base::Status)> done) {
    if (base::Status allowed = fleet::may_do(actor, access::Action::release_create); !allowed.ok())
        return done(std::move(allowed));
    core.writer.submit(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [artifact, needs = std::move(needs)](shard::Transaction& transaction) -> base::Status {
            const std::string name = fleet::needs_document(artifact);
            if (transaction.document(name) != needs) transaction.put(ports::DocumentRow{name, needs});
            return {};
        },
        std::move(done));
}

} // namespace oakum::releases
