// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <base/time.hpp>

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::source {

// files: the address is a file; with "{}" in it, one for each part. nvd_api: pages of NVD's CVE API 2.0, all
// at first, then what changed. cve_releases: releases of the CVE list on GitHub, all of one midnight at
// first, then each day's changes. csaf_provider: the documents that a provider-metadata.json leads to, all
// at first, then what changed.
enum class Walk : std::uint8_t { files, nvd_api, cve_releases, csaf_provider };
std::string_view to_string(Walk walk);
base::Result<Walk> parse_walk(std::string_view text);

struct Source {
    std::string name; // "kev", "osv"
    std::string kind; // of its records, in the words of codecs/feeds: "kev"
    Walk walk = Walk::files;
    std::string url;
    std::vector<std::string> parts; // what "{}" in the address stands for, one after the other
    std::chrono::seconds every{std::chrono::hours(24)};
    std::chrono::milliseconds pause{0}; // between two requests of one sync
    bool enabled = false;
    std::string key; // sent with requests where the publisher knows keys; sealed where it is kept

    bool operator==(const Source&) const = default;
};

// What is offered; none of it is switched on.
std::span<const Source> offered();
const Source* find_offered(std::string_view name);

// Whether addresses without TLS are allowed: in networks of one's own.
enum class Plain : bool { refused, allowed };
// Errors: invalid, with its place.
base::Status check(const Source& source, Plain plain);

// What a part is called where it is kept and told: the source's name, and the part where there is one.
std::string part_name(const Source& source, std::string_view part);
std::string part_url(const Source& source, std::string_view part);

} // namespace oakum::source
