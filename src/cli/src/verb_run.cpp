// SPDX-License-Identifier: Apache-2.0
#include "session.hpp"
#include "settings.hpp"

#include <algorithm>
#include <cli/table.hpp>
#include <json/writer.hpp>

namespace oakum::cli {
namespace {

using ports::Method;

constexpr std::size_t kLargestPage = 200;

bool is_body(Place place) {
    return place != Place::path && place != Place::query && place != Place::words;
}

base::Status write_value(json::Writer& writer, const Option& option, const std::string& value) {
    const std::string name = "--" + std::string(option.name);
    if (option.place == Place::body_integer) {
        char* end = nullptr;
        const long long number = std::strtoll(value.c_str(), &end, 10);
        if (value.empty() || *end != '\0')
            return base::invalid(name + " is a whole number, not \"" + value + "\"");
        writer.value(number);
    } else if (option.place == Place::body_flag) {
        if (value != "true" && value != "false")
            return base::invalid(name + " is true or false, not \"" + value + "\"");
        writer.value(value == "true");
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
    return {};
}

base::Status write_pairs(json::Writer& writer, const Option& option, const std::vector<std::string>& pairs) {
    writer.begin_object();
    for (const std::string& pair : pairs) {
        const std::size_t equals = pair.find('=');
        if (equals == std::string::npos || equals == 0)
            return base::invalid("--" + std::string(option.name) + " is KEY=VALUE, not \"" + pair + "\"");
        writer.key(pair.substr(0, equals));
        if (equals + 1 == pair.size())
            writer.null();
        else
            writer.value(std::string_view(pair).substr(equals + 1));
    }
    writer.end_object();
    return {};
}

base::Result<std::string> body_of(const Verb& verb, const Line& line) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object();
    for (const Option& option : verb.options) {
        const std::string name(option.name);
        if (const auto pairs = line.pairs.find(name); pairs != line.pairs.end()) {
            writer.key(option.member);
            TRY(write_pairs(writer, option, pairs->second));
        }
        const auto found = line.values.find(name);
        if (!is_body(option.place) || found == line.values.end() || found->second.empty()) continue;
        writer.key(option.member);
        TRY(write_value(writer, option, found->second));
    }
    writer.end_object();
    return text;
}

base::Status resolve_names(const Verb& verb, Api& api, Line& line) {
    for (const Option& option : verb.options) {
        const auto found = line.values.find(std::string(option.name));
        if (option.resolves.empty() || found == line.values.end() || found->second.empty()) continue;
        TRY_VALUE(found->second, id_of(api, option.resolves, found->second));
    }
    return {};
}

std::pair<std::string, std::vector<std::pair<std::string, std::string>>> address_of(const Verb& verb,
                                                                                    const Line& line) {
    std::string path(verb.path);
    std::vector<std::pair<std::string, std::string>> parameters;
    for (const Option& option : verb.options) {
        const auto found = line.values.find(std::string(option.name));
        const std::string value = found == line.values.end() ? "" : found->second;
        if (option.place == Place::path)
            path.replace(path.find("{id}"), 4, encode(value));
        else if (option.place == Place::query || option.place == Place::words)
            parameters.emplace_back(option.member, value);
    }
    return {path, parameters};
}

// Lists go on after a cursor; the audit log by number, its search backwards.
std::string_view cursor_of(const Verb& verb) {
    if (verb.noun != "audit") return "cursor";
    return verb.name == "search" ? "before" : "after";
}
bool is_audit_list(const Verb& verb) {
    return cursor_of(verb) == "after";
}

// The audit log is read from its end, unless a place was named.
base::Status begin_at_newest(const Verb& verb, Api& api, const Line& line,
                             std::vector<std::pair<std::string, std::string>>& parameters) {
    if (!is_audit_list(verb) || !parameters.front().second.empty()) return {};
    TRY_VALUE(const json::Value page, api.get(target(std::string(verb.path), {{"limit", "1"}})));
    const auto total = static_cast<long long>(number_at(page, "/total"));
    if (total > line.limit) parameters.front().second = std::to_string(total - line.limit);
    return {};
}

// Pages until the limit; what is left is said, never silently cut.
base::Status show_pages(const Verb& verb, const Session& session, Api& api, const std::string& path,
                        std::vector<std::pair<std::string, std::string>> parameters) {
    TRY(begin_at_newest(verb, api, session.line, parameters));
    const Shown shown = session.shown();
    std::vector<json::Value> items;
    std::string cursor;
    const auto limit = static_cast<std::size_t>(session.line.limit);
    double total = -1;
    do {
        auto with_page = parameters;
        if (verb.path != "/api/v1/feeds")
            with_page.emplace_back("limit", std::to_string(std::min(limit - items.size(), kLargestPage)));
        if (is_audit_list(verb) && !cursor.empty())
            with_page.front().second = cursor;
        else if (!is_audit_list(verb))
            with_page.emplace_back(cursor_of(verb), cursor);
        TRY_VALUE(const json::Value page, api.get(target(path, with_page)));
        if (const auto list = page.find("items"))
            for (const json::Value& item : list->items())
                items.push_back(item);
        cursor = text_at(page, "/next_cursor");
        if (at(page, "/total")) total = number_at(page, "/total");
    } while (!cursor.empty() && items.size() < limit);
    shown.page(verb.columns, items, "None.");
    const bool cut = !cursor.empty() || (is_audit_list(verb) && parameters.front().second != "" &&
                                         total > static_cast<double>(items.size()));
    if (shown.output == Output::table && cut)
        session.console.err((total >= 0 ? grouped(static_cast<long long>(items.size())) + " of " +
                                              grouped(static_cast<long long>(total))
                                        : "The first " + grouped(static_cast<long long>(items.size()))) +
                            " shown; --limit N shows more.\n");
    return {};
}

void show_rows(const Verb& verb, const Session& session, const json::Value& value) {
    const Shown shown = session.shown();
    // "layers/components": the components of each layer.
    const std::size_t slash = verb.rows.find('/');
    std::vector<json::Value> rows;
    if (const auto list = value.find(verb.rows.substr(0, slash)))
        for (const json::Value& item : list->items()) {
            if (slash == std::string_view::npos) {
                rows.push_back(item);
                continue;
            }
            if (const auto inner = item.find(verb.rows.substr(slash + 1)))
                for (const json::Value& row : inner->items())
                    rows.push_back(row);
        }
    if (shown.output == Output::table) {
        shown.object(verb.columns, value);
        if (!rows.empty()) shown.console->out("\n");
    }
    const std::size_t all = rows.size();
    if (const auto limit = static_cast<std::size_t>(session.line.limit); all > limit)
        rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(limit), rows.end());
    if (!rows.empty() || shown.output == Output::csv) shown.page(verb.row_columns, rows, "");
    if (rows.size() < all)
        session.console.err(grouped(static_cast<long long>(rows.size())) + " of " +
                            grouped(static_cast<long long>(all)) + " shown; --limit N shows more.\n");
}

} // namespace

base::Status run_verb(const Verb& verb, const Session& session) {
    Line& line = session.line;
    const bool changes = verb.method != Method::get;
    const bool named = std::ranges::any_of(verb.options, [](const Option& o) { return !o.resolves.empty(); });
    if (changes && line.dry_run) {
        // Names become ids only when there is a server to ask.
        Api::Body body;
        TRY_VALUE(body.bytes, body_of(verb, line));
        const auto [path, parameters] = address_of(verb, line);
        session.console.out("Would send " + target(path, parameters) + "\n" + body.bytes +
                            "\nNothing was changed.\n");
        return {};
    }
    TRY_VALUE(Api api, session.api());
    if (named) TRY(resolve_names(verb, api, line));
    const auto [path, parameters] = address_of(verb, line);
    if (verb.shape == Shape::page) return show_pages(verb, session, api, path, parameters);
    Api::Body body;
    TRY_VALUE(body.bytes, body_of(verb, line));
    // What has nothing to say in a body sends none.
    const bool sends = verb.method != Method::get && verb.method != Method::del &&
                       std::ranges::any_of(verb.options, [](const Option& option) {
                           return option.place != Place::path && option.place != Place::query &&
                                  option.place != Place::words;
                       });
    TRY_VALUE(const json::Value value,
              api.call(verb.method, target(path, parameters), sends ? &body : nullptr));
    const Shown shown = session.shown();
    if (verb.shape == Shape::nothing)
        session.console.out(shown.output == Output::json ? "null\n" : "Done.\n");
    else if (verb.rows.empty() || shown.output == Output::json)
        shown.object(verb.columns, value);
    else
        show_rows(verb, session, value);
    return {};
}

} // namespace oakum::cli
