// SPDX-License-Identifier: Apache-2.0
#include "fixture.hpp"

#include <compression/decompressor.hpp>

#include <doctest/doctest.h>

using namespace oakum;

TEST_CASE("the snapshot of the demo is read without a rejected record") {
    struct Row {
        std::string file;
        feeds::FeedKind kind;
    };
    const Row rows[] = {
        {"known_exploited_vulnerabilities.json.zst", feeds::FeedKind::kev},
        {"nvd.jsonl.zst", feeds::FeedKind::nvd},
        {"cve5.jsonl.zst", feeds::FeedKind::cve5},
        {"osv_android.jsonl.zst", feeds::FeedKind::osv},
        {"ios_data_feed.json.zst", feeds::FeedKind::apple},
        {"epss_scores.csv.zst", feeds::FeedKind::epss},
    };
    const std::string folder = std::string(OAKUM_SOURCE_DIR) + "/demo/data/";
    const auto slurp = [](const std::string& path) {
        std::ifstream file(path, std::ios::binary);
        REQUIRE_MESSAGE(file.good(), path);
        return std::string(std::istreambuf_iterator<char>(file), {});
    };
    const std::string readme = slurp(folder + "README.md");
    for (const Row& row : rows) {
        CAPTURE(row.file);
        const auto unpacked = compression::decompress(base::as_bytes(slurp(folder + row.file)), {});
        REQUIRE(unpacked.ok());
        const std::string_view text = base::as_text(*unpacked);
        CHECK(feeds::detect(text, row.file).value() == row.kind);
        const auto out = fixture::read(row.kind, text, 65536);
        CHECK(out.tally.rejected == 0);
        CHECK(readme.find("| " + row.file + " | " + std::to_string(out.tally.accepted) + " |") !=
              std::string::npos);
    }
}
