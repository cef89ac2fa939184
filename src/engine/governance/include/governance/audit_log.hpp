// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/may.hpp>
#include <ports/store.hpp>
#include <shard/writer.hpp>

#include <vector>

namespace oakum::governance {

struct AuditVerification {
    bool ok = false;
    std::uint64_t records = 0;
    std::uint64_t removed = 0; // from the log's beginning, when their time was over
    std::optional<std::uint64_t> first_bad;
    std::optional<base::Digest256> head;
    std::string sentence;
};

struct AuditSearch {
    std::string text; // empty: every record
    std::optional<std::uint64_t> before;
    std::size_t limit = 100;
};
struct AuditFound {
    std::vector<ports::AuditRow> rows;
    std::optional<std::uint64_t> next; // the `before` that goes on; nothing at the log's beginning
};

// Reads what every change wrote. Blocking reads run on `background`; answers come from there.
class AuditLog {
  public:
    AuditLog(ports::History& history, shard::ControlTables& control, ports::Executor& background)
        : history_(history), control_(control), background_(background) {}

    // Ascending, numbers above `after`. Errors: denied.
    void list(const access::Actor& actor, std::uint64_t after, std::size_t limit,
              shard::Completion<std::vector<ports::AuditRow>> done);
    // The newest change of a thing ("user 01j..."), among the last 10,000 records; nothing when there is
    // none. Of whoever may edit the thing: the caller has checked.
    void last_change(device::TenantId tenant, std::string resource,
                     shard::Completion<std::optional<ports::AuditRow>> done);
    // Newest first, numbers below `before`, records of which actor, action, resource, reason or values hold
    // every word of the text, whatever the case. One call reads at most 100,000 records: then there may be
    // fewer found than asked for, and `next` says where to go on. Errors: denied.
    void search(const access::Actor& actor, AuditSearch wanted, shard::Completion<AuditFound> done);
    // Recomputes the chain from the first record that is held, whose beginning an anchor stands for when
    // records were removed, and holds its end to the newest record in memory.
    void verify(const access::Actor& actor, shard::Completion<AuditVerification> done);

  private:
    base::Result<AuditVerification> verified(device::TenantId tenant) const;

    ports::History& history_;
    shard::ControlTables& control_;
    ports::Executor& background_;
};

} // namespace oakum::governance
