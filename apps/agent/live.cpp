// SPDX-License-Identifier: Apache-2.0
// What the agent does while it lives.
#include "backend.hpp"
#include "brought.hpp"
#include "collector.hpp"
#include "director.hpp"
#include "noticeboard.hpp"
#include "verbs.hpp"

#include <metadata/reader.hpp>
#include <native/client.hpp>
#include <system/clock.hpp>
#include <system/file.hpp>
#include <system/shutdown.hpp>
#include <updates/trusted_targets.hpp>

#include <csignal>
#include <malloc.h>

namespace oakum::agent {
namespace {

using base::Status;

constexpr std::size_t max_text = 1 << 20;
// A connection is not kept over longer waits: its buffers are most of what an idle agent would hold.
constexpr base::Duration keep_connection = std::chrono::seconds(30);
constexpr base::Duration longest_wait = std::chrono::hours(1);

// Reads what `enroll` left. A device that cannot speak to its server still runs its firmware, and says why.
Status read_identity(const Config& config, FileIdentity& identity, http::Trust& trust) {
    TRY(identity.load());
    TRY_VALUE(trust.ca_pem, system::read_bounded(config.folder / "ca.pem", max_text));
    return {};
}

} // namespace

Status run(const Arguments& arguments, base::LogSink& log) {
    return live(arguments, log, [] { return false; });
}

Status live(const Arguments& arguments, base::LogSink& log, const std::function<bool()>& enough) {
    system::ShutdownSignal shutdown;
    ::mallopt(M_ARENA_MAX, 1);
    ::mallopt(M_MMAP_THRESHOLD, 64 << 10);
    TRY_VALUE(Config config, load_config(arguments));
    TRY_VALUE(const auto lock, system::FileLock::acquire(config.folder / "lock"));
    system::SystemClock clock;
    system::SystemRandom random;

    bool ending = false;
    const auto told_to_end_or = [&](base::Duration wait, int readable) {
        if (!ending) {
            const int signal = shutdown.wait(wait, readable);
            ending = signal == SIGTERM || signal == SIGINT;
        }
        return ending;
    };
    const auto told_to_end = [&](base::Duration wait) { return told_to_end_or(wait, -1); };

    // The firmware first: whatever is wrong with the identity or the network, the device does its work.
    remove_unfinished(config.folder);
    TRY_VALUE(const auto backend, Backend::make(config, {clock, random, log, told_to_end}));
    updates::Settings settings = config.settings;
    settings.formats = backend->formats();
    updates::BootControl& boot = backend->boot();
    Collector collector(config, [&] { return backend->root(); }, log);

    FileIdentity identity(config.folder, config.serial);
    http::ClientOptions options;
    options.host = config.host;
    options.port = config.port;
    for (auto read = read_identity(config, identity, options.trust); !read.ok();
         read = read_identity(config, identity, options.trust)) {
        log.write(base::LogLevel::error, "identity",
                  read.error().text() + ": the firmware runs, but nothing can be told to the server; enrol "
                                        "this device again");
        if (told_to_end(std::chrono::seconds(30))) return {};
        if (const auto view = boot.view(); !view.ok())
            log.write(base::LogLevel::error, "slots", view.error().text());
    }
    DeviceConnection connection(std::move(options), identity, clock);
    native::Client server(connection);

    const metadata::JsonReader reader;
    FolderKeep state(config.folder / "state");
    FolderKeep trusted(config.folder / "trust");
    updates::TrustedTargets trust(server, trusted, reader);
    FileStaging staging(download_of(config));
    DeviceDirector director(server, identity);
    BroughtFolder brought(config.folder / "brought", identity, trusted, reader, log);
    LocalRules rules(config.rules);
    updates::Agent agent({server, server, trust, state, staging, backend->writer(), boot, backend->health(),
                          collector, identity, clock, random, log, &director, &brought, &rules},
                         settings);
    for (auto started = agent.start(); !started.ok(); started = agent.start()) {
        log.write(base::LogLevel::error, "agent", "starting: " + started.error().text());
        if (told_to_end(std::chrono::seconds(5))) return {};
    }
    Noticeboard board(config.folder);
    for (;;) {
        const base::Duration wait = std::min<base::Duration>(agent.step(), longest_wait);
        board.show(agent.standing(), clock.steady());
        if (enough()) break;
        if (wait > keep_connection) connection.disconnect();
        if (wait > std::chrono::seconds(1)) ::malloc_trim(0);
        if (told_to_end_or(wait, brought.watch())) break;
    }
    log.write(base::LogLevel::info, "agent", "stopping");
    return {};
}

} // namespace oakum::agent
