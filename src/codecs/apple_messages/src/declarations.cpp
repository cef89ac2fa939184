// SPDX-License-Identifier: Apache-2.0
#include <apple_messages/declarations.hpp>

#include <apple/declared.hpp>
#include <base/digest.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>

#include <array>

namespace oakum::apple_messages {
namespace {

constexpr std::string_view kActivation = "oakum.activation", kSubscriptions = "oakum.status";
constexpr std::size_t kLongest = 512, kLongestError = 600, kMostItems = 100, kMostReasons = 4;

// What a phone is to tell by itself, as soon as it changes. None of it names its owner or hardware.
constexpr std::array<std::string_view, 3> kSystem{"device.operating-system.version",
                                                  "device.operating-system.build-version",
                                                  "device.operating-system.supplemental.extra-version"};
constexpr std::array<std::string_view, 4> kUpdates{
    "softwareupdate.install-state", "softwareupdate.failure-reason", "softwareupdate.pending-version",
    "softwareupdate.device-id"};

// A declaration's token is of all that it says.
template <class Payload>
Declaration declare(std::string_view kind, std::string_view type, std::string_view identifier,
                    Payload payload) {
    std::string body;
    json::Writer inside(body);
    inside.begin_object();
    payload(inside);
    inside.end_object();
    Declaration out;
    out.kind = kind;
    out.identifier = identifier;
    out.token = base::sha256(std::string(type) + "\n" + body).hex().substr(0, 32);
    json::Writer(out.text)
        .begin_object()
        .member("Type", type)
        .member("Identifier", out.identifier)
        .member("ServerToken", out.token)
        .key("Payload")
        .raw(body)
        .end_object();
    return out;
}

std::string token_of(const std::vector<Declaration>& all) {
    base::Sha256 hash;
    for (const Declaration& one : all) {
        hash.update(one.identifier);
        hash.update("\n" + one.token + "\n");
    }
    return hash.finish().hex().substr(0, 32);
}

std::optional<json::Value> at(const json::Value& items, std::string_view dotted) {
    std::optional<json::Value> value = items;
    while (value && !dotted.empty()) {
        const std::size_t dot = dotted.find('.');
        value = value->find(dotted.substr(0, dot));
        dotted = dot == std::string_view::npos ? std::string_view() : dotted.substr(dot + 1);
    }
    return value;
}
// What is there, a text, and not too long.
std::optional<std::string> text(const std::optional<json::Value>& value, std::size_t longest = kLongest) {
    if (!value || !value->is_string() || value->text().size() > longest) return std::nullopt;
    return std::string(value->text());
}

void put(Status& status, std::string key, const std::optional<std::string>& value) {
    if (!value) return;
    if (value->empty())
        status.forget.push_back(std::move(key));
    else
        status.facts[std::move(key)] = *value;
}

// Codes with their descriptions: "Error.ConfigurationNotSupported: it is not for this device".
std::string reasons_of(const json::Value& declaration) {
    std::string all;
    const auto reasons = declaration.find("reasons");
    if (!reasons) return all;
    std::size_t taken = 0;
    for (const json::Value& reason : reasons->items()) {
        const auto code = text(reason.find("code")), said = text(reason.find("description"));
        if (!code || ++taken > kMostReasons) continue;
        all += (all.empty() ? "" : "; ") + *code + (said && !said->empty() ? ": " + *said : "");
    }
    while (all.size() > kLongestError || !base::is_utf8(all))
        all.pop_back();
    return all;
}

std::optional<Status::Taken> taken_of(const json::Value& declarations) {
    const auto configurations = declarations.find("configurations");
    if (!configurations) return std::nullopt;
    std::size_t looked = 0;
    for (const json::Value& one : configurations->items()) {
        if (++looked > kMostItems) break;
        if (text(one.find("identifier")) != std::string(kSystemDeclaration)) continue;
        Status::Taken taken;
        taken.token = text(one.find("server-token")).value_or("");
        if (const auto active = one.bool_at("active"); active.ok()) taken.active = *active;
        taken.valid = text(one.find("valid")) == "valid";
        taken.error = reasons_of(one);
        return taken;
    }
    return std::nullopt;
}

} // namespace

std::vector<Declaration> declarations_of(const apple::Phone& phone, std::string_view os_version) {
    std::vector<Declaration> all;
    const bool updates = !phone.by_user && !phone.personal && apple::tells_updates(os_version);
    const bool enforces = updates && phone.enforced;
    all.push_back(declare("activation", "com.apple.activation.simple", kActivation, [&](json::Writer& out) {
        out.key("StandardConfigurations").begin_array().value(kSubscriptions);
        if (enforces) out.value(kSystemDeclaration);
        out.end_array();
    }));
    all.push_back(declare("configuration", "com.apple.configuration.management.status-subscriptions",
                          kSubscriptions, [&](json::Writer& out) {
                              out.key("StatusItems").begin_array();
                              const auto subscribe = [&out](std::string_view name) {
                                  out.begin_object().member("Name", name).end_object();
                              };
                              for (const std::string_view name : kSystem)
                                  subscribe(name);
                              if (updates)
                                  for (const std::string_view name : kUpdates)
                                      subscribe(name);
                              out.end_array();
                          }));
    if (enforces)
        all.push_back(declare("configuration", "com.apple.configuration.softwareupdate.enforcement.specific",
                              kSystemDeclaration, [&](json::Writer& out) {
                                  out.member("TargetOSVersion", phone.enforced->version)
                                      .member("TargetLocalDateTime", phone.enforced->until);
                              }));
    return all;
}

std::string write_tokens(const std::vector<Declaration>& all, base::TimePoint since) {
    std::string text;
    json::Writer(text)
        .begin_object()
        .key("SyncTokens")
        .begin_object()
        .member("Timestamp", base::to_iso8601(since))
        .member("DeclarationsToken", token_of(all))
        .end_object()
        .end_object();
    return text;
}

std::string write_items(const std::vector<Declaration>& all) {
    std::string text;
    json::Writer out(text);
    out.begin_object().key("Declarations").begin_object();
    const auto list = [&](std::string_view name, std::string_view kind) {
        out.key(name).begin_array();
        for (const Declaration& one : all)
            if (one.kind == kind)
                out.begin_object()
                    .member("Identifier", one.identifier)
                    .member("ServerToken", one.token)
                    .end_object();
        out.end_array();
    };
    list("Activations", "activation");
    list("Configurations", "configuration");
    list("Assets", "asset");
    list("Management", "management");
    out.end_object().member("DeclarationsToken", token_of(all)).end_object();
    return text;
}

const Declaration* find(const std::vector<Declaration>& all, std::string_view endpoint) {
    for (const Declaration& one : all)
        if (endpoint == "declaration/" + one.kind + "/" + one.identifier) return &one;
    return nullptr;
}

base::Result<Status> read_status(std::string_view json) {
    const json::Limits limits{
        .max_bytes = kMostStatus, .max_depth = 24, .max_values = 50'000, .floats = true};
    TRY_VALUE(const json::Value document, json::parse(json, limits));
    TRY_VALUE(const json::Value items, document.at("StatusItems"));
    Status status;
    if (const auto full = document.find("FullReport")) {
        TRY_VALUE(status.full, full->as_bool());
    }
    status.version = text(at(items, "device.operating-system.version"), 64);
    status.extra = text(at(items, "device.operating-system.supplemental.extra-version"), 32);
    if (status.full && status.version && !status.extra) status.extra = "";
    put(status, "x.os_build", text(at(items, "device.operating-system.build-version"), 64));
    put(status, "x.software_update_id", text(at(items, "softwareupdate.device-id")));
    put(status, "x.update_pending", text(at(items, "softwareupdate.pending-version.os-version"), 64));
    put(status, "x.update_state", text(at(items, "softwareupdate.install-state"), 32));
    if (const auto failure = at(items, "softwareupdate.failure-reason"))
        put(status, "x.update_failure", text(failure->find("reason")).value_or(""));
    if (const auto declarations = at(items, "management.declarations")) {
        status.tells_declarations = true;
        status.system = taken_of(*declarations);
    }
    return status;
}

} // namespace oakum::apple_messages
