// SPDX-License-Identifier: Apache-2.0
#include <releases/intake.hpp>

#include "floors.hpp"

#include <artifact/release.hpp>
#include <component/purl.hpp>
#include <intake_files/policy_json.hpp>
#include <intake_files/record_json.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>
#include <vendor_files/proofs.hpp>

#include <algorithm>
#include <charconv>

namespace oakum::releases {

using access::Action;
using device::TenantId;
using intake::Check;
using intake::Line;
using intake::Record;
using ports::ArtifactRow;
using ports::DocumentRow;
using ports::ReleaseId;
using ports::ReleaseRow;
using shard::Held;
using shard::Transaction;

namespace {

constexpr std::size_t kMostFiles = 64; // that SBOMs of one set describe

std::string record_name(ReleaseId id) {
    return "intake/" + id.text();
}
std::string uploaders_name(const base::Digest256& artifact) {
    return "artifact-by/" + artifact.hex();
}
std::string attached_name(const base::Digest256& artifact) {
    return "attached/" + artifact.hex();
}
std::string sbom_name(device::SetId set) {
    return "sbom-of/" + set.get().hex();
}

// What is kept cannot be read only when it is damaged: then nobody decided anything, and nothing is let go.
Record read_record(const std::string& body) {
    return intake_files::read_record(body).value_or(Record());
}
intake::Policy read_policy(const std::string& body) {
    return intake_files::read_policy(body).value_or(intake::Policy::strictest());
}

std::vector<intake::Attachment> read_attachments(const std::string& body) {
    return intake_files::read_attachments(body).value_or(std::vector<intake::Attachment>());
}
std::vector<std::string> texts_of(const std::vector<intake::Attachment>& attachments) {
    std::vector<std::string> texts;
    for (const intake::Attachment& each : attachments)
        texts.push_back(each.text);
    return texts;
}

// Two policies that ask for the same have one text, whoever wrote it down.
base::Digest256 digest_of_policy(const intake::Policy& policy) {
    std::string text;
    for (const intake::Rule& rule : intake::rules())
        text.append(rule.name).append(policy.asks(rule.check) ? "=on\n" : "=off\n");
    json::Writer writer(text);
    writer.begin_array();
    for (const intake::Signer& signer : policy.signers()) {
        writer.begin_object().member("name", signer.name);
        intake_files::write_signer(writer, signer);
        writer.end_object();
    }
    writer.end_array();
    return base::sha256(text);
}

std::vector<std::string> read_files(const std::string& body) {
    std::vector<std::string> files;
    const auto list = json::parse(body);
    if (list.ok() && list->is_array())
        for (const json::Value& each : list->items())
            files.emplace_back(each.text());
    return files;
}

// The newest state of a tenant's tables, inside a command or outside of it.
struct Tables {
    std::function<Held<ArtifactRow>(const base::Digest256&)> artifact;
    std::function<std::vector<Held<ReleaseRow>>()> releases;
    std::function<std::string(const std::string&)> document;
};

Tables tables_of(const Transaction& transaction) {
    return {[&](const base::Digest256& digest) { return transaction.find<ArtifactRow>(digest); },
            [&] { return transaction.list<ReleaseRow>(); },
            [&](const std::string& name) { return transaction.document(name); }};
}

Tables tables_of(const fleet::Core& core, TenantId tenant) {
    return {[&core, tenant](const base::Digest256& digest) {
                return core.control.find<ArtifactRow>(tenant, digest);
            },
            [&core, tenant] { return core.control.list<ReleaseRow>(tenant); },
            [&core, tenant](const std::string& name) { return core.control.document(tenant, name); }};
}

intake::Candidate candidate_of(const Tables& tables, const ReleaseRow& row) {
    intake::Candidate candidate;
    intake::Content& content = candidate.content;
    content.name = row.name;
    content.version = row.version;
    content.min_from = row.min_from;
    content.floor = tables.document(floor_name(row.id));
    content.models = row.models;
    content.hw_revisions = row.hw_revisions;
    content.artifact = row.artifact;
    if (row.set != device::SetId{}) content.sbom = row.set.get().hex();
    if (const Held<ArtifactRow> artifact = tables.artifact(row.artifact)) {
        content.artifact_name = artifact->name;
        candidate.held = !artifact->damaged;
        candidate.length = artifact->length;
        candidate.read_again = artifact->verified_at.value_or(artifact->at);
    }
    for (const Held<ReleaseRow>& other : tables.releases())
        if (other->name == row.name && other->id != row.id && other->state == "published")
            candidate.published.push_back(other->version);
    if (!content.sbom.empty()) candidate.sbom_files = read_files(tables.document(sbom_name(row.set)));
    return candidate;
}

struct Standing {
    Record record;
    base::Digest256 content;
    std::vector<Line> lines;
};

Standing standing_of(const Tables& tables, const ReleaseRow& row, const intake::Found& found) {
    Standing standing;
    standing.record = read_record(tables.document(record_name(row.id)));
    intake::Candidate candidate = candidate_of(tables, row);
    const intake::Policy policy = read_policy(tables.document(Intake::kPolicy));
    candidate.trust = intake::digest_of_trust(
        policy, texts_of(read_attachments(tables.document(attached_name(row.artifact)))));
    standing.content = intake::digest_of(candidate.content);
    standing.lines = intake::judge(policy, candidate, found, standing.record);
    return standing;
}

// The statements that count stand among those that are attached; which of them did is in the line's evidence.
intake::Grounds grounds_of(const Tables& tables, const ReleaseRow& row, const std::vector<Line>& lines) {
    intake::Grounds grounds{digest_of_policy(read_policy(tables.document(Intake::kPolicy))), {}};
    const auto built = std::ranges::find(lines, Check::provenance, &Line::check);
    if (built == lines.end() || built->verdict != intake::Verdict::passed) return grounds;
    for (const intake::Attachment& each : read_attachments(tables.document(attached_name(row.artifact))))
        if (vendor_files::kind_of_attachment(each.text).value_or(intake::SignatureKind::minisign) ==
            intake::SignatureKind::provenance)
            grounds.statements.push_back({each.name, base::sha256(each.text)});
    return grounds;
}

base::Result<Held<ReleaseRow>> draft_of(const Transaction& transaction, ReleaseId id) {
    const Held<ReleaseRow> row = transaction.find<ReleaseRow>(id);
    if (!row) return base::not_found("there is no such release");
    if (row->state != "draft")
        return base::conflict("this release is " + row->state + ", and was decided with that");
    return row;
}

base::Status check_why(const std::string& why) {
    if (why.empty()) return base::invalid("say why").at("/why");
    if (why.size() > intake::kLongestWhy)
        return base::invalid("a reason of at most " + std::to_string(intake::kLongestWhy) + " bytes")
            .at("/why");
    return {};
}

// Errors: conflict when it is not known who made it: then it could be this very person.
base::Status may_approve(const Transaction& transaction, const access::Actor& actor, const ReleaseRow& row,
                         const Record& record) {
    const Record uploaded = read_record(transaction.document(uploaders_name(row.artifact)));
    if (record.makers.empty())
        return base::conflict("who made this draft is not known here, since it came before that was kept; "
                              "change it once (oakum release change), then somebody else can approve it");
    if (uploaded.makers.empty())
        return base::conflict(
            "who uploaded its artifact is not known here, since it came before that was kept; "
            "upload the same file again, then somebody else can approve it");
    for (const std::vector<std::string>* makers : {&record.makers, &uploaded.makers})
        for (const std::string& maker : *makers)
            TRY(access::may_approve(actor, maker, access::SecondPerson::required).status());
    return {};
}

std::string decision_json(const intake::Decision& decision) {
    std::string text;
    json::Writer(text)
        .begin_object()
        .member("approved", decision.approved)
        .member("content", decision.content.hex())
        .end_object();
    return text;
}

} // namespace

std::uint64_t read_floor(const std::string& body) {
    std::uint64_t counter = 0;
    std::from_chars(body.data(), body.data() + body.size(), counter);
    return counter;
}

base::Result<intake::Policy> Intake::policy(const access::Actor& actor) const {
    TRY(fleet::may_do(actor, Action::policy_read));
    return read_policy(core_.control.document(fleet::tenant_of(actor), kPolicy));
}

void Intake::set_policy(const access::Actor& actor, std::map<Check, bool> changes, std::string why,
                        shard::Completion<intake::Policy> done) {
    change_policy(
        actor, "setting.intake",
        [changes = std::move(changes)](const intake::Policy& policy) { return policy.with(changes); },
        std::move(why), std::move(done));
}

void Intake::trust(const access::Actor& actor, intake::Signer signer, std::string why,
                   shard::Completion<intake::Policy> done) {
    if (base::Status sound = vendor_files::check_key(signer); !sound.ok())
        return done(std::move(sound).error());
    change_policy(
        actor, "setting.intake.trust",
        [signer = std::move(signer)](const intake::Policy& policy) { return policy.with(signer); },
        std::move(why), std::move(done));
}

void Intake::distrust(const access::Actor& actor, std::string name, std::string why,
                      shard::Completion<intake::Policy> done) {
    change_policy(
        actor, "setting.intake.distrust",
        [name = std::move(name)](const intake::Policy& policy) { return policy.without(name); },
        std::move(why), std::move(done));
}

void Intake::change_policy(const access::Actor& actor, std::string deed, Edit edit, std::string why,
                           shard::Completion<intake::Policy> done) {
    if (auto allowed = fleet::may_do(actor, Action::policy_edit); !allowed.ok())
        return done(std::move(allowed).error());
    core_.writer.submit<intake::Policy>(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [actor, deed = std::move(deed), edit = std::move(edit),
         why = std::move(why)](Transaction& transaction) -> base::Result<intake::Policy> {
            const std::string before = transaction.document(kPolicy);
            TRY_VALUE(intake::Policy policy, edit(read_policy(before)));
            const std::string after = intake_files::write_policy(policy);
            if (before == after) return policy;
            transaction.put(DocumentRow{kPolicy, after});
            transaction.audit({actor.text(), deed, kPolicy, before.empty() ? "{}" : before,
                               after.empty() ? "{}" : after, why});
            transaction.change("release", "");
            return policy;
        },
        std::move(done));
}

void Intake::attach(const access::Actor& actor, const base::Digest256& artifact, std::string name,
                    std::string text, std::function<void(base::Status)> done) {
    const auto allowed = [&]() -> base::Status {
        TRY(fleet::may_do(actor, Action::artifact_upload));
        if (base::Status sound = artifact::check_name(name); !sound.ok())
            return std::move(sound).error().at("/name");
        if (const auto kind = vendor_files::kind_of_attachment(text); !kind.ok())
            return base::Error(kind.error()).at("/text");
        return {};
    }();
    if (!allowed.ok()) return done(base::Error(allowed.error()));
    core_.writer.submit(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [actor, artifact, name = std::move(name),
         text = std::move(text)](Transaction& transaction) -> base::Status {
            if (!transaction.find<ArtifactRow>(artifact))
                return base::not_found("there is no artifact with this digest; upload it first");
            std::vector<intake::Attachment> held =
                read_attachments(transaction.document(attached_name(artifact)));
            std::erase_if(held, [&](const intake::Attachment& each) { return each.name == name; });
            held.push_back({name, actor.text(), transaction.now(), text});
            std::size_t bytes = 0;
            for (const intake::Attachment& each : held)
                bytes += each.text.size();
            if (held.size() > intake::kMostAttachments || bytes > intake::kLargestAttachments)
                return base::conflict(
                    "an artifact has at most 16 attachments, of 1 MiB together; remove one first");
            transaction.put(DocumentRow{attached_name(artifact), intake_files::write_attachments(held)});
            transaction.change("artifact", artifact.hex());
            transaction.audit({actor.text(), "artifact.attach", "artifact " + artifact.hex(), "",
                               R"({"sha256":")" + base::sha256(text).hex() + R"("})", name});
            return {};
        },
        std::move(done));
}

void Intake::detach(const access::Actor& actor, const base::Digest256& artifact, std::string name,
                    std::function<void(base::Status)> done) {
    if (auto allowed = fleet::may_do(actor, Action::artifact_upload); !allowed.ok())
        return done(std::move(allowed));
    core_.writer.submit(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [actor, artifact, name = std::move(name)](Transaction& transaction) -> base::Status {
            std::vector<intake::Attachment> held =
                read_attachments(transaction.document(attached_name(artifact)));
            if (std::erase_if(held, [&](const intake::Attachment& each) { return each.name == name; }) == 0)
                return base::not_found("nothing of that name is attached to it");
            transaction.put(DocumentRow{attached_name(artifact), intake_files::write_attachments(held)});
            transaction.change("artifact", artifact.hex());
            transaction.audit({actor.text(), "artifact.detach", "artifact " + artifact.hex(), "", "", name});
            return {};
        },
        std::move(done));
}

std::vector<intake::Attachment> Intake::attachments(TenantId tenant, const base::Digest256& artifact) const {
    return read_attachments(core_.control.document(tenant, attached_name(artifact)));
}

intake::Found Intake::examine(TenantId tenant, const ReleaseRow& release) const {
    const Examiner::Asked asked{read_policy(core_.control.document(tenant, kPolicy)),
                                texts_of(attachments(tenant, release.artifact))};
    intake::Found found = examiner_.examine(tenant, release, asked);
    found.trust = intake::digest_of_trust(asked.policy, asked.attached);
    return found;
}

Intake::View Intake::view(TenantId tenant, const ReleaseRow& release) const {
    const Tables tables = tables_of(core_, tenant);
    Standing now = standing_of(tables, release, examine(tenant, release));
    View view{std::move(now.lines), std::move(now.record), now.content};
    if (release.state == "draft") return view;
    // Whether its bytes are whole is of now; all else is as it was decided.
    Line artifact = std::move(view.lines.front());
    view.lines = view.record.lines;
    std::erase_if(view.lines, [](const Line& line) { return line.check == Check::artifact; });
    view.lines.insert(view.lines.begin(), std::move(artifact));
    return view;
}

base::Result<attestations::Summary> Intake::summary(TenantId tenant, const ReleaseRow& release) const {
    const std::string called = release.name + " " + release.version;
    if (release.state != "published")
        return base::conflict(called + " is " + (release.state == "draft" ? "a draft" : release.state) +
                              ": a summary is of what is published");
    const Tables tables = tables_of(core_, tenant);
    const Record record = read_record(tables.document(record_name(release.id)));
    if (!record.published || !record.grounds)
        return base::conflict(called +
                              " was published by an earlier version of Oakum, which did not keep what a "
                              "summary says; publish a new version");
    attestations::Summary summary;
    const Held<ArtifactRow> artifact = tables.artifact(release.artifact);
    summary.subjects = {{artifact ? artifact->name : "", release.artifact}};
    summary.verified = *record.published;
    component::Purl purl;
    purl.type = "generic";
    purl.name = release.name;
    purl.version = release.version;
    summary.resource = purl.text();
    summary.policy = record.grounds->policy;
    for (const intake::Grounds::Statement& each : record.grounds->statements)
        summary.inputs.push_back({each.name, each.sha256});
    summary.passed = true;
    summary.levels = intake::verified_by(record.lines);
    return summary;
}

bool Intake::awaits_approval(TenantId tenant, const ReleaseRow& release) const {
    if (release.state != "draft") return false;
    const Tables tables = tables_of(core_, tenant);
    if (!read_policy(tables.document(kPolicy)).asks(Check::approval)) return false;
    const auto decision = read_record(tables.document(record_name(release.id))).decision;
    return !decision || decision->content != intake::digest_of(candidate_of(tables, release).content);
}

void Intake::decide(const access::Actor& actor, ReleaseId id, Deed deed, std::string why,
                    std::function<void(base::Status)> done) {
    const auto allowed = [&]() -> base::Status {
        TRY(fleet::may_do(actor, Action::release_publish));
        return check_why(why);
    }();
    if (!allowed.ok()) return done(base::Error(allowed.error()));
    core_.writer.submit(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [actor, id, deed, why = std::move(why)](Transaction& transaction) -> base::Status {
            TRY_VALUE(const Held<ReleaseRow> row, draft_of(transaction, id));
            Record record = read_record(transaction.document(record_name(id)));
            if (deed == Deed::approve) TRY(may_approve(transaction, actor, *row, record));
            const std::string before = record.decision ? decision_json(*record.decision) : "";
            record.decision =
                intake::Decision{deed == Deed::approve, actor.text(), why, transaction.now(),
                                 intake::digest_of(candidate_of(tables_of(transaction), *row).content)};
            transaction.put(DocumentRow{record_name(id), intake_files::write_record(record)});
            transaction.change("release", id.text());
            transaction.audit({actor.text(), deed == Deed::approve ? "release.approve" : "release.refuse",
                               "release " + id.text(), before, decision_json(*record.decision), why});
            return {};
        },
        std::move(done));
}

void Intake::let_through(const access::Actor& actor, ReleaseId id, Check check, std::string why,
                         std::function<void(base::Status)> done) {
    const auto allowed = [&]() -> base::Status {
        TRY(fleet::may_do(actor, Action::policy_edit));
        if (!intake::rule_of(check).overridable)
            return base::invalid("nobody lets a release through this check; mend what it says").at("/check");
        return check_why(why);
    }();
    if (!allowed.ok()) return done(base::Error(allowed.error()));
    const TenantId tenant = fleet::tenant_of(actor);
    const Held<ReleaseRow> stored = core_.control.find<ReleaseRow>(tenant, id);
    if (!stored) return done(base::not_found("there is no such release"));
    look(tenant, {*stored},
         [this, actor, tenant, id, check, why = std::move(why), done = std::move(done)](Looked looked) {
             core_.writer.submit(
                 shard::control_of(tenant), shard::Priority::person,
                 [actor, id, check, why,
                  found = std::move(looked[id])](Transaction& transaction) -> base::Status {
                     TRY_VALUE(const Held<ReleaseRow> row, draft_of(transaction, id));
                     Standing standing = standing_of(tables_of(transaction), *row, found);
                     const auto line = std::ranges::find(standing.lines, check, &Line::check);
                     if (line == standing.lines.end() || line->verdict != intake::Verdict::failed)
                         return base::conflict("this check stops nothing: " + line->evidence);
                     intake::Override wish{check, actor.text(), why, transaction.now(), standing.content, {}};
                     if (check == Check::exploited && found.compared) wish.about = found.compared->exploited;
                     intake::add_override(standing.record, std::move(wish));
                     transaction.put(
                         DocumentRow{record_name(id), intake_files::write_record(standing.record)});
                     transaction.change("release", id.text());
                     transaction.audit({actor.text(), "release.let-through", "release " + id.text(), "",
                                        R"({"check":")" + std::string(intake::to_string(check)) + R"("})",
                                        why});
                     return {};
                 },
                 done);
         });
}

void Intake::note_sbom(TenantId tenant, device::SetId set, std::vector<std::string> files,
                       std::function<void(base::Status)> done) {
    if (files.empty()) return done({});
    core_.writer.submit(
        shard::control_of(tenant), shard::Priority::person,
        [set, files = std::move(files)](Transaction& transaction) -> base::Status {
            std::vector<std::string> known = read_files(transaction.document(sbom_name(set)));
            const std::vector<std::string> before = known;
            for (const std::string& file : files)
                if (std::ranges::find(known, file) == known.end()) known.push_back(file);
            if (known.size() > kMostFiles)
                known.erase(known.begin(), known.end() - static_cast<std::ptrdiff_t>(kMostFiles));
            if (known == before) return {};
            std::string text;
            json::Writer writer(text);
            writer.begin_array();
            for (const std::string& file : known)
                writer.value(file);
            writer.end_array();
            transaction.put(DocumentRow{sbom_name(set), text});
            return {};
        },
        std::move(done));
}

void Intake::look(TenantId tenant, std::vector<ReleaseRow> drafts, std::function<void(Looked)> then) {
    background_.post([this, tenant, drafts = std::move(drafts), then = std::move(then)] {
        Looked looked;
        for (const ReleaseRow& draft : drafts)
            looked.emplace(draft.id, examine(tenant, draft));
        then(std::move(looked));
    });
}

base::Status Intake::note_maker(Transaction& transaction, const access::Actor& actor, ReleaseId id) {
    Record record = read_record(transaction.document(record_name(id)));
    TRY(intake::add_maker(record, actor.text()));
    transaction.put(DocumentRow{record_name(id), intake_files::write_record(record)});
    return {};
}

base::Status Intake::note_uploader(Transaction& transaction, const access::Actor& actor,
                                   const base::Digest256& artifact) {
    const std::string name = uploaders_name(artifact);
    Record record = read_record(transaction.document(name));
    const std::size_t before = record.makers.size();
    TRY(intake::add_maker(record, actor.text()));
    if (record.makers.size() != before)
        transaction.put(DocumentRow{name, intake_files::write_record(record)});
    return {};
}

base::Status Intake::admit(Transaction& transaction, const ReleaseRow& draft, const Looked& looked) {
    const auto found = looked.find(draft.id);
    const std::string called = draft.name + " " + draft.version;
    if (found == looked.end())
        return base::conflict(called + " was not looked at before it was to be published; publish it again");
    Standing standing = standing_of(tables_of(transaction), draft, found->second);
    if (const std::string stops = intake::what_stops(standing.lines); !stops.empty())
        return base::conflict(called + " is not published, and stays a draft. " + stops);
    standing.record.published = transaction.now();
    standing.record.grounds = grounds_of(tables_of(transaction), draft, standing.lines);
    standing.record.lines = std::move(standing.lines);
    transaction.put(DocumentRow{record_name(draft.id), intake_files::write_record(standing.record)});
    return {};
}

} // namespace oakum::releases
