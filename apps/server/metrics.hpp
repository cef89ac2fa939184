// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backups.hpp"

#include <assessment/assessor.hpp>
#include <fleet/live_fleet.hpp>
#include <governance/upkeep.hpp>
#include <http/server.hpp>
#include <published/log.hpp>
#include <shard/writer.hpp>

#include <filesystem>
#include <string>

namespace oakum::server {

struct MetricSources {
    const shard::Writer& writer;
    const shard::ControlTables& control;
    const fleet::LiveFleet& fleet;
    const governance::Upkeep& upkeep;
    const assessment::Assessor& assessor;
    const http::Server* server; // null before it listens
    std::filesystem::path data;
    base::TimePoint ca_expires;
    std::size_t warnings; // sentences of what people have to do soon
    const Backups& backups;
    const published::Log& published;
};

// What /metrics answers, in Prometheus' text format 0.0.4: of all tenants together. Times are seconds since
// 1970.
std::string metrics_text(const MetricSources& of);

} // namespace oakum::server
