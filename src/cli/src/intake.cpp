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
    if (wish.artifact_file.empty() && wish.artifact.empty() && wish.sbom_file.empty() && !wish.has_notes)
        return base::invalid("say what changes: --artifact, --sbom or --notes");
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
    TRY_VALUE(const json::Value changed,
              flow.api.call(Method::patch, "/api/v1/releases/" + encode(id), &body));
    flow.shown.object({{"", "/sentence"},
                       {"id", "/id"},
                       {"artifact", "/artifact/sha256"},
                       {"waits for an approval", "/awaits_approval", Format::flag}},
                      changed);
    return {};
}

} // namespace oakum::cli
