// SPDX-License-Identifier: Apache-2.0
#include "../../../codecs/tlog/tests/signer.hpp"
#include "../../shard/tests/fakes.hpp"

#include <metadata/log_entry.hpp>
#include <published/log.hpp>
#include <shard/audit.hpp>
#include <tlog/sight.hpp>
#include <transparency/proof.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::published;

namespace {

const device::TenantId kTenant = device::kDefaultTenant;
const std::string kName = "oakum/log/00ff";

// Keys by their ids, which are their names here.
struct Keys final : ports::Signer {
    std::vector<std::string> listed{"one"}, here{"one"};
    int signatures = 0;
    static base::Bytes raw(const std::string& id) { return tlog::testing::Signer(id).key.public_key; }
    base::Result<std::vector<PublicKeyInfo>> keys(const std::string&) override {
        std::vector<PublicKeyInfo> keys;
        for (const std::string& id : listed)
            keys.push_back({id, raw(id)});
        return keys;
    }
    bool available(const std::string&) override { return true; }
    base::Result<base::Bytes> sign(const std::string& role, const std::string& id,
                                   base::ByteView text) override {
        CHECK(role == "log");
        if (std::find(here.begin(), here.end(), id) == here.end()) return base::unavailable("it is not here");
        ++signatures;
        return tlog::testing::Signer(id).sign(std::string(base::as_text(text))).signatures.front().bytes;
    }
};

struct World {
    shard::test::Clock clock;
    shard::test::Executor executor{clock};
    shard::test::Journal journal;
    shard::test::Log sink;
    shard::ControlTables control;
    shard::test::Devices devices;
    shard::Writer writer{executor, clock, journal, journal, control, devices, {&control}, sink};
    Keys keys;
    Log log{writer, control, keys, [this](device::TenantId) { return keys.keys("log"); }, sink};

    base::Status command(const std::function<base::Status(shard::Transaction&)>& decide,
                         bool durable = true) {
        std::optional<base::Status> answer;
        writer.submit(shard::control_of(kTenant), shard::Priority::person, decide,
                      [&](base::Status status) { answer = std::move(status); });
        for (int i = 0; i < 1000 && !answer; ++i) {
            executor.run();
            if (!journal.busy()) continue;
            if (durable)
                journal.succeed();
            else
                journal.fail(base::unavailable("the power was cut"));
        }
        return answer ? *answer : base::Status(base::bug("never answered"));
    }
    base::Status begin() {
        return command([&](shard::Transaction& transaction) { return log.begin(transaction, kName); });
    }
    base::Status append(const std::vector<std::string>& entries, bool durable = true) {
        return command([&](shard::Transaction& transaction) { return log.append(transaction, entries); },
                       durable);
    }
    void look_at_audit() {
        log.look_at_audit();
        for (int i = 0; i < 10; ++i) {
            executor.run();
            if (journal.busy()) journal.succeed();
        }
    }
    std::optional<std::string> file(const std::string& name) {
        auto file = log.file(kTenant, name);
        REQUIRE_MESSAGE(file.ok(), (file.ok() ? "" : file.error().text()));
        return *file ? std::optional((*file)->bytes) : std::nullopt;
    }
    transparency::Sight sight(const std::string& name = "checkpoint", const std::string& key = "one") {
        const base::Bytes raw = Keys::raw(key);
        auto sight = tlog::open_sight(file(name).value(), std::span(&raw, 1), 1);
        REQUIRE_MESSAGE(sight.ok(), (sight.ok() ? "" : sight.error().text()));
        return *sight;
    }
    transparency::Nodes nodes(const transparency::Sight& of) {
        return tlog::nodes_in_tiles(of.size, [this, of](const tlog::Tile& tile) -> base::Result<base::Bytes> {
            const auto found = file(std::to_string(of.epoch) + "/" + tlog::tile_path(tile));
            if (!found) return base::not_found("no such tile");
            return base::Bytes(found->begin(), found->end());
        });
    }
    // As a reader proves it, with files alone.
    bool proves(const std::string& entry, const transparency::Sight& of) {
        const auto leaf = transparency::leaf_hash(base::as_bytes(entry));
        const auto at = file(std::to_string(of.epoch) + "/leaf/" + leaf.hex());
        if (!at) return false;
        const auto proof = transparency::prove_inclusion(std::stoull(*at), of.size, nodes(of));
        return proof.ok() &&
               transparency::check_inclusion(leaf, std::stoull(*at), of.size, of.root, *proof).ok();
    }
    std::vector<std::string> bundle(const transparency::Sight& of) {
        const tlog::Tile tile{0, 0, static_cast<unsigned>(of.size)};
        const auto bytes = file(std::to_string(of.epoch) + "/" + tlog::entries_path(tile));
        std::vector<std::string> entries;
        const auto read = tlog::read_entries(tile, base::as_bytes(bytes.value())).value();
        for (const base::Bytes& entry : read)
            entries.emplace_back(base::as_text(entry));
        return entries;
    }
};

std::vector<std::string> some(int from, int to) {
    std::vector<std::string> entries;
    for (int i = from; i < to; ++i)
        entries.push_back("entry " + std::to_string(i));
    return entries;
}

} // namespace

TEST_CASE("before it begins there is no log, and nothing is kept of what it is told") {
    World world;
    CHECK(world.append(some(0, 3)).ok());
    CHECK_FALSE(world.file("checkpoint"));
    CHECK_FALSE(world.file("key"));
    CHECK(world.log.size(kTenant) == 0);
    world.look_at_audit();
    CHECK_FALSE(world.file("checkpoint"));
}

TEST_CASE("what was appended is proven by files, and each checkpoint begins with those before it") {
    World world;
    REQUIRE(world.begin().ok());
    const transparency::Sight first = world.sight();
    CHECK(first.log == kName);
    CHECK(first.size == 1);
    CHECK(metadata::read_log_entry(world.bundle(first).front())->subject ==
          tlog::origin_of(kName, first.epoch));
    transparency::Sight before = first;
    for (int i = 0; i < 600; i += 150) {
        REQUIRE(world.append(some(i, i + 150)).ok());
        const transparency::Sight now = world.sight();
        CHECK(now.size == before.size + 150);
        CHECK(world.log.size(kTenant) == now.size);
        CHECK(world.proves("entry " + std::to_string(i + 149), now));
        CHECK(world.proves("entry 0", now));
        CHECK_FALSE(world.proves("entry 9999", now));
        const auto proof = transparency::prove_consistency(before.size, now.size, world.nodes(now)).value();
        CHECK(transparency::check_consistency(before.size, before.root, now.size, now.root, proof).ok());
        before = now;
    }
    CHECK(world.file(std::to_string(first.epoch) + "/checkpoint") == world.file("checkpoint"));
}

TEST_CASE("a commit that failed leaves the log as it was, and the next one goes on there") {
    World world;
    REQUIRE(world.begin().ok());
    REQUIRE(world.append(some(0, 2)).ok());
    const auto before = world.file("checkpoint");
    CHECK_FALSE(world.append(some(2, 5), false).ok());
    CHECK(world.file("checkpoint") == before);
    REQUIRE(world.append(some(7, 9)).ok());
    const transparency::Sight now = world.sight();
    CHECK(now.size == 5);
    CHECK_FALSE(world.proves("entry 3", now));
    CHECK(world.proves("entry 7", now));
}

TEST_CASE("the same entries give the same checkpoint after any restart, signed once") {
    World world;
    REQUIRE(world.begin().ok());
    REQUIRE(world.append(some(0, 300)).ok());
    const auto note = world.file("checkpoint");
    CHECK(world.file("checkpoint") == note);
    CHECK(world.keys.signatures == 1);
    Log again{world.writer, world.control, world.keys,
              [&](device::TenantId) { return world.keys.keys("log"); }, world.sink};
    CHECK(again.file(kTenant, "checkpoint").value()->bytes == note);
}

TEST_CASE("a restore begins another epoch that says what it goes on from, and the older one stays") {
    World world;
    REQUIRE(world.begin().ok());
    REQUIRE(world.append(some(0, 4)).ok());
    const transparency::Sight before = world.sight();
    REQUIRE(world.begin().ok());
    const transparency::Sight after = world.sight();
    CHECK(after.epoch > before.epoch);
    CHECK(after.size == 1);
    const auto entry = metadata::read_log_entry(world.bundle(after).front()).value();
    CHECK(entry.number == before.size);
    CHECK(*entry.digest == before.root);
    REQUIRE(world.append(some(9, 10)).ok());
    CHECK(world.sight(std::to_string(before.epoch) + "/checkpoint") == before);
    CHECK(world.proves("entry 3", before));
    CHECK_FALSE(world.proves("entry 9", before));
    CHECK(world.proves("entry 9", world.sight()));
}

TEST_CASE("every key that is listed and here signs, and a key that took another's place signs anew") {
    World world;
    REQUIRE(world.begin().ok());
    world.keys.listed = {"one", "two", "elsewhere"};
    world.keys.here = {"one", "two"};
    CHECK(world.sight("checkpoint", "two") == world.sight("checkpoint", "one"));
    const auto keys = world.file("key").value();
    CHECK(std::count(keys.begin(), keys.end(), '\n') == 3);
    CHECK(tlog::read_note_key(keys.substr(0, keys.find('\n')))->name == kName);
    world.keys.listed = {"elsewhere"};
    CHECK(world.log.file(kTenant, "checkpoint").error().kind == base::ErrorKind::unavailable);
    world.keys.listed = {"two"};
    world.sight("checkpoint", "two");
}

TEST_CASE("the audit log's head goes in when there is a new one, once in an hour") {
    World world;
    REQUIRE(world.begin().ok());
    world.look_at_audit();
    CHECK(world.sight().size == 2); // that the log began was audited
    const auto noted = metadata::read_log_entry(world.bundle(world.sight()).back()).value();
    const auto newest = world.control.find<ports::AuditRow>(kTenant, shard::NewestAudit{});
    CHECK(noted.number == newest->number);
    CHECK(*noted.digest == newest->hash);
    const auto audit = [&] {
        REQUIRE(world
                    .command([](shard::Transaction& transaction) -> base::Status {
                        transaction.audit({"anna", "device.revoke", "device 1", "", "", "it was stolen"});
                        return {};
                    })
                    .ok());
    };
    audit();
    world.look_at_audit();
    CHECK(world.sight().size == 2);
    world.clock.steady_ += Log::kAuditEvery;
    world.look_at_audit();
    CHECK(world.sight().size == 3);
    for (const std::string& entry : world.bundle(world.sight()))
        CHECK(entry.find("anna") == std::string::npos);
    world.clock.steady_ += Log::kAuditEvery;
    world.look_at_audit();
    CHECK(world.sight().size == 3); // nothing new
}

TEST_CASE("only files of the log are served, and an entry that is too long is refused") {
    World world;
    REQUIRE(world.begin().ok());
    const std::string epoch = std::to_string(world.sight().epoch);
    const std::vector<std::string> names{"",
                                         "head",
                                         epoch,
                                         epoch + "/",
                                         "0" + epoch + "/checkpoint",
                                         "1/checkpoint",
                                         epoch + "/tile/0/000.p/2",
                                         epoch + "/tile/entries/000.p/2",
                                         epoch + "/tile/entries/001.p/1",
                                         epoch + "/tile/entries/x018/x446/x744/x073/x709/551.p/1",
                                         epoch + "/leaf/",
                                         epoch + "/leaf/00",
                                         epoch + "/leaf/" + std::string(64, 'A'),
                                         epoch + "/leaf/" + std::string(64, 'a'),
                                         epoch + "/../checkpoint",
                                         "../log/head",
                                         "checkpoint/"};
    for (const std::string& name : names) {
        CAPTURE(name);
        CHECK_FALSE(world.file(name));
    }
    CHECK(world.file(epoch + "/tile/0/000.p/1")->size() == 32);
    CHECK(world.append({std::string(65'535, 'x')}).ok());
    CHECK(world.append({std::string(65'536, 'x')}).error().kind == base::ErrorKind::too_large);
    CHECK_FALSE(world.append({""}).ok());
}
