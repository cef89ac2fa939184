// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <base/time.hpp>
#include <device/ids.hpp>
#include <shard/control.hpp>

#include <optional>
#include <string>
#include <vector>

namespace oakum::assessment {

// Devices of a model that run a version.
struct VersionCount {
    std::string model;   // empty: not known
    std::string version; // of its firmware, else of its system; empty: not known
    std::uint64_t devices = 0;
};

// Which versions the devices of each model ran when they were last counted on a day.
struct AdoptionDay {
    struct Version {
        std::string version;
        std::uint64_t devices = 0;
        bool operator==(const Version&) const = default;
    };
    struct Model {
        std::string model;
        std::uint64_t devices = 0; // of `versions`, of others, of no known version
        std::uint64_t unknown = 0, others = 0;
        std::vector<Version> versions; // most devices first
        bool operator==(const Model&) const = default;
    };
    base::TimePoint day{};
    std::vector<Model> models; // most devices first
};

// A document a day, kept in memory with the others: bounded, so that all of it stays small. The models with
// most devices, of each the versions that most of them run, the rest of its devices as others.
inline constexpr std::size_t kMostModels = 100, kMostVersions = 16;
inline constexpr base::Duration kAdoptionKept = std::chrono::hours(24 * 400);
inline constexpr std::string_view kAdoption = "adoption/"; // then the day

// What the day says of a model, none of whose devices it may have met. Nothing: it holds no more models, and
// may have left this one out.
std::optional<AdoptionDay::Model> model_on(const AdoptionDay& day, const std::string& model);

std::vector<AdoptionDay::Model> adoption_of(const std::vector<VersionCount>& counted);

std::string text_of(const std::vector<AdoptionDay::Model>& models);
// Errors: corrupt.
base::Result<std::vector<AdoptionDay::Model>> read_adoption(std::string_view text);

std::string adoption_document(base::TimePoint day);
// Days that were counted, ascending; from and to are inclusive.
std::vector<AdoptionDay> adoption(const shard::ControlTables& control, device::TenantId tenant,
                                  base::TimePoint from, base::TimePoint to);
// The newest day.
std::optional<AdoptionDay> last_adoption(const shard::ControlTables& control, device::TenantId tenant);
// The documents of days before that one.
std::vector<std::string> adoption_before(const shard::ControlTables& control, device::TenantId tenant,
                                         base::TimePoint day);

} // namespace oakum::assessment
