// SPDX-License-Identifier: Apache-2.0
#include "trying.hpp"

#include "settings.hpp"

#include <cli/table.hpp>
#include <json/writer.hpp>

namespace oakum::cli {

using ports::Method;

base::Status test_provider(const Flow& flow) {
    if (flow.dry_run) return changed_nothing(flow, "Would ask the identity provider about itself");
    TRY_VALUE(const json::Value test, flow.api.call(Method::post, "/api/v1/provider/actions/test"));
    if (flow.shown.output != Output::table) {
        flow.console.out(std::string(test.source()) + "\n");
    } else {
        flow.console.out(printable(text_at(test, "/name")) + " (" + printable(text_at(test, "/issuer")) +
                         ")\n");
        if (const auto lines = test.find("lines"))
            for (const json::Value& line : lines->items()) {
                const std::string verdict = text_at(line, "/verdict");
                flow.console.out((verdict == "good"  ? "  well     "
                                  : verdict == "bad" ? "  WRONG    "
                                                     : "  unknown  ") +
                                 printable(text_at(line, "/sentence")) + "\n");
            }
    }
    if (!flag_at(test, "/good")) return base::unavailable("people cannot sign in there as it is");
    return {};
}

base::Status test_keys(const Flow& flow) {
    if (flow.dry_run) return changed_nothing(flow, "Would sign something with each key that the server has");
    TRY_VALUE(const json::Value tested, flow.api.call(Method::post, "/api/v1/keys/actions/test"));
    std::vector<json::Value> keys;
    std::string broken;
    if (const auto list = tested.find("keys"))
        for (const json::Value& key : list->items()) {
            keys.push_back(key);
            const auto signs = key.find("signs");
            if (signs && !signs->is_null() && !flag_at(key, "/signs"))
                broken += (broken.empty() ? "" : ", ") + text_at(key, "/role");
        }
    if (flow.shown.output == Output::json)
        flow.console.out(std::string(tested.source()) + "\n");
    else
        flow.shown.page({{"ROLE", "/role"},
                         {"KEY", "/key_id", Format::id, 1},
                         {"SIGNS", "/signs", Format::flag},
                         {"GOOD UNTIL", "/expires", Format::time},
                         {"", "/sentence"}},
                        keys, "");
    if (!broken.empty()) return base::unavailable("these keys do not sign: " + printable(broken));
    return {};
}

base::Status test_policy(const Flow& flow, const std::string& file) {
    TRY_VALUE(const std::string table, read_file(file, 64 << 10));
    Api::Body body;
    json::Writer(body.bytes)
        .begin_object()
        .member("name", file.substr(file.find_last_of('/') + 1).substr(0, 60))
        .member("table", table)
        .end_object();
    TRY_VALUE(const json::Value change,
              flow.api.call(Method::post, "/api/v1/policies/deadlines/test", &body));
    flow.shown.object({{"", "/sentence"},
                       {"devices", "/devices", Format::integer},
                       {"overdue today", "/overdue_before", Format::integer},
                       {"overdue then", "/overdue_after", Format::integer},
                       {"newly overdue", "/newly_overdue", Format::integer},
                       {"no longer overdue", "/no_longer_overdue", Format::integer},
                       {"findings with an earlier deadline", "/sooner", Format::integer},
                       {"findings with a later one", "/later", Format::integer}},
                      change);
    flow.shown.sentence("Nothing was added: oakum policy add " + file + " --name NAME");
    return {};
}

} // namespace oakum::cli
