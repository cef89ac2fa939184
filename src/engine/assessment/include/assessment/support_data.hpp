// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/may.hpp>
#include <base/thread_annotations.hpp>
#include <risk/support.hpp>
#include <shard/writer.hpp>

#include <map>
#include <memory>
#include <string>

namespace oakum::assessment {

// Until when makers mend what runs: what comes with Oakum, and a table of one's own whose rows win. Any
// thread.
class SupportData {
  public:
    SupportData(shard::Writer& writer, const shard::ControlTables& control)
        : writer_(writer), control_(control) {}

    using Ends = std::shared_ptr<const risk::SupportEnds>; // shared: replaced while others count
    Ends in_force(device::TenantId tenant) const;
    // The own rows alone.
    std::vector<risk::SupportEnd> own(device::TenantId tenant) const;
    // Replaces the own table; an empty text takes it away. Audited; change "support". Errors: denied, invalid
    // (its lines), too_large.
    void replace(const access::Actor& actor, std::string table, std::function<void(base::Status)> done);

  private:
    shard::Writer& writer_;
    const shard::ControlTables& control_;
    mutable base::Mutex mutex_;
    mutable std::map<device::TenantId, std::pair<std::string, Ends>> kept_ GUARDED_BY(mutex_);
};

} // namespace oakum::assessment
