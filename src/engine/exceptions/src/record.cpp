// SPDX-License-Identifier: Apache-2.0
#include "record.hpp"

#include <json/writer.hpp>

#include <algorithm>

namespace oakum::exceptions {

using exception::State;
using ports::ExceptionRow;

std::string summary_of(const ExceptionRow& row, std::string_view cause, const Coverage& covers) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object()
        .member("state", exception::to_string(row.state))
        .member("kind", exception::to_string(row.wish.kind))
        .member("advisory", row.wish.subject.advisory)
        .member("cause", cause)
        .member("devices", static_cast<std::int64_t>(covers.devices))
        .member("findings", static_cast<std::int64_t>(covers.findings))
        .end_object();
    return text;
}

base::Status check_room(const std::vector<shard::Held<ExceptionRow>>& rows, const exception::Scope& scope) {
    if (scope == exception::Scope()) return {};
    std::vector<exception::Scope> known;
    for (const auto& row : rows)
        if (row->state == State::approved && row->wish.scope != exception::Scope() &&
            std::ranges::find(known, row->wish.scope) == known.end())
            known.push_back(row->wish.scope);
    if (std::ranges::find(known, scope) != known.end() || known.size() < fleet::kMostCells) return {};
    return base::conflict("exceptions are for " + std::to_string(fleet::kMostCells) +
                          " different groups and queries already: make a group of the devices that several "
                          "are for, or withdraw some");
}

} // namespace oakum::exceptions
