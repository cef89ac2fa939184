// SPDX-License-Identifier: Apache-2.0
// The basic, expiry and key cases that TUF's conformance suite asks of a client.
#include "simulator.hpp"

#include <doctest/doctest.h>
#include <trust/limits.hpp>

using namespace oakum;
using namespace oakum::metadata;
using namespace oakum::metadata::testing;
using trust::Cause;
using trust::Role;
using Versions = TestClient::Versions;
using Names = std::vector<std::string>;

namespace {

base::Bytes edited(const base::Bytes& bytes, std::string_view from, std::string_view to) {
    std::string text(bytes.begin(), bytes.end());
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
    return {text.begin(), text.end()};
}

} // namespace

TEST_CASE(
    "a first refresh asks for exactly root 2, timestamp, snapshot 1, targets 1 and stores what it got") {
    Simulator repo;
    TestClient client(repo);
    CHECK(client.refresh(repo));
    CHECK(repo.requests == Names{"2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"});
    CHECK(client.versions() == Versions{1, 1, 1, 1});
    CHECK(client.folder["root.json"] == repo.files["1.root.json"]);
    CHECK(client.folder["timestamp.json"] == repo.files["timestamp.json"]);
    CHECK(client.folder["snapshot.json"] == repo.files["1.snapshot.json"]);
    CHECK(client.folder["targets.json"] == repo.files["1.targets.json"]);
    repo.requests.clear();
    CHECK(client.refresh(repo));
    CHECK(repo.requests == Names{"2.root.json", "timestamp.json"});
}

TEST_CASE("bytes are stored as received, whatever their whitespace") {
    Simulator repo;
    for (auto& [name, bytes] : repo.files)
        bytes = edited(bytes, "\"signed\":", " \n\t\"signed\" :\n  ");
    TestClient client(repo);
    CHECK(client.refresh(repo));
    CHECK(client.folder["timestamp.json"] == repo.files["timestamp.json"]);
    CHECK(client.folder["targets.json"] == repo.files["1.targets.json"]);
}

TEST_CASE("a search refreshes first") {
    Simulator repo;
    TestClient client(repo);
    CHECK_FALSE(client.look_up(repo, "nonexistent"));
    CHECK_FALSE(client.failure);
    CHECK(repo.requests == Names{"2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"});
    CHECK(client.versions() == Versions{1, 1, 1, 1});
}

TEST_CASE("an invalid or unsigned initial root fails without a request") {
    Simulator repo;
    for (const auto& [from, to] :
         {std::pair{"\"version\":1", "\"versio\":1"}, std::pair{"\"sig\":\"", "\"sig\":\"00"},
          std::pair{"\"threshold\":1", "\"threshold\":0"}, std::pair{"{", "["}}) {
        TestClient client(repo);
        client.folder["root.json"] = edited(client.folder["root.json"], from, to);
        CHECK_FALSE(client.refresh(repo));
        CHECK(client.failure);
    }
    TestClient empty(repo);
    empty.folder.clear();
    CHECK_FALSE(empty.refresh(repo));
    CHECK(repo.requests.empty());
}

TEST_CASE("metadata that lacks its signature stops the refresh exactly there") {
    const std::pair<const char*, Versions> rows[] = {{"root", {1, 0, 0, 0}},
                                                     {"timestamp", {1, 0, 0, 0}},
                                                     {"snapshot", {1, 1, 0, 0}},
                                                     {"targets", {1, 1, 1, 0}}};
    for (const auto& [role, trusted] : rows) {
        CAPTURE(role);
        Simulator repo;
        TestClient client(repo);
        repo.signers[role].clear();
        if (std::string_view(role) == "root")
            repo.bump_root();
        else
            repo.put(role);
        CHECK_FALSE(client.refresh(repo));
        CHECK(client.failed_with(Cause::untrusted));
        CHECK(client.versions() == trusted);
    }
}

TEST_CASE("metadata of another version than its name says is refused") {
    {
        Simulator repo;
        TestClient client(repo);
        ++repo.root.header.version;
        repo.files["2.root.json"] = repo.files["1.root.json"];
        CHECK_FALSE(client.refresh(repo));
        CHECK(client.versions() == Versions{1, 0, 0, 0});
    }
    for (const std::string role : {"snapshot", "targets"}) {
        CAPTURE(role);
        Simulator repo;
        TestClient client(repo);
        const std::string served = repo.name_of(role);
        if (role == "snapshot")
            ++repo.snapshot.header.version;
        else
            ++repo.targets["targets"].header.version;
        repo.files[served] = repo.signed_bytes(role);
        CHECK_FALSE(client.refresh(repo));
        CHECK(client.failed_with(Cause::untrusted));
        CHECK(client.version(role) == 0);
    }
}

// T6
TEST_CASE("a root that skips a version is refused") {
    Simulator repo;
    TestClient client(repo);
    repo.root.header.version = 3;
    repo.files["2.root.json"] = repo.signed_bytes("root");
    CHECK_FALSE(client.refresh(repo));
    CHECK(client.failed_with(Cause::untrusted));
    CHECK(client.version("root") == 1);
}

TEST_CASE("a timestamp of the same version changes nothing, even with other content") {
    Simulator repo;
    TestClient client(repo);
    REQUIRE(client.refresh(repo));
    const auto before = client.folder;
    repo.timestamp.snapshot.version = 100;
    repo.put("timestamp");
    repo.requests.clear();
    CHECK(client.refresh(repo));
    CHECK(repo.requests == Names{"2.root.json", "timestamp.json"});
    CHECK(client.folder == before);
}

// T8: what was not finished the last time is taken up, although the timestamp is the same.
TEST_CASE("a refresh that broke off after the timestamp is completed by the next") {
    for (const char* absent : {"1.snapshot.json", "1.targets.json"}) {
        CAPTURE(absent);
        Simulator repo;
        TestClient client(repo);
        const base::Bytes held = repo.files[absent];
        repo.files.erase(absent);
        CHECK_FALSE(client.refresh(repo));
        CHECK(client.failed_with(Cause::missing));
        CHECK(client.version("timestamp") == 1);
        repo.files[absent] = held;
        CHECK(client.refresh(repo));
        CHECK(client.versions() == Versions{1, 1, 1, 1});
    }
}

TEST_CASE("a missing timestamp fails and leaves what is trusted") {
    Simulator repo;
    TestClient client(repo);
    REQUIRE(client.refresh(repo));
    const auto before = client.folder;
    repo.files.erase("timestamp.json");
    CHECK_FALSE(client.refresh(repo));
    CHECK(client.failed_with(Cause::missing));
    CHECK(client.folder == before);
}

TEST_CASE("hashes and lengths of metadata are held to") {
    Simulator repo;
    repo.with_hashes = true;
    ++repo.targets["targets"].header.version;
    repo.update_snapshot();
    TestClient client(repo);
    CHECK(client.refresh(repo));
    CHECK(client.versions() == Versions{1, 2, 2, 2});
    for (const std::string role : {"targets", "snapshot"}) {
        CAPTURE(role);
        Simulator bad;
        bad.with_hashes = true;
        bad.update_snapshot();
        TestClient other(bad);
        base::Bytes& bytes = bad.files[bad.name_of(role)];
        bytes =
            edited(bytes, "\"signed\":", "\"signed\": "); // signature still good, bytes not those promised
        CHECK_FALSE(other.refresh(bad));
        CHECK(other.failed_with(Cause::malformed)); // longer than promised: not even read
        CHECK(other.version(role) == 0);
    }
    for (const std::string role : {"targets", "snapshot"}) {
        CAPTURE(role);
        Simulator bad;
        bad.with_hashes = true;
        bad.update_snapshot();
        TestClient other(bad);
        base::Bytes& bytes = bad.files[bad.name_of(role)];
        bytes = edited(bytes, "\"version\":", "\"versioN\":"); // as long as promised
        CHECK_FALSE(other.refresh(bad));
        CHECK(other.failed_with(Cause::untrusted)); // the hash is looked at before anything is parsed
        CHECK(other.version(role) == 0);
    }
}

TEST_CASE("metadata whose only hash nobody can check is refused") {
    Simulator repo;
    TestClient client(repo);
    repo.timestamp.snapshot.hashes.others["md5"] = "d41d8cd98f00b204e9800998ecf8427e";
    repo.put("timestamp");
    CHECK_FALSE(client.refresh(repo));
    CHECK(client.versions() == Versions{1, 1, 0, 0});
}

TEST_CASE("metadata of another type in a role's place is refused") {
    const auto swap = [](const char* role, const char* other) {
        Simulator repo;
        TestClient client(repo);
        // Signed by the right keys: only the type is wrong.
        repo.signers[other] = repo.signers[role];
        repo.files[repo.name_of(role)] = repo.signed_bytes(other);
        const bool ok = client.refresh(repo);
        return !ok && client.failed_with(Cause::malformed);
    };
    CHECK(swap("timestamp", "snapshot"));
    CHECK(swap("snapshot", "targets"));
    CHECK(swap("targets", "snapshot"));
}

TEST_CASE("unknown fields are part of what is signed, in root, in its keys and in its roles") {
    Simulator repo;
    TestClient client(repo);
    REQUIRE(client.refresh(repo));
    repo.root.header.unknown["custom-field"] = "\"value\"";
    repo.root.signers(Role::root).unknown["another-field"] = "\"value\"";
    auto& key = repo.root.keys.at(repo.root.signers(Role::root).keys[0]);
    key.unknown["extra-field"] = "{\"a\": 1, \"b\": 2}";
    key.unknown["keyid_hash_algorithms"] = "[\"md5\"]"; // of no meaning, of any type
    repo.bump_root();
    CHECK(client.refresh(repo));
    CHECK(client.version("root") == 2);
    repo.bump_root();
    repo.files["3.root.json"] = edited(repo.files["3.root.json"], "\"value\"", "\"value2\"");
    CHECK_FALSE(client.refresh(repo));
    CHECK(client.version("root") == 2);
}

TEST_CASE("an expired root is kept and stops the refresh") {
    Simulator repo;
    TestClient client(repo);
    REQUIRE(client.refresh(repo));
    repo.bump_root();
    repo.root.header.expires = kStart - kDay;
    repo.bump_root();
    ++repo.targets["targets"].header.version;
    repo.update_snapshot();
    CHECK_FALSE(client.refresh(repo));
    CHECK(client.failed_with(Cause::expired));
    CHECK(client.versions() == Versions{3, 1, 1, 1});
    repo.root.header.expires = kStart + kDay;
    repo.bump_root();
    CHECK(client.refresh(repo));
    CHECK(client.versions() == Versions{4, 2, 2, 2});
}

TEST_CASE("expired metadata is neither used nor stored") {
    for (const std::string role : {"timestamp", "snapshot", "targets"}) {
        CAPTURE(role);
        Simulator repo;
        TestClient client(repo);
        REQUIRE(client.refresh(repo));
        trust::Header& header = role == "timestamp"  ? repo.timestamp.header
                                : role == "snapshot" ? repo.snapshot.header
                                                     : repo.targets["targets"].header;
        header.expires = kStart - kDay;
        ++repo.targets["targets"].header.version;
        repo.update_snapshot();
        CHECK_FALSE(client.refresh(repo));
        CHECK(client.failed_with(Cause::expired));
        CHECK(client.version(role) == 1);
    }
}

TEST_CASE("metadata expires at its second, not after it") {
    Simulator repo;
    TestClient client(repo);
    CHECK_FALSE(client.refresh(repo, kStart + 30 * kDay));
    CHECK(client.failed_with(Cause::expired));
    CHECK(client.refresh(repo, kStart + 30 * kDay - base::Duration(1)));
}

TEST_CASE("a server that repeats an old timestamp past its expiry is noticed") {
    Simulator repo;
    repo.timestamp.header.expires = kStart + kDay;
    repo.put("timestamp");
    TestClient client(repo);
    REQUIRE(client.refresh(repo));
    CHECK_FALSE(client.refresh(repo, kStart + 2 * kDay));
    CHECK(client.failed_with(Cause::expired));
}

// T20
TEST_CASE("a device that was off until all its metadata expired can still update") {
    Simulator repo;
    TestClient client(repo);
    REQUIRE(client.refresh(repo));
    const base::TimePoint later = kStart + 400 * kDay;
    for (trust::Header* header :
         {&repo.root.header, &repo.timestamp.header, &repo.snapshot.header, &repo.targets["targets"].header})
        header->expires = later + kDay;
    repo.bump_root();
    ++repo.targets["targets"].header.version;
    repo.update_snapshot();
    CHECK(client.refresh(repo, later));
    CHECK(client.versions() == Versions{2, 2, 2, 2});
}

// T28: the same client object, the same now, however long it takes.
TEST_CASE("one refresh has one now") {
    Simulator repo;
    repo.targets["targets"].header.expires = kStart + base::Duration(1000);
    repo.put("targets");
    TestClient client(repo);
    trust::Client machine(client.folder, kStart, client.reader);
    CHECK(std::holds_alternative<trust::Refreshed>(client.drive(machine, machine.refresh(), repo).next));
}

TEST_CASE("files beyond their limit are refused") {
    Simulator repo;
    TestClient client(repo);
    base::Bytes& bytes = repo.files["timestamp.json"];
    bytes.insert(bytes.end(), trust::limits::timestamp_bytes, ' ');
    CHECK_FALSE(client.refresh(repo));
    CHECK(client.failed_with(Cause::malformed));
    CHECK(client.version("timestamp") == 0);
}

TEST_CASE("endless roots end at the limit and the rest goes on") {
    Simulator repo;
    TestClient client(repo);
    for (std::size_t i = 0; i < trust::limits::root_rotations + 5; ++i)
        repo.bump_root();
    CHECK(client.refresh(repo));
    CHECK(client.version("root") == 1 + trust::limits::root_rotations);
    CHECK(client.refresh(repo));
    CHECK(client.version("root") == 6 + trust::limits::root_rotations);
}

TEST_CASE("a broken transport is an error of its own and changes nothing") {
    Simulator repo;
    TestClient client(repo);
    trust::Client machine(client.folder, kStart, client.reader);
    trust::Step step = machine.refresh();
    CHECK(std::get<trust::Fetch>(step.next) == trust::Fetch{"2.root.json", trust::limits::root_bytes});
    step = machine.failed(base::unavailable("connection reset"));
    CHECK(step.effects.empty());
    CHECK(std::get<trust::Failed>(step.next).cause == Cause::transport);
    CHECK(std::get<trust::Failed>(machine.received({}).next).cause == Cause::bug);
    CHECK(std::get<trust::Failed>(machine.refresh().next).cause == Cause::bug);
}

// T14
TEST_CASE("a target path that could leave its folder is never looked for") {
    Simulator repo;
    repo.add_target("targets", "/etc/passwd", "x");
    repo.add_target("targets", "../x", "x");
    ++repo.targets["targets"].header.version;
    repo.update_snapshot();
    TestClient client(repo);
    for (const char* path : {"/etc/passwd", "../x", "a/../b", ""}) {
        CHECK_FALSE(client.look_up(repo, path));
        CHECK(client.failed_with(Cause::malformed));
    }
    CHECK(repo.requests.empty());
}
