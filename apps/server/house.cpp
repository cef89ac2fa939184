// SPDX-License-Identifier: Apache-2.0
#include "house.hpp"

#include "addresses.hpp"
#include "backups.hpp"
#include "front_door.hpp"
#include "keys.hpp"
#include "metrics.hpp"
#include "native_services.hpp"
#include "provider.hpp"
#include "services/advisories.hpp"
#include "services/alarms.hpp"
#include "services/channels.hpp"
#include "services/devices.hpp"
#include "services/feeds.hpp"
#include "services/figures.hpp"
#include "services/findings.hpp"
#include "services/groups.hpp"
#include "services/jobs.hpp"
#include "services/releases.hpp"
#include "services/rollouts.hpp"
#include "services/search.hpp"
#include "services/system.hpp"
#include "services/uploads.hpp"
#include "support.hpp"
#include "surroundings.hpp"

#include <api/api.hpp>
#include <assessment/daily_figures.hpp>
#include <atomic>
#include <backup/restore.hpp>
#include <blobs/file_blobs.hpp>
#include <feed_files/folder.hpp>
#include <fleet/groups.hpp>
#include <fleet/polling.hpp>
#include <fmt/format.h>
#include <future>
#include <governance/upkeep.hpp>
#include <http/server.hpp>
#include <malloc.h>
#include <outbound/courier.hpp>
#include <sqlite/history.hpp>
#include <sqlite/journal.hpp>
#include <sqlite/loader.hpp>
#include <sqlite/schema.hpp>
#include <system/clock.hpp>
#include <system/file.hpp>
#include <system/threads.hpp>

namespace oakum::server {

namespace {

using Lines = std::vector<std::string>;
constexpr std::string_view kVersion = OAKUM_VERSION;
constexpr std::uint64_t kSkippedChanges = std::uint64_t{1} << 32;
constexpr auto kLookForBackups = std::chrono::seconds(2);
constexpr std::uint64_t kLargestFeed = std::uint64_t{2} << 30;

// Runs a use case and waits for its answer; for the start only, before anybody else is let in.
template <class T>
base::Result<T> wait_for(const std::function<void(std::function<void(base::Result<T>)>)>& begin) {
    auto promise = std::make_shared<std::promise<base::Result<T>>>();
    auto answer = promise->get_future();
    begin([promise](base::Result<T> result) { promise->set_value(std::move(result)); });
    return answer.get();
}

} // namespace

// In the order of construction; destroyed in reverse.
struct House::Parts {
    Options options;
    base::LogSink& log;
    system::SystemClock clock;
    system::SystemRandom random;
    system::FileLock lock;
    Keys keys;
    sqlite::StoreOptions store;

    shard::ControlTables control;
    fleet::Software software;
    fleet::LiveFleet live{software, control};
    shard::Ids ids{clock, random};
    std::unique_ptr<sqlite::SqliteLoader> loader;
    std::unique_ptr<sqlite::SqliteHistory> history;
    std::unique_ptr<blobs::FileBlobs> blobs;
    std::unique_ptr<feed_files::FolderFeedFiles> feed_files;
    Argon2Passwords passwords{random};
    pki::DeviceIssuer issuer;
    pki::KeySealer sealer;
    shard::ClockWatch watch{clock};

    // Threads: one that decides, one that writes (inside the journal), one for what blocks, one for
    // passwords, one for jobs, one that takes care of what is kept (re-hashing and forgetting), one for
    // backups, one that looks for what is wrong.
    std::unique_ptr<system::ThreadExecutor> engine, background, slow, work, care, copies, looks;
    std::unique_ptr<sqlite::SqliteJournal> journal;
    std::unique_ptr<shard::Writer> writer;
    std::unique_ptr<fleet::Core> core;
    std::unique_ptr<shard::Timers> timers;
    std::unique_ptr<shard::Jobs> jobs;

    std::unique_ptr<fleet::Enrolment> enrolment;
    std::unique_ptr<fleet::Registry> registry;
    std::unique_ptr<fleet::Inventories> inventories;
    std::unique_ptr<fleet::Groups> groups;
    std::unique_ptr<rollouts::Rollouts> rollouts;
    std::unique_ptr<fleet::Polling> polling;
    std::unique_ptr<releases::Repository> repository;
    std::unique_ptr<releases::Releases> releases;
    std::unique_ptr<assessment::Assessor> assessor;
    std::unique_ptr<assessment::DailyFigures> daily;
    std::unique_ptr<governance::Sessions> sessions;
    std::unique_ptr<governance::OpenSessions> open_sessions;
    std::unique_ptr<governance::SecondFactor> second_factor;
    std::optional<ProviderClient> provider;
    std::unique_ptr<system::ThreadExecutor> asks; // what waits for the identity provider
    std::unique_ptr<governance::SingleSignOn> single_sign_on;
    std::unique_ptr<governance::Users> users;
    std::unique_ptr<governance::Tokens> tokens;
    std::unique_ptr<governance::AuditLog> audit;
    std::unique_ptr<governance::Idempotency> idempotency;
    std::unique_ptr<governance::Upkeep> upkeep;
    std::unique_ptr<Backups> backups;
    std::unique_ptr<alarms::Alarms> alarms;
    std::unique_ptr<alarms::Watcher> watcher;
    std::unique_ptr<outbound::CurlCourier> courier;
    std::unique_ptr<alarms::Channels> channels;
    std::unique_ptr<alarms::Outbox> outbox;
    std::atomic<std::int64_t> certificate_ends{0}; // the server's own, unix ms; 0: not known

    std::unique_ptr<FleetStandings> standings;
    std::unique_ptr<DevicesService> devices_service;
    std::unique_ptr<FindingsService> findings_service;
    std::unique_ptr<SoftwareService> software_service;
    std::unique_ptr<AdvisoriesService> advisories_service;
    std::unique_ptr<ExposureService> exposure_service;
    std::unique_ptr<FiguresService> figures_service;
    std::unique_ptr<FeedsService> feeds_service;
    std::unique_ptr<JobsService> jobs_service;
    std::unique_ptr<GroupsService> groups_service;
    std::unique_ptr<UploadsService> uploads_service;
    std::unique_ptr<ReleasesService> releases_service;
    std::unique_ptr<RolloutsService> rollouts_service;
    std::unique_ptr<SearchService> search_service;
    std::unique_ptr<SystemService> system_service;
    std::unique_ptr<AlarmsService> alarms_service;
    std::unique_ptr<ChannelsService> channels_service;
    std::unique_ptr<NativeServices> native_services;
    std::unique_ptr<api::Api> api;
    std::unique_ptr<native::NativeProtocol> native;
    std::unique_ptr<FrontDoor> door;
    std::unique_ptr<http::Server> server;
    std::atomic<std::uint16_t> port{0}; // that it listens on; 0: not yet
    std::string welcome;

    Parts(Options given, base::LogSink& sink, system::FileLock held, Keys made)
        : options(std::move(given)), log(sink), lock(std::move(held)), keys(std::move(made)),
          issuer(keys.authority, random), sealer(keys.seal_key, random) {}

    base::Status open_store();
    base::Status start_engine();
    void make_services();
    base::Status start_trust();
    base::Status keep_settings();
    void forget_uploads();
    base::Status keep_setting(const std::string& name, std::uint32_t value);
    base::Status listen();
    void note_certificate(const http::ServerIdentity& identity);
    // Where devices and people reach this server: the name that was given, else the address that it listens
    // on, else, when it listens on all, the machine's name.
    std::string public_address() const;
    std::size_t warnings() const;
    std::string metrics() const;
    api::SupportBundle support_bundle();
    base::Status back_up_before_migration();
    void keep_time();
    base::Status greet();
    std::pair<std::optional<double>, std::optional<double>>
    scope_risk(device::TenantId tenant, const ports::RolloutRow& rollout) const;
    ~Parts();
};

House::Parts::~Parts() {
    if (server) server->stop(std::chrono::seconds(5));
    if (writer) writer->stop();
    if (blobs) blobs->stop();
    if (watcher) watcher->stop();
    if (outbox) outbox->stop();
    if (single_sign_on) single_sign_on->stop();
    // Work that is queued may touch everything above: the threads end first. They stay as things to post to:
    // timers of the engine and what its commands answer may still do so.
    for (const auto* thread : {&asks, &looks, &copies, &care, &work, &slow, &background})
        if (*thread) (*thread)->stop();
    courier.reset();
    journal.reset();
    if (engine) engine->stop();
}

base::Status House::Parts::open_store() {
    store.file = options.data / "oakum.db";
    TRY(system::make_private_folder(options.data / "backups"));
    backups = std::make_unique<Backups>(options.data, store, std::string(kVersion),
                                        keys.authority.fingerprint().hex(), control, clock, log);
    TRY(back_up_before_migration());
    TRY(sqlite::prepare_store(store));
    engine = std::make_unique<system::ThreadExecutor>();
    background = std::make_unique<system::ThreadExecutor>();
    slow = std::make_unique<system::ThreadExecutor>();
    work = std::make_unique<system::ThreadExecutor>();
    care = std::make_unique<system::ThreadExecutor>();
    copies = std::make_unique<system::ThreadExecutor>();
    looks = std::make_unique<system::ThreadExecutor>();
    TRY_VALUE(journal, sqlite::SqliteJournal::open(store, *engine));
    // What was numbered after the backup was taken is another history: screens that saw it begin anew.
    if (backup::is_to_be_overtaken(options.data)) TRY(journal->skip_changes(kSkippedChanges));
    TRY_VALUE(loader, sqlite::SqliteLoader::open(store));
    history = std::make_unique<sqlite::SqliteHistory>(store);
    blobs::BlobOptions blob_options;
    blob_options.folder = options.data;
    TRY_VALUE(blobs, blobs::FileBlobs::open(blob_options));
    TRY_VALUE(feed_files, feed_files::FolderFeedFiles::open(options.data, kLargestFeed));
    return {};
}

// So that an upgrade can be undone: docs/operations.md.
base::Status House::Parts::back_up_before_migration() {
    TRY_VALUE(const int schema, sqlite::stored_schema(store));
    if (schema == 0 || schema >= sqlite::kNewestSchema || options.upgrade_without_backup) return {};
    const auto made = backups->make_before_upgrade(schema);
    if (!made.ok())
        return base::unavailable(
            "the store has schema " + std::to_string(schema) + " and this version takes it to " +
            std::to_string(sqlite::kNewestSchema) +
            "; nothing was changed, since the backup that would undo that could not be made: " +
            made.error().text() + "; see to it, or start once with --upgrade-without-backup");
    log.write(base::LogLevel::info, "server", "before the store is taken to a new schema: " + *made);
    return {};
}

base::Status House::Parts::start_engine() {
    writer =
        std::make_unique<shard::Writer>(*engine, clock, *journal, *loader, control, live,
                                        std::vector<shard::Projection*>{&control, &software, &live}, log);
    core = std::make_unique<fleet::Core>(fleet::Core{*writer, control, live, software, *history, clock, ids});
    timers = std::make_unique<shard::Timers>(*engine, clock);
    jobs = std::make_unique<shard::Jobs>(*writer, control, *work, clock, ids, log);
    rollouts = std::make_unique<rollouts::Rollouts>(
        *core, *timers, random,
        options.approval_by_another ? rollouts::Approval::required : rollouts::Approval::not_required, log);
    enrolment = std::make_unique<fleet::Enrolment>(*core, issuer);
    registry = std::make_unique<fleet::Registry>(*core);
    inventories = std::make_unique<fleet::Inventories>(*core);
    groups = std::make_unique<fleet::Groups>(*core);
    polling = std::make_unique<fleet::Polling>(*core, *rollouts, random);
    repository = std::make_unique<releases::Repository>(*core, *keys.signer, log);
    repository->heed(watch);
    rollouts->heed(watch);
    releases = std::make_unique<releases::Releases>(*core, *repository, *blobs, *care, log);
    assessor = std::make_unique<assessment::Assessor>(*core, *feed_files, *jobs, *background, log);
    daily = std::make_unique<assessment::DailyFigures>(*core, *assessor, *history, watch, *background, log);
    sessions = std::make_unique<governance::Sessions>(*writer, control, clock, random, ids, passwords, sealer,
                                                      *slow, log);
    open_sessions = std::make_unique<governance::OpenSessions>(*writer, control, clock, *sessions);
    second_factor =
        std::make_unique<governance::SecondFactor>(*writer, random, sealer, sessions->code_guesses(), clock);
    if (!options.provider.empty()) {
        TRY_VALUE(ProviderFile described, read_provider_file(options.provider));
        TRY_VALUE(provider, ProviderClient::make(described.authorities));
        asks = std::make_unique<system::ThreadExecutor>();
        single_sign_on = std::make_unique<governance::SingleSignOn>(
            std::move(described.settings), *provider, *writer, *sessions, clock, random, ids, *asks, log);
    }
    users = std::make_unique<governance::Users>(*writer, control, random, ids, passwords, *slow);
    tokens = std::make_unique<governance::Tokens>(*writer, control, clock, random, ids);
    audit = std::make_unique<governance::AuditLog>(*history, control, *background);
    idempotency = std::make_unique<governance::Idempotency>(*writer, control, clock);
    upkeep = std::make_unique<governance::Upkeep>(*journal, control, *care, clock, log);

    alarms = std::make_unique<alarms::Alarms>(*core);
    watcher = std::make_unique<alarms::Watcher>(
        *core, *alarms, *assessor, *repository, watch,
        [this] {
            const std::int64_t ends = certificate_ends;
            return alarms::Surroundings{disk_of(options.data), backups->warning(), keys.authority.not_after(),
                                        ends == 0 ? std::nullopt : std::optional(base::from_unix_ms(ends))};
        },
        *looks, log);
    outbound::CourierOptions reach;
    reach.own_addresses = options.private_channels;
    courier = std::make_unique<outbound::CurlCourier>(reach);
    channels = std::make_unique<alarms::Channels>(*core, sealer, random,
                                                  options.private_channels ? alarms::OwnAddresses::allowed
                                                                           : alarms::OwnAddresses::refused);
    outbox = std::make_unique<alarms::Outbox>(
        *core, *alarms, sealer, *courier, [this] { return public_address(); }, *looks, log);

    // Everything that belongs to the writer's thread happens there, also the start.
    auto started = std::make_shared<std::promise<base::Status>>();
    engine->post([this, started] {
        base::Status status = writer->start();
        if (status.ok()) {
            for (const device::TenantId tenant : control.tenants())
                inventories->reconcile(tenant);
            rollouts->start();
            assessor->register_jobs();
            backups->register_jobs(*jobs, *copies);
            status = assessor->start();
        }
        started->set_value(std::move(status));
    });
    TRY(started->get_future().get());
    ::malloc_trim(0); // what growing took on the way
    jobs->take_up();
    return {};
}

base::Status House::Parts::start_trust() {
    const bool overtake = backup::is_to_be_overtaken(options.data);
    // The default tenant exists from its first row on, which the repository writes.
    const auto done = wait_for<base::Nothing>([&](std::function<void(base::Result<base::Nothing>)> answer) {
        repository->start(device::kDefaultTenant, overtake, [answer](base::Status status) {
            if (status.ok())
                answer(base::Nothing{});
            else
                answer(std::move(status).error());
        });
    });
    if (done.ok()) return overtake ? backup::was_overtaken(options.data) : base::Status();
    // Without its offline keys a restored server still answers; devices are told nothing new until they are
    // back, and each start tries again.
    if (!overtake) return done.error();
    log.write(base::LogLevel::error, "trust",
              "after the restore the signed metadata could not be issued anew: " + done.error().text() +
                  "; put the offline keys into " + (options.data / "keys/offline").string() +
                  " and start again, so that devices accept what the server says");
    return {};
}

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
    const assessment::Figures figures = assessment::figures(live, *assessed, {tenant, {}, std::move(*query)});
    const std::string kept = control.document(tenant, "risk/" + rollout.id.text());
    return {kept.empty() ? std::nullopt : std::optional(std::strtod(kept.c_str(), nullptr)), figures.risk};
}

void House::Parts::make_services() {
    const Context context{*core, *background};
    SystemFacts facts;
    facts.version = std::string(kVersion);
    facts.address = [this] { return public_address(); };
    facts.ca_fingerprint = keys.authority.fingerprint().hex();
    facts.ca_pem = keys.authority.certificate_pem();
    facts.how_to_trust = "Compare the fingerprint with the one that oakumd printed, save the CA certificate, "
                         "and add it to your browser's or system's authorities.";
    standings = std::make_unique<FleetStandings>(context, *assessor);
    devices_service =
        std::make_unique<DevicesService>(context, *registry, *enrolment, *rollouts, *assessor, *standings);
    findings_service = std::make_unique<FindingsService>(context, *registry, *rollouts, *assessor);
    software_service = std::make_unique<SoftwareService>(context, *inventories, *assessor);
    advisories_service = std::make_unique<AdvisoriesService>(context, *registry, *assessor);
    exposure_service = std::make_unique<ExposureService>(context, *registry, *assessor);
    figures_service = std::make_unique<FiguresService>(context, *registry, *history, watch, *standings);
    feeds_service = std::make_unique<FeedsService>(context, *assessor, *feed_files);
    jobs_service = std::make_unique<JobsService>(context, *jobs);
    groups_service = std::make_unique<GroupsService>(context, *groups);
    uploads_service = std::make_unique<UploadsService>(context, *releases, *blobs);
    releases_service = std::make_unique<ReleasesService>(context, *releases, *repository, *assessor);
    rollouts_service = std::make_unique<RolloutsService>(
        context, *rollouts, [this](device::TenantId tenant, const ports::RolloutRow& rollout) {
            return scope_risk(tenant, rollout);
        });
    search_service = std::make_unique<SearchService>(context, *registry, *assessor);
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
            }});
    alarms_service = std::make_unique<AlarmsService>(context, *alarms);
    channels_service = std::make_unique<ChannelsService>(*channels, *outbox);
    native_services = std::make_unique<NativeServices>(*core, *rollouts, *repository, *blobs);
    api::Settings settings;
    settings.web = options.web;
    settings.address = facts.address;
    settings.ca_fingerprint = facts.ca_fingerprint;
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
                      *tokens,
                      *audit,
                      *idempotency,
                      *groups_service,
                      *devices_service,
                      *findings_service,
                      *software_service,
                      *advisories_service,
                      *exposure_service,
                      *figures_service,
                      *feeds_service,
                      *jobs_service,
                      *uploads_service,
                      *releases_service,
                      *rollouts_service,
                      *search_service,
                      *system_service,
                      *alarms_service,
                      *channels_service,
                      control,
                      writer->feed(),
                      clock,
                      *engine,
                      ids,
                      log},
        settings);
    native = std::make_unique<native::NativeProtocol>(native::Services{
        *enrolment, *polling, *inventories, *native_services, *native_services, clock, random, log});
    door = std::make_unique<FrontDoor>(*native, *api);
}

std::string House::Parts::public_address() const {
    std::string name = options.names.empty() ? options.host : options.names.front();
    if (is_all_addresses(name)) name = machine_name();
    return url_of(name, port != 0 ? port.load() : options.port);
}

std::size_t House::Parts::warnings() const {
    std::size_t count = (watch.warning() ? 1U : 0U) + (backups->warning() ? 1U : 0U);
    for (const device::TenantId tenant : control.tenants())
        count += repository->warnings(tenant).size();
    return count;
}

std::string House::Parts::metrics() const {
    return metrics_text({*writer, control, live, *upkeep, *assessor, server.get(), options.data,
                         keys.authority.not_after(), warnings(), *backups});
}

api::SupportBundle House::Parts::support_bundle() {
    Running running{options, metrics(), {}, options.recent_log ? options.recent_log() : Lines{}};
    for (const device::TenantId tenant : control.tenants())
        for (const auto& job : control.list<ports::JobRow>(tenant))
            running.jobs.push_back(base::to_iso8601(job->created) + " " + job->kind + " " + job->state +
                                   "\n");
    api::SupportBundle bundle;
    bundle.made = clock.now();
    for (tar::Entry& file : support_files(options.data, std::string(kVersion), bundle.made, &running))
        bundle.files.push_back({std::move(file.name), std::move(file.content)});
    return bundle;
}

base::Status House::Parts::listen() {
    std::vector<std::string> names{"localhost", "127.0.0.1", "::1"};
    for (const std::string& name : options.names)
        names.push_back(name);
    // The name by which the enrolment command calls it, where it listens on all.
    const std::string own = is_all_addresses(options.host) ? machine_name() : options.host;
    if (std::find(names.begin(), names.end(), own) == names.end()) names.push_back(own);
    http::ServerOptions server_options;
    server_options.address = options.host;
    server_options.port = options.port;
    server_options.threads = options.io_threads;
    TRY_VALUE(server_options.identity, make_identity(keys.authority, names, clock, random));
    note_certificate(server_options.identity);
    TRY_VALUE(server, http::Server::start(std::move(server_options), *door, log));
    port = server->port();
    timers->repeat(std::chrono::hours(24 * 30), [this, names] {
        auto identity = make_identity(keys.authority, names, clock, random);
        const base::Status reloaded =
            identity.ok() ? server->reload(*identity) : base::Status(identity.error());
        if (reloaded.ok()) note_certificate(*identity);
        if (!reloaded.ok())
            log.write(base::LogLevel::error, "server",
                      "the server's certificate could not be renewed: " + reloaded.error().text());
    });
    return {};
}

void House::Parts::note_certificate(const http::ServerIdentity& identity) {
    if (const auto read = pki::read_certificate(identity.chain_pem); read.ok())
        certificate_ends = base::unix_ms(read->not_after);
}

base::Status House::Parts::keep_settings() {
    for (const auto& [name, value] : {std::pair("poll_seconds", options.poll_seconds),
                                      std::pair("certificate_seconds", options.certificate_seconds)})
        if (value != 0) TRY(keep_setting(name, value));
    if (options.backup_seconds) TRY(keep_setting("backup_seconds", *options.backup_seconds));
    if (options.backup_keep) TRY(keep_setting("backup_keep", *options.backup_keep));
    return {};
}

base::Status House::Parts::keep_setting(const std::string& name, std::uint32_t value) {
    const std::string key = "setting/" + name;
    const auto done = wait_for<base::Nothing>([&](std::function<void(base::Result<base::Nothing>)> answer) {
        writer->submit<base::Nothing>(
            shard::control_of(device::kDefaultTenant), shard::Priority::person,
            [key, name,
             after = std::to_string(value)](shard::Transaction& transaction) -> base::Result<base::Nothing> {
                const std::string before = transaction.document(key);
                if (before == after) return base::Nothing{};
                transaction.put(ports::DocumentRow{key, after});
                transaction.audit({"oakumd", "setting." + name, key, before, after, "given at the start"});
                return base::Nothing{};
            },
            answer);
    });
    return done.ok() ? base::Status() : base::Status(done.error());
}

// An upload that nobody went on with for a week.
void House::Parts::forget_uploads() {
    const base::TimePoint before = clock.now() - std::chrono::hours(24 * 7);
    const auto ended = blobs->discard_stale(before);
    if (!ended.ok())
        return log.write(base::LogLevel::warning, "upkeep", "ending old uploads: " + ended.error().text());
    uploads_service->forget_stale(before, [this](const std::string& upload) { return blobs->holds(upload); });
}

void House::Parts::keep_time() {
    engine->post([this] {
        timers->repeat(std::chrono::seconds(1), [this] {
            if (watch.look()) log.write(base::LogLevel::error, "server", watch.warning().value_or(""));
            rollouts->look_at_gates();
            daily->look();
        });
        timers->repeat(std::chrono::seconds(30), [this] { polling->flush_last_seen(); });
        timers->repeat(std::chrono::seconds(10), [this] { polling->sweep_quiet(); });
        timers->repeat(std::chrono::minutes(1), [this] { repository->refresh_when_due(); });
        timers->repeat(std::chrono::minutes(5), [this] { releases->rehash_one(); });
        timers->repeat(std::chrono::minutes(1), [this] { jobs->take_up(); });
        // Behind the backup that may be under way there; a clock that jumped makes nothing due.
        timers->repeat(kLookForBackups, [this] {
            if (!watch.warning()) copies->post([this] { backups->look(*jobs); });
        });
        const auto forget = [this] {
            // A clock that jumped would forget what is young.
            if (watch.warning()) return;
            upkeep->begin_round();
            care->post([this] { forget_uploads(); });
        };
        engine->post_after(std::chrono::minutes(1), forget); // also of a server that is restarted each hour
        timers->repeat(std::chrono::hours(1), forget);
    });
}

base::Status House::Parts::greet() {
    TRY_VALUE(const std::string link,
              wait_for<std::string>([&](std::function<void(base::Result<std::string>)> answer) {
                  sessions->first_start(device::kDefaultTenant, "admin", answer);
              }));
    if (link.empty()) return {};
    const std::string address =
        url_of(is_all_addresses(options.host) ? "localhost" : options.host, server->port());
    welcome =
        fmt::format("\n  user             admin\n  sign in once     {}/sign-in#token={}\n                   "
                    "(from this machine only, within the hour)\n"
                    "  CA fingerprint   {}\n  trust it         {}\n                   add this CA to your "
                    "browser or system, after comparing the fingerprint\n"
                    "  offline keys     {}\n                   move this folder off the machine; publishing "
                    "needs it, nothing else does\n\n",
                    address, link, pki::fingerprint_text(keys.authority.fingerprint()),
                    (options.data / "keys/online/ca.pem").string(), (options.data / "keys/offline").string());
    return {};
}

House::House(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
House::~House() = default;

base::Result<std::unique_ptr<House>> House::open(Options options, base::LogSink& log) {
    TRY(system::make_private_folder(options.data));
    auto lock = system::FileLock::acquire(options.data / "lock");
    if (!lock.ok()) return std::move(lock).error().wrap("opening " + options.data.string());
    TRY(backup::settle(options.data));
    system::SystemClock clock;
    system::SystemRandom random;
    TRY_VALUE(Keys keys, load_or_make_keys(options.data, clock, random));
    auto parts = std::make_unique<Parts>(std::move(options), log, std::move(*lock), std::move(keys));
    TRY(parts->open_store());
    TRY(parts->start_engine());
    TRY(parts->start_trust());
    TRY(parts->keep_settings());
    parts->make_services();
    TRY(parts->listen());
    parts->keep_time();
    parts->watcher->start();
    parts->outbox->start();
    TRY(parts->greet());
    return std::unique_ptr<House>(new House(std::move(parts)));
}

std::string House::address() const {
    return parts_->public_address();
}
std::string House::welcome() const {
    return parts_->welcome;
}
void House::close() {
    parts_->server->stop(std::chrono::seconds(10));
}

} // namespace oakum::server
