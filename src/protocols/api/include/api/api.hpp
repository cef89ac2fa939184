// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/advisories_service.hpp>
#include <api/alarms_service.hpp>
#include <api/apple_service.hpp>
#include <api/budgets_service.hpp>
#include <api/carried_service.hpp>
#include <api/channels_service.hpp>
#include <api/connectors_service.hpp>
#include <api/devices_service.hpp>
#include <api/edits_service.hpp>
#include <api/evidence_service.hpp>
#include <api/exceptions_service.hpp>
#include <api/exposure_service.hpp>
#include <api/feeds_service.hpp>
#include <api/figures_service.hpp>
#include <api/findings_service.hpp>
#include <api/floors_service.hpp>
#include <api/groups_service.hpp>
#include <api/lwm2m_service.hpp>
#include <api/notices_service.hpp>
#include <api/policies_service.hpp>
#include <api/releases_service.hpp>
#include <api/rollouts_service.hpp>
#include <api/schedules_service.hpp>
#include <api/search_service.hpp>
#include <api/software_service.hpp>
#include <api/sources_service.hpp>
#include <api/system_service.hpp>
#include <api/uploads_service.hpp>
#include <api/vex_service.hpp>
#include <governance/audit_log.hpp>
#include <governance/forgetting.hpp>
#include <governance/idempotency.hpp>
#include <governance/open_sessions.hpp>
#include <governance/retention.hpp>
#include <governance/rules.hpp>
#include <governance/second_factor.hpp>
#include <governance/sessions.hpp>
#include <governance/sign_in_codes.hpp>
#include <governance/single_sign_on.hpp>
#include <governance/tokens.hpp>
#include <governance/users.hpp>
#include <governance/views.hpp>
#include <ports/http.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace oakum::api {

// What the routes ask; borrowed for the API's lifetime.
struct Services {
    governance::Sessions& sessions;
    governance::OpenSessions& open_sessions;
    governance::SecondFactor& second_factor;
    governance::SingleSignOn* single_sign_on; // none: there is no identity provider
    std::function<void(const access::Actor&, governance::SignInRules,
                       shard::Completion<governance::SignInRules>)>
        set_sign_in_rules;
    governance::Users& users;
    governance::Forgetter& forgetter;
    governance::Retentions& retentions;
    governance::SignInCodes& sign_in_codes;
    governance::Tokens& tokens;
    governance::Views& views;
    governance::AuditLog& audit;
    governance::Idempotency& idempotency;
    PoliciesService& policies;
    GroupsService& groups;
    DevicesService& devices;
    EditsService& edits;
    FindingsService& findings;
    SoftwareService& software;
    AdvisoriesService& advisories;
    ExposureService& exposure;
    EvidenceService& evidence;
    FiguresService& figures;
    FeedsService& feeds;
    JobsService& jobs;
    UploadsService& uploads;
    ReleasesService& releases;
    CarriedService& carried;
    RolloutsService& rollouts;
    SchedulesService& schedules;
    BudgetsService& budgets;
    FloorsService& floors;
    SearchService& search;
    SystemService& system;
    ExceptionsService& exceptions;
    NoticesService& notices;
    VexService& vex;
    AlarmsService& alarms;
    ChannelsService& channels;
    SourcesService& sources;
    ConnectorsService& connectors;
    AppleService& apple;
    Lwm2mService& lwm2m;
    const shard::ControlTables& control;
    shard::ChangeFeed& changes;
    ports::Clock& clock;
    ports::Executor& timers; // for the heartbeat of event streams; its work must not block
    shard::Ids& ids;
    base::LogSink& log;
};

struct Settings {
    device::TenantId tenant = device::kDefaultTenant;
    std::filesystem::path web;            // the dashboard's built files, read once at start; empty: none
    std::function<std::string()> address; // "https://host:8443", as devices and people reach it
    std::string ca_fingerprint;           // hex SHA-256, for the enrolment command
    bool approval_by_another = false;
    std::size_t streams = 256, streams_per_user = 16;
};

// Everything under /api/v1, the health endpoints and the dashboard's files. Callable from any thread, as
// HttpHandler says.
class Api final : public ports::HttpHandler {
  public:
    Api(Services services, Settings settings);
    ~Api() override;

    std::variant<ports::BufferBody, std::unique_ptr<ports::BodySink>, ports::HttpResponse>
    on_head(const ports::HttpRequest& head) override;
    void handle(ports::HttpRequest request, std::function<void(ports::HttpResponse)> respond) override;
    // A question of the server itself, on behalf of a person who is known: what they may not do is refused as
    // always. Only what reads.
    void ask(access::Actor actor, ports::HttpRequest request,
             std::function<void(ports::HttpResponse)> respond);

  private:
    struct State;
    // Shared with answers that are still to come when the API is destroyed.
    std::shared_ptr<State> state_;
};

} // namespace oakum::api
