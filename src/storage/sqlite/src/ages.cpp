// SPDX-License-Identifier: Apache-2.0
#include "ages.hpp"

#include <chrono>
#include <string>

namespace oakum::sqlite {
namespace {

constexpr std::chrono::seconds kPatience{2};
constexpr std::int64_t kShards = 1024;

base::Result<std::uint64_t> count(Connection& connection, const std::string& sql, std::int64_t tenant,
                                  base::TimePoint before, std::int64_t shard = 0) {
    TRY_VALUE(Statement * statement, connection.cached(sql));
    statement->bind(1, tenant);
    statement->bind(2, base::unix_ms(before));
    if (sql.find("?3") != std::string::npos) statement->bind(3, shard);
    TRY_VALUE(const bool row, statement->step());
    const std::int64_t found = row ? statement->integer(0) : 0;
    statement->reset();
    return static_cast<std::uint64_t>(found);
}

struct OfDevices {
    std::uint64_t events = 0, sets = 0;
    bool about = false;
};
base::Result<OfDevices> of_devices(Connection& connection, std::int64_t tenant, const ports::Older& than) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    OfDevices found;
    std::int64_t shard = 0;
    for (; shard < kShards && std::chrono::steady_clock::now() < end; ++shard) {
        TRY_VALUE(const std::uint64_t events,
                  count(connection,
                        "SELECT count(*) FROM device d CROSS JOIN device_event e ON e.tenant = d.tenant AND "
                        "e.shard = "
                        "d.shard AND e.device = d.device AND e.at < ?2 WHERE d.tenant = ?1 AND d.shard = ?3",
                        tenant, than.retention.events_before, shard));
        TRY_VALUE(const std::uint64_t sets,
                  count(connection,
                        "SELECT count(*) FROM device_set WHERE tenant = ?1 AND shard = ?3 AND to_at < ?2",
                        tenant, than.findings_before, shard));
        found.events += events;
        found.sets += sets;
    }
    if (shard == kShards) return found;
    found.about = true;
    for (std::uint64_t* each : {&found.events, &found.sets})
        *each = *each * static_cast<std::uint64_t>(kShards) / static_cast<std::uint64_t>(shard);
    return found;
}

} // namespace

base::Result<ports::Ages::Counted> older_of(Connection& connection, ports::TenantId tenant_id,
                                            const ports::Older& than) {
    using ports::Kept;
    const std::int64_t tenant{tenant_id.get()};
    ports::Ages::Counted older;
    struct Question {
        Kept kept;
        base::TimePoint before;
        const char* sql;
    };
    // The same rules as the journal's.
    for (const Question& question :
         {Question{Kept::audit, than.audit_before,
                   "SELECT count(*) FROM audit WHERE tenant = ?1 AND at < ?2"},
          Question{Kept::findings, than.findings_before,
                   "SELECT count(*) FROM set_finding WHERE tenant = ?1 AND to_at < ?2"},
          Question{Kept::changes, than.retention.changes_before,
                   "SELECT count(*) FROM change WHERE tenant = ?1 AND at < ?2"},
          Question{Kept::sessions, than.retention.sessions_before,
                   "SELECT count(*) FROM token WHERE tenant = ?1 AND expires < ?2 AND kind IN (1, 2)"},
          Question{Kept::tokens, than.retention.tokens_before,
                   "SELECT count(*) FROM token WHERE tenant = ?1 AND expires < ?2 AND kind NOT IN (1, 2)"},
          Question{Kept::jobs, than.retention.jobs_before,
                   "SELECT count(*) FROM job WHERE tenant = ?1 AND ended < ?2"},
          Question{Kept::alarms, than.retention.alarms_before,
                   "SELECT count(*) FROM alarm WHERE tenant = ?1 AND closed < ?2"},
          Question{Kept::messages, than.retention.messages_before,
                   "SELECT count(*) FROM message WHERE tenant = ?1 AND ended < ?2"},
          Question{Kept::edits, than.retention.edits_before,
                   "SELECT count(*) FROM edit WHERE tenant = ?1 AND created < ?2"}}) {
        TRY_VALUE(older.of[static_cast<std::size_t>(question.kept)],
                  count(connection, question.sql, tenant, question.before));
    }
    TRY_VALUE(const OfDevices devices, of_devices(connection, tenant, than));
    older.of[static_cast<std::size_t>(Kept::history)] = devices.events;
    older.of[static_cast<std::size_t>(Kept::findings)] += devices.sets;
    older.about = devices.about;
    return older;
}

} // namespace oakum::sqlite
