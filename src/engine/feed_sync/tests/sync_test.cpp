// SPDX-License-Identifier: Apache-2.0
#include "sync_world.hpp"

using namespace oakum;
using namespace oakum::feed_sync;
using namespace std::chrono_literals;
using World = test::SyncWorld;
using assessment::test::kev;
using assessment::test::osv;
using fleet::test::kTenant;

namespace {

const std::string kKev = source::find_offered("kev")->url;

SourcePatch on() {
    SourcePatch patch;
    patch.enabled = true;
    return patch;
}
SourcePatch osv_of(std::vector<std::string> parts) {
    SourcePatch patch = on();
    patch.url = "https://o/{}/all.zip";
    patch.parts = std::move(parts);
    return patch;
}
std::string many(int from, int to) {
    std::string text;
    for (int i = from; i < to; ++i)
        text += osv("GO-" + std::to_string(i));
    return text;
}

} // namespace

TEST_CASE("a source that is switched on is synced at once and then each time, and what came is known") {
    World world;
    world.sync.start();
    world.publisher.answers[kKev] = {{200, kev("2026-08-21T00:00:00.000Z", "CVE-2026-1"), "\"1\""}};
    REQUIRE(world.set("kev", on()).ok());
    world.pass(30s);
    CHECK(world.assessor.knowledge()->file.find("CVE-2026-1").size() == 1);
    const Recorded first = world.source("kev");
    CHECK(first.state.error.empty());
    CHECK(first.state.synced);
    CHECK(first.state.parts.at("kev").kept == "kev");
    CHECK(first.state.parts.at("kev").etag == "\"1\"");
    const auto imported = world.control.find<ports::FeedRow>(kTenant, "kev")->imported;

    // Nothing new: it is of now, and nothing was imported.
    world.pass(70min);
    CHECK(world.sync_jobs() == 2);
    CHECK(world.publisher.asked.back().etag == "\"1\"");
    CHECK(world.control.find<ports::FeedRow>(kTenant, "kev")->imported > imported);
    CHECK(world.files.compiled_times == 1);

    world.publisher.answers[kKev] = {{200, kev("2026-08-22T00:00:00.000Z", "CVE-2026-2"), "\"2\""}};
    world.pass(70min);
    CHECK(world.assessor.knowledge()->file.find("CVE-2026-2").size() == 1);
    // Switched off, it is left alone.
    SourcePatch off;
    off.enabled = false;
    REQUIRE(world.set("kev", off).ok());
    const std::size_t asked = world.publisher.asked.size();
    world.pass(24h);
    CHECK(world.publisher.asked.size() == asked);
}

TEST_CASE("a source that fails is asked again after growing waits, and says since when and why") {
    World world;
    world.sync.start();
    world.publisher.answers[kKev] = {{.error = base::unavailable("nobody answers")}};
    REQUIRE(world.set("kev", on()).ok());
    world.pass(30s);
    Recorded failed = world.source("kev");
    CHECK(failed.state.error == "nobody answers");
    CHECK(failed.state.failures == 1);
    CHECK_FALSE(failed.state.refused);
    const auto since = failed.state.failing;
    REQUIRE(since);
    world.pass(24h);
    failed = world.source("kev");
    CHECK(failed.state.failing == since);
    CHECK(failed.state.failures >= 20); // its time is an hour
    CHECK(failed.state.failures <= 60);
    CHECK(failed.state.synced == std::nullopt);
    world.publisher.answers[kKev] = {{200, kev("2026-08-21T00:00:00.000Z", "CVE-2026-1"), "\"1\""}};
    world.pass(1h);
    CHECK(world.source("kev").state.failing == std::nullopt);
    CHECK(world.source("kev").state.failures == 0);
}

TEST_CASE("what shrank or is older is refused and said, until a person forces it") {
    World world;
    world.publisher.answers["https://o/Go/all.zip"] = {{200, many(0, 40), "\"1\""}};
    REQUIRE(world.set("osv", osv_of({"Go"})).ok());
    CHECK(world.says(world.sync_now("osv"), "done"));
    world.publisher.answers["https://o/Go/all.zip"] = {{200, many(0, 20), "\"2\""}};
    const std::string refused = world.sync_now("osv");
    CHECK(world.says(refused, "failed: osv-Go: all.zip has 20 records where 40 are held"));
    CHECK(world.source("osv").state.refused);
    CHECK(world.source("osv").state.parts.at("osv-Go").etag == "\"1\"");
    CHECK(world.assessor.knowledge()->file.size() == 40);
    CHECK(world.says(world.sync_now("osv", assessment::Force::yes), "done"));
    CHECK(world.assessor.knowledge()->file.size() == 20);
    CHECK_FALSE(world.source("osv").state.refused);
    CHECK(world.source("osv").state.parts.at("osv-Go").etag == "\"2\"");
    CHECK(world.files.files.size() == 1);
}

TEST_CASE("parts that came are imported though another failed, and only that one is asked for anew") {
    World world;
    world.publisher.answers["https://o/Go/all.zip"] = {{200, osv("GO-1"), "\"1\""}};
    world.publisher.answers["https://o/npm/all.zip"] = {{200, "<html>sign in here</html>", "\"1\""}};
    REQUIRE(world.set("osv", osv_of({"Go", "PyPI", "npm"})).ok());
    const std::string ended = world.sync_now("osv");
    CHECK(world.says(ended, "failed"));
    CHECK(world.says(ended, "osv-PyPI: it answered that there is no such file (status 404)"));
    CHECK(world.says(ended, "osv-npm: reading all.zip"));
    CHECK(world.assessor.knowledge()->file.find("GO-1").size() == 1);
    world.publisher.answers["https://o/PyPI/all.zip"] = {{200, osv("PYSEC-1"), "\"1\""}};
    world.publisher.answers["https://o/npm/all.zip"] = {{200, osv("GHSA-1"), "\"2\""}};
    CHECK(world.says(world.sync_now("osv"), "done: 2 feeds with 2 records read; 3 advisories at hand"));
    CHECK(world.says(world.sync_now("osv"), "done: nothing changed since the last sync"));
}

TEST_CASE("what comes is of the kind that the source says, or it is not taken") {
    World world;
    SourcePatch patch = osv_of({"Go"});
    world.publisher.answers["https://o/Go/all.zip"] = {
        {200, kev("2026-08-21T00:00:00.000Z", "CVE-2026-1"), "\"1\""}};
    REQUIRE(world.set("osv", patch).ok());
    CHECK(world.says(world.sync_now("osv"), "records of the kind kev, where osv was expected"));
    CHECK(world.assessor.knowledge()->file.size() == 0);
    CHECK(world.files.files.empty());
}

TEST_CASE("a sync that was interrupted after it had fetched imports that, and asks nobody again") {
    World world;
    world.publisher.answers[kKev] = {{200, kev("2026-08-21T00:00:00.000Z", "CVE-2026-1"), "\"1\""}};
    REQUIRE(world.set("kev", on()).ok());
    auto id = std::make_shared<std::string>();
    world.sync.sync(world.admin, "kev", assessment::Force::no,
                    [id](base::Result<std::string> given) { *id = *given; });
    // Until what it is to import is durable.
    std::string payload;
    for (int i = 0; i < 10'000 && payload.find("\"import\"") == std::string::npos; ++i) {
        if (world.journal.busy())
            world.journal.succeed();
        else if (!world.executor.step())
            break;
        if (const auto row = world.control.find<ports::JobRow>(kTenant, *id)) payload = row->payload;
    }
    REQUIRE(payload.find("\"import\"") != std::string::npos);
    REQUIRE(world.publisher.asked.size() == 1);
    // Another process takes the job; what the first still does is dropped with it.
    shard::Jobs next{world.writer, world.control, world.executor, world.clock, world.ids, world.log};
    Sync again{world.core,
               world.sources,
               world.assessor,
               next,
               {world.publisher, world.files, world.dice, world.executor, world.executor, world.executor,
                [](base::Duration, const std::function<bool()>&) {}},
               world.log};
    assessment::Assessor* assessor = &world.assessor;
    CHECK(assessor->knowledge()->file.size() == 0);
    again.register_jobs();
    next.take_up();
    world.settle();
    CHECK(world.says(world.end_of(*id), "done"));
    CHECK(world.publisher.asked.size() == 1);
    CHECK(assessor->knowledge()->file.size() == 1);
    CHECK(world.source("kev").state.parts.at("kev").etag == "\"1\"");
}

TEST_CASE("a source is synced once at a time, and one that nobody knows is not") {
    World world;
    CHECK(world.says(world.sync_now("other"), "refused: there is no source other"));
    world.publisher.answers[kKev] = {{200, kev("2026-08-21T00:00:00.000Z", "CVE-2026-1"), "\"1\""}};
    auto first = std::make_shared<std::string>();
    world.sync.sync(world.admin, "kev", assessment::Force::no,
                    [first](base::Result<std::string> given) { *first = *given; });
    for (int i = 0; i < 100 && first->empty(); ++i) {
        world.executor.step();
        if (world.journal.busy()) world.journal.succeed();
    }
    REQUIRE_FALSE(first->empty());
    CHECK(world.source("kev").job == *first);
    CHECK(world.says(world.sync_now("kev"), "refused: the source kev is being synced"));
    CHECK(world.says(world.end_of(*first), "done"));
    CHECK(world.source("kev").job.empty());
}

TEST_CASE("a source that is tried out says what answered") {
    World world;
    const auto tried = [&] {
        return world.result<Tested>([&](auto done) { world.sync.test(world.admin, "kev", std::move(done)); })
            .value();
    };
    CHECK_FALSE(tried().reached);
    world.publisher.answers[kKev] = {{200, "{}", "\"1\""}};
    CHECK(tried().reached);
    CHECK(tried().sentence == "it answers with 2 bytes");
}
