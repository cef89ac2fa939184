// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fake_shared.hpp"

// Devices, and the rules that people make for them.
namespace oakum::api::test {

struct FakeSchedules final : SchedulesService, Asked {
    void list(const access::Actor& a, std::optional<schedule::Kind> kind, Answer<Schedules> answer) override {
        note(a, "schedules" + (kind ? " " + std::string(to_string(*kind)) : "")),
            answer(Schedules{{test::a_schedule()}});
    }
    void dates(const access::Actor& a, base::TimePoint from, base::TimePoint to,
               Answer<ScheduleCalendar> answer) override {
        note(a, "dates"), answer(ScheduleCalendar{from, to, {schedule_dates()}});
    }
    void preview(const access::Actor& a, schedule::Rule rule, Answer<Schedule> answer) override {
        note(a, "preview " + rule.name), answer(test::a_schedule());
    }
    void put(const access::Actor& a, schedule::Rule rule, Answer<Schedule> answer) override {
        note(a, "put " + rule.name), answer(test::a_schedule());
    }
    void remove(const access::Actor& a, std::string name, Answer<base::Nothing> answer) override {
        note(a, "remove " + name), answer(base::Nothing{});
    }
};

struct FakeBudgets final : BudgetsService, Asked {
    void list(const access::Actor& a, Answer<Budgets> answer) override {
        note(a, "budgets"), answer(Budgets{{test::a_budget()}});
    }
    void preview(const access::Actor& a, budget::Budget budget, Answer<Budget> answer) override {
        note(a, "preview " + budget.name), answer(test::a_budget());
    }
    void put(const access::Actor& a, budget::Budget budget, Answer<Budget> answer) override {
        note(a, "put " + budget.name), answer(test::a_budget());
    }
    void remove(const access::Actor& a, std::string name, Answer<base::Nothing> answer) override {
        note(a, "remove " + name), answer(base::Nothing{});
    }
};
struct FakeLwm2m final : Lwm2mService, Asked {
    void list(const access::Actor& a, PageRequest, Answer<Page<Lwm2mEndpoint>> answer) override {
        note(a, "endpoints"), answer(page_of(test::lwm2m_endpoint()));
    }
    void add(const access::Actor& a, Lwm2mEndpointNew endpoint, Answer<Lwm2mEndpointMade> answer) override {
        note(a, "add " + endpoint.endpoint);
        answer(Lwm2mEndpointMade{test::lwm2m_endpoint(), "00112233445566778899aabbccddeeff"});
    }
    void remove(const access::Actor& a, std::string endpoint, Answer<base::Nothing> answer) override {
        note(a, "remove " + endpoint), answer(base::Nothing{});
    }
};
struct FakeFloors final : FloorsService, Asked {
    void list(const access::Actor& a, Answer<std::vector<Floor>> answer) override {
        note(a, "floors"), answer(std::vector<Floor>{test::a_floor()});
    }
    void get(const access::Actor& a, std::string name, Answer<Floor> answer) override {
        note(a, "floor " + name), answer(test::a_floor());
    }
    void preview(const access::Actor& a, floor::Policy policy, Answer<Floor> answer) override {
        note(a, "preview " + policy.name), answer(test::a_floor());
    }
    void put(const access::Actor& a, floor::Policy policy, Answer<Floor> answer) override {
        note(a, "put " + policy.name), answer(test::a_floor());
    }
    void remove(const access::Actor& a, std::string name, Answer<base::Nothing> answer) override {
        note(a, "remove " + name), answer(base::Nothing{});
    }
    void except(const access::Actor& a, std::string name, floor::Exception wish,
                Answer<Floor> answer) override {
        note(a, "except " + wish.query + " from " + name), answer(test::a_floor());
    }
    void decide(const access::Actor& a, std::string name, exception::Event event, FloorDecision decision,
                Answer<Floor> answer) override {
        note(a,
             std::string(exception::to_string(event)) + " " + name + " " + std::to_string(decision.number)),
            answer(test::a_floor());
    }
};

struct FakePolicies final : PoliciesService, Asked {
    void list(const access::Actor& a, Answer<DeadlinePolicies> answer) override {
        note(a, "policies"), answer(test::policies());
    }
    void get(const access::Actor& a, std::string id, Answer<DeadlinePolicy> answer) override {
        note(a, "policy " + id), answer(test::policy());
    }
    void preview(const access::Actor& a, DeadlineWish wish, Answer<DeadlinePreview> answer) override {
        std::string text = "preview " + wish.policy;
        for (const auto& [outcome, days] : wish.days)
            text += " " + outcome + "=" + std::to_string(days);
        note(a, text), answer(test::policy_preview());
    }
    void test(const access::Actor& a, std::string name, std::string,
              Answer<DeadlinePreview> answer) override {
        note(a, "test " + name), answer(test::policy_preview());
    }
    void use(const access::Actor& a, DeadlineWish wish, std::string stamp, std::string,
             Answer<DeadlinePolicies> answer) override {
        note(a, "use " + wish.policy + " as of " + stamp), answer(test::policies());
    }
    void add(const access::Actor& a, std::string name, std::string, Answer<DeadlinePolicy> answer) override {
        note(a, "add " + name), answer(test::policy());
    }
    void remove(const access::Actor& a, std::string id, Answer<base::Nothing> answer) override {
        note(a, "remove " + id), answer(base::Nothing{});
    }
};

struct FakeGroups final : GroupsService, Asked {
    void list(const access::Actor& a, Answer<std::vector<Group>> answer) override {
        note(a, "list"), answer(std::vector{group()});
    }
    void get(const access::Actor& a, device::GroupId, Answer<Group> answer) override {
        note(a, "get"), answer(group());
    }
    void create(const access::Actor& a, GroupNew, Answer<Group> answer) override {
        note(a, "create"), answer(group());
    }
    void patch(const access::Actor& a, device::GroupId, GroupPatch, Answer<Group> answer) override {
        note(a, "patch"), answer(group());
    }
    void remove(const access::Actor& a, device::GroupId, Answer<base::Nothing> answer) override {
        note(a, "remove"), answer(base::Nothing{});
    }
};

struct FakeDevices final : DevicesService, Asked {
    std::string asked_query; // of the newest list
    DeviceSort asked_sort = DeviceSort::risk;
    std::vector<std::string> asked_facts;
    void list(const access::Actor& a, std::string query, Those those, std::vector<std::string> facts,
              DeviceSort sort, Order, PageRequest request, Answer<DevicePage> answer) override {
        note(a, (query == "overdue"            ? "list overdue after "
                 : those.part == Part::unknown ? "list unknown after "
                 : those.part == Part::of_fix  ? "list of " + those.fix + " after "
                                               : "list after ") +
                    request.after);
        asked_query = std::move(query);
        asked_sort = sort;
        DevicePage page;
        page.items = {device_value()};
        asked_facts = facts;
        if (!facts.empty()) page.items[0].asked = {{facts[0], "known"}};
        page.next = "after this";
        page.unknown = 1;
        answer(page);
    }
    void facets(const access::Actor& a, std::string, std::vector<std::string>,
                Answer<Facets> answer) override {
        note(a, "facets"), answer(test::facets());
    }
    void preview(const access::Actor& a, std::string, Answer<QueryPreview> answer) override {
        note(a, "preview"), answer(test::preview());
    }
    void import(const access::Actor& a, DeviceImport, Answer<DeviceImportResult> answer) override {
        note(a, "import"), answer(import_result());
    }
    void get(const access::Actor& a, device::DeviceId, Answer<Device> answer) override {
        note(a, "get"), answer(device_value());
    }
    void patch(const access::Actor& a, device::DeviceId, DevicePatch, Answer<Device> answer) override {
        note(a, "patch"), answer(device_value());
    }
    void act(const access::Actor& a, device::DeviceId, DeviceAction action, std::string,
             Answer<DeviceActionResult> answer) override {
        note(a, std::string(to_string(action)));
        answer(DeviceActionResult{.device = device_value(), .sentence = "Done."});
    }
    void findings(const access::Actor& a, device::DeviceId, FindingFilter, PageRequest,
                  Answer<Page<Finding>> answer) override {
        note(a, "findings"), answer(page_of(finding()));
    }
    void past_findings(const access::Actor& a, device::DeviceId, FindingFilter, base::TimePoint as_of,
                       PageRequest, Answer<Page<Finding>> answer) override {
        note(a, "findings as of " + base::to_iso8601(as_of)), answer(page_of(finding()));
    }
    void software(const access::Actor& a, device::DeviceId, SoftwareQuery query,
                  Answer<Software> answer) override {
        std::string what = query.as_of ? "software then" : "software";
        if (!query.name.empty()) what += " named " + query.name;
        if (query.most > 0) what += ", " + std::to_string(query.most) + " at most";
        note(a, what), answer(test::software());
    }
    void history(const access::Actor& a, device::DeviceId, PageRequest,
                 Answer<Page<DeviceEvent>> answer) override {
        note(a, "history"), answer(page_of(event()));
    }
    void deployments(const access::Actor& a, device::DeviceId, PageRequest,
                     Answer<Page<Deployment>> answer) override {
        note(a, "deployments"), answer(page_of(deployment()));
    }
    void explain(const access::Actor& a, device::DeviceId, Answer<Explanation> answer) override {
        note(a, "explain"), answer(explanation());
    }
    bool sees(const access::Actor&, device::DeviceId device) override {
        return device == id<device::DeviceId>(2);
    }
};

struct FakeSoftware final : SoftwareService, Asked {
    void attach(const access::Actor& a, SbomNew, Answer<SbomAttached> answer) override {
        note(a, "attach"), answer(sbom());
    }
    void state(const access::Actor& a, SbomNew stated, Answer<SbomAttached> answer) override {
        note(a, "state " + stated.name + " of " + stated.model + " " + stated.version), answer(sbom());
    }
    void firmware(const access::Actor& a, PageRequest, Answer<Page<Firmware>> answer) override {
        note(a, "firmware"), answer(page_of(test::firmware()));
    }
};

} // namespace oakum::api::test
