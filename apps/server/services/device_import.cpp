// SPDX-License-Identifier: Apache-2.0
#include "device_import.hpp"

#include <algorithm>
#include <device_lists/file.hpp>

namespace oakum::server {
namespace {

// The id of a device here is no fact: a second import goes by the serial.
bool is_taken(const device_lists::Column& column) {
    return !column.fact.empty() && column.fact != device_lists::kId;
}

} // namespace

base::Result<ReadCsv> read_devices(std::string_view text) {
    if (device_lists::form_of(text) != device_lists::Form::table)
        return base::invalid("this is no table whose first line names the columns").at("line 1");
    TRY_VALUE(const std::unique_ptr<device_lists::File> file, device_lists::open(text, {}));
    const auto& columns = file->layout().columns;
    if (std::none_of(columns.begin(), columns.end(),
                     [](const auto& column) { return column.fact == device::key::serial; }))
        return base::invalid("no column is the serial number; name one \"serial\"").at("line 1");
    ReadCsv read;
    for (const device_lists::Column& column : columns)
        read.mapping.push_back({column.head, is_taken(column) ? std::optional(column.fact) : std::nullopt,
                                column.how == device_lists::How::guessed});
    for (bool last = false; !last;) {
        TRY_VALUE(device_lists::Piece piece, file->next(1024));
        last = piece.last;
        read.refused_count += piece.refused.size();
        for (device_lists::Refused& refused : piece.refused) {
            if (read.refused.size() == kImportRowsShown) break;
            api::DeviceImportResult::Row row;
            row.line = refused.line;
            row.reason = std::move(refused.reason);
            read.refused.push_back(std::move(row));
        }
        for (device_lists::Record& record : piece.records) {
            fleet::ImportRow row{static_cast<std::size_t>(record.line), std::move(record.facts)};
            if (!record.group.empty()) row.facts[std::string(device_lists::kGroup)] = std::move(record.group);
            read.rows.push_back(std::move(row));
        }
    }
    return read;
}

} // namespace oakum::server
