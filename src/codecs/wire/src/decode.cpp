// SPDX-License-Identifier: Apache-2.0
#include <wire/native.hpp>

#include "words.hpp"

#include <json/parse.hpp>

#include <algorithm>

namespace oakum::wire {
namespace {

using base::Result;
using base::Status;
using json::Value;

constexpr std::size_t max_pem = 16 << 10;
constexpr std::size_t max_id = 64;
constexpr std::size_t max_path = 1024;
constexpr std::size_t max_fact_key = 64;
constexpr std::size_t max_enroll_reply = 1 << 20;
constexpr std::size_t max_reply = 64 << 10;
constexpr std::size_t max_manifest_text = 8 << 10;
// A day: a server cannot send a device to sleep for ever.
constexpr std::uint64_t max_poll_seconds = 86'400;
constexpr std::uint64_t max_number = (1ULL << 53) - 1;

Result<Value> document(std::string_view text, std::size_t max_bytes, std::size_t max_values = 2'000) {
    json::Limits limits;
    limits.max_bytes = max_bytes;
    limits.max_depth = 4;
    limits.max_values = max_values;
    TRY_VALUE(Value value, json::parse(text, limits));
    if (!value.is_object()) return value.wrong("a message is an object");
    return value;
}

Status read(const Value& from, std::string_view name, std::string& into, std::size_t max = kMaxText) {
    TRY_VALUE(into, from.string_at(name, max));
    return {};
}

Status read_if(const Value& from, std::string_view name, std::string& into, std::size_t max = kMaxText) {
    TRY_VALUE(auto text, from.optional_string_at(name, max));
    if (text) into = std::move(*text);
    return {};
}

Status read_filled(const Value& from, std::string_view name, std::string& into, std::size_t max) {
    TRY(read(from, name, into, max));
    if (into.empty()) return from.wrong(std::string(name) + " is empty");
    return {};
}

Status read_if(const Value& from, std::string_view name, bool& into) {
    TRY_VALUE(const auto truth, from.optional_bool_at(name));
    if (truth) into = *truth;
    return {};
}

Status read(const Value& from, std::string_view name, std::uint64_t& into) {
    TRY_VALUE(into, from.uint_at(name, max_number));
    return {};
}

Status read(const Value& from, std::string_view name, std::uint32_t& into, std::uint64_t min,
            std::uint64_t max) {
    TRY_VALUE(const std::uint64_t number, from.uint_at(name, max));
    if (number < min) return from.wrong(std::string(name) + " is below " + std::to_string(min));
    into = static_cast<std::uint32_t>(number);
    return {};
}

Result<std::map<std::string, std::string>> read_facts(const Value& from) {
    std::map<std::string, std::string> facts;
    TRY_VALUE(const auto list, from.optional_object_at("facts", kMaxFacts));
    if (!list) return facts;
    for (const Value& fact : list->items()) {
        const std::string_view key = fact.key();
        const auto allowed = [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
        };
        if (key.empty() || key.size() > max_fact_key || !std::ranges::all_of(key, allowed))
            return fact.wrong("a fact's key has 1 to 64 of a-z, 0-9, '_', '.', '-'");
        TRY_VALUE(std::string value, fact.as_string(kMaxText));
        facts.emplace(key, std::move(value));
    }
    return facts;
}

Result<component::Component> read_component(const Value& from) {
    component::Component component;
    TRY_VALUE(const Value kind_value, from.at("kind"));
    TRY_VALUE(const std::string word, kind_value.as_string(32));
    const auto kind = std::ranges::find(kind_words, word);
    if (kind == kind_words.end()) return kind_value.wrong("\"" + word + "\" is no kind of component");
    component.kind = static_cast<component::Kind>(kind - kind_words.begin());
    TRY(read_filled(from, "name", component.name, 512));
    TRY(read_if(from, "version", component.version, 512));
    TRY(read_if(from, "purl", component.purl));
    TRY(read_if(from, "cpe", component.cpe));
    TRY(read_if(from, "bundle_id", component.bundle_id, 512));
    TRY(read_if(from, "patch_level", component.patch_level, 32));
    return component;
}

Result<Offer> read_offer(const Value& from) {
    Offer offer;
    TRY(read_filled(from, "deployment", offer.deployment, max_id));
    TRY(read(from, "attempt", offer.attempt, 1, 1'000'000));
    TRY(read(from, "release_name", offer.release_name, 256));
    TRY(read(from, "release_version", offer.release_version, 256));
    TRY(read(from, "target_path", offer.target_path, max_path));
    TRY(read(from, "length", offer.length));
    TRY(read(from, "soak_seconds", offer.soak_seconds, 0, 30 * 86'400));
    TRY(read_if(from, "is_rollback", offer.is_rollback));
    TRY(read_if(from, "withdrawn", offer.withdrawn));
    TRY_VALUE(const auto windows, from.optional_array_at("install_windows", kMaxWindows));
    if (!windows) return offer;
    TRY(read(from, "server_time", offer.server_time));
    offer.install_windows.emplace();
    for (const Value& each : windows->items()) {
        InstallWindow window;
        TRY(read(each, "from", window.from));
        TRY(read(each, "to", window.to));
        if (window.to <= window.from) return each.wrong("a window ends after it begins");
        offer.install_windows->push_back(window);
    }
    return offer;
}

} // namespace

Result<EnrollRequest> decode_enroll_request(std::string_view json) {
    TRY_VALUE(const Value from, document(json, kMaxEnroll));
    EnrollRequest message;
    TRY(read_filled(from, "token", message.token, 256));
    TRY(read_filled(from, "csr_pem", message.csr_pem, max_pem));
    TRY(read_filled(from, "serial", message.serial, 256));
    TRY(read_filled(from, "model", message.model, 256));
    TRY(read_if(from, "hw_revision", message.hw_revision, 256));
    TRY_VALUE(message.facts, read_facts(from));
    return message;
}

Result<EnrollReply> decode_enroll_reply(std::string_view json) {
    TRY_VALUE(const Value from, document(json, max_enroll_reply));
    EnrollReply message;
    TRY(read_filled(from, "device", message.device, max_id));
    TRY(read(from, "certificate_pem", message.certificate_pem, max_pem));
    TRY(read(from, "ca_pem", message.ca_pem, max_pem));
    TRY(read(from, "trust_root", message.trust_root, max_enroll_reply));
    TRY(read_if(from, "pending", message.pending));
    TRY(read(from, "poll_seconds", message.poll_seconds, 1, max_poll_seconds));
    return message;
}

Result<RenewRequest> decode_renew_request(std::string_view json) {
    TRY_VALUE(const Value from, document(json, kMaxEnroll));
    RenewRequest message;
    TRY(read_filled(from, "csr_pem", message.csr_pem, max_pem));
    return message;
}

Result<RenewReply> decode_renew_reply(std::string_view json) {
    TRY_VALUE(const Value from, document(json, kMaxEnroll));
    RenewReply message;
    TRY(read_filled(from, "certificate_pem", message.certificate_pem, max_pem));
    return message;
}

Result<PollRequest> decode_poll_request(std::string_view json) {
    TRY_VALUE(const Value from, document(json, kMaxPoll));
    PollRequest message;
    TRY(read(from, "desired", message.desired));
    TRY(read(from, "running_version", message.running_version, 256));
    TRY(read_if(from, "inventory", message.inventory, 64));
    if (!message.inventory.empty() && !base::Digest256::parse(message.inventory).ok())
        return from.wrong("inventory is not a SHA-256 in hexadecimal");
    TRY(read_if(from, "boot_id", message.boot_id, max_id));
    TRY(read_if(from, "healthy", message.healthy));
    TRY(read_if(from, "slot", message.slot, 16));
    TRY(read_if(from, "keeps_windows", message.keeps_windows));
    return message;
}

Result<PollReply> decode_poll_reply(std::string_view json) {
    TRY_VALUE(const Value from, document(json, max_reply));
    PollReply message;
    TRY(read(from, "desired", message.desired));
    TRY(read(from, "poll_seconds", message.poll_seconds, 1, max_poll_seconds));
    TRY(read_if(from, "send_inventory", message.send_inventory));
    TRY(read_if(from, "renew", message.renew));
    TRY_VALUE(const auto offer, from.optional_object_at("offer", 64));
    if (offer) {
        TRY_VALUE(message.offer, read_offer(*offer));
    }
    return message;
}

Result<InventoryMessage> decode_inventory(std::string_view json) {
    TRY_VALUE(const Value from, document(json, kMaxInventory, kMaxComponents * 8 + 1'000));
    InventoryMessage message;
    TRY_VALUE(message.facts, read_facts(from));
    TRY_VALUE(const auto list, from.optional_array_at("components", kMaxComponents));
    if (list) {
        message.components.reserve(list->size());
        for (const Value& item : list->items()) {
            TRY_VALUE(component::Component component, read_component(item));
            message.components.push_back(std::move(component));
        }
    }
    return message;
}

Result<Report> decode_report(std::string_view json) {
    TRY_VALUE(const Value from, document(json, kMaxReport));
    Report message;
    TRY(read_filled(from, "deployment", message.deployment, max_id));
    TRY(read(from, "attempt", message.attempt, 1, 1'000'000));
    TRY(read(from, "sequence", message.sequence));
    TRY_VALUE(const Value state, from.at("state"));
    TRY_VALUE(const std::string state_word, state.as_string(32));
    auto parsed_state = install::parse_state(state_word);
    if (!parsed_state.ok()) return state.wrong(parsed_state.error().message);
    message.state = *parsed_state;
    std::string reason_word;
    TRY(read_if(from, "reason", reason_word, 32));
    if (!reason_word.empty()) {
        auto reason = install::parse_reason(reason_word);
        if (!reason.ok()) return std::move(reason).error().at(from.place() + "/reason");
        message.reason = *reason;
    }
    TRY(read_if(from, "detail", message.detail));
    TRY_VALUE(const auto progress, from.optional_uint_at("progress_percent", 100));
    message.progress_percent = static_cast<std::uint32_t>(progress.value_or(0));
    TRY(read_if(from, "running_version", message.running_version, 256));
    TRY(read_if(from, "boot_id", message.boot_id, max_id));
    TRY(read_if(from, "healthy", message.healthy));
    TRY(read_if(from, "resumed", message.resumed));
    return message;
}

Result<ReportReply> decode_report_reply(std::string_view json) {
    TRY_VALUE(const Value from, document(json, max_reply));
    ReportReply message;
    TRY(read(from, "outcome", message.outcome, 32));
    constexpr std::array<std::string_view, 4> words = {"accepted", "repeat", "stale", "withdrawn"};
    if (std::ranges::find(words, message.outcome) == words.end())
        return from.wrong("\"" + message.outcome + "\" is no outcome of a report");
    TRY(read(from, "poll_seconds", message.poll_seconds, 1, max_poll_seconds));
    return message;
}

Result<Manifest> decode_manifest(std::string_view json) {
    TRY_VALUE(const Value from, document(json, max_manifest_text));
    Manifest message;
    TRY(read_filled(from, "device", message.device, max_id));
    TRY(read_filled(from, "deployment", message.deployment, max_id));
    TRY(read(from, "attempt", message.attempt, 1, 1'000'000));
    TRY(read(from, "sequence", message.sequence));
    TRY(read(from, "time", message.time));
    TRY(read(from, "running_version", message.running_version, 256));
    TRY(read_if(from, "digest", message.digest, 64));
    if (!message.digest.empty()) {
        if (!base::Digest256::parse(message.digest).ok()) return from.wrong("digest is no SHA-256");
        TRY(read(from, "length", message.length));
        TRY(read(from, "counter", message.counter));
    }
    std::string attack;
    TRY(read_if(from, "attack", attack, 32));
    if (attack.empty()) return message;
    const auto known = trust::parse_attack(attack);
    if (!known.ok()) return from.wrong("\"" + attack + "\" is no attack");
    message.attack = *known;
    TRY(read_if(from, "detail", message.detail));
    return message;
}

Result<SignedManifest> decode_signed_manifest(std::string_view json) {
    TRY_VALUE(const Value from, document(json, kMaxManifest));
    SignedManifest message;
    TRY(read_filled(from, "manifest", message.manifest, max_manifest_text));
    TRY(read_filled(from, "certificate_pem", message.certificate_pem, max_pem));
    TRY_VALUE(const std::string hex, from.string_at("signature", 1024));
    auto signature = base::from_hex(hex);
    if (!signature.ok()) return from.wrong("signature is not hexadecimal");
    message.signature = std::move(*signature);
    return message;
}

} // namespace oakum::wire
