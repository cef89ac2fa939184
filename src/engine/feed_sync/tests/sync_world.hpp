// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../../assessment/tests/import_world.hpp"
#include "publisher.hpp"

#include <feed_sync/sync.hpp>

// A server that syncs, with publishers that say what a test has them say; one thread, virtual time.
namespace oakum::feed_sync::test {

class Seals final : public ports::Sealer {
  public:
    base::Result<std::string> seal(base::ByteView secret, std::string_view purpose) override {
        std::string turned(base::as_text(secret));
        std::ranges::reverse(turned);
        return "sealed for " + std::string(purpose) + ": " + turned;
    }
    base::Result<base::Bytes> open(std::string_view sealed, std::string_view purpose) override {
        const std::string head = "sealed for " + std::string(purpose) + ": ";
        if (!sealed.starts_with(head)) return base::corrupt("sealed for something else");
        std::string turned(sealed.substr(head.size()));
        std::ranges::reverse(turned);
        return base::Bytes(turned.begin(), turned.end());
    }
};

struct SyncWorld : assessment::test::ImportWorld {
    Publisher publisher;
    Seals seals;
    Sources sources{core, seals, source::Plain::refused};
    Sync sync{core,
              sources,
              assessor,
              jobs,
              {publisher, files, dice, executor, executor, executor,
               [this](base::Duration time, const std::function<bool()>&) { clock.wall_offset += time; }},
              log};

    SyncWorld() { sync.register_jobs(); }

    base::Result<Recorded> set(const std::string& name, SourcePatch patch) {
        return result<Recorded>(
            [&](auto done) { sources.set(admin, name, std::move(patch), std::move(done)); });
    }
    Recorded source(const std::string& name) { return sources.get(admin, name).value(); }
    // By hand; how the job ended.
    std::string sync_now(const std::string& name, assessment::Force force = assessment::Force::no) {
        const auto id =
            result<std::string>([&](auto done) { sync.sync(admin, name, force, std::move(done)); });
        settle();
        return id.ok() ? end_of(*id) : "refused: " + id.error().message;
    }
    void pass(base::Duration time) {
        // In steps, since what is posted by one is done by the next.
        const base::Duration end = clock.steady_ + time;
        while (clock.steady_ < end) {
            executor.advance(std::min<base::Duration>(std::chrono::seconds(15), end - clock.steady_));
            settle();
        }
    }
    std::size_t sync_jobs() const {
        std::size_t count = 0;
        for (const auto& row : control.list<ports::JobRow>(fleet::test::kTenant))
            count += row->kind == "feed sync" ? 1 : 0;
        return count;
    }
};

} // namespace oakum::feed_sync::test
