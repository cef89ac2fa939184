// SPDX-License-Identifier: Apache-2.0
#include <assessment/support_data.hpp>
#include <fleet/core.hpp>
#include <json/writer.hpp>
#include <policy_files/support_ends.hpp>

namespace oakum::assessment {
namespace {

constexpr const char* kDocument = "setting/support_ends";

} // namespace

std::vector<risk::SupportEnd> SupportData::own(device::TenantId tenant) const {
    const std::string text = control_.document(tenant, kDocument);
    auto rows = text.empty() ? std::vector<risk::SupportEnd>() : policy_files::read_support_ends(text);
    return rows.ok() ? *std::move(rows) : std::vector<risk::SupportEnd>();
}

SupportData::Ends SupportData::in_force(device::TenantId tenant) const {
    std::string body = control_.document(tenant, kDocument);
    base::Lock lock(mutex_);
    auto& [known, ends] = kept_[tenant];
    if (ends && known == body) return ends;
    std::vector<risk::SupportEnd> rows = policy_files::known_support_ends();
    if (!body.empty())
        if (auto mine = policy_files::read_support_ends(body); mine.ok())
            rows.insert(rows.end(), mine->begin(), mine->end());
    ends = std::make_shared<const risk::SupportEnds>(std::move(rows));
    known = std::move(body);
    return ends;
}

void SupportData::replace(const access::Actor& actor, std::string table,
                          std::function<void(base::Status)> done) {
    const auto allowed = [&]() -> base::Status {
        TRY(fleet::may_do(actor, access::Action::policy_edit));
        if (table.empty()) return {};
        auto rows = policy_files::read_support_ends(table);
        return rows.ok() ? base::Status() : base::Status(std::move(rows).error());
    }();
    if (!allowed.ok()) return done(allowed);
    writer_.submit(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [actor, table = std::move(table)](shard::Transaction& transaction) -> base::Status {
            const std::string before = transaction.document(kDocument);
            if (before == table) return {};
            transaction.put(ports::DocumentRow{kDocument, table});
            const auto told = [](std::string_view text) {
                std::string out;
                json::Writer(out).begin_object().member("table", text).end_object();
                return out;
            };
            transaction.audit(
                {actor.text(), "support.replace", "support ends", told(before), told(table), ""});
            transaction.change("support", "");
            return {};
        },
        std::move(done));
}

} // namespace oakum::assessment
