// SPDX-License-Identifier: Apache-2.0
// Signing elsewhere: what goes out, what people see, what comes back.
#include "simulator.hpp"

#include <doctest/doctest.h>
#include <metadata/ceremony.hpp>
#include <trust/words.hpp>

#include <algorithm>

using namespace oakum;
using namespace oakum::metadata;
using namespace oakum::metadata::testing;
using trust::Role;

namespace {

const trust::Lifetimes kLifetimes;

trust::Key held_by(const TestKey& key, const std::string& holder) {
    trust::Key named = key.public_key();
    named.unknown[std::string(trust::kHolder)] = "\"" + holder + "\"";
    return named;
}
trust::KeyId id_of(const trust::Key& key) {
    return key_id(key).value();
}

struct House {
    std::map<trust::KeyId, TestKey> here; // what the server can sign with
    trust::RepositoryState state;
    std::map<std::string, base::Bytes> files;

    House() {
        trust::Root root;
        for (const Role role : trust::kRoles) {
            const TestKey key = TestKey::ed25519(static_cast<int>(role));
            const trust::KeyId id = id_of(key.public_key());
            here.emplace(id, key);
            root.keys.insert_or_assign(id, key.public_key());
            root.signers(role).keys.push_back(id);
        }
        keep(create(root, kStart, kLifetimes, sign()).value());
    }
    Sign sign() const {
        return [this](const std::string&, const trust::KeyId& id,
                      base::ByteView message) -> base::Result<base::Bytes> {
            const auto key = here.find(id);
            if (key == here.end()) return base::unavailable("not here");
            return key->second.sign(message);
        };
    }
    void keep(const Issue& issue) {
        state = issue.state;
        for (const File& file : issue.files)
            files[file.name] = file.bytes;
    }
    const base::Bytes& root() const {
        return files.at(trust::served_name("root", state.root.header.version));
    }
    const base::Bytes& targets() const {
        return files.at(trust::served_name("targets", state.targets.at("targets").header.version));
    }
    Ceremony plan(const std::vector<RoleChange>& changes) const {
        return plan_root(root(), targets(), changes, kStart + kDay, kLifetimes).value();
    }
    base::Result<Issue> adopt(const Ceremony& ceremony, base::TimePoint now = kStart + kDay) const {
        return metadata::adopt(state, ceremony.documents, now, kLifetimes, sign());
    }
    trust::KeyId only(Role role) const { return state.root.signers(role).keys.front(); }
};

base::Status sign_by(Ceremony& ceremony, const TestKey& key) {
    return add_signatures(
        ceremony, base::from_hex(key.public_key().public_text).value(),
        [&](base::ByteView message) -> base::Result<base::Bytes> { return key.sign(message); });
}
// Over the stick: written and read each time.
Ceremony carried(const Ceremony& ceremony) {
    return read_ceremony(encode(ceremony)).value();
}
bool says(const std::vector<std::string>& words, std::string_view part) {
    return std::any_of(words.begin(), words.end(),
                       [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

} // namespace

TEST_CASE("root and targets move to several people, and clients follow") {
    House house;
    const TestKey anna = TestKey::ed25519(50), ben = TestKey::ed25519(51), dora = TestKey::ed25519(52),
                  server_root = TestKey::ed25519(static_cast<int>(Role::root));
    Ceremony ceremony =
        house.plan({{Role::root, {held_by(anna, "anna"), held_by(ben, "ben")}, {house.only(Role::root)}, 2},
                    {Role::targets, {held_by(dora, "dora")}, {house.only(Role::targets)}, std::nullopt}});
    REQUIRE(ceremony.documents.size() == 2); // the list of releases changes its signers

    auto where = standing(ceremony).value();
    CHECK(says(where[0].words, "Root 2 takes the place of root 1"));
    CHECK(says(where[0].words, "root: 2 of 2 keys must sign; before it was 1 of 1 key"));
    CHECK(says(where[0].words, "root gains the key of anna ("));
    CHECK(says(where[0].words, "root loses the key of " + house.only(Role::root).get().substr(0, 12)));
    CHECK(says(where[0].words, "timestamp: 1 of 1 key must sign, as before"));
    CHECK(says(where[1].words, "its 0 targets stay as they are"));
    CHECK_FALSE(where[0].done());
    REQUIRE(where[0].needs.size() == 2);
    CHECK(where[0].needs[1].missing.size() == 2);

    for (const TestKey& key : {server_root, anna, dora}) {
        ceremony = carried(ceremony);
        CHECK_FALSE(house.adopt(ceremony).ok());
        REQUIRE(sign_by(ceremony, key).ok());
    }
    CHECK(house.adopt(ceremony).error().message.find("root, by its new signers") == 0);
    REQUIRE(sign_by(ceremony, ben).ok());
    REQUIRE(sign_by(ceremony, ben).ok()); // again changes nothing
    ceremony = carried(ceremony);
    const auto finished = standing(ceremony).value();
    for (const Standing& one : finished)
        CHECK(one.done());

    House before = house;
    house.keep(house.adopt(ceremony).value());
    CHECK(house.state.root.header.version == 2);
    CHECK(house.state.root.keys.size() == 5); // the old two are not carried along
    CHECK(house.files.at("2.root.json") ==
          envelope(ceremony.documents[0].signed_json, ceremony.documents[0].signatures));

    Simulator mirror;
    mirror.files = before.files;
    mirror.root.header.version = 1;
    TestClient client(mirror);
    REQUIRE(client.refresh(mirror, kStart));
    mirror.files = house.files;
    CHECK(client.refresh(mirror, kStart + kDay));
    CHECK(client.version("root") == 2);
    CHECK(house.adopt(ceremony).error().kind == base::ErrorKind::conflict); // once
}

TEST_CASE("a revoked key signs nothing any more, and alone it never could") {
    House house;
    const TestKey anna = TestKey::ed25519(50), ben = TestKey::ed25519(51), thief = TestKey::ed25519(52),
                  server_root = TestKey::ed25519(static_cast<int>(Role::root));
    const trust::Key stolen = held_by(thief, "cleo");
    Ceremony first = house.plan(
        {{Role::root, {held_by(anna, "anna"), held_by(ben, "ben"), stolen}, {house.only(Role::root)}, 2}});
    for (const TestKey& key : {server_root, anna, thief})
        REQUIRE(sign_by(first, key).ok());
    house.keep(house.adopt(first).value());

    Ceremony coup = house.plan({{Role::root, {}, {id_of(held_by(anna, "anna"))}, 1}});
    REQUIRE(sign_by(coup, thief).ok());
    CHECK(house.adopt(coup).error().kind == base::ErrorKind::denied);

    Ceremony revoke = house.plan({{Role::root, {}, {id_of(stolen)}, std::nullopt}});
    for (const TestKey& key : {anna, ben})
        REQUIRE(sign_by(revoke, key).ok());
    house.keep(house.adopt(revoke).value());
    Ceremony again = house.plan({{Role::root, {}, {}, 1}});
    CHECK(sign_by(again, thief).error().kind == base::ErrorKind::denied);
}

TEST_CASE("a stolen online key is replaced without the people who sign releases") {
    House house;
    const TestKey next = TestKey::ed25519(60), server_root = TestKey::ed25519(static_cast<int>(Role::root));
    Ceremony ceremony =
        house.plan({{Role::timestamp, {next.public_key()}, {house.only(Role::timestamp)}, std::nullopt}});
    CHECK(ceremony.documents.size() == 1);
    REQUIRE(sign_by(ceremony, server_root).ok());
    CHECK(house.adopt(ceremony).error().kind ==
          base::ErrorKind::unavailable); // its new key is not on the server yet
    house.here.emplace(id_of(next.public_key()), next);
    house.keep(house.adopt(ceremony).value());
    const auto timestamp = JsonReader().timestamp(house.files.at("timestamp.json")).value();
    REQUIRE(timestamp.signatures.size() == 1);
    CHECK(timestamp.signatures[0].key == id_of(next.public_key()));
}

TEST_CASE("what a release adds is said in words, down to its hash") {
    House house;
    trust::Changes changes;
    trust::TargetFile file;
    file.length = 7;
    file.hashes.sha256 = base::sha256("content");
    file.terms = artifact::Terms{"gateway", "1.5.0", 15, 10, {"gw2"}, {"B"}, "1.4.0", "tar"};
    changes.add["gateway/1.5.0/a.img"] = file;
    const trust::Targets next = trust::draft_targets(house.state, changes, kStart + kDay, kLifetimes).value();
    Ceremony ceremony{house.root(), house.targets(), {{"targets", encode(next), {}}}};
    const auto where = standing(ceremony).value();
    CHECK(says(where[0].words,
               "new: gateway/1.5.0/a.img: 7 bytes, SHA-256 " + base::sha256("content").hex() +
                   ", release gateway 1.5.0, counter 15, floor 10, for gw2, hardware B, from 1.4.0 on, tar"));
    REQUIRE(sign_by(ceremony, TestKey::ed25519(static_cast<int>(Role::targets))).ok());
    house.keep(house.adopt(ceremony).value());
    CHECK(house.state.targets.at("targets").files.contains("gateway/1.5.0/a.img"));

    file.length = 8;
    trust::Targets changed = house.state.targets.at("targets");
    ++changed.header.version;
    changed.files["gateway/1.5.0/a.img"] = file;
    const Ceremony other{house.root(), house.targets(), {{"targets", encode(changed), {}}}};
    CHECK(says(standing(other).value()[0].words, "CHANGED: gateway/1.5.0/a.img: 8 bytes"));
    changed.files.clear();
    const Ceremony less{house.root(), house.targets(), {{"targets", encode(changed), {}}}};
    CHECK(says(standing(less).value()[0].words, "taken away: gateway/1.5.0/a.img"));
}

TEST_CASE("what took too long, or was overtaken, is not adopted") {
    House house;
    const TestKey root = TestKey::ed25519(static_cast<int>(Role::root)),
                  targets = TestKey::ed25519(static_cast<int>(Role::targets));
    Ceremony ceremony = house.plan({{Role::root, {held_by(TestKey::ed25519(50), "anna")}, {}, std::nullopt}});
    REQUIRE(sign_by(ceremony, root).ok());
    CHECK(house.adopt(ceremony, kStart + 400 * kDay).error().kind == base::ErrorKind::conflict);

    trust::Targets again =
        trust::draft_again(house.state.targets.at("targets"), kStart + kDay, kLifetimes).value();
    Ceremony slow{house.root(), house.targets(), {{"targets", encode(again), {}}}};
    REQUIRE(sign_by(slow, targets).ok());
    house.keep(publish(house.state, {}, kStart + 2 * kDay, kLifetimes, house.sign()).value());
    CHECK(house.adopt(slow, kStart + 2 * kDay).error().kind == base::ErrorKind::conflict);
}

TEST_CASE("a plan that could never be signed, or changes what is not there, is not made") {
    const House house;
    const auto plan = [&](const RoleChange& change) {
        return plan_root(house.root(), house.targets(), std::vector{change}, kStart, kLifetimes);
    };
    CHECK(plan({Role::root, {}, {house.only(Role::root)}, std::nullopt}).error().kind ==
          base::ErrorKind::invalid);
    CHECK(plan({Role::root, {}, {}, 2}).error().kind == base::ErrorKind::invalid);
    CHECK(plan({Role::root, {}, {trust::KeyId("nobody")}, std::nullopt}).error().kind ==
          base::ErrorKind::not_found);
    const TestKey own = TestKey::ed25519(static_cast<int>(Role::root));
    CHECK(plan({Role::root, {own.public_key()}, {}, std::nullopt}).error().kind == base::ErrorKind::conflict);
}

TEST_CASE("a file of documents that was tampered with on its way is refused or shows it") {
    House house;
    const Ceremony ceremony =
        house.plan({{Role::root, {held_by(TestKey::ed25519(50), "anna")}, {}, std::nullopt}});
    Ceremony forged = ceremony;
    forged.present_root = envelope(encode(house.state.root), {});
    CHECK_FALSE(standing(forged).ok());
    forged = ceremony;
    forged.documents[0].signed_json = encode(house.state.root);
    CHECK(standing(forged).error().message == "the new root does not follow the present one");
    for (const char* text :
         {"", "{}", "[]", "{\"form\":\"oakum/ceremony/1\"}",
          "{\"form\":\"oakum/ceremony/1\",\"present_root\":\"\",\"present_targets\":\"\",\"documents\":[]}"})
        CHECK_FALSE(read_ceremony(text).ok());
    std::string twice = encode(ceremony);
    const auto at = twice.find("\"documents\":[") + 13;
    const std::string document = twice.substr(at, twice.rfind(']') - at);
    twice.insert(at, document + ",");
    CHECK_FALSE(read_ceremony(twice).ok());
}

TEST_CASE("a fleet gets a director by a root, another one by the next, and may lose it again") {
    House house;
    const TestKey first = TestKey::ed25519(60), second = TestKey::ed25519(61),
                  server_root = TestKey::ed25519(static_cast<int>(Role::root));
    const auto follow = [&](const RoleChange& change, std::string_view words) {
        Ceremony ceremony = house.plan({change});
        REQUIRE(ceremony.documents.size() == 1); // nobody else signs anew
        CHECK(says(standing(ceremony).value()[0].words, words));
        CHECK(sign_by(ceremony, server_root).ok());
        const auto issued = house.adopt(carried(ceremony));
        REQUIRE_MESSAGE(issued.ok(), (issued.ok() ? "" : issued.error().text()));
        house.keep(*issued);
        // As a client reads it.
        return JsonReader().root(house.root()).value().document;
    };
    CHECK_FALSE(house.state.root.has_director());
    trust::Root root = follow({Role::director, {held_by(first, "oakumd")}, {}, std::nullopt},
                              "from now on devices install only what it permits each of them");
    CHECK(root.signers(Role::director).keys == std::vector{id_of(held_by(first, "oakumd"))});
    CHECK(root.keys.contains(id_of(held_by(first, "oakumd"))));
    CHECK(root.unknown_roles.empty()); // other clients refuse a fifth role
    root =
        follow({Role::director, {held_by(second, "oakumd")}, {id_of(held_by(first, "oakumd"))}, std::nullopt},
               "director gains the key of oakumd");
    CHECK_FALSE(root.keys.contains(id_of(held_by(first, "oakumd"))));
    root = follow({Role::director, {}, {id_of(held_by(second, "oakumd"))}, std::nullopt}, "none any more");
    CHECK_FALSE(root.has_director());
    // What could never be signed is not asked of people.
    CHECK_FALSE(plan_root(house.root(), house.targets(),
                          std::vector{RoleChange{Role::director, {held_by(first, "x")}, {}, 2}},
                          kStart + kDay, kLifetimes)
                    .ok());
}

TEST_CASE("a root that names a director without a key is refused, since its devices would ask nobody") {
    House house;
    std::string text(base::as_text(house.root()));
    text.replace(text.find("\"consistent_snapshot\""), 0,
                 R"("x-oakum-director":{"keyids":[],"threshold":1},)");
    CHECK_FALSE(JsonReader().root(base::as_bytes(text)).ok());
}
