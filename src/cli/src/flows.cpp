// SPDX-License-Identifier: Apache-2.0
#include "flows.hpp"

#include "intake.hpp"

#include "advisories.hpp"
#include "scan_target.hpp"
#include "session.hpp"
#include "settings.hpp"

#include <algorithm>
#include <base/digest.hpp>
#include <cli/table.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <json/writer.hpp>
#include <sbom/document.hpp>
#include <stated/stated.hpp>
#include <utility>

namespace oakum::cli {
namespace {

using ports::Method;

std::vector<json::Value> items_of(const json::Value& page, std::string_view name = "items") {
    std::vector<json::Value> items;
    if (const auto list = page.find(name))
        for (const json::Value& item : list->items())
            items.push_back(item);
    return items;
}

constexpr std::size_t kPiece = 4 << 20;

} // namespace

base::Result<base::Digest256> digest_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return base::not_found("cannot read " + path);
    base::Sha256 hash;
    std::vector<char> buffer(1 << 20);
    while (file) {
        file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        hash.update(std::string_view(buffer.data(), static_cast<std::size_t>(file.gcount())));
    }
    return hash.finish();
}

// The server knows the same bytes under the same name: no key is needed to try it twice.
base::Result<std::string> upload(const Flow& flow, const std::string& path) {
    TRY_VALUE(const base::Digest256 digest, digest_of(path));
    const auto length = std::filesystem::file_size(path);
    Api::Body body;
    json::Writer(body.bytes)
        .begin_object()
        .member("name", std::filesystem::path(path).filename().string())
        .member("length", length)
        .member("sha256", digest.hex())
        .end_object();
    TRY_VALUE(json::Value state, flow.api.call(Method::post, "/api/v1/uploads", &body));
    const std::string place = "/api/v1/uploads/" + text_at(state, "/id");
    std::ifstream file(path, std::ios::binary);
    auto offset = static_cast<std::uint64_t>(number_at(state, "/offset"));
    while (offset < length && !flag_at(state, "/finished")) {
        std::string piece(std::min<std::uint64_t>(kPiece, length - offset), '\0');
        file.seekg(static_cast<std::streamoff>(offset));
        if (!file.read(piece.data(), static_cast<std::streamsize>(piece.size())))
            return base::unavailable("cannot read " + path);
        const Api::Body part{
            "application/octet-stream", std::move(piece), {{"upload-offset", std::to_string(offset)}}};
        TRY_VALUE(state, flow.api.call(Method::patch, place, &part));
        const auto before = std::exchange(offset, static_cast<std::uint64_t>(number_at(state, "/offset")));
        if (offset <= before && !flag_at(state, "/finished"))
            return base::unavailable("the upload stands still at byte " + std::to_string(offset));
        progress(flow.console, "Uploading", offset, length);
    }
    const Api::Body nothing{"application/json", "", {}};
    // Also of bytes that were there already: who uploaded them is kept.
    TRY(flow.api.call(Method::post, place + "/finish", &nothing));
    return digest.hex();
}

void progress(const Console& console, std::string_view what, std::uint64_t done, std::uint64_t total) {
    if (!console.terminal) return;
    const auto percent = total == 0 ? 0 : static_cast<int>(100 * done / total);
    std::string bar(30, '.');
    std::fill_n(bar.begin(), static_cast<std::size_t>(percent) * bar.size() / 100, '#');
    console.err(fmt::format("\r{} [{}] {:3} %{}", what, bar, percent, done >= total ? "\n" : ""));
}

base::Status changed_nothing(const Flow& flow, const std::string& would) {
    flow.console.out(would + "\nNothing was changed; run it again without --dry-run.\n");
    return {};
}

base::Result<json::Value> wait_for_job(const Flow& flow, const std::string& id, std::string_view what) {
    for (;;) {
        TRY_VALUE(json::Value job, flow.api.get("/api/v1/jobs/" + encode(id)));
        const std::string state = text_at(job, "/state");
        const auto total = static_cast<std::uint64_t>(number_at(job, "/total"));
        if (total > 0)
            progress(flow.console, what, static_cast<std::uint64_t>(number_at(job, "/done")), total);
        if (state == "done") return job;
        if (state == "failed" || state == "cancelled") return base::invalid(text_at(job, "/detail", state));
        flow.console.wait(std::chrono::milliseconds(300));
    }
}

namespace {
const std::vector<Column> kTopAdvisories{{"ADVISORY", "/id", Format::id},
                                         {"SEVERITY", "/severity"},
                                         {"CVSS", "/cvss", Format::number, 1},
                                         {"EXPLOITED", "/exploited", Format::flag},
                                         {"DEVICES", "/affected", Format::integer},
                                         {"CANNOT TELL", "/cannot_tell", Format::integer, 2},
                                         {"TITLE", "/title"}};
} // namespace

base::Status show_status(const Flow& flow, const std::string& query) {
    TRY_VALUE(const json::Value exposure, flow.api.get(target("/api/v1/exposure", {{"query", query}})));
    if (flow.shown.output == Output::json) {
        flow.console.out(std::string(exposure.source()) + "\n");
        return {};
    }
    if (flow.shown.output == Output::csv) {
        // One table: a file of several cannot be read by anybody.
        flow.shown.page(kTopAdvisories, items_of(exposure, "top_advisories"), "");
        return {};
    }
    flow.shown.sentence(text_at(exposure, "/sentence"));
    flow.shown.object({{"devices", "/devices", Format::integer},
                       {"exposed", "/exposed", Format::integer},
                       {"to something exploited", "/exploited_open_devices", Format::integer},
                       {"cannot tell", "/cannot_tell", Format::integer},
                       {"findings open", "/findings_open", Format::integer},
                       {"risk", "/risk", Format::number}},
                      exposure);
    flow.console.out("\nWhat they are exposed to, worst first:\n");
    flow.shown.page(kTopAdvisories, items_of(exposure, "top_advisories"), "Nothing known is open.");
    TRY_VALUE(
        const json::Value fixes,
        flow.api.get(target("/api/v1/fixes", {{"query", query}, {"state", "updates"}, {"limit", "10"}})));
    flow.console.out("\nWhat to fix first:\n");
    flow.shown.page({{"UPDATE", "/name"},
                     {"VERSION", "/version"},
                     {"DEVICES", "/devices", Format::integer},
                     {"RISK REMOVED", "/risk_removed", Format::number},
                     {"ENDS", "/findings_ended", Format::integer},
                     {"EXPLOITED", "/exploited_ended", Format::integer},
                     {"STATE", "/state"}},
                    items_of(fixes), "No update at hand removes any of it.");
    return {};
}

base::Status search_all(const Flow& flow, const std::string& text) {
    TRY_VALUE(const json::Value found, flow.api.get(target("/api/v1/search", {{"q", text}})));
    if (flow.shown.output == Output::json) {
        flow.console.out(std::string(found.source()) + "\n");
        return {};
    }
    const std::string not_held = text_at(found, "/not_held/sentence");
    if (!not_held.empty()) flow.shown.sentence(not_held);
    const std::vector<json::Value> items = items_of(found);
    if (items.empty() && !not_held.empty() && flow.shown.output == Output::table) return {};
    flow.shown.page({{"KIND", "/kind"},
                     {"MATCH", "/match", Format::text, 2},
                     {"NAME", "/title"},
                     {"ID", "/id", Format::id},
                     {"WHAT", "/detail", Format::text, 1}},
                    items, "Nothing is named so.");
    if (const auto left_out = static_cast<long long>(number_at(found, "/left_out"));
        left_out > 0 && flow.shown.output == Output::table)
        flow.console.err(grouped(left_out) + " more match; a longer text finds fewer.\n");
    return {};
}

base::Status show_advisory(const Flow& flow, const std::string& id, const std::string& query) {
    TRY_VALUE(const json::Value found,
              flow.api.get(target("/api/v1/advisories/" + encode(id), {{"query", query}})));
    if (flow.shown.output == Output::json) {
        flow.console.out(std::string(found.source()) + "\n");
        return {};
    }
    flow.shown.object({{"", "/sentence"},
                       {"id", "/id"},
                       {"aliases", "/aliases", Format::list},
                       {"title", "/title"},
                       {"severity", "/severity"},
                       {"cvss", "/cvss", Format::number},
                       {"epss", "/epss", Format::percent},
                       {"epss rose", "/epss_rose", Format::flag},
                       {"LEV, at least", "/lev", Format::percent, kOnlyWhenThere},
                       {"exploited since", "/exploited_since", Format::time},
                       {"disclosed", "/dates/disclosed", Format::time},
                       {"matched here", "/dates/matched", Format::time},
                       {"affected", "/affected", Format::integer},
                       {"not affected", "/not_affected", Format::integer},
                       {"cannot tell", "/cannot_tell", Format::integer}},
                      found);
    if (flow.shown.output == Output::csv) return {};
    if (const std::vector<json::Value> why = items_of(found, "evidence"); !why.empty()) {
        flow.console.out("\nWhy:\n");
        flow.shown.page({{"VERDICT", "/verdict"},
                         {"DEVICES", "/devices", Format::integer},
                         {"COMPONENT", "/component/name"},
                         {"VERSION", "/component/version"},
                         {"REASON", "/reason"}},
                        why, "");
    }
    if (const std::vector<json::Value> fixes = items_of(found, "fixes"); !fixes.empty()) {
        flow.console.out("\nWhat ends it:\n");
        flow.shown.page({{"UPDATE", "/name"},
                         {"VERSION", "/version"},
                         {"DEVICES", "/devices", Format::integer},
                         {"STATE", "/state"}},
                        fixes, "");
    }
    return {};
}

base::Status attach_sbom(const Flow& flow, const std::string& file, const std::string& model,
                         const std::string& version, std::string device) {
    if (device.empty() == (model.empty() && version.empty()) || model.empty() != version.empty())
        return base::invalid("say what it is for: --model and --version, or --device");
    TRY_VALUE(std::string text, read_document(file));
    if (flow.dry_run) {
        auto read = sbom::parse(text);
        if (!read.ok()) return std::move(read).error().wrap(file);
        return changed_nothing(flow,
                               fmt::format("{}: {} with {} components and {} statements", file, read->format,
                                           read->components.size(), read->statements.size()));
    }
    if (!device.empty()) {
        TRY_VALUE(device, id_of(flow.api, "device", device));
    }
    const Api::Body body{"application/json", std::move(text), {}};
    TRY_VALUE(
        const json::Value result,
        flow.api.call(Method::post,
                      target("/api/v1/sboms", {{"model", model},
                                               {"version", version},
                                               {"device", device},
                                               {"name", std::filesystem::path(file).filename().string()}}),
                      &body));
    flow.shown.object({{"set", "/set"},
                       {"format", "/format"},
                       {"components", "/components", Format::integer},
                       {"statements", "/statements", Format::integer},
                       {"devices that run it", "/devices", Format::integer}},
                      result);
    return {};
}

base::Status state_of_sbom(const Flow& flow, const std::string& file, const std::string& model,
                           const std::string& version) {
    TRY_VALUE(std::string text, read_document(file));
    if (flow.dry_run) {
        auto said = stated::read(text);
        if (!said.ok()) return std::move(said).error().wrap(file);
        return changed_nothing(flow,
                               fmt::format("{}: {} with {} statements", file, said->format, said->size()));
    }
    const Api::Body body{"application/json", std::move(text), {}};
    TRY_VALUE(const json::Value result,
              flow.api.call(Method::post,
                            target("/api/v1/sboms/statements",
                                   {{"model", model},
                                    {"version", version},
                                    {"name", std::filesystem::path(file).filename().string()}}),
                            &body));
    flow.shown.object({{"set", "/set"},
                       {"format", "/format"},
                       {"components", "/components", Format::integer},
                       {"statements about them", "/statements", Format::integer},
                       {"devices that run it", "/devices", Format::integer},
                       {"left out", "/warnings/0"}},
                      result);
    return {};
}

base::Status create_release(const Flow& flow, const NewRelease& release) {
    if (release.artifact_file.empty() == release.artifact.empty())
        return base::invalid("say what devices install: --artifact FILE, or --artifact-sha256 of one that "
                             "'oakum artifact list' shows");
    std::string sbom_text;
    if (!release.sbom_file.empty()) {
        TRY_VALUE(sbom_text, read_document(release.sbom_file));
        const auto read = sbom::parse(sbom_text);
        if (!read.ok()) return base::Error(read.error()).wrap(release.sbom_file);
    }
    TRY_VALUE(const std::vector<AttachedFile> attached, read_attachments(release.attached));
    std::string digest = release.artifact;
    if (flow.dry_run) {
        if (digest.empty()) {
            TRY_VALUE(const base::Digest256 found, digest_of(release.artifact_file));
            digest = found.hex();
        }
        return changed_nothing(flow, fmt::format("Would {}create release {} {} with the artifact {}{}",
                                                 release.artifact_file.empty() ? "" : "upload and ",
                                                 release.name, release.version, digest,
                                                 release.publish ? ", and publish it" : ""));
    }
    if (digest.empty()) {
        TRY_VALUE(digest, upload(flow, release.artifact_file));
    }
    TRY(attach_all(flow, digest, attached));
    std::string set;
    if (!release.sbom_file.empty()) {
        TRY_VALUE(set, attach_sbom_of(flow, release.sbom_file, sbom_text, release.models, release.version));
    }
    Api::Body body;
    json::Writer writer(body.bytes);
    const auto strings = [&](std::string_view name, const std::vector<std::string>& values) {
        writer.key(name).begin_array();
        for (const std::string& value : values)
            writer.value(value);
        writer.end_array();
    };
    writer.begin_object()
        .member("name", release.name)
        .member("version", release.version)
        .member("artifact", digest);
    strings("models", release.models);
    if (!release.hw_revisions.empty()) strings("hw_revisions", release.hw_revisions);
    if (!release.min_from.empty()) writer.member("min_from", release.min_from);
    if (!release.floor.empty()) writer.member("floor", release.floor);
    if (!set.empty()) writer.member("sbom", set);
    if (!release.notes.empty()) writer.member("notes", release.notes);
    writer.end_object();
    TRY_VALUE(json::Value created, flow.api.call(Method::post, "/api/v1/releases", &body));
    if (release.publish) {
        const Api::Body why{"application/json", "{}", {}};
        TRY_VALUE(created,
                  flow.api.call(Method::post,
                                "/api/v1/releases/" + text_at(created, "/id") + "/actions/publish", &why));
    }
    flow.shown.object({{"", "/sentence"},
                       {"id", "/id"},
                       {"name", "/name"},
                       {"version", "/version"},
                       {"state", "/state"},
                       {"artifact", "/artifact/sha256"}},
                      created);
    return {};
}

base::Status upload_artifact(const Flow& flow, const std::string& file) {
    if (flow.dry_run) {
        TRY_VALUE(const base::Digest256 digest, digest_of(file));
        return changed_nothing(flow, "Would upload " + file + " as " + digest.hex());
    }
    TRY_VALUE(const std::string digest, upload(flow, file));
    if (flow.shown.output == Output::table)
        flow.console.out(digest + "\n");
    else
        flow.console.out(flow.shown.output == Output::json ? "{\"sha256\":\"" + digest + "\"}\n"
                                                           : "SHA-256\r\n" + digest + "\r\n");
    return {};
}

} // namespace oakum::cli
