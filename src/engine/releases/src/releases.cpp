// SPDX-License-Identifier: Apache-2.0
#include <artifact/format.hpp>
#include <artifact/release.hpp>
#include <releases/releases.hpp>

#include "floors.hpp"

#include <json/writer.hpp>
#include <metadata/reader.hpp>
#include <trust/words.hpp>

#include <algorithm>
#include <map>

namespace oakum::releases {

using ports::ArtifactRow;
using ports::ReleaseId;
using ports::ReleaseRow;
using shard::Held;
using shard::Transaction;

namespace {

std::uint64_t floor_of(const Transaction& transaction, ReleaseId id) {
    return read_floor(transaction.document(floor_name(id)));
}

artifact::Release value_of(const ReleaseRow& row, const ArtifactRow& artifact, std::uint64_t floor) {
    artifact::Release release;
    release.terms.release = row.name;
    release.terms.version = row.version;
    release.terms.counter = row.counter;
    release.terms.floor = floor;
    release.terms.models = row.models;
    release.terms.hw_revisions = row.hw_revisions;
    release.terms.min_from = row.min_from;
    release.terms.format = artifact::format_of(artifact.name);
    release.artifact = {artifact.digest, artifact.length, artifact.name};
    return release;
}

trust::TargetFile target_of(const ReleaseRow& row, const ArtifactRow& artifact, std::uint64_t floor) {
    trust::TargetFile target;
    target.length = artifact.length;
    target.hashes.sha256 = artifact.digest;
    target.terms = value_of(row, artifact, floor).terms;
    return target;
}

// Of its line, before it: above all of them, and above any that a restored store has forgotten (ADR 5).
std::uint64_t next_counter(const std::vector<Held<ReleaseRow>>& line, base::TimePoint now) {
    auto counter = static_cast<std::uint64_t>(std::max<std::int64_t>(base::unix_seconds(now), 1));
    for (const Held<ReleaseRow>& other : line)
        counter = std::max(counter, other->counter + 1);
    return counter;
}

// What a wish for a floor means in counters. It does not fall: devices that verified a release of the line
// keep to what that one said.
base::Result<std::uint64_t> chosen_floor(const Transaction& transaction,
                                         const std::vector<Held<ReleaseRow>>& line, const ReleaseRow& row,
                                         const std::string& wish) {
    std::uint64_t least = 0, floor = 0;
    std::string because;
    for (const Held<ReleaseRow>& other : line) {
        if (other->published)
            if (const std::uint64_t kept = floor_of(transaction, other->id); kept > least)
                least = kept, because = other->version;
        if (other->version == wish) floor = other->counter;
    }
    if (wish.empty()) return least;
    if (wish == row.version) floor = row.counter;
    if (floor == 0)
        return base::invalid(row.name + " has no release " + wish +
                             "; a floor is a version of the same line, or the new version itself")
            .at("/floor");
    if (floor < least)
        return base::conflict("devices that verified " + row.name + " " + because +
                              " accept nothing that is as old as " + wish +
                              " any more: a floor does not fall; leave it out, or name a newer version")
            .at("/floor");
    return floor;
}

std::string state_json(const ReleaseRow& row) {
    return R"({"state":")" + row.state + R"(","version":")" + row.version + R"("})";
}

// What of a draft can change.
std::string content_json(const ReleaseRow& row) {
    std::string text;
    json::Writer(text)
        .begin_object()
        .member("artifact", row.artifact.hex())
        .member("sbom", row.set.get().hex())
        .member("notes", row.notes)
        .end_object();
    return text;
}

} // namespace

void Releases::add_artifact(access::Actor actor, base::Digest256 digest, std::uint64_t length,
                            std::string name, std::function<void(base::Status)> done) {
    if (base::Status allowed = fleet::may_do(actor, access::Action::artifact_upload); !allowed.ok())
        return done(std::move(allowed));
    core_.writer.submit(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [=](Transaction& transaction) -> base::Status {
            TRY(artifact::check_name(name));
            // Also of bytes that are here already: whoever brought them does not approve them.
            TRY(Intake::note_uploader(transaction, actor, digest));
            if (const Held<ArtifactRow> known = transaction.find<ArtifactRow>(digest)) {
                if (!known->damaged) return {}; // immutable: the same bytes again
                ArtifactRow row = *known;
                row.damaged = false;
                row.verified_at = transaction.now();
                transaction.put(row);
                transaction.change("artifact", digest.hex(), R"({"damaged":false})");
                transaction.audit(
                    {actor.text(), "artifact.repair", "artifact " + digest.hex(), "", "", "uploaded again"});
                return {};
            }
            transaction.put(ArtifactRow{digest, length, name, transaction.now(), transaction.now(), false});
            transaction.change("artifact", digest.hex());
            transaction.audit({actor.text(), "artifact.add", "artifact " + digest.hex(), "", "", name});
            return {};
        },
        std::move(done));
}

void Releases::create(access::Actor actor, NewRelease release, shard::Completion<ReleaseId> done) {
    if (base::Status allowed = fleet::may_do(actor, access::Action::release_create); !allowed.ok())
        return done(std::move(allowed).error());
    const device::TenantId tenant = fleet::tenant_of(actor);
    if (release.sbom != device::SetId{} && !core_.software.has_set(tenant, release.sbom))
        return done(
            base::not_found("there is no software set with this digest; attach the SBOM first").at("/sbom"));
    const ReleaseId id = core_.ids.next_as<ReleaseId>();
    core_.writer.submit<ReleaseId>(
        shard::control_of(tenant), shard::Priority::person,
        [=, this](Transaction& transaction) -> base::Result<ReleaseId> {
            // Its counter comes from the clock.
            if (const auto doubt = repository_.doubt()) return base::unavailable(*doubt);
            const Held<ArtifactRow> artifact = transaction.find<ArtifactRow>(release.artifact);
            if (!artifact)
                return base::not_found("there is no artifact with this digest; upload it first")
                    .at("/artifact");
            if (artifact->damaged)
                return base::conflict("the stored artifact is damaged; upload it again").at("/artifact");
            ReleaseRow row;
            row.id = id;
            row.name = release.name;
            row.version = release.version;
            row.artifact = release.artifact;
            row.models = release.models;
            row.hw_revisions = release.hw_revisions;
            row.min_from = release.min_from;
            row.set = release.sbom;
            row.notes = release.notes;
            row.state = "draft";
            row.created = transaction.now();
            auto line = transaction.list<ReleaseRow>();
            std::erase_if(line, [&](const auto& other) { return other->name != row.name; });
            for (const Held<ReleaseRow>& other : line)
                if (other->version == row.version)
                    return base::conflict(row.name + " " + row.version + " exists already").at("/version");
            row.counter = next_counter(line, transaction.now());
            TRY_VALUE(const std::uint64_t floor, chosen_floor(transaction, line, row, release.floor));
            const artifact::Release value = value_of(row, *artifact, floor);
            TRY(artifact::check(value));
            TRY_VALUE(row.target_path, artifact::target_path(value));
            transaction.put(row);
            if (floor > 0) transaction.put(ports::DocumentRow{floor_name(id), std::to_string(floor)});
            TRY(Intake::note_maker(transaction, actor, id));
            transaction.change("release", id.text(), state_json(row));
            transaction.audit(
                {actor.text(), "release.create", "release " + id.text(), "", state_json(row), ""});
            return id;
        },
        std::move(done));
}

void Releases::change(access::Actor actor, ReleaseId id, DraftChange wish,
                      std::function<void(base::Status)> done) {
    if (base::Status allowed = fleet::may_do(actor, access::Action::release_create); !allowed.ok())
        return done(std::move(allowed));
    const device::TenantId tenant = fleet::tenant_of(actor);
    if (wish.sbom && *wish.sbom != device::SetId{} && !core_.software.has_set(tenant, *wish.sbom))
        return done(
            base::not_found("there is no software set with this digest; attach the SBOM first").at("/sbom"));
    core_.writer.submit(
        shard::control_of(tenant), shard::Priority::person,
        [actor, id, wish = std::move(wish)](Transaction& transaction) -> base::Status {
            const Held<ReleaseRow> stored = transaction.find<ReleaseRow>(id);
            if (!stored) return base::not_found("there is no such release");
            if (stored->state != "draft")
                return base::conflict("this release is " + stored->state +
                                      " and does not change any more; create a new version");
            ReleaseRow row = *stored;
            if (wish.artifact) row.artifact = *wish.artifact;
            if (wish.sbom) row.set = *wish.sbom;
            if (wish.notes) row.notes = *wish.notes;
            const Held<ArtifactRow> artifact = transaction.find<ArtifactRow>(row.artifact);
            if (!artifact)
                return base::not_found("there is no artifact with this digest; upload it first")
                    .at("/artifact");
            const artifact::Release value = value_of(row, *artifact, floor_of(transaction, id));
            TRY(artifact::check(value));
            TRY_VALUE(row.target_path, artifact::target_path(value));
            TRY(Intake::note_maker(transaction, actor, id));
            transaction.put(row);
            transaction.change("release", id.text(), state_json(row));
            transaction.audit({actor.text(), "release.change", "release " + id.text(), content_json(*stored),
                               content_json(row), ""});
            return {};
        },
        std::move(done));
}

std::uint64_t Releases::floor(device::TenantId tenant, ReleaseId id) const {
    return read_floor(core_.control.document(tenant, floor_name(id)));
}

void Releases::publish(access::Actor actor, ReleaseId id, std::string why,
                       std::function<void(base::Status)> done) {
    if (base::Status allowed = fleet::may_do(actor, access::Action::release_publish); !allowed.ok())
        return done(std::move(allowed));
    const device::TenantId tenant = fleet::tenant_of(actor);
    std::vector<ReleaseRow> drafts;
    if (const Held<ReleaseRow> stored = core_.control.find<ReleaseRow>(tenant, id);
        stored && stored->state == "draft")
        drafts.push_back(*stored);
    intake_.look(tenant, std::move(drafts), [=, this](Intake::Looked looked) {
        core_.writer.submit(
            shard::control_of(tenant), shard::Priority::person,
            [this, actor, id, why, looked = std::move(looked)](Transaction& transaction) {
                return publish_now(transaction, actor, id, why, looked);
            },
            done);
    });
}

base::Status Releases::publish_now(Transaction& transaction, const access::Actor& actor, ReleaseId id,
                                   const std::string& why, const Intake::Looked& looked) const {
    const Held<ReleaseRow> stored = transaction.find<ReleaseRow>(id);
    if (!stored) return base::not_found("there is no such release");
    if (stored->state == "published") return {};
    if (stored->state != "draft")
        return base::conflict("a release that was withdrawn stays withdrawn; create a new version");
    const Held<ArtifactRow> artifact = transaction.find<ArtifactRow>(stored->artifact);
    if (!artifact || artifact->damaged)
        return base::conflict("the artifact of this release is missing or damaged; upload it again");
    TRY(Intake::admit(transaction, *stored, looked));
    trust::Changes changes;
    changes.add[stored->target_path] = target_of(*stored, *artifact, floor_of(transaction, id));
    TRY(repository_.publish(transaction, changes));
    ReleaseRow row = *stored;
    row.state = "published";
    row.published = transaction.now();
    transaction.put(row);
    transaction.change("release", id.text(), state_json(row));
    transaction.audit(
        {actor.text(), "release.publish", "release " + id.text(), state_json(*stored), state_json(row), why});
    return {};
}

void Releases::withdraw(access::Actor actor, ReleaseId id, std::string why,
                        std::function<void(base::Status)> done) {
    if (base::Status allowed = fleet::may_do(actor, access::Action::release_withdraw); !allowed.ok())
        return done(std::move(allowed));
    core_.writer.submit(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [this, actor, id, why](Transaction& transaction) -> base::Status {
            const Held<ReleaseRow> stored = transaction.find<ReleaseRow>(id);
            if (!stored) return base::not_found("there is no such release");
            if (stored->state == "withdrawn") return {};
            // A level has no file, so that it is not in the list that is signed.
            if (stored->state == "published" && !stored->target_path.empty()) {
                trust::Changes changes;
                changes.remove.push_back(stored->target_path);
                TRY(repository_.publish(transaction, changes));
            }
            ReleaseRow row = *stored;
            row.state = "withdrawn";
            transaction.put(row);
            transaction.change("release", id.text(), state_json(row));
            transaction.audit({actor.text(), "release.withdraw", "release " + id.text(), state_json(*stored),
                               state_json(row), why});
            return {};
        },
        std::move(done));
}

base::Result<metadata::Ceremony> Releases::prepare(device::TenantId tenant, ReleaseId id) const {
    const Held<ReleaseRow> stored = core_.control.find<ReleaseRow>(tenant, id);
    if (!stored) return base::not_found("there is no such release");
    if (stored->state != "draft") return base::conflict("this release is no draft any more");
    const Held<ArtifactRow> artifact = core_.control.find<ArtifactRow>(tenant, stored->artifact);
    if (!artifact || artifact->damaged)
        return base::conflict("the artifact of this release is missing or damaged; upload it again");
    trust::Changes changes;
    changes.add[stored->target_path] = target_of(*stored, *artifact, floor(tenant, id));
    return repository_.draft(tenant, changes);
}

namespace {

// The rows that change when this list takes the place of the present one.
base::Result<std::vector<ReleaseRow>> changed_by(Transaction& transaction, const trust::Targets& present,
                                                 const trust::Targets& next) {
    // Who else may list releases is not drafted here, nor is anything that has no name here: both would be
    // believed by devices without having been a draft.
    trust::Targets bare = next;
    bare.files = present.files;
    if (!trust::differences(bare, present).empty())
        return base::denied("it changes who else may list releases, or fields that are not known here");
    std::vector<ReleaseRow> changed;
    std::map<std::string, ReleaseRow> rows;
    for (const Held<ReleaseRow>& row : transaction.list<ReleaseRow>())
        if (row->state != "withdrawn") rows.emplace(row->target_path, *row);
    for (const auto& [path, file] : next.files) {
        const auto before = present.files.find(path);
        if (before != present.files.end() && before->second == file) continue;
        const auto row = rows.find(path);
        if (row == rows.end() || row->second.state != "draft")
            return base::denied("it lists " + path + ", which is no draft of a release here");
        const Held<ArtifactRow> artifact = transaction.find<ArtifactRow>(row->second.artifact);
        if (!artifact || artifact->damaged)
            return base::conflict("the artifact of " + path + " is missing or damaged; upload it again");
        if (file != target_of(row->second, *artifact, floor_of(transaction, row->second.id)))
            return base::denied("it says something else of " + path + " than the draft of that release");
        row->second.state = "published";
        row->second.published = transaction.now();
        changed.push_back(row->second);
    }
    for (const auto& [path, file] : present.files) {
        if (next.files.contains(path)) continue;
        if (const auto row = rows.find(path); row != rows.end()) {
            row->second.state = "withdrawn";
            changed.push_back(row->second);
        }
    }
    return changed;
}

} // namespace

// What a list from elsewhere would publish is looked at before the command, which reads no file.
std::vector<ReleaseRow> Releases::drafts_in(device::TenantId tenant,
                                            const metadata::Ceremony& ceremony) const {
    std::vector<ReleaseRow> drafts;
    for (const metadata::Ceremony::Document& document : ceremony.documents) {
        if (document.role != "targets") continue;
        const auto next =
            metadata::JsonReader().targets(metadata::envelope(document.signed_json, document.signatures));
        if (!next.ok()) continue; // the command says so
        for (const Held<ReleaseRow>& row : core_.control.list<ReleaseRow>(tenant))
            if (row->state == "draft" && next->document.files.contains(row->target_path))
                drafts.push_back(*row);
    }
    return drafts;
}

void Releases::adopt(device::TenantId tenant, std::string by, metadata::Ceremony ceremony,
                     std::function<void(base::Status)> done) {
    std::vector<ReleaseRow> drafts = drafts_in(tenant, ceremony);
    intake_.look(tenant, std::move(drafts),
                 [this, tenant, by = std::move(by), ceremony = std::move(ceremony),
                  done = std::move(done)](Intake::Looked looked) {
                     core_.writer.submit(
                         shard::control_of(tenant), shard::Priority::person,
                         [this, by, ceremony, looked = std::move(looked)](Transaction& transaction) {
                             return adopt_now(transaction, by, ceremony, looked);
                         },
                         done);
                 });
}

base::Status Releases::adopt_now(Transaction& transaction, const std::string& by,
                                 const metadata::Ceremony& ceremony, const Intake::Looked& looked) const {
    std::vector<ReleaseRow> changed;
    std::string what;
    for (const metadata::Ceremony::Document& document : ceremony.documents) {
        what += (what.empty() ? "" : ", ") + document.role;
        if (document.role != "targets") continue;
        const metadata::JsonReader reader;
        TRY_VALUE(const Repository::Present now, repository_.present(transaction.tenant()));
        // A list that was drafted before another one was published would take that release away again.
        if (now.targets != base::as_text(ceremony.present_targets))
            return base::conflict("another list of releases was issued while this one was being signed; "
                                  "prepare it again");
        TRY_VALUE(const auto present, reader.targets(base::as_bytes(now.targets)));
        TRY_VALUE(const auto next,
                  reader.targets(metadata::envelope(document.signed_json, document.signatures)));
        TRY_VALUE(changed, changed_by(transaction, present.document, next.document));
    }
    for (const ReleaseRow& row : changed)
        if (row.state == "published") TRY(Intake::admit(transaction, row, looked));
    TRY(repository_.adopt(transaction, ceremony.documents));
    for (const ReleaseRow& row : changed) {
        transaction.put(row);
        transaction.change("release", row.id.text(), state_json(row));
        transaction.audit({by, row.state == "published" ? "release.publish" : "release.withdraw",
                           "release " + row.id.text(), "", state_json(row), "signed elsewhere"});
    }
    transaction.audit({by, "trust.adopt", "tuf", "", "", "signed elsewhere: " + what});
    return {};
}

void Releases::rehash_one() {
    for (const device::TenantId tenant : core_.control.tenants()) {
        Held<ArtifactRow> oldest;
        for (const Held<ArtifactRow>& artifact : core_.control.list<ArtifactRow>(tenant))
            if (!oldest ||
                artifact->verified_at.value_or(artifact->at) < oldest->verified_at.value_or(oldest->at))
                oldest = artifact;
        if (!oldest) continue;
        background_.post([this, tenant, digest = oldest->digest, name = oldest->name] {
            const base::Status sound = blobs_.rehash(digest);
            // Not readable now is not damaged: it is the next one again.
            if (!sound.ok() && sound.error().kind == base::ErrorKind::unavailable)
                return log_.write(base::LogLevel::warning, "release",
                                  "artifact " + name + " could not be read: " + sound.error().text());
            const bool damaged = !sound.ok();
            if (damaged)
                log_.write(base::LogLevel::error, "release",
                           "artifact " + name + " is no longer offered: " + sound.error().text());
            core_.writer.submit(
                shard::control_of(tenant), shard::Priority::telemetry,
                [digest, damaged](Transaction& transaction) -> base::Status {
                    const Held<ArtifactRow> stored = transaction.find<ArtifactRow>(digest);
                    if (!stored) return {};
                    ArtifactRow row = *stored;
                    row.verified_at = transaction.now();
                    if (damaged != row.damaged) {
                        row.damaged = damaged;
                        transaction.change("artifact", digest.hex(),
                                           damaged ? R"({"damaged":true})" : R"({"damaged":false})");
                        transaction.audit({"oakumd", damaged ? "artifact.damaged" : "artifact.sound",
                                           "artifact " + digest.hex(), "", "",
                                           "re-hashed in the background"});
                    }
                    transaction.put(row);
                    return {};
                },
                [](base::Status) {});
        });
    }
}

} // namespace oakum::releases
