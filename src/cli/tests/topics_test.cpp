// SPDX-License-Identifier: Apache-2.0
#include "topics.hpp"
#include "world.hpp"

#include <device/query.hpp>
#include <device/query_fields.hpp>
#include <doctest/doctest.h>
#include <json/parse.hpp>

#include <filesystem>
#include <functional>
#include <set>
#include <sstream>
#include <unistd.h>

using namespace oakum;
using namespace oakum::cli;
using test::World;

namespace {

std::vector<std::string> words_of(std::string_view command) {
    std::istringstream text{std::string(command)};
    std::vector<std::string> words;
    for (std::string word; text >> word;)
        words.push_back(word);
    return words;
}

// What a shell would give to oakum.
std::vector<std::string> arguments_of(std::string_view command) {
    std::vector<std::string> words;
    bool quoted = false, inside = false;
    for (const char c : command) {
        if (c == '\'') quoted = !quoted;
        if (c == '\'' || (c == ' ' && !quoted)) {
            inside = inside && c == '\'';
            continue;
        }
        if (!inside) words.emplace_back();
        inside = true;
        words.back() += c;
    }
    words.erase(words.begin());
    return words;
}

// The query of a command, as a shell would read it.
std::string query_of(std::string_view command) {
    const auto at = command.find("--query '");
    if (at == std::string_view::npos) return {};
    const std::string_view rest = command.substr(at + 9);
    return std::string(rest.substr(0, rest.find('\'')));
}

} // namespace

TEST_CASE("each command that a topic names is one, with the options that it has") {
    // What a command writes goes where nobody looks for it.
    const std::filesystem::path here = std::filesystem::current_path();
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("oakum-topics-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    std::filesystem::current_path(folder);
    for (const Topic& topic : topics()) {
        CHECK_FALSE(topic.lines.empty());
        for (const TopicLine& line : topic.lines) {
            CAPTURE(line.command);
            CHECK_FALSE(line.what.empty());
            auto words = words_of(line.command);
            if (words.front() != "oakum") continue; // of other programs: tests/e2e/docs_test.py
            words.erase(words.begin());
            std::vector<std::string> command;
            for (const std::string& word : words) {
                const bool lower = word.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string::npos;
                if (word.starts_with('-') || !lower || command.size() == 2) break;
                command.push_back(word);
            }
            // Without verbs: its arguments are no part of the command.
            if (!command.empty() && (command[0] == "completion" || command[0] == "scan")) command.resize(1);
            World world;
            auto asked = command;
            asked.emplace_back("--help");
            REQUIRE(run(asked, world.console) == 0);
            std::string usage = "Usage: oakum";
            for (const std::string& word : command)
                usage += " " + word;
            CHECK(world.out.find(usage) != std::string::npos);
            const std::string everywhere = [] {
                World top;
                run({"--help"}, top.console);
                return top.out;
            }();
            for (const std::string& word : words)
                if (word.starts_with('-') && word.size() > 1) {
                    CAPTURE(word);
                    CHECK((world.out + everywhere).find(word) != std::string::npos);
                }
            if (const std::string query = query_of(line.command); !query.empty())
                CHECK(device::parse_query(query).ok());
            // As it stands there it is understood: nothing that it needs is missing, and nothing is too much.
            World there;
            try {
                run(arguments_of(line.command), there.console);
            } catch (const std::bad_function_call&) {
                there.err += "It was understood, and wants what no test gives.";
            }
            CAPTURE(there.err);
            CHECK(there.err.find("is required") == std::string::npos);
            CHECK(there.err.find("not expected") == std::string::npos);
        }
    }
    std::filesystem::current_path(here);
    std::filesystem::remove_all(folder);
}

TEST_CASE("help lists its topics, shows one, and names them when there is none") {
    World world;
    REQUIRE(run({"help"}, world.console) == 0);
    for (const Topic& topic : topics())
        CHECK(world.out.find("\n" + std::string(topic.name) + " ") != std::string::npos);
    World one;
    REQUIRE(run({"help", "rollout"}, one.console) == 0);
    CHECK(one.out.find("    oakum rollout watch NAME\n") != std::string::npos);
    CHECK(one.out.find("More: rollouts.md") != std::string::npos);
    World none;
    CHECK(run({"help", "rollouts"}, none.console) == 3);
    CHECK(none.err.find("there is on start, install,") != std::string::npos);
    World json;
    REQUIRE(run({"help", "-o", "json"}, json.console) == 0);
    CHECK(json::parse(json.out)->size() == topics().size());
}

TEST_CASE("an error that names a topic names one that there is") {
    World world;
    world.answer_any = [](const ports::ClientRequest&) {
        return ports::ClientResponse{
            400,
            {},
            R"({"title":"Not valid","kind":"invalid","detail":"there is no field 'modle'","where":"column 1"})"};
    };
    CHECK(run({"device", "list", "--query", "modle = 1"}, world.console) == 1);
    CHECK(world.err.find("oakum help query") != std::string::npos);
}

TEST_CASE("the fields of queries are told from the table that the parser goes by, without a server") {
    World world;
    REQUIRE(run({"query", "fields", "-o", "json"}, world.console) == 0);
    CHECK(world.asked.empty());
    const auto told = json::parse(world.out).value();
    std::set<std::string> names;
    for (const json::Value& field : told.find("fields")->items())
        names.insert(*field.string_at("name"));
    CHECK(names.size() == device::query_fields().size());
    CHECK(names.contains("overdue"));
    // In Kleene's logic what is not known stays so, unless the other side decides.
    std::set<std::string> joined;
    for (const json::Value& row : told.find("logic")->find("and")->items())
        joined.insert(std::string(row.source()));
    CHECK(joined.contains(R"(["unknown","no","no"])"));
    CHECK(joined.contains(R"(["yes","unknown","unknown"])"));
    World table;
    REQUIRE(run({"query", "fields"}, table.console) == 0);
    CHECK(table.out.find("component(\"busybox\") < 1.36") != std::string::npos);
    World csv;
    REQUIRE(run({"query", "fields", "-o", "csv"}, csv.console) == 0);
    CHECK(csv.out.starts_with("FIELD,TYPE,WHAT,EXAMPLE\r\n"));
}
