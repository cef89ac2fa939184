// SPDX-License-Identifier: Apache-2.0
// Releases over a store in memory, with keys that are all here.
#pragma once

#include "../../../domain/trust/tests/keys.hpp"
#include "../../fleet/tests/house.hpp"
#include "examined.hpp"

#include <metadata/reader.hpp>
#include <releases/releases.hpp>

#include <doctest/doctest.h>

namespace oakum::releases::testing {

using trust::testing::TestKey;

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

// Every key by its id; a role has one at the start.
struct Signer final : ports::Signer {
    std::map<std::string, TestKey> here;
    static TestKey key(const std::string& role) { return TestKey::ed25519(static_cast<int>(role.size())); }
    static trust::KeyId id_of(const TestKey& key) { return metadata::key_id(key.public_key()).value(); }
    Signer() {
        for (const char* role : {"root", "targets", "snapshot", "timestamp"})
            add(key(role));
    }
    void add(const TestKey& key) { here.emplace(id_of(key).get(), key); }
    base::Result<std::vector<PublicKeyInfo>> keys(const std::string& role) override {
        if (role == "director") return base::not_found("no such key");
        const auto raw = base::from_hex(key(role).public_key().public_text).value();
        return std::vector{PublicKeyInfo{id_of(key(role)).get(), raw}};
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
    Examined examiner;
    Intake intake{core, examiner, executor};
    Releases releases{core, repository, intake, blobs, executor, log};
    const base::Digest256 digest = base::sha256("image");

    World() {
        CHECK(status([&](auto reply) { repository.start(fleet::test::kTenant, false, reply); }).ok());
        CHECK(status([&](auto reply) { releases.add_artifact(admin, digest, 7, "x.tar", reply); }).ok());
    }
    void later(base::Duration by) { clock.steady_ += by; }
    base::Result<ports::ReleaseId> create(const std::string& version, const std::string& floor = "",
                                          const std::string& name = "gateway") {
        NewRelease wish;
        wish.name = name;
        wish.version = version;
        wish.artifact = digest;
        wish.models = {"GW-1"};
        wish.floor = floor;
        return result<ports::ReleaseId>([&](auto reply) { releases.create(admin, wish, reply); });
    }
    base::Status publish(ports::ReleaseId id) {
        return status([&](auto reply) { releases.publish(admin, id, "", reply); });
    }
    ports::ReleaseId published(const std::string& version, const std::string& floor = "") {
        const auto id = create(version, floor);
        REQUIRE_MESSAGE(id.ok(), (id.ok() ? "" : id.error().text()));
        REQUIRE(publish(*id).ok());
        return *id;
    }
    ports::ReleaseRow row(ports::ReleaseId id) {
        return *control.find<ports::ReleaseRow>(fleet::test::kTenant, id);
    }
    trust::RepositoryState state() {
        auto state = repository.state(fleet::test::kTenant);
        REQUIRE_MESSAGE(state.ok(), (state.ok() ? "" : state.error().text()));
        return *state;
    }
    artifact::Terms signed_terms(ports::ReleaseId id) {
        return *state().targets.at("targets").files.at(row(id).target_path).terms;
    }
    base::Status adopt(const metadata::Ceremony& ceremony) {
        return status([&](auto reply) { releases.adopt(fleet::test::kTenant, "incoming", ceremony, reply); });
    }
    // Signed where the keys are.
    void sign(metadata::Ceremony& ceremony, const std::string& role) {
        const TestKey key = Signer::key(role);
        REQUIRE(metadata::add_signatures(
                    ceremony, key.public_key(),
                    [&](base::ByteView message) -> base::Result<base::Bytes> { return key.sign(message); })
                    .ok());
    }
    metadata::Ceremony carrying(const trust::Targets& next) {
        const auto now = repository.present(fleet::test::kTenant).value();
        metadata::Ceremony ceremony;
        const base::ByteView root = base::as_bytes(now.root), targets = base::as_bytes(now.targets);
        ceremony.present_root.assign(root.begin(), root.end());
        ceremony.present_targets.assign(targets.begin(), targets.end());
        ceremony.documents.push_back({"targets", metadata::encode(next), {}});
        return ceremony;
    }
    base::Status in_command(const std::function<base::Status(shard::Transaction&)>& command) {
        return status([&](auto reply) {
            writer.submit(shard::control_of(fleet::test::kTenant), shard::Priority::person, command, reply);
        });
    }
    std::size_t documents(std::string_view role) {
        std::size_t count = 0;
        for (const auto& row : control.list<ports::DocumentRow>(fleet::test::kTenant))
            if (!row->body.empty() && row->name.starts_with("tuf/") &&
                row->name.ends_with("." + std::string(role) + ".json"))
                ++count;
        return count;
    }
};

} // namespace oakum::releases::testing
