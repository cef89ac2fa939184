// SPDX-License-Identifier: Apache-2.0
#include "lwm2m.hpp"

#include "session.hpp"
#include "settings.hpp"

#include <cli/table.hpp>
#include <json/writer.hpp>

namespace oakum::cli {
namespace {

constexpr std::size_t kLongestKey = 256;

base::Result<std::string> key_of(const Flow& flow, const std::string& file) {
    if (file == "-") return flow.console.ask("Key, in hexadecimal digits: ", true);
    TRY_VALUE(const std::string text, read_file(file, kLongestKey));
    return text.substr(0, text.find_last_not_of(" \r\n") + 1);
}

} // namespace

base::Status add_lwm2m_endpoint(const Flow& flow, const NewLwm2m& wish) {
    if (wish.without_key && (!wish.key_file.empty() || !wish.identity.empty()))
        return base::invalid("--without-security goes with neither --key-file nor --identity");
    if (flow.dry_run)
        return changed_nothing(flow, "Would name the LwM2M device " + printable(wish.endpoint) +
                                         (wish.without_key ? ", without a key" : ", with a key"));
    std::string text;
    json::Writer writer(text);
    writer.begin_object().member("endpoint", wish.endpoint);
    if (!wish.identity.empty()) writer.member("identity", wish.identity);
    if (!wish.key_file.empty()) {
        TRY_VALUE(const std::string key, key_of(flow, wish.key_file));
        writer.member("key", key);
    }
    if (!wish.group.empty()) {
        TRY_VALUE(const std::string group, id_of(flow.api, "group", wish.group));
        writer.member("group", group);
    }
    if (wish.without_key) writer.member("without_key", true);
    writer.end_object();
    const Api::Body body{"application/json", std::move(text), {}};
    TRY_VALUE(const json::Value made, flow.api.call(ports::Method::post, "/api/v1/lwm2m-endpoints", &body));
    flow.shown.object({{"endpoint", "/endpoint/endpoint", Format::id},
                       {"identity", "/endpoint/identity", Format::id},
                       {"key", "/key", Format::id}},
                      made);
    if (flow.shown.output == Output::table && wish.without_key)
        flow.console.out(
            "\nIt has no key: anybody who says this name, from a network that oakumd hears, is this "
            "device.\n");
    else if (flow.shown.output == Output::table)
        flow.console.out(
            "\nThe key is shown this once. Put it on the device as its pre-shared key (hexadecimal), with "
            "oakumd's coaps address.\n");
    return {};
}

} // namespace oakum::cli
