// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../../assessment/tests/import_world.hpp"
#include "publisher.hpp"

#include <compression/decompressor.hpp>
#include <feed_sync/walk.hpp>

#include <doctest/doctest.h>

// A walk of one source, at a publisher that says what a test has it say.
namespace oakum::feed_sync::test {

inline const std::string kUrl = "https://h/kev.json";

struct WalkWorld {
    Publisher publisher;
    assessment::test::Files files;
    shard::test::Clock clock;
    fleet::test::Dice dice;
    base::Duration paused{};
    bool stopped = false;
    Tools tools{publisher,
                files,
                clock,
                dice,
                [this](base::Duration time) {
                    paused += time;
                    clock.steady_ += time;
                },
                [this] { return stopped; },
                [](const std::string&, std::uint64_t, std::uint64_t) {}};
    source::Source source;
    SourceState held;

    WalkWorld() {
        source.name = "kev";
        source.kind = "kev";
        source.url = kUrl;
    }
    Fetched one() {
        const Walked walked = walk(tools, source, held);
        REQUIRE(walked.parts.size() == 1);
        return walked.parts.front();
    }
    // As the import would: kept, and its state with it.
    void keep(Fetched fetched, const std::string& kept) {
        REQUIRE(files.keep(fetched.incoming, kept).ok());
        fetched.state.kept = kept;
        held.parts[fetched.part] = fetched.state;
    }
    std::string arrived(const Fetched& fetched) {
        compression::Limits limits;
        return std::string(base::as_text(
            compression::decompress(base::as_bytes(files.files.at(fetched.incoming)), limits).value()));
    }
};

} // namespace oakum::feed_sync::test
