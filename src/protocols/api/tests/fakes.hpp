// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../../../engine/governance/tests/world.hpp"
#include "samples.hpp"

#include <api/api.hpp>
#include <governance/idempotency.hpp>

// The nouns behind the API as fakes that note what was asked and answer a sample; governance is the real one.
namespace oakum::api::test {

struct Asked {
    std::vector<std::string> calls;
    std::vector<base::Id128> scope; // of the actor that came last
    void note(const access::Actor& actor, std::string call) {
        calls.push_back(std::move(call));
        scope = actor.scope;
    }
};

template <class T> Page<T> page_of(T item) {
    Page<T> page;
    page.items.push_back(std::move(item));
    page.next = "after this";
    page.total = 2;
    return page;
}

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

struct FakeAdvisories final : AdvisoriesService, Asked {
    void list(const access::Actor& a, AdvisoryQuery, Answer<AdvisoryPage> answer) override {
        note(a, "list");
        AdvisoryPage page;
        page.items = {advisory()};
        page.newest_record = kAt;
        answer(page);
    }
    void get(const access::Actor& a, std::string wanted, std::string,
             Answer<AdvisoryLookup> answer) override {
        note(a, "get " + wanted);
        answer(
            AdvisoryLookup{.advisory = wanted == "CVE-2024-6387" ? std::optional(advisory()) : std::nullopt,
                           .newest_record = kAt});
    }
    void then(const access::Actor& a, std::string wanted, std::string, base::TimePoint as_of,
              Answer<AdvisoryThen> answer) override {
        note(a, wanted + " as of " + base::to_iso8601(as_of)), answer(advisory_then());
    }
};

struct FakeExposure final : ExposureService, Asked {
    void exposure(const access::Actor& a, std::string, Answer<Exposure> answer) override {
        note(a, "exposure"), answer(test::exposure());
    }
    void deadline_record(const access::Actor& a, std::string, std::optional<base::TimePoint> as_of,
                         Answer<DeadlineRecord> answer) override {
        note(a, "deadlines" + (as_of ? " as of " + base::to_iso8601(*as_of) : "")), answer(test::deadlines());
    }
    void choose_fixes(const access::Actor& a, std::string, FixBudget budget,
                      Answer<FixChoice> answer) override {
        note(a, "choose " + std::to_string(budget.windows.value_or(0))), answer(test::fix_choice());
    }
    void fix_ends(const access::Actor& a, std::string fix, std::string, Answer<FixEnds> answer) override {
        note(a, "ends " + fix), answer(test::fix_ends());
    }
    void assign_fix(const access::Actor& a, std::string fix, std::string owner,
                    Answer<base::Nothing> answer) override {
        note(a, "assign " + fix + " to " + owner), answer(base::Nothing{});
    }
    void support_ends(const access::Actor& a, PageRequest, Answer<Page<SupportEnd>> answer) override {
        note(a, "support ends"), answer(page_of(test::support_end()));
    }
    void replace_support_ends(const access::Actor& a, std::string, Answer<base::Nothing> answer) override {
        note(a, "replace support ends"), answer(base::Nothing{});
    }
    void fixes(const access::Actor& a, std::string, FixFilter, PageRequest, Answer<FixPage> answer) override {
        note(a, "fixes");
        FixPage page;
        page.items = {fix()};
        page.total_risk = 200;
        answer(page);
    }
    void holes(const access::Actor& a, HoleFilter filter, PageRequest, Answer<Page<Hole>> answer) override {
        note(a, "holes " + std::string(to_string(filter.of)) + " " + std::string(to_string(filter.state)));
        answer(page_of(test::hole()));
    }
    void windows(const access::Actor& a, std::string, std::optional<base::TimePoint> as_of,
                 Answer<ExposureWindows> answer) override {
        note(a, "windows" + (as_of ? " as of " + base::to_iso8601(*as_of) : "")), answer(test::windows());
    }
};

struct FakeEvidence final : EvidenceService, Asked {
    void make(const access::Actor& a, EvidenceWish wish, Answer<Job> answer) override {
        note(a, "make " + wish.standard), answer(test::job());
    }
    void list(const access::Actor& a, PageRequest, Answer<Page<EvidencePack>> answer) override {
        note(a, "list");
        Page<EvidencePack> page;
        page.items = {{.file = "2026-11.tar",
                       .standard = "general",
                       .from = {},
                       .to = {},
                       .made = {},
                       .query = std::nullopt,
                       .made_by = "anna",
                       .bytes = 7,
                       .left_out = {"audit.csv: you see only some groups"}}};
        answer(page);
    }
    void file(const access::Actor& a, std::string, Answer<File> answer) override {
        note(a, "file"), answer(base::not_found("there is no such pack"));
    }
    void remove(const access::Actor& a, std::string, Answer<base::Nothing> answer) override {
        note(a, "remove"), answer(base::Nothing{});
    }
    void key(const access::Actor& a, Answer<EvidenceKey> answer) override {
        note(a, "key"), answer(EvidenceKey{std::string(64, 'a'), "-----BEGIN PUBLIC KEY-----"});
    }
    std::vector<EvidenceStandard> standards() const override { return {{"general", "No standard"}}; }
};

struct FakeFigures final : FiguresService, Asked {
    void adoption(const access::Actor& a, AdoptionRequest request, Answer<Adoption> answer) override {
        note(a, "adoption of " + request.model.value_or("the largest")), answer(test::adoption());
    }
    void figures(const access::Actor& a, FiguresRequest request, Answer<Figures> answer) override {
        note(a, "figures" + (request.from ? " from " + base::to_date(*request.from) : "") +
                    (request.to ? " to " + base::to_date(*request.to) : ""));
        answer(test::figures());
    }
    void heat(const access::Actor& a, HeatBy by, std::optional<base::TimePoint> as_of,
              Answer<Heat> answer) override {
        note(a, std::string(by == HeatBy::site ? "heat by site" : "heat by group") + (as_of ? " then" : ""));
        answer(test::heat());
    }
};

struct FakeFeeds final : FeedsService, Asked {
    struct Piece final : FeedUpload {
        explicit Piece(std::string& kept) : kept_(kept) {}
        base::Status write(base::ByteView piece) override {
            kept_ += base::as_text(piece);
            return {};
        }
        void finish(Answer<Job> answer) override { answer(job()); }
        std::string& kept_;
    };
    void list(const access::Actor& a, Answer<Page<Feed>> answer) override {
        note(a, "list"), answer(page_of(feed()));
    }
    base::Result<std::unique_ptr<FeedUpload>> begin_import(const access::Actor& a, FeedNew feed) override {
        note(a, "import " + feed.name + (feed.force ? " forced" : ""));
        return std::unique_ptr<FeedUpload>(std::make_unique<Piece>(received));
    }
    std::string received;
};

struct FakeJobs final : JobsService, Asked {
    void list(const access::Actor& a, PageRequest, Answer<Page<Job>> answer) override {
        note(a, "list"), answer(page_of(job()));
    }
    void get(const access::Actor& a, std::string, Answer<Job> answer) override {
        note(a, "get"), answer(job());
    }
    void cancel(const access::Actor& a, std::string, Answer<Job> answer) override {
        note(a, "cancel"), answer(job());
    }
};

struct FakeUploads final : UploadsService, Asked {
    struct Piece final : UploadPiece {
        base::Status write(base::ByteView) override { return {}; }
        void finish(Answer<Upload> answer) override { answer(upload()); }
    };
    void begin(const access::Actor& a, UploadNew, Answer<Upload> answer) override {
        note(a, "begin"), answer(upload());
    }
    void get(const access::Actor& a, UploadId, Answer<Upload> answer) override {
        note(a, "get"), answer(upload());
    }
    base::Result<std::unique_ptr<UploadPiece>> append(const access::Actor& a, UploadId,
                                                      std::uint64_t offset) override {
        note(a, "append " + std::to_string(offset));
        if (offset != 4) return base::conflict("4 bytes are held").at("Upload-Offset");
        return std::unique_ptr<UploadPiece>(std::make_unique<Piece>());
    }
    void finish(const access::Actor& a, UploadId, Answer<Artifact> answer) override {
        note(a, "finish"), answer(artifact());
    }
    void artifacts(const access::Actor& a, PageRequest, Answer<Page<Artifact>> answer) override {
        note(a, "artifacts"), answer(page_of(artifact()));
    }
};

struct FakeReleases final : ReleasesService, Asked {
    void list(const access::Actor& a, ReleaseFilter filter, PageRequest,
              Answer<Page<ReleaseSummary>> answer) override {
        std::string asked = "list";
        if (filter.state) asked += " " + std::string(to_string(*filter.state));
        if (filter.awaits_approval) asked += " awaits approval";
        note(a, asked), answer(page_of<ReleaseSummary>(release()));
    }
    void get(const access::Actor& a, rollout::ReleaseId, Answer<Release> answer) override {
        note(a, "get"), answer(release());
    }
    void create(const access::Actor& a, ReleaseNew, Answer<Release> answer) override {
        note(a, "create"), answer(release());
    }
    void change(const access::Actor& a, rollout::ReleaseId, ReleaseChange, Answer<Release> answer) override {
        note(a, "change"), answer(release());
    }
    void let_through(const access::Actor& a, rollout::ReleaseId, intake::Check check, std::string,
                     Answer<Release> answer) override {
        note(a, "let through " + std::string(intake::to_string(check))), answer(release());
    }
    void intake_policy(const access::Actor& a, Answer<intake::Policy> answer) override {
        note(a, "intake policy"), answer(intake::Policy());
    }
    void set_intake_policy(const access::Actor& a, std::map<intake::Check, bool> changes, std::string,
                           Answer<intake::Policy> answer) override {
        note(a, "set intake policy"), answer(intake::Policy().with(changes));
    }
    void trust(const access::Actor& a, intake::Signer signer, std::string,
               Answer<intake::Policy> answer) override {
        note(a, "trust " + signer.name), answer(intake::Policy().with(std::move(signer)));
    }
    void distrust(const access::Actor& a, std::string name, std::string,
                  Answer<intake::Policy> answer) override {
        note(a, "distrust " + name), answer(intake::Policy());
    }
    void attachments(const access::Actor& a, base::Digest256,
                     Answer<std::vector<Attachment>> answer) override {
        note(a, "attachments"), answer(std::vector{attachment()});
    }
    void attach(const access::Actor& a, base::Digest256, std::string name, std::string,
                Answer<std::vector<Attachment>> answer) override {
        note(a, "attach " + name), answer(std::vector{attachment()});
    }
    void detach(const access::Actor& a, base::Digest256, std::string name,
                Answer<std::vector<Attachment>> answer) override {
        note(a, "detach " + name), answer(std::vector<Attachment>());
    }
    void act(const access::Actor& a, rollout::ReleaseId, ReleaseAction action, std::string,
             Answer<Release> answer) override {
        note(a, std::string(to_string(action))), answer(release());
    }
};

struct FakeCarried final : CarriedService, Asked {
    void pack(const access::Actor& a, StickWish wish, Answer<Stick> answer) override {
        note(a, "pack " + wish.query + " for " + std::to_string(wish.days)), answer(stick());
    }
    void take(const access::Actor& a, ReceiptNew receipt, Answer<ReceiptTaken> answer) override {
        note(a, "take " + receipt.receipt), answer(receipt_taken());
    }
    void artifact(const access::Actor& a, base::Digest256 digest, Answer<Stored> answer) override {
        note(a, "artifact " + digest.hex()), answer(Stored{"/dev/null", 0});
    }
};

struct FakeRollouts final : RolloutsService, Asked {
    void list(const access::Actor& a, std::optional<rollout::State>, PageRequest,
              Answer<Page<RolloutSummary>> answer) override {
        note(a, "list"), answer(page_of<RolloutSummary>(rollout_value()));
    }
    void get(const access::Actor& a, rollout::RolloutId, Answer<Rollout> answer) override {
        note(a, "get"), answer(rollout_value());
    }
    void create(const access::Actor& a, PlanNew plan, Answer<Rollout> answer) override {
        note(a, "create " + plan.name);
        if (failure) return answer(*failure);
        answer(rollout_value());
    }
    void act(const access::Actor& a, rollout::RolloutId, RolloutAction action, std::string why,
             Answer<Rollout> answer) override {
        note(a, std::string(to_string(action)) + ": " + why);
        answer(rollout_value());
    }
    void devices(const access::Actor& a, rollout::RolloutId, DeploymentFilter filter, PageRequest,
                 Answer<Page<Deployment>> answer) override {
        std::string what = "devices";
        if (filter.outcome != DeploymentFilter::Outcome::any)
            what += " " + std::string(to_string(filter.outcome));
        if (filter.wave) what += " of wave " + std::to_string(*filter.wave);
        if (filter.model) what += " " + *filter.model;
        if (filter.reason) what += " " + std::string(install::to_string(*filter.reason));
        note(a, what), answer(page_of(deployment()));
    }
    void decisions(const access::Actor& a, rollout::RolloutId, PageRequest,
                   Answer<Page<RolloutDecision>> answer) override {
        note(a, "decisions"), answer(page_of(decision()));
    }
    void rehearse(const access::Actor& a, rollout::RolloutId, Answer<rehearsal::Report> answer) override {
        note(a, "rehearse"), answer(rehearsed());
    }
    void times(const access::Actor& a, rollout::RolloutId, Answer<RolloutTimes> answer) override {
        note(a, "times"), answer(rollout_times());
    }
    void explain(const access::Actor& a, rollout::RolloutId, Answer<explain::Explanation> answer) override {
        note(a, "explain"), answer(explanation());
    }
    std::optional<base::Error> failure;
};

struct FakeFindings final : FindingsService, Asked {
    void list(const access::Actor& a, FleetFindingWish wish, PageRequest,
              Answer<FleetFindingPage> answer) override {
        note(a, std::string(wish.exploited ? "exploited " : "") +
                    (wish.filter == FleetFindingFilter::assumed ? "assumed findings " : "findings ") +
                    wish.query + wish.fix);
        FleetFindingPage page;
        page.items = {fleet_finding()};
        page.findings = 7;
        answer(page);
    }
    void explain(const access::Actor& a, std::string advisory, device::DeviceId,
                 Answer<Explanation> answer) override {
        note(a, "explain " + advisory), answer(explanation());
    }
};

struct FakeSearch final : SearchService, Asked {
    void search(const access::Actor& a, search::Wanted wanted, Answer<SearchResults> answer) override {
        note(a, "search " + wanted.text()), answer(search_results());
    }
};

struct FakeSystem final : SystemService, Asked {
    void system(const access::Actor& a, Answer<System> answer) override {
        note(a, "system"), answer(system_value());
    }
    void backup(const access::Actor& a, BackupRequest, Answer<Job> answer) override {
        note(a, "backup"), answer(test::job());
    }
    void list_backups(const access::Actor& a, PageRequest, Answer<Page<Backup>> answer) override {
        note(a, "list_backups"), answer(page_of(test::backup()));
    }
    void support_bundle(const access::Actor& a, Answer<SupportBundle> answer) override {
        note(a, "support_bundle"), answer(test::support_bundle());
    }
    void verify_backup(const access::Actor& a, std::string file, Answer<Job> answer) override {
        note(a, "verify_backup " + file), answer(test::job());
    }
    void backup_schedule(const access::Actor& a, Answer<BackupSchedule> answer) override {
        note(a, "backup_schedule"), answer(test::backup_schedule());
    }
    void change_backup_schedule(const access::Actor& a, BackupSchedulePatch,
                                Answer<BackupSchedule> answer) override {
        note(a, "change_backup_schedule"), answer(test::backup_schedule());
    }
    void test_keys(const access::Actor& a, Answer<std::vector<KeyTest>> answer) override {
        note(a, "test_keys");
        answer(
            std::vector<KeyTest>{{"timestamp", "00ff", "It signs.", true, kAt},
                                 {"root", "11ff", "It is not on this machine.", std::nullopt, std::nullopt}});
    }
    Health readiness() override { return ready ? Health{} : test::health(); }
    std::string metrics() override { return "oakum_devices 5\n"; }
    bool ready = true;
};

struct FakeExceptions final : ExceptionsService, Asked {
    void list(const access::Actor& a, ExceptionFilter, exception::Period, PageRequest,
              Answer<Page<Exception>> answer) override {
        note(a, "list"), answer(page_of(test::exception_value()));
    }
    void get(const access::Actor& a, ports::ExceptionId, Answer<Exception> answer) override {
        note(a, "get"), answer(test::exception_value());
    }
    void preview(const access::Actor& a, exception::Wish, Answer<ExceptionPreview> answer) override {
        note(a, "preview"), answer(test::exception_preview());
    }
    void ask(const access::Actor& a, exception::Wish wish, Answer<Exception> answer) override {
        note(a, "ask " + wish.subject.advisory), answer(test::exception_value());
    }
    void decide(const access::Actor& a, ports::ExceptionId, exception::Event event, std::string why,
                Answer<Exception> answer) override {
        note(a, std::string(exception::to_string(event)) + " " + why), answer(test::exception_value());
    }
};

struct FakeNotices final : NoticesService, Asked {
    void list(const access::Actor& a, PageRequest, Answer<Page<OwnAdvisory>> answer) override {
        note(a, "list"), answer(page_of(test::own_advisory()));
    }
    void add(const access::Actor& a, advisory::Notice notice, Answer<OwnAdvisory> answer) override {
        note(a, "add " + notice.title), answer(test::own_advisory());
    }
    void edit(const access::Actor& a, std::string id, advisory::Notice, std::optional<std::uint64_t> version,
              Answer<OwnAdvisory> answer) override {
        note(a, "edit " + id + (version ? " at " + std::to_string(*version) : "")),
            answer(test::own_advisory());
    }
    void withdraw(const access::Actor& a, std::string id, std::string, Answer<OwnAdvisory> answer) override {
        note(a, "withdraw " + id), answer(test::own_advisory());
    }
};

struct FakeVex final : VexService, Asked {
    void document(const access::Actor& a, VexRequest request, Answer<std::string> answer) override {
        note(a, "document " + request.advisory), answer(std::string("{}\n"));
    }
};

struct FakeAlarms final : AlarmsService, Asked {
    void list(const access::Actor& a, AlarmFilter, PageRequest, Answer<AlarmPage> answer) override {
        AlarmPage page;
        page.items = {test::alarm()};
        page.checked = kAt;
        note(a, "list"), answer(page);
    }
    void get(const access::Actor& a, alarm::AlarmId, Answer<Alarm> answer) override {
        note(a, "get"), answer(test::alarm());
    }
    void acknowledge(const access::Actor& a, alarm::AlarmId, std::string why, Answer<Alarm> answer) override {
        note(a, "acknowledge " + why), answer(test::alarm());
    }
    void mute(const access::Actor& a, alarm::AlarmId, Mute mute, Answer<Alarm> answer) override {
        note(a, mute.until ? "mute until" : "mute for"), answer(test::alarm());
    }
    void unmute(const access::Actor& a, alarm::AlarmId, std::string, Answer<Alarm> answer) override {
        note(a, "unmute"), answer(test::alarm());
    }
};

struct FakeEdits final : EditsService, Asked {
    void preview(const access::Actor& a, BulkRequest request, Answer<BulkPreview> answer) override {
        note(a, "preview " + std::string(to_string(request.action)) + " " + request.query.value_or("-") +
                    " of " + std::to_string(request.devices.size()) + " facts " +
                    std::to_string(request.facts.size()));
        answer(test::bulk_preview());
    }
    void apply(const access::Actor& a, BulkApply request, Answer<Edit> answer) override {
        note(a, "apply " + request.stamp + " " + request.why), answer(test::edit());
    }
    void preview_replacement(const access::Actor& a, device::DeviceId old, device::DeviceId fresh,
                             Answer<ReplacementPreview> answer) override {
        note(a, "preview replacement " + old.text() + " " + fresh.text()),
            answer(test::replacement_preview());
    }
    void replace(const access::Actor& a, device::DeviceId old, device::DeviceId fresh, std::string stamp,
                 std::string why, Answer<Edit> answer) override {
        note(a, "replace " + old.text() + " " + fresh.text() + " " + stamp + " " + why), answer(test::edit());
    }
    void list(const access::Actor& a, std::string kind, PageRequest, Answer<Page<Edit>> answer) override {
        Page<Edit> page;
        page.items = {test::edit()};
        note(a, "list " + kind), answer(page);
    }
    void get(const access::Actor& a, ports::EditId, Answer<Edit> answer) override {
        note(a, "get"), answer(test::edit());
    }
    void devices(const access::Actor& a, ports::EditId, PageRequest,
                 Answer<Page<EditedDevice>> answer) override {
        Page<EditedDevice> page;
        page.items = {test::edited_device()};
        note(a, "devices"), answer(page);
    }
    void cancel(const access::Actor& a, ports::EditId, std::string why, Answer<Edit> answer) override {
        note(a, "cancel " + why), answer(test::edit());
    }
    void undo(const access::Actor& a, ports::EditId, std::string why, Answer<Edit> answer) override {
        note(a, "undo " + why), answer(test::edit());
    }
};

struct FakeAges final : ports::Ages {
    base::Result<Counted> count_older(device::TenantId, const ports::Older&) override {
        Counted counted;
        counted.of[static_cast<std::size_t>(ports::Kept::sessions)] = 12;
        return counted;
    }
};
struct FakePacks final : governance::Reports {
    std::uint64_t older(base::TimePoint) const override { return 0; }
    base::Result<std::uint64_t> remove_older(base::TimePoint) override { return std::uint64_t{0}; }
};

struct FakeChannels final : ChannelsService, Asked {
    void change(const access::Actor& a, alarm::ChannelId, ChannelPatch patch,
                Answer<Channel> answer) override {
        note(a, "change " + patch.name.value_or("-") + (patch.secret ? " with secret" : "")),
            answer(channel());
    }
    void list(const access::Actor& a, Answer<std::vector<Channel>> answer) override {
        note(a, "list"), answer(std::vector{channel()});
    }
    void add(const access::Actor& a, ChannelNew, Answer<ChannelCreated> answer) override {
        note(a, "add"), answer(ChannelCreated{channel(), "s3cret"});
    }
    void remove(const access::Actor& a, alarm::ChannelId, Answer<base::Nothing> answer) override {
        note(a, "remove"), answer(base::Nothing{});
    }
    void test(const access::Actor& a, alarm::ChannelId, Answer<ChannelTest> answer) override {
        note(a, "test"), answer(ChannelTest{false, "It did not arrive."});
    }
};

struct FakeSources final : SourcesService, Asked {
    void list(const access::Actor& a, Answer<std::vector<Source>> answer) override {
        note(a, "list"), answer(std::vector{feed_source()});
    }
    void set(const access::Actor& a, std::string name, SourcePatch, Answer<Source> answer) override {
        note(a, "set " + name), answer(feed_source());
    }
    void remove(const access::Actor& a, std::string name, Answer<base::Nothing> answer) override {
        note(a, "remove " + name), answer(base::Nothing{});
    }
    void test(const access::Actor& a, std::string name, Answer<SourceTest> answer) override {
        note(a, "test " + name), answer(SourceTest{false, "The source could not be had."});
    }
    void sync(const access::Actor& a, std::string name, bool force, Answer<Job> answer) override {
        note(a, "sync " + name + (force ? " forced" : "")), answer(job());
    }
};

struct FakeConnectors final : ConnectorsService, Asked {
    void list(const access::Actor& a, Answer<std::vector<Connector>> answer) override {
        note(a, "list"), answer(std::vector{management_connector()});
    }
    void set(const access::Actor& a, std::string name, ConnectorPatch, Answer<Connector> answer) override {
        note(a, "set " + name), answer(management_connector());
    }
    void remove(const access::Actor& a, std::string name, Answer<base::Nothing> answer) override {
        note(a, "remove " + name), answer(base::Nothing{});
    }
    void test(const access::Actor& a, std::string name, Answer<ConnectorTest> answer) override {
        note(a, "test " + name), answer(ConnectorTest{false, "The connector could not be had."});
    }
    void sync(const access::Actor& a, std::string name, bool force, Answer<Job> answer) override {
        note(a, "sync " + name + (force ? " forced" : "")), answer(job());
    }
    void floor(const access::Actor& a, std::string name, connector::Floor floor,
               Answer<FloorPlan> answer) override {
        note(a, "floor " + name + " " + floor.version), answer(floor_plan());
    }
};

struct FakeApple final : AppleService, Asked {
    void get(const access::Actor& a, Answer<AppleManagement> answer) override {
        note(a, "get"), answer(apple_management());
    }
    void phones(const access::Actor& a, Answer<std::vector<ApplePhone>> answer) override {
        note(a, "phones"), answer(std::vector{apple_phone()});
    }
    void make_profile(const access::Actor& a, AppleProfileNew wish, Answer<AppleProfile> answer) override {
        note(a, "profile " + wish.label + (wish.personal ? " personal" : "")), answer(apple_profile());
    }
    void ask(const access::Actor& a, device::DeviceId id, Answer<base::Nothing> answer) override {
        note(a, "ask " + id.text()), answer(base::Nothing{});
    }
    void release(const access::Actor& a, device::DeviceId id, Answer<base::Nothing> answer) override {
        note(a, "release " + id.text()), answer(base::Nothing{});
    }
};

// One server of these, and a client that asks it in process.
struct Server {
    governance::test::World world;
    governance::Idempotency idempotency{world.writer, world.control, world.clock};
    governance::AuditLog audit{world.history, world.control, world.executor};
    FakePolicies policies;
    governance::Views views{world.writer, world.control, world.ids};
    FakeGroups groups;
    FakeDevices devices;
    FakeEdits edits;
    FakeFindings findings;
    FakeSoftware software;
    FakeAdvisories advisories;
    FakeExposure exposure;
    FakeEvidence evidence;
    FakeFigures figures;
    FakeFeeds feeds;
    FakeJobs jobs;
    FakeUploads uploads;
    FakeReleases releases;
    FakeCarried carried;
    FakeRollouts rollouts;
    FakeSchedules schedules;
    FakeBudgets budgets;
    FakeLwm2m lwm2m;
    FakeFloors floors;
    FakeSearch search;
    FakeSystem system;
    FakeExceptions exceptions;
    FakeNotices notices;
    FakeVex vex;
    FakeAlarms alarms;
    FakeChannels channels;
    FakeSources sources;
    FakeConnectors connectors;
    FakeApple apple;
    FakeAges ages;
    FakePacks packs;
    governance::Forgetter forgetter{world.writer, world.control};
    governance::Retentions retentions{world.writer, world.control, ages, packs, world.executor, world.clock};
    governance::SignInCodes sign_in_codes{world.writer, world.control, world.tokens, world.clock,
                                          world.random};
    governance::SignedIn admin{world.first_administrator()};
    Api api;

    explicit Server(std::filesystem::path web = {})
        : api(Services{world.sessions,
                       world.open_sessions,
                       world.second_factor,
                       nullptr,
                       [this](const access::Actor& actor, governance::SignInRules rules,
                              shard::Completion<governance::SignInRules> done) {
                           governance::set_sign_in_rules(world.writer, actor, rules, std::move(done));
                       },
                       world.users,
                       forgetter,
                       retentions,
                       sign_in_codes,
                       world.tokens,
                       views,
                       audit,
                       idempotency,
                       policies,
                       groups,
                       devices,
                       edits,
                       findings,
                       software,
                       advisories,
                       exposure,
                       evidence,
                       figures,
                       feeds,
                       jobs,
                       uploads,
                       releases,
                       carried,
                       rollouts,
                       schedules,
                       budgets,
                       floors,
                       search,
                       system,
                       exceptions,
                       notices,
                       vex,
                       alarms,
                       channels,
                       sources,
                       connectors,
                       apple,
                       lwm2m,
                       world.control,
                       world.writer.feed(),
                       world.clock,
                       world.executor,
                       world.ids,
                       world.log},
              settings(std::move(web))) {}

    static Settings settings(std::filesystem::path web) {
        Settings chosen;
        chosen.web = std::move(web);
        chosen.address = [] { return std::string("https://oakum.example:8443"); };
        chosen.ca_fingerprint = kDigest.hex();
        return chosen;
    }

    // How often any noun was asked.
    std::size_t asked() const {
        return groups.calls.size() + devices.calls.size() + findings.calls.size() + software.calls.size() +
               advisories.calls.size() + exposure.calls.size() + evidence.calls.size() +
               figures.calls.size() + feeds.calls.size() + jobs.calls.size() + uploads.calls.size() +
               releases.calls.size() + carried.calls.size() + rollouts.calls.size() + search.calls.size() +
               system.calls.size() + alarms.calls.size() + channels.calls.size() + sources.calls.size() +
               connectors.calls.size() + apple.calls.size() + edits.calls.size() + exceptions.calls.size() +
               notices.calls.size() + vex.calls.size();
    }
    std::size_t stored() const { return world.journal.stored.size(); }

    // Head, then body, as platform/http does it.
    ports::HttpResponse send(ports::HttpRequest request) {
        const std::string body = std::exchange(request.body, {});
        if (!body.empty()) request.headers.emplace_back("content-length", std::to_string(body.size()));
        auto head = api.on_head(request);
        if (auto* refused = std::get_if<ports::HttpResponse>(&head)) return std::move(*refused);
        std::optional<ports::HttpResponse> response;
        const auto keep = [&](ports::HttpResponse made) {
            REQUIRE_FALSE(response.has_value());
            response = std::move(made);
        };
        if (auto* sink = std::get_if<std::unique_ptr<ports::BodySink>>(&head)) {
            REQUIRE((*sink)->write(base::as_bytes(body)).ok());
            (*sink)->finish(keep);
        } else if (body.size() > std::get<ports::BufferBody>(head).limit) {
            ports::HttpResponse too_large;
            too_large.status = 413;
            return too_large;
        } else {
            request.body = body;
            api.handle(std::move(request), keep);
        }
        world.settle();
        REQUIRE(response.has_value());
        return std::move(*response);
    }

    ports::HttpRequest request(ports::Method method, std::string path, std::string body = {},
                               std::string type = "application/json") {
        ports::HttpRequest made;
        made.method = method;
        const std::size_t mark = path.find('?');
        made.path = path.substr(0, mark);
        while (mark != std::string::npos && path.size() > mark + 1) {
            std::string rest = path.substr(mark + 1);
            path.resize(mark + 1);
            for (std::size_t at = 0; at < rest.size();) {
                const std::size_t end = std::min(rest.find('&', at), rest.size());
                const std::string pair = rest.substr(at, end - at);
                const std::size_t equals = std::min(pair.find('='), pair.size());
                made.query.emplace_back(pair.substr(0, equals),
                                        equals < pair.size() ? pair.substr(equals + 1) : "");
                at = end + 1;
            }
        }
        if (!body.empty() || method == ports::Method::post || method == ports::Method::patch ||
            method == ports::Method::put)
            made.headers.emplace_back("content-type", type);
        made.body = std::move(body);
        made.peer.address = "192.0.2.7";
        return made;
    }
    static void as(ports::HttpRequest& request, const governance::SignedIn& who) {
        request.headers.emplace_back("cookie", "theme=dark; __Host-oakum_session=" + who.secret);
        request.headers.emplace_back("x-csrf-token", who.principal.csrf);
    }
    ports::HttpResponse ask(const governance::SignedIn& who, ports::Method method, std::string path,
                            std::string body = {}, std::string type = "application/json") {
        ports::HttpRequest made = request(method, std::move(path), std::move(body), std::move(type));
        as(made, who);
        return send(std::move(made));
    }
};

inline std::string body_of(const ports::HttpResponse& response) {
    const auto* text = std::get_if<std::string>(&response.body);
    return text ? *text : std::string();
}
inline std::string header_of(const ports::HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return {};
}

} // namespace oakum::api::test
