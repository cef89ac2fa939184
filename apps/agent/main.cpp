// SPDX-License-Identifier: Apache-2.0
#include "verbs.hpp"

#include <system/clock.hpp>
#include <system/shutdown.hpp>
#include <system/stderr_log.hpp>

#include <algorithm>
#include <cstdio>
#include <string_view>

namespace {

constexpr std::string_view usage =
    R"(oakum-agent keeps the firmware of this device patched.

  oakum-agent enroll    --server https://HOST:PORT (--token T | --token-file FILE)
                        (--ca-fingerprint SHA256 | --ca FILE) [--model M] [--serial S] [--hw-revision R]
                        [--root FILE | --root server]
                        makes this device known to the server; 'oakum enrolment create' prints the command
  oakum-agent provision --image FILE      the firmware that it has; without it, it is watched and not updated
  oakum-agent run       [--config FILE] [--log-format text|json]   until it is told to end
  oakum-agent install FOLDER [--config FILE]   what was carried here on a stick ('oakum release export')
  oakum-agent status    [--config FILE] [--output text|json]   what runs, what it waits for, and why
  oakum-agent doctor    [--config FILE] [--output text|json]   what is wrong here, and how to mend it

All take --dir DIR, the folder that holds everything: /var/lib/oakum-agent for root, else
~/.local/state/oakum-agent. Without --model and --serial they are those that the machine states.
A device that is enrolled again keeps its root of trust; --root FILE names one that you trust, --root server
has it forget its own and believe what the server says.
`enroll` writes DIR/agent.conf; health checks, limits and facts are set there.
Exit status: 0 done, 1 failed, 2 wrong command line or configuration, 3 unreachable, 4 refused.
)";

int code_of(oakum::base::ErrorKind kind) {
    switch (kind) {
    case oakum::base::ErrorKind::invalid:
        return 2;
    case oakum::base::ErrorKind::unavailable:
        return 3;
    case oakum::base::ErrorKind::unauthenticated:
    case oakum::base::ErrorKind::denied:
        return 4;
    default:
        return 1;
    }
}

} // namespace

int main(int count, char** words) {
    using namespace oakum;
    const std::string_view verb = count > 1 ? words[1] : "";
    const bool asks_help = std::any_of(words + 1, words + count, [](const char* word) {
        return std::string_view(word) == "--help" || std::string_view(word) == "-h";
    });
    if (verb.empty() || verb == "help" || asks_help) {
        std::fwrite(usage.data(), 1, usage.size(), verb.empty() ? stderr : stdout);
        return verb.empty() ? 2 : 0;
    }
    if (verb == "--version") {
        std::puts("oakum-agent " OAKUM_VERSION);
        return 0;
    }
    system::take_write_signals_as_errors();
    system::SystemClock clock;
    const bool as_json =
        std::adjacent_find(words + 1, words + count, [](const char* name, const char* value) {
            return std::string_view(name) == "--log-format" && std::string_view(value) == "json";
        }) != words + count;
    system::StderrLog log(base::LogLevel::info, clock,
                          as_json ? system::LogFormat::json : system::LogFormat::text);
    const auto finish = [](const base::Status& done) {
        if (done.ok()) return 0;
        std::fprintf(stderr, "oakum-agent: %s\n", done.error().text().c_str());
        return code_of(done.error().kind);
    };
    const auto with = [&](std::initializer_list<std::string_view> known, auto act) {
        const auto arguments = agent::Arguments::parse(count - 2, words + 2, known);
        return arguments.ok() ? finish(act(*arguments)) : finish(arguments.error());
    };
    if (verb == "enroll")
        return with({"--dir", "--server", "--token", "--token-file", "--ca", "--ca-fingerprint", "--model",
                     "--serial", "--hw-revision", "--root"},
                    [&](const agent::Arguments& arguments) { return agent::enroll(arguments, log); });
    if (verb == "provision")
        return with({"--dir", "--image"},
                    [&](const agent::Arguments& arguments) { return agent::provision(arguments, log); });
    if (verb == "run")
        return with({"--dir", "--config", "--log-format"},
                    [&](const agent::Arguments& arguments) -> base::Status {
                        const std::string format = arguments.get("--log-format");
                        if (!format.empty() && format != "text" && format != "json")
                            return base::invalid("--log-format is text or json, not \"" + format + "\"");
                        return agent::run(arguments, log);
                    });
    if (verb == "install") {
        if (count < 3 || std::string_view(words[2]).starts_with('-')) {
            std::fputs("oakum-agent: install needs the folder that was carried here\n", stderr);
            return 2;
        }
        const auto arguments =
            agent::Arguments::parse(count - 3, words + 3, {"--dir", "--config", "--log-format"});
        return finish(arguments.ok() ? agent::install(words[2], *arguments, log) : arguments.error());
    }
    if (verb == "status")
        return with({"--dir", "--config", "--output"},
                    [](const agent::Arguments& arguments) { return agent::status(arguments); });
    if (verb == "doctor") {
        int found = 0;
        const int ended =
            with({"--dir", "--config", "--output"}, [&](const agent::Arguments& arguments) -> base::Status {
                TRY_VALUE(found, agent::doctor(arguments));
                return {};
            });
        return ended == 0 ? found : ended;
    }
    std::fprintf(stderr, "oakum-agent: \"%s\" is no verb; try --help\n", words[1]);
    return 2;
}
