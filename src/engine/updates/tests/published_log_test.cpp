// SPDX-License-Identifier: Apache-2.0
// Where a root names a log, a device installs what stands in it, and believes no other log than the one it
// saw.
#include "simulated_repository.hpp"

#include <metadata/log_entry.hpp>
#include <tlog/kept_tiles.hpp>
#include <tlog/sight.hpp>
#include <updates/published_log.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::updates;
using namespace oakum::updates::test;
using trust::Attack;
using trust::testing::TestKey;

namespace {

// A log with its own files; the same entries with the same signer give the same.
struct Log {
    std::string name = "oakum/log/00ff";
    std::uint64_t epoch = 1'764'000'000;
    std::vector<std::string> entries{"begin"};

    void serve(Repositories& world, const std::vector<TestKey>& keys) const {
        tlog::KeptTiles tiles;
        for (const std::string& entry : entries)
            tiles.append(transparency::leaf_hash(base::as_bytes(entry)));
        const std::string below = std::to_string(epoch) + "/";
        world.log_files.clear();
        for (const tlog::Tile& tile : tlog::new_tiles(0, tiles.size()))
            world.log_files[below + tlog::tile_path(tile)] = base::as_text(tiles.hashes(tile).value());
        for (std::size_t i = entries.size(); i-- > 0;)
            world.log_files[below + "leaf/" + transparency::leaf_hash(base::as_bytes(entries[i])).hex()] =
                std::to_string(i) + "\n";
        const std::string text =
            tlog::encode(tlog::Checkpoint{tlog::origin_of(name, epoch), tiles.size(), tiles.root(), {}})
                .value();
        tlog::Note note{text, {}};
        for (const TestKey& key : keys) {
            const tlog::NoteKey named{name, base::from_hex(key.public_key().public_text).value()};
            const auto one =
                tlog::sign_note(text, named, [&](base::ByteView message) -> base::Result<base::Bytes> {
                    return key.sign(message);
                });
            note.signatures.push_back(one.value().signatures.front());
        }
        world.log_files["checkpoint"] = tlog::encode(note);
    }
};

struct World : Repositories {
    Log log;

    explicit World(Directed directed = Directed::yes) : Repositories(directed) {
        images.add_key(trust::Role::log, TestKey::ed25519(images.next_key++));
        images.bump_root();
        add_entry();
        serve();
    }
    std::string entry() const {
        return metadata::release_entry(path, images.targets.at("targets").files.at(path)).value();
    }
    void add_entry() { log.entries.push_back(entry()); }
    void serve() { log.serve(*this, images.signers.at("log")); }
    std::string kept() const {
        const auto found = folder.find(std::string(PublishedLog::kCheckpoint));
        return found == folder.end() ? "" : found->second;
    }
};

} // namespace

TEST_CASE("a release that stands in the log is listed, and what was seen of the log is kept") {
    for (const auto directed : {Repositories::Directed::yes, Repositories::Directed::no}) {
        World world(directed);
        CHECK(world.listed());
        CHECK(world.kept() == world.log_files["checkpoint"]);
        world.log_asked.clear();
        CHECK(world.listed());
        // A log that did not change is not proven again, only the entry.
        CHECK(world.log_asked.size() == 3);
        for (int i = 0; i < 600; ++i)
            world.log.entries.push_back("entry " + std::to_string(i));
        world.serve();
        CHECK(world.listed());
        CHECK(world.kept() == world.log_files["checkpoint"]);
        CHECK(world.log_asked.size() < 20);
    }
}

TEST_CASE("a fleet goes on without a log until its root names one") {
    Repositories world;
    CHECK(world.listed());
    CHECK(world.log_asked.empty());
    // The root that names it comes with the next look-up, and from then on it counts.
    world.images.add_key(trust::Role::log, TestKey::ed25519(world.images.next_key++));
    world.images.bump_root();
    CHECK_FALSE(world.listed());
    CHECK(world.attack == Attack::unlogged);
    Log log;
    log.entries.push_back(
        metadata::release_entry(world.path, world.images.targets["targets"].files[world.path]).value());
    log.serve(world, world.images.signers.at("log"));
    CHECK(world.listed());
}

TEST_CASE("a release that is not in the log, or not as it was signed, is refused") {
    World world;
    const auto refused = [&](Attack attack) {
        CHECK_FALSE(world.listed());
        CHECK(world.attack == attack);
        CHECK_FALSE(world.unreachable);
        CHECK(world.asked == 0); // the director has no say in it
    };
    world.log.entries = {"begin", "another"};
    world.serve();
    refused(Attack::unlogged);
    world.log.entries = {"begin", "another", world.entry()};
    world.serve();
    REQUIRE(world.listed());
    world.asked = 0;
    // Signed anew with other terms: the log has to have those.
    world.publish_image({"gateway", "1.5.0", 15, 10, {"acme-gw2", "acme-gw3"}, {}, "", "raw"});
    refused(Attack::unlogged);
    world.add_entry();
    world.serve();
    CHECK(world.listed());
}

TEST_CASE("a server that says where an entry is, and shows another there, is not believed") {
    World world;
    const std::string leaf =
        "1764000000/leaf/" + transparency::leaf_hash(base::as_bytes(world.entry())).hex();
    for (const char* place : {"0", "2", "18446744073709551615", "-1", "", "one", "1 ", "1\n\n", " 1",
                              "111111111111111111111111111111111111"}) {
        CAPTURE(std::string(place));
        world.serve();
        world.log_files[leaf] = place;
        CHECK_FALSE(world.listed());
        CHECK(world.attack == Attack::unlogged);
    }
    world.serve();
    world.log_files["1764000000/tile/0/000.p/2"][4] ^= 1; // of the other leaf, which the proof needs
    CHECK_FALSE(world.listed());
    CHECK(world.attack == Attack::unlogged);
    world.serve();
    world.log_files.erase("1764000000/tile/0/000.p/2");
    CHECK_FALSE(world.listed());
    CHECK(world.attack == Attack::unlogged);
}

TEST_CASE("a log that forgot, changed or swapped what was seen before is refused, and what was kept stays") {
    World world;
    for (int i = 0; i < 300; ++i)
        world.log.entries.push_back("entry " + std::to_string(i));
    world.serve();
    REQUIRE(world.listed());
    const std::string kept = world.kept();
    const Log seen = world.log;
    const auto refused = [&](Attack attack) {
        world.serve();
        CHECK_FALSE(world.listed());
        CHECK(world.attack == attack);
        CHECK(world.kept() == kept);
        world.log = seen;
    };
    SUBCASE("shorter") {
        world.log.entries.pop_back();
        refused(Attack::rollback);
    }
    SUBCASE("an epoch from before") {
        --world.log.epoch;
        refused(Attack::rollback);
    }
    SUBCASE("other entries, as many") {
        world.log.entries[200] = "changed";
        refused(Attack::split_view);
    }
    SUBCASE("other entries, and more") {
        world.log.entries[200] = "changed";
        world.log.entries.emplace_back("more");
        refused(Attack::split_view);
    }
    SUBCASE("another log") {
        world.log.name = "oakum/log/0100";
        refused(Attack::split_view);
    }
    world.serve();
    CHECK(world.listed());
}

TEST_CASE("a log that a restore began anew is followed, and nobody goes back from it") {
    World world;
    REQUIRE(world.listed());
    const Log before = world.log;
    world.log.epoch += 10;
    world.log.entries = {"begin again", world.entry()};
    world.serve();
    CHECK(world.listed());
    world.log = before;
    world.serve();
    CHECK_FALSE(world.listed());
    CHECK(world.attack == Attack::rollback);
}

TEST_CASE("only who the root names signs the log, and as many of them as it asks for") {
    World world;
    const TestKey thief = TestKey::ed25519(4711);
    world.log.serve(world, {thief});
    CHECK_FALSE(world.listed());
    CHECK(world.attack == Attack::unapproved);
    CHECK(world.kept().empty());
    world.images.add_key(trust::Role::log, TestKey::ed25519(world.images.next_key++));
    world.images.root.signers(trust::Role::log).threshold = 2;
    world.images.bump_root();
    const auto keys = world.images.signers.at("log");
    world.log.serve(world, {keys[0]});
    CHECK_FALSE(world.listed());
    CHECK(world.attack == Attack::unapproved);
    world.log.serve(world, keys);
    CHECK(world.listed());
    for (const char* rubbish : {"", "no note", "oakum/log/1\n2\n", "\n\n"}) {
        world.log_files["checkpoint"] = rubbish;
        CHECK_FALSE(world.listed());
        CHECK(world.attack == Attack::unapproved);
    }
}

TEST_CASE("a root that takes the log's key away makes devices forget what it signed") {
    World world;
    REQUIRE(world.listed());
    // A thief of the key showed another history.
    Log forked = world.log;
    forked.entries.insert(forked.entries.end(), 50, "theirs");
    forked.serve(world, world.images.signers.at("log"));
    REQUIRE(world.listed());
    world.serve();
    CHECK_FALSE(world.listed());
    CHECK(world.attack == Attack::rollback);
    world.images.rotate(trust::Role::log);
    world.images.bump_root();
    world.serve();
    CHECK(world.listed());
    CHECK(world.kept() == world.log_files["checkpoint"]);
}

TEST_CASE("what the network did is no attack, and a server without the log is none to install from") {
    World world;
    REQUIRE(world.listed());
    world.log_down = true;
    CHECK_FALSE(world.listed());
    CHECK(world.unreachable);
    CHECK_FALSE(world.attack);
    world.log_down = false;
    world.log_files.clear();
    CHECK_FALSE(world.listed());
    CHECK_FALSE(world.unreachable);
    CHECK(world.attack == Attack::unlogged);
    world.serve();
    world.log_files["checkpoint"] += std::string(9000, '\n');
    CHECK_FALSE(world.listed());
    CHECK(world.attack == Attack::unlogged);
    world.serve();
    world.unreadable = PublishedLog::kCheckpoint;
    CHECK_FALSE(world.listed());
    CHECK(world.reason == install::Reason::agent_error);
}
