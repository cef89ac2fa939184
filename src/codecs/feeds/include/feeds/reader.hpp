// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <feeds/kind.hpp>

#include <advisory/record.hpp>
#include <base/bytes.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace oakum::feeds {

using Item = std::variant<advisory::Record, advisory::KevEntry, advisory::EpssScore>;
// An error stops the reading and comes back from feed or finish.
using Sink = std::function<base::Status(Item&&)>;

struct Limits {
    std::size_t max_record = 16UL * 1024 * 1024; // one record of a feed of many
    std::size_t max_single = 64UL * 1024 * 1024; // one document of many records
    std::size_t max_kept = 100;                  // rejected records whose reasons are kept
};

struct Tally {
    std::uint64_t accepted = 0; // items handed to the sink, without records that have no id
    std::uint64_t rejected = 0;
    std::vector<advisory::Rejected> reasons; // the first of them
    bool whole =
        true; // false: the document around the records is cut off or broken, and the rest was not read
    std::string edition; // what the feed says of itself: catalogue version, model and date; may be empty
};

// Reads one feed in pieces and hands out its records as they end. Records come one a line, one after another,
// in one array, in a document with a member "vulnerabilities", by package and id in one object (Debian's
// tracker), or many in a document (Apple, Alpine, CSAF, OpenVEX, CycloneDX). A record that cannot be read is
// counted and named, and the reading goes on with the next. Not shared between threads.
class FeedReader {
  public:
    FeedReader(FeedKind kind, Sink sink, Limits limits = {});
    ~FeedReader();
    FeedReader(FeedReader&&) noexcept;
    FeedReader& operator=(FeedReader&&) noexcept;

    // Errors: the sink's own; afterwards nothing more may be fed.
    base::Status feed(base::ByteView bytes);
    // What was held back is read; a record that is cut off is rejected. Errors: the sink's own.
    base::Result<Tally> finish();
    const Tally& tally() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace oakum::feeds
