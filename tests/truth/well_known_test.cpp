// SPDX-License-Identifier: Apache-2.0
#include "tables.hpp"

#include <algorithm>

// Vulnerabilities that everybody knows, from real records, against what is known of them (data/README.md).

using namespace oakum;
using namespace oakum::truth;

namespace {

std::vector<component::Component> set_of(const std::vector<std::string>& row) {
    const auto &name = row[1], &version = row[2], &identifier = row[3];
    if (name == "android") return {system(name, version, identifier), hardware("Google")};
    if (name == "ios" || name == "ipados") return {system(name, version), hardware(identifier)};
    if (identifier.starts_with("pkg:")) return {software(name, version, "", identifier)};
    return {software(name, version, identifier)};
}

} // namespace

TEST_CASE("well-known vulnerabilities are told right") {
    const auto data = root / "tests/truth/data";
    const Advisories advisories({data / "well_known_nvd.jsonl", data / "well_known_cve5.jsonl",
                                 data / "well_known_osv.jsonl", root / "demo/data/ios_data_feed.json.zst",
                                 root / "demo/data/known_exploited_vulnerabilities.json.zst"});
    for (const auto& row : table(data / "well_known.tsv")) {
        REQUIRE(row.size() == 6);
        CAPTURE(row[0]);
        CAPTURE(row[1]);
        CAPTURE(row[2]);
        CAPTURE(row[5]);
        const auto set = set_of(row);
        CHECK(said(advisories, set, {}, row[1], row[0]) == row[4]);
        const auto known = advisories.file.find(row[0]);
        REQUIRE(known.size() == 1);
    }
    // What is exploited says so, whoever says it.
    for (const auto* id : {"CVE-2024-43093", "CVE-2025-43300", "CVE-2022-0847", "CVE-2014-6271"})
        CHECK(advisories.file.advisory(advisories.file.find(id).front()).exploited);
    CHECK_FALSE(advisories.file.advisory(advisories.file.find("CVE-2024-3094").front()).exploited);
    CHECK(advisories.file.find("CVE-2021-44228").size() == 1); // named by KEV, although no record is here
}
