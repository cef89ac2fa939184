// SPDX-License-Identifier: Apache-2.0
#include "completion.hpp"
#include "flows.hpp"
#include "login.hpp"
#include "settings.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <json/writer.hpp>
#include <map>

namespace oakum::cli {
namespace {

int exit_status(base::ErrorKind kind) {
    switch (kind) {
    case base::ErrorKind::not_found:
        return 3;
    case base::ErrorKind::denied:
    case base::ErrorKind::unauthenticated:
        return 4;
    case base::ErrorKind::conflict:
        return 5;
    case base::ErrorKind::unavailable:
        return 6;
    case base::ErrorKind::invalid:
    case base::ErrorKind::too_large:
    case base::ErrorKind::corrupt:
    case base::ErrorKind::bug:
        return 1;
    }
    return 1;
}

std::string advice(const base::Error& error) {
    switch (error.kind) {
    case base::ErrorKind::unauthenticated:
        return "Sign in with: oakum login --server https://HOST:PORT --ca-fingerprint HEX --user NAME";
    case base::ErrorKind::unavailable:
        return "Is oakumd running there? Its address is in OAKUM_SERVER or was kept by 'oakum login'.";
    case base::ErrorKind::denied:
        return "Your role or token does not allow that; 'oakum user list' shows who may.";
    case base::ErrorKind::not_found:
    case base::ErrorKind::invalid:
    case base::ErrorKind::conflict:
    case base::ErrorKind::too_large:
    case base::ErrorKind::corrupt:
    case base::ErrorKind::bug:
        return "";
    }
    return "";
}

// The values that CLI11 fills, kept alive for the run.
struct Line {
    std::string output = "table", server, fingerprint, token;
    int limit = 50;
    bool dry_run = false;
    std::map<std::string, std::string> values; // of the verb that was given
    std::function<base::Status()> action;
};

struct Session {
    Line& line;
    Console& console;

    Shown shown() const {
        return {line.output == "json"  ? Output::json
                : line.output == "csv" ? Output::csv
                                       : Output::table,
                &console};
    }
    base::Result<Connection> connection() const {
        TRY_VALUE(Connection connection, load_connection(console));
        if (!line.server.empty()) connection.server = line.server;
        if (!line.fingerprint.empty()) connection.ca_fingerprint = line.fingerprint;
        if (!line.token.empty()) connection.token = line.token;
        if (connection.server.empty()) return base::unauthenticated("no server is known");
        return connection;
    }
    base::Result<Api> api() const {
        TRY_VALUE(const Connection connection, this->connection());
        TRY_VALUE(auto client, console.connect(connection));
        return Api(std::move(client), connection.token);
    }
};

bool is_body(Place place) {
    return place != Place::path && place != Place::query;
}

base::Result<std::string> body_of(const Verb& verb, const std::map<std::string, std::string>& values) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object();
    for (const Option& option : verb.options) {
        const auto found = values.find(std::string(option.name));
        if (!is_body(option.place) || found == values.end() || found->second.empty()) continue;
        const std::string& value = found->second;
        writer.key(option.member);
        if (option.place == Place::body_integer) {
            char* end = nullptr;
            const long long number = std::strtoll(value.c_str(), &end, 10);
            if (*end != '\0')
                return base::invalid("--" + std::string(option.name) + " is a whole number, not \"" + value +
                                     "\"");
            writer.value(number);
        } else if (option.place == Place::body_list) {
            writer.begin_array();
            for (std::size_t at = 0; at <= value.size();) {
                const std::size_t end = std::min(value.find(',', at), value.size());
                writer.value(std::string_view(value).substr(at, end - at));
                at = end + 1;
            }
            writer.end_array();
        } else {
            writer.value(value);
        }
    }
    writer.end_object();
    return text;
}

base::Status run_verb(const Verb& verb, const Session& session) {
    std::string path(verb.path);
    std::vector<std::pair<std::string, std::string>> parameters;
    for (const Option& option : verb.options) {
        const std::string& value = session.line.values[std::string(option.name)];
        if (option.place == Place::path)
            path.replace(path.find("{id}"), 4, encode(value));
        else if (option.place == Place::query)
            parameters.emplace_back(option.member, value);
    }
    const bool changes = verb.method != ports::Method::get;
    Api::Body body;
    TRY_VALUE(body.bytes, body_of(verb, session.line.values));
    if (changes && session.line.dry_run) {
        session.console.out("Would send " + target(path, parameters) + "\n" + body.bytes +
                            "\nNothing was changed.\n");
        return {};
    }
    TRY_VALUE(Api api, session.api());
    const Shown shown = session.shown();
    if (verb.shape != Shape::page) {
        TRY_VALUE(const json::Value value, api.call(verb.method, target(path, parameters),
                                                    verb.method == ports::Method::post ? &body : nullptr));
        if (verb.shape == Shape::object)
            shown.object(verb.columns, value);
        else
            session.console.out("Done.\n");
        return {};
    }
    // Pages until the limit; what is left is said, never silently cut.
    std::vector<json::Value> items;
    std::string cursor;
    const auto limit = static_cast<std::size_t>(session.line.limit);
    double total = -1;
    do {
        auto with_page = parameters;
        with_page.emplace_back("limit", std::to_string(std::min<std::size_t>(limit - items.size(), 200)));
        with_page.emplace_back("cursor", cursor);
        if (verb.path == "/api/v1/feeds") with_page = parameters;
        TRY_VALUE(const json::Value page, api.get(target(path, with_page)));
        if (const auto list = page.find("items"))
            for (const json::Value& item : list->items())
                items.push_back(item);
        cursor = text_at(page, "/next_cursor");
        if (at(page, "/total")) total = number_at(page, "/total");
    } while (!cursor.empty() && items.size() < limit);
    shown.page(verb.columns, items, "None.");
    if (shown.output == Output::table && !cursor.empty())
        session.console.err((total >= 0 ? std::to_string(items.size()) + " of " +
                                              std::to_string(static_cast<long long>(total))
                                        : "The first " + std::to_string(items.size())) +
                            " shown; --limit N shows more.\n");
    return {};
}

CLI::App* noun_of(CLI::App& app, std::map<std::string, CLI::App*>& nouns, const std::string& name) {
    CLI::App*& noun = nouns[name];
    if (noun == nullptr) {
        noun = app.add_subcommand(name, "");
        noun->require_subcommand(1);
    }
    return noun;
}

void add_verbs(CLI::App& app, std::map<std::string, CLI::App*>& nouns, Line& line, Session& session) {
    for (const Verb& verb : verbs()) {
        CLI::App* command = noun_of(app, nouns, std::string(verb.noun))
                                ->add_subcommand(std::string(verb.name), std::string(verb.help));
        for (const Option& option : verb.options) {
            const std::string name = (option.place == Place::path ? "" : "--") + std::string(option.name);
            auto* added = command->add_option_function<std::string>(
                name,
                [&line, key = std::string(option.name)](const std::string& value) {
                    line.values[key] = value;
                },
                std::string(option.help));
            if (option.required) added->required();
        }
        command->callback([&line, &session, &verb] {
            line.action = [&session, &verb] { return run_verb(verb, session); };
        });
    }
}

// Wraps a flow so that it connects only when it runs.
std::function<base::Status()> with_api(Session& session, std::function<base::Status(const Flow&)> body) {
    return [&session, body = std::move(body)]() -> base::Status {
        TRY_VALUE(Api api, session.api());
        const Shown shown = session.shown();
        return body(Flow{api, shown, session.console});
    };
}

} // namespace

int run(const std::vector<std::string>& arguments, Console& console) {
    CLI::App app("Oakum: which devices are exposed to what, and the proof that it is fixed.", "oakum");
    app.require_subcommand(0, 1);
    app.footer("Without a command: how exposed the fleet is and what to fix first.\n"
               "Exit status: 0 done, 1 failed, 2 wrong command line, 3 not found, 4 not allowed, 5 conflict, "
               "6 unreachable.");
    app.fallthrough();
    Line line;
    Session session{line, console};
    app.add_option("-o,--output", line.output, "table, json or csv")
        ->check(CLI::IsMember({"table", "json", "csv"}));
    app.add_option("--server", line.server, "https://HOST:PORT of oakumd (or OAKUM_SERVER)");
    app.add_option("--ca-fingerprint", line.fingerprint,
                   "SHA-256 of the server's CA, as oakumd printed it (or OAKUM_CA_FINGERPRINT)");
    app.add_option("--token", line.token, "an API token (better: OAKUM_TOKEN, or oakum login)");
    app.add_option("--limit", line.limit, "rows of a list at most")->check(CLI::Range(1, 1'000'000));
    app.add_flag("--dry-run", line.dry_run, "say what would change, and change nothing");

    std::map<std::string, CLI::App*> nouns;
    add_verbs(app, nouns, line, session);

    // What is more than one request.
    struct {
        std::string query, file, group, model, version, device, user, one_time, shell, id, backup, role;
        bool password_stdin = false, without_files = false;
        std::vector<std::string> paths;
        NewRelease release;
        NewRollout rollout;
    } given;
    CLI::App* status = app.add_subcommand("status", "how exposed the fleet is and what to fix first");
    status->add_option("--query", given.query, "which devices");
    status->callback([&] {
        line.action = with_api(session, [&](const Flow& flow) { return show_status(flow, given.query); });
    });

    CLI::App* search = app.add_subcommand(
        "search", "devices, advisories, releases, rollouts, groups and components by a word");
    search->add_option("text", given.query, "what to look for")->required();
    search->callback([&] {
        line.action = with_api(session, [&](const Flow& flow) -> base::Status {
            TRY_VALUE(const json::Value found, flow.api.get(target("/api/v1/search", {{"q", given.query}})));
            std::vector<json::Value> items;
            if (const auto list = found.find("items"))
                for (const json::Value& item : list->items())
                    items.push_back(item);
            flow.shown.page({{"KIND", "/kind"}, {"ID", "/id"}, {"TITLE", "/title"}, {"DETAIL", "/detail"}},
                            items, "Nothing found.");
            return {};
        });
    });

    CLI::App* import =
        noun_of(app, nouns, "device")
            ->add_subcommand("import", "devices from a CSV file; a second import updates by serial");
    import->add_option("file", given.file, "the CSV file")->required()->check(CLI::ExistingFile);
    import->add_option("--group", given.group, "the group that new devices join");
    import->callback([&] {
        line.action = with_api(session, [&](const Flow& flow) {
            return import_devices(flow, given.file, given.group, line.dry_run);
        });
    });

    CLI::App* sbom =
        noun_of(app, nouns, "sbom")
            ->add_subcommand("attach",
                             "say what a firmware version, or one device, is made of (CycloneDX, SPDX)");
    sbom->add_option("file", given.file, "the SBOM")->required()->check(CLI::ExistingFile);
    sbom->add_option("--model", given.model, "the model it is for");
    sbom->add_option("--version", given.version, "the firmware version it is for");
    sbom->add_option("--device", given.device, "the one device it is for");
    sbom->callback([&] {
        line.action = with_api(session, [&](const Flow& flow) {
            return attach_sbom(flow, given.file, given.model, given.version, given.device);
        });
    });

    CLI::App* feeds =
        noun_of(app, nouns, "feed")
            ->add_subcommand("import",
                             "advisories from files or folders (.json, .jsonl, .csv, also .gz and .zst)");
    feeds->add_option("path", given.paths, "files or folders")->required()->check(CLI::ExistingPath);
    feeds->callback([&] {
        line.action = with_api(session, [&](const Flow& flow) { return import_feeds(flow, given.paths); });
    });

    CLI::App* advisory = noun_of(app, nouns, "advisory")->add_subcommand("show", "are we affected by it?");
    advisory->add_option("id", given.id, "CVE id or another of its names")->required();
    advisory->add_option("--query", given.query, "which devices");
    advisory->callback([&] {
        line.action =
            with_api(session, [&](const Flow& flow) { return show_advisory(flow, given.id, given.query); });
    });

    CLI::App* artifact =
        noun_of(app, nouns, "artifact")
            ->add_subcommand("upload", "an artifact; one that is damaged on the server is sound again then");
    artifact->add_option("file", given.file, "the file")->required()->check(CLI::ExistingFile);
    artifact->callback([&] {
        line.action = with_api(session, [&](const Flow& flow) { return upload_artifact(flow, given.file); });
    });

    CLI::App* release =
        noun_of(app, nouns, "release")->add_subcommand("create", "a release from an artifact and its SBOM");
    release->add_option("--name", given.release.name, "its name, like gateway")->required();
    release->add_option("--version", given.release.version, "its version, as devices will report it")
        ->required();
    release->add_option("--artifact", given.release.artifact_file, "the file that devices install")
        ->required()
        ->check(CLI::ExistingFile);
    release->add_option("--model", given.release.models, "a compatible model; may be given again")
        ->required();
    release->add_option("--hw-revision", given.release.hw_revisions,
                        "a compatible hardware revision; may be given again");
    release->add_option("--min-from", given.release.min_from,
                        "the oldest version that may be updated directly");
    release->add_option("--sbom", given.release.sbom_file, "what is in it")->check(CLI::ExistingFile);
    release->add_option("--notes", given.release.notes, "for the people who approve it");
    release->add_flag("--publish", given.release.publish, "sign it at once");
    release->callback([&] {
        line.action =
            with_api(session, [&](const Flow& flow) { return create_release(flow, given.release); });
    });

    CLI::App* rollout =
        noun_of(app, nouns, "rollout")->add_subcommand("create", "bring a release to devices, in waves");
    rollout->add_option("--name", given.rollout.name, "its name")->required();
    rollout->add_option("--release", given.rollout.release, "the release's id")->required();
    rollout->add_option("--query", given.rollout.query, "who gets it; without one, every compatible device");
    rollout->add_option("--care", given.rollout.care,
                        "careful, normal or urgent: waves and gates in one word");
    rollout->add_option("--wave", given.rollout.waves, "NAME=PERCENT, cumulative; may be given again");
    rollout->add_option("--minimum", given.rollout.minimum,
                        "healthy devices that a wave needs before the next");
    rollout->add_option("--soak", given.rollout.soak_seconds,
                        "seconds of health before a device counts as verified");
    rollout->add_option("--step-timeout", given.rollout.step_timeout_seconds,
                        "seconds of silence that count as a failure");
    rollout->add_flag("--start", given.rollout.start, "start it at once");
    rollout->add_option("--why", given.rollout.why, "the reason, for the audit log");
    rollout->callback([&] {
        line.action = with_api(session, [&](const Flow& flow) {
            given.rollout.dry_run = line.dry_run;
            return create_rollout(flow, given.rollout);
        });
    });
    CLI::App* watch = noun_of(app, nouns, "rollout")->add_subcommand("watch", "follow it until it ends");
    watch->add_option("id", given.id, "the rollout's id")->required();
    watch->callback([&] {
        line.action = with_api(session, [&](const Flow& flow) { return watch_rollout(flow, given.id); });
    });

    CLI::App* backup = app.add_subcommand(
        "backup", "one file that restores the server: store, online keys, artifacts, feeds");
    backup->add_option("file", given.backup, "a name below the server's DIR/backups")->required();
    backup->add_flag("--without-files", given.without_files, "leave out artifacts and feeds");
    backup->callback([&] {
        line.action = with_api(
            session, [&](const Flow& flow) { return back_up(flow, given.backup, !given.without_files); });
    });

    CLI::App* person =
        noun_of(app, nouns, "user")
            ->add_subcommand("create",
                             "let somebody in; the password is asked for, or read from standard input");
    person->add_option("--name", given.user, "the name to sign in with")->required();
    person->add_option("--role", given.role, "viewer, operator, approver or administrator")->required();
    person->add_flag("--password-stdin", given.password_stdin, "do not prompt");
    person->callback([&] {
        line.action = with_api(session, [&](const Flow& flow) -> base::Status {
            TRY_VALUE(const std::string password,
                      console.ask(given.password_stdin ? "" : "Password for " + given.user + ": ", true));
            return create_user(flow, given.user, given.role, password);
        });
    });

    CLI::App* sign_in = app.add_subcommand("login", "sign in and keep a token for the next commands");
    sign_in->add_option("--user", given.user, "your name");
    sign_in->add_option("--one-time", given.one_time, "the token of a one-time sign-in link");
    sign_in->callback([&] {
        line.action = [&]() -> base::Status {
            if (given.user.empty() && given.one_time.empty())
                return base::invalid(
                    "say who you are with --user NAME, or give the token of a one-time link with --one-time");
            TRY_VALUE(const Connection connection, session.connection());
            return login(console, connection, given.user, given.one_time);
        };
    });

    CLI::App* completion = app.add_subcommand(
        "completion", "a completion script for bash or zsh: eval \"$(oakum completion bash)\"");
    completion->add_option("shell", given.shell, "bash or zsh")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh"}));
    completion->callback([&] {
        line.action = [&]() -> base::Status {
            console.out(completion_script(app, given.shell));
            return {};
        };
    });

    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    try {
        app.parse(reversed);
    } catch (const CLI::ParseError& wrong) {
        // CLI11 reports by exception; help is one of them.
        std::ostringstream out, err;
        const int status_of_parse = app.exit(wrong, out, err);
        console.out(out.str());
        console.err(err.str());
        return status_of_parse == 0 ? 0 : 2;
    }
    if (!line.action) line.action = with_api(session, [](const Flow& flow) { return show_status(flow, ""); });
    const base::Status done = line.action();
    if (done.ok()) return 0;
    console.err("oakum: " + done.error().text() + "\n");
    if (const std::string next = advice(done.error()); !next.empty()) console.err(next + "\n");
    return exit_status(done.error().kind);
}

} // namespace oakum::cli
