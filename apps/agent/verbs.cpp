// SPDX-License-Identifier: Apache-2.0
#include "verbs.hpp"

#include "checks.hpp"
#include "collector.hpp"
#include "identity.hpp"

#include <metadata/reader.hpp>
#include <native/client.hpp>
#include <pki/certificate.hpp>
#include <system/clock.hpp>
#include <system/file.hpp>
#include <system/shutdown.hpp>
#include <trust/trusted_set.hpp>
#include <updates/trusted_targets.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <malloc.h>

namespace oakum::agent {
namespace {

namespace fs = std::filesystem;
using base::Status;

constexpr std::size_t max_text = 1 << 20;
// Before that day no clock of ours can be right: a device without a battery begins in 1970.
constexpr std::int64_t first_credible_day = 1'735'689'600;
// A connection is not kept over longer waits: its buffers are most of what an idle agent would hold.
constexpr base::Duration keep_connection = std::chrono::seconds(30);
constexpr base::Duration longest_wait = std::chrono::hours(1);

bool clock_is_unset(ports::Clock& clock) {
    return base::unix_seconds(clock.now()) < first_credible_day;
}

Status make_folders(const fs::path& folder) {
    for (const char* name : {"state", "trust", "staging", "slots/a", "slots/b", "firmware-state"})
        TRY(system::make_private_folder(folder / name));
    return {};
}

Environment environment_of(const Config& config) {
    const fs::path state = fs::absolute(config.folder / "firmware-state");
    return {{"PATH", "/usr/bin:/bin"},
            {"FIRMWARE_SERIAL", config.serial},
            {"FIRMWARE_MODEL", config.model},
            {"FIRMWARE_STATE", state.string()}};
}

FolderSlots::Options slot_options(const Config& config) {
    return {fs::absolute(config.folder / "slots"), config.slot_bytes, config.boot_attempts,
            environment_of(config)};
}

base::Result<base::Digest256> read_fingerprint(std::string text) {
    std::erase(text, ':');
    auto digest = base::Digest256::parse(text);
    if (!digest.ok()) return base::invalid("--ca-fingerprint is a SHA-256 in hexadecimal");
    return digest;
}

base::Result<http::Trust> first_trust(const Arguments& arguments) {
    http::Trust trust;
    if (const std::string file = arguments.get("--ca"); !file.empty()) {
        TRY_VALUE(trust.ca_pem, system::read_bounded(file, max_text));
        return trust;
    }
    TRY_VALUE(const std::string text, arguments.need("--ca-fingerprint"));
    TRY_VALUE(trust.ca_fingerprint, read_fingerprint(text));
    return trust;
}

base::Result<std::string> read_token(const Arguments& arguments) {
    const std::string file = arguments.get("--token-file");
    if (file.empty()) return arguments.need("--token");
    TRY_VALUE(std::string token, system::read_bounded(file, 4096));
    while (!token.empty() && (token.back() == '\n' || token.back() == ' '))
        token.pop_back();
    return token;
}

// The root that came with enrolment signs itself; everything later is verified from it on.
Status check_root(const std::string& root, base::TimePoint now) {
    const metadata::JsonReader reader;
    const auto trusted = trust::TrustedSet::start(base::as_bytes(root), now, reader);
    if (!trusted.ok()) return base::Error(trusted.error()).wrap("the server's root of trust");
    return {};
}

} // namespace

base::Result<Arguments> Arguments::parse(int count, char** words,
                                         std::initializer_list<std::string_view> known) {
    Arguments arguments;
    for (int i = 0; i < count; i += 2) {
        const std::string name = words[i];
        if (std::ranges::find(known, name) == known.end())
            return base::invalid("\"" + name + "\" is no option here");
        if (i + 1 == count) return base::invalid(name + " needs a value");
        arguments.values_[name] = words[i + 1];
    }
    return arguments;
}

base::Result<std::string> Arguments::need(const std::string& name) const {
    const auto found = values_.find(name);
    if (found == values_.end() || found->second.empty()) return base::invalid(name + " is missing");
    return found->second;
}

std::string Arguments::get(const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::string() : found->second;
}

base::Result<Config> load_config(const Arguments& arguments) {
    TRY_VALUE(const std::string folder, arguments.need("--dir"));
    fs::path file = arguments.get("--config");
    if (file.empty()) file = fs::path(folder) / "agent.conf";
    auto text = system::read_bounded(file, max_text);
    if (!text.ok())
        return std::move(text).error().wrap("reading " + file.string() + " (written by `enroll`)");
    auto config = parse_config(*text);
    if (!config.ok()) return std::move(config).error().wrap(file.string());
    config->folder = folder;
    TRY(make_folders(config->folder));
    return config;
}

Status enroll(const Arguments& arguments, base::LogSink& log) {
    Config config;
    TRY_VALUE(const std::string folder, arguments.need("--dir"));
    TRY_VALUE(const std::string url, arguments.need("--server"));
    TRY(read_url(url, config));
    TRY_VALUE(config.serial, arguments.need("--serial"));
    TRY_VALUE(config.model, arguments.need("--model"));
    config.hw_revision = arguments.get("--hw-revision");
    config.folder = folder;
    const auto readable = parse_config(first_config(config));
    if (!readable.ok() || readable->serial != config.serial || readable->model != config.model ||
        readable->hw_revision != config.hw_revision)
        return base::invalid(
            "serial, model and hardware revision are one line each, at most 256 characters, without '#'");
    TRY(make_folders(config.folder));
    TRY_VALUE(const auto lock, system::FileLock::acquire(config.folder / "lock"));

    system::SystemClock clock;
    FileIdentity identity(config.folder, config.serial);
    http::ClientOptions options;
    options.host = config.host;
    options.port = config.port;
    TRY_VALUE(options.trust, first_trust(arguments));
    options.trust.ignore_dates = clock_is_unset(clock);
    TRY_VALUE(const auto connection, http::Client::make(options));
    native::Client server(*connection);

    wire::EnrollRequest request;
    TRY_VALUE(request.token, read_token(arguments));
    TRY_VALUE(request.csr_pem, identity.request());
    request.serial = config.serial;
    request.model = config.model;
    request.hw_revision = config.hw_revision;
    auto reply = server.enroll(request);
    if (!reply.ok()) return std::move(reply).error().wrap("enrolling at " + url_of(config));
    if (reply->certificate_pem.empty())
        return base::unavailable(
            "the server waits for a person to accept this device; enrol again afterwards");

    TRY(check_root(reply->trust_root, clock.now()));
    std::string authorities =
        options.trust.ca_pem.empty() ? connection->learned_ca_pem() : options.trust.ca_pem;
    if (authorities.find(reply->ca_pem) == std::string::npos) authorities += reply->ca_pem;
    TRY(system::write_durably(config.folder / "ca.pem", authorities));
    TRY(FolderKeep(config.folder / "trust").save("root.json", reply->trust_root));
    TRY(system::write_durably(config.folder / "agent.conf", first_config(config)));
    TRY(identity.adopt(reply->certificate_pem));
    log.write(base::LogLevel::info, "enroll", "this device is " + reply->device);
    return {};
}

Status provision(const Arguments& arguments, base::LogSink& log) {
    TRY_VALUE(const std::string folder, arguments.need("--dir"));
    TRY_VALUE(const std::string image, arguments.need("--image"));
    Config config;
    config.folder = folder;
    TRY(make_folders(config.folder));
    TRY_VALUE(const auto lock, system::FileLock::acquire(config.folder / "lock"));
    system::SystemClock clock;
    system::SystemRandom random;
    FirmwareProcess process(config.folder / "firmware.log");
    FolderSlots slots(slot_options(config), process, clock, random, log);
    return slots.provision(image);
}

Status run(const Arguments& arguments, base::LogSink& log) {
    system::ShutdownSignal shutdown;
    ::mallopt(M_ARENA_MAX, 1);
    ::mallopt(M_MMAP_THRESHOLD, 64 << 10);
    TRY_VALUE(const Config config, load_config(arguments));
    TRY_VALUE(const auto lock, system::FileLock::acquire(config.folder / "lock"));
    system::SystemClock clock;
    system::SystemRandom random;

    FileIdentity identity(config.folder, config.serial);
    TRY(identity.load());
    http::ClientOptions options;
    options.host = config.host;
    options.port = config.port;
    TRY_VALUE(options.trust.ca_pem, system::read_bounded(config.folder / "ca.pem", max_text));
    options.trust.ignore_dates = clock_is_unset(clock);
    DeviceConnection connection(std::move(options), identity);
    native::Client server(connection);

    const metadata::JsonReader reader;
    FolderKeep state(config.folder / "state");
    FolderKeep trusted(config.folder / "trust");
    updates::TrustedTargets trust(server, trusted, reader);
    FileStaging staging(config.folder / "staging" / "artifact");
    FirmwareProcess process(config.folder / "firmware.log");
    FolderSlots slots(slot_options(config), process, clock, random, log);
    Checks checks(config, slots, process);
    Collector collector(config, slots, log);
    TRY(slots.boot());

    updates::Agent agent({server, server, trust, state, staging, slots, slots, checks, collector, identity,
                          clock, random, log},
                         config.settings);
    for (auto started = agent.start(); !started.ok(); started = agent.start()) {
        log.write(base::LogLevel::error, "agent", "starting: " + started.error().text());
        if (const int signal = shutdown.wait(std::chrono::seconds(5)); signal == SIGTERM || signal == SIGINT)
            return {};
    }
    for (;;) {
        const base::Duration wait = std::min<base::Duration>(agent.step(), longest_wait);
        if (wait > keep_connection) connection.disconnect();
        if (wait > std::chrono::seconds(1)) ::malloc_trim(0);
        const int signal = shutdown.wait(wait);
        if (signal == SIGTERM || signal == SIGINT) break;
    }
    log.write(base::LogLevel::info, "agent", "stopping");
    return {};
}

Status status(const Arguments& arguments) {
    TRY_VALUE(const Config config, load_config(arguments));
    TRY_VALUE(const auto text, FolderKeep(config.folder / "state").load("state.json"));
    std::printf("%s\n", text ? text->c_str() : "{}");
    return {};
}

} // namespace oakum::agent
