// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <json/writer.hpp>
#include <rehearsal/report.hpp>

namespace oakum::rehearsal_json {

// docs/rehearsal.schema.json, "$defs/rehearsal".
void write_report(json::Writer& writer, const rehearsal::Report& report);

} // namespace oakum::rehearsal_json
