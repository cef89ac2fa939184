// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backups.hpp"
#include "ceremonies.hpp"
#include "front_door.hpp"
#include "house.hpp"
#include "keys.hpp"
#include "native_services.hpp"
#include "provider.hpp"
#include "push_file.hpp"
#include "services/advisories.hpp"
#include "services/alarms.hpp"
#include "services/apple.hpp"
#include "services/budgets.hpp"
#include "services/carried.hpp"
#include "services/channels.hpp"
#include "services/connectors.hpp"
#include "services/devices.hpp"
#include "services/edits.hpp"
#include "services/evidence.hpp"
#include "services/exceptions.hpp"
#include "services/feeds.hpp"
#include "services/figures.hpp"
#include "services/findings.hpp"
#include "services/floors.hpp"
#include "services/groups.hpp"
#include "services/jobs.hpp"
#include "services/lwm2m.hpp"
#include "services/notices.hpp"
#include "services/policies.hpp"
#include "services/releases.hpp"
#include "services/rollouts.hpp"
#include "services/schedules.hpp"
#include "services/search.hpp"
#include "services/sources.hpp"
#include "services/system.hpp"
#include "services/uploads.hpp"
#include "services/vex.hpp"

#include <alarms/watcher.hpp>
#include <api/api.hpp>
#include <apple_mdm/protocol.hpp>
#include <apple_phones/declaring.hpp>
#include <apple_phones/waking.hpp>
#include <assessment/daily_figures.hpp>
#include <blobs/file_blobs.hpp>
#include <coap/server.hpp>
#include <exceptions/passed_on.hpp>
#include <feed_files/folder.hpp>
#include <fleet/groups.hpp>
#include <fleet/polling.hpp>
#include <governance/upkeep.hpp>
#include <hawkbit/protocol.hpp>
#include <http/server.hpp>
#include <lwm2m/downloads.hpp>
#include <lwm2m/protocol.hpp>
#include <mender/protocol.hpp>
#include <outbound/apns.hpp>
#include <outbound/courier.hpp>
#include <outbound/fetcher.hpp>
#include <published/protocol.hpp>
#include <sqlite/history.hpp>
#include <sqlite/journal.hpp>
#include <sqlite/loader.hpp>
#include <steering/steering.hpp>
#include <system/clock.hpp>
#include <system/file.hpp>
#include <system/threads.hpp>
#include <zones/zone_files.hpp>

#include <atomic>
#include <future>

namespace oakum::server {

// In the order of construction; destroyed in reverse.
struct House::Parts {
    const std::string version;
    Options options;
    base::LogSink& log;
    system::SystemClock clock;
    system::SystemRandom random;
    zones::ZoneFiles zone_files;
    system::FileLock lock;
    Keys keys;
    sqlite::StoreOptions store;

    shard::ControlTables control;
    fleet::Software software;
    fleet::LiveFleet live{software, control, clock};
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
    // backups, one that looks at the whole fleet for what is wrong and for the day's figures, one for those
    // who search: they wait for no look and no long answer; one that plays rehearsals.
    std::unique_ptr<system::ThreadExecutor> engine, background, slow, work, care, copies, looks, searches,
        plays;
    std::unique_ptr<sqlite::SqliteJournal> journal;
    std::unique_ptr<shard::Jobs> jobs; // outlives the writer: what it did not answer may be the end of a job
    std::unique_ptr<shard::Writer> writer;
    std::unique_ptr<fleet::Core> core;
    std::unique_ptr<shard::Timers> timers;

    std::unique_ptr<fleet::Enrolment> enrolment;
    std::unique_ptr<fleet::Guests> guests;
    std::unique_ptr<fleet::SharedKeys> shared_keys;
    std::unique_ptr<fleet::Registry> registry;
    std::unique_ptr<fleet::Bulk> bulk;
    std::unique_ptr<fleet::Edits> edits;
    std::unique_ptr<fleet::Inventories> inventories;
    std::unique_ptr<fleet::Imports> imports;
    std::unique_ptr<fleet::Groups> groups;
    std::unique_ptr<schedules::Schedules> schedules;
    std::unique_ptr<budgets::Budgets> budgets;
    std::unique_ptr<floors::Catalogue> catalogue;
    std::unique_ptr<floors::Exploits> listed_exploits;
    std::unique_ptr<floors::Floors> floors;
    std::unique_ptr<rollouts::Rollouts> rollouts;
    std::unique_ptr<fleet::Polling> polling;
    std::unique_ptr<releases::Repository> repository;
    std::unique_ptr<published::Log> published_log;
    std::unique_ptr<releases::Director> director;
    std::unique_ptr<ReleaseExaminer> examiner;
    std::unique_ptr<releases::Intake> intake;
    std::unique_ptr<releases::Releases> releases;
    std::unique_ptr<Ceremonies> ceremonies;
    std::atomic<bool> ceremony_is_due{false};
    std::unique_ptr<assessment::Assessor> assessor;
    std::unique_ptr<assessment::DailyFigures> daily;
    std::unique_ptr<assessment::Notices> notices;
    std::unique_ptr<exceptions::Exceptions> exceptions;
    std::unique_ptr<exceptions::PassedOn> passed_on;
    std::unique_ptr<fleet::Replacements> replacements;
    std::unique_ptr<governance::Sessions> sessions;
    std::unique_ptr<governance::OpenSessions> open_sessions;
    std::unique_ptr<governance::SecondFactor> second_factor;
    std::optional<ProviderClient> provider;
    std::unique_ptr<system::ThreadExecutor> asks; // what waits for the identity provider
    std::unique_ptr<governance::SingleSignOn> single_sign_on;
    std::unique_ptr<governance::Users> users;
    std::unique_ptr<governance::Tokens> tokens;
    std::unique_ptr<governance::Views> views;
    std::unique_ptr<governance::AuditLog> audit;
    std::unique_ptr<governance::Idempotency> idempotency;
    std::unique_ptr<governance::Upkeep> upkeep;
    std::unique_ptr<governance::Forgetter> forgetter;
    std::unique_ptr<governance::SignInCodes> sign_in_codes;
    std::unique_ptr<governance::Retentions> retentions; // looks at the packs of evidence_service
    std::unique_ptr<Backups> backups;
    std::unique_ptr<alarms::Alarms> alarms;
    std::unique_ptr<alarms::Watcher> watcher;
    std::unique_ptr<outbound::CurlCourier> courier;
    std::unique_ptr<alarms::Channels> channels;
    std::unique_ptr<alarms::Outbox> outbox;
    std::unique_ptr<outbound::CurlFetcher> fetcher;
    std::unique_ptr<system::ThreadExecutor> fetches;      // what is fetched from sources
    std::unique_ptr<system::ThreadExecutor> source_tests; // what is tried out of them
    std::unique_ptr<feed_sync::Sources> sources;
    std::unique_ptr<feed_sync::Sync> sync;
    std::unique_ptr<system::ThreadExecutor> management_fetches; // what is read from management systems
    connectors::Tokens management_tokens;
    std::unique_ptr<connectors::Connectors> connectors;
    std::unique_ptr<steering::Steering> steering;
    std::unique_ptr<connectors::Sync> connector_sync;
    std::atomic<std::int64_t> certificate_ends{0}; // the server's own, unix ms; 0: not known

    std::unique_ptr<ports::PhoneAuthority> phone_authority;
    std::unique_ptr<apple_phones::Phones> apple_phones; // null: it is switched off
    std::unique_ptr<apple_phones::Declaring> declaring;
    std::unique_ptr<PushFile> push_file; // null: there is none
    std::unique_ptr<apple_phones::Waking> waking;
    std::unique_ptr<outbound::CurlApns> apns; // goes first: what it answers touches those above
    std::unique_ptr<FleetStandings> standings;
    std::unique_ptr<DevicesService> devices_service;
    std::unique_ptr<EditsService> edits_service;
    std::unique_ptr<FindingsService> findings_service;
    std::unique_ptr<SoftwareService> software_service;
    std::unique_ptr<AdvisoriesService> advisories_service;
    std::unique_ptr<ExposureService> exposure_service;
    std::unique_ptr<EvidenceService> evidence_service;
    std::unique_ptr<FiguresService> figures_service;
    std::unique_ptr<FeedsService> feeds_service;
    std::unique_ptr<JobsService> jobs_service;
    std::unique_ptr<PoliciesService> policies_service;
    std::unique_ptr<GroupsService> groups_service;
    std::unique_ptr<UploadsService> uploads_service;
    std::unique_ptr<ReleasesService> releases_service;
    std::unique_ptr<releases::Carrying> carrying;
    std::unique_ptr<CarriedService> carried_service;
    std::unique_ptr<RolloutsService> rollouts_service;
    std::unique_ptr<SchedulesService> schedules_service;
    std::unique_ptr<BudgetsService> budgets_service;
    std::unique_ptr<FloorsService> floors_service;
    std::unique_ptr<SearchService> search_service;
    std::unique_ptr<SystemService> system_service;
    std::unique_ptr<ExceptionsService> exceptions_service;
    std::unique_ptr<NoticesService> notices_service;
    std::unique_ptr<VexService> vex_service;
    std::unique_ptr<AlarmsService> alarms_service;
    std::unique_ptr<ChannelsService> channels_service;
    std::unique_ptr<SourcesService> sources_service;
    std::unique_ptr<ConnectorsService> connectors_service;
    std::unique_ptr<AppleService> apple_service;
    std::unique_ptr<Lwm2mService> lwm2m_service;
    std::unique_ptr<NativeServices> native_services;
    std::unique_ptr<api::Api> api;
    std::atomic<api::Api*> answers{nullptr}; // the same, once it is there
    std::unique_ptr<native::NativeProtocol> native;
    std::unique_ptr<published::Protocol> published_files;
    std::unique_ptr<exchange::Updates> guest_updates;
    std::unique_ptr<hawkbit::HawkbitProtocol> hawkbit; // when it is switched on
    std::unique_ptr<mender::MenderProtocol> mender;    // likewise
    std::unique_ptr<apple_mdm::AppleProtocol> apple;   // likewise
    std::unique_ptr<coap::Server> coap; // when LwM2M is switched on; the protocol speaks through it
    std::unique_ptr<lwm2m::Lwm2mProtocol> lwm2m;
    std::unique_ptr<lwm2m::Downloads> lwm2m_downloads;
    std::unique_ptr<FrontDoor> door;
    std::unique_ptr<http::Server> server;
    std::atomic<std::uint16_t> port{0}; // that it listens on; 0: not yet
    std::string welcome;

    Parts(std::string is, Options given, base::LogSink& sink, system::FileLock held, Keys made)
        : version(std::move(is)), options(std::move(given)), log(sink), lock(std::move(held)),
          keys(std::move(made)), issuer(keys.authority, random), sealer(keys.seal_key, random) {}
    ~Parts();

    // house_store.cpp
    base::Status open_store();
    base::Status back_up_before_migration();

    // house_engine.cpp
    base::Status start_engine();
    void make_sync();
    // The explicit list of what can be connected.
    base::Result<std::unique_ptr<ports::ManagementSystem>> open_management(const connector::Connector& its,
                                                                           connectors::World world);
    base::Status start_trust();
    base::Status start_log(releases::Repository::LogBegins begins);
    base::Status start_apple();
    std::string push_topic();                      // empty: there is none
    std::optional<base::TimePoint> push_expires(); // also of one that ended
    base::Status keep_settings();
    base::Status keep_setting(const std::string& name, std::uint32_t value);

    // house_services.cpp
    void make_services();
    void admit_guests();
    void open_log();
    void admit_apple();
    void admit_lwm2m();
    void make_api();
    std::pair<std::optional<double>, std::optional<double>>
    scope_risk(device::TenantId tenant, const ports::RolloutRow& rollout) const;

    // house_door.cpp
    base::Status listen();
    base::Status listen_for_lwm2m();
    void note_certificate(const http::ServerIdentity& identity);
    // Where devices and people reach this server: the name that was given, else the address that it listens
    // on, else, when it listens on all, the machine's name.
    std::string public_address() const;
    // The same for phones, which may reach it through a proxy.
    std::string profile_address() const;
    base::Status greet();

    // house_watch.cpp
    void keep_time();
    void forget_uploads();
    std::size_t warnings() const;
    std::string metrics() const;
    api::SupportBundle support_bundle();
};

// Runs a use case and waits for its answer; for the start only, before anybody else is let in.
template <class T>
base::Result<T> wait_for(const std::function<void(std::function<void(base::Result<T>)>)>& begin) {
    auto promise = std::make_shared<std::promise<base::Result<T>>>();
    auto answer = promise->get_future();
    begin([promise](base::Result<T> result) { promise->set_value(std::move(result)); });
    return answer.get();
}

} // namespace oakum::server
