// SPDX-License-Identifier: Apache-2.0
// Key thresholds and rotations as TUF's conformance suite has them, and the bug list around them.
#include "simulator.hpp"

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::metadata;
using namespace oakum::metadata::testing;
using trust::Cause;
using trust::Role;
using Versions = TestClient::Versions;

namespace {

struct Rotation {
    std::vector<int> keys;
    std::uint32_t threshold;
    std::vector<int> signatures;
    bool accepted = true;
};

void set_role(Simulator& repo, Role role, const Rotation& step) {
    repo.root.signers(role).keys.clear();
    repo.root.signers(role).threshold = step.threshold;
    for (const int key : step.keys)
        repo.add_key(role, TestKey::ed25519(key));
    auto& signers = repo.signers[std::string(to_string(role))];
    signers.clear();
    for (const int key : step.signatures)
        signers.push_back(TestKey::ed25519(key));
}

} // namespace

TEST_CASE("sequences of roots are followed as far as old and new signers agree") {
    struct Row {
        const char* name;
        std::vector<Rotation> roots;
    };
    const std::vector<int> five{0, 1, 2, 3, 4}, swapped{0, 1, 3, 4, 5}, fresh{5, 6, 7, 8, 9};
    const Row rows[] = {
        {"1 of 1 rotated", {{{1}, 1, {1}}, {{2}, 1, {2, 1}}, {{2}, 1, {2}}}},
        {"unused signatures", {{{1}, 1, {3, 1, 4}}, {{2}, 1, {3, 2, 1, 4}}, {{2}, 1, {3, 2, 4}}}},
        {"3 of 5, other combinations",
         {{five, 3, {0, 2, 4}}, {five, 3, {0, 4, 1}}, {five, 3, {0, 1, 3}}, {five, 3, {0, 1, 3}}}},
        {"3 of 5, one key rotated", {{five, 3, {0, 2, 4}}, {swapped, 3, {0, 4, 1}}}},
        {"3 of 5, one key rotated in two steps",
         {{five, 3, {0, 2, 4}}, {swapped, 3, {0, 2, 4, 5}}, {swapped, 3, {0, 4, 5}}}},
        {"3 of 5, all keys rotated",
         {{five, 3, {0, 2, 4}}, {fresh, 3, {0, 2, 4, 5, 6, 7}}, {fresh, 3, {5, 6, 7}}}},
        {"threshold up, 1 to 2 of 3", {{{1, 2, 3}, 1, {1}}, {{1, 2, 3}, 2, {1, 2}}}},
        {"threshold down, 2 to 1 of 3",
         {{{1, 2, 3}, 2, {1, 2}}, {{1, 2, 3}, 1, {1, 2}}, {{1, 2, 3}, 1, {1}}}},
        {"1 of 1 to 2 of 2", {{{1}, 1, {1}}, {{1, 2}, 2, {1, 2}}}},
        {"old key did not sign", {{{1}, 1, {1}}, {{2}, 1, {2, 3, 4}, false}}},
        {"new key did not sign", {{{1}, 1, {1}}, {{2}, 1, {1, 3, 4}, false}}},
        {"not 3 of the new keys", {{five, 3, {0, 2, 4}}, {swapped, 3, {0, 2, 4}, false}}},
        {"not 3 of the old keys", {{five, 3, {0, 2, 4}}, {swapped, 3, {0, 4, 5}, false}}},
        {"new threshold not reached", {{{1, 2, 3}, 1, {1}}, {{1, 2, 3}, 2, {2}, false}}},
        {"old threshold not reached", {{{1, 2, 3}, 2, {1, 2}}, {{1, 2, 3}, 1, {1}, false}}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        Simulator repo;
        repo.root.header.version = 0;
        for (const Rotation& step : row.roots) {
            set_role(repo, Role::root, step);
            repo.bump_root();
        }
        TestClient client(repo);
        client.folder["root.json"] = repo.files["1.root.json"];
        const bool accepted = row.roots.back().accepted;
        CHECK(client.refresh(repo) == accepted);
        const std::size_t last = row.roots.size() - (accepted ? 0 : 1);
        CHECK(client.folder["root.json"] == repo.files[trust::served_name("root", last)]);
        if (!accepted) CHECK(client.failed_with(Cause::untrusted));
    }
}

TEST_CASE("the other roles follow the keys that the newest root names") {
    const std::vector<int> five{0, 1, 2, 3, 4}, swapped{0, 1, 3, 4, 5};
    const Rotation rows[] = {
        {{2}, 1, {2}},
        {{1}, 1, {3, 1, 4}},
        {{2}, 1, {1, 3, 4}, false},
        {swapped, 3, {0, 2, 4}, false},
        {swapped, 3, {0, 4}, false},
        {five, 3, {0, 2, 4}},
        {five, 3, {0, 4, 1}},
        {five, 3, {0, 1, 3}},
        {five, 3, {1, 2, 3}},
        {five, 3, {2, 3, 4}},
    };
    for (const Role role : {Role::timestamp, Role::snapshot, Role::targets})
        for (const Rotation& row : rows) {
            Simulator repo;
            TestClient client(repo);
            set_role(repo, role, row);
            repo.bump_root();
            const std::string name(to_string(role));
            CAPTURE(name);
            repo.put(name);
            CHECK(client.refresh(repo) == row.accepted);
            if (row.accepted)
                CHECK(client.folder[name + ".json"] == repo.files[repo.name_of(name)]);
            else
                CHECK(client.failed_with(Cause::untrusted));
        }
}

TEST_CASE("a root may ask for more signatures than there are keys: then that role fails, not the root") {
    Simulator repo;
    TestClient client(repo);
    REQUIRE(client.refresh(repo));
    for (int i = 0; i < 4; ++i)
        repo.add_key(Role::snapshot, TestKey::ed25519(i));
    repo.root.signers(Role::snapshot).threshold = 6;
    repo.bump_root();
    repo.update_snapshot();
    CHECK_FALSE(client.refresh(repo));
    CHECK(client.version("root") == 2);
    CHECK(client.version("timestamp") == 2);
    // Nobody's key was taken away: the old snapshot stays, to compare with.
    CHECK(client.version("snapshot") == 1);
    repo.add_key(Role::snapshot, TestKey::ed25519(4));
    repo.bump_root();
    repo.update_snapshot();
    CHECK(client.refresh(repo));
    CHECK(client.version("snapshot") == 3);
}

// T2, as a document: ten ids, one key.
TEST_CASE("a snapshot signed ten times by one key under ten ids is signed once") {
    for (const TestKey& key : {TestKey::ed25519(1), TestKey::ecdsa()}) {
        Simulator repo;
        TestClient client(repo);
        for (int i = 0; i < 9; ++i) {
            trust::Key alias = key.public_key();
            alias.unknown["alias"] = std::to_string(i);
            const trust::KeyId id = key_id(alias).value();
            repo.root.keys.insert_or_assign(id, alias);
            repo.root.signers(Role::snapshot).keys.push_back(id);
        }
        repo.root.signers(Role::snapshot).threshold = 6;
        repo.bump_root();
        ++repo.snapshot.header.version;
        const std::string text = encode(repo.snapshot);
        std::vector<trust::Signature> signatures;
        for (const trust::KeyId& id : repo.root.signers(Role::snapshot).keys)
            signatures.push_back({id, key.sign(canonical(text).value()), {}});
        repo.files["2.snapshot.json"] = envelope(text, signatures);
        repo.update_timestamp();
        CHECK_FALSE(client.refresh(repo));
        CHECK(client.failed_with(Cause::untrusted));
        CHECK(client.version("snapshot") == 0);
    }
}

// T3, T4
TEST_CASE("a document with two signatures under one id is refused") {
    for (const Role role : trust::kRoles) {
        const std::string name(to_string(role));
        CAPTURE(name);
        Simulator repo;
        TestClient client(repo);
        repo.signers[name].push_back(repo.signers[name][0]);
        if (role == Role::root)
            repo.bump_root();
        else
            repo.put(name);
        CHECK_FALSE(client.refresh(repo));
        CHECK(client.failed_with(Cause::untrusted));
    }
}

TEST_CASE("valid metadata may carry broken extra signatures") {
    Simulator repo;
    const TestKey extra = TestKey::ed25519(7);
    const trust::KeyId id = key_id(extra.public_key()).value();
    repo.root.keys.insert_or_assign(id, extra.public_key());
    for (const Role role : trust::kRoles)
        repo.root.signers(role).keys.push_back(id);
    repo.put_root();
    for (const char* sig : {"", "00", "abcdefgh", "not hexadecimal at all"}) {
        CAPTURE(sig);
        TestClient client(repo);
        Simulator served = repo;
        for (auto& [name, bytes] : served.files) {
            std::string text(bytes.begin(), bytes.end());
            text.replace(text.find('['), 1, "[{\"keyid\":\"" + id.get() + "\",\"sig\":\"" + sig + "\"},");
            bytes.assign(text.begin(), text.end());
        }
        CHECK(client.refresh(served));
    }
}

TEST_CASE("each kind of key signs each role, and a plausible wrong signature fails") {
    for (const TestKey& key : {TestKey::ed25519(3), TestKey::ecdsa(), TestKey::rsa()}) {
        CAPTURE(key.public_key().scheme);
        Simulator repo;
        TestClient client(repo);
        for (const Role role : {Role::timestamp, Role::snapshot, Role::targets}) {
            repo.root.signers(role).keys.clear();
            repo.signers[std::string(to_string(role))].clear();
            repo.add_key(role, key);
        }
        repo.bump_root();
        repo.update_snapshot();
        CHECK(client.refresh(repo));
        CHECK(client.version("snapshot") == 2);
        // Of the same key, over another document.
        const std::string text = encode(repo.timestamp);
        ++repo.timestamp.header.version;
        repo.files["timestamp.json"] =
            envelope(encode(repo.timestamp),
                     std::vector<trust::Signature>{
                         {key_id(key.public_key()).value(), key.sign(canonical(text).value()), {}}});
        CHECK_FALSE(client.refresh(repo));
        CHECK(client.failed_with(Cause::untrusted));
    }
}

// T5
TEST_CASE("a root that failed verification leaves no trace") {
    Simulator repo;
    TestClient client(repo);
    const TestKey stranger = TestKey::ed25519(66);
    Simulator evil = repo;
    evil.root.signers(Role::root).keys.clear();
    evil.signers["root"].clear();
    evil.add_key(Role::root, stranger);
    evil.bump_root();
    CHECK_FALSE(client.refresh(evil));
    CHECK(client.folder["root.json"] == repo.files["1.root.json"]);
    evil.bump_root(); // its successor is signed by the key that the refused one named
    CHECK_FALSE(client.refresh(evil));
    CHECK(client.refresh(repo));
    CHECK(client.version("root") == 1);
}

// T19
TEST_CASE("stored timestamp and snapshot go when, and only when, one of their keys was taken away") {
    struct Row {
        const char* name;
        void (*change)(Simulator&);
        bool gone;
    };
    const Row rows[] = {
        {"nothing changed", [](Simulator&) {}, false},
        {"targets' key", [](Simulator& r) { r.rotate(Role::targets); }, false},
        {"root's key",
         [](Simulator& r) {
             auto old = r.signers["root"];
             r.rotate(Role::root);
             r.signers["root"].push_back(old[0]);
         },
         false},
        {"snapshot's key", [](Simulator& r) { r.rotate(Role::snapshot); }, true},
        {"timestamp's key", [](Simulator& r) { r.rotate(Role::timestamp); }, true},
        {"another snapshot key", [](Simulator& r) { r.add_key(Role::snapshot, TestKey::ed25519(5)); }, false},
        {"another timestamp key and a higher threshold",
         [](Simulator& r) {
             r.add_key(Role::timestamp, TestKey::ed25519(5));
             r.root.signers(Role::timestamp).threshold = 2;
         },
         false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        Simulator repo;
        TestClient client(repo);
        REQUIRE(client.refresh(repo));
        row.change(repo);
        repo.bump_root();
        repo.files.erase("timestamp.json"); // stop after the roots
        CHECK_FALSE(client.refresh(repo));
        CHECK(client.version("root") == 2);
        CHECK((client.version("timestamp") == 0) == row.gone);
        CHECK((client.version("snapshot") == 0) == row.gone);
        CHECK(client.version("targets") == 1);
    }
}

TEST_CASE("a key that is only added opens no way back to an older timestamp") {
    Simulator repo;
    TestClient client(repo);
    const base::Bytes first = repo.files.at("timestamp.json");
    repo.update_timestamp();
    REQUIRE(client.refresh(repo));
    repo.add_key(Role::timestamp, TestKey::ed25519(5));
    repo.bump_root();
    repo.files["timestamp.json"] = first;
    CHECK_FALSE(client.refresh(repo));
    CHECK(client.failed_with(Cause::rollback));
    CHECK(client.versions() == TestClient::Versions{2, 2, 1, 1});
}
