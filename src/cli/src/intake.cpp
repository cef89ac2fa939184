// SPDX-License-Identifier: Apache-2.0
#include "intake.hpp"

#include "scan_target.hpp"
#include "session.hpp"
#include "settings.hpp"

#include <filesystem>
#include <json/writer.hpp>
#include <sbom/document.hpp>

namespace oakum::cli {

using ports::Method;

base::Status set_intake(const Flow& flow, const IntakeWish& wish) {
    Api::Body body;
    json::Writer writer(body.bytes);
    writer.begin_object().key("checks").begin_object();
    for (const std::string& text : wish.checks) {
        const std::size_t equals = text.find('=');
        const std::string asked = equals == std::string::npos ? "" : text.substr(equals + 1);
        if (asked != "on" && asked != "off")
            return base::invalid("say CHECK=on or CHECK=off, not \"" + text + "\"");
        writer.member(text.substr(0, equals), asked == "on");
    }
    writer.end_object();
    if (!wish.why.empty()) writer.member("why", wish.why);
    writer.end_object();
    if (flow.dry_run) {
        std::string list;
        for (const std::string& text : wish.checks)
            list += (list.empty() ? "" : ", ") + text;
        return changed_nothing(flow,
                               "Would set " + list + " for every release that is published from then on");
    }
    TRY_VALUE(const json::Value set, flow.api.call(Method::patch, "/api/v1/intake", &body));
    TRY_VALUE(const json::Value checks, set.array_at("checks"));
    std::vector<json::Value> rows;
    for (const json::Value& check : checks.items())
        rows.push_back(check);
    flow.shown.page({{"CHECK", "/check"}, {"ASKED", "/asked", Format::flag}, {"WHAT", "/what"}}, rows, "");
    return {};
}

namespace {

void show_signers(const Flow& flow, const json::Value& policy) {
    std::vector<json::Value> rows;
    if (const auto signers = policy.find("signers"))
        for (const json::Value& signer : signers->items())
            rows.push_back(signer);
    flow.shown.page({{"NAME", "/name"},
                     {"KIND", "/kind"},
                     {"FOR", "/lines", Format::list},
                     {"BUILDER", "/builder", Format::text, 1}},
                    rows, "");
}

void show_attachments(const Flow& flow, const json::Value& list) {
    std::vector<json::Value> rows;
    if (const auto items = list.find("items"))
        for (const json::Value& item : items->items())
            rows.push_back(item);
    flow.shown.page({{"NAME", "/name"},
                     {"KIND", "/kind"},
                     {"BY", "/by"},
                     {"AT", "/at", Format::time},
                     {"BYTES", "/length", Format::integer, 1}},
                    rows, "");
}

} // namespace

base::Status trust_signer(const Flow& flow, const TrustWish& wish) {
    TRY_VALUE(std::string key, read_file(wish.key_file, 16 << 10));
    while (!key.empty() && (key.back() == '\n' || key.back() == '\r'))
        key.pop_back();
    Api::Body body;
    json::Writer writer(body.bytes);
    writer.begin_object().key("signer").begin_object().member("kind", wish.kind).member("key", key);
    writer.key("lines").begin_array();
    for (const std::string& line : wish.lines)
        writer.value(line);
    writer.end_array();
    if (!wish.builder.empty()) writer.member("builder", wish.builder);
    if (!wish.build_type.empty()) writer.member("build_type", wish.build_type);
    if (!wish.parameters.empty()) {
        writer.key("parameters").begin_object();
        for (const std::string& text : wish.parameters) {
            const std::size_t equals = text.find('=');
            if (equals == std::string::npos || equals == 0)
                return base::invalid("say --parameter NAME=VALUE, not \"" + text + "\"");
            writer.member(text.substr(0, equals), text.substr(equals + 1));
        }
        writer.end_object();
    }
    writer.end_object();
    if (!wish.why.empty()) writer.member("why", wish.why);
    writer.end_object();
    if (flow.dry_run)
        return changed_nothing(flow, "Would let what " + wish.name + " signs (" + wish.kind + ") count");
    TRY_VALUE(const json::Value policy,
              flow.api.call(Method::put, "/api/v1/intake/signers/" + encode(wish.name), &body));
    show_signers(flow, policy);
    return {};
}

base::Result<std::vector<AttachedFile>> read_attachments(const std::vector<std::string>& files) {
    std::vector<AttachedFile> read;
    for (const std::string& file : files) {
        TRY_VALUE(std::string text, read_file(file, 1 << 20));
        if (text.find('\0') != std::string::npos)
            return base::invalid(file +
                                 " is no text, as signatures of minisign (FILE.minisig) and statements "
                                 "in DSSE envelopes are; nothing was sent. Name that file");
        read.push_back({std::filesystem::path(file).filename().string(), std::move(text)});
    }
    return read;
}

base::Status attach_all(const Flow& flow, const std::string& artifact,
                        const std::vector<AttachedFile>& files) {
    for (const AttachedFile& file : files) {
        Api::Body body;
        json::Writer(body.bytes)
            .begin_object()
            .member("name", file.name)
            .member("text", file.text)
            .end_object();
        const auto attached =
            flow.api.call(Method::post, "/api/v1/artifacts/" + encode(artifact) + "/actions/attach", &body);
        if (!attached.ok()) return base::Error(attached.error()).wrap(file.name);
    }
    return {};
}

base::Status attach_files(const Flow& flow, const AttachWish& wish) {
    TRY_VALUE(const std::vector<AttachedFile> files, read_attachments(wish.files));
    if (flow.dry_run)
        return changed_nothing(flow, "Would put " + std::to_string(files.size()) +
                                         (files.size() == 1 ? " file" : " files") + " beside the artifact " +
                                         wish.artifact);
    TRY(attach_all(flow, wish.artifact, files));
    TRY_VALUE(const json::Value list,
              flow.api.get("/api/v1/artifacts/" + encode(wish.artifact) + "/attachments"));
    show_attachments(flow, list);
    return {};
}

base::Status detach_file(const Flow& flow, const AttachWish& wish) {
    if (flow.dry_run)
        return changed_nothing(flow, "Would take " + wish.name + " away from the artifact " + wish.artifact);
    Api::Body body;
    json::Writer(body.bytes).begin_object().member("name", wish.name).end_object();
    TRY_VALUE(
        const json::Value list,
        flow.api.call(Method::post, "/api/v1/artifacts/" + encode(wish.artifact) + "/actions/detach", &body));
    show_attachments(flow, list);
    return {};
}

base::Result<std::string> attach_sbom_of(const Flow& flow, const std::string& file, const std::string& text,
                                         const std::vector<std::string>& models, const std::string& version) {
    const std::string name = std::filesystem::path(file).filename().string();
    const Api::Body body{"application/json", text, {}};
    std::string set;
    for (const std::string& model : models) {
        TRY_VALUE(
            const json::Value attached,
            flow.api.call(Method::post,
                          target("/api/v1/sboms", {{"model", model}, {"version", version}, {"name", name}}),
                          &body));
        set = text_at(attached, "/set");
    }
    return set;
}

base::Status change_release(const Flow& flow, const ReleaseChangeWish& wish) {
    if (!wish.artifact_file.empty() && !wish.artifact.empty())
        return base::invalid("say --artifact FILE, or --artifact-sha256 of one that was uploaded before");
    if (wish.artifact_file.empty() && wish.artifact.empty() && wish.sbom_file.empty() && !wish.has_notes &&
        wish.attached.empty())
        return base::invalid("say what changes: --artifact, --sbom, --attach or --notes");
    TRY_VALUE(const std::vector<AttachedFile> attached, read_attachments(wish.attached));
    TRY_VALUE(const std::string id, id_of(flow.api, "release", wish.release));
    TRY_VALUE(const json::Value release, flow.api.get("/api/v1/releases/" + encode(id)));
    std::string sbom;
    if (!wish.sbom_file.empty()) {
        TRY_VALUE(sbom, read_document(wish.sbom_file));
        const auto read = sbom::parse(sbom);
        if (!read.ok()) return base::Error(read.error()).wrap(wish.sbom_file);
    }
    const std::string called = text_at(release, "/name") + " " + text_at(release, "/version");
    if (flow.dry_run) return changed_nothing(flow, "Would change the draft " + called);
    std::string digest = wish.artifact;
    if (!wish.artifact_file.empty()) {
        TRY_VALUE(digest, upload(flow, wish.artifact_file));
    }
    std::string set;
    if (!sbom.empty()) {
        std::vector<std::string> models;
        TRY_VALUE(const json::Value list, release.array_at("models"));
        for (const json::Value& model : list.items())
            models.emplace_back(model.text());
        TRY_VALUE(set, attach_sbom_of(flow, wish.sbom_file, sbom, models, text_at(release, "/version")));
    }
    Api::Body body;
    json::Writer writer(body.bytes);
    writer.begin_object();
    if (!digest.empty()) writer.member("artifact", digest);
    if (!set.empty()) writer.member("sbom", set);
    if (wish.has_notes) writer.member("notes", wish.notes);
    writer.end_object();
    TRY(attach_all(flow, digest.empty() ? text_at(release, "/artifact/sha256") : digest, attached));
    const bool changes = !digest.empty() || !set.empty() || wish.has_notes;
    TRY_VALUE(const json::Value changed,
              changes ? flow.api.call(Method::patch, "/api/v1/releases/" + encode(id), &body)
                      : flow.api.get("/api/v1/releases/" + encode(id)));
    flow.shown.object({{"", "/sentence"},
                       {"id", "/id"},
                       {"artifact", "/artifact/sha256"},
                       {"waits for an approval", "/awaits_approval", Format::flag}},
                      changed);
    return {};
}

} // namespace oakum::cli
