// SPDX-License-Identifier: Apache-2.0
// oakumd: the server.
#include "house.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <malloc.h>
#include <sqlite/backup.hpp>
#include <system/bounded_log.hpp>
#include <system/clock.hpp>
#include <system/file.hpp>
#include <system/shutdown.hpp>
#include <system/stderr_log.hpp>

namespace {

using namespace oakum;

// Of what others can cause; more would only fill the disk.
constexpr std::uint32_t kLogLinesASecond = 200;

int fail(const base::Error& error) {
    std::fprintf(stderr, "oakumd: %s\n", error.text().c_str());
    return 1;
}

// A store is its file and what SQLite keeps beside it; the file itself last, since its presence says that a
// store is there.
base::Status move_store(const std::filesystem::path& from, const std::filesystem::path& to) {
    for (const char* part : {"-shm", "-wal", ""}) {
        std::error_code error;
        const std::filesystem::path source(from.string() + part);
        if (!std::filesystem::exists(source, error)) continue;
        std::filesystem::rename(source, to.string() + part, error);
        if (error) return base::unavailable("moving " + source.string() + ": " + error.message());
    }
    return {};
}

// Moves the store that is there aside; returns its new name, empty when there was none.
base::Result<std::filesystem::path> set_aside(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::exists(file, error)) return std::filesystem::path();
    for (int number = 1; number < 1000; ++number) {
        const std::filesystem::path kept(file.string() + ".replaced-" + std::to_string(number));
        if (std::filesystem::exists(kept, error)) continue;
        TRY(move_store(file, kept));
        return kept;
    }
    return base::conflict("too many replaced stores are kept beside " + file.string());
}

base::Status restore(const std::filesystem::path& data, const std::string& backup) {
    TRY(system::make_private_folder(data));
    TRY_VALUE(const system::FileLock lock, system::FileLock::acquire(data / "lock"));
    sqlite::StoreOptions store;
    store.file = data / "oakum.db";
    TRY_VALUE(const std::filesystem::path kept, set_aside(store.file));
    auto restored = sqlite::restore(backup, store);
    if (!restored.ok()) {
        if (!kept.empty()) TRY(move_store(kept, store.file));
        return std::move(restored).error();
    }
    const sqlite::BackupInfo info = *restored;
    if (!kept.empty()) std::printf("The store that was there is kept as %s.\n", kept.c_str());
    std::printf("Restored %llu devices from %s.\n", static_cast<unsigned long long>(info.devices),
                backup.c_str());
    return {};
}

// "HOST:PORT", "[::1]:8443"
bool parse_listen(const std::string& text, server::Options& options) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos) return false;
    options.host = text.substr(0, colon);
    if (options.host.starts_with('[') && options.host.ends_with(']'))
        options.host = options.host.substr(1, options.host.size() - 2);
    char* end = nullptr;
    const unsigned long port = std::strtoul(text.c_str() + colon + 1, &end, 10);
    options.port = static_cast<std::uint16_t>(port);
    return *end == '\0' && port <= 65535 && !options.host.empty();
}

} // namespace

int main(int argc, char** argv) {
    // Many threads, one heap: arenas of their own would only multiply what is held.
    mallopt(M_ARENA_MAX, 4);
    CLI::App app("oakumd: the Oakum server. --data DIR is all that a first start needs.", "oakumd");
    server::Options options;
    std::string listen = "127.0.0.1:8443", backup;
    bool verbose = false;
    app.add_option("--data", options.data, "the folder that holds everything; made when it is not there")
        ->required();
    app.add_option("--listen", listen, "HOST:PORT; port 0 takes a free one");
    app.add_option("--name", options.names,
                   "a further DNS name or address of this server, for its certificate; may be given again");
    app.add_option("--web", options.web, "the dashboard's built files")->check(CLI::ExistingDirectory);
    app.add_flag("--approval-by-another", options.approval_by_another,
                 "a rollout needs the approval of somebody who did not make it");
    app.add_option("--io-threads", options.io_threads, "threads that speak to connections")
        ->check(CLI::Range(1U, 64U));
    app.add_option("--restore", backup,
                   "put this backup in place of the store first; the old one is kept beside it")
        ->check(CLI::ExistingFile);
    app.add_option("--poll-seconds", options.poll_seconds,
                   "how often devices come back; kept for the next start")
        ->check(CLI::Range(1U, 86'400U));
    app.add_flag("--verbose", verbose, "log also what is only of interest to developers");
    CLI11_PARSE(app, argc, argv);
    if (!parse_listen(listen, options))
        return fail(base::invalid("--listen is HOST:PORT, not \"" + listen + "\""));

    oakum::system::SystemClock clock;
    oakum::system::StderrLog lines(verbose ? base::LogLevel::debug : base::LogLevel::info, clock);
    oakum::system::BoundedLog log(lines, clock, kLogLinesASecond);
    oakum::system::ShutdownSignal signal;
    if (!backup.empty()) {
        if (base::Status restored = restore(options.data, backup); !restored.ok())
            return fail(restored.error());
        options.overtake = true;
    }
    auto house = server::House::open(std::move(options), log);
    if (!house.ok()) return fail(house.error());
    std::printf("oakumd is ready at %s\n%s", (*house)->address().c_str(), (*house)->welcome().c_str());
    std::fflush(stdout);
    while (signal.wait(std::chrono::hours(24)) == 0) {
    }
    log.write(base::LogLevel::info, "server", "stopping: what is under way is finished first");
    (*house)->close();
    return 0;
}
