// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <risk/deadline.hpp>

using namespace oakum;
using namespace oakum::risk;
using advisory::AdvisoryView;

namespace {

base::TimePoint day(int n) {
    return base::from_unix_ms(86'400'000LL * n);
}

AdvisoryView stated(bool exploited, bool automatable, bool total) {
    AdvisoryView view;
    view.id = "CVE-1-1";
    view.exploited = exploited;
    view.automatable = automatable ? advisory::Answer::yes : advisory::Answer::no;
    view.technical_impact = total ? advisory::TechnicalImpact::total : advisory::TechnicalImpact::partial;
    return view;
}

Context exposed_to(Exposure exposure) {
    return {Criticality::medium, exposure, false};
}

const DeadlinePolicy& policy(std::string_view id) {
    return **deadline_policy(id);
}

} // namespace

TEST_CASE("the default is BOD 26-04, all 16 rows, those with forensic triage marked") {
    CHECK(&default_policy() == &policy("bod-26-04"));
    struct Row {
        int kev, exposed, automatable, total;
        std::optional<int> days;
        bool triage = false;
    };
    for (const auto& row :
         {Row{0, 0, 0, 0, {}}, Row{0, 0, 0, 1, {}}, Row{0, 0, 1, 0, 60}, Row{0, 0, 1, 1, 60},
          Row{0, 1, 0, 0, 60}, Row{0, 1, 0, 1, 14}, Row{0, 1, 1, 0, 14}, Row{0, 1, 1, 1, 3},
          Row{1, 0, 0, 0, 14}, Row{1, 0, 0, 1, 14}, Row{1, 0, 1, 0, 14}, Row{1, 0, 1, 1, 3, true},
          Row{1, 1, 0, 0, 14}, Row{1, 1, 0, 1, 3, true}, Row{1, 1, 1, 0, 3}, Row{1, 1, 1, 1, 3, true}}) {
        INFO(row.kev, row.exposed, row.automatable, row.total);
        const Deadline found = deadline(stated(row.kev != 0, row.automatable != 0, row.total != 0),
                                        exposed_to(row.exposed != 0 ? Exposure::open : Exposure::controlled));
        CHECK(found.outcome.days == row.days);
        CHECK(found.outcome.forensic_triage == row.triage);
    }
    CHECK(default_policy().rules().size() == 16);
}

TEST_CASE("a deadline runs from disclosure, or from when it became known to be exploited") {
    AdvisoryView view = stated(false, true, true);
    view.published = day(100);
    const Context inside = exposed_to(Exposure::internal);
    CHECK(term(view, inside)->days == 60);
    CHECK(term(view, inside)->from == day(100));
    CHECK(term(view, exposed_to(Exposure::open))->days == 3);
    view.exploited = true;
    view.kev = advisory::Kev{day(130), {}, false, {}, {}};
    CHECK(term(view, inside)->days == 3);
    CHECK(term(view, inside)->from == day(130));
    view.kev->added = day(90); // listed before it was published
    CHECK(term(view, inside)->from == day(100));
    CHECK_FALSE(term(stated(false, false, false), inside));
}

TEST_CASE("CISA's due date counts where it ends earlier than what the policy gives") {
    AdvisoryView view = stated(true, false, false);
    view.published = day(100);
    view.kev = advisory::Kev{day(110), day(117), false, {}, {}};
    const Context inside = exposed_to(Exposure::internal);
    auto found = deadline(view, inside, policy("exploited-or-not"));
    REQUIRE(found.term);
    CHECK(found.term->of_the_list);
    CHECK(found.term->days == 7);
    CHECK(found.term->from == day(110));
    CHECK(found.sentence ==
          "Fix within 7 days of its listing: CISA's due date comes before what the policy gives; "
          "it is known to be exploited (Exploited, or not).");
    view.kev->due = day(140); // later than the 14 days that the policy gives
    CHECK(term(view, inside)->days == 14);
    CHECK_FALSE(term(view, inside)->of_the_list);
    view.kev->due = day(109); // before its own listing: says nothing
    CHECK(term(view, inside)->days == 14);
}

TEST_CASE(
    "what SSVC does not state is derived, and what nobody told of the device is assumed, and both are said") {
    AdvisoryView view = stated(true, true, true);
    const auto sure = deadline(view, exposed_to(Exposure::internal));
    CHECK_FALSE(sure.answers.is_derived(Point::automatable));
    CHECK(sure.sentence == "Fix within 3 days, and forensic triage: it is known to be exploited, the device "
                           "is not publicly exposed, attacks can be automated, and control is lost wholly "
                           "(CISA BOD 26-04).");
    AdvisoryView derived;
    derived.id = "CVE-1-5";
    derived.cvss = {{"nvd", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 7.5}};
    derived.confidentiality = advisory::Loss::total;
    auto found = deadline(derived, exposed_to(Exposure::open));
    CHECK(found.answers[Point::automatable] == 1);
    CHECK(found.answers.is_derived(Point::automatable));
    CHECK(found.answers[Point::technical_impact] == 0);
    CHECK(found.outcome.days == 14);
    derived.weaknesses = {"CWE-787"};
    found = deadline(derived, exposed_to(Exposure::unknown));
    CHECK(found.answers[Point::technical_impact] == 1);
    CHECK(found.answers.is_assumed(Point::exposed));
    CHECK(found.outcome.days == 3);
    CHECK(found.rests_on_assumed_exposure);
    CHECK(found.sentence ==
          "Fix within 3 days: it is not known to be exploited, the device is publicly exposed "
          "(assumed), attacks can be automated (derived), and control is lost wholly (derived) "
          "(CISA BOD 26-04).");
    CHECK_FALSE(deadline(derived, exposed_to(Exposure::open)).rests_on_assumed_exposure);
    // Where it would be the same, nothing rests on it.
    CHECK_FALSE(
        deadline(derived, exposed_to(Exposure::unknown), policy("pci-dss-4.0.1")).rests_on_assumed_exposure);
    // Version 4 says itself whether an attack can be automated.
    derived.cvss = {{"cna", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/AU:N", 9.3}};
    CHECK(answers(derived, {})[Point::automatable] == 0);
    derived.cvss = {{"cna", "CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/AU:Y", 9.3}};
    CHECK(answers(derived, {})[Point::automatable] == 1);
}

TEST_CASE("the deployer tree decides by what the device means to people, each outcome with its days") {
    AdvisoryView view = stated(true, true, true);
    const auto by = [&](Criticality criticality, bool safety, Exposure exposure) {
        return deadline(view, {criticality, exposure, safety}, policy("ssvc-deployer")).outcome;
    };
    CHECK(by(Criticality::critical, false, Exposure::open).name == "immediate");
    CHECK(by(Criticality::critical, false, Exposure::open).days == 3);
    CHECK(by(Criticality::low, false, Exposure::open).name == "out-of-cycle");
    CHECK(by(Criticality::medium, true, Exposure::open).name == "immediate"); // high human impact
    CHECK(by(Criticality::low, false, Exposure::internal).name == "scheduled");
    view = stated(false, false, false);
    CHECK(by(Criticality::low, false, Exposure::internal).name == "defer");
    CHECK_FALSE(by(Criticality::low, false, Exposure::internal).days);
    CHECK(policy("ssvc-deployer").rules().size() == 72);
    const auto own =
        policy("ssvc-deployer").with(std::vector<DeadlinePolicy::Days>{{"immediate", 1}, {"defer", 180}});
    REQUIRE(own.ok());
    CHECK(deadline(view, exposed_to(Exposure::internal), *own).outcome.days == 180);
}

TEST_CASE("days are chosen where the policy leaves them, and nowhere else") {
    const auto refused = [](std::string_view id, std::string outcome, int days) {
        const auto changed = policy(id).with(std::vector<DeadlinePolicy::Days>{{std::move(outcome), days}});
        return changed.ok() ? "" : changed.error().message;
    };
    CHECK(refused("pci-dss-4.0.1", "others", 120).empty());
    CHECK(refused("pci-dss-4.0.1", "critical", 120).find("these are: others") != std::string::npos);
    CHECK(refused("bod-26-04", "60 days", 61).find("are its own") != std::string::npos);
    CHECK(refused("exploited-or-not", "others", 0).find("1 to 3650") != std::string::npos);
    AdvisoryView view;
    CHECK(deadline(view, {}, policy("pci-dss-4.0.1")).outcome.days == 30); // not scored counts as critical
    view.severity = advisory::Severity::high;
    CHECK(deadline(view, {}, policy("pci-dss-4.0.1")).outcome.days == 90);
    CHECK_FALSE(deadline_policy("bod-22-01").ok());
}

TEST_CASE("contexts of one class have one deadline under every policy") {
    std::vector<Context> contexts;
    for (const auto exposure : {Exposure::unknown, Exposure::internal, Exposure::controlled, Exposure::open})
        for (const auto criticality :
             {Criticality::low, Criticality::medium, Criticality::high, Criticality::critical})
            for (const bool safety : {false, true})
                contexts.push_back({criticality, exposure, safety});
    for (const DeadlinePolicy& each : deadline_policies()) {
        INFO(each.id());
        for (const Context& one : contexts)
            for (const Context& other : contexts) {
                CHECK(each.class_of(one) < DeadlinePolicy::kClasses);
                if (each.class_of(one) != each.class_of(other)) continue;
                for (const bool exploited : {false, true})
                    for (const bool automatable : {false, true})
                        CHECK(&each.decide(answers(stated(exploited, automatable, true), one)) ==
                              &each.decide(answers(stated(exploited, automatable, true), other)));
            }
    }
}

TEST_CASE("a deadline is kept in time, kept late, not due yet or overdue, from the later of its begin and "
          "first sight") {
    const Term term{14, day(100), false};
    CHECK(kept(term, day(1), day(114), day(200)) == Kept::in_time);
    CHECK(kept(term, day(1), day(115), day(200)) == Kept::late);
    CHECK(kept(term, day(110), day(124), day(200)) == Kept::in_time);
    CHECK(kept(term, day(1), std::nullopt, day(114)) == Kept::not_due);
    CHECK(kept(term, day(1), std::nullopt, day(115)) == Kept::overdue);
    CHECK(kept(term, day(110), std::nullopt, day(115)) == Kept::not_due);
    CHECK(kept(std::nullopt, day(1), std::nullopt, day(115)) == Kept::none);
}
