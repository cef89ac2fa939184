// SPDX-License-Identifier: Apache-2.0
#include "session.hpp"

#include "topics.hpp"

#include "settings.hpp"

#include <algorithm>
#include <cli/table.hpp>

namespace oakum::cli {
namespace {

constexpr std::size_t kIdLength = 26;

bool is_id(std::string_view text) {
    return text.size() == kIdLength &&
           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); });
}

base::Error no_such(std::string_view noun, const std::string& given) {
    return base::not_found("there is no " + std::string(noun) + " \"" + given + "\"").at("id");
}

base::Error several(std::string_view noun, const std::string& given) {
    return base::conflict("more than one " + std::string(noun) + " is called \"" + given +
                          "\"; name it by its id, as 'oakum " + std::string(noun) + " list' shows it");
}

// The names by which somebody may mean this thing.
bool is_called(const json::Value& item, const std::string& given) {
    const std::string name = text_at(item, "/name", text_at(item, "/label"));
    const std::string version = text_at(item, "/version");
    return name == given || (!version.empty() && name + "@" + version == given);
}

base::Result<std::string> device_of(Api& api, const std::string& given) {
    if (given.find_first_of("\"\\*") != std::string::npos) return no_such("device", given);
    const std::string query = "(serial = \"" + given + "\" or name = \"" + given +
                              "\") and lifecycle in (pending, active, quiet, retired, unmanaged)";
    TRY_VALUE(const json::Value page,
              api.get(target("/api/v1/devices", {{"query", query}, {"limit", "20"}})));
    const auto items = page.find("items");
    if (!items || items->size() == 0) return no_such("device", given);
    if (items->size() == 1) return text_at(*items->items().begin(), "/id");
    // Units that were replaced keep the name of their place: the one that stands there now is meant.
    std::string found;
    for (const json::Value& item : items->items()) {
        if (text_at(item, "/lifecycle") == "retired") continue;
        if (!found.empty()) return several("device", given);
        found = text_at(item, "/id");
    }
    if (found.empty()) return several("device", given);
    return found;
}

std::string list_of(std::string_view noun) {
    if (noun == "enrolment") return "/api/v1/enrolment-tokens";
    return "/api/v1/" + std::string(noun) + "s";
}

// "/expires_in_hours" is what "--hours" said.
std::string option_of(const Line& line, std::string_view place) {
    if (!place.starts_with('/')) return {};
    place.remove_prefix(1);
    if (line.verb == nullptr) return {};
    for (const Option& option : line.verb->options)
        if (option.place != Place::path && place.substr(0, place.find('/')) == option.member)
            return "--" + std::string(option.name);
    return {};
}

// The query with a mark below the column that the server named.
std::string pointed(const Line& line, std::string_view place) {
    constexpr std::string_view kColumn = "column ";
    const auto query = line.values.find("query");
    if (!place.starts_with(kColumn) || query == line.values.end()) return {};
    const long column = std::strtol(std::string(place.substr(kColumn.size())).c_str(), nullptr, 10);
    if (column < 1 || static_cast<std::size_t>(column) > query->second.size() + 1) return {};
    const std::string before = printable(query->second.substr(0, static_cast<std::size_t>(column - 1)));
    return "  " + printable(query->second) + "\n  " +
           std::string(static_cast<std::size_t>(display_width(before)), ' ') + "^\n";
}

std::string advice(const base::Error& error, const Line& line) {
    switch (error.kind) {
    case base::ErrorKind::unauthenticated:
        return "Sign in with: oakum login --server https://HOST:PORT --ca-fingerprint HEX --user NAME";
    case base::ErrorKind::unavailable:
        return "Is oakumd running there? Its address is in OAKUM_SERVER or was kept by 'oakum login'.";
    case base::ErrorKind::denied:
        return "'oakum whoami' shows what you may do, 'oakum user list' who may do more; " + see("people") +
               ".";
    case base::ErrorKind::not_found:
        if (error.where != "id" || line.noun.empty()) return "";
        return "'oakum " + line.noun + " list' shows what there is.";
    case base::ErrorKind::invalid:
        if (error.where.starts_with("column ")) return "The query language: " + see("query");
        return "";
    case base::ErrorKind::conflict:
    case base::ErrorKind::too_large:
    case base::ErrorKind::corrupt:
    case base::ErrorKind::bug:
        return "";
    }
    return "";
}

} // namespace

Shown Session::shown() const {
    return {line.output == "json"  ? Output::json
            : line.output == "csv" ? Output::csv
                                   : Output::table,
            &console};
}

base::Result<Connection> Session::connection() const {
    TRY_VALUE(Connection connection, load_connection(console));
    if (!line.server.empty()) connection.server = line.server;
    if (!line.fingerprint.empty()) connection.ca_fingerprint = line.fingerprint;
    if (!line.token.empty()) connection.token = line.token;
    if (connection.server.empty()) return base::unauthenticated("no server is known");
    return connection;
}

base::Result<Api> Session::api() const {
    TRY_VALUE(const Connection connection, this->connection());
    TRY_VALUE(auto client, console.connect(connection));
    return Api(std::move(client), connection.token);
}

base::Result<std::string> id_of(Api& api, std::string_view noun, const std::string& given) {
    if (is_id(given)) return given;
    if (noun == "device") return device_of(api, given);
    std::string cursor, found;
    do {
        TRY_VALUE(const json::Value page,
                  api.get(target(list_of(noun), {{"limit", "200"}, {"cursor", cursor}})));
        if (const auto list = page.find("items"))
            for (const json::Value& item : list->items()) {
                if (!is_called(item, given)) continue;
                if (!found.empty()) return several(noun, given);
                found = text_at(item, "/id");
            }
        cursor = text_at(page, "/next_cursor");
    } while (!cursor.empty());
    if (found.empty()) return no_such(noun, given);
    return found;
}

std::string explain(const base::Error& error, const Line& line) {
    const std::string option = option_of(line, error.where);
    std::string what = error.message;
    if (error.kind == base::ErrorKind::not_found && error.where == "id" && !line.noun.empty()) {
        const auto given = line.values.find("id");
        if (given != line.values.end())
            what = "there is no " + line.noun + " \"" + given->second + "\" that you may see";
    } else if (!option.empty()) {
        what = option + ": " + what;
    } else if (!error.where.empty()) {
        what += " (at " + error.where + ")";
    }
    std::string text = "oakum: " + printable(what) + "\n" + pointed(line, error.where);
    if (const std::string next = advice(error, line); !next.empty()) text += next + "\n";
    return text;
}

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

} // namespace oakum::cli
