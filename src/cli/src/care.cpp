// SPDX-License-Identifier: Apache-2.0
#include "care.hpp"

#include "session.hpp"

#include <charconv>
#include <cli/table.hpp>
#include <fmt/format.h>
#include <json/writer.hpp>

namespace oakum::cli {
namespace {

using ports::Method;

std::string days_of(const json::Value& kind, std::string_view member) {
    const auto days = kind.find(member);
    if (!days || days->is_null()) return "for ever";
    const auto number = static_cast<long long>(number_at(kind, "/" + std::string(member)));
    return grouped(number) + (number == 1 ? " day" : " days");
}

void table_of(const Flow& flow, const json::Value& kinds, bool counted) {
    std::vector<std::vector<std::string>> rows;
    for (const json::Value& kind : kinds.items()) {
        std::vector<std::string> row{text_at(kind, "/kind"), days_of(kind, "days")};
        if (counted) row.push_back(grouped(static_cast<long long>(number_at(kind, "/removes"))));
        row.push_back(grouped(static_cast<long long>(number_at(kind, "/least"))) + " to " +
                      grouped(static_cast<long long>(number_at(kind, "/most"))) +
                      (flag_at(kind, "/for_ever") ? " days, or for ever" : " days"));
        row.push_back(text_at(kind, "/what"));
        rows.push_back(std::move(row));
    }
    std::vector<Head> columns{{"KIND"}, {"KEPT"}};
    if (counted) columns.push_back({"WOULD GO", true, true});
    columns.push_back({"BETWEEN"});
    columns.push_back({"WHAT"});
    flow.console.out(render_table(columns, rows, flow.console.terminal ? flow.console.width : 0));
}

base::Status write_days(json::Writer& writer, const std::vector<std::string>& periods) {
    writer.key("days").begin_object();
    for (const std::string& period : periods) {
        const std::size_t equals = period.find('=');
        const std::string kind = period.substr(0, equals);
        const std::string text = equals == std::string::npos ? "" : period.substr(equals + 1);
        std::uint32_t days = 0;
        const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), days);
        if (text == "forever")
            writer.key(kind).null();
        else if (!text.empty() && failure == std::errc() && end == text.data() + text.size())
            writer.member(kind, std::uint64_t{days});
        else
            return base::invalid("say KIND=DAYS or KIND=forever, not \"" + period + "\"");
    }
    writer.end_object();
    return {};
}

} // namespace

base::Status show_retention(const Flow& flow) {
    TRY_VALUE(const json::Value policy, flow.api.get("/api/v1/retention"));
    if (flow.shown.output != Output::table) {
        flow.console.out(std::string(policy.source()) + "\n");
        return {};
    }
    TRY_VALUE(const json::Value kinds, policy.at("kinds"));
    table_of(flow, kinds, false);
    return {};
}

base::Status set_retention(const Flow& flow, const RetentionWish& wish) {
    std::string request;
    json::Writer writer(request);
    writer.begin_object();
    TRY(write_days(writer, wish.periods));
    const Api::Body look{"application/json", request + "}", {}};
    TRY_VALUE(const json::Value preview, flow.api.call(Method::post, "/api/v1/retention/preview", &look));
    const bool goes = wish.yes && !flow.dry_run;
    if (flow.shown.output == Output::table) {
        TRY_VALUE(const json::Value kinds, preview.at("kinds"));
        table_of(flow, kinds, true);
        flow.console.out("\n" + printable(text_at(preview, "/sentence")) + "\n");
    } else if (!goes) {
        flow.console.out(std::string(preview.source()) + "\n");
    }
    if (!goes) {
        if (flow.shown.output == Output::table)
            flow.console.out(
                "\nNothing was changed; " +
                std::string(wish.yes ? "run it again without --dry-run." : "add --yes to do it.") + "\n");
        return {};
    }
    if (!wish.why.empty()) writer.member("why", wish.why);
    writer.end_object();
    const Api::Body body{"application/json", request, {}};
    TRY_VALUE(const json::Value set, flow.api.call(Method::patch, "/api/v1/retention", &body));
    if (flow.shown.output == Output::table)
        flow.console.out("\nIt is set.\n");
    else
        flow.console.out(std::string(set.source()) + "\n");
    return {};
}

base::Status forget_user(const Flow& flow, const ForgetWish& wish) {
    TRY_VALUE(const std::string id, id_of(flow.api, "user", wish.user));
    const std::string place = "/api/v1/users/" + encode(id);
    const bool goes = wish.yes && !flow.dry_run;
    if (!goes) {
        TRY_VALUE(const json::Value seen, flow.api.get(place + "/forgetting"));
        if (flow.shown.output != Output::table) {
            flow.console.out(std::string(seen.source()) + "\n");
            return {};
        }
        const auto count = [&](const char* of) {
            return grouped(static_cast<long long>(number_at(seen, of)));
        };
        flow.console.out(
            fmt::format("{} becomes {}. What goes: name, password, second factor, the link to the identity "
                        "provider, {} sessions and "
                        "tokens, {} views of their own; the name in {} places.\nWhat stays: the name in {} "
                        "decisions about findings "
                        "and rollouts, in histories of devices, and in the audit log, for as long as those "
                        "are kept.\n\nNothing was "
                        "changed; {} It cannot be undone.\n",
                        printable(text_at(seen, "/name")), printable(text_at(seen, "/pseudonym")),
                        count("/credentials"), count("/views"), count("/mentions"), count("/decisions"),
                        wish.yes ? "run it again without --dry-run." : "add --yes and --why to do it."));
        return {};
    }
    if (wish.why.empty()) return base::invalid("say why with --why: it stands in the audit log");
    Api::Body body;
    json::Writer(body.bytes).begin_object().member("why", wish.why).end_object();
    TRY_VALUE(const json::Value done, flow.api.call(Method::post, place + "/actions/forget", &body));
    if (flow.shown.output == Output::table)
        flow.console.out("Forgotten; the account is called " + printable(text_at(done, "/pseudonym")) +
                         " now.\n");
    else
        flow.console.out(std::string(done.source()) + "\n");
    return {};
}

} // namespace oakum::cli
