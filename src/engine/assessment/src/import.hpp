// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <assessment/assessor.hpp>
#include <base/digest.hpp>
#include <feeds/reader.hpp>

namespace oakum::assessment {

// What a feed said of itself when it was read through.
struct FeedSeen {
    feeds::FeedKind kind = feeds::FeedKind::nvd;
    feeds::Tally tally;
    base::TimePoint newest{};
    base::Digest256 digest; // of the file as it came
};

// Unpacks and reads one file of feeds; every item goes to `sink`. Errors: invalid (no feed that we know),
// corrupt.
base::Result<FeedSeen> read_feed(ports::FeedFiles& files, const std::string& name,
                                 const std::string& file_name, const feeds::Sink& sink);

// Of a kept file's bytes; nothing when it cannot be read.
std::optional<base::Digest256> digest_of(ports::FeedFiles& files, const std::string& name);

// What a feed is kept as: whole catalogues replace each other, and editions of one release's; other parts
// stand under their own names.
std::string kept_name(feeds::FeedKind kind, const std::string& file_name, const std::string& edition);

} // namespace oakum::assessment
