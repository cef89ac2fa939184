// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <assessment/assessor.hpp>
#include <fleet/live_fleet.hpp>
#include <governance/upkeep.hpp>
#include <http/server.hpp>
#include <shard/writer.hpp>

#include <string>

namespace oakum::server {

struct MetricSources {
    const shard::Writer& writer;
    const fleet::LiveFleet& fleet;
    const governance::Upkeep& upkeep;
    const assessment::Assessor& assessor;
    const http::Server* server; // null before it listens
};

// What /metrics answers, in Prometheus' text format 0.0.4.
std::string metrics_text(const MetricSources& of);

} // namespace oakum::server
