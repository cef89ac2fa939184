// SPDX-License-Identifier: Apache-2.0
#include "house.hpp"

#include <fleet/imports.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::fleet;
using namespace oakum::fleet::test;
using base::ErrorKind;
using Kind = Deed::Kind;

namespace {

struct Town : House {
    Imports imports{core, executor};
    // Devices "S0", "S1", ... known from an import, and the group that the odd ones are in.
    GroupId odd;
    std::vector<DeviceId> devices;

    explicit Town(std::size_t count = 6) {
        GroupWish wish;
        wish.name = "odd";
        odd = *result<GroupId>([&](auto reply) { groups.create(admin, wish, reply); });
        ImportWish fleet;
        fleet.name = "fleet.csv";
        fleet.text = "serial,site,group\n";
        for (std::size_t n = 0; n < count; ++n)
            fleet.text += "S" + std::to_string(n) + ",Porto," + (n % 2 == 1 ? "odd" : "") + "\n";
        REQUIRE(import(std::move(fleet)).created == count);
        for (std::size_t n = 0; n < count; ++n)
            devices.push_back(*live.by_serial(kTenant, "S" + std::to_string(n)));
    }
    ImportReport import(ImportWish wish) {
        return *result<ImportReport>([&](auto reply) { imports.run(admin, wish, reply); });
    }
    access::Actor operator_of(GroupId group) const {
        access::Actor actor = admin;
        actor.name = "otto";
        actor.role = access::Role::operator_;
        actor.scope = {group.get()};
        return actor;
    }
    BulkWish wish(Deed deed, std::string query = "") {
        BulkWish wish;
        wish.query = std::move(query);
        wish.deed = std::move(deed);
        return wish;
    }
    base::Result<BulkPreview> look(const BulkWish& wish, const access::Actor& actor) {
        return result<BulkPreview>([&](auto reply) { bulk.preview(actor, wish, reply); });
    }
    base::Result<ports::EditRow> apply(const BulkWish& wish, const std::string& stamp,
                                       const access::Actor& actor) {
        return result<ports::EditRow>([&](auto reply) { bulk.apply(actor, wish, stamp, "a test", reply); });
    }
    // Looked at and done.
    ports::EditRow apply(const BulkWish& wish) {
        const auto preview = look(wish, admin);
        REQUIRE_MESSAGE(preview.ok(), preview.error().text());
        const auto edit = apply(wish, preview->stamp, admin);
        REQUIRE_MESSAGE(edit.ok(), edit.error().text());
        return *edit;
    }
    base::Result<ports::EditRow> undo(ports::EditId id) { return undo(id, admin); }
    base::Result<ports::EditRow> undo(ports::EditId id, const access::Actor& actor) {
        return result<ports::EditRow>([&](auto reply) { edits.undo(actor, id, "a test", reply); });
    }
    void hold(DeviceId id, bool held) {
        REQUIRE(status([&](auto reply) { registry.hold(admin, id, held, "", reply); }).ok());
    }
    void set(DeviceId id, std::map<std::string, std::string> facts) {
        REQUIRE(status([&](auto reply) { registry.set_facts(admin, id, facts, "", reply); }).ok());
    }
    std::string fact(DeviceId id, std::string_view key) {
        const auto held = live.fact({kTenant, id}, key);
        return held ? held->value : "";
    }
    std::uint64_t count(const std::string& query) { return live.count(select(query)).yes; }
    std::vector<std::string> audited() {
        std::vector<std::string> actions;
        const auto rows = *history.audit(kTenant, 0, 1000);
        for (const auto& row : rows)
            if (row.action.starts_with("edit.")) actions.push_back(row.action);
        return actions;
    }
    // Runs until `ended`, with the clock so slow that each window takes long.
    template <class Ended> void crawl(Ended ended) {
        for (int i = 0; i < 1000 && !ended(); ++i) {
            clock.steady_ += std::chrono::seconds(11);
            executor.run();
            if (journal.busy()) journal.succeed();
        }
        REQUIRE(ended());
    }
};

std::string told(const BulkPreview& preview) {
    std::string text = std::to_string(preview.changes) + " of " + std::to_string(preview.matched);
    for (const auto& left : preview.left_out)
        text += ", " + std::to_string(left.count) + " " + left.reason;
    return text;
}
std::string told(const ports::EditRow& edit) {
    return edit.state + ": " + std::to_string(edit.changed) + " changed, " + std::to_string(edit.unchanged) +
           " unchanged, " + std::to_string(edit.refused) + " refused of " + std::to_string(edit.total);
}

} // namespace

TEST_CASE(
    "a preview counts what a bulk action would change, and who is left out and why; it changes nothing") {
    Town town;
    town.hold(town.devices[0], true);
    REQUIRE(
        town.status([&](auto reply) { town.registry.retire(town.admin, town.devices[1], "", reply); }).ok());
    const auto preview =
        town.look(town.wish({Kind::hold, {}, {}}, "lifecycle in (active, retired)"), town.admin);
    REQUIRE(preview.ok());
    CHECK(told(*preview) == "4 of 6, 1 held already, 1 retired");
    CHECK(preview->sample.size() == 4);
    CHECK(preview->left_out[0].already);
    CHECK(preview->left_out[0].sample == std::vector{town.devices[0]});
    CHECK(preview->name == "hold");
    CHECK(town.count("hold = yes") == 1);
    CHECK(town.audited().empty());
    // Some devices do not say: they are left out, and counted.
    const auto unknown = town.look(town.wish({Kind::hold, {}, {}}, "zone = dmz"), town.admin);
    CHECK(unknown->matched == 0);
    CHECK(unknown->unknown == 5);
    for (const auto& [deed, kind] :
         {std::pair(Deed{Kind::set, {}, {}}, ErrorKind::invalid),
          std::pair(Deed{Kind::set, {{"serial", "X"}}, {}}, ErrorKind::invalid),
          std::pair(Deed{Kind::set, {{"criticality", "huge"}}, {}}, ErrorKind::invalid),
          std::pair(Deed{Kind::move, {}, GroupId(base::Id128{1, 1})}, ErrorKind::not_found)})
        CHECK(town.look(town.wish(deed), town.admin).error().kind == kind);
    CHECK(town.look(town.wish({Kind::hold, {}, {}}, "site ="), town.admin).error().kind ==
          ErrorKind::invalid);
    access::Actor viewer = town.admin;
    viewer.role = access::Role::viewer;
    CHECK(town.look(town.wish({Kind::hold, {}, {}}), viewer).error().kind == ErrorKind::denied);
}

TEST_CASE("a bulk action does what was shown, device by device, and is audited as one decision") {
    Town town;
    town.hold(town.devices[0], true);
    const auto edit = town.apply(town.wish({Kind::hold, {}, {}}, "site = Porto"));
    CHECK(told(edit) == "done: 5 changed, 1 unchanged, 0 refused of 6");
    CHECK(edit.query == "site = Porto");
    CHECK(edit.actor == "user anna");
    CHECK(edit.why == "a test");
    CHECK(edit.ended);
    CHECK(town.count("hold = yes") == 6);
    CHECK(town.audited() == std::vector<std::string>{"edit.bulk", "edit.done"});
    const auto events = *town.history.device_events(kTenant, town.devices[2], std::nullopt, 100);
    CHECK(std::any_of(events.begin(), events.end(), [](const auto& event) {
        return event.after == "held" && event.detail == "user anna: a test";
    }));
    const auto devices = town.edits.devices(town.admin, edit.id, std::nullopt, 2);
    REQUIRE(devices.ok());
    REQUIRE(devices->rows.size() == 2);
    CHECK(devices->rows[0].before.front().value == "released");
    CHECK(devices->rows[0].after.front().value == "held");
    REQUIRE(devices->next);
    const auto rest = town.edits.devices(town.admin, edit.id, devices->next, 100);
    CHECK(rest->rows.size() == 3);
    CHECK_FALSE(rest->next);
}

TEST_CASE("facts and groups of many devices are set, and an undo gives each back what it had") {
    Town town;
    town.set(town.devices[0], {{"owner", "bert"}, {"tag.floor", "2"}});
    const auto set =
        town.apply(town.wish({Kind::set, {{"owner", "carla"}, {"tag.floor", ""}, {"tag.ring", "1"}}, {}}));
    CHECK(told(set) == "done: 6 changed, 0 unchanged, 0 refused of 6");
    CHECK(set.name == "set owner to carla, take back tag.floor, set tag.ring to 1");
    CHECK(town.count(set.query) == 6);
    CHECK(town.fact(town.devices[0], "owner") == "carla");
    CHECK(town.fact(town.devices[0], "tag.floor") == "");
    town.clock.steady_ += std::chrono::seconds(1);
    const auto moved = town.apply(town.wish({Kind::move, {}, town.odd}));
    CHECK(told(moved) == "done: 3 changed, 3 unchanged, 0 refused of 6");
    CHECK(moved.name == "move to odd");
    CHECK(town.count("group = odd") == 6);

    // In any order.
    auto undone = town.undo(set.id);
    REQUIRE_MESSAGE(undone.ok(), undone.error().text());
    CHECK(undone->state == "undone");
    CHECK(undone->put_back == 6);
    CHECK(undone->left_alone == 0);
    CHECK(undone->undone_by == "user anna");
    CHECK(town.fact(town.devices[0], "owner") == "bert");
    CHECK(town.fact(town.devices[0], "tag.floor") == "2");
    CHECK(town.fact(town.devices[0], "tag.ring") == "");
    CHECK(town.fact(town.devices[1], "owner") == "");
    CHECK(town.count("group = odd") == 6);
    CHECK(town.undo(moved.id)->put_back == 3);
    CHECK(town.count("group = odd") == 3);
    CHECK(town.undo(moved.id).error().kind == ErrorKind::conflict);
    CHECK(town.audited().size() == 8);
    CHECK(town.edits.list(town.admin, "bulk")->front().id == moved.id);
    CHECK(town.edits.list(town.admin, "nothing")->empty());
    CHECK(town.undo(ports::EditId(base::Id128{1, 1})).error().kind == ErrorKind::not_found);
}

TEST_CASE("an undo leaves alone what somebody changed since, and says who") {
    Town town;
    const auto owners = town.apply(town.wish({Kind::set, {{"owner", "carla"}, {"zone", "dmz"}}, {}}));
    const auto held = town.apply(town.wish({Kind::hold, {}, {}}));
    access::Actor otto = town.admin;
    otto.name = "otto";
    REQUIRE(town.status([&](auto reply) {
                    town.registry.set_facts(otto, town.devices[3], {{"owner", "otto"}}, "", reply);
                })
                .ok());
    town.hold(town.devices[4], false);
    REQUIRE(
        town.status([&](auto reply) { town.registry.retire(town.admin, town.devices[5], "", reply); }).ok());

    auto undone = town.undo(owners.id);
    CHECK(undone->put_back == 6); // the zone of the one, too
    CHECK(undone->left_alone == 1);
    CHECK(undone->left == std::vector<std::string>{"S3: owner was changed since (person by otto)"});
    CHECK(town.fact(town.devices[3], "owner") == "otto");
    CHECK(town.fact(town.devices[3], "zone") == "");

    // It is released already: nothing to put back and nothing to say.
    undone = town.undo(held.id);
    CHECK(undone->put_back == 5);
    CHECK(undone->left_alone == 0);
    CHECK(town.count("hold = yes") == 0);
}

TEST_CASE("a retirement is put back; an identity that was revoked is not, and that is said before") {
    Town town;
    town.token("t", 2);
    const DeviceActor device = town.actor(*town.enrol("t", "N1"));
    const auto retired = town.apply(town.wish({Kind::retire, {}, {}}));
    CHECK(told(retired) == "done: 7 changed, 0 unchanged, 0 refused of 7");
    CHECK(town.live.count(town.select("")).total == 0);
    CHECK(town.poll(device).error().kind == ErrorKind::denied);
    CHECK(town.undo(retired.id)->put_back == 7);
    CHECK(town.live.count(town.select("")).total == 7);
    CHECK(town.poll(device).ok());

    const auto revoked = town.apply(town.wish({Kind::re_enrol, {}, {}}));
    CHECK(told(revoked) == "done: 1 changed, 0 unchanged, 6 refused of 7");
    CHECK(revoked.reasons == std::vector<std::string>{"6 devices: the device holds no identity"});
    CHECK(revoked.lasting);
    CHECK(town.poll(device).error().kind == ErrorKind::denied);
    const auto undone = town.undo(revoked.id);
    CHECK(undone.error().kind == ErrorKind::conflict);
    CHECK(undone.error().message ==
          "an identity that was revoked does not come back: the devices enrol again");
    CHECK(town.enrol("t", "N1").ok());
}

TEST_CASE("what is no longer as it was shown is refused, and nothing is changed") {
    Town town;
    const BulkWish wish = town.wish({Kind::hold, {}, {}}, "site = Porto");
    const auto preview = town.look(wish, town.admin);
    town.hold(town.devices[0], true);
    const auto refused = town.apply(wish, preview->stamp, town.admin);
    CHECK(refused.error().kind == ErrorKind::conflict);
    CHECK(
        refused.error().message ==
        "nothing was changed: what was looked at is not what is there now (6 devices would have been changed "
        "then, 5 now); look at it again");
    // As many, and other ones.
    town.hold(town.devices[1], true);
    town.hold(town.devices[2], true);
    const auto three = town.look(wish, town.admin);
    town.hold(town.devices[2], false);
    town.hold(town.devices[3], true);
    CHECK(town.apply(wish, three->stamp, town.admin).error().kind == ErrorKind::conflict);
    // Another deed, another query, no stamp.
    const auto now = town.look(wish, town.admin);
    CHECK(
        town.apply(town.wish({Kind::retire, {}, {}}, "site = Porto"), now->stamp, town.admin).error().kind ==
        ErrorKind::conflict);
    CHECK(town.apply(town.wish({Kind::hold, {}, {}}), now->stamp, town.admin).error().kind ==
          ErrorKind::conflict);
    CHECK(town.apply(wish, "", town.admin).error().kind == ErrorKind::conflict);
    CHECK(town.count("hold = yes") == 3);
    CHECK(town.apply(wish, now->stamp, town.admin).ok());
    // Nothing is left to do.
    CHECK(town.apply(wish, town.look(wish, town.admin)->stamp, town.admin).error().kind ==
          ErrorKind::conflict);
}

TEST_CASE("named devices: repeats count once, and what is not there, or out of one's scope, is no device") {
    Town town;
    BulkWish wish = town.wish({Kind::hold, {}, {}});
    wish.named = true;
    CHECK(town.look(wish, town.admin).error().kind == ErrorKind::invalid);
    wish.devices = {town.devices[0], town.devices[1], town.devices[1], DeviceId(base::Id128{7, 7})};
    CHECK(told(*town.look(wish, town.admin)) == "2 of 3, 1 no such device");
    const access::Actor otto = town.operator_of(town.odd);
    const auto preview = town.look(wish, otto);
    CHECK(told(*preview) == "1 of 3, 2 no such device");
    CHECK(preview->left_out[0].sample.empty());
    const auto edit = town.apply(wish, preview->stamp, otto);
    CHECK(told(*edit) == "done: 1 changed, 0 unchanged, 2 refused of 3");
    CHECK_FALSE(town.row(town.devices[0]).hold);
    CHECK(town.row(town.devices[1]).hold);
    wish.devices.assign(Bulk::kMostNamed + 1, town.devices[0]);
    CHECK(town.look(wish, town.admin).error().kind == ErrorKind::too_large);
}

TEST_CASE("those that no query tells apart are chosen anew before it is done, and the record says whom") {
    Town town;
    BulkWish wish = town.wish({Kind::hold, {}, {}}, "lifecycle != retired");
    std::vector<DeviceId> chosen{town.devices[0], town.devices[2]};
    base::Status fails;
    wish.choose = [&]() -> base::Result<std::vector<DeviceId>> {
        TRY(fails);
        return chosen;
    };
    wish.chosen = "without a fix";
    const auto preview = town.look(wish, town.admin);
    CHECK(told(*preview) == "2 of 2");
    chosen.push_back(town.devices[3]);
    CHECK(town.apply(wish, preview->stamp, town.admin).error().kind == ErrorKind::conflict);
    CHECK_FALSE(town.row(town.devices[0]).hold);
    chosen.pop_back();
    const auto edit = town.apply(wish, preview->stamp, town.admin);
    REQUIRE(edit.ok());
    CHECK(told(*edit) == "done: 2 changed, 0 unchanged, 0 refused of 2");
    CHECK(edit->query == "lifecycle != retired, of them those without a fix");
    CHECK(town.row(town.devices[2]).hold);
    CHECK_FALSE(town.row(town.devices[1]).hold);
    CHECK(told(*town.undo(edit->id)).find("2 changed") != std::string::npos);
    fails = base::not_found("that row is there no longer");
    CHECK(town.look(wish, town.admin).error().kind == ErrorKind::not_found);
}

TEST_CASE("whoever sees some groups changes, sees and undoes within them, his own edits only") {
    Town town;
    const access::Actor otto = town.operator_of(town.odd);
    const auto all = town.apply(town.wish({Kind::set, {{"owner", "carla"}}, {}}));
    const BulkWish wish = town.wish({Kind::hold, {}, {}});
    const auto preview = town.look(wish, otto);
    CHECK(told(*preview) == "3 of 3");
    const auto edit = town.apply(wish, preview->stamp, otto);
    REQUIRE(edit.ok());
    CHECK(town.count("hold = yes") == 3);
    CHECK(town.edits.list(otto, "")->size() == 1);
    CHECK(town.edits.list(town.admin, "")->size() >= 2);
    CHECK(town.edits.get(otto, all.id).error().kind == ErrorKind::not_found);
    CHECK(town.undo(all.id, otto).error().kind == ErrorKind::not_found);
    // Out of the one group that he sees, and into another, he moves nobody.
    CHECK(town.look(town.wish({Kind::move, {}, {}}), otto).error().kind == ErrorKind::not_found);
    // One moved away since.
    REQUIRE(town.status([&](auto reply) {
                    town.registry.move(town.admin, town.devices[1], GroupId(), "", reply);
                })
                .ok());
    CHECK(town.edits.devices(otto, edit->id, std::nullopt, 100)->rows.size() == 2);
    const auto undone = town.undo(edit->id, otto);
    CHECK(undone->put_back == 2);
    CHECK(undone->left_alone == 1);
    CHECK(undone->left == std::vector<std::string>{"a device: you do not see it any more"});
    CHECK(town.row(town.devices[1]).hold);
}

TEST_CASE("software follows the facts that a bulk action sets and an undo brings back") {
    Town town(0);
    ImportWish phone;
    phone.name = "a.csv";
    phone.text = "serial,model,platform,os_version\nP,\"iPhone14,2\",ios,17.1\n";
    REQUIRE(town.import(std::move(phone)).created == 1);
    const auto wrong = town.apply(town.wish({Kind::set, {{"os_version", "18.0"}}, {}}));
    CHECK(town.count("component(ios) < 17.2") == 0);
    CHECK(town.undo(wrong.id)->put_back == 1);
    CHECK(town.count("component(ios) < 17.2") == 1);
}

TEST_CASE("who asked is answered after a while; the edit and its undo go on, and their record tells how") {
    Town town(2000);
    const BulkWish wish = town.wish({Kind::hold, {}, {}});
    const auto preview = town.look(wish, town.admin);
    std::optional<ports::EditRow> answer, undone;
    town.bulk.apply(town.admin, wish, preview->stamp, "",
                    [&](base::Result<ports::EditRow> given) { answer = *given; });
    town.crawl([&] { return answer.has_value(); });
    CHECK(answer->state == "running");
    CHECK(answer->changed < 2000);
    CHECK(town.undo(answer->id).error().kind == ErrorKind::conflict); // which also lets it run to its end
    CHECK(told(*town.edits.get(town.admin, answer->id)) ==
          "done: 2000 changed, 0 unchanged, 0 refused of 2000");
    town.edits.undo(town.admin, answer->id, "", [&](base::Result<ports::EditRow> given) { undone = *given; });
    town.crawl([&] { return undone.has_value(); });
    CHECK(undone->state == "undoing");
    town.settle();
    CHECK(town.edits.get(town.admin, answer->id)->state == "undone");
    CHECK(town.edits.get(town.admin, answer->id)->put_back == 2000);
    CHECK(town.count("hold = yes") == 0);
}

TEST_CASE("an edit that the end of the process broke off says so at the next start, and can be undone") {
    Town town;
    auto row = town.apply(town.wish({Kind::hold, {}, {}}));
    for (const char* state : {"running", "undoing"}) {
        row = *town.edits.get(town.admin, row.id);
        row.state = state;
        row.changed = 0; // told now and then only
        town.put(row);
        CHECK(town.undo(row.id).error().kind == ErrorKind::conflict);
        town.edits.start();
        town.settle();
        CHECK(town.edits.get(town.admin, row.id)->state == "interrupted");
        if (row.state == "running") CHECK(town.edits.get(town.admin, row.id)->changed == 6);
    }
    const auto undone = town.undo(row.id);
    CHECK(undone->state == "undone");
    CHECK(undone->put_back == 6);
    CHECK(town.count("hold = yes") == 0);
}

TEST_CASE("what cannot be stored for a moment is tried again, and then the edit stops, and can be undone") {
    Town town(600);
    const BulkWish wish = town.wish({Kind::hold, {}, {}});
    std::optional<base::Result<ports::EditRow>> answer;
    // The record and a first commit; then the disk is full for so many commits.
    const auto apply_with = [&](int failures) {
        const auto preview = town.look(wish, town.admin);
        answer.reset();
        town.bulk.apply(town.admin, wish, preview->stamp, "", [&](auto given) { answer = std::move(given); });
        for (int commits = 0; commits < 2; ++commits) {
            town.executor.run();
            REQUIRE(town.journal.busy());
            town.journal.succeed();
        }
        for (int turns = 0; turns < 1000 && failures > 0; ++turns) {
            town.executor.run();
            if (town.journal.busy()) {
                town.journal.fail(base::unavailable("the disk is full"));
                --failures;
            } else {
                town.executor.advance(std::chrono::seconds(1));
            }
        }
        for (int turns = 0; turns < 1000 && !answer; ++turns) {
            town.settle();
            town.executor.advance(std::chrono::seconds(1));
        }
        REQUIRE(answer);
        REQUIRE_MESSAGE(answer->ok(), answer->error().text());
        return **answer;
    };
    const auto mended = apply_with(2);
    CHECK(told(mended) == "done: 600 changed, 0 unchanged, 0 refused of 600");
    CHECK(town.undo(mended.id)->put_back == 600);

    const auto stopped = apply_with(20);
    CHECK(stopped.state == "interrupted");
    CHECK(stopped.changed > 0);
    CHECK(stopped.changed < 600);
    CHECK(stopped.changed == town.count("hold = yes"));
    CHECK(stopped.reasons.back() == "the rest was not tried: nothing was changed: the disk is full");
    const auto rest = town.look(wish, town.admin);
    CHECK(rest->changes + stopped.changed == 600);
    CHECK(town.apply(wish, rest->stamp, town.admin)->state == "done");
    CHECK(town.undo(stopped.id)->put_back == stopped.changed);
    CHECK(town.count("hold = yes") == rest->changes);
}

TEST_CASE("one that runs is cancelled: what was done stays, is recorded, and can be put back") {
    Town town(600);
    const auto wish = town.wish({Kind::hold, {}, {}});
    const auto preview = town.look(wish, town.admin);
    town.bulk.apply(town.admin, wish, preview->stamp, "a test", [](const base::Result<ports::EditRow>&) {});
    town.crawl([&] { return town.count("hold = yes") > 0; });
    const ports::EditId id = town.edits.list(town.admin, "bulk")->front().id;
    const auto state = [&] { return town.edits.get(town.admin, id)->state; };
    std::vector<base::Result<ports::EditRow>> answers;
    const auto cancel = [&](const access::Actor& who) {
        town.edits.cancel(who, id, "the wrong ones", [&](auto row) { answers.push_back(std::move(row)); });
    };
    cancel(town.operator_of(town.odd));
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].error().kind == ErrorKind::not_found);
    cancel(town.admin);
    cancel(town.admin); // twice is once
    town.crawl([&] { return state() == "cancelled"; });
    REQUIRE(answers.size() == 3);
    CHECK(answers[1]->state == "cancelling");
    const ports::EditRow edit = *town.edits.get(town.admin, id);
    CHECK(edit.changed > 0);
    CHECK(edit.changed < 600);
    CHECK(town.count("hold = yes") == edit.changed);
    CHECK(edit.reasons.back() == "the rest was not tried: it was cancelled by user anna");
    CHECK(edit.ended);
    CHECK(town.audited() == std::vector<std::string>{"edit.bulk", "edit.cancel", "edit.done"});
    cancel(town.admin);
    town.crawl([&] { return answers.size() == 4; });
    CHECK(answers.back().error().kind == ErrorKind::conflict);
    CHECK(town.undo(id)->put_back == edit.changed);
    CHECK(town.count("hold = yes") == 0);
}

TEST_CASE("an import that runs is cancelled as well, and undone") {
    Town town(1);
    ImportWish fleet;
    fleet.name = "more.csv";
    fleet.text = "serial,site\n";
    for (int n = 0; n < 2000; ++n)
        fleet.text += "M" + std::to_string(n) + ",Faro\n";
    town.imports.run(town.admin, fleet, [](const base::Result<ImportReport>&) {});
    town.crawl([&] { return town.count("site = Faro") > 0; });
    const ports::EditId id = town.edits.list(town.admin, "import")->front().id;
    town.edits.cancel(town.admin, id, "", [](const base::Result<ports::EditRow>&) {});
    town.crawl([&] { return town.edits.get(town.admin, id)->state == "cancelled"; });
    const ports::EditRow edit = *town.edits.get(town.admin, id);
    CHECK(edit.fresh > 0);
    CHECK(edit.fresh < 2000);
    CHECK(town.count("site = Faro") == edit.fresh);
    CHECK(town.undo(id)->put_back == edit.fresh);
    CHECK(town.count("site = Faro") == 0);
}
