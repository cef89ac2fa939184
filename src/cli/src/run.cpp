// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include <algorithm>
#include <cli/table.hpp>
#include <sstream>

namespace oakum::cli {
namespace {

constexpr const char* kExitStatus =
    "Topics: oakum help. Documents: Help on the dashboard; of the server's package in "
    "/usr/share/doc/oakumd.\n"
    "Exit status: 0 done, 1 failed, 2 wrong command line, 3 not found, 4 not allowed, 5 conflict, "
    "6 unreachable.";

// How many letters differ, at most: a typing mistake is one or two.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

std::vector<std::string> words_under(const CLI::App& app) {
    std::vector<std::string> words;
    for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
        words.push_back(sub->get_name());
    return words;
}

// The deepest command that the words name, and the first word that names none.
std::pair<const CLI::App*, std::string> follow(const CLI::App& app, const std::vector<std::string>& words) {
    const CLI::App* at = &app;
    for (const std::string& word : words) {
        if (word.starts_with('-')) continue;
        const auto below = at->get_subcommands([&](const CLI::App* sub) { return sub->get_name() == word; });
        if (below.empty()) return {at, word};
        at = below.front();
    }
    return {at, ""};
}

// A noun without a verb, or with a word that is none: what there is.
std::string verbs_of(const CLI::App& noun, const std::string& word) {
    const std::vector<std::string> words = words_under(noun);
    std::string text;
    if (!word.empty()) {
        text = "oakum: \"" + printable(word) + "\" is no command" +
               (noun.get_parent() != nullptr ? " of 'oakum " + noun.get_name() + "'" : "");
        const auto near = std::ranges::min_element(
            words, {}, [&](const std::string& each) { return distance(each, word); });
        if (near != words.end() && distance(*near, word) <= 2) text += "; did you mean '" + *near + "'?";
        text += "\n";
    } else {
        text = "oakum: say what to do with 'oakum " + noun.get_name() + "'\n";
    }
    std::string list;
    for (const std::string& each : words)
        list += (list.empty() ? "" : ", ") + each;
    return text + "It has: " + list + "\n";
}

std::string explain_parse(const CLI::App& app, const CLI::ParseError& wrong,
                          const std::vector<std::string>& words) {
    const auto [at, word] = follow(app, words);
    const bool has_verbs = !words_under(*at).empty();
    if (has_verbs && (at != &app || !word.empty()) &&
        (wrong.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError) ||
         wrong.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError)))
        return verbs_of(*at, word);
    std::string command = "oakum";
    if (at != &app) {
        if (at->get_parent() != &app) command += " " + at->get_parent()->get_name();
        command += " " + at->get_name();
    }
    return "oakum: " + printable(wrong.what()) + "\nSee: " + command + " --help\n";
}

} // namespace

int run(const std::vector<std::string>& arguments, Console& console) {
    CLI::App app("Oakum: which devices are exposed to what, and the proof that it is fixed.", "oakum");
    app.require_subcommand(0, 1);
    app.footer(std::string("Without a command: how exposed the fleet is and what to fix first.\n") +
               kExitStatus);
    app.fallthrough();
    app.set_version_flag("--version", "oakum " OAKUM_VERSION, "print the version and exit");
    Line line;
    Session session{line, console};
    app.add_option("-o,--output", line.output, "table, json or csv; of a scan also sarif or cyclonedx")
        ->check(CLI::IsMember({"table", "json", "csv", "sarif", "cyclonedx"}))
        ->option_text("FORMAT");
    app.add_option("--server", line.server, "https://HOST:PORT of oakumd (or OAKUM_SERVER)")
        ->option_text("URL");
    app.add_option("--ca-fingerprint", line.fingerprint,
                   "SHA-256 of the server's CA, as oakumd printed it (or OAKUM_CA_FINGERPRINT)")
        ->option_text("HEX");
    app.add_option("--token", line.token, "an API token (better: OAKUM_TOKEN, or oakum login)")
        ->option_text("TOKEN");
    app.add_option("--limit", line.limit, "rows of a list at most; 50 unless told")
        ->check(CLI::Range(1, 1'000'000))
        ->option_text("N");
    app.add_flag("--dry-run", line.dry_run, "say what would change, and change nothing");
    Given given;
    add_commands(app, session, given);
    for (CLI::App* noun : app.get_subcommands([](const CLI::App*) { return true; })) {
        noun->footer("");
        for (CLI::App* verb : noun->get_subcommands([](const CLI::App*) { return true; }))
            verb->footer("");
    }

    try {
        app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::ParseError& wrong) {
        // CLI11 reports by exception; help is one of them.
        std::ostringstream out, err;
        if (app.exit(wrong, out, err) == 0) {
            console.out(out.str());
            return 0;
        }
        console.err(explain_parse(app, wrong, arguments));
        return 2;
    }
    if (!line.action)
        line.action = [&]() -> base::Status {
            TRY_VALUE(Api api, session.api());
            const Shown shown = session.shown();
            return show_status(Flow{api, shown, console}, "");
        };
    if ((line.output == "sarif" || line.output == "cyclonedx") && !line.writes_documents) {
        console.err("oakum: only 'oakum scan' writes " + line.output +
                    "; the others write table, json or csv\n");
        return 2;
    }
    const auto plain = console.out;
    if (line.output != "table" && line.output != "csv")
        console.out = [&plain](std::string_view text) { plain(json_for_terminals(text)); };
    const base::Status done = line.action();
    console.out = plain;
    if (done.ok()) return 0;
    console.err(explain(done.error(), line));
    return exit_status(done.error().kind);
}

} // namespace oakum::cli
