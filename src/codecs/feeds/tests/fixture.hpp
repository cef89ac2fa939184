// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <feeds/reader.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace fixture {

using namespace oakum;

inline std::string data(const std::string& name) {
    std::ifstream file(std::string(OAKUM_SOURCE_DIR) + "/src/codecs/feeds/tests/data/" + name,
                       std::ios::binary);
    REQUIRE(file.good());
    return {std::istreambuf_iterator<char>(file), {}};
}

struct Outcome {
    std::vector<advisory::Record> records;
    std::vector<advisory::KevEntry> kev;
    std::vector<advisory::EpssScore> epss;
    feeds::Tally tally;
};

// Reads the whole text in pieces of `step` bytes.
inline Outcome read(feeds::FeedKind kind, std::string_view text, std::size_t step = 1000,
                    feeds::Limits limits = {}) {
    Outcome out;
    feeds::FeedReader reader(
        kind,
        [&](feeds::Item&& item) -> base::Status {
            if (auto* record = std::get_if<advisory::Record>(&item))
                out.records.push_back(std::move(*record));
            else if (auto* entry = std::get_if<advisory::KevEntry>(&item))
                out.kev.push_back(std::move(*entry));
            else
                out.epss.push_back(std::get<advisory::EpssScore>(std::move(item)));
            return {};
        },
        limits);
    while (!text.empty()) {
        const std::string_view piece = text.substr(0, std::min(step, text.size()));
        REQUIRE(reader.feed(base::as_bytes(piece)).ok());
        text.remove_prefix(piece.size());
    }
    auto tally = reader.finish();
    REQUIRE(tally.ok());
    out.tally = std::move(*tally);
    return out;
}

} // namespace fixture
