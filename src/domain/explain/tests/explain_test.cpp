// SPDX-License-Identifier: Apache-2.0
#include <explain/device.hpp>
#include <explain/finding.hpp>
#include <explain/rollout.hpp>

#include <doctest/doctest.h>

#include <algorithm>

namespace {

using namespace oakum;
using namespace oakum::explain;
using Reply = Explanation::Reply;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const base::TimePoint kNow = base::from_unix_ms(1'763'827'380'000);

Contact reached() {
    Contact facts;
    facts.enrolled = true;
    facts.last_heard = kNow - seconds(20);
    facts.asks_every = seconds(60);
    facts.now = kNow;
    return facts;
}
UnderWay update(install::State state) {
    UnderWay facts;
    facts.release = "gateway 1.4.3";
    facts.state = state;
    facts.since = kNow - minutes(5);
    facts.now = kNow;
    return facts;
}
Standing waiting() {
    Standing facts;
    facts.rollout = "everywhere";
    facts.release = "gateway 1.4.3";
    facts.state = rollout::State::running;
    facts.waves = {{"canary", 50'000, {}}, {"early", 300'000, {}}, {"all", 900'000, {}}};
    facts.place = 620'000;
    facts.wave = 2;
    return facts;
}
RolloutFacts running() {
    RolloutFacts facts;
    facts.name = "everywhere";
    facts.release = "gateway 1.4.3";
    facts.state = rollout::State::running;
    facts.created_by = "anna";
    facts.waves = {{"canary", 50'000, {}}, {"all", 1'000'000, {}}};
    facts.started = facts.wave_opened_at = kNow - minutes(10);
    facts.gate.sentence = "3 of 10 devices run the new version and are healthy; 2 more needed.";
    facts.totals.started = 5;
    facts.totals.verified = 3;
    facts.totals.pending = 2;
    facts.in_scope = 200;
    facts.soak = minutes(5);
    facts.step_timeout = minutes(30);
    facts.asks_every = seconds(60);
    facts.now = kNow;
    return facts;
}
std::string answer_to(const Explanation& told, std::string_view question) {
    for (const Explanation::Step& step : told.steps)
        if (step.question == question) return std::string(to_string(step.answer)) + ": " + step.because;
    return "never asked";
}

} // namespace

TEST_CASE("a time is said in one unit, rounded up") {
    for (const auto& [time, words] : {std::pair<base::Duration, std::string>{seconds(0), "0 seconds"},
                                      {std::chrono::milliseconds(1), "1 second"},
                                      {seconds(119), "119 seconds"},
                                      {seconds(120), "2 minutes"},
                                      {seconds(121), "3 minutes"},
                                      {hours(2), "2 hours"},
                                      {hours(48), "2 days"},
                                      {hours(49), "3 days"},
                                      {seconds(-5), "0 seconds"}})
        CHECK(in_words(time) == words);
    CHECK(devices(1) == "1 device");
    CHECK(devices(1234567) == "1,234,567 devices");
}

TEST_CASE("a device is told when it asks: when that is follows from when it asked last") {
    struct Row {
        const char* what;
        void (*change)(Contact&);
        Reply answer;
        std::string_view because;
    };
    for (const Row& row :
         {Row{"heard", [](Contact&) {}, Reply::yes,
              "It asked 20 seconds ago and asks about every 60 seconds: what is decided now reaches it "
              "within "
              "40 seconds."},
          {"due now", [](Contact& c) { c.last_heard = kNow - seconds(60); }, Reply::yes,
           "It asked 60 seconds ago and asks about every 60 seconds: what is decided now reaches it within 1 "
           "second."},
          {"late", [](Contact& c) { c.last_heard = kNow - hours(1); }, Reply::no,
           "It asked 60 minutes ago and asks about every 60 seconds, so it is late: it is told when it asks "
           "again."},
          {"quiet", [](Contact& c) { c.lifecycle = device::Lifecycle::quiet; }, Reply::no,
           "It asked 20 seconds ago and asks about every 60 seconds, so it is late: it is told when it asks "
           "again."},
          {"never heard", [](Contact& c) { c.last_heard.reset(); }, Reply::unknown,
           "It was enrolled and has not asked yet."},
          {"imported", [](Contact& c) { c.enrolled = false; }, Reply::no,
           "It is known from an import only: it cannot be reached until it is enrolled."},
          {"of a connector",
           [](Contact& c) {
               c.enrolled = false;
               c.through = "droids";
               c.told = kNow - hours(3);
           },
           Reply::yes,
           "It is reached through the connector droids: what is asked of it is said there each time that it "
           "was "
           "synced, and it last spoke to that system 3 hours ago."},
          {"pending", [](Contact& c) { c.lifecycle = device::Lifecycle::pending; }, Reply::no,
           "It waits for a person to accept it; nothing is offered until then."},
          {"revoked", [](Contact& c) { c.revoked = true; }, Reply::no,
           "Its identity was revoked: it is refused until it enrols again."},
          {"unmanaged", [](Contact& c) { c.lifecycle = device::Lifecycle::unmanaged, c.enrolled = false; },
           Reply::no, "Nobody manages it: it was only seen on the network."},
          {"retired", [](Contact& c) { c.lifecycle = device::Lifecycle::retired, c.revoked = true; },
           Reply::no, "It is retired; it comes back by enrolling again."}}) {
        CAPTURE(row.what);
        Contact facts = reached();
        row.change(facts);
        const Explanation::Step step = contact(facts);
        CHECK(step.answer == row.answer);
        CHECK(step.because == row.because);
        CHECK(!step.inputs.empty());
    }
}

TEST_CASE("each state of an update is a sentence with what it waits for") {
    using install::State;
    struct Row {
        State state;
        Reply answer;
        std::string_view because;
    };
    for (const Row& row :
         {Row{State::offered, Reply::yes,
              "gateway 1.4.3 was offered 5 minutes ago and the device has not begun."},
          {State::downloading, Reply::yes, "gateway 1.4.3 is being downloaded, 0 % so far."},
          {State::downloaded, Reply::yes,
           "gateway 1.4.3 is downloaded and checked; the device installs it next."},
          {State::awaiting_window, Reply::yes,
           "gateway 1.4.3 is downloaded and waits for the device's window."},
          {State::awaiting_user, Reply::yes,
           "gateway 1.4.3 is downloaded and waits until somebody at the device agrees."},
          {State::installing, Reply::yes, "gateway 1.4.3 is being installed since 5 minutes."},
          {State::rebooting, Reply::yes, "gateway 1.4.3 is installed and the device restarts into it."},
          {State::installed, Reply::yes,
           "gateway 1.4.3 is installed; it counts when the device says that it runs it and is well."},
          {State::soaking, Reply::yes,
           "gateway 1.4.3 runs and the device was well for the time that was asked; it counts as verified "
           "when "
           "the device says so again."},
          {State::cancelling, Reply::yes,
           "gateway 1.4.3 was taken back while it was under way; the device is told when it asks next."},
          {State::verified, Reply::no, "The latest, gateway 1.4.3, runs and was verified 5 minutes ago."},
          {State::failed, Reply::no, "The latest, gateway 1.4.3, failed 5 minutes ago after 1 attempt."},
          {State::rolled_back, Reply::no,
           "The latest, gateway 1.4.3, fell back to what ran before, 5 minutes ago."},
          {State::withdrawn, Reply::no,
           "The latest, gateway 1.4.3, was taken back 5 minutes ago before it was installed."},
          {State::superseded, Reply::no, "The latest, gateway 1.4.3, gave way to a newer one 5 minutes ago."},
          {State::expired, Reply::no,
           "The latest, gateway 1.4.3, took too long and was given up 5 minutes ago."}}) {
        CAPTURE(row.because);
        const Explanation::Step step = under_way(update(row.state));
        CHECK(step.answer == row.answer);
        CHECK(step.because == row.because);
    }
    UnderWay soaking = update(State::soaking);
    soaking.soak_until = kNow + minutes(3);
    CHECK(under_way(soaking).because ==
          "gateway 1.4.3 runs and the device is well; it counts as verified in 3 "
          "minutes if that stays so.");
    UnderWay slow = update(State::downloading);
    slow.progress_percent = 40;
    slow.deadline = kNow + minutes(28);
    CHECK(under_way(slow).because ==
          "gateway 1.4.3 is being downloaded, 40 % so far; it counts as silent in 28 "
          "minutes when nothing more is heard.");
    slow.deadline = kNow;
    CHECK(under_way(slow).because.ends_with("; its time for that is over, which is noted at once."));
    UnderWay fell = update(State::rolled_back);
    fell.reason = install::Reason::health_failed;
    fell.detail = "no route";
    CHECK(under_way(fell).because == "The latest, gateway 1.4.3, fell back to what ran before, 5 minutes ago "
                                     "(health failed): no route.");
    CHECK(under_way(std::nullopt).because == "None is.");
}

TEST_CASE("where a device stands with a rollout is said with the wave, what it waits for, and why") {
    struct Row {
        void (*change)(Standing&);
        Reply answer;
        std::string_view because;
    };
    for (
        const Row& row :
        {Row{[](Standing& s) { s.open_wave = 2; }, Reply::yes,
             "\"everywhere\" brings it gateway 1.4.3 in wave 3 of 3 (all); that wave is open, so it is "
             "offered "
             "when the device asks next."},
         {[](Standing& s) {
              s.open_wave = 2;
              s.turn =
                  Standing::Turn{"wave \"all\": at most 3 begin in a minute", base::from_unix_ms(60'000)};
          },
          Reply::yes,
          "\"everywhere\" brings it gateway 1.4.3 in wave 3 of 3 (all); that wave is open, and it waits its "
          "turn: "
          "wave \"all\": at most 3 begin in a minute; the next begins from 1970-01-01T00:01:00Z on."},
         {[](Standing& s) { s.open_wave = 2, s.held = true; }, Reply::yes,
          "\"everywhere\" brings it gateway 1.4.3 in wave 3 of 3 (all); that wave is open, and the hold "
          "keeps it "
          "from being asked."},
         {[](Standing& s) { s.gate = "2 more needed."; }, Reply::yes,
          "\"everywhere\" brings it gateway 1.4.3 in wave 3 of 3 (all); wave 1 (canary) is open now, and the "
          "next opens when its devices are well. There: 2 more needed."},
         {[](Standing& s) { s.state = rollout::State::paused; }, Reply::yes,
          "\"everywhere\" brings it gateway 1.4.3 in wave 3 of 3 (all); the rollout is paused and offers "
          "nothing "
          "until somebody resumes it."},
         {[](Standing& s) { s.state = rollout::State::halted, s.state_reason = "3 of 4 failed."; },
          Reply::yes,
          "\"everywhere\" brings it gateway 1.4.3 in wave 3 of 3 (all); the rollout is halted: 3 of 4 "
          "failed."},
         {[](Standing& s) { s.state = rollout::State::awaiting_approval; }, Reply::yes,
          "\"everywhere\" brings it gateway 1.4.3 in wave 3 of 3 (all); the rollout waits for somebody "
          "else's "
          "approval."},
         {[](Standing& s) { s.state = rollout::State::scheduled; }, Reply::yes,
          "\"everywhere\" brings it gateway 1.4.3 in wave 3 of 3 (all); the rollout was not started yet."},
         {[](Standing& s) { s.state = rollout::State::finished; }, Reply::no,
          "\"everywhere\" brings it gateway 1.4.3 in wave 3 of 3 (all); the rollout is finished and offers "
          "nothing more."},
         {[](Standing& s) { s.wave = std::nullopt; }, Reply::no,
          "No wave of \"everywhere\" takes it: it is left out."},
         {[](Standing& s) { s.misfit = "it needs 1.4.0 or later to start from"; }, Reply::no,
          "\"everywhere\" has it in its scope, but gateway 1.4.3 does not fit it: it needs 1.4.0 or later to "
          "start from."}}) {
        CAPTURE(row.because);
        Standing facts = waiting();
        row.change(facts);
        const Explanation::Step step = standing(facts);
        CHECK(step.answer == row.answer);
        CHECK(step.because == row.because);
    }
}

TEST_CASE("why a device is not changed now is the first thing that keeps it") {
    Contact silent = reached();
    silent.last_heard = kNow - hours(9);
    Standing misfit = waiting();
    misfit.misfit = "its hardware revision is another one";
    CHECK(why_not_now(true, silent, update(install::State::offered), {waiting()}).because ==
          "An operator holds it: nothing new is offered.");
    CHECK(
        why_not_now(false, silent, update(install::State::offered), {waiting()}).because.find("it is late") !=
        std::string::npos);
    const Explanation::Step under =
        why_not_now(false, reached(), update(install::State::offered), {waiting()});
    CHECK(under.answer == Reply::yes);
    CHECK(under.because.find("was offered") != std::string::npos);
    CHECK(why_not_now(false, reached(), update(install::State::verified), {misfit, waiting()})
              .because.find("wave 3 of 3") != std::string::npos);
    CHECK(why_not_now(false, reached(), std::nullopt, {misfit}).because ==
          "No rollout that is planned or runs would change it.");
}

TEST_CASE("a device that waits for its window says when it opens, and by which rule") {
    InstallTimes times;
    times.windows = {"nights"};
    times.zone = "Asia/Tokyo";
    times.zone_known = true;
    times.open = false;
    times.from = kNow + hours(5);
    times.to = kNow + hours(7);
    times.local = "Tue 2026-05-05 02:00";
    times.now = kNow;
    CHECK(may_install(times).answer == Reply::no);
    CHECK(may_install(times).because ==
          "It opens in 5 hours, at Tue 2026-05-05 02:00 on its clock, for 2 hours (window \"nights\"). "
          "Downloading is allowed before.");
    auto waits = update(install::State::awaiting_window);
    waits.times = times;
    CHECK(
        under_way(waits).because.find("installing is allowed from Tue 2026-05-05 02:00 there on, in 5 hours "
                                      "(window \"nights\")") != std::string::npos);
    Standing standing = waiting();
    standing.open_wave = 2;
    standing.times = times;
    CHECK(explain::standing(standing).because.find("in 5 hours") != std::string::npos);
    standing.times->begins_ahead = false;
    CHECK(explain::standing(standing).because.find("offered a week before") != std::string::npos);
    times.from.reset();
    times.freezes = {"fair", "year-end"};
    CHECK(may_install(times).because == "It never opens, as far as can be seen (window \"nights\", freezes "
                                        "\"fair\" and \"year-end\"): nothing is offered to it.");
    times.open = true;
    times.to = kNow + hours(1);
    CHECK(may_install(times).because.find("It is open now") == 0);
    CHECK(may_install({}).answer == Reply::yes);
}

TEST_CASE("what comes next for a device ends the sentence about it") {
    InstallTimes night;
    night.open = false;
    night.from = kNow + hours(5);
    night.to = kNow + hours(11);
    night.span = "tonight 22:00-04:00";
    night.windows = {"nights"};
    struct Row {
        void (*change)(Standing&);
        std::string_view next;
    };
    for (const Row& row :
         {Row{[](Standing&) {}, "gateway 1.4.3 waits for wave 3 of \"everywhere\""},
          {[](Standing& s) { s.times.reset(), s.open_wave = 2; },
           "gateway 1.4.3 is offered when the device asks next"},
          {[](Standing& s) { s.open_wave = 2; }, "gateway 1.4.3 waits for tonight 22:00-04:00 local"},
          {[](Standing& s) { s.open_wave = 2, s.times->span = "tonight 22:00-04:00 UTC"; },
           "gateway 1.4.3 waits for tonight 22:00-04:00 UTC"},
          {[](Standing& s) { s.open_wave = 2, s.times->from.reset(); },
           "gateway 1.4.3 waits for a time that no window gives"},
          {[](Standing& s) { s.state = rollout::State::paused; },
           "gateway 1.4.3 waits: \"everywhere\" is paused"},
          {[](Standing& s) { s.state = rollout::State::halted; },
           "gateway 1.4.3 waits: \"everywhere\" is halted"},
          {[](Standing& s) { s.state = rollout::State::awaiting_approval; },
           "gateway 1.4.3 waits: \"everywhere\" is not approved"},
          {[](Standing& s) { s.state = rollout::State::draft; },
           "gateway 1.4.3 waits: \"everywhere\" is not started"},
          {[](Standing& s) { s.misfit = "its hardware revision is another one"; }, ""}}) {
        Standing changed = waiting();
        changed.times = night;
        row.change(changed);
        CHECK(next_for(false, reached(), std::nullopt, {changed}) == row.next);
    }
    UnderWay files = update(install::State::awaiting_window);
    files.times = night;
    CHECK(next_for(false, reached(), files, {}) == "gateway 1.4.3 waits for tonight 22:00-04:00 local");
    files.times.reset();
    CHECK(next_for(false, reached(), files, {}) == "gateway 1.4.3 is there and is installed next");
    for (int i = 0; i <= static_cast<int>(install::State::silent); ++i) {
        const auto state = static_cast<install::State>(i);
        CHECK(next_for(false, reached(), update(state), {}).empty() == install::is_terminal(state));
    }
    // An earlier update that ended does not hide what comes next.
    CHECK(next_for(false, reached(), update(install::State::verified), {waiting()}) ==
          "gateway 1.4.3 waits for wave 3 of \"everywhere\"");
    CHECK(next_for(true, reached(), std::nullopt, {waiting()}) == "on hold");
    Contact imported = reached();
    imported.enrolled = false;
    CHECK(next_for(false, imported, std::nullopt, {waiting()}) == "out of reach: known from an import only");
    Contact quiet = reached();
    quiet.lifecycle = device::Lifecycle::quiet;
    CHECK(next_for(false, quiet, std::nullopt, {waiting()}) ==
          "gateway 1.4.3 waits for wave 3 of \"everywhere\", and the device is not heard of");
    CHECK(next_for(false, reached(), std::nullopt, {}).empty());
}

TEST_CASE("a finding is explained: what, who says so, how grave, whether there is a fix, and why not now") {
    FindingFacts facts;
    facts.advisory = "CVE-2024-6387";
    facts.device = "GW-0003";
    facts.component = "openssh 9.6";
    facts.affected = Reply::yes;
    facts.evidence = "below the fix.";
    facts.source = "osv";
    facts.exploited = true;
    facts.exploited_since = kNow - hours(48);
    facts.first_seen = kNow - hours(24);
    facts.risk = "100 points.";
    facts.not_now = why_not_now(false, reached(), std::nullopt, {waiting()});
    facts.now = kNow;
    struct Row {
        const char* what;
        void (*change)(FindingFacts&);
        std::string_view fix;
    };
    for (const Row& row :
         {Row{"none", [](FindingFacts&) {}, "no: No version that ends it is known."},
          {"the maker's", [](FindingFacts& f) { f.fixed_in = "9.8"; },
           "no: The maker fixed it in 9.8; no release with that is here: bring it in."},
          {"here", [](FindingFacts& f) { f.release = {"gateway 1.4.3", "published", true}; },
           "yes: gateway 1.4.3 is here, fits this device and ends it."},
          {"a draft", [](FindingFacts& f) { f.release = {"gateway 1.4.3", "draft", true}; },
           "no: gateway 1.4.3 ends it and is not published yet."},
          {"for others", [](FindingFacts& f) { f.release = {"gateway 1.4.3", "published", false}; },
           "no: gateway 1.4.3 ends it for its model, but does not fit this device as it is now."}}) {
        CAPTURE(row.what);
        FindingFacts changed = facts;
        row.change(changed);
        const Explanation told = explain::explain(changed);
        CHECK(answer_to(told, "Is there a fix?") == row.fix);
        CHECK(told.sentence.starts_with(
            "GW-0003 is affected by CVE-2024-6387, which is exploited now, through openssh 9.6. "));
        CHECK(told.sentence.find("wave 3 of 3") != std::string::npos);
        CHECK(answer_to(told, "Is it affected?") == "yes: below the fix.");
        CHECK(answer_to(told, "Is it changed now?").starts_with("no: "));
    }
    facts.affected = Reply::unknown;
    CHECK(
        explain::explain(facts).sentence ==
        "Whether GW-0003 is affected by CVE-2024-6387 cannot be told, which is not the same as clean: below "
        "the fix.");
    CHECK(answer_to(explain::explain(facts), "How much does it weigh?") == "never asked");
    facts.affected = Reply::no;
    CHECK(explain::explain(facts).sentence == "GW-0003 is not affected by CVE-2024-6387: below the fix.");
    CHECK(answer_to(explain::explain(facts), "Is there a fix?") == "never asked");
}

TEST_CASE("which source decides is said for each of them, the maker's statement before all") {
    std::vector<std::string> said;
    for (const char* source : {"csaf", "debian", "osv", "apple", "cve5", "nvd", ""})
        said.push_back(authority(source, false));
    said.push_back(authority("nvd", true));
    std::sort(said.begin(), said.end());
    CHECK(std::unique(said.begin(), said.end()) == said.end());
    CHECK(authority("alpine", false) == authority("debian", false));
    CHECK(authority("openvex", false) == authority("csaf", false));
    FindingFacts heard;
    CHECK(answer_to(explain::explain(heard), "Who else speaks of it?") == "never asked");
    heard.others = {"OSV says so.", "NVD does not."};
    CHECK(answer_to(explain::explain(heard), "Who else speaks of it?") == "yes: OSV says so. NVD does not.");
    FindingFacts unlikely;
    unlikely.likelihood = 0.0123;
    CHECK(answer_to(explain::explain(unlikely), "Is it exploited?") ==
          "no: Not that anybody says; within 30 days with a likelihood of 1.2 %.");
    unlikely.until_now = 0.25;
    CHECK(answer_to(explain::explain(unlikely), "Is it exploited?") ==
          "no: Not that anybody says; within 30 days with a likelihood of 1.2 %, and at some time until now "
          "with at "
          "least 25.0 %.");
    unlikely.likelihood.reset();
    CHECK(answer_to(explain::explain(unlikely), "Is it exploited?").starts_with("unknown: "));
}

TEST_CASE("a rollout is explained by its state, its gate, who waits and who is out of reach") {
    RolloutFacts facts = running();
    facts.waiting = 12;
    facts.blocked = {{rollout::Blocked::held, 2, {}, {}, {}, {}, {}},
                     {rollout::Blocked::quiet, 1, {}, {}, {}, {}, {}}};
    facts.last = {kNow, "hold", "2 more needed"};
    const Explanation told = explain::explain(facts);
    CHECK(
        told.sentence ==
        "Its wave 1 of 2 (canary) is open since 10 minutes: devices of it are offered the release when they "
        "ask. The next waits: 3 of 10 devices run the new version and are healthy; 2 more needed. Out of "
        "reach: 2 devices: on hold by an operator; 1 device: not heard of for too long.");
    CHECK(answer_to(told, "Was everybody in the open waves asked?") ==
          "no: 12 devices not yet: a device asks about every 60 seconds and is offered the release then.");
    CHECK(answer_to(told, "May the next wave open?") ==
          "no: 3 of 10 devices run the new version and are healthy; 2 more needed.");
    CHECK(answer_to(told, "Are devices under way?") ==
          "yes: 2 devices: each has 30 minutes for a step, and counts once it was well for 5 minutes.");
    CHECK(answer_to(told, "Did something go wrong?") == "no: Nothing did, on 5 devices.");
    CHECK(answer_to(told, "What was decided last?") == "yes: 2 more needed.");
    CHECK(answer_to(told, "Does a window or a freeze hold somebody up?") == "never asked");
    CHECK(answer_to(told, "Is it known of everybody whether they are in scope?") == "never asked");

    // What waits for a time is in reach, and is told apart.
    RolloutFacts shut = running();
    shut.cannot_tell = 3;
    shut.blocked = {{rollout::Blocked::not_enrolled, 408, {}, {}, {}, {}, {}},
                    {rollout::Blocked::window, 8, {}, {"nights"}, {}, kNow + hours(10), {}}};
    const Explanation waits = explain::explain(shut);
    CHECK(answer_to(waits, "Was everybody in the open waves asked?") ==
          "no: Those who are left wait for their time.");
    CHECK(answer_to(waits, "Does a window or a freeze hold somebody up?")
              .starts_with("yes: 8 devices wait for window \"nights\", which opens "));
    CHECK(answer_to(waits, "Is somebody out of reach?") ==
          "yes: 408 devices: known only from an import: out of reach until enrolled.");
    CHECK(
        answer_to(waits, "Is it known of everybody whether they are in scope?").starts_with("no: 3 devices"));
    CHECK(waits.sentence.find("8 devices wait for window \"nights\"") != std::string::npos);
    CHECK(waits.sentence.find("Out of reach: 408 devices") != std::string::npos);
    // So does what waits for room.
    RolloutFacts crowded = running();
    crowded.blocked = {{rollout::Blocked::crowded, 2, {}, {}, {}, {}, {}, "budget \"two\": 2 of at most 2"}};
    const Explanation full = explain::explain(crowded);
    CHECK(answer_to(full, "Was everybody in the open waves asked?") ==
          "no: Those who are left wait for room in their group.");
    CHECK(
        answer_to(full, "Does a budget hold somebody up?") ==
        "yes: 2 devices: their group has no room (budget \"two\": 2 of at most 2). Each is asked when one of "
        "its group is back.");
    CHECK(answer_to(full, "Is somebody out of reach?").starts_with("no: "));
    // And what waits its turn in its wave.
    RolloutFacts paced = running();
    paced.blocked = {
        {rollout::Blocked::paced, 9, {}, {}, {}, {}, {}, "wave \"all\": 5 of at most 5 are under way"}};
    const Explanation turn = explain::explain(paced);
    CHECK(answer_to(turn, "Was everybody in the open waves asked?") ==
          "no: Those who are left wait for their turn.");
    CHECK(
        answer_to(turn, "Does the pace of a wave hold somebody up?") ==
        "yes: 9 devices wait their turn (wave \"all\": 5 of at most 5 are under way). Each is asked when its "
        "turn comes.");
    CHECK(answer_to(turn, "Is somebody out of reach?").starts_with("no: "));
    shut.gate.asks = true;
    CHECK(explain::explain(shut).sentence.find("The next waits for a person: ") != std::string::npos);

    struct Row {
        rollout::State state;
        std::string_view answer;
    };
    using rollout::State;
    for (const Row& row :
         {Row{State::draft, "no: It is a draft: nothing is offered until it is started."},
          {State::awaiting_approval, "no: It waits for the approval of somebody other than anna."},
          {State::scheduled, "no: It was approved by bert and waits for somebody to start it."},
          {State::settled,
           "yes: Every device in reach has its outcome; those that appear later are still served."},
          {State::paused, "no: Somebody paused it; what was begun goes on, and nothing new is offered until "
                          "somebody resumes it."},
          {State::halted, "no: It is halted: 3 of 5 failed."},
          {State::rolling_back, "no: It takes its devices back to what they ran before."},
          {State::rolled_back, "no: It was taken back; it is over."},
          {State::finished, "no: It is finished."},
          {State::aborted, "no: It was ended by a person: 3 of 5 failed."}}) {
        RolloutFacts changed = running();
        changed.state = row.state;
        changed.state_reason = "3 of 5 failed";
        changed.approved_by = "bert";
        CHECK(answer_to(explain::explain(changed), "Does it offer gateway 1.4.3 now?") == row.answer);
        CHECK(answer_to(explain::explain(changed), "May the next wave open?") == "never asked");
    }
    RolloutFacts last = running();
    last.open_wave = 1;
    CHECK(answer_to(explain::explain(last), "May it end?").starts_with("no: "));
    last.totals.pending = 0;
    last.totals.failed = 2;
    CHECK(answer_to(explain::explain(last), "May it end?").starts_with("yes: "));
    CHECK(answer_to(explain::explain(last), "Did something go wrong?") ==
          "yes: 2 failed, 0 fell back, 0 went silent, of 5 devices.");
}

TEST_CASE("a device whose group has no room waits, and is told which budget holds it") {
    using namespace oakum::explain;
    const Room full{"budget \"pairs\": 1 of at most 1 of site Kiel is out of service"};
    CHECK(has_room(std::nullopt).answer == Explanation::Reply::yes);
    CHECK(has_room(full).answer == Explanation::Reply::no);
    CHECK(has_room(full).because == "Not before others are back: " + full.words + ".");
    Standing waits;
    waits.rollout = "forward";
    waits.release = "gateway 2.0";
    waits.state = oakum::rollout::State::running;
    waits.waves = {{"all", 1'000'000, {}}};
    waits.wave = 0;
    waits.full = full;
    CHECK(standing(waits).because.find("it waits until there is room: " + full.words) != std::string::npos);
    // A hold is said first: it is what a person did.
    waits.held = true;
    CHECK(standing(waits).because.find("room") == std::string::npos);
}

TEST_CASE("what a device refused is told with what it noted, and who may be behind it") {
    const auto step = refused({"it was for other hardware", "model acme-cam", kNow});
    CHECK(step.answer == Reply::yes);
    CHECK(step.because.find("since it was for other hardware") != std::string::npos);
    REQUIRE(step.inputs.size() == 1);
    CHECK(step.inputs[0].value == "model acme-cam");
}
