// SPDX-License-Identifier: Apache-2.0
#include "policies.hpp"

#include "settings.hpp"

#include <cli/table.hpp>
#include <json/writer.hpp>

#include <cstdlib>

namespace oakum::cli {

using ports::Method;

base::Status use_policy(const Flow& flow, const PolicyWish& wish) {
    std::string days;
    for (const std::string& each : wish.days)
        days += (days.empty() ? "" : ",") + each;
    TRY_VALUE(const json::Value change,
              flow.api.get("/api/v1/policies/deadlines/" + encode(wish.policy) + "/change" +
                           (days.empty() ? "" : "?days=" + encode(days))));
    if (flow.dry_run) return changed_nothing(flow, text_at(change, "/sentence"));
    Api::Body body;
    json::Writer writer(body.bytes);
    writer.begin_object()
        .member("policy", wish.policy)
        .member("stamp", text_at(change, "/stamp"))
        .member("why", wish.why)
        .key("days")
        .begin_object();
    // The server has read them already, and refused what is no number.
    for (const std::string& each : wish.days) {
        const std::size_t equals = each.rfind('=');
        writer.member(each.substr(0, equals),
                      std::int64_t{std::strtol(each.c_str() + equals + 1, nullptr, 10)});
    }
    writer.end_object().end_object();
    TRY_VALUE(const json::Value done, flow.api.call(Method::put, "/api/v1/policies/deadlines/in-use", &body));
    flow.shown.object({{"in use", "/uses/0/policy"},
                       {"since", "/uses/0/from", Format::time, kOnlyWhenThere},
                       {"by", "/uses/0/by", Format::text, kOnlyWhenThere}},
                      done);
    flow.shown.sentence(text_at(change, "/sentence"));
    return {};
}

base::Status import_support_ends(const Flow& flow, const std::string& file) {
    TRY_VALUE(const std::string table, read_file(file, 1 << 20));
    if (flow.dry_run)
        return changed_nothing(flow, "Would replace the own table of ends of support by " + file);
    Api::Body body;
    json::Writer(body.bytes).begin_object().member("table", table).end_object();
    TRY_VALUE([[maybe_unused]] const json::Value done,
              flow.api.call(Method::put, "/api/v1/support-ends", &body));
    flow.shown.sentence("The own table is " + file +
                        "; its rows win over what comes with Oakum: oakum support-end list");
    return {};
}

base::Status add_policy(const Flow& flow, const std::string& file, const std::string& name) {
    TRY_VALUE(const std::string table, read_file(file, 64 << 10));
    if (flow.dry_run) return changed_nothing(flow, "Would add " + file + " as the policy \"" + name + "\"");
    Api::Body body;
    json::Writer(body.bytes).begin_object().member("name", name).member("table", table).end_object();
    TRY_VALUE(const json::Value made, flow.api.call(Method::post, "/api/v1/policies/deadlines", &body));
    flow.shown.object(
        {{"id", "/id", Format::id}, {"name", "/name"}, {"asks about", "/columns", Format::list}}, made);
    flow.shown.sentence("It decides nothing until it is put in force: oakum policy use " +
                        text_at(made, "/id") + " --why WHY");
    return {};
}

} // namespace oakum::cli
