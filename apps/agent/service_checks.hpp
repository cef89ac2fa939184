// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <base/time.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::agent {

// A number that has to stay within bounds: what a file holds, or what a GET on a port of this machine
// answers.
struct Metric {
    std::string name;
    std::filesystem::path file; // empty: the port
    std::uint16_t port = 0;
    std::string path;
    std::optional<double> least, most;
};

// What has to be well beside the health command and the GET.
struct ServiceChecks {
    std::vector<std::uint16_t> ports; // of 127.0.0.1, that take a connection
    std::vector<std::string> units;   // of systemd, that are active
    std::vector<Metric> metrics;
    bool any() const { return !ports.empty() || !units.empty() || !metrics.empty(); }
};

// "health.tcp", "health.units", "health.metric.NAME". False: the key is not one of these. Errors: invalid.
base::Result<bool> set_service_check(ServiceChecks& checks, std::string_view key, std::string_view value);

// What is wrong first, in this order; empty: nothing.
std::string look_at_services(const ServiceChecks& checks);

// What `systemctl show` said of these units, one block each; empty: all are active.
std::string judge_units(const std::vector<std::string>& units, std::string_view said);
// A number and white space around it. Errors: invalid.
base::Result<double> read_metric(std::string_view text);
std::string judge_metric(const Metric& metric, double seen);

} // namespace oakum::agent
