// SPDX-License-Identifier: Apache-2.0
// oakum-sim: many simulated devices over the real protocol, in one process.
#include "fleet.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <system/clock.hpp>
#include <system/shutdown.hpp>
#include <system/stderr_log.hpp>
#include <system/threads.hpp>

namespace {

using namespace oakum;

// "AC-GW200=1.4.2" or "AC-GW200=1.4.2:3", three parts of the fleet.
bool parse_model(const std::string& text, sim::Model& model) {
    const std::size_t equals = text.find('='), colon = text.rfind(':');
    if (equals == std::string::npos || equals == 0) return false;
    model.name = text.substr(0, equals);
    const bool weighted = colon != std::string::npos && colon > equals;
    model.version = text.substr(equals + 1, weighted ? colon - equals - 1 : std::string::npos);
    model.parts =
        weighted ? static_cast<std::uint32_t>(std::strtoul(text.c_str() + colon + 1, nullptr, 10)) : 1;
    return !model.version.empty() && model.parts > 0;
}

} // namespace

int main(int argc, char** argv) {
    CLI::App app("oakum-sim: simulated devices that enrol, poll and update over the real protocol and TLS.",
                 "oakum-sim");
    sim::Options options;
    std::string server = "127.0.0.1:8443", fingerprint, token_file;
    std::vector<std::string> models{"AC-GW200=1.4.2", "AC-CAM40=3.1.0"};
    double install_seconds = 1, longest_poll = 5;
    options.sites = {"Lab"};
    app.add_option("--server", server, "HOST:PORT of oakumd");
    app.add_option("--ca-fingerprint", fingerprint, "SHA-256 of the server's CA, as oakumd printed it")
        ->required();
    app.add_option("--token-file", token_file, "a file with an enrolment token that has enough uses")
        ->required()
        ->check(CLI::ExistingFile);
    app.add_option("--devices", options.devices, "how many")->check(CLI::Range(1U, 200'000U));
    app.add_option("--model", models, "MODEL=VERSION[:PARTS] that devices run at first; may be given again");
    app.add_option("--site", options.sites, "a site; may be given again");
    app.add_option("--seed", options.seed, "the same seed makes the same fleet");
    app.add_option("--fail-per-mille", options.fail_per_mille,
                   "devices whose new firmware does not get well");
    app.add_option("--silent-per-mille", options.silent_per_mille, "devices that never come back");
    app.add_option("--install-seconds", install_seconds, "how long an install takes");
    app.add_option("--longest-poll", longest_poll, "seconds between two polls at most");
    CLI11_PARSE(app, argc, argv);

    oakum::system::SystemClock clock;
    oakum::system::StderrLog log(base::LogLevel::info, clock);
    const auto fail = [](const std::string& text) {
        std::fprintf(stderr, "oakum-sim: %s\n", text.c_str());
        return 1;
    };
    const std::size_t colon = server.rfind(':');
    if (colon == std::string::npos) return fail("--server is HOST:PORT");
    options.host = server.substr(0, colon);
    options.port = static_cast<std::uint16_t>(std::strtoul(server.c_str() + colon + 1, nullptr, 10));
    std::erase(fingerprint, ':');
    auto digest = base::Digest256::parse(fingerprint);
    if (!digest.ok()) return fail(digest.error().text());
    options.ca_fingerprint = *digest;
    std::FILE* file = std::fopen(token_file.c_str(), "r");
    char token[512] = {};
    if (file == nullptr || std::fgets(token, sizeof token, file) == nullptr)
        return fail("cannot read " + token_file);
    std::fclose(file);
    options.token = token;
    while (!options.token.empty() && (options.token.back() == '\n' || options.token.back() == '\r'))
        options.token.pop_back();
    for (const std::string& text : models)
        if (sim::Model model; parse_model(text, model))
            options.models.push_back(std::move(model));
        else
            return fail("--model is MODEL=VERSION[:PARTS], not \"" + text + "\"");
    options.install_time = base::Duration(static_cast<std::int64_t>(install_seconds * 1000));
    options.longest_poll = base::Duration(static_cast<std::int64_t>(longest_poll * 1000));

    oakum::system::ShutdownSignal signal;
    sim::Fleet* fleet = nullptr;
    auto executor = std::make_unique<oakum::system::ThreadExecutor>();
    sim::Fleet owned(std::move(options), *executor, clock, log);
    fleet = &owned;
    if (const base::Status enrolled = fleet->enrol(); !enrolled.ok())
        return fail("enrolling: " + enrolled.error().text());
    std::printf("enrolled %llu devices\n", static_cast<unsigned long long>(fleet->tally().enrolled));
    std::fflush(stdout);
    fleet->start();
    while (signal.wait(std::chrono::seconds(10)) == 0) {
        const sim::Tally& tally = fleet->tally();
        std::printf(
            "polls %llu offers %llu installed %llu fell back %llu silent %llu errors %llu\n",
            static_cast<unsigned long long>(tally.polls), static_cast<unsigned long long>(tally.offers),
            static_cast<unsigned long long>(tally.installed),
            static_cast<unsigned long long>(tally.fell_back), static_cast<unsigned long long>(tally.silent),
            static_cast<unsigned long long>(tally.errors));
        std::fflush(stdout);
    }
    executor.reset(); // before the fleet that its work refers to
    return 0;
}
