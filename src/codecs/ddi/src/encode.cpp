// SPDX-License-Identifier: Apache-2.0
#include <ddi/messages.hpp>

#include <json/writer.hpp>

#include <algorithm>
#include <cstdio>

namespace oakum::ddi {
namespace {

constexpr std::uint32_t kLongestSleep = 86'399;

std::string clock_of(std::uint32_t seconds) {
    seconds = std::clamp<std::uint32_t>(seconds, 1, kLongestSleep);
    char text[16];
    std::snprintf(text, sizeof(text), "%02u:%02u:%02u", seconds / 3600, seconds / 60 % 60, seconds % 60);
    return text;
}

void link(json::Writer& writer, std::string_view name, std::string_view href) {
    if (!href.empty()) writer.key(name).begin_object().member("href", href).end_object();
}

void write(json::Writer& writer, const Artifact& artifact) {
    writer.begin_object().member("filename", artifact.filename);
    writer.key("hashes")
        .begin_object()
        .member("sha1", artifact.sha1)
        .member("md5", artifact.md5)
        .member("sha256", artifact.sha256)
        .end_object()
        .member("size", artifact.size);
    const std::string sum = artifact.href + ".MD5SUM";
    writer.key("_links").begin_object();
    link(writer, "download", artifact.href);
    link(writer, "md5sum", sum);
    // Some clients look for these names alone where there is no TLS.
    if (artifact.plain) {
        link(writer, "download-http", artifact.href);
        link(writer, "md5sum-http", sum);
    }
    writer.end_object().end_object();
}

} // namespace

std::string encode(const Base& base) {
    std::string out;
    json::Writer writer(out);
    writer.begin_object().key("config").begin_object().key("polling").begin_object();
    writer.member("sleep", clock_of(base.sleep_seconds)).end_object().end_object();
    writer.key("_links").begin_object();
    link(writer, "cancelAction", base.cancel);
    link(writer, "confirmationBase", base.confirmation);
    link(writer, "deploymentBase", base.deployment);
    link(writer, "installedBase", base.installed);
    link(writer, "configData", base.attributes);
    writer.end_object().end_object();
    return out;
}

std::string encode(const std::vector<Artifact>& artifacts) {
    std::string out;
    json::Writer writer(out);
    writer.begin_array();
    for (const Artifact& artifact : artifacts)
        write(writer, artifact);
    writer.end_array();
    return out;
}

std::string encode(const Deployment& deployment) {
    std::string out;
    json::Writer writer(out);
    writer.begin_object().member("id", deployment.id);
    writer.key(deployment.awaits_confirmation ? "confirmation" : "deployment").begin_object();
    // Never "skip": SWUpdate reports an update that it was to skip as a success. What is not to be installed
    // now is not offered.
    writer.member("download", "forced").member("update", "forced");
    writer.key("chunks").begin_array().begin_object();
    writer.member("part", deployment.part)
        .member("version", deployment.version)
        .member("name", deployment.name)
        .key("artifacts")
        .begin_array();
    write(writer, deployment.artifact);
    writer.end_array().end_object().end_array().end_object();
    if (!deployment.status.empty()) {
        writer.key("actionHistory").begin_object().member("status", deployment.status);
        writer.key("messages").begin_array();
        for (const std::string& message : deployment.messages)
            writer.value(message);
        writer.end_array().end_object();
    }
    writer.end_object();
    return out;
}

std::string encode_cancel(std::string_view id) {
    std::string out;
    json::Writer writer(out);
    writer.begin_object().member("id", id).key("cancelAction").begin_object().member("stopId", id);
    writer.end_object().end_object();
    return out;
}

std::string encode(const AutoConfirm& state) {
    std::string out;
    json::Writer writer(out);
    writer.begin_object().key("autoConfirm").begin_object().member("active", state.active);
    if (!state.initiator.empty()) writer.member("initiator", state.initiator);
    if (!state.remark.empty()) writer.member("remark", state.remark);
    writer.end_object().key("_links").begin_object();
    if (state.active)
        link(writer, "deactivateAutoConfirm", state.deactivate);
    else
        link(writer, "activateAutoConfirm", state.activate);
    writer.end_object().end_object();
    return out;
}

std::string encode(const Failure& failure) {
    std::string out;
    json::Writer writer(out);
    writer.begin_object()
        .member("exceptionClass", failure.exception)
        .member("errorCode", failure.code)
        .member("message", failure.message)
        .end_object();
    return out;
}

} // namespace oakum::ddi
