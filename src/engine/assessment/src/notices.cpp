// SPDX-License-Identifier: Apache-2.0
#include <assessment/notices.hpp>

#include <advisory/notice_record.hpp>
#include <json/writer.hpp>

#include <algorithm>

namespace oakum::assessment {

using ports::NoticeRow;
using shard::Transaction;

namespace {

std::string summary_of(const NoticeRow& row) {
    std::string text;
    json::Writer(text)
        .begin_object()
        .member("title", row.notice.title)
        .member("exploited", row.notice.exploited)
        .member("withdrawn", row.withdrawn)
        .end_object();
    return text;
}

base::Error none(const std::string& id) {
    return base::not_found("there is no advisory " + id.substr(0, 64) + " of your own");
}

} // namespace

std::vector<shard::Held<NoticeRow>> Notices::list(device::TenantId tenant) const {
    auto rows = core_.control.list<NoticeRow>(tenant);
    std::ranges::sort(rows, [](const auto& a, const auto& b) {
        return std::pair(a->created, a->id) > std::pair(b->created, b->id);
    });
    return rows;
}

void Notices::add(const access::Actor& actor, advisory::Notice notice, shard::Completion<std::string> done) {
    if (auto allowed = fleet::may_do(actor, access::Action::notice_edit); !allowed.ok())
        return done(std::move(allowed).error());
    if (auto sound = advisory::check(notice); !sound.ok()) return done(std::move(sound).error());
    core_.writer.submit<std::string>(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [actor, notice = std::move(notice)](Transaction& transaction) -> base::Result<std::string> {
            std::vector<std::string> known;
            for (const auto& row : transaction.list<NoticeRow>())
                known.push_back(row->id);
            NoticeRow row;
            row.id = advisory::next_notice_id(known, transaction.now());
            row.notice = notice;
            row.created_by = actor.text();
            row.created = row.changed = transaction.now();
            transaction.audit({actor.text(), "advisory.add", "advisory " + row.id, "", summary_of(row), ""});
            transaction.change("notice", row.id, summary_of(row));
            std::string id = row.id;
            transaction.put(std::move(row));
            return id;
        },
        std::move(done));
}

void Notices::edit(const access::Actor& actor, const std::string& id, advisory::Notice notice,
                   std::optional<std::uint64_t> version, std::function<void(base::Status)> done) {
    if (auto allowed = fleet::may_do(actor, access::Action::notice_edit); !allowed.ok())
        return done(std::move(allowed));
    if (auto sound = advisory::check(notice); !sound.ok()) return done(std::move(sound));
    core_.writer.submit(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [actor, id, version, notice = std::move(notice)](Transaction& transaction) -> base::Status {
            const auto stored = transaction.find<NoticeRow>(id);
            if (!stored) return none(id);
            if (stored->withdrawn) return base::conflict("it was withdrawn; add another one");
            if (version && *version != stored->row_version)
                return base::conflict("somebody else changed it meanwhile; look at it and edit it again");
            NoticeRow row = *stored;
            row.notice = notice;
            if (row == *stored) return {};
            row.changed = transaction.now();
            transaction.audit(
                {actor.text(), "advisory.edit", "advisory " + id, summary_of(*stored), summary_of(row), ""});
            transaction.change("notice", id, summary_of(row));
            transaction.put(std::move(row));
            return {};
        },
        std::move(done));
}

void Notices::withdraw(const access::Actor& actor, const std::string& id, std::string why,
                       std::function<void(base::Status)> done) {
    if (auto allowed = fleet::may_do(actor, access::Action::notice_edit); !allowed.ok())
        return done(std::move(allowed));
    core_.writer.submit(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [actor, id, why = std::move(why)](Transaction& transaction) -> base::Status {
            const auto stored = transaction.find<NoticeRow>(id);
            if (!stored) return none(id);
            if (stored->withdrawn) return base::conflict("it was withdrawn already");
            NoticeRow row = *stored;
            row.withdrawn = true;
            row.changed = transaction.now();
            transaction.audit({actor.text(), "advisory.withdraw", "advisory " + id, summary_of(*stored),
                               summary_of(row), why});
            transaction.change("notice", id, summary_of(row));
            transaction.put(std::move(row));
            return {};
        },
        std::move(done));
}

std::string notices_mark(const shard::ControlTables& control) {
    std::string mark = "1"; // an empty body would be no document
    for (const device::TenantId tenant : control.tenants())
        for (const auto& row : control.list<NoticeRow>(tenant))
            mark +=
                " " + std::to_string(tenant.get()) + "/" + row->id + ":" + std::to_string(row->row_version);
    return mark;
}

} // namespace oakum::assessment
