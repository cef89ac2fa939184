// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>
#include <connector/connector.hpp>
#include <connector/sweep.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace oakum::connectors {

// What a sweep did.
struct Figures {
    std::uint64_t devices = 0, created = 0, changed = 0, unchanged = 0;
    std::uint64_t refused = 0; // records that could not be taken
    std::uint64_t older = 0;   // a second record of a device that another one knows better
    std::uint64_t left = 0;    // that a person retired here, and that stay so
    std::uint64_t gone = 0;    // retired, since it names them no more
    std::uint64_t pages = 0;
    bool operator==(const Figures&) const = default;
};

struct ConnectorState {
    std::optional<base::TimePoint> tried, synced, next;
    std::optional<base::TimePoint> failing; // since when; nothing: the last sync went well
    unsigned failures = 0;                  // in a row
    bool refused = false;                   // a person has to look
    std::string error;                      // of the last sync, in words
    Figures figures;                        // of the last full sweep
    std::map<std::string, connector::Missing> missing;
    bool operator==(const ConnectorState&) const = default;
};

// As documents of the store. A secret stays sealed in both directions.
inline constexpr std::string_view kConnectorPrefix = "connector/", kStatePrefix = "connector-state/";
std::string to_document(const connector::Connector& connector);
std::string to_document(const ConnectorState& state);
base::Result<connector::Connector> connector_of(std::string name, std::string_view document);
// An empty document is a connector that never synced.
base::Result<ConnectorState> state_of(std::string_view document);

} // namespace oakum::connectors
