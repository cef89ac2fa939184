// SPDX-License-Identifier: Apache-2.0
#include <governance/retention.hpp>

#include "rows.hpp"

#include <json/parse.hpp>
#include <json/writer.hpp>

namespace oakum::governance {

using ports::Kept;
using retention::Kind;
using retention::Policy;

namespace {

std::string json_of(const Policy& policy) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object();
    for (const retention::Rule& rule : retention::rules()) {
        const retention::Days days = policy.of(rule.kind);
        if (days == rule.otherwise) continue;
        writer.key(rule.name);
        if (days)
            writer.value(std::uint64_t{*days});
        else
            writer.null();
    }
    writer.end_object();
    return text;
}

// Errors: invalid.
base::Result<Policy> read(std::string_view document) {
    TRY_VALUE(const json::Value body, json::parse(document));
    if (body.type() != json::Type::object) return base::invalid("it is no object");
    RetentionChanges changes;
    for (const json::Value& item : body.items()) {
        TRY_VALUE(const Kind kind, retention::parse_kind(item.key()));
        if (item.is_null()) {
            changes[kind] = std::nullopt;
        } else {
            TRY_VALUE(const std::uint64_t days, item.as_uint(100'000));
            changes[kind] = static_cast<std::uint32_t>(days);
        }
    }
    return Policy().with(changes);
}

struct Pair {
    Kind kind;
    Kept kept;
};
constexpr std::array<Pair, 10> kPairs{{{Kind::audit, Kept::audit},
                                       {Kind::findings, Kept::findings},
                                       {Kind::history, Kept::history},
                                       {Kind::edits, Kept::edits},
                                       {Kind::alarms, Kept::alarms},
                                       {Kind::tokens, Kept::tokens},
                                       {Kind::jobs, Kept::jobs},
                                       {Kind::sessions, Kept::sessions},
                                       {Kind::messages, Kept::messages},
                                       {Kind::changes, Kept::changes}}};

} // namespace

Policy retention_policy(std::string_view document) {
    if (document.empty()) return Policy();
    // Another version wrote it, or it is damaged: what goes does not come back.
    return read(document).value_or(Policy::all_that_may_be());
}

ports::Older cuts(const Policy& policy, base::TimePoint now) {
    const auto cut = [&](Kind kind) { return policy.cut(kind, now).value_or(base::TimePoint()); };
    ports::Older older;
    older.audit_before = cut(Kind::audit);
    older.findings_before = cut(Kind::findings);
    ports::Retention& retention = older.retention;
    retention.events_before = cut(Kind::history);
    retention.changes_before = cut(Kind::changes);
    retention.idempotency_before = now - std::chrono::hours(24);
    retention.sessions_before = cut(Kind::sessions);
    retention.tokens_before = cut(Kind::tokens);
    retention.jobs_before = cut(Kind::jobs);
    retention.alarms_before = cut(Kind::alarms);
    retention.messages_before = cut(Kind::messages);
    retention.edits_before = cut(Kind::edits);
    return older;
}

base::TimePoint findings_since(const shard::ControlTables& control, device::TenantId tenant) {
    return base::parse_time(control.document(tenant, kFindingsSince)).value_or(base::TimePoint());
}

Removed by_kind(const ports::KeptCounts& counts) {
    Removed removed{};
    for (const Pair& pair : kPairs)
        removed[static_cast<std::size_t>(pair.kind)] = counts[static_cast<std::size_t>(pair.kept)];
    return removed;
}

base::Result<Policy> Retentions::get(const access::Actor& actor) const {
    TRY(access::may(actor, access::Action::system_read).status());
    return retention_policy(control_.document(tenant_of(actor), kRetention));
}

void Retentions::preview(const access::Actor& actor, RetentionChanges changes,
                         shard::Completion<Preview> done) {
    if (auto allowed = access::may(actor, access::Action::policy_edit).status(); !allowed.ok())
        return done(std::move(allowed).error());
    const auto policy = retention_policy(control_.document(tenant_of(actor), kRetention)).with(changes);
    if (!policy.ok()) return done(policy.error());
    background_.post([this, tenant = tenant_of(actor), policy = *policy, done = std::move(done)] {
        const base::TimePoint now = clock_.now();
        const auto older = ages_.count_older(tenant, cuts(policy, now));
        if (!older.ok()) return done(older.error());
        Preview preview{policy, by_kind(older->of), older->about};
        if (const auto before = policy.cut(Kind::reports, now))
            preview.goes[static_cast<std::size_t>(Kind::reports)] = reports_.older(*before);
        done(preview);
    });
}

void Retentions::set(const access::Actor& actor, RetentionChanges changes, std::string why,
                     shard::Completion<Policy> done) {
    if (auto allowed = access::may(actor, access::Action::policy_edit).status(); !allowed.ok())
        return done(std::move(allowed).error());
    writer_.submit<Policy>(
        shard::control_of(tenant_of(actor)), shard::Priority::person,
        [actor, changes = std::move(changes),
         why = std::move(why)](shard::Transaction& transaction) -> base::Result<Policy> {
            const Policy before = retention_policy(transaction.document(kRetention));
            TRY_VALUE(const Policy after, before.with(changes));
            if (before == after) return after;
            transaction.put(ports::DocumentRow{kRetention, after == Policy() ? "" : json_of(after)});
            shard::AuditEntry entry = entry_of(actor, "setting.retention", kRetention);
            entry.before = json_of(before);
            entry.after = json_of(after);
            entry.why = why;
            transaction.audit(std::move(entry));
            transaction.change("setting", "retention");
            return after;
        },
        std::move(done));
}

} // namespace oakum::governance
