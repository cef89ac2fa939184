// SPDX-License-Identifier: Apache-2.0
#include "fixture.hpp"

#include <compression/decompressor.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>

using namespace oakum;

namespace {

const std::filesystem::path folder = std::filesystem::path(OAKUM_SOURCE_DIR) / "../shared/data";

// Unpacks and reads one file as the import does: the first bytes tell the kind.
feeds::Tally read_file(const std::filesystem::path& path, const feeds::Sink& to) {
    std::ifstream file(path, std::ios::binary);
    REQUIRE(file.good());
    std::string head;
    std::optional<feeds::FeedReader> reader;
    const auto start = [&]() -> base::Status {
        TRY_VALUE(const feeds::FeedKind kind, feeds::detect(head, "unnamed"));
        reader.emplace(kind, to);
        return reader->feed(base::as_bytes(head));
    };
    const compression::Decompressor::Sink sink = [&](base::ByteView bytes) -> base::Status {
        if (reader) return reader->feed(bytes);
        head += base::as_text(bytes);
        return head.size() < 65536 ? base::Status() : start();
    };
    compression::Decompressor decompressor;
    std::vector<char> buffer(1 << 20);
    const auto begin = std::chrono::steady_clock::now();
    while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || file.gcount() > 0) {
        const std::string_view piece(buffer.data(), static_cast<std::size_t>(file.gcount()));
        REQUIRE(decompressor.feed(base::as_bytes(piece), sink).ok());
    }
    REQUIRE(decompressor.finish(sink).ok());
    if (!reader) REQUIRE(start().ok());
    auto tally = reader->finish();
    REQUIRE(tally.ok());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    MESSAGE(path.filename().string() << ": " << decompressor.bytes_out() / 1000000 << " MB in "
                                     << took.count() << " s");
    for (const auto& rejected : tally->reasons)
        MESSAGE("  " << rejected.where << ": " << rejected.reason);
    return *tally;
}

bool here() {
    if (std::filesystem::exists(folder)) return true;
    MESSAGE("SKIPPED: ../shared/data is not here, so whole feeds were not read");
    return false;
}

std::vector<int> numbers(std::string_view version) {
    std::vector<int> out{0};
    for (const char c : version) {
        if (c == '.')
            out.push_back(0);
        else
            out.back() = out.back() * 10 + (c - '0');
    }
    return out;
}

} // namespace

// Whole feeds lie beside some checkouts; elsewhere this says so and checks nothing.
TEST_CASE("whole feeds are read to the last record") {
    if (!here()) return;
    struct Row {
        std::string file;
        std::uint64_t accepted, rejected;
    };
    const Row rows[] = {
        {"nvd/nvd_1999_2019-09-03.jsonl.zst", 129131, 0},
        {"nvd/nvd_2022_to_2022-10-20.jsonl.zst", 15913, 0},
        {"nvd/nvd_overrides_anchore_2026-08-21.jsonl.zst", 32184, 0},
        {"nvd/nvd_gap_handpicked.jsonl", 3, 0},
        {"cve5/vulnrichment_2024-10-24.jsonl.zst", 44130, 0},
        {"upstream/openssl_cve5_2026-06-10.jsonl.zst", 272, 0},
        {"kev/known_exploited_vulnerabilities_2026-08-21.json", 1674, 0},
        {"kev/known_exploited_vulnerabilities_2025-08-25.json", 1404, 0},
        {"epss/epss_scores-2026-08-16.csv.zst", 360142, 0},
        {"osv/osv_android.jsonl.zst", 2729, 0},
        {"osv/osv_debian.jsonl.zst", 36250, 0},
        {"osv/osv_alpine.jsonl.zst", 3655, 0},
        {"osv/osv_rocky.jsonl.zst", 1491, 0},
        {"osv/osv_almalinux.jsonl.zst", 5680, 0},
        {"osv/osv_bitnami.jsonl.zst", 7444, 0},
        {"osv/osv_ossfuzz.jsonl.zst", 4026, 0},
        {"osv/osv_go.jsonl.zst", 4291, 0},
        {"osv/osv_pypi.jsonl.zst", 2661, 0},
        {"apple/ios_data_feed.json.zst", 1108, 0},
        {"apple/macos_data_feed.json.zst", 2713, 0},
        {"apple/tvos_data_feed.json.zst", 439, 0},
        {"apple/watchos_data_feed.json.zst", 460, 0},
        {"apple/visionos_data_feed.json.zst", 512, 0},
        {"apple/apple_security_releases.json.zst", 2233, 4},
        {"distro/alpine_secdb_2025-01-04.jsonl.zst", 85027, 0},
        {"csaf/csaf_cisa_2017_2024-10-24.jsonl.zst", 7916, 1},
    };
    for (const Row& row : rows) {
        CAPTURE(row.file);
        if (!std::filesystem::exists(folder / row.file)) {
            MESSAGE("SKIPPED: " << row.file << " is not here");
            continue;
        }
        const feeds::Tally tally = read_file(folder / row.file, [](feeds::Item&&) { return base::Status(); });
        CHECK(tally.accepted == row.accepted);
        CHECK(tally.rejected == row.rejected);
    }
}

// Counted apart from this code in the feed of 2026-08-22.
TEST_CASE("iOS 26.3 lacks the fixes of 259 CVEs in its own branch") {
    if (!here()) return;
    std::size_t lacking = 0;
    const auto sink = [&](feeds::Item&& item) -> base::Status {
        const auto& record = std::get<advisory::Record>(item);
        if (record.id.empty()) return {}; // a background improvement
        const auto& statements = record.applicability;
        lacking += std::any_of(statements.begin(), statements.end(), [](const auto& statement) {
            const auto& release = std::get<advisory::AppleRelease>(statement);
            const std::vector<int> version = numbers(release.version);
            return release.product == "ios" && version.at(0) == 26 && version > std::vector<int>{26, 3};
        });
        return {};
    };
    (void)read_file(folder / "apple/ios_data_feed.json.zst", sink);
    CHECK(lacking == 259);
}
