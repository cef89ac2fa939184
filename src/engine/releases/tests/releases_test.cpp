// SPDX-License-Identifier: Apache-2.0
// What is published: its counter and floor, and which lists from elsewhere are taken.
#include "world.hpp"

#include <metadata/reader.hpp>
#include <trust/limits.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::releases;
using trust::testing::TestKey;

using releases::testing::Signer;
using releases::testing::World;

TEST_CASE("a release that is made after a restore counts above every one that the backup has forgotten") {
    World lived, restored;
    for (World* world : {&lived, &restored})
        world->published("1.0");
    lived.later(std::chrono::hours(1));
    const std::uint64_t forgotten = lived.row(lived.published("1.1")).counter;
    restored.later(std::chrono::hours(2));
    const ports::ReleaseId next = restored.published("1.2");
    CHECK(restored.row(next).counter > forgotten);
    CHECK(restored.signed_terms(next).counter == restored.row(next).counter);
}

TEST_CASE("counters of one line rise also within a second, and under a clock that was ahead") {
    World world;
    std::uint64_t before = 0;
    for (int i = 0; i < 5; ++i) {
        const std::uint64_t counter = world.row(world.published("1." + std::to_string(i))).counter;
        CHECK(counter > before);
        before = counter;
    }
    world.clock.wall_offset -= std::chrono::hours(24);
    CHECK(world.row(world.published("2.0")).counter == before + 1);
}

TEST_CASE("while the clock is in doubt no counter is taken from it") {
    World world;
    shard::ClockWatch watch(world.clock);
    world.repository.heed(watch);
    world.clock.wall_offset -= std::chrono::hours(24 * 365);
    CHECK(watch.look());
    CHECK(world.create("1.0").error().kind == base::ErrorKind::unavailable);
}

TEST_CASE("a floor is a version of the line, is signed with the release, and never falls") {
    World world;
    const ports::ReleaseId first = world.published("1.0");
    CHECK(world.signed_terms(first).floor == 0);
    const ports::ReleaseId second = world.published("1.1");
    const ports::ReleaseId closing = world.published("1.2", "1.1");
    CHECK(world.signed_terms(closing).floor == world.row(second).counter);
    CHECK(world.releases.floor(fleet::test::kTenant, closing) == world.row(second).counter);
    // The next one says so too, without being told.
    CHECK(world.signed_terms(world.published("1.3")).floor == world.row(second).counter);
    const auto falling = world.create("1.4", "1.0");
    REQUIRE_FALSE(falling.ok());
    CHECK(falling.error().kind == base::ErrorKind::conflict);
    CHECK(falling.error().message.find("a floor does not fall") != std::string::npos);
    CHECK(world.create("1.4", "7.7").error().where == "/floor");
    const ports::ReleaseId alone = world.published("1.4", "1.4");
    CHECK(world.signed_terms(alone).floor == world.signed_terms(alone).counter);
    // Of another line it says nothing.
    const auto other = world.create("1.0", "", "sensor");
    REQUIRE(other.ok());
    REQUIRE(world.publish(*other).ok());
    CHECK(world.signed_terms(*other).floor == 0);
    CHECK(world.create("1.1", "1.4", "sensor").error().kind == base::ErrorKind::invalid);
}

TEST_CASE("a draft that was never published raises nobody's floor") {
    World world;
    world.published("1.0");
    REQUIRE(world.create("1.1", "1.1").ok());
    CHECK(world.signed_terms(world.published("1.2")).floor == 0);
}

TEST_CASE("a release with a floor is published by what came back signed") {
    World world;
    world.published("1.0");
    const auto draft = world.create("1.1", "1.1");
    REQUIRE(draft.ok());
    auto ceremony = world.releases.prepare(fleet::test::kTenant, *draft).value();
    world.sign(ceremony, "targets");
    const auto adopted = world.adopt(ceremony);
    REQUIRE_MESSAGE(adopted.ok(), (adopted.ok() ? "" : adopted.error().text()));
    CHECK(world.row(*draft).state == "published");
    CHECK(world.signed_terms(*draft).floor == world.row(*draft).counter);
}

TEST_CASE("a list that says who else may list releases, or anything unknown, is refused, and all goes on") {
    World world;
    world.published("1.0");
    const trust::Targets present = world.state().targets.at("targets");
    const auto again = [&] {
        trust::Targets next = present;
        ++next.header.version;
        return next;
    };
    trust::Targets delegating = again();
    const TestKey vendor = TestKey::ed25519(70);
    delegating.delegations = trust::Delegations{
        {{Signer::id_of(vendor), vendor.public_key()}},
        std::vector{trust::DelegatedRole{
            "vendor", {{Signer::id_of(vendor)}, 1, {}}, false, trust::PathPatterns{{"vendor/*"}}}},
        {}};
    trust::Targets unknown = again();
    unknown.header.unknown["x"] = "1";
    for (const trust::Targets& next : {delegating, unknown}) {
        metadata::Ceremony ceremony = world.carrying(next);
        world.sign(ceremony, "targets");
        CHECK(world.adopt(ceremony).error().kind == base::ErrorKind::denied);
        world.state();
    }
    // Whatever brought it there: what could not be read again is not issued.
    metadata::Ceremony ceremony = world.carrying(delegating);
    world.sign(ceremony, "targets");
    const auto issued = world.in_command([&](shard::Transaction& transaction) {
        return world.repository.adopt(transaction, ceremony.documents);
    });
    REQUIRE_FALSE(issued.ok());
    CHECK(issued.error().message.find("nobody could follow it") != std::string::npos);
    world.published("1.1");
}

TEST_CASE("files of numbers that a thief drove up go first, and what is current stays") {
    World world;
    trust::RepositoryState driven = world.state();
    driven.snapshot.header.version = driven.timestamp.header.version = trust::limits::version - 6;
    const auto sign = [&](const std::string& role, const trust::KeyId& id, base::ByteView message) {
        return world.signer.sign(role, id.get(), message);
    };
    for (int i = 0; i < 5; ++i) {
        const auto stolen =
            metadata::refresh(driven, metadata::Refresh::snapshot_and_timestamp, world.clock.now(), {}, sign)
                .value();
        driven = stolen.state;
        REQUIRE(world
                    .in_command([&](shard::Transaction& transaction) -> base::Status {
                        for (const metadata::File& file : stolen.files)
                            transaction.put(ports::DocumentRow{"tuf/" + file.name,
                                                               std::string(base::as_text(file.bytes))});
                        return {};
                    })
                    .ok());
    }
    const TestKey fresh = TestKey::ed25519(60);
    world.signer.add(fresh);
    const auto now = world.repository.present(fleet::test::kTenant).value();
    const std::vector change{metadata::RoleChange{
        trust::Role::snapshot, {fresh.public_key()}, {Signer::id_of(Signer::key("snapshot"))}, std::nullopt}};
    auto ceremony = metadata::plan_root(base::as_bytes(now.root), base::as_bytes(now.targets), change,
                                        world.clock.now(), {})
                        .value();
    world.sign(ceremony, "root");
    const auto adopted = world.adopt(ceremony);
    REQUIRE_MESSAGE(adopted.ok(), (adopted.ok() ? "" : adopted.error().text()));
    const auto seconds = static_cast<std::uint64_t>(base::unix_seconds(world.clock.now()));
    CHECK(world.state().snapshot.header.version == seconds);
    for (int i = 0; i < 6; ++i) {
        world.published("1." + std::to_string(i));
        CHECK(world.state().snapshot.header.version < 2 * seconds);
        CHECK(world.documents("snapshot") <= 4);
    }
}
