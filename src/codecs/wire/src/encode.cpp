// SPDX-License-Identifier: Apache-2.0
#include <wire/native.hpp>

#include "words.hpp"

#include <json/writer.hpp>

namespace oakum::wire {
namespace {

using json::Writer;

void write(Writer& out, const std::map<std::string, std::string>& facts) {
    out.key("facts").begin_object();
    for (const auto& [key, value] : facts)
        out.member(key, value);
    out.end_object();
}

void write_if(Writer& out, std::string_view name, const std::string& text) {
    if (!text.empty()) out.member(name, text);
}

void write(Writer& out, const component::Component& component) {
    out.begin_object();
    out.member("kind", kind_word(component.kind)).member("name", component.name);
    write_if(out, "version", component.version);
    write_if(out, "purl", component.purl);
    write_if(out, "cpe", component.cpe);
    write_if(out, "bundle_id", component.bundle_id);
    write_if(out, "patch_level", component.patch_level);
    out.end_object();
}

void write(Writer& out, const Offer& offer) {
    out.begin_object();
    out.member("deployment", offer.deployment).member("attempt", offer.attempt);
    out.member("release_name", offer.release_name).member("release_version", offer.release_version);
    out.member("target_path", offer.target_path).member("length", offer.length);
    out.member("soak_seconds", offer.soak_seconds);
    if (offer.is_rollback) out.member("is_rollback", true);
    if (offer.withdrawn) out.member("withdrawn", true);
    if (offer.install_windows) {
        out.member("server_time", offer.server_time).key("install_windows").begin_array();
        for (const InstallWindow& window : *offer.install_windows)
            out.begin_object().member("from", window.from).member("to", window.to).end_object();
        out.end_array();
    }
    out.end_object();
}

template <class Members> std::string object(Members members) {
    std::string text;
    Writer out(text);
    out.begin_object();
    members(out);
    out.end_object();
    return text;
}

} // namespace

std::string encode(const EnrollRequest& message) {
    return object([&](Writer& out) {
        out.member("token", message.token)
            .member("csr_pem", message.csr_pem)
            .member("serial", message.serial);
        out.member("model", message.model).member("hw_revision", message.hw_revision);
        write(out, message.facts);
    });
}

std::string encode(const EnrollReply& message) {
    return object([&](Writer& out) {
        out.member("device", message.device).member("certificate_pem", message.certificate_pem);
        out.member("ca_pem", message.ca_pem).member("trust_root", message.trust_root);
        out.member("pending", message.pending).member("poll_seconds", message.poll_seconds);
    });
}

std::string encode(const RenewRequest& message) {
    return object([&](Writer& out) { out.member("csr_pem", message.csr_pem); });
}

std::string encode(const RenewReply& message) {
    return object([&](Writer& out) { out.member("certificate_pem", message.certificate_pem); });
}

std::string encode(const PollRequest& message) {
    return object([&](Writer& out) {
        out.member("desired", message.desired).member("running_version", message.running_version);
        out.member("inventory", message.inventory).member("boot_id", message.boot_id);
        out.member("healthy", message.healthy).member("slot", message.slot);
        if (message.keeps_windows) out.member("keeps_windows", true);
    });
}

std::string encode(const PollReply& message) {
    return object([&](Writer& out) {
        out.member("desired", message.desired).member("poll_seconds", message.poll_seconds);
        if (message.send_inventory) out.member("send_inventory", true);
        if (message.renew) out.member("renew", true);
        if (message.offer) {
            out.key("offer");
            write(out, *message.offer);
        }
    });
}

std::string encode(const InventoryMessage& message) {
    return object([&](Writer& out) {
        write(out, message.facts);
        out.key("components").begin_array();
        for (const auto& component : message.components)
            write(out, component);
        out.end_array();
    });
}

std::string encode(const Report& message) {
    return object([&](Writer& out) {
        out.member("deployment", message.deployment).member("attempt", message.attempt);
        out.member("sequence", message.sequence).member("state", install::to_string(message.state));
        if (message.reason != install::Reason::none) out.member("reason", install::to_string(message.reason));
        write_if(out, "detail", message.detail);
        out.member("progress_percent", message.progress_percent);
        out.member("running_version", message.running_version).member("boot_id", message.boot_id);
        out.member("healthy", message.healthy);
        if (message.resumed) out.member("resumed", true);
    });
}

std::string encode(const ReportReply& message) {
    return object([&](Writer& out) {
        out.member("outcome", message.outcome).member("poll_seconds", message.poll_seconds);
    });
}

std::string encode(const Manifest& message) {
    return object([&](Writer& out) {
        out.member("device", message.device).member("deployment", message.deployment);
        out.member("attempt", message.attempt).member("sequence", message.sequence);
        out.member("time", message.time).member("running_version", message.running_version);
        write_if(out, "digest", message.digest);
        if (!message.digest.empty()) out.member("length", message.length).member("counter", message.counter);
        if (!message.attack) return;
        out.member("attack", trust::to_string(*message.attack));
        write_if(out, "detail", message.detail);
    });
}

std::string encode(const SignedManifest& message) {
    return object([&](Writer& out) {
        out.member("manifest", message.manifest).member("certificate_pem", message.certificate_pem);
        out.member("signature", base::to_hex(message.signature));
    });
}

std::string signing_input(std::string_view manifest) {
    constexpr std::string_view type = "application/vnd.oakum.manifest+json";
    return "DSSEv1 " + std::to_string(type.size()) + " " + std::string(type) + " " +
           std::to_string(manifest.size()) + " " + std::string(manifest);
}

} // namespace oakum::wire
