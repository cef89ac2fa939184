// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tar.hpp"

#include <checks.hpp>
#include <collector.hpp>
#include <folder_slots.hpp>
#include <install/deployment.hpp>
#include <metadata/reader.hpp>
#include <metadata/repository.hpp>
#include <pki/key.hpp>
#include <system/clock.hpp>
#include <system/file.hpp>
#include <trust/names.hpp>
#include <updates/agent.hpp>
#include <updates/trusted_targets.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <thread>
#include <unistd.h>

namespace oakum::agent::test {

using namespace std::chrono_literals;

class Folder {
  public:
    explicit Folder(const std::filesystem::path& in = std::filesystem::temp_directory_path()) {
        std::string name = (in / "oakum-agent-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::filesystem::path path;
};

struct Quiet final : base::LogSink {
    void write(base::LogLevel, std::string_view area, std::string_view text) override {
        lines.push_back(std::string(area) + ": " + std::string(text));
    }
    std::vector<std::string> lines;
};

// A TUF repository with one key a role, and the server's end of one deployment. What the server knows is in a
// file, so that it outlives the processes that are killed around it.
class Backend final : public updates::UpdateServer, public updates::Repository {
  public:
    // Without a folder it knows only as long as it lives.
    Backend(std::filesystem::path folder, ports::Clock& clock) : folder_(std::move(folder)), clock_(clock) {
        terms.version = "2.0";
        terms.step_timeout = 1h;
        server = install::offer(terms, clock_.now());
        load();
    }
    // Publishes "gateway/2.0/gateway.tar" with these bytes and returns the first root.
    std::string publish(const std::string& image, const std::string& version = "2.0",
                        const std::string& format = "raw") {
        trust::Root root;
        std::map<trust::KeyId, pki::PrivateKey> ring;
        for (const trust::Role role : trust::kRoles) {
            base::Bytes seed(32, static_cast<std::uint8_t>(role));
            const auto key = pki::PrivateKey::ed25519_from_seed(seed).value();
            const auto known = metadata::ed25519_key(key.public_raw().value()).value();
            const auto id = metadata::key_id(known).value();
            root.keys.insert_or_assign(id, known);
            root.signers(role).keys.push_back(id);
            ring.insert_or_assign(id, key);
        }
        const metadata::Sign sign = [ring](const std::string&, const trust::KeyId& id,
                                           base::ByteView message) { return ring.at(id).sign(message); };
        const trust::Lifetimes lifetimes;
        const auto created = metadata::create(root, clock_.now(), lifetimes, sign).value();
        trust::TargetFile file;
        file.length = image.size();
        file.hashes.sha256 = base::sha256(image);
        file.terms = artifact::Terms{"gateway", version, 1, 0, {"AC-GW200"}, {}, "", format};
        trust::Changes changes;
        changes.add["gateway/2.0/gateway.tar"] = file;
        const auto issued = metadata::publish(created.state, changes, clock_.now(), lifetimes, sign).value();
        for (const auto& issue : {created, issued}) {
            for (const metadata::File& each : issue.files)
                files[each.name] = each.bytes;
        }
        artifact_bytes = image;
        const base::Bytes& first = files.at("1.root.json");
        return std::string(base::as_text(first));
    }

    base::Result<updates::PollAnswer> poll(const wire::PollRequest& request) override {
        server =
            install::decide_poll(server, terms, request.running_version, request.healthy, clock_.now()).next;
        keep();
        wire::PollReply reply;
        reply.desired = 1;
        reply.poll_seconds = 1;
        if (!install::is_terminal(server.state)) {
            wire::Offer offer;
            offer.deployment = "d-1";
            offer.attempt = server.attempt;
            offer.release_name = "gateway";
            offer.release_version = terms.version;
            offer.target_path = "gateway/2.0/gateway.tar";
            reply.offer = offer;
        }
        return updates::PollAnswer{reply, 1};
    }
    base::Status send_inventory(const wire::InventoryMessage& message) override {
        inventory = message;
        return {};
    }
    base::Result<wire::ReportReply> report(const wire::Report& report) override {
        install::ReportSeen seen;
        seen.attempt = report.attempt;
        seen.sequence = report.sequence;
        seen.state = report.state;
        seen.reason = report.reason;
        seen.detail = report.detail;
        seen.running_version = report.running_version;
        seen.healthy = report.healthy;
        seen.resumed = report.resumed;
        TRY_VALUE(const auto decision, install::decide_report(server, terms, seen, clock_.now()));
        server = decision.next;
        keep();
        return wire::ReportReply{std::string(install::to_string(decision.outcome)), 1};
    }
    base::Result<wire::RenewReply> renew(const wire::RenewRequest&) override {
        return base::bug("no renewal here");
    }
    base::Duration asked_pause() const override { return {}; }
    base::Result<std::optional<base::Bytes>> metadata(const std::string& name, std::uint64_t) override {
        const auto found = files.find(name);
        return found == files.end() ? std::optional<base::Bytes>() : std::optional(found->second);
    }
    base::Result<std::optional<base::Bytes>> log_file(const std::string&, std::uint64_t) override {
        return std::optional<base::Bytes>(); // its root names none
    }
    base::Status artifact(const base::Digest256&, std::uint64_t from, std::uint64_t to,
                          const updates::Piece& piece) override {
        ++requests;
        for (std::uint64_t at = from; at < to; at += 1000) {
            const auto size = std::min<std::uint64_t>(1000, to - at);
            TRY(piece(base::as_bytes(std::string_view(artifact_bytes).substr(at, size))));
        }
        return {};
    }

    std::filesystem::path folder_;
    ports::Clock& clock_;
    install::Terms terms;
    install::Deployment server;
    std::map<std::string, base::Bytes> files;
    std::string artifact_bytes;
    wire::InventoryMessage inventory;
    int requests = 0;

    void keep() const {
        if (folder_.empty()) return;
        const std::string text = std::string(install::to_string(server.state)) + " " +
                                 std::string(install::to_string(server.reason)) + " " +
                                 std::to_string(server.attempt) + " " + std::to_string(server.sequence);
        REQUIRE(system::write_durably(folder_ / "server", text).ok());
    }
    void load() {
        if (folder_.empty()) return;
        const auto text = system::read_bounded(folder_ / "server", 4096);
        if (!text.ok()) return;
        std::istringstream in(*text);
        std::string state, reason;
        in >> state >> reason >> server.attempt >> server.sequence;
        server.state = install::parse_state(state).value();
        server.reason = install::parse_reason(reason).value();
        server.soak_until = clock_.now();
    }
};

struct NoIdentity final : updates::Identity {
    base::Result<std::string> request() override { return base::bug("no renewal here"); }
    base::Status adopt(const std::string&) override { return base::bug("no renewal here"); }
};

// The agent on real files and processes; only the network is missing.
struct Device {
    explicit Device(std::filesystem::path where) : folder(std::move(where)), backend(folder, clock) {
        for (const char* name : {"state", "trust", "staging", "slots/a", "slots/b"})
            std::filesystem::create_directories(folder / name);
        config.folder = folder;
        config.settings.model = "AC-GW200";
        config.settings.spare_bytes = 0;
        config.settings.health_interval = 20ms;
        config.settings.health_window = 200ms;
        config.settings.health_passes = 1;
    }
    updates::Ports ports(updates::Keep& state_keep, updates::SlotWriter& writer, updates::BootControl& boot) {
        return {backend, backend,   trust,    state_keep, staging, writer, boot,
                checks,  collector, identity, clock,      random,  log};
    }

    std::filesystem::path folder;
    system::SystemClock clock;
    system::SystemRandom random;
    Quiet log;
    Config config;
    Backend backend;
    metadata::JsonReader reader;
    FolderKeep state{folder / "state"};
    FolderKeep trusted{folder / "trust"};
    updates::TrustedTargets trust{backend, trusted, reader};
    FileStaging staging{folder / "staging/artifact"};
    FirmwareProcess process{folder / "firmware.log"};
    FolderSlots slots{
        {folder / "slots", 64 << 20, 2, {{"PATH", "/usr/bin:/bin"}, {"FIRMWARE_SERIAL", "GW-1"}}},
        process,
        clock,
        random,
        log};
    Checks checks{config, slots, process};
    Collector collector{config, [this] { return slots.root(); }, log};
    NoIdentity identity;
};

} // namespace oakum::agent::test
