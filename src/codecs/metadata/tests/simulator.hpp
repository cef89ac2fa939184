// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../../../domain/trust/tests/keys.hpp"

#include <metadata/reader.hpp>
#include <metadata/write.hpp>
#include <trust/client.hpp>
#include <trust/names.hpp>
#include <trust/repository.hpp>

#include <map>
#include <string>
#include <vector>

// A repository in memory whose every document can be edited, signed by whoever a test likes, and served; and
// a client with a folder in memory.
namespace oakum::metadata::testing {

using trust::testing::TestKey;

inline const base::TimePoint kStart = base::parse_time("2026-11-22T16:00:00Z").value();
inline constexpr base::Duration kDay = trust::day;

struct Simulator {
    trust::Root root;
    trust::Timestamp timestamp;
    trust::Snapshot snapshot;
    std::map<std::string, trust::Targets> targets; // "targets" and delegated roles
    std::map<std::string, std::vector<TestKey>> signers;
    bool with_hashes = false;
    std::map<std::string, base::Bytes> files; // as served
    std::vector<std::string> requests;
    int next_key = 100;

    Simulator() {
        for (const trust::Role role : trust::kRoles)
            add_key(role, TestKey::ed25519(next_key++));
        for (trust::Header* header : {&root.header, &timestamp.header, &snapshot.header})
            header->expires = kStart + 30 * kDay;
        targets["targets"].header.expires = kStart + 30 * kDay;
        put_root();
        put("targets");
        snapshot.roles["targets"].version = 1;
        put("snapshot");
        timestamp.snapshot.version = 1;
        put("timestamp");
    }

    void add_key(trust::Role role, const TestKey& key) {
        const trust::KeyId id = metadata::key_id(key.public_key()).value();
        root.keys.insert_or_assign(id, key.public_key());
        root.signers(role).keys.push_back(id);
        signers[std::string(to_string(role))].push_back(key);
    }
    void rotate(trust::Role role) {
        root.signers(role).keys.clear();
        signers[std::string(to_string(role))].clear();
        add_key(role, TestKey::ed25519(next_key++));
    }

    template <class Document>
    base::Bytes sign(const Document& document, const std::vector<TestKey>& keys) const {
        const std::string text = encode(document);
        const base::Bytes message = canonical(text).value();
        std::vector<trust::Signature> signatures;
        for (const TestKey& key : keys)
            signatures.push_back({metadata::key_id(key.public_key()).value(), key.sign(message), {}});
        return envelope(text, signatures);
    }
    base::Bytes signed_bytes(const std::string& role) const {
        const auto keys = signers.contains(role) ? signers.at(role) : std::vector<TestKey>{};
        if (role == "root") return sign(root, keys);
        if (role == "timestamp") return sign(timestamp, keys);
        if (role == "snapshot") return sign(snapshot, keys);
        return sign(targets.at(role), keys);
    }
    std::string name_of(const std::string& role) const {
        if (role == "timestamp") return "timestamp.json";
        if (role == "root") return trust::served_name(role, root.header.version);
        if (role == "snapshot") return trust::served_name(role, snapshot.header.version);
        return trust::served_name(role, targets.at(role).header.version);
    }
    void put(const std::string& role) { files[name_of(role)] = signed_bytes(role); }
    void put_root() { put("root"); }
    void bump_root() {
        ++root.header.version;
        put_root();
    }

    void describe(trust::FileVersion& file, std::uint64_t version, const std::string& name) const {
        file = {};
        file.version = version;
        if (!with_hashes) return;
        const base::Bytes& bytes = files.at(name);
        file.length = bytes.size();
        file.hashes.sha256 = base::sha256(bytes);
    }
    // Signs all targets as they are, then a new snapshot and timestamp over them.
    void update_snapshot() {
        for (const auto& [role, document] : targets) {
            put(role);
            describe(snapshot.roles[role], document.header.version, name_of(role));
        }
        ++snapshot.header.version;
        put("snapshot");
        update_timestamp();
    }
    void update_timestamp() {
        describe(timestamp.snapshot, snapshot.header.version, name_of("snapshot"));
        ++timestamp.header.version;
        put("timestamp");
    }
    void add_target(const std::string& role, const std::string& path, std::string_view content) {
        trust::TargetFile file;
        file.length = content.size();
        file.hashes.sha256 = base::sha256(content);
        targets[role].files[path] = file;
    }

    const base::Bytes* serve(const std::string& name) {
        requests.push_back(name);
        const auto found = files.find(name);
        return found == files.end() ? nullptr : &found->second;
    }
};

struct TestClient {
    std::map<std::string, base::Bytes> folder;
    JsonReader reader;
    std::optional<trust::Failed> failure;

    explicit TestClient(const Simulator& repository) {
        folder["root.json"] = repository.files.at(trust::served_name("root", repository.root.header.version));
    }

    void apply(const trust::Effects& effects) {
        for (const trust::Effect& effect : effects) {
            if (const auto* persist = std::get_if<trust::Persist>(&effect))
                folder[persist->file] = persist->bytes;
            else
                folder.erase(std::get<trust::Remove>(effect).file);
        }
    }
    trust::Step drive(trust::Client& client, trust::Step step, Simulator& repository) {
        failure.reset();
        for (;;) {
            apply(step.effects);
            const auto* fetch = std::get_if<trust::Fetch>(&step.next);
            if (fetch == nullptr) break;
            const base::Bytes* bytes = repository.serve(fetch->name);
            step = bytes == nullptr ? client.missing() : client.received(*bytes);
        }
        if (const auto* failed = std::get_if<trust::Failed>(&step.next)) failure = *failed;
        return step;
    }
    bool refresh(Simulator& repository, base::TimePoint now = kStart) {
        trust::Client client(folder, now, reader);
        return std::holds_alternative<trust::Refreshed>(drive(client, client.refresh(), repository).next);
    }
    std::optional<trust::Found> look_up(Simulator& repository, const std::string& path,
                                        base::TimePoint now = kStart) {
        trust::Client client(folder, now, reader);
        const trust::Step step = drive(client, client.look_up(path), repository);
        const auto* found = std::get_if<trust::Found>(&step.next);
        return found == nullptr ? std::nullopt : std::optional(*found);
    }
    bool failed_with(trust::Cause cause) const { return failure && failure->cause == cause; }

    // 0: nothing is stored.
    std::uint64_t version(const std::string& role) const {
        const auto found = folder.find(trust::local_name(role));
        if (found == folder.end()) return 0;
        if (role == "root") return reader.root(found->second).value().document.header.version;
        if (role == "timestamp") return reader.timestamp(found->second).value().document.header.version;
        if (role == "snapshot") return reader.snapshot(found->second).value().document.header.version;
        return reader.targets(found->second).value().document.header.version;
    }
    using Versions = std::vector<std::uint64_t>;
    // root, timestamp, snapshot, targets
    Versions versions() const {
        return {version("root"), version("timestamp"), version("snapshot"), version("targets")};
    }
};

} // namespace oakum::metadata::testing
