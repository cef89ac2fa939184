// SPDX-License-Identifier: Apache-2.0
// The repository that issues: what it signs, clients accept, today, after a restore and after a rotation.
#include "simulator.hpp"

#include <doctest/doctest.h>
#include <metadata/repository.hpp>

#include <set>

using namespace oakum;
using namespace oakum::metadata;
using namespace oakum::metadata::testing;
using trust::Role;

namespace {

// Keys by id, and which of them are away.
struct KeyRing {
    std::map<trust::KeyId, TestKey> keys;
    std::set<trust::KeyId> away;
    std::vector<std::string> asked;

    trust::KeyId add(trust::Root& root, Role role, const TestKey& key) {
        const trust::KeyId id = key_id(key.public_key()).value();
        root.keys.insert_or_assign(id, key.public_key());
        root.signers(role).keys.push_back(id);
        keys.insert_or_assign(id, key);
        return id;
    }
    Sign sign() {
        return [this](const std::string& role, const trust::KeyId& id,
                      base::ByteView message) -> base::Result<base::Bytes> {
            asked.push_back(role);
            if (away.contains(id) || !keys.contains(id))
                return base::unavailable("the folder of offline keys is not here");
            return keys.at(id).sign(message);
        };
    }
};

// The server: a state and what it serves.
struct Server : Simulator {
    trust::RepositoryState state;
    KeyRing ring;
    trust::Lifetimes lifetimes;

    Server() {
        files.clear();
        trust::Root first;
        for (const Role role : trust::kRoles)
            ring.add(first, role, TestKey::ed25519(static_cast<int>(role)));
        keep(create(first, kStart, lifetimes, ring.sign()));
    }
    bool keep(base::Result<Issue> issue) {
        if (!issue.ok()) return false;
        state = issue->state;
        for (const File& file : issue->files)
            files[file.name] = file.bytes;
        return true;
    }
    TestClient client() const {
        Simulator first = *this;
        first.root.header.version = 1;
        return TestClient(first);
    }
};

trust::TargetFile file_of(std::string_view content, std::uint64_t counter = 1) {
    trust::TargetFile file;
    file.length = content.size();
    file.hashes.sha256 = base::sha256(content);
    file.terms =
        artifact::Terms{"gateway", "1." + std::to_string(counter), counter, 0, {"gw2"}, {}, "", "raw"};
    return file;
}

trust::Changes adding(const std::string& path, std::string_view content,
                      const std::string& role = "targets") {
    return {role, {{path, file_of(content)}}, {}};
}

} // namespace

TEST_CASE("a new repository is accepted, and its files stand in the order in which clients need them") {
    Server server;
    TestClient client = server.client();
    CHECK(client.refresh(server));
    const auto seconds = static_cast<std::uint64_t>(base::unix_seconds(kStart));
    CHECK(client.versions() == TestClient::Versions{1, seconds, seconds, seconds});
    const auto issue =
        publish(server.state, adding("gateway/1.1/a.img", "A"), kStart, {}, server.ring.sign());
    REQUIRE(issue.ok());
    REQUIRE(issue->files.size() == 3);
    CHECK(issue->files[0].name == std::to_string(seconds + 1) + ".targets.json");
    CHECK(issue->files[1].name == std::to_string(seconds + 1) + ".snapshot.json");
    CHECK(issue->files[2].name == "timestamp.json");
}

TEST_CASE("a published target is found with its terms, a removed one is not") {
    Server server;
    TestClient client = server.client();
    REQUIRE(
        server.keep(publish(server.state, adding("gateway/1.1/a.img", "A"), kStart, {}, server.ring.sign())));
    const auto found = client.look_up(server, "gateway/1.1/a.img");
    REQUIRE(found);
    CHECK(found->file == file_of("A"));
    REQUIRE(server.keep(
        publish(server.state, {"targets", {}, {"gateway/1.1/a.img"}}, kStart, {}, server.ring.sign())));
    CHECK_FALSE(client.look_up(server, "gateway/1.1/a.img"));
    CHECK_FALSE(client.failure);
}

TEST_CASE("each prefix of an issue's files leaves clients with the old or the new repository") {
    Server server;
    REQUIRE(server.keep(publish(server.state, adding("a", "1"), kStart, {}, server.ring.sign())));
    const auto issue = publish(server.state, adding("a", "22"), kStart + kDay / 2, {}, server.ring.sign());
    REQUIRE(issue.ok());
    for (std::size_t stored = 0; stored <= issue->files.size(); ++stored) {
        CAPTURE(stored);
        Server half = server;
        for (std::size_t i = 0; i < stored; ++i)
            half.files[issue->files[i].name] = issue->files[i].bytes;
        TestClient client = server.client();
        const auto found = client.look_up(half, "a");
        REQUIRE(found);
        CHECK(found->file.length == (stored == issue->files.size() ? 2 : 1));
    }
}

TEST_CASE("refreshing needs the online keys alone, and publishing says which keys are away") {
    Server server;
    for (const Role role : {Role::root, Role::targets})
        server.ring.away.insert(server.state.root.signers(role).keys[0]);
    TestClient client = server.client();
    base::TimePoint now = kStart;
    for (int i = 0; i < 20; ++i) { // twenty days
        now += kDay;
        const auto due = trust::due(server.state, now, {});
        REQUIRE(due.timestamp);
        REQUIRE(server.keep(refresh(server.state,
                                    due.snapshot ? Refresh::snapshot_and_timestamp : Refresh::timestamp, now,
                                    {}, server.ring.sign())));
        CHECK(client.refresh(server, now));
    }
    const auto refused = publish(server.state, adding("a", "A"), now, {}, server.ring.sign());
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().kind == base::ErrorKind::unavailable);
    CHECK(refused.error().message.find("targets") != std::string::npos);
    server.ring.away.clear();
    CHECK(server.keep(publish(server.state, adding("a", "A"), now, {}, server.ring.sign())));
    CHECK(client.look_up(server, "a", now));
}

TEST_CASE("a signer that signs wrongly or fails is noticed before anything is issued") {
    Server server;
    const Sign wrong = [](const std::string&, const trust::KeyId&,
                          base::ByteView) -> base::Result<base::Bytes> { return base::Bytes(64); };
    CHECK(publish(server.state, adding("a", "A"), kStart, {}, wrong).error().kind ==
          base::ErrorKind::unavailable);
    const Sign broken = [](const std::string&, const trust::KeyId&,
                           base::ByteView) -> base::Result<base::Bytes> {
        return base::denied("no proof of policy");
    };
    CHECK(publish(server.state, adding("a", "A"), kStart, {}, broken).error().kind ==
          base::ErrorKind::denied);
}

TEST_CASE("after the restore of an old backup every client still accepts the server") {
    Server server;
    REQUIRE(server.keep(publish(server.state, adding("old", "1"), kStart, {}, server.ring.sign())));
    TestClient quick = server.client(), slow = server.client(), fresh = server.client();
    REQUIRE(slow.refresh(server));
    const Server backup = server;

    base::TimePoint now = kStart;
    for (int i = 0; i < 10; ++i) { // a busy week, seen by one client
        now += kDay / 2;
        REQUIRE(server.keep(
            publish(server.state, adding("new" + std::to_string(i), "2"), now, {}, server.ring.sign())));
        REQUIRE(quick.refresh(server, now));
    }

    Server restored = backup;
    now += base::Duration(60'000);
    SUBCASE("not without a new issue: the backup's files are older than what was seen") {
        CHECK_FALSE(quick.refresh(restored, kStart));
        CHECK(quick.failed_with(trust::Cause::rollback));
    }
    SUBCASE("with a new issue of everything") {
        REQUIRE(restored.keep(reissue(restored.state, now, {}, restored.ring.sign())));
        for (TestClient* client : {&quick, &slow, &fresh}) {
            CHECK(client->refresh(restored, now));
            CHECK(client->look_up(restored, "old", now));
            CHECK_FALSE(client->look_up(restored, "new9", now));
        }
        REQUIRE(restored.keep(publish(restored.state, adding("next", "3"), now, {}, restored.ring.sign())));
        CHECK(quick.look_up(restored, "next", now));
    }
}

TEST_CASE("the numbers overtake a clock that went back") {
    Server server;
    TestClient client = server.client();
    REQUIRE(client.refresh(server));
    const base::TimePoint earlier = kStart - kDay / 4;
    REQUIRE(server.keep(publish(server.state, adding("a", "A"), earlier, {}, server.ring.sign())));
    CHECK(client.look_up(server, "a", kStart - kDay / 8));
}

TEST_CASE("a root is rotated key by key, and clients of every age follow") {
    Server server;
    REQUIRE(server.keep(publish(server.state, adding("a", "A"), kStart, {}, server.ring.sign())));
    TestClient ancient = server.client(), current = server.client();
    REQUIRE(current.refresh(server));
    for (const Role role : trust::kRoles) {
        CAPTURE(to_string(role));
        trust::Root next = server.state.root;
        const trust::KeyId old = next.signers(role).keys[0];
        next.signers(role).keys.clear();
        server.ring.add(next, role, TestKey::ed25519(50 + static_cast<int>(role)));
        next.keys.erase(old);
        if (role == Role::root) {
            server.ring.away.insert(old);
            CHECK(rotate_root(server.state, next, kStart, {}, server.ring.sign()).error().kind ==
                  base::ErrorKind::unavailable);
            server.ring.away.clear();
        }
        REQUIRE(server.keep(rotate_root(server.state, next, kStart, {}, server.ring.sign())));
        CHECK(current.look_up(server, "a"));
        CHECK(current.version("root") == server.state.root.header.version);
    }
    CHECK(server.state.root.header.version == 5);
    CHECK(ancient.look_up(server, "a"));
    CHECK(ancient.version("root") == 5);
}

TEST_CASE("a product line has its own signers") {
    Server server;
    TestClient client = server.client();
    const TestKey vendor = TestKey::ed25519(70);
    const trust::KeyId id = key_id(vendor.public_key()).value();
    server.ring.keys.insert_or_assign(id, vendor);
    const trust::NewDelegation line{{"camera", {{id}, 1, {}}, true, trust::PathPatterns{{"camera/*/*"}}},
                                    {{id, vendor.public_key()}}};
    REQUIRE(server.keep(delegate(server.state, line, kStart, {}, server.ring.sign())));
    REQUIRE(server.keep(
        publish(server.state, adding("camera/1.1/c.img", "C", "camera"), kStart, {}, server.ring.sign())));
    REQUIRE(server.keep(
        publish(server.state, adding("gateway/1.1/g.img", "G", "camera"), kStart, {}, server.ring.sign())));
    const auto found = client.look_up(server, "camera/1.1/c.img");
    REQUIRE(found);
    CHECK(found->role == "camera");
    CHECK_FALSE(client.look_up(server, "gateway/1.1/g.img")); // not the vendor's to say

    server.ring.away.insert(
        server.state.root.signers(Role::targets).keys[0]); // the line publishes without them
    CHECK(server.keep(
        publish(server.state, adding("camera/1.2/c.img", "D", "camera"), kStart, {}, server.ring.sign())));
    CHECK(client.look_up(server, "camera/1.2/c.img"));
    CHECK(publish(server.state, adding("a", "A", "nobody"), kStart, {}, server.ring.sign()).error().kind ==
          base::ErrorKind::not_found);

    server.ring.away.clear();
    REQUIRE(server.keep(reissue(server.state, kStart + kDay, {}, server.ring.sign())));
    CHECK(client.look_up(server, "camera/1.2/c.img", kStart + kDay));
}

TEST_CASE("a repository is loaded from its files, and a damaged file is noticed") {
    Server server;
    REQUIRE(server.keep(publish(server.state, adding("a", "A"), kStart, {}, server.ring.sign())));
    const auto loaded = load(server.files);
    REQUIRE_MESSAGE(loaded.ok(), loaded.error().text());
    CHECK(encode(loaded->root) == encode(server.state.root));
    CHECK(encode(loaded->targets.at("targets")) == encode(server.state.targets.at("targets")));
    CHECK(loaded->snapshot == server.state.snapshot);
    CHECK(loaded->timestamp == server.state.timestamp);
    for (const auto& [name, bytes] : server.files) {
        const bool used =
            name == "1.root.json" || name == "timestamp.json" ||
            name == trust::served_name("snapshot", server.state.snapshot.header.version) ||
            name == trust::served_name("targets", server.state.targets.at("targets").header.version);
        auto files = server.files;
        files[name][files[name].size() / 2] ^= 1;
        CAPTURE(name);
        CHECK(load(files).ok() == !used);
        files.erase(name);
        CHECK(load(files).ok() == !used);
    }
}
