// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <assessment/arrival.hpp>
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

// Whether what arrived is a bundle. Errors: not_found, unavailable; a file that is gone is no bundle.
base::Result<bool> is_bundle(ports::FeedFiles& files, const std::string& incoming);
// The feeds of a bundle, each as one that arrived; nothing of them when it is not whole. Errors: invalid,
// corrupt, too_large, unavailable.
base::Result<std::vector<Arrival>> unpack_bundle(ports::FeedFiles& files, const std::string& incoming);

// Of a kept file's bytes; nothing when it cannot be read.
std::optional<base::Digest256> digest_of(ports::FeedFiles& files, const std::string& name);

// What a feed is kept as: whole catalogues replace each other, and editions of one release's; files and parts
// of a source stand under their own names.
std::string kept_name(feeds::FeedKind kind, const std::string& file_name, const std::string& part,
                      const std::string& edition);

} // namespace oakum::assessment
