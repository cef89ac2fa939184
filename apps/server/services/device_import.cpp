// SPDX-License-Identifier: Apache-2.0
#include "devices.hpp"

#include <algorithm>

namespace oakum::server {

namespace {

using Outcome = api::DeviceImportResult::Outcome;

constexpr std::size_t kEveryRefusal = 200'000, kFirstRefusals = 100;

// The enumerations of both sides, in their order.
static_assert(static_cast<int>(Outcome::refused) == static_cast<int>(fleet::ImportReport::Outcome::refused));
static_assert(static_cast<int>(api::DeviceImportResult::How::left_out) ==
              static_cast<int>(device_lists::How::left_out));
static_assert(static_cast<int>(api::DeviceImport::Dates::month_first) ==
              static_cast<int>(device_lists::Dates::month_first));

fleet::ImportWish wish_of(api::DeviceImport&& import) {
    fleet::ImportWish wish;
    wish.name = std::move(import.name);
    wish.text = std::move(import.text);
    wish.told = std::move(import.columns);
    wish.persons = import.with_persons ? device_lists::Persons::wanted : device_lists::Persons::left_out;
    wish.dates = static_cast<device_lists::Dates>(import.dates);
    if (import.group) wish.group = *import.group;
    wish.most_refused = import.every_refusal ? kEveryRefusal : kFirstRefusals;
    wish.answer_within = std::chrono::seconds(import.wait_seconds);
    wish.dry_run = import.dry_run ? fleet::DryRun::yes : fleet::DryRun::no;
    return wish;
}

api::DeviceImportResult::Row row_of(const fleet::ImportReport::Row& from) {
    api::DeviceImportResult::Row row;
    row.line = from.line;
    row.outcome = static_cast<Outcome>(from.outcome);
    row.device = from.device;
    row.by = some(from.by);
    row.reason = some(from.reason);
    for (const auto& change : from.changes)
        row.changes.push_back({change.key, some(change.before), some(change.after)});
    return row;
}

api::DeviceImportResult result_of(const fleet::ImportReport& report) {
    api::DeviceImportResult view;
    view.dry_run = report.id.is_zero();
    if (!report.id.is_zero()) view.edit = report.id;
    view.running = report.running;
    view.form = to_string(report.form);
    view.system = some(report.layout.name);
    for (const auto& column : report.layout.columns)
        view.mapping.push_back({column.head, some(column.fact),
                                static_cast<api::DeviceImportResult::How>(column.how),
                                column.about_a_person});
    view.notes = report.notes;
    view.created = report.created;
    view.changed = report.changed;
    view.unchanged = report.unchanged;
    view.refused = report.refused;
    view.lines = report.created + report.changed + report.unchanged + report.refused;
    view.kept = report.kept;
    view.doubles = report.doubles;
    for (const auto& row : report.sample)
        view.rows.push_back(row_of(row));
    for (const auto& row : report.refusals)
        view.rows.push_back(row_of(row));
    view.rows_left_out = view.lines - std::min<std::uint64_t>(view.lines, view.rows.size());
    return view;
}

} // namespace

void DevicesService::import(const access::Actor& actor, api::DeviceImport import,
                            api::Answer<api::DeviceImportResult> answer) {
    imports_.run(actor, wish_of(std::move(import)),
                 [answer = std::move(answer)](base::Result<fleet::ImportReport> report) {
                     if (!report.ok()) return answer(std::move(report).error());
                     answer(result_of(*report));
                 });
}

} // namespace oakum::server
