// SPDX-License-Identifier: Apache-2.0
#include "metrics.hpp"

#include <feed_sync/sources.hpp>
#include <fmt/format.h>

#include <device/lifecycle.hpp>
#include <device/query.hpp>
#include <map>

namespace oakum::server {

namespace {

// A label's value: quotes, backslashes and line ends are written with a backslash.
std::string label(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (c == '\n')
            out += "\\n";
        else
            out += c;
    }
    return out;
}

double seconds(base::TimePoint at) {
    return static_cast<double>(base::unix_seconds(at));
}

// One metric with a value for each label.
using Labelled = std::map<std::string, double>;

std::string labelled(std::string_view name, std::string_view key, std::string_view help,
                     const Labelled& values) {
    std::string text = fmt::format("# HELP oakum_{0} {1}\n# TYPE oakum_{0} gauge\n", name, help);
    for (const auto& [value, figure] : values)
        text += fmt::format("oakum_{}{{{}=\"{}\"}} {}\n", name, key, label(value), figure);
    return text;
}

Labelled devices(const MetricSources& of) {
    Labelled counts;
    for (const auto lifecycle :
         {device::Lifecycle::pending, device::Lifecycle::active, device::Lifecycle::quiet,
          device::Lifecycle::retired, device::Lifecycle::unmanaged}) {
        const std::string word(device::to_string(lifecycle));
        double& count = counts[word];
        for (const device::TenantId tenant : of.control.tenants())
            if (auto query = device::parse_query("lifecycle = " + word); query.ok())
                count += static_cast<double>(of.fleet.count({tenant, {}, std::move(*query)}).yes);
    }
    return counts;
}

Labelled rollouts(const MetricSources& of) {
    Labelled counts;
    for (std::size_t i = 0; i <= static_cast<std::size_t>(rollout::State::aborted); ++i)
        counts[std::string(rollout::to_string(static_cast<rollout::State>(i)))] = 0;
    for (const device::TenantId tenant : of.control.tenants())
        for (const auto& row : of.control.list<ports::RolloutRow>(tenant))
            ++counts[std::string(rollout::to_string(row->state))];
    return counts;
}

} // namespace

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
    gauge("store_failing", "1 while the store takes no writes", load.failure.empty() ? 0 : 1);
    text +=
        labelled("devices_by_lifecycle", "lifecycle", "Devices by where they are in their life", devices(of));
    text += labelled("rollouts", "state", "Rollouts by state", rollouts(of));
    Labelled newest, imported;
    for (const device::TenantId tenant : of.control.tenants())
        for (const auto& feed : of.control.list<ports::FeedRow>(tenant)) {
            newest[feed->name] = seconds(feed->newest);
            imported[feed->name] = seconds(feed->imported);
        }
    text += labelled("feed_newest_record_seconds", "feed", "When the newest record of a feed is of", newest);
    text += labelled("feed_imported_seconds", "feed", "When a feed was imported", imported);
    Labelled synced, failures;
    for (const device::TenantId tenant : of.control.tenants())
        for (const auto& one : feed_sync::recorded(of.control, tenant)) {
            if (!one.source.enabled) continue;
            synced[one.source.name] = one.state.synced ? seconds(*one.state.synced) : 0;
            failures[one.source.name] = one.state.failures;
        }
    text += labelled("source_synced_seconds", "source",
                     "When a source that is switched on was last synced; 0: never", synced);
    text += labelled("source_failures", "source", "Failed syncs of a source in a row", failures);
    const auto verified = of.backups.newest_verified();
    gauge("backup_verified_seconds",
          "When the newest backup was made that was read back and found sound; 0: there is none",
          verified ? seconds(*verified) : 0);
    gauge("backup_failing", "1 while the newest attempt at a backup failed", of.backups.failing() ? 1 : 0);
    gauge("ca_expires_seconds", "When the CA's certificate ends", seconds(of.ca_expires));
    std::uint64_t entries = 0;
    for (const device::TenantId tenant : of.control.tenants())
        entries += of.published.size(tenant);
    gauge(
        "log_entries",
        "Entries of the log of what was published; it falls after a restore alone, when the log begins anew",
        static_cast<double>(entries));
    gauge("warnings", "What people have to do soon, as /api/v1/system says in sentences",
          static_cast<double>(of.warnings));
    std::error_code error;
    if (const auto room = std::filesystem::space(of.data, error); !error)
        gauge("disk_free_bytes", "Room on the data folder's file system",
              static_cast<double>(room.available));
    const governance::Upkeep::Forgotten gone = of.upkeep.forgotten();
    counter("rows_forgotten_total", "Rows that were removed because they were old", gone.rows);
    counter("audit_records_forgotten_total", "Audit records that were removed because they were old",
            gone.audit);
    counter("findings_forgotten_total", "Closed findings that were removed because they were old",
            gone.findings);
    counter("evidence_packs_forgotten_total", "Evidence packs that were removed because they were old",
            gone.reports);
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
