// SPDX-License-Identifier: Apache-2.0
#include "setup.hpp"

#include "feeds.hpp"

#include "imports.hpp"
#include "people.hpp"
#include "scan.hpp"
#include "settings.hpp"

#include <cli/table.hpp>
#include <json/writer.hpp>

#include <algorithm>

namespace oakum::cli {
namespace {

using ports::Method;

constexpr std::size_t kLongestWelcome = 16 << 10;

std::string after(std::string_view text, std::string_view mark) {
    std::size_t at = text.find(mark);
    if (at == std::string_view::npos) return {};
    at += mark.size();
    while (at < text.size() && text[at] == ' ')
        ++at;
    return std::string(text.substr(at, text.find_first_of(" \n\r\t", at) - at));
}

// The steps of one run.
class Steps {
  public:
    Steps(const Session& session, Setup setup) : session_(session), setup_(std::move(setup)) {}

    base::Status run() {
        TRY(sign_in());
        TRY_VALUE(Api api, session_.api());
        Shown shown = session_.shown();
        shown.output = Output::table;
        const Flow flow{api, shown, session_.console, false};
        TRY(password(flow));
        TRY(advisories(flow));
        TRY(devices(flow));
        TRY(enrolment(flow));
        return what_is_left(flow);
    }

  private:
    void say(const std::string& text) { session_.console.out(text); }
    // What was given, else what a person types, else the fallback.
    base::Result<std::string> answer(std::string given, const std::string& question,
                                     const std::string& fallback) {
        if (!given.empty() || setup_.yes) return given.empty() ? fallback : given;
        TRY_VALUE(
            std::string typed,
            session_.console.ask(question + (fallback.empty() ? ": " : " [" + fallback + "]: "), false));
        return typed.empty() ? fallback : typed;
    }

    base::Status sign_in() {
        say("1. Sign in\n");
        if (session_.connection().ok()) {
            TRY_VALUE(Api api, session_.api());
            if (const auto me = api.get("/api/v1/me"); me.ok()) {
                say("   You are " + printable(text_at(*me, "/name")) + " already.\n");
                return {};
            }
        }
        Welcome welcome;
        if (const auto text = read_file(setup_.welcome, kLongestWelcome); text.ok())
            welcome = read_welcome(*text);
        Connection connection;
        TRY_VALUE(connection.server,
                  answer(session_.line.server, "   Server",
                         welcome.server.empty() ? "https://127.0.0.1:8443" : welcome.server));
        TRY_VALUE(connection.ca_fingerprint,
                  answer(session_.line.fingerprint, "   Fingerprint of its CA, as oakumd printed it",
                         welcome.fingerprint));
        TRY_VALUE(const std::string token,
                  answer(setup_.one_time, "   Token of the sign-in link, behind #token=", welcome.token));
        if (token.empty())
            return base::invalid(
                "without the token of the sign-in link nobody can sign in: oakumd prints it at its "
                "start, under systemd it is in " +
                setup_.welcome + " (--welcome), readable by root");
        return login(session_.console, connection, "", token);
    }

    base::Status password(const Flow& flow) {
        say("2. Your password\n");
        TRY_VALUE(const json::Value me, flow.api.get("/api/v1/me"));
        if (flag_at(me, "/password_set")) return passed_over("you have one");
        if (setup_.yes && !setup_.password_stdin)
            return passed_over("not now; the sign-in link ends within the hour: oakum user password " +
                               printable(text_at(me, "/name")));
        return set_password(flow, text_at(me, "/name"), setup_.password_stdin);
    }

    base::Status advisories(const Flow& flow) {
        say("3. Advisories\n");
        TRY_VALUE(const json::Value system, flow.api.get("/api/v1/system"));
        if (const auto count = static_cast<long long>(number_at(system, "/counts/advisories"));
            count > 0 && setup_.feeds.empty())
            return passed_over(grouped(count) + " are at hand");
        TRY_VALUE(const std::string folder,
                  answer(setup_.feeds, "   Folder with advisory files (empty: later)", ""));
        if (folder.empty()) return passed_over("later: oakum feed import FOLDER");
        return import_feeds(flow, {folder}, false);
    }

    base::Status devices(const Flow& flow) {
        say("4. Devices\n");
        TRY_VALUE(const json::Value system, flow.api.get("/api/v1/system"));
        if (const auto count = static_cast<long long>(number_at(system, "/counts/devices"));
            count > 0 && setup_.devices.empty())
            return passed_over(grouped(count) + " are known");
        TRY_VALUE(const std::string file,
                  answer(setup_.devices, "   CSV of your devices (empty: later)", ""));
        if (file.empty()) return passed_over("later: oakum device import FILE --dry-run");
        DeviceFile table;
        table.file = file;
        return import_devices(flow, table);
    }

    base::Status enrolment(const Flow& flow) {
        say("5. Devices that speak for themselves\n");
        TRY_VALUE(const std::string count, answer(setup_.enrol < 0 ? "" : std::to_string(setup_.enrol),
                                                  "   How many may enrol within a day (0: later)", "0"));
        if (count == "0") return passed_over("later: oakum enrolment create");
        const bool number =
            count.size() < 6 && std::ranges::all_of(count, [](char c) { return c >= '0' && c <= '9'; });
        if (!number) return base::invalid("how many devices is a whole number, not \"" + count + "\"");
        Api::Body body;
        json::Writer(body.bytes)
            .begin_object()
            .member("label", "first devices")
            .member("uses", std::int64_t{std::stol(count)})
            .member("expires_in_hours", std::int64_t{24})
            .end_object();
        TRY_VALUE(const json::Value made, flow.api.call(Method::post, "/api/v1/enrolment-tokens", &body));
        say("   Run on each device, as root:\n   " + printable(text_at(made, "/command")) + "\n");
        return {};
    }

    base::Status what_is_left(const Flow& flow) {
        TRY_VALUE(const json::Value system, flow.api.get("/api/v1/system"));
        TRY_VALUE(const json::Value steps, system.array_at("setup"));
        say("\nWhere you are:\n");
        for (const json::Value& step : steps.items())
            say(std::string("   ") + (flag_at(step, "/done") ? "done   " : "to do  ") +
                printable(text_at(step, "/sentence")) + "\n");
        say("The dashboard is at " + printable(text_at(system, "/address")) + ".\n");
        return {};
    }

    base::Status passed_over(const std::string& why) {
        say("   " + why + "\n");
        return {};
    }

    const Session& session_;
    const Setup setup_;
};

} // namespace

Welcome read_welcome(std::string_view text) {
    return {after(text, "oakumd is ready at "), after(text, "sign-in#token="),
            after(text, "CA fingerprint ")};
}

base::Status set_up(const Session& session, Setup setup) {
    if (session.line.dry_run) {
        session.console.out(
            "Would sign in, set a password, import advisories and devices, and make an enrolment "
            "token.\nNothing was changed; run it again without --dry-run.\n");
        return {};
    }
    return Steps(session, std::move(setup)).run();
}

} // namespace oakum::cli
