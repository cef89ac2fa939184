// SPDX-License-Identifier: Apache-2.0
#include <base/digest.hpp>
#include <shard/audit.hpp>

namespace oakum::shard {
namespace {

void add(base::Sha256& hash, std::string_view field) {
    hash.update(std::to_string(field.size()));
    hash.update(":");
    hash.update(field);
    hash.update(",");
}

} // namespace

base::Digest256 audit_hash(const ports::AuditRow& row) {
    base::Sha256 hash;
    hash.update(row.previous.bytes);
    add(hash, std::to_string(row.number));
    add(hash, std::to_string(base::unix_ms(row.at)));
    for (const std::string* field :
         {&row.actor, &row.action, &row.resource, &row.before, &row.after, &row.why})
        add(hash, *field);
    return hash.finish();
}

ports::AuditRow chain(const std::optional<ports::AuditRow>& newest, base::TimePoint at, AuditEntry entry) {
    ports::AuditRow row;
    row.number = newest ? newest->number + 1 : 1;
    row.at = at;
    row.actor = std::move(entry.actor);
    row.action = std::move(entry.action);
    row.resource = std::move(entry.resource);
    row.before = std::move(entry.before);
    row.after = std::move(entry.after);
    row.why = std::move(entry.why);
    if (newest) row.previous = newest->hash;
    row.hash = audit_hash(row);
    return row;
}

base::Status verify_audit(const std::optional<ports::AuditRow>& before,
                          std::span<const ports::AuditRow> rows) {
    std::uint64_t number = before ? before->number : 0;
    base::Digest256 previous = before ? before->hash : base::Digest256{};
    for (const ports::AuditRow& row : rows) {
        const auto bad = [&](const std::string& what) {
            return base::corrupt("audit record " + std::to_string(row.number) + " " + what);
        };
        if (row.number != number + 1) return bad("does not follow " + std::to_string(number));
        if (row.previous != previous) return bad("is not chained to the one before it");
        if (row.hash != audit_hash(row)) return bad("was changed after it was written");
        number = row.number;
        previous = row.hash;
    }
    return {};
}

} // namespace oakum::shard
