// SPDX-License-Identifier: Apache-2.0
#include <mender_api/messages.hpp>

#include <base/bytes.hpp>
#include <base/digest.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>

#include <array>
#include <utility>

namespace oakum::mender_api {
namespace {

using base::Result;

constexpr json::Limits kLimits{
    .max_bytes = 1024 * 1024, .max_depth = 16, .max_values = 50'000, .floats = true};
constexpr std::size_t kMaxMembers = 120, kMaxValue = 2048, kMaxSerial = 128, kMaxLines = 10'000;

constexpr std::array kStatus = {
    std::pair{std::string_view("downloading"), Status::downloading},
    std::pair{std::string_view("pause_before_installing"), Status::pause_before_installing},
    std::pair{std::string_view("installing"), Status::installing},
    std::pair{std::string_view("pause_before_rebooting"), Status::pause_before_rebooting},
    std::pair{std::string_view("rebooting"), Status::rebooting},
    std::pair{std::string_view("pause_before_committing"), Status::pause_before_committing},
    std::pair{std::string_view("success"), Status::success},
    std::pair{std::string_view("failure"), Status::failure},
    std::pair{std::string_view("already-installed"), Status::already_installed},
};

std::string bounded(std::string text, std::size_t most) {
    if (text.size() > most) text.resize(most);
    while (!text.empty() && !base::is_utf8(text))
        text.pop_back();
    return text;
}

std::string text_of(const json::Value& value) {
    if (value.is_string()) return bounded(std::string(value.text()), kMaxValue);
    if (value.is_array()) {
        std::string joined;
        for (const json::Value& item : value.items()) {
            if (joined.size() > kMaxValue) break;
            joined += (joined.empty() ? "" : ",") + text_of(item);
        }
        return bounded(std::move(joined), kMaxValue);
    }
    return value.is_null() || value.is_object() ? std::string() : std::string(value.source().substr(0, 64));
}

Result<std::map<std::string, std::string>> members(const json::Value& object) {
    if (!object.is_object()) return object.wrong("an object is needed");
    if (object.size() > kMaxMembers) return object.wrong("more than 120 members");
    std::map<std::string, std::string> found;
    for (const json::Value& member : object.items())
        found.emplace(member.key(), text_of(member));
    return found;
}

// A map that the device could not fetch anew in time fails the attempt: it must not install at a time that
// nobody said. Without "on_action_executed" the device goes on pausing.
void write_map(json::Writer& writer, std::string_view deployment, Gate gate) {
    constexpr std::array<std::string_view, 3> kActions{"continue", "pause", "fail"};
    writer.begin_object().member("id", deployment).member("priority", 0).key("states").begin_object();
    writer.key("ArtifactInstall_Enter").begin_object();
    writer.member("action", kActions.at(static_cast<std::size_t>(gate)));
    writer.member("on_map_expire", gate == Gate::pass ? "continue" : "fail");
    writer.end_object().end_object().end_object();
}

} // namespace

Result<AuthRequest> decode_auth_request(std::string_view json) {
    TRY_VALUE(const json::Value root, json::parse(json, kLimits));
    AuthRequest request;
    // A document of its own, as a text.
    TRY_VALUE(const std::string identity, root.string_at("id_data", 4096));
    TRY_VALUE(const json::Value parsed, json::parse(identity, kLimits));
    TRY_VALUE(request.identity, members(parsed));
    if (request.identity.empty()) return root.at("id_data")->wrong("it names nothing");
    TRY_VALUE(request.pubkey, root.string_at("pubkey", 16384));
    TRY_VALUE(const auto token, root.optional_string_at("tenant_token", 4096));
    request.tenant_token = token.value_or("");
    return request;
}

std::string serial_of(const std::map<std::string, std::string>& identity) {
    std::string serial;
    if (identity.size() == 1) {
        serial = identity.begin()->second;
    } else {
        for (const char* name : {"serial", "serial_number", "SerialNumber"})
            if (const auto at = identity.find(name); at != identity.end() && serial.empty())
                serial = at->second;
    }
    if (serial.empty())
        for (const auto& [name, value] : identity)
            serial += (serial.empty() ? "" : ",") + name + "=" + value;
    for (char& c : serial)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    return serial.size() <= kMaxSerial ? serial : base::sha256(serial).hex();
}

Result<std::map<std::string, std::string>> decode_inventory(std::string_view json) {
    TRY_VALUE(const json::Value root, json::parse(json, kLimits));
    if (!root.is_array() || root.size() > kMaxMembers)
        return root.wrong("a list of at most 120 attributes is needed");
    std::map<std::string, std::string> found;
    for (const json::Value& item : root.items()) {
        TRY_VALUE(const std::string name, item.string_at("name", 256));
        TRY_VALUE(const json::Value value, item.at("value"));
        if (!name.empty()) found.insert_or_assign(name, text_of(value));
    }
    return found;
}

Result<Next> decode_next_v1(std::string_view json) {
    TRY_VALUE(const json::Value root, json::parse(json, kLimits));
    Next next;
    TRY_VALUE(next.provides, members(root));
    return next;
}

Result<Next> decode_next_v2(std::string_view json) {
    TRY_VALUE(const json::Value root, json::parse(json, kLimits));
    TRY_VALUE(const json::Value provides, root.at("device_provides"));
    Next next;
    TRY_VALUE(next.provides, members(provides));
    TRY_VALUE(const auto map, root.optional_bool_at("update_control_map"));
    next.takes_control_map = map.value_or(false);
    return next;
}

Result<StatusReport> decode_status(std::string_view json) {
    TRY_VALUE(const json::Value root, json::parse(json, kLimits));
    TRY_VALUE(const std::string said, root.string_at("status", 64));
    StatusReport report;
    bool known = false;
    for (const auto& [text, status] : kStatus)
        if (text == said) {
            report.status = status;
            known = true;
        }
    if (!known) return root.at("status")->wrong("\"" + said + "\" is not known");
    if (const auto substate = root.find("substate"); substate && substate->is_string())
        report.substate = bounded(std::string(substate->text()), kMaxValue);
    return report;
}

Result<std::string> decode_log(std::string_view json) {
    TRY_VALUE(const json::Value root, json::parse(json, kLimits));
    TRY_VALUE(const json::Value messages, root.array_at("messages", kMaxLines));
    std::vector<std::string> errors, others;
    for (const json::Value& message : messages.items()) {
        const auto text = message.find("message"), level = message.find("level");
        if (!text || !text->is_string() || text->text().empty()) continue;
        const std::string_view word = level ? level->text() : std::string_view();
        const bool bad = word == "error" || word == "fatal" || word == "panic" || word == "warning";
        (bad ? errors : others).push_back(bounded(std::string(text->text()), 512));
    }
    // The newest first, until it is full; then told in their order.
    const std::vector<std::string>& chosen = errors.empty() ? others : errors;
    std::string log;
    for (auto at = chosen.rbegin(); at != chosen.rend(); ++at) {
        if (log.size() + at->size() + 1 > kMaxLog) break;
        log = log.empty() ? *at : *at + "\n" + log;
    }
    return log;
}

std::string encode(const Deployment& deployment) {
    std::string out;
    json::Writer writer(out);
    writer.begin_object().member("id", deployment.id).key("artifact").begin_object();
    writer.member("artifact_name", deployment.artifact_name).key("device_types_compatible").begin_array();
    for (const std::string& type : deployment.device_types)
        writer.value(type);
    writer.end_array().key("source").begin_object();
    writer.member("uri", deployment.uri).member("expire", deployment.expires);
    writer.end_object().end_object();
    if (deployment.gate) {
        writer.key("update_control_map");
        write_map(writer, deployment.id, *deployment.gate);
    }
    writer.end_object();
    return out;
}

std::string encode_gate(std::string_view deployment, Gate gate) {
    std::string out;
    json::Writer writer(out);
    writer.begin_object().key("update_control_map");
    write_map(writer, deployment, gate);
    writer.end_object();
    return out;
}

std::string encode_error(std::string_view message) {
    std::string out;
    json::Writer(out).begin_object().member("error", message).end_object();
    return out;
}

} // namespace oakum::mender_api
