// SPDX-License-Identifier: Apache-2.0
#include "../../fleet/tests/house.hpp"
#include "examined.hpp"

#include <releases/releases.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::releases;

namespace {

// Remembers what was read anew, and finds what it is told to find.
struct Blobs final : ports::Blobs {
    base::Result<std::uint64_t> begin(const std::string&, std::uint64_t) override { return std::uint64_t{0}; }
    base::Status append(const std::string&, std::uint64_t, base::ByteView) override { return {}; }
    base::Status finish(const std::string&, const base::Digest256&) override { return {}; }
    base::Status discard(const std::string&) override { return {}; }
    base::Result<std::filesystem::path> path(const base::Digest256&) override {
        return std::filesystem::path();
    }
    base::Status rehash(const base::Digest256& digest) override {
        read.push_back(digest);
        const auto at = found.find(digest);
        return at == found.end() ? base::Status() : base::Status(at->second);
    }
    std::vector<base::Digest256> read;
    std::map<base::Digest256, base::Error> found;
};

struct Signer final : ports::Signer {
    base::Result<std::vector<PublicKeyInfo>> keys(const std::string&) override {
        return std::vector<PublicKeyInfo>{};
    }
    bool available(const std::string&) override { return false; }
    base::Result<base::Bytes> sign(const std::string&, const std::string&, base::ByteView) override {
        return base::unavailable("no keys here");
    }
};

struct World : fleet::test::House {
    Blobs blobs;
    Signer signer;
    Repository repository{core, signer, log};
    Examined examiner;
    Intake intake{core, examiner, executor};
    Releases releases{core, repository, intake, blobs, executor, log};
    base::Digest256 a = base::sha256("a"), b = base::sha256("b");

    World() {
        add(a);
        clock.steady_ += std::chrono::minutes(1);
        add(b);
    }
    void add(const base::Digest256& digest) {
        CHECK(status([&](auto reply) { releases.add_artifact(admin, digest, 7, "x.tar", reply); }).ok());
    }
    void rehash() {
        clock.steady_ += std::chrono::minutes(1);
        releases.rehash_one();
        settle();
    }
    ports::ArtifactRow row(const base::Digest256& digest) {
        return *control.find<ports::ArtifactRow>(fleet::test::kTenant, digest);
    }
    std::size_t audited(const std::string& action) {
        const auto rows = *history.audit(fleet::test::kTenant, 0, 1000);
        return static_cast<std::size_t>(
            std::count_if(rows.begin(), rows.end(), [&](const auto& row) { return row.action == action; }));
    }
};

} // namespace

TEST_CASE("the artifact that was not read for the longest time is read anew") {
    World world;
    for (int i = 0; i < 4; ++i)
        world.rehash();
    CHECK(world.blobs.read == std::vector{world.a, world.b, world.a, world.b});
    CHECK_FALSE(world.row(world.a).damaged);
    CHECK(world.row(world.b).verified_at == world.clock.now());
}

TEST_CASE(
    "a damaged artifact is marked, logged and audited once, and sound again when it is uploaded again") {
    for (const base::Error& damage :
         {base::corrupt("it is damaged on disk"), base::not_found("it is gone")}) {
        World world;
        world.blobs.found.emplace(world.a, damage);
        for (int i = 0; i < 4; ++i)
            world.rehash();
        CHECK(world.row(world.a).damaged);
        CHECK_FALSE(world.row(world.b).damaged);
        CHECK(world.audited("artifact.damaged") == 1);
        REQUIRE_FALSE(world.log.lines.empty());
        CHECK(world.log.lines.back().find(damage.message) != std::string::npos);
        world.blobs.found.clear();
        world.add(world.a);
        CHECK_FALSE(world.row(world.a).damaged);
        CHECK(world.audited("artifact.repair") == 1);
        world.add(world.a);
        CHECK(world.audited("artifact.repair") == 1);
    }
}

TEST_CASE("nothing is signed while the server's clock is in doubt") {
    World world;
    shard::ClockWatch watch(world.clock);
    world.repository.heed(watch);
    world.clock.wall_offset -= std::chrono::hours(24 * 365);
    CHECK(watch.look());
    const base::Status published = world.status([&](auto reply) {
        world.writer.submit(
            shard::control_of(fleet::test::kTenant), shard::Priority::person,
            [&](shard::Transaction& transaction) { return world.repository.publish(transaction, {}); },
            reply);
    });
    REQUIRE_FALSE(published.ok());
    CHECK(published.error().kind == base::ErrorKind::unavailable);
    CHECK(published.error().message.find("clock jumped") != std::string::npos);
}

TEST_CASE("an artifact that cannot be read now is not damaged, and is not counted as read") {
    World world;
    const auto before = world.row(world.a).verified_at;
    world.blobs.found.emplace(world.a, base::unavailable("the disk does not answer"));
    world.rehash();
    CHECK_FALSE(world.row(world.a).damaged);
    CHECK(world.row(world.a).verified_at == before);
    CHECK(world.log.lines.size() == 1);
}
