// SPDX-License-Identifier: Apache-2.0
#include "edit_record.hpp"

#include <json/writer.hpp>

namespace oakum::fleet {
namespace {

constexpr base::Duration kAgain = std::chrono::seconds(5);

void write_counts(json::Writer& writer, const ports::EditRow& edit) {
    writer.begin_object().member("state", edit.state).member("total", edit.total);
    writer.member("new", edit.fresh).member("changed", edit.changed).member("unchanged", edit.unchanged);
    writer.member("refused", edit.refused);
    if (edit.state == "undoing" || edit.state == "undone")
        writer.member("put_back", edit.put_back).member("left_alone", edit.left_alone);
    writer.end_object();
}

} // namespace

std::optional<std::string> cancelled_by(const Core& core, TenantId tenant, ports::EditId edit) {
    const auto row = core.control.find<ports::EditRow>(tenant, edit);
    return row && row->state == "cancelling" ? std::optional(row->undone_by) : std::nullopt;
}

std::string counts_of(const ports::EditRow& edit) {
    std::string text;
    json::Writer writer(text);
    write_counts(writer, edit);
    return text;
}

void keep_edit(Core& core, TenantId tenant, ports::EditRow edit, std::optional<shard::AuditEntry> audit,
               Keep keep, shard::Completion<ports::EditRow> done) {
    core.writer.submit<ports::EditRow>(
        shard::control_of(tenant), shard::Priority::terminal,
        [edit, audit](shard::Transaction& transaction) -> base::Result<ports::EditRow> {
            ports::EditRow row = edit;
            const auto stored = transaction.find<ports::EditRow>(row.id);
            row.created = stored ? stored->created : transaction.now();
            // Its progress does not overwrite that somebody asked it to end.
            if (row.state == "running" && stored && stored->state == "cancelling") {
                row.state = stored->state;
                row.undone_by = stored->undone_by;
            }
            if (row.state != "running" && row.state != "cancelling" && !row.ended)
                row.ended = transaction.now();
            if (row.state == "undone") row.undone = transaction.now();
            transaction.put(row);
            transaction.change("edit", row.id.text(), counts_of(row));
            if (audit) transaction.audit(*audit);
            return row;
        },
        [&core, tenant, edit, audit, keep, done = std::move(done)](base::Result<ports::EditRow> row) {
            if (row.ok() || keep == Keep::once) return done(std::move(row));
            core.writer.executor().post_after(kAgain, [&core, tenant, edit, audit, done] {
                keep_edit(core, tenant, edit, audit, Keep::until_stored, done);
            });
        });
}

} // namespace oakum::fleet
