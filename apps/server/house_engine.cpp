// SPDX-License-Identifier: Apache-2.0
// What decides, and how it is started.
#include "house_parts.hpp"
#include "surroundings.hpp"

#include <android_management/android_management.hpp>
#include <backup/restore.hpp>
#include <intune/intune.hpp>
#include <malloc.h>

namespace oakum::server {

base::Status House::Parts::start_engine() {
    writer =
        std::make_unique<shard::Writer>(*engine, clock, *journal, *loader, control, live,
                                        std::vector<shard::Projection*>{&control, &software, &live}, log);
    core = std::make_unique<fleet::Core>(fleet::Core{*writer, control, live, software, *history, clock, ids});
    timers = std::make_unique<shard::Timers>(*engine, clock);
    jobs = std::make_unique<shard::Jobs>(*writer, control, *work, clock, ids, log);
    budgets = std::make_unique<budgets::Budgets>(*core);
    schedules = std::make_unique<schedules::Schedules>(*core, zone_files);
    rollouts = std::make_unique<rollouts::Rollouts>(
        *core, *timers, random,
        options.approval_by_another ? rollouts::Approval::required : rollouts::Approval::not_required, log);
    enrolment = std::make_unique<fleet::Enrolment>(*core, issuer);
    guests = std::make_unique<fleet::Guests>(*core);
    shared_keys = std::make_unique<fleet::SharedKeys>(*core, *enrolment, sealer, random);
    registry = std::make_unique<fleet::Registry>(*core);
    bulk = std::make_unique<fleet::Bulk>(*core, *background);
    edits = std::make_unique<fleet::Edits>(*core, *background);
    inventories = std::make_unique<fleet::Inventories>(*core);
    imports = std::make_unique<fleet::Imports>(*core, *background);
    groups = std::make_unique<fleet::Groups>(*core);
    polling = std::make_unique<fleet::Polling>(*core, *rollouts, random);
    repository = std::make_unique<releases::Repository>(*core, *keys.signer, log);
    repository->heed(watch);
    published_log = std::make_unique<published::Log>(
        *writer, control, *keys.signer,
        [this](device::TenantId tenant) { return repository->log_keys(tenant); }, log);
    repository->tell(*published_log);
    director = std::make_unique<releases::Director>(*core, *rollouts, *repository, *keys.signer);
    rollouts->heed(watch);
    rollouts->keep_to(*schedules);
    rollouts->keep_within(*budgets);
    assessor = std::make_unique<assessment::Assessor>(*core, *feed_files, *jobs, *background, log);
    examiner = std::make_unique<ReleaseExaminer>(*core, *assessor, *blobs);
    intake = std::make_unique<releases::Intake>(*core, *examiner, *background);
    releases = std::make_unique<releases::Releases>(*core, *repository, *intake, *blobs, *care, log);
    ceremonies = std::make_unique<Ceremonies>(options.data / "keys", *core, *repository, *releases, log);
    daily = std::make_unique<assessment::DailyFigures>(*core, *assessor, *history, watch, *looks, log);
    notices = std::make_unique<assessment::Notices>(*core);
    catalogue = std::make_unique<floors::Catalogue>(*feed_files, log);
    listed_exploits = std::make_unique<ListedExploits>(*assessor);
    floors = std::make_unique<floors::Floors>(
        *core, zone_files, *catalogue, *background,
        options.approval_by_another ? access::SecondPerson::required : access::SecondPerson::not_required,
        listed_exploits.get());
    const access::SecondPerson second_person =
        options.approval_by_another ? access::SecondPerson::required : access::SecondPerson::not_required;
    exceptions =
        std::make_unique<exceptions::Exceptions>(*core, *assessor, *timers, *background, second_person, log);
    passed_on = std::make_unique<exceptions::PassedOn>(*core, *exceptions, second_person);
    replacements = std::make_unique<fleet::Replacements>(*core, *background, *passed_on);
    edits->heed(*passed_on);
    sessions = std::make_unique<governance::Sessions>(*writer, control, clock, random, ids, passwords, sealer,
                                                      *slow, log);
    open_sessions = std::make_unique<governance::OpenSessions>(*writer, control, clock, *sessions);
    second_factor =
        std::make_unique<governance::SecondFactor>(*writer, random, sealer, sessions->code_guesses(), clock);
    std::string at_provider;
    if (!options.provider.empty()) {
        TRY_VALUE(ProviderFile described, read_provider_file(options.provider));
        TRY_VALUE(provider, ProviderClient::make(described.authorities));
        asks = std::make_unique<system::ThreadExecutor>();
        at_provider = described.settings.issuer;
        single_sign_on = std::make_unique<governance::SingleSignOn>(
            std::move(described.settings), *provider, *writer, *sessions, clock, random, ids, *asks, log);
    }
    users = std::make_unique<governance::Users>(*writer, control, random, ids, passwords, *slow,
                                                governance::Settings{.provider = at_provider});
    tokens = std::make_unique<governance::Tokens>(*writer, control, clock, random, ids);
    views = std::make_unique<governance::Views>(*writer, control, ids);
    audit = std::make_unique<governance::AuditLog>(*history, control, *background);
    idempotency = std::make_unique<governance::Idempotency>(*writer, control, clock);
    upkeep = std::make_unique<governance::Upkeep>(*journal, *journal, *history, *writer, control, *care,
                                                  clock, log);
    forgetter = std::make_unique<governance::Forgetter>(*writer, control);
    sign_in_codes = std::make_unique<governance::SignInCodes>(*writer, control, *tokens, clock, random);

    alarms = std::make_unique<alarms::Alarms>(*core);
    watcher = std::make_unique<alarms::Watcher>(
        *core, *alarms, *assessor, *repository, watch,
        [this] {
            const std::int64_t ends = certificate_ends;
            return alarms::Surroundings{disk_of(options.data), backups->warning(), keys.authority.not_after(),
                                        ends == 0 ? std::nullopt : std::optional(base::from_unix_ms(ends)),
                                        push_expires()};
        },
        [this](device::TenantId tenant, const ports::RolloutRow& row) -> std::optional<base::TimePoint> {
            const rollouts::GateState gate = rollouts->gate(tenant, row);
            if (!gate.decision.asks) return std::nullopt;
            return std::max(gate.view.opened_at, gate.view.wave.last_verified) + gate.view.gate.soak;
        },
        *floors, *looks, log);
    outbound::CourierOptions reach;
    reach.own_addresses = options.private_channels;
    courier = std::make_unique<outbound::CurlCourier>(reach);
    channels = std::make_unique<alarms::Channels>(*core, sealer, random,
                                                  options.private_channels ? alarms::OwnAddresses::allowed
                                                                           : alarms::OwnAddresses::refused);
    outbox = std::make_unique<alarms::Outbox>(
        *core, *alarms, sealer, *courier, [this] { return public_address(); }, *looks, log);

    make_sync();
    evidence_service = std::make_unique<EvidenceService>(
        Context{*core, *background}, *registry, *jobs, EvidenceKey(*keys.signer), options.data / "evidence",
        [this](access::Actor actor, ports::HttpRequest request,
               std::function<void(ports::HttpResponse)> respond) {
            api::Api* there = answers;
            if (there != nullptr) there->ask(std::move(actor), std::move(request), std::move(respond));
            return there != nullptr;
        });
    upkeep->heed(*evidence_service);
    retentions = std::make_unique<governance::Retentions>(*writer, control, *history, *evidence_service,
                                                          *background, clock);

    // Everything that belongs to the writer's thread happens there, also the start.
    auto started = std::make_shared<std::promise<base::Status>>();
    engine->post([this, started] {
        base::Status status = writer->start();
        if (status.ok()) {
            for (const device::TenantId tenant : control.tenants())
                inventories->reconcile(tenant);
            edits->start();
            schedules->start();
            budgets->start();
            floors->start();
            steering->start();
            rollouts->start();
            assessor->register_jobs();
            sync->register_jobs();
            connector_sync->register_jobs();
            backups->register_jobs(*jobs, *copies);
            evidence_service->register_jobs();
            status = assessor->start();
            exceptions->start();
        }
        started->set_value(std::move(status));
    });
    TRY(started->get_future().get());
    ::malloc_trim(0); // what growing took on the way
    jobs->take_up();
    sync->start();
    connector_sync->start();
    return {};
}

void House::Parts::make_sync() {
    const auto pause = [](base::Duration time, const std::function<bool()>& stopped) {
        constexpr base::Duration kPiece = std::chrono::milliseconds(100);
        for (; time > base::Duration() && !stopped(); time -= kPiece)
            std::this_thread::sleep_for(std::min(time, kPiece));
    };
    outbound::FetcherOptions reach;
    reach.own_addresses = options.private_sources;
    reach.proxy = options.proxy;
    reach.no_proxy = options.no_proxy;
    reach.authorities = options.source_ca.string();
    reach.silence = std::chrono::seconds(options.source_silence_seconds);
    fetcher = std::make_unique<outbound::CurlFetcher>(reach);
    fetches = std::make_unique<system::ThreadExecutor>();
    source_tests = std::make_unique<system::ThreadExecutor>();
    sources = std::make_unique<feed_sync::Sources>(
        *core, sealer, options.private_sources ? source::Plain::allowed : source::Plain::refused);
    sync = std::make_unique<feed_sync::Sync>(
        *core, *sources, *assessor, *jobs,
        feed_sync::SyncTools{*fetcher, *feed_files, random, *looks, *fetches, *source_tests, pause}, log);
    steering =
        std::make_unique<steering::Steering>(*core, *rollouts, [this] { return catalogue->offered(); }, log);
    if (options.apple_mdm) steering->with_own();
    management_fetches = std::make_unique<system::ThreadExecutor>();
    connectors = std::make_unique<connectors::Connectors>(
        *core, sealer, options.private_sources ? connector::Plain::allowed : connector::Plain::refused);
    connector_sync = std::make_unique<connectors::Sync>(
        *core, *connectors, *jobs,
        connectors::SyncTools{*fetcher, random, *looks, *management_fetches, *source_tests, pause,
                              [this](const connector::Connector& its, connectors::World world) {
                                  return open_management(its, std::move(world));
                              }},
        log);
    connector_sync->steer_with(*steering);
}

base::Result<std::unique_ptr<ports::ManagementSystem>>
House::Parts::open_management(const connector::Connector& its, connectors::World world) {
    switch (its.kind) {
    case connector::Kind::intune:
        return intune::open(its, std::move(world), management_tokens);
    case connector::Kind::android_management:
        return android_management::open(its, std::move(world), management_tokens);
    }
    return base::bug("there is no such management system");
}

base::Status House::Parts::start_trust() {
    const bool overtake = backup::is_to_be_overtaken(options.data);
    // The restored log goes on in another epoch, whether or not the offline keys are here, and only once.
    if (backup::is_log_to_begin_anew(options.data)) {
        TRY(start_log(releases::Repository::LogBegins::anew));
        TRY(backup::log_began_anew(options.data));
    }
    // The default tenant exists from its first row on, which the repository writes.
    const auto done = wait_for<base::Nothing>([&](std::function<void(base::Result<base::Nothing>)> answer) {
        repository->start(device::kDefaultTenant, overtake, [answer](base::Status status) {
            if (status.ok())
                answer(base::Nothing{});
            else
                answer(std::move(status).error());
        });
    });
    if (done.ok() || overtake) TRY(start_log(releases::Repository::LogBegins::when_there_is_none));
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

base::Status House::Parts::start_log(releases::Repository::LogBegins begins) {
    const auto done = wait_for<base::Nothing>([&](std::function<void(base::Result<base::Nothing>)> answer) {
        repository->start_log(device::kDefaultTenant, begins, [answer](base::Status status) {
            if (status.ok())
                answer(base::Nothing{});
            else
                answer(std::move(status).error());
        });
    });
    return done.ok() ? base::Status() : base::Status(done.error());
}

std::string House::Parts::push_topic() {
    const auto identity =
        push_file ? push_file->read() : base::Result<ports::PushIdentity>(base::not_found(""));
    return identity.ok() ? identity->topic : std::string();
}

std::optional<base::TimePoint> House::Parts::push_expires() {
    if (!push_file) return std::nullopt;
    const auto ends = push_file->ends();
    return ends;
}

base::Status House::Parts::start_apple() {
    if (!options.apple_mdm) return {};
    if (!options.apple_push.empty()) push_file = std::make_unique<PushFile>(options.apple_push, clock);
    TRY_VALUE(phone_authority,
              load_or_make_phone_authority(options.data,
                                           options.apple_weak_scep ? pki::Weak::borne : pki::Weak::refused,
                                           clock, random));
    TRY_VALUE(base::Bytes root, pki::to_der(keys.authority.certificate_pem()));
    apple_phones = std::make_unique<apple_phones::Phones>(
        apple_phones::Phones::Tools{*core, *guests, *inventories, *phone_authority, random, log},
        apple_phones::Place{[this] { return profile_address(); }, [this] { return push_topic(); },
                            [root] { return root; }});
    declaring = std::make_unique<apple_phones::Declaring>(apple_phones::Declaring::Tools{
        *core, *apple_phones, *steering, zone_files, [this] { return catalogue->offered(); }, *looks, log});
    declaring->start();
    if (!push_file) return {};
    // Found out now rather than when the first phone is to be woken.
    if (const auto identity = push_file->read(); !identity.ok()) return identity.error();
    outbound::ApnsOptions reach;
    if (!options.apple_push_url.empty()) reach.url = options.apple_push_url;
    reach.authorities = options.source_ca.string();
    apns = std::make_unique<outbound::CurlApns>(reach, [this] { return push_file->read(); });
    waking = std::make_unique<apple_phones::Waking>(
        apple_phones::Waking::Tools{*core, *apple_phones, *apns, *looks, log});
    waking->start();
    return {};
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

} // namespace oakum::server
