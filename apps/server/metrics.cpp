// SPDX-License-Identifier: Apache-2.0
#include "metrics.hpp"

#include <fmt/format.h>

namespace oakum::server {

std::string metrics_text(const MetricSources& of) {
    const shard::Writer::Load load = of.writer.load();
    const fleet::LiveFleet::Memory memory = of.fleet.memory();
    std::string text;
    const auto gauge = [&](std::string_view name, std::string_view help, double value) {
        text +=
            fmt::format("# HELP oakum_{0} {1}\n# TYPE oakum_{0} gauge\noakum_{0} {2}\n", name, help, value);
    };
    const auto counter = [&](std::string_view name, std::string_view help, std::uint64_t value) {
        text +=
            fmt::format("# HELP oakum_{0} {1}\n# TYPE oakum_{0} counter\noakum_{0} {2}\n", name, help, value);
    };
    gauge("devices", "Devices known, retired ones included", static_cast<double>(memory.devices));
    gauge("fleet_bytes", "Memory of the live fleet", static_cast<double>(memory.total()));
    gauge("commands_waiting", "Commands that wait for the writer", static_cast<double>(load.waiting));
    counter("commands_committed_total", "Commands made durable", load.committed);
    counter("commands_refused_total", "Commands refused by overload", load.refused);
    counter("commands_failed_total", "Commands that failed with their commit", load.failed);
    counter("commits_total", "Commits", load.batches);
    counter("rows_forgotten_total", "Rows that were removed because they were old", of.upkeep.forgotten());
    gauge("advisories", "Advisories at hand", of.assessor.knowledge()->file.size());
    if (of.server != nullptr) {
        const http::ServerMetrics http = of.server->metrics();
        gauge("connections_open", "Open connections", static_cast<double>(http.connections_open));
        counter("connections_total", "Connections accepted", http.connections_accepted);
        counter("connections_refused_total", "Connections refused by a limit", http.connections_refused);
        counter("handshakes_full_total", "Full TLS handshakes", http.handshakes_full);
        counter("handshakes_resumed_total", "Resumed TLS handshakes", http.handshakes_resumed);
        counter("requests_total", "Requests", http.requests);
        counter("requests_malformed_total", "Requests refused before they were routed",
                http.requests_malformed);
        counter("requests_shed_total", "Requests refused by overload", http.requests_shed);
        counter("bytes_in_total", "Bytes received", http.bytes_in);
        counter("bytes_out_total", "Bytes sent", http.bytes_out);
    }
    return text;
}

} // namespace oakum::server
