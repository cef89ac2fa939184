// SPDX-License-Identifier: Apache-2.0
// Rollback and fast-forward recovery as TUF's conformance suite has them (T7, T9).
#include "simulator.hpp"

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::metadata;
using namespace oakum::metadata::testing;
using trust::Cause;
using trust::Role;

TEST_CASE("an older timestamp is refused and the trusted one stays") {
    Simulator repo;
    TestClient client(repo);
    repo.update_timestamp();
    REQUIRE(client.refresh(repo));
    const base::Bytes trusted = client.folder["timestamp.json"];
    repo.timestamp.header.version = 1;
    repo.put("timestamp");
    CHECK_FALSE(client.refresh(repo));
    CHECK(client.failed_with(Cause::rollback));
    CHECK(client.folder["timestamp.json"] == trusted);
    CHECK(repo.requests.back() == "timestamp.json");
}

TEST_CASE("a new timestamp may not name an older snapshot") {
    for (const bool hashes : {false, true}) {
        CAPTURE(hashes);
        Simulator repo;
        repo.with_hashes = hashes;
        TestClient client(repo);
        repo.update_snapshot();
        REQUIRE(client.refresh(repo));
        repo.snapshot.header.version = 1;
        repo.update_timestamp();
        CHECK_FALSE(client.refresh(repo));
        CHECK(client.failed_with(Cause::rollback));
        CHECK(client.version("timestamp") == 2);
        CHECK(client.version("snapshot") == 2);
        CHECK(repo.requests.back() == "timestamp.json");
    }
}

// The stored snapshot counts although the new timestamp's hash is not its hash, and although it expired.
TEST_CASE("a new snapshot may not name older targets") {
    for (const bool hashes : {false, true})
        for (const bool expired : {false, true}) {
            CAPTURE(hashes);
            CAPTURE(expired);
            Simulator repo;
            repo.with_hashes = hashes;
            TestClient client(repo);
            repo.targets["targets"].header.version = 2;
            if (expired) repo.snapshot.header.expires = kStart + kDay;
            repo.update_snapshot();
            REQUIRE(client.refresh(repo));
            repo.targets["targets"].header.version = 1;
            repo.snapshot.header.expires = kStart + 30 * kDay;
            repo.update_snapshot();
            CHECK_FALSE(client.refresh(repo, kStart + 2 * kDay));
            CHECK(client.failed_with(Cause::rollback));
            CHECK(client.version("timestamp") == 3);
            CHECK(client.version("snapshot") == 2);
            CHECK(client.version("targets") == 2);
        }
}

TEST_CASE("a role may not disappear from the snapshot") {
    Simulator repo;
    TestClient client(repo);
    repo.snapshot.roles["vendor-x"].version = 1;
    ++repo.snapshot.header.version;
    repo.put("snapshot");
    repo.update_timestamp();
    REQUIRE(client.refresh(repo));
    repo.snapshot.roles.erase("vendor-x");
    ++repo.snapshot.header.version;
    repo.put("snapshot");
    repo.update_timestamp();
    CHECK_FALSE(client.refresh(repo));
    CHECK(client.failed_with(Cause::rollback));
    CHECK(client.version("snapshot") == 2);
}

TEST_CASE("a snapshot that went back without its timestamp changes nothing") {
    Simulator repo;
    TestClient client(repo);
    repo.update_snapshot();
    REQUIRE(client.refresh(repo));
    repo.snapshot.header.version = 1;
    CHECK(client.refresh(repo));
    CHECK(client.version("snapshot") == 2);
    CHECK(repo.requests.back() == "timestamp.json");
}

TEST_CASE("huge numbers left by a thief of keys are recovered from by rotating them") {
    for (const std::string role : {"timestamp", "snapshot", "targets"}) {
        CAPTURE(role);
        Simulator repo;
        TestClient client(repo);
        trust::Header& header = role == "timestamp"  ? repo.timestamp.header
                                : role == "snapshot" ? repo.snapshot.header
                                                     : repo.targets["targets"].header;
        header.version = 99998;
        if (role == "targets") ++header.version;
        if (role == "timestamp")
            repo.update_timestamp();
        else
            repo.update_snapshot();
        REQUIRE(client.refresh(repo));
        CHECK(client.version(role) == 99999);

        if (role == "timestamp") {
            repo.rotate(Role::timestamp);
            repo.timestamp.header.version = 1;
            repo.put("timestamp");
        } else {
            repo.rotate(Role::snapshot);
            if (role == "snapshot") repo.rotate(Role::timestamp);
            header.version = 1;
            repo.update_snapshot();
        }
        const auto before = client.folder;
        CHECK_FALSE(client.refresh(repo)); // not yet: the root does not say so
        client.folder = before;
        repo.bump_root();
        CHECK(client.refresh(repo));
        CHECK(client.version(role) < 10);
    }
}

TEST_CASE("power lost after any stored file leaves a client that can go on") {
    Simulator repo;
    TestClient whole(repo);
    REQUIRE(whole.refresh(repo));
    const auto start = whole.folder;
    repo.rotate(Role::snapshot);
    repo.rotate(Role::timestamp);
    repo.bump_root();
    ++repo.targets["targets"].header.version;
    repo.update_snapshot();

    for (std::size_t survived = 0;; ++survived) {
        CAPTURE(survived);
        TestClient client(repo);
        client.folder = start;
        trust::Client machine(client.folder, kStart, client.reader);
        trust::Step step = machine.refresh();
        std::size_t applied = 0;
        bool cut = false;
        while (!cut) {
            for (const trust::Effect& effect : step.effects) {
                if (applied == survived) {
                    cut = true;
                    break;
                }
                client.apply({effect});
                ++applied;
            }
            const auto* fetch = std::get_if<trust::Fetch>(&step.next);
            if (cut || fetch == nullptr) break;
            const base::Bytes* bytes = repo.serve(fetch->name);
            step = bytes == nullptr ? machine.missing() : machine.received(*bytes);
        }
        CHECK(client.refresh(repo));
        CHECK(client.versions() == TestClient::Versions{2, 2, 2, 2});
        if (!cut) {
            CHECK(survived == 6); // two removals, root, timestamp, snapshot, targets
            break;
        }
    }
}

// Its timestamps are as good as before, and name a snapshot that nobody can get past.
TEST_CASE("power lost while a stolen snapshot key is forgotten leaves no number that it drove up") {
    for (std::size_t survived = 0; survived <= 6; ++survived) {
        CAPTURE(survived);
        Simulator repo;
        repo.snapshot.header.version = 99'998;
        repo.update_snapshot();
        TestClient client(repo);
        REQUIRE(client.refresh(repo));
        repo.rotate(Role::snapshot);
        repo.bump_root();
        repo.snapshot.header.version = 4;
        repo.update_snapshot();

        trust::Client machine(client.folder, kStart, client.reader);
        trust::Step step = machine.refresh();
        for (std::size_t applied = 0;;) {
            for (const trust::Effect& effect : step.effects)
                if (applied++ < survived) client.apply({effect});
            const auto* fetch = std::get_if<trust::Fetch>(&step.next);
            if (applied > survived || fetch == nullptr) break;
            const base::Bytes* bytes = repo.serve(fetch->name);
            step = bytes == nullptr ? machine.missing() : machine.received(*bytes);
        }
        CHECK(client.refresh(repo));
        CHECK(client.version("snapshot") == 5);
    }
}

TEST_CASE("what somebody else put into the folder is passed over") {
    Simulator repo;
    TestClient client(repo);
    REQUIRE(client.refresh(repo));
    Simulator forged = repo;
    for (const char* role : {"timestamp", "snapshot"})
        forged.signers[role] = {TestKey::ed25519(13)};
    forged.timestamp.header.version = 999;
    forged.snapshot.roles["targets"].version = 999;
    SUBCASE("a timestamp with a huge number") {
        client.folder["timestamp.json"] = forged.signed_bytes("timestamp");
    }
    SUBCASE("a snapshot of the expected version") {
        client.folder["snapshot.json"] = forged.signed_bytes("snapshot");
    }
    SUBCASE("rubbish") {
        for (const char* file : {"timestamp.json", "snapshot.json", "targets.json"})
            client.folder[file] = {1, 2, 3};
    }
    SUBCASE("nothing at all") {
        for (const char* file : {"timestamp.json", "snapshot.json", "targets.json"})
            client.folder.erase(file);
    }
    CHECK(client.refresh(repo));
    CHECK(client.versions() == TestClient::Versions{1, 1, 1, 1});
}

TEST_CASE("a stored snapshot is used only while it is the one that the timestamp means, and current") {
    Simulator repo;
    repo.with_hashes = true;
    repo.snapshot.header.expires = kStart + kDay;
    repo.update_snapshot();
    TestClient client(repo);
    REQUIRE(client.refresh(repo));
    SUBCASE("another of the same version, rightly signed") {
        Simulator other = repo;
        other.snapshot.header.unknown["note"] = "1";
        client.folder["snapshot.json"] = other.signed_bytes("snapshot");
        CHECK(client.refresh(repo));
        CHECK(client.folder["snapshot.json"] == repo.files["2.snapshot.json"]);
    }
    SUBCASE("expired while the timestamp holds") {
        repo.requests.clear();
        CHECK_FALSE(client.refresh(repo, kStart + 2 * kDay));
        CHECK(client.failed_with(Cause::expired));
        CHECK(repo.requests.back() == "2.snapshot.json");
    }
}

// The key that signed the huge number may still be a signer: then only forgetting it helps.
TEST_CASE("a stored timestamp is forgotten in the same refresh that takes one of its signers away") {
    Simulator repo;
    repo.add_key(Role::timestamp, TestKey::ed25519(13));
    repo.put_root();
    repo.timestamp.header.version = 99998;
    repo.update_timestamp();
    TestClient client(repo);
    REQUIRE(client.refresh(repo));
    repo.root.signers(Role::timestamp).keys.pop_back();
    repo.signers["timestamp"].pop_back();
    repo.bump_root();
    repo.timestamp.header.version = 5;
    repo.put("timestamp");
    CHECK(client.refresh(repo));
    CHECK(client.version("timestamp") == 5);
}
