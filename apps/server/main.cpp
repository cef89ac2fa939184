// SPDX-License-Identifier: Apache-2.0
// oakumd: the server.
#include "addresses.hpp"
#include "house.hpp"
#include "offline.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <malloc.h>
#include <system/bounded_log.hpp>
#include <system/clock.hpp>
#include <system/file.hpp>
#include <system/recent_log.hpp>
#include <system/shutdown.hpp>
#include <system/stderr_log.hpp>
#include <tuple>
#include <unistd.h>

namespace {

using namespace oakum;

// Of what others can cause; more would only fill the disk.
constexpr std::uint32_t kLogLinesASecond = 200;
constexpr std::size_t kRecentLogLines = 500;

int fail(const base::Error& error) {
    std::fprintf(stderr, "oakumd: %s\n", error.text().c_str());
    return 1;
}

// The first sign-in's link is a secret: on a terminal it is shown, under systemd it is left in a file.
base::Status greet(const std::filesystem::path& data, const std::string& address,
                   const std::string& welcome) {
    const std::filesystem::path kept = data / "first-sign-in";
    const std::string line = "oakumd is ready at " + address + "\n";
    if (welcome.empty() || !system::goes_to_journal(STDOUT_FILENO)) {
        std::error_code error;
        std::filesystem::remove(kept, error); // of an earlier start: its link has ended
        std::printf("%s%s", line.c_str(), welcome.c_str());
    } else {
        TRY(system::write_durably(kept, line + welcome));
        std::printf("%sUser, sign-in link and CA of this first start are in %s\n", line.c_str(),
                    kept.c_str());
    }
    std::fflush(stdout);
    return {};
}

} // namespace

int main(int argc, char** argv) {
    // Many threads, one heap: arenas of their own would only multiply what is held.
    mallopt(M_ARENA_MAX, 4);
    CLI::App app("oakumd: the Oakum server. --data DIR is all that a first start needs.", "oakumd");
    server::Options options;
    std::string listen = "127.0.0.1:8443", backup_file, log_format = "text";
    bool verbose = false;
    app.add_option("--data", options.data, "the folder that holds everything; made when it is not there")
        ->required();
    app.add_option("--listen", listen, "HOST:PORT; port 0 takes a free one");
    app.add_option("--name", options.names,
                   "a further DNS name or address of this server, for its certificate; may be given again");
    app.add_option("--web", options.web, "the dashboard's built files")->check(CLI::ExistingDirectory);
    app.add_option("--sign-in-with", options.provider,
                   "a file that describes the identity provider: people sign in there too (docs/sign-in.md)")
        ->check(CLI::ExistingFile);
    app.add_flag("--hawkbit", options.hawkbit,
                 "devices that speak hawkBit's DDI (SWUpdate, rauc-hawkbit-updater) are served too, at "
                 "/DEFAULT/controller/v1 (docs/existing-fleets.md)");
    app.add_flag(
        "--mender", options.mender,
        "devices that run Mender's client are served too, at /api/devices (docs/existing-fleets.md)");
    app.add_flag("--apple-mdm", options.apple_mdm,
                 "iPhones and iPads that no other system manages are managed by Oakum itself, at /apple/ "
                 "(docs/apple.md)");
    app.add_option(
           "--apple-push", options.apple_push,
           "a PEM file with Apple's push certificate and its key, by which phones are woken; read anew "
           "when it changes")
        ->needs("--apple-mdm");
    app.add_option("--apple-push-url", options.apple_push_url,
                   "where the push service is, if not at Apple's: https://HOST[:PORT]")
        ->needs("--apple-push");
    app.add_flag("--x-apple-weak-scep", options.apple_weak_scep,
                 "their requests for certificates may use DES and SHA-1: for old clients, in a network of "
                 "your own")
        ->needs("--apple-mdm");
    app.add_option(
        "--lwm2m", options.lwm2m,
        "HOST:PORT (the port is mostly 5684) at which LwM2M devices are served, over CoAP and DTLS with "
        "their keys (docs/existing-fleets.md)");
    app.add_option("--lwm2m-url", options.lwm2m_url,
                   "coaps://HOST[:PORT] by which LwM2M devices are told to fetch packages; without it, the "
                   "address that "
                   "they came to")
        ->check([](const std::string& url) {
            const bool plain = url.starts_with("coaps://") && !url.ends_with('/');
            return plain ? std::string() : std::string("it is coaps://HOST[:PORT]");
        });
    app.add_option(
        "--lwm2m-without-security", options.lwm2m_without_security,
        "HOST:PORT at which LwM2M devices that were added without a key are served over plain CoAP: from "
        "this machine and the networks of --lwm2m-network, and whoever sends from there is believed");
    app.add_option(
        "--lwm2m-network", options.lwm2m_networks,
        "a network such as 10.20.0.0/16 from which LwM2M devices without security are heard; may be given "
        "again");
    app.add_option(
           "--public-url", options.public_url,
           "https://HOST[:PORT] by which devices of other systems are told to fetch files; without it, as "
           "their request or the proxy before it says")
        ->check([](const std::string& url) {
            const bool plain = url.starts_with("https://") || url.starts_with("http://");
            return plain && !url.ends_with('/') ? std::string() : std::string("it is https://HOST[:PORT]");
        });
    app.add_flag("--public-log", options.public_log,
                 "everybody may read the log of what was published, at /log/ (docs/log.md); without it, who "
                 "has a token");
    app.add_flag("--approval-by-another", options.approval_by_another,
                 "a rollout needs the approval of somebody who did not make it");
    app.add_flag("--allow-private-channels", options.private_channels,
                 "webhooks may go to this machine and to private networks, also without TLS");
    app.add_flag("--allow-private-sources", options.private_sources,
                 "advisory data may be fetched from this machine and private networks, also without TLS");
    app.add_option(
           "--proxy", options.proxy,
           "through which advisory data is fetched, http://HOST:PORT; else HTTPS_PROXY and NO_PROXY say it")
        ->envname("HTTPS_PROXY");
    app.add_option("--no-proxy", options.no_proxy, "hosts and domains that are reached without it, A,B")
        ->envname("NO_PROXY");
    app.add_option("--source-ca", options.source_ca,
                   "certificates of authorities that sources are trusted by, beside the machine's")
        ->check(CLI::ExistingFile);
    app.add_option("--source-silence-seconds", options.source_silence_seconds,
                   "how long a source may say nothing while it is fetched")
        ->check(CLI::Range(1U, 3600U));
    app.add_option("--io-threads", options.io_threads, "threads that speak to connections")
        ->check(CLI::Range(1U, 64U));
    app.add_option("--restore", backup_file,
                   "first put this backup in place of what the folder holds, which is kept beside it")
        ->check(CLI::ExistingFile);
    app.add_option("--poll-seconds", options.poll_seconds,
                   "how often devices come back; kept for the next start")
        ->check(CLI::Range(1U, 86'400U));
    app.add_option_function<std::uint32_t>(
           "--certificate-days", [&](std::uint32_t days) { options.certificate_seconds = days * 86'400; },
           "how long a device's certificate is good; kept for the next start")
        ->check(CLI::Range(1U, 3650U));
    app.add_option("--certificate-seconds", options.certificate_seconds,
                   "the same in seconds, to watch renewals happen")
        ->check(CLI::Range(10U, 86'400U));
    app.add_option_function<std::uint32_t>(
           "--backup-hours", [&](std::uint32_t hours) { options.backup_seconds = hours * 3'600; },
           "hours between two backups that the server makes by itself, 24 at first; 0: none; kept for the "
           "next start")
        ->check(CLI::Range(0U, 8'760U));
    app.add_option_function<std::uint32_t>(
           "--backup-seconds", [&](std::uint32_t seconds) { options.backup_seconds = seconds; },
           "the same in seconds, to watch backups happen")
        ->check(CLI::Range(1U, 86'400U));
    app.add_option_function<std::uint32_t>(
           "--backup-keep", [&](std::uint32_t keep) { options.backup_keep = keep; },
           "how many of those are kept, 7 at first; kept for the next start")
        ->check(CLI::Range(1U, 400U));
    app.add_flag("--upgrade-without-backup", options.upgrade_without_backup,
                 "migrate an older store without the backup that undoes it");
    app.add_option("--log-format", log_format, "text for people, json for machines: one object a line")
        ->check(CLI::IsMember({"text", "json"}));
    app.set_version_flag("--version", "oakumd " OAKUM_VERSION, "print the version and exit");
    app.add_flag("--verbose", verbose, "log also what is only of interest to developers");
    const CLI::App* examined =
        app.add_subcommand("doctor", "look at the folder, say what is well and what to do, change nothing")
            ->fallthrough();
    std::string bundle;
    CLI::App* supported =
        app.add_subcommand("support-bundle", "a tar file for somebody who helps, without secrets; also while "
                                             "the server cannot run")
            ->fallthrough();
    supported->add_option("file", bundle, "the new file")->required();
    app.require_subcommand(0, 1);
    CLI11_PARSE(app, argc, argv);
    if (examined->parsed()) return server::doctor(options.data);
    if (supported->parsed()) {
        const base::Status done = server::write_support_bundle(options.data, OAKUM_VERSION, bundle);
        return done.ok() ? 0 : fail(done.error());
    }
    auto where = server::host_and_port(listen);
    if (!where.ok()) return fail(base::invalid("--listen is HOST:PORT, not \"" + listen + "\""));
    std::tie(options.host, options.port) = *std::move(where);

    oakum::system::SystemClock clock;
    oakum::system::StderrLog lines(verbose ? base::LogLevel::debug : base::LogLevel::info, clock,
                                   log_format == "json" ? system::LogFormat::json : system::LogFormat::text);
    oakum::system::RecentLog recent(lines, clock, kRecentLogLines);
    oakum::system::BoundedLog log(recent, clock, kLogLinesASecond);
    options.recent_log = [&recent] { return recent.lines(); };
    oakum::system::ShutdownSignal signal;
    if (!backup_file.empty())
        if (base::Status restored = server::restore(options.data, backup_file); !restored.ok())
            return fail(restored.error());
    auto house = server::House::open(options, log);
    if (!house.ok()) return fail(house.error());
    if (base::Status greeted = greet(options.data, (*house)->address(), (*house)->welcome()); !greeted.ok())
        return fail(greeted.error());
    while (signal.wait(std::chrono::hours(24)) == 0) {
    }
    log.write(base::LogLevel::info, "server", "stopping: what is under way is finished first");
    (*house)->close();
    return 0;
}
