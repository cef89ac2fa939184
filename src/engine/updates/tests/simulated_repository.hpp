// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../../../codecs/metadata/tests/simulator.hpp"

#include <trust/direction.hpp>
#include <updates/trusted_targets.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace oakum::updates::test {

// An image repository and a director, and a device's folder in memory: what a test says is served.
struct Repositories : Repository, Keep {
    enum class Directed { no, yes };
    using TestKey = trust::testing::TestKey;

    metadata::testing::Simulator images;
    metadata::JsonReader reader;
    std::map<std::string, std::string> folder;
    base::TimePoint now = metadata::testing::kStart;

    // The director, as a test likes it.
    std::string path = "gateway/1.5.0/gateway.img", to = "me", signer = "director";
    std::optional<trust::Permission> permission;
    std::uint64_t number = 1;
    std::optional<base::Bytes> replay;
    bool down = false, able = true;
    std::string unreadable; // a file of the device's folder
    // The log, as a test likes it.
    std::map<std::string, std::string> log_files;
    std::vector<std::string> log_asked;
    bool log_down = false;

    // What came of the last look-up.
    std::optional<trust::Attack> attack;
    std::optional<base::TimePoint> permitted_until;
    bool unreachable = false;
    install::Reason reason = install::Reason::none;
    int asked = 0;
    base::Bytes last; // that the director said

    explicit Repositories(Directed directed = Directed::yes) {
        if (directed == Directed::yes) {
            images.add_key(trust::Role::director, TestKey::ed25519(images.next_key++));
            images.put_root();
        }
        images.add_target("targets", path, "the image");
        trust::TargetFile& file = images.targets["targets"].files[path];
        file.terms = artifact::Terms{"gateway", "1.5.0", 15, 10, {"acme-gw2"}, {}, "", "raw"};
        ++images.targets["targets"].header.version;
        images.update_snapshot();
        permission = trust::Permission{path, file, "r-1", 0};
        folder["root.json"] = base::as_text(images.files.at("1.root.json"));
    }
    void publish_image(const artifact::Terms& terms) {
        images.targets["targets"].files[path].terms = terms;
        ++images.targets["targets"].header.version;
        images.update_snapshot();
        permission = trust::Permission{path, images.targets["targets"].files[path], "r-1", 0};
    }
    void rotate_director() {
        images.rotate(trust::Role::director);
        images.bump_root();
    }

    bool listed() {
        Question question;
        question.path = path;
        if (able) {
            question.device = "me";
            question.ask_director = [this] { return answer(); };
        }
        TrustedTargets trust(*this, *this, reader);
        const auto found = trust.look_up(question, now);
        attack.reset(), permitted_until.reset(), unreachable = false;
        if (const auto* no = std::get_if<NotTrusted>(&found)) {
            attack = no->attack;
            unreachable = no->unreachable;
            reason = no->reason;
            return false;
        }
        permitted_until = std::get<Listed>(found).permitted_until;
        return true;
    }

    // ---- the ports
    base::Result<std::optional<base::Bytes>> metadata(const std::string& name, std::uint64_t) override {
        const base::Bytes* bytes = images.serve(name);
        return bytes == nullptr ? std::optional<base::Bytes>() : std::optional(*bytes);
    }
    base::Result<std::optional<base::Bytes>> log_file(const std::string& name, std::uint64_t most) override {
        log_asked.push_back(name);
        if (log_down) return base::unavailable("no connection");
        const auto found = log_files.find(name);
        if (found == log_files.end()) return std::optional<base::Bytes>();
        if (found->second.size() > most) return base::too_large("too long");
        return std::optional(base::Bytes(found->second.begin(), found->second.end()));
    }
    base::Status artifact(const base::Digest256&, std::uint64_t, std::uint64_t, const Piece&) override {
        return base::bug("no artifact is fetched here");
    }
    base::Result<std::optional<std::string>> load(const std::string& name) override {
        if (name == unreadable) return base::unavailable("the disk does not answer");
        const auto found = folder.find(name);
        return found == folder.end() ? std::optional<std::string>() : std::optional(found->second);
    }
    base::Status save(const std::string& name, std::string_view text) override {
        folder[name] = text;
        return {};
    }
    base::Status remove(const std::string& name) override {
        folder.erase(name);
        return {};
    }
    base::Result<std::vector<std::string>> names() override {
        std::vector<std::string> names;
        for (const auto& [name, text] : folder)
            names.push_back(name);
        return names;
    }

  private:
    base::Result<base::Bytes> answer() {
        ++asked;
        if (down) return base::unavailable("no connection");
        if (replay) return *replay;
        last = images.sign(trust::draft_direction(to, permission, number, now), images.signers.at(signer));
        return last;
    }
};

} // namespace oakum::updates::test
