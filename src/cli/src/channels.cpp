// SPDX-License-Identifier: Apache-2.0
#include "channels.hpp"

#include "session.hpp"

#include <cli/table.hpp>
#include <json/writer.hpp>

namespace oakum::cli {

using ports::Method;

namespace {

void write_recipients(json::Writer& writer, const NewChannel& channel) {
    if (channel.recipients.empty()) return;
    writer.key("recipients").begin_array();
    for (const std::string& each : channel.recipients)
        writer.value(each);
    writer.end_array();
}

} // namespace

base::Status add_channel(const Flow& flow, const NewChannel& channel) {
    if (channel.address.empty() != channel.address_stdin)
        return base::invalid("say --address URL, or --address-stdin when it is a secret (Slack, Teams)");
    if (flow.dry_run) {
        flow.console.out("Would add the channel \"" + printable(channel.name) + "\" (" +
                         printable(channel.kind) +
                         ").\nNothing was changed; run it again without --dry-run.\n");
        return {};
    }
    std::string address = channel.address, secret;
    if (channel.address_stdin) {
        TRY_VALUE(address, flow.console.ask("Address: ", true));
    }
    if (channel.secret_stdin) {
        TRY_VALUE(secret, flow.console.ask("Secret: ", true));
    }
    Api::Body body;
    json::Writer writer(body.bytes);
    writer.begin_object()
        .member("name", channel.name)
        .member("kind", channel.kind)
        .member("address", address);
    const std::pair<const char*, const std::string&> texts[] = {
        {"pace", channel.pace}, {"secret", secret}, {"account", channel.account}, {"sender", channel.sender}};
    for (const auto& [name, value] : texts)
        if (!value.empty()) writer.member(name, value);
    write_recipients(writer, channel);
    writer.end_object();
    TRY_VALUE(const json::Value made, flow.api.call(Method::post, "/api/v1/channels", &body));
    flow.shown.object({{"id", "/channel/id"},
                       {"name", "/channel/name"},
                       {"kind", "/channel/kind"},
                       {"server", "/channel/server"},
                       {"pace", "/channel/pace"},
                       {"key of the signature", "/secret", Format::id, kOnlyWhenThere}},
                      made);
    return {};
}

base::Status change_channel(const Flow& flow, const std::string& channel, const NewChannel& patch) {
    TRY_VALUE(const std::string id, id_of(flow.api, "channel", channel));
    if (flow.dry_run) return changed_nothing(flow, "Would change the channel \"" + printable(channel) + "\"");
    std::string address = patch.address, secret;
    if (patch.address_stdin) {
        TRY_VALUE(address, flow.console.ask("Address: ", true));
    }
    if (patch.secret_stdin) {
        TRY_VALUE(secret, flow.console.ask("Secret: ", true));
    }
    Api::Body body;
    json::Writer writer(body.bytes);
    writer.begin_object();
    const std::pair<const char*, const std::string&> texts[] = {
        {"name", patch.name}, {"pace", patch.pace},       {"address", address},
        {"secret", secret},   {"account", patch.account}, {"sender", patch.sender}};
    for (const auto& [name, value] : texts)
        if (!value.empty()) writer.member(name, value);
    write_recipients(writer, patch);
    writer.end_object();
    if (body.bytes == "{}")
        return base::invalid("say what is to be otherwise: --name, --address, --pace, ...");
    TRY_VALUE(const json::Value changed,
              flow.api.call(Method::patch, "/api/v1/channels/" + encode(id), &body));
    flow.shown.object({{"id", "/id"},
                       {"name", "/name"},
                       {"kind", "/kind"},
                       {"server", "/server"},
                       {"pace", "/pace"},
                       {"to", "/recipients", Format::list, kOnlyWhenThere}},
                      changed);
    return {};
}

base::Status test_channel(const Flow& flow, const std::string& channel) {
    if (flow.dry_run) {
        flow.console.out("Would send a test message.\nNothing was sent; run it again without --dry-run.\n");
        return {};
    }
    TRY_VALUE(const std::string id, id_of(flow.api, "channel", channel));
    TRY_VALUE(const json::Value told,
              flow.api.call(Method::post, "/api/v1/channels/" + encode(id) + "/actions/test"));
    if (flow.shown.output != Output::table)
        flow.console.out(std::string(told.source()) + "\n");
    else if (flag_at(told, "/delivered"))
        flow.console.out(printable(text_at(told, "/sentence")) + "\n");
    if (!flag_at(told, "/delivered")) return base::unavailable(text_at(told, "/sentence"));
    return {};
}

} // namespace oakum::cli
