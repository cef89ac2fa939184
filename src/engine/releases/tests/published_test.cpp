// SPDX-License-Identifier: Apache-2.0
// What the log of what was published is told, and that nothing gets past it.
#include "../../../codecs/tlog/tests/signer.hpp"
#include "../../../domain/trust/tests/keys.hpp"
#include "../../fleet/tests/house.hpp"
#include "examined.hpp"

#include <metadata/log_entry.hpp>
#include <metadata/reader.hpp>
#include <releases/releases.hpp>
#include <tlog/sight.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::releases;
using trust::testing::TestKey;
using Kind = metadata::LogEntry::Kind;
using Begins = Repository::LogBegins;

namespace {

struct Blobs final : ports::Blobs {
    base::Result<std::uint64_t> begin(const std::string&, std::uint64_t) override { return std::uint64_t{0}; }
    base::Status append(const std::string&, std::uint64_t, base::ByteView) override { return {}; }
    base::Status finish(const std::string&, const base::Digest256&) override { return {}; }
    base::Status discard(const std::string&) override { return {}; }
    base::Result<std::filesystem::path> path(const base::Digest256&) override {
        return std::filesystem::path();
    }
    base::Status rehash(const base::Digest256&) override { return {}; }
};

struct Signer final : ports::Signer {
    std::map<std::string, TestKey> here;
    bool has_log = true;
    static int number(const std::string& role) { return static_cast<int>(base::sha256(role).bytes[0]); }
    static TestKey key(const std::string& role) { return TestKey::ed25519(number(role)); }
    static std::string id_of(const TestKey& key) { return metadata::key_id(key.public_key()).value().get(); }
    Signer() {
        for (const trust::Role role : trust::kRootLists)
            add(key(std::string(to_string(role))));
    }
    void add(const TestKey& key) { here.emplace(id_of(key), key); }
    base::Result<std::vector<PublicKeyInfo>> keys(const std::string& role) override {
        if (role == "log" && !has_log) return base::not_found("no such key");
        const auto raw = base::from_hex(key(role).public_key().public_text).value();
        return std::vector{PublicKeyInfo{id_of(key(role)), raw}};
    }
    bool available(const std::string&) override { return true; }
    base::Result<base::Bytes> sign(const std::string&, const std::string& id,
                                   base::ByteView message) override {
        const auto found = here.find(id);
        if (found == here.end()) return base::unavailable("the key is not here");
        return found->second.sign(message);
    }
};

struct World : fleet::test::House {
    Blobs blobs;
    Signer signer;
    Repository repository{core, signer, log};
    published::Log told{writer, control, signer,
                        [this](device::TenantId tenant) { return repository.log_keys(tenant); }, log};
    Examined examiner;
    Intake intake{core, examiner, executor};
    Releases releases{core, repository, intake, blobs, executor, log};
    const base::Digest256 digest = base::sha256("image");

    explicit World(bool from_the_start = true) {
        signer.has_log = from_the_start;
        if (from_the_start) {
            repository.tell(told);
            start();
        }
        CHECK(status([&](auto reply) { repository.start(fleet::test::kTenant, false, reply); }).ok());
        if (from_the_start) start();
        CHECK(status([&](auto reply) { releases.add_artifact(admin, digest, 7, "x.tar", reply); }).ok());
    }
    void start(Begins begins = Begins::when_there_is_none) {
        const auto started =
            status([&](auto reply) { repository.start_log(fleet::test::kTenant, begins, reply); });
        REQUIRE_MESSAGE(started.ok(), (started.ok() ? "" : started.error().text()));
    }
    ports::ReleaseId published(const std::string& version) {
        NewRelease wish;
        wish.name = "gateway";
        wish.version = version;
        wish.artifact = digest;
        wish.models = {"GW-1"};
        const auto id = result<ports::ReleaseId>([&](auto reply) { releases.create(admin, wish, reply); });
        REQUIRE_MESSAGE(id.ok(), (id.ok() ? "" : id.error().text()));
        REQUIRE(status([&](auto reply) { releases.publish(admin, *id, "", reply); }).ok());
        return *id;
    }
    void withdraw(ports::ReleaseId id) {
        REQUIRE(status([&](auto reply) { releases.withdraw(admin, id, "", reply); }).ok());
    }
    trust::RepositoryState state() { return repository.state(fleet::test::kTenant).value(); }
    transparency::Sight sight() {
        const auto note = told.file(fleet::test::kTenant, "checkpoint").value().value();
        const base::Bytes raw = repository.log_keys(fleet::test::kTenant).value().front().public_key;
        auto sight = tlog::open_sight(note.bytes, std::span(&raw, 1), 1);
        REQUIRE_MESSAGE(sight.ok(), (sight.ok() ? "" : sight.error().text()));
        return *sight;
    }
    std::vector<std::string> entries() {
        const auto now = sight();
        const tlog::Tile tile{0, 0, static_cast<unsigned>(now.size)};
        const auto bytes =
            told.file(fleet::test::kTenant, std::to_string(now.epoch) + "/" + tlog::entries_path(tile));
        std::vector<std::string> entries;
        const auto read = tlog::read_entries(tile, base::as_bytes(bytes.value().value().bytes)).value();
        for (const base::Bytes& entry : read)
            entries.emplace_back(base::as_text(entry));
        return entries;
    }
    // "begin root 1 list targets", without what changes with each list.
    std::string story() {
        std::string story;
        for (const std::string& text : entries()) {
            const auto entry = metadata::read_log_entry(text).value();
            story += (story.empty() ? "" : ", ") + entry.word;
            if (entry.kind == Kind::root) story += " " + std::to_string(entry.number);
            if (entry.kind == Kind::release || entry.kind == Kind::withdrawn) story += " " + entry.subject;
        }
        return story;
    }
    // Signed where the keys are, by root's present key.
    base::Status adopt(const std::vector<metadata::RoleChange>& changes) {
        const auto now = repository.present(fleet::test::kTenant).value();
        auto ceremony = metadata::plan_root(base::as_bytes(now.root), base::as_bytes(now.targets), changes,
                                            clock.now(), trust::Lifetimes());
        REQUIRE_MESSAGE(ceremony.ok(), (ceremony.ok() ? "" : ceremony.error().text()));
        const TestKey key = Signer::key("root");
        REQUIRE(metadata::add_signatures(
                    *ceremony, key.public_key(),
                    [&](base::ByteView message) -> base::Result<base::Bytes> { return key.sign(message); })
                    .ok());
        return status(
            [&](auto reply) { releases.adopt(fleet::test::kTenant, "incoming", *ceremony, reply); });
    }
};

} // namespace

TEST_CASE("every release is in the log from the moment that devices can see it") {
    World world;
    CHECK(world.story() == "begin, root 1, list");
    CHECK(world.state().root.has_log());
    const auto first = world.published("1.0"), second = world.published("1.1");
    CHECK(world.story() ==
          "begin, root 1, list, list, release gateway/1.0/x.tar, list, release gateway/1.1/x.tar");
    world.withdraw(first);
    CHECK(world.story().ends_with(", list, withdrawn gateway/1.0/x.tar"));
    // A device makes the same entry from what it verified.
    const auto files = world.state().targets.at("targets").files;
    CHECK(world.entries().at(6) ==
          metadata::release_entry("gateway/1.1/x.tar", files.at("gateway/1.1/x.tar")).value());
    // Renewals of the timestamp are no news.
    const auto before = world.sight();
    world.clock.steady_ += std::chrono::hours(13);
    world.repository.refresh_when_due();
    world.settle();
    CHECK(world.sight() == before);
    (void)second;
}

TEST_CASE("the entry is put before the list that needs it, and with it or not at all") {
    World world;
    NewRelease wish;
    wish.name = "gateway";
    wish.version = "1.0";
    wish.artifact = world.digest;
    wish.models = {"GW-1"};
    const auto id =
        world.result<ports::ReleaseId>([&](auto reply) { world.releases.create(world.admin, wish, reply); });
    const auto before = world.sight();
    std::optional<base::Status> answer;
    world.releases.publish(world.admin, *id, "", [&](base::Status status) { answer = std::move(status); });
    while (!world.journal.busy())
        REQUIRE(world.executor.step());
    std::vector<std::string> order;
    for (const auto& part : world.journal.batch().shards)
        for (const auto& row : part.rows)
            if (const auto* document = std::get_if<ports::DocumentRow>(&row);
                document && !document->name.starts_with("intake/"))
                order.push_back(document->name.substr(0, 4));
    CHECK(order.front() == "log/");
    CHECK(order.back() == "tuf/");
    CHECK(std::is_sorted(order.begin(), order.end()));
    world.journal.fail(base::unavailable("the power was cut"));
    world.settle();
    CHECK_FALSE(answer.value().ok());
    CHECK(world.sight() == before);
    REQUIRE(world.status([&](auto reply) { world.releases.publish(world.admin, *id, "", reply); }).ok());
    CHECK(world.story() == "begin, root 1, list, list, release gateway/1.0/x.tar");
}

TEST_CASE("a fleet from before the log gets all of it, in the order of the files, and once") {
    World world(false);
    world.withdraw(world.published("1.0"));
    world.published("1.1");
    CHECK_FALSE(world.state().root.has_log());
    world.signer.has_log = true;
    world.repository.tell(world.told);
    world.start();
    CHECK(world.story() == "begin, root 1, list, release gateway/1.1/x.tar");
    const auto before = world.sight();
    world.start();
    CHECK(world.sight() == before);
    // What a version without a log published in between is told at the next start.
    Repository older{world.core, world.signer, world.log};
    Releases theirs{world.core, older, world.intake, world.blobs, world.executor, world.log};
    NewRelease wish;
    wish.name = "gateway";
    wish.version = "1.2";
    wish.artifact = world.digest;
    wish.models = {"GW-1"};
    const auto id =
        world.result<ports::ReleaseId>([&](auto reply) { theirs.create(world.admin, wish, reply); });
    REQUIRE(world.status([&](auto reply) { theirs.publish(world.admin, *id, "", reply); }).ok());
    CHECK(world.sight() == before);
    world.start();
    CHECK(world.story() == "begin, root 1, list, release gateway/1.1/x.tar, list, release gateway/1.2/x.tar");
}

TEST_CASE("a root that names the log is adopted where its key is, and says who signs from then on") {
    World world(false);
    world.signer.has_log = true;
    world.repository.tell(world.told);
    world.start();
    const auto of = [](const TestKey& key) {
        metadata::RoleChange change;
        change.role = trust::Role::log;
        change.add = {key.public_key()};
        return change;
    };
    const TestKey elsewhere = TestKey::ed25519(77);
    const auto refused = world.adopt({of(elsewhere)});
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message.find("names a log whose keys are not in keys/online") != std::string::npos);
    REQUIRE(world.adopt({of(Signer::key("log"))}).ok());
    CHECK(world.state().root.has_log());
    CHECK(world.story() == "begin, root 1, list, root 2");
    // A stolen key is taken away: another one signs the same log.
    const TestKey fresh = TestKey::ed25519(78);
    world.signer.add(fresh);
    auto change = of(fresh);
    change.remove = {trust::KeyId(Signer::id_of(Signer::key("log")))};
    const auto before = world.sight();
    REQUIRE(world.adopt({change}).ok());
    CHECK(world.repository.log_keys(fleet::test::kTenant).value().front().key_id == Signer::id_of(fresh));
    CHECK(world.sight().epoch == before.epoch);
    CHECK(world.story() == "begin, root 1, list, root 2, root 3");
}

TEST_CASE("after a restore the log begins anew with all that the backup lists") {
    World world;
    world.withdraw(world.published("1.0"));
    world.published("1.1");
    const auto before = world.sight();
    world.start(Begins::anew);
    REQUIRE(
        world.status([&](auto reply) { world.repository.start(fleet::test::kTenant, true, reply); }).ok());
    world.start();
    CHECK(world.sight().epoch > before.epoch);
    // The list is issued anew after a restore.
    CHECK(world.story() == "begin, root 1, list, release gateway/1.1/x.tar, list");
    const auto first = metadata::read_log_entry(world.entries().front()).value();
    CHECK(first.number == before.size);
    CHECK(*first.digest == before.root);
}

TEST_CASE("a release that no entry can tell of is not published") {
    World world;
    trust::Changes changes;
    trust::TargetFile file;
    file.length = 1;
    file.hashes.sha256 = base::sha256("x");
    file.unknown["more"] = "\"" + std::string(70'000, 'x') + "\"";
    changes.add["gateway/1/x.tar"] = file;
    const auto before = world.sight();
    const auto refused = world.status([&](auto reply) {
        world.writer.submit(
            shard::control_of(fleet::test::kTenant), shard::Priority::person,
            [&](shard::Transaction& transaction) { return world.repository.publish(transaction, changes); },
            reply);
    });
    CHECK(refused.error().kind == base::ErrorKind::too_large);
    CHECK(world.sight() == before);
    CHECK(world.state().targets.at("targets").files.empty());
}
