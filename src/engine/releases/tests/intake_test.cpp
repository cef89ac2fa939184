// SPDX-License-Identifier: Apache-2.0
// What stops a release, who may let it go, and what a decision is about.
#include "world.hpp"

#include <algorithm>

using namespace oakum;
using namespace oakum::releases;
using intake::Check;
using intake::Verdict;

namespace {

access::Actor person(const std::string& name, access::Role role = access::Role::administrator) {
    access::Actor actor;
    actor.tenant = fleet::test::kTenant.get();
    actor.name = name;
    actor.role = role;
    return actor;
}

struct Town : testing::World {
    const access::Actor bert = person("bert", access::Role::approver);
    const base::Digest256 other = base::sha256("other");

    base::Status ask(std::map<Check, bool> changes, const access::Actor* by = nullptr) {
        const auto policy = result<intake::Policy>([&](auto reply) {
            intake.set_policy(by != nullptr ? *by : admin, std::move(changes), "the test", reply);
        });
        return policy.ok() ? base::Status() : base::Status(policy.error());
    }
    base::Status upload(const base::Digest256& bytes, const access::Actor& by) {
        return status([&](auto reply) { releases.add_artifact(by, bytes, 7, "x.tar", reply); });
    }
    base::Status change(ports::ReleaseId id, const access::Actor& by, const base::Digest256& artifact) {
        DraftChange wish;
        wish.artifact = artifact;
        return status([&](auto reply) { releases.change(by, id, wish, reply); });
    }
    base::Status give_sbom(ports::ReleaseId id, device::SetId set) {
        DraftChange wish;
        wish.sbom = set;
        return status([&](auto reply) { releases.change(admin, id, wish, reply); });
    }
    base::Status decide(ports::ReleaseId id, const access::Actor& by,
                        Intake::Deed deed = Intake::Deed::approve, const std::string& why = "tried it") {
        return status([&](auto reply) { intake.decide(by, id, deed, why, reply); });
    }
    base::Status let_through(ports::ReleaseId id, Check check, const access::Actor& by) {
        return status([&](auto reply) { intake.let_through(by, id, check, "no way in", reply); });
    }
    Verdict verdict(ports::ReleaseId id, Check check) {
        const auto lines = intake.view(fleet::test::kTenant, row(id)).lines;
        const auto line = std::ranges::find(lines, check, &intake::Line::check);
        REQUIRE(line != lines.end());
        return line->verdict;
    }
    std::size_t audited(const std::string& action) {
        const auto rows = *history.audit(fleet::test::kTenant, 0, 1000);
        return static_cast<std::size_t>(
            std::ranges::count_if(rows, [&](const auto& each) { return each.action == action; }));
    }
    bool has_document(const std::string& prefix) {
        const auto rows = control.list<ports::DocumentRow>(fleet::test::kTenant);
        return std::ranges::any_of(rows, [&](const auto& each) { return each->name.starts_with(prefix); });
    }
};

base::ErrorKind kind(const base::Status& status) {
    REQUIRE_FALSE(status.ok());
    return status.error().kind;
}

} // namespace

TEST_CASE("a release goes with the lines that let it, which stay as they were") {
    Town town;
    const ports::ReleaseId id = town.published("1.0");
    CHECK(town.verdict(id, Check::type) == Verdict::passed);
    town.examiner.kind = intake::FileKind::swu;
    CHECK(town.verdict(id, Check::type) == Verdict::passed);
    CHECK(town.intake.view(fleet::test::kTenant, town.row(id)).lines.size() == intake::kCheckCount);
}

TEST_CASE("a draft that a check stops stays a draft, and is told why") {
    Town town;
    const ports::ReleaseId id = town.create("1.0").value();
    town.examiner.kind = intake::FileKind::swu;
    const base::Status refused = town.publish(id);
    CHECK(kind(refused) == base::ErrorKind::conflict);
    CHECK(refused.error().message.find(
              "gateway 1.0 is not published, and stays a draft. 1 check stops it. type:") == 0);
    CHECK(town.row(id).state == "draft");
    town.examiner.kind = intake::FileKind::tar;
    CHECK(town.publish(id).ok());
}

TEST_CASE("a version that falls behind what is published is stopped, and is not once that was withdrawn") {
    Town town;
    const ports::ReleaseId newest = town.published("2.0");
    const ports::ReleaseId id = town.create("1.9").value();
    CHECK(kind(town.publish(id)) == base::ErrorKind::conflict);
    REQUIRE(town.status([&](auto reply) { town.releases.withdraw(town.admin, newest, "", reply); }).ok());
    CHECK(town.publish(id).ok());
}

TEST_CASE(
    "whoever made the draft, changed it or uploaded its artifact does not approve it; somebody else does") {
    Town town;
    REQUIRE(town.ask({{Check::approval, true}}).ok());
    const ports::ReleaseId id = town.create("1.0").value();
    CHECK(town.intake.awaits_approval(fleet::test::kTenant, town.row(id)));
    CHECK(kind(town.publish(id)) == base::ErrorKind::conflict);
    CHECK(kind(town.decide(id, town.admin)) == base::ErrorKind::denied);
    access::Actor token = town.admin;
    token.token = access::TokenScopes::of(access::TokenScope::approve);
    token.token_label = "ci";
    CHECK(kind(town.decide(id, token)) == base::ErrorKind::denied);
    const access::Actor dora = person("dora");
    REQUIRE(town.upload(town.other, dora).ok());
    REQUIRE(town.change(id, person("carl"), town.other).ok());
    for (const char* maker : {"anna", "carl", "dora"})
        CHECK_MESSAGE(kind(town.decide(id, person(maker))) == base::ErrorKind::denied, maker);
    CHECK(kind(town.decide(id, person("vera", access::Role::viewer))) == base::ErrorKind::denied);
    CHECK(kind(town.decide(id, town.bert, Intake::Deed::approve, "")) == base::ErrorKind::invalid);
    REQUIRE(town.decide(id, town.bert).ok());
    CHECK_FALSE(town.intake.awaits_approval(fleet::test::kTenant, town.row(id)));
    CHECK(town.audited("release.approve") == 1);
    CHECK(town.publish(id).ok());
    CHECK(kind(town.decide(id, town.bert)) == base::ErrorKind::conflict);
}

TEST_CASE("whoever uploaded the same bytes again does not approve them either") {
    Town town;
    REQUIRE(town.ask({{Check::approval, true}}).ok());
    const ports::ReleaseId id = town.create("1.0").value();
    REQUIRE(town.upload(town.digest, person("dora")).ok());
    CHECK(kind(town.decide(id, person("dora"))) == base::ErrorKind::denied);
}

TEST_CASE("an approval is of one artifact: another one waits for an approval of its own") {
    Town town;
    REQUIRE(town.ask({{Check::approval, true}}).ok());
    REQUIRE(town.upload(town.other, town.admin).ok());
    const ports::ReleaseId id = town.create("1.0").value();
    REQUIRE(town.decide(id, town.bert).ok());
    CHECK(town.verdict(id, Check::approval) == Verdict::passed);
    REQUIRE(town.change(id, town.admin, town.other).ok());
    CHECK(town.verdict(id, Check::approval) == Verdict::waits);
    CHECK(town.intake.awaits_approval(fleet::test::kTenant, town.row(id)));
    CHECK(kind(town.publish(id)) == base::ErrorKind::conflict);
    // The artifact that was approved is approved.
    REQUIRE(town.change(id, town.admin, town.digest).ok());
    CHECK(town.publish(id).ok());
}

TEST_CASE("who refused it stops it, until somebody approves it") {
    Town town;
    REQUIRE(town.ask({{Check::approval, true}}).ok());
    const ports::ReleaseId id = town.create("1.0").value();
    REQUIRE(town.decide(id, town.bert, Intake::Deed::refuse, "the lab failed").ok());
    CHECK(town.verdict(id, Check::approval) == Verdict::failed);
    const base::Status stopped = town.publish(id);
    REQUIRE_FALSE(stopped.ok());
    CHECK(stopped.error().message.find("bert refused") != std::string::npos);
    REQUIRE(town.decide(id, person("dora")).ok());
    CHECK(town.publish(id).ok());
}

TEST_CASE(
    "of a draft from before its makers were kept nobody knows who may approve it, until it is changed") {
    Town town;
    REQUIRE(town.ask({{Check::approval, true}}).ok());
    const ports::ReleaseId id = town.create("1.0").value();
    town.put(ports::DocumentRow{"intake/" + id.text(), ""});
    town.put(ports::DocumentRow{"artifact-by/" + town.digest.hex(), ""});
    CHECK(kind(town.decide(id, town.bert)) == base::ErrorKind::conflict);
    REQUIRE(town.change(id, town.admin, town.digest).ok());
    CHECK(kind(town.decide(id, town.bert)) == base::ErrorKind::conflict);
    REQUIRE(town.upload(town.digest, town.admin).ok());
    CHECK(town.decide(id, town.bert).ok());
}

TEST_CASE("a release that brings what is being exploited goes when an administrator lets just that through") {
    Town town;
    town.examiner.compared = intake::Compared{"gateway 0.9", 3, 1, {"CVE-2026-1"}};
    const device::SetId set =
        town.result<device::SetId>([&](auto reply) {
                town.inventories.attach_to_firmware(town.admin, "GW-1", "1.0", {"a", {}, {}}, reply);
            })
            .value();
    const ports::ReleaseId id = town.create("1.0").value();
    REQUIRE(town.give_sbom(id, set).ok());
    CHECK(kind(town.publish(id)) == base::ErrorKind::conflict);
    CHECK(kind(town.let_through(id, Check::exploited, town.bert)) == base::ErrorKind::denied);
    CHECK(kind(town.let_through(id, Check::type, town.admin)) == base::ErrorKind::invalid);
    CHECK(kind(town.let_through(id, Check::version, town.admin)) == base::ErrorKind::conflict);
    REQUIRE(town.let_through(id, Check::exploited, town.admin).ok());
    CHECK(town.verdict(id, Check::exploited) == Verdict::overridden);
    CHECK(town.audited("release.let-through") == 1);
    town.examiner.compared->exploited = {"CVE-2026-1", "CVE-2026-2"};
    CHECK(kind(town.publish(id)) == base::ErrorKind::conflict);
    town.examiner.compared->exploited = {"CVE-2026-1"};
    CHECK(town.publish(id).ok());
}

TEST_CASE("what an SBOM says of which file it is lets its release pass where that is asked") {
    Town town;
    REQUIRE(town.ask({{Check::sbom, true}}).ok());
    const device::SetId set =
        town.result<device::SetId>([&](auto reply) {
                town.inventories.attach_to_firmware(town.admin, "GW-1", "1.0", {"a", {}, {}}, reply);
            })
            .value();
    const ports::ReleaseId id = town.create("1.0").value();
    CHECK(town.verdict(id, Check::sbom) == Verdict::failed);
    REQUIRE(town.give_sbom(id, set).ok());
    CHECK(town.verdict(id, Check::sbom) == Verdict::failed);
    const auto note = [&](const base::Digest256& file) {
        return town.status(
            [&](auto reply) { town.intake.note_sbom(fleet::test::kTenant, set, {file.hex()}, reply); });
    };
    REQUIRE(note(town.other).ok());
    CHECK(town.verdict(id, Check::sbom) == Verdict::failed);
    REQUIRE(note(town.digest).ok());
    CHECK(town.verdict(id, Check::sbom) == Verdict::passed);
}

TEST_CASE(
    "only administrators say what is asked, it is audited, and what cannot be read asks for everything") {
    Town town;
    CHECK(kind(town.ask({{Check::approval, true}}, &town.bert)) == base::ErrorKind::denied);
    CHECK(kind(town.ask({{Check::artifact, false}})) == base::ErrorKind::invalid);
    REQUIRE(town.ask({{Check::approval, true}}).ok());
    REQUIRE(town.ask({{Check::approval, true}}).ok()); // changes nothing
    CHECK(town.audited("setting.intake") == 1);
    CHECK(town.intake.policy(town.bert)->asks(Check::approval));
    town.put(ports::DocumentRow{Intake::kPolicy, "{damaged"});
    CHECK(*town.intake.policy(town.bert) == intake::Policy::strictest());
    CHECK(kind(town.publish(town.create("1.0").value())) == base::ErrorKind::conflict);
}

TEST_CASE("what comes back signed publishes no draft that a check stops, whoever signed it") {
    Town town;
    REQUIRE(town.ask({{Check::approval, true}}).ok());
    const ports::ReleaseId id = town.create("1.0").value();
    auto ceremony = town.releases.prepare(fleet::test::kTenant, id).value();
    town.sign(ceremony, "targets");
    const base::Status refused = town.adopt(ceremony);
    CHECK(kind(refused) == base::ErrorKind::conflict);
    CHECK(refused.error().message.find("approval: Waits") != std::string::npos);
    CHECK(town.row(id).state == "draft");
    REQUIRE(town.decide(id, town.bert).ok());
    REQUIRE(town.adopt(ceremony).ok());
    CHECK(town.row(id).state == "published");
}

TEST_CASE("whose signatures count is said by administrators, with a key that can be read, and is audited") {
    Town town;
    intake::Signer acme;
    acme.name = "acme";
    acme.key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
    const auto trust = [&](const intake::Signer& signer, const access::Actor& by) {
        return town.result<intake::Policy>(
            [&](auto reply) { town.intake.trust(by, signer, "the test", reply); });
    };
    CHECK(trust(acme, town.bert).error().kind == base::ErrorKind::denied);
    intake::Signer broken = acme;
    broken.key = "RWQf";
    CHECK(trust(broken, town.admin).error().where == "/key");
    CHECK(trust(acme, town.admin)->signers().size() == 1);
    CHECK(town.audited("setting.intake.trust") == 1);
    const auto distrust = [&] {
        return town.result<intake::Policy>(
            [&](auto reply) { town.intake.distrust(town.admin, "acme", "", reply); });
    };
    CHECK(distrust()->signers().empty());
    CHECK(distrust().error().kind == base::ErrorKind::not_found);
}

TEST_CASE(
    "where a signature is asked for, one that counts lets a release go, and one that was looked at before "
    "the trust changed does not") {
    Town town;
    REQUIRE(town.ask({{Check::signature, true}}).ok());
    const ports::ReleaseId id = town.create("1.0").value();
    CHECK(kind(town.publish(id)) == base::ErrorKind::conflict);
    town.examiner.signatures = {{intake::SignatureKind::minisign, "", "acme", ""}};
    CHECK(town.verdict(id, Check::signature) == Verdict::passed);
    // Between the look and the command somebody attaches another text.
    Intake::Looked looked;
    town.intake.look(fleet::test::kTenant, {town.row(id)},
                     [&](Intake::Looked found) { looked = std::move(found); });
    town.settle();
    const std::string text =
        "untrusted comment: signature from minisign secret key\n"
        "RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/"
        "z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=\n"
        "trusted comment: timestamp:1633700835\tfile:test\tprehashed\n"
        "wLMDjy9FLAuxZ3q4NlEvkgtyhrr0gtTu6KC4KBJdITbbOeAi1zBIYo0v4iTgt8jJpIidRJnp94ABQkJAgAooBQ==\n";
    const auto attach = [&](const std::string& what, const base::Digest256& to, const access::Actor& by) {
        return town.status([&](auto reply) { town.intake.attach(by, to, "x.minisig", what, reply); });
    };
    CHECK(kind(attach("no signature", town.digest, town.admin)) == base::ErrorKind::invalid);
    CHECK(kind(attach(text, town.other, town.admin)) == base::ErrorKind::not_found);
    CHECK(kind(attach(text, town.digest, town.bert)) == base::ErrorKind::denied);
    REQUIRE(attach(text, town.digest, town.admin).ok());
    CHECK(kind(town.in_command([&](shard::Transaction& transaction) {
              return Intake::admit(transaction, town.row(id), looked);
          })) == base::ErrorKind::conflict);
    CHECK(town.intake.attachments(fleet::test::kTenant, town.digest).size() == 1);
    REQUIRE(attach(text, town.digest, town.admin).ok()); // in its place
    CHECK(town.intake.attachments(fleet::test::kTenant, town.digest).size() == 1);
    CHECK(town.publish(id).ok());
    const auto detach = [&] {
        return town.status(
            [&](auto reply) { town.intake.detach(town.admin, town.digest, "x.minisig", reply); });
    };
    CHECK(detach().ok());
    CHECK(kind(detach()) == base::ErrorKind::not_found);
}

TEST_CASE("a release that is published or withdrawn does not change any more") {
    Town town;
    REQUIRE(town.upload(town.other, town.admin).ok());
    const ports::ReleaseId id = town.published("1.0");
    CHECK(kind(town.change(id, town.admin, town.other)) == base::ErrorKind::conflict);
    REQUIRE(town.status([&](auto reply) { town.releases.withdraw(town.admin, id, "", reply); }).ok());
    CHECK(kind(town.change(id, town.admin, town.other)) == base::ErrorKind::conflict);
    const ports::ReleaseId draft = town.create("1.1").value();
    CHECK(kind(town.change(draft, town.admin, base::sha256("never uploaded"))) == base::ErrorKind::not_found);
    CHECK(kind(town.change(draft, town.bert, town.other)) == base::ErrorKind::denied);
}

TEST_CASE("of a published release a summary says what it passed, as it was then; of others there is none") {
    Town town;
    const auto summary_of = [&](ports::ReleaseId id) {
        return town.intake.summary(fleet::test::kTenant, town.row(id));
    };
    const ports::ReleaseId id = town.create("1.0").value();
    const auto none = [&] { return kind(base::Status(summary_of(id).error())); };
    CHECK(none() == base::ErrorKind::conflict);
    REQUIRE(town.publish(id).ok());
    const auto first = summary_of(id);
    REQUIRE_MESSAGE(first.ok(), (first.ok() ? "" : first.error().text()));
    REQUIRE(first->subjects.size() == 1);
    CHECK(first->subjects.front().sha256 == town.digest);
    CHECK(first->resource == "pkg:generic/" + town.row(id).name + "@1.0");
    CHECK(first->passed);
    CHECK(first->inputs.empty());
    CHECK(first->verified == town.row(id).published);
    CHECK(std::ranges::find(first->levels, "OAKUM_ARTIFACT") != first->levels.end());
    CHECK(std::ranges::find(first->levels, "OAKUM_APPROVAL") == first->levels.end());
    // What is asked of releases from now on changes nothing of it.
    REQUIRE(town.ask({{Check::approval, true}}).ok());
    CHECK(attestations::write_summary(summary_of(id).value()) == attestations::write_summary(*first));
    const ports::ReleaseId second = town.create("1.1").value();
    REQUIRE(town.decide(second, town.bert).ok());
    REQUIRE(town.publish(second).ok());
    const auto approved = summary_of(second);
    REQUIRE(approved.ok());
    CHECK(std::ranges::find(approved->levels, "OAKUM_APPROVAL") != approved->levels.end());
    CHECK(approved->policy != first->policy);
    REQUIRE(town.status([&](auto reply) { town.releases.withdraw(town.admin, id, "", reply); }).ok());
    CHECK(none() == base::ErrorKind::conflict);
}
