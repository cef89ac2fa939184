// SPDX-License-Identifier: Apache-2.0
#include "release_examiner.hpp"

#include <mender_api/artifact.hpp>
#include <vendor_files/sniff.hpp>

#include <algorithm>
#include <fstream>
#include <set>

namespace oakum::server {

using device::TenantId;
using ports::ReleaseRow;

namespace {

// Advisories that are open in a set: affected ones, by index.
std::set<std::uint32_t> open_in(const assessment::AssessedSet& set) {
    std::set<std::uint32_t> open;
    for (const advisory::SetVerdict& found : set.assessment.verdicts)
        if (found.verdict.verdict == advisory::Verdict::affected) open.insert(found.verdict.advisory);
    return open;
}

// At most so many bytes from there.
std::string read_from(std::ifstream& file, std::uint64_t at, std::size_t bytes) {
    std::string text(bytes, '\0');
    file.clear();
    file.seekg(static_cast<std::streamoff>(at));
    file.read(text.data(), static_cast<std::streamsize>(bytes));
    text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
    return text;
}

} // namespace

void ReleaseExaminer::read(const ReleaseRow& draft, const Asked& asked, intake::Found& found) const {
    const auto path = blobs_.path(draft.artifact);
    if (!path.ok()) {
        found.unreadable = "The artifact cannot be read: " + path.error().message + ".";
        return;
    }
    std::error_code error;
    found.length = std::filesystem::file_size(*path, error);
    std::ifstream file(*path, std::ios::binary);
    if (error || !file) {
        found.unreadable = "The artifact cannot be read; the server's log says more.";
        return;
    }
    const std::string beginning = read_from(file, 0, vendor_files::kBeginning);
    const std::size_t end = std::min<std::uint64_t>(found.length, vendor_files::kEnd);
    const std::string tail = read_from(file, found.length - end, end);
    found.kind = vendor_files::sniff({beginning, tail, found.length});
    if (found.kind == intake::FileKind::tar && mender_api::is_artifact(beginning)) {
        found.kind = intake::FileKind::mender;
        if (const auto head = mender_api::read_artifact_head(read_from(file, 0, mender_api::kArtifactHead));
            head.ok())
            found.installs_on = head->device_types;
    }
    vendor_files::Seen seen = proofs(draft, found.kind, asked);
    found.signatures = std::move(seen.signatures);
    found.statements = std::move(seen.statements);
    found.version = std::move(seen.version);
    found.counter = seen.counter;
}

vendor_files::Seen ReleaseExaminer::proofs(const ReleaseRow& row, intake::FileKind kind,
                                           const Asked& asked) const {
    const base::TimePoint now = core_.clock.now();
    const std::string key = row.name + "/" + row.artifact.hex() + "/" +
                            intake::digest_of_trust(asked.policy, asked.attached).hex();
    {
        const base::Lock lock(mutex_);
        if (const auto kept = kept_.find(key);
            kept != kept_.end() && now >= kept->second.at && now - kept->second.at < kKeptFor)
            return kept->second.seen;
    }
    const auto path = blobs_.path(row.artifact);
    if (!path.ok()) return {};
    std::error_code error;
    vendor_files::Artifact artifact;
    artifact.file.length = std::filesystem::file_size(*path, error);
    if (error) return {};
    std::ifstream file(*path, std::ios::binary);
    artifact.file.read = [&file](std::uint64_t at, std::size_t bytes) -> base::Result<base::Bytes> {
        const std::string piece = read_from(file, at, bytes);
        if (file.bad()) return base::unavailable("the artifact cannot be read");
        const base::ByteView view = base::as_bytes(piece);
        return base::Bytes(view.begin(), view.end());
    };
    artifact.kind = kind;
    artifact.digest = row.artifact;
    artifact.attached = asked.attached;
    vendor_files::Seen seen = vendor_files::look_for_proofs(artifact, asked.policy.signers(), row.name, now);
    const base::Lock lock(mutex_);
    if (kept_.size() >= kMostKept) kept_.clear();
    kept_[key] = {now, seen};
    return seen;
}

void ReleaseExaminer::look_back(TenantId tenant, const ReleaseRow& draft, intake::Found& found) const {
    std::shared_ptr<const ReleaseRow> newest;
    for (const auto& other : core_.control.list<ReleaseRow>(tenant))
        if (other->name == draft.name && other->counter < draft.counter && other->state == "published" &&
            (!newest || other->counter > newest->counter))
            newest = other;
    if (!newest) return;
    found.counter_before = proofs(*newest, intake::FileKind::mcuboot, {}).counter;
    found.before = newest->name + " " + newest->version;
}

intake::Found ReleaseExaminer::examine(TenantId tenant, const ReleaseRow& draft, const Asked& asked) const {
    intake::Found found;
    found.artifact = draft.artifact;
    read(draft, asked, found);
    if (found.counter) look_back(tenant, draft, found);
    if (draft.set == device::SetId{}) return found;
    if (const auto components = core_.software.components(tenant, draft.set); components.ok())
        found.components = components->size();
    if (const auto known = effect(tenant, draft)) {
        intake::Compared compared{known->against, known->fixes.size(), known->brings.size(), {}};
        for (const std::uint32_t index : known->brings)
            if (const advisory::AdvisoryView view = known->made->knowledge->file.advisory(index);
                view.exploited)
                compared.exploited.emplace_back(view.id);
        std::ranges::sort(compared.exploited);
        found.compared = std::move(compared);
    }
    return found;
}

std::shared_ptr<const ReleaseRow> ReleaseExaminer::previous(TenantId tenant, const ReleaseRow& row) const {
    std::shared_ptr<const ReleaseRow> previous;
    for (const auto& other : core_.control.list<ReleaseRow>(tenant))
        if (other->name == row.name && other->counter < row.counter && other->set != device::SetId{} &&
            other->published && (!previous || other->counter > previous->counter))
            previous = other;
    return previous;
}

std::optional<ReleaseExaminer::Effect> ReleaseExaminer::effect(TenantId tenant, const ReleaseRow& row) const {
    if (row.set == device::SetId{}) return std::nullopt;
    Effect effect;
    effect.made = assessor_.assess(tenant, row.set);
    if (!effect.made) return std::nullopt;
    std::set<std::uint32_t> before;
    const auto compare = [&](device::SetId set, const std::string& against) {
        const auto assessed = assessor_.assess(tenant, set);
        if (!assessed || assessed->knowledge != effect.made->knowledge) return;
        before.merge(open_in(*assessed));
        effect.against = against;
    };
    if (const auto earlier = previous(tenant, row)) {
        compare(earlier->set, earlier->name + " " + earlier->version);
    } else {
        for (const auto& firmware : core_.control.list<ports::FirmwareRow>(tenant))
            if (firmware->set != row.set && firmware->version != row.version &&
                std::find(row.models.begin(), row.models.end(), firmware->model) != row.models.end())
                compare(firmware->set, "what its models run");
    }
    const std::set<std::uint32_t> after = open_in(*effect.made);
    std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                        std::back_inserter(effect.fixes));
    std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                        std::back_inserter(effect.brings));
    return effect;
}

} // namespace oakum::server
