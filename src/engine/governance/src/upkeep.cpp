// SPDX-License-Identifier: Apache-2.0
#include <governance/upkeep.hpp>

#include <governance/anchor.hpp>
#include <json/writer.hpp>

#include <algorithm>

namespace oakum::governance {

using retention::Kind;

namespace {

// Between two steps, so that commits come first.
constexpr base::Duration kBreath = std::chrono::milliseconds(20);
constexpr std::size_t kPiece = 1000;

struct Going {
    std::optional<ports::AuditRow> last;
    std::uint64_t records = 0;
};
// The oldest records as far as they are all older; in the order of the log, whatever clocks did.
base::Result<Going> going(ports::History& history, device::TenantId tenant, base::TimePoint before) {
    Going found;
    for (;;) {
        TRY_VALUE(const auto piece, history.audit(tenant, found.last ? found.last->number : 0, kPiece));
        for (const ports::AuditRow& row : piece) {
            if (row.at >= before || found.records == Upkeep::kMostAudit) return found;
            found.last = row;
            ++found.records;
        }
        if (piece.size() < kPiece) return found;
    }
}

} // namespace

void Upkeep::begin_round() {
    if (under_way_.exchange(true)) return;
    executor_.post([this] { prepare(); });
}

void Upkeep::prepare() {
    const base::TimePoint now = clock_.now();
    tenants_ = control_.tenants();
    policy_ = retention_policy(tenants_.empty() ? "" : control_.document(tenants_.front(), kRetention));
    for (const device::TenantId tenant : tenants_)
        policy_ = longest(policy_, retention_policy(control_.document(tenant, kRetention)));
    daily_ = now >= daily_due_;
    older_ = cuts(policy_, now);
    through_.clear();
    if (daily_) return anchor(0);
    older_.retention.events_before = base::TimePoint();
    step();
}

// Tenant by tenant: an anchor for the audit records that go, and from when on findings are whole.
void Upkeep::anchor(std::size_t number) {
    if (number == tenants_.size()) return step();
    const device::TenantId tenant = tenants_[number];
    const base::TimePoint now = clock_.now(), findings = older_.findings_before;
    const retention::Policy own = retention_policy(control_.document(tenant, kRetention));
    Going found;
    if (const auto before = own.cut(Kind::audit, now)) {
        auto looked = going(history_, tenant, *before);
        if (!looked.ok()) return give_up("what is old in the audit log could not be read", looked.error());
        found = std::move(*looked);
    }
    const bool since = findings > findings_since(control_, tenant);
    if (!found.last && !since) return anchor(number + 1);
    const std::string why =
        "audit records are kept for " + std::to_string(own.of(Kind::audit).value_or(0)) + " days";
    writer_.submit(
        shard::control_of(tenant), shard::Priority::terminal,
        [found, since, findings, why](shard::Transaction& transaction) -> base::Status {
            if (found.last) transaction.audit(entry_of(*found.last, found.records, why));
            if (since) transaction.put(ports::DocumentRow{kFindingsSince, base::to_iso8601(findings)});
            return {};
        },
        [this, number, tenant, through = found.last ? found.last->number : 0](const base::Status& status) {
            executor_.post([this, number, tenant, through, status] {
                if (!status.ok())
                    return give_up("an anchor for old audit records could not be stored", status.error());
                if (through > 0) through_.emplace_back(tenant, through);
                anchor(number + 1);
            });
        });
}

void Upkeep::give_up(const std::string& what, const base::Error& error) {
    log_.write(base::LogLevel::warning, "upkeep", what + "; it is tried again: " + error.text());
    under_way_ = false;
}

void Upkeep::step() {
    const auto pruned = pruner_.prune(older_.retention, kStep);
    if (!pruned.ok()) return give_up("what is old could not be removed from the store", pruned.error());
    rows_ += pruned->rows;
    if (!pruned->finished) return executor_.post_after(kBreath, [this] { step(); });
    control_.forget(older_.retention);
    if (!daily_) return end();
    audit_step();
}

void Upkeep::audit_step() {
    if (through_.empty()) return findings_step();
    const auto pruned = evidence_.prune_audit(through_.back().first, through_.back().second, kStep);
    if (!pruned.ok()) return give_up("old audit records could not be removed", pruned.error());
    audit_ += pruned->rows;
    if (pruned->finished) through_.pop_back();
    executor_.post_after(kBreath, [this] { audit_step(); });
}

void Upkeep::findings_step() {
    if (older_.findings_before == base::TimePoint()) return remove_reports();
    const auto pruned = evidence_.prune_findings(older_.findings_before, kStep);
    if (!pruned.ok()) return give_up("old findings could not be removed", pruned.error());
    findings_ += pruned->rows;
    if (pruned->finished) return remove_reports();
    executor_.post_after(kBreath, [this] { findings_step(); });
}

void Upkeep::remove_reports() {
    if (const auto before = policy_.cut(Kind::reports, clock_.now()); before && packs_ != nullptr) {
        const auto removed = packs_->remove_older(*before);
        if (!removed.ok()) return give_up("old evidence packs could not be removed", removed.error());
        reports_ += *removed;
    }
    tell();
    daily_due_ = clock_.now() + kDailyEvery;
    end();
}

void Upkeep::end() {
    under_way_ = false;
}

// One record a day, in the log of each tenant: the store is one. Audit records have their anchor.
void Upkeep::tell() {
    const Forgotten now = forgotten();
    const std::uint64_t rows = now.rows - told_.rows, findings = now.findings - told_.findings,
                        reports = now.reports - told_.reports;
    told_ = now;
    if (rows + findings + reports == 0) return;
    std::string text;
    json::Writer writer(text);
    writer.begin_object()
        .member("findings", findings)
        .member("reports", reports)
        .member("rows", rows)
        .end_object();
    for (const device::TenantId tenant : tenants_)
        writer_.submit(
            shard::control_of(tenant), shard::Priority::terminal,
            [text](shard::Transaction& transaction) -> base::Status {
                transaction.audit({"oakumd", "retention.forget", "retention", "", text, "its time was over"});
                return {};
            },
            [this](const base::Status& status) {
                if (!status.ok())
                    log_.write(base::LogLevel::warning, "upkeep",
                               "that old rows were removed could not be written into the audit log: " +
                                   status.error().text());
            });
}

} // namespace oakum::governance
