// SPDX-License-Identifier: Apache-2.0
// What answers people and devices.
#include "house_parts.hpp"
#include "key_tests.hpp"

namespace oakum::server {

std::pair<std::optional<double>, std::optional<double>>
House::Parts::scope_risk(device::TenantId tenant, const ports::RolloutRow& rollout) const {
    const auto release = control.find<ports::ReleaseRow>(tenant, rollout.plan.release);
    if (!release) return {};
    std::string models;
    for (const std::string& model : release->models)
        models += (models.empty() ? "\"" : ", \"") + model + "\"";
    const std::string in_scope = rollout.plan.query.empty() ? "" : "(" + rollout.plan.query + ") and ";
    auto query = device::parse_query(in_scope + "model in (" + models + ")");
    if (!query.ok()) return {};
    const auto assessed = assessor->fleet(tenant);
    const assessment::Figures figures = assessment::figures(live, *assessed, {tenant, {}, std::move(*query)},
                                                            *assessor->deadlines().in_force(tenant));
    const std::string kept = control.document(tenant, "risk/" + rollout.id.text());
    return {kept.empty() ? std::nullopt : std::optional(std::strtod(kept.c_str(), nullptr)), figures.risk};
}

void House::Parts::make_services() {
    const Context context{*core, *background};
    SystemFacts facts;
    facts.version = version;
    facts.address = [this] { return public_address(); };
    facts.ca_fingerprint = keys.authority.fingerprint().hex();
    facts.ca_pem = keys.authority.certificate_pem();
    facts.ca_expires = [this] { return std::optional(keys.authority.not_after()); };
    facts.server_certificate_expires = [this] {
        const std::int64_t ends = certificate_ends;
        return ends == 0 ? std::nullopt : std::optional(base::from_unix_ms(ends));
    };
    facts.how_to_trust = "Compare the fingerprint with the one that oakumd printed, save the CA certificate, "
                         "and add it to your browser's or system's authorities.";
    standings = std::make_unique<FleetStandings>(context, *assessor);
    devices_service = std::make_unique<DevicesService>(context, *registry, *enrolment, *imports, *rollouts,
                                                       *assessor, *standings);
    edits_service =
        std::make_unique<EditsService>(context, *registry, *assessor, *bulk, *replacements, *edits);
    findings_service = std::make_unique<FindingsService>(context, *registry, *rollouts, *assessor);
    software_service = std::make_unique<SoftwareService>(context, *inventories, *assessor, *intake);
    advisories_service = std::make_unique<AdvisoriesService>(context, *registry, *assessor);
    exposure_service = std::make_unique<ExposureService>(context, *registry, *assessor);
    figures_service = std::make_unique<FiguresService>(context, *registry, *history, watch, *standings);
    feeds_service = std::make_unique<FeedsService>(context, *assessor, *feed_files);
    jobs_service = std::make_unique<JobsService>(context, *jobs);
    policies_service = std::make_unique<PoliciesService>(context, *assessor);
    groups_service = std::make_unique<GroupsService>(context, *groups);
    uploads_service = std::make_unique<UploadsService>(context, *releases, *blobs);
    carrying = std::make_unique<releases::Carrying>(*core, *repository, *director, *keys.signer);
    carried_service = std::make_unique<CarriedService>(
        context,
        CarriedService::Ports{*rollouts, *carrying, *enrolment, *blobs, keys.authority.certificate_pem()});
    releases_service = std::make_unique<ReleasesService>(context, *releases, *repository, *intake, *examiner,
                                                         *blobs, EvidenceKey(*keys.signer));
    rollouts_service = std::make_unique<RolloutsService>(
        context, *rollouts, *floors,
        [this](device::TenantId tenant, const ports::RolloutRow& rollout) {
            return scope_risk(tenant, rollout);
        },
        zone_files, *plays);
    budgets_service = std::make_unique<BudgetsService>(context, *budgets);
    schedules_service = std::make_unique<SchedulesService>(context, *schedules);
    floors_service = std::make_unique<FloorsService>(context, *floors);
    search_service = std::make_unique<SearchService>(Context{*core, *searches}, *registry, *assessor);
    system_service = std::make_unique<SystemService>(
        context, *registry, *assessor, *repository, watch, facts, [this] { return metrics(); },
        SystemService::Operations{
            [this](const access::Actor& actor, const std::string& name, bool with_files,
                   shard::Completion<std::string> id) {
                backups->enqueue(*jobs, actor, name, with_files, std::move(id));
            },
            [this](const access::Actor& actor, const std::string& name, shard::Completion<std::string> id) {
                backups->enqueue_check(*jobs, actor, name, std::move(id));
            },
            [this] { return backups->list(); }, [this] { return backups->schedule_view(); },
            [this](std::function<void(api::SupportBundle)> done) {
                copies->post([this, done = std::move(done)] { done(support_bundle()); });
            },
            [this](device::TenantId tenant) {
                auto endings = repository->endings(tenant);
                std::vector<std::string_view> roles{"root",      "targets", "snapshot",
                                                    "timestamp", "log",     kEvidenceRole};
                // Fleets from before there was one have none.
                if (keys.signer->keys("director").ok()) roles.emplace_back("director");
                return test_keys(*keys.signer, roles,
                                 endings.ok() ? *endings : std::vector<releases::Repository::Ending>());
            }});
    exceptions_service = std::make_unique<ExceptionsService>(context, *exceptions);
    notices_service = std::make_unique<NoticesService>(context, *notices, *assessor);
    vex_service = std::make_unique<VexService>(context, *registry, *assessor);
    alarms_service = std::make_unique<AlarmsService>(context, *alarms);
    channels_service = std::make_unique<ChannelsService>(*channels, *outbox);
    sources_service = std::make_unique<SourcesService>(context, *sources, *sync);
    connectors_service = std::make_unique<ConnectorsService>(context, *connectors, *connector_sync);
    lwm2m_service = std::make_unique<Lwm2mService>(context, *shared_keys);
    apple_service = std::make_unique<AppleService>(
        context, apple_phones.get(),
        AppleFacts{[this] { return profile_address(); }, options.apple_weak_scep,
                   [this]() -> std::optional<std::string> {
                       std::string topic = push_topic();
                       return topic.empty() ? std::nullopt : std::optional(std::move(topic));
                   },
                   [this] { return push_expires(); },
                   [this] { return waking ? waking->failing() : std::string(); }});
    native_services =
        std::make_unique<NativeServices>(*core, *rollouts, *repository, *director, *published_log, *blobs);
    make_api();
    native = std::make_unique<native::NativeProtocol>(native::Services{*enrolment, *polling, *inventories,
                                                                       *native_services, *native_services,
                                                                       *native_services, clock, random, log});
    door = std::make_unique<FrontDoor>(*native, *api);
    open_log();
    admit_guests();
    admit_apple();
}

void House::Parts::open_log() {
    published::Services services{*published_log, clock, random, log, nullptr};
    if (!options.public_log)
        services.may_read = [this](std::string_view token) -> base::Status {
            TRY_VALUE(const governance::Principal who, sessions->of_bearer(device::kDefaultTenant, token));
            return access::may(who.actor, access::Action::release_read).status();
        };
    published_files = std::make_unique<published::Protocol>(std::move(services));
    door->add(published::Protocol::is_asked, *published_files);
}

void House::Parts::admit_guests() {
    guest_updates = std::make_unique<exchange::Updates>(*core, *rollouts, *blobs, *care, log);
    if (options.hawkbit) {
        hawkbit::Settings settings;
        settings.public_url = options.public_url;
        hawkbit = std::make_unique<hawkbit::HawkbitProtocol>(hawkbit::Services{*core, *guests, *enrolment,
                                                                               *polling, *inventories,
                                                                               *guest_updates, random, log},
                                                             settings);
        door->add(hawkbit::HawkbitProtocol::is_asked, *hawkbit);
    }
    if (!options.lwm2m.empty() || !options.lwm2m_without_security.empty()) admit_lwm2m();
    if (options.mender) {
        mender::Settings settings;
        settings.public_url = options.public_url;
        const auto key = base::hmac_sha256(keys.seal_key, base::as_bytes("passes of Mender's devices"));
        settings.pass_key.assign(key.bytes.begin(), key.bytes.end());
        mender = std::make_unique<mender::MenderProtocol>(
            mender::Services{*core, *guests, *enrolment, *polling, *inventories, *guest_updates, random, log},
            settings);
        door->add(mender::MenderProtocol::is_asked, *mender);
    }
}

void House::Parts::admit_apple() {
    if (!apple_phones) return;
    apple =
        std::make_unique<apple_mdm::AppleProtocol>(apple_mdm::Services{*core, *apple_phones, random, log});
    door->add(apple_mdm::AppleProtocol::is_asked, *apple);
}

// What answers devices; they are heard once the server listens.
void House::Parts::admit_lwm2m() {
    const auto key = base::hmac_sha256(keys.seal_key, base::as_bytes("addresses of LwM2M's packages"));
    lwm2m::Settings settings;
    settings.coaps_url = options.lwm2m_url;
    settings.key.assign(key.bytes.begin(), key.bytes.end());
    settings.https_url = options.public_url;
    coap = std::make_unique<coap::Server>(log);
    lwm2m_downloads = std::make_unique<lwm2m::Downloads>(
        *core, *guest_updates, lwm2m::Addresses(settings.key), settings.tenant, settings.files, random);
    lwm2m = std::make_unique<lwm2m::Lwm2mProtocol>(lwm2m::Services{*core, *guests, *shared_keys, *polling,
                                                                   *inventories, *guest_updates, random,
                                                                   *coap, log},
                                                   settings);
    lwm2m->speak_through(*coap);
    door->add(lwm2m::Downloads::is_asked, *lwm2m_downloads);
}

void House::Parts::make_api() {
    api::Settings settings;
    settings.web = options.web;
    settings.address = [this] { return public_address(); };
    settings.ca_fingerprint = keys.authority.fingerprint().hex();
    settings.approval_by_another = options.approval_by_another;
    api = std::make_unique<api::Api>(
        api::Services{*sessions,
                      *open_sessions,
                      *second_factor,
                      single_sign_on.get(),
                      [this](const access::Actor& actor, governance::SignInRules rules,
                             shard::Completion<governance::SignInRules> done) {
                          governance::set_sign_in_rules(*writer, actor, rules, std::move(done));
                      },
                      *users,
                      *forgetter,
                      *retentions,
                      *sign_in_codes,
                      *tokens,
                      *views,
                      *audit,
                      *idempotency,
                      *policies_service,
                      *groups_service,
                      *devices_service,
                      *edits_service,
                      *findings_service,
                      *software_service,
                      *advisories_service,
                      *exposure_service,
                      *evidence_service,
                      *figures_service,
                      *feeds_service,
                      *jobs_service,
                      *uploads_service,
                      *releases_service,
                      *carried_service,
                      *rollouts_service,
                      *schedules_service,
                      *budgets_service,
                      *floors_service,
                      *search_service,
                      *system_service,
                      *exceptions_service,
                      *notices_service,
                      *vex_service,
                      *alarms_service,
                      *channels_service,
                      *sources_service,
                      *connectors_service,
                      *apple_service,
                      *lwm2m_service,
                      control,
                      writer->feed(),
                      clock,
                      *engine,
                      ids,
                      log},
        settings);
    answers = api.get();
}

} // namespace oakum::server
