// SPDX-License-Identifier: Apache-2.0
#include "evidence.hpp"

#include <cli/table.hpp>
#include <evidence/pack.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>

#include <filesystem>
#include <fstream>

namespace oakum::cli {

using ports::Method;

namespace {

base::Status check_new(const std::string& file) {
    if (std::filesystem::exists(file)) return base::conflict(file + " is there already: name a new file");
    return {};
}

} // namespace

base::Status get_evidence(const Flow& flow, const std::string& name, const std::string& file) {
    TRY(check_new(file));
    if (flow.dry_run) return changed_nothing(flow, "Would write " + file);
    std::ofstream out(file, std::ios::binary);
    TRY(flow.api.download("/api/v1/evidence/" + encode(name), [&](base::ByteView piece) -> base::Status {
        out.write(reinterpret_cast<const char*>(piece.data()), static_cast<std::streamsize>(piece.size()));
        if (!out)
            return base::unavailable("writing " + file + " failed: is there room, and may you write there?");
        return {};
    }));
    out.close();
    if (!out)
        return base::unavailable("writing " + file + " failed: is there room, and may you write there?");
    flow.console.err(file + " is written. To check it: oakum evidence verify " + file + "\n");
    return {};
}

base::Status make_evidence(const Flow& flow, const NewEvidence& wanted) {
    if (!wanted.file.empty()) TRY(check_new(wanted.file));
    if (flow.dry_run)
        return changed_nothing(flow, "Would make an evidence pack (" + wanted.standard + ") from " +
                                         wanted.from + " to " + wanted.to);
    Api::Body body;
    json::Writer writer(body.bytes);
    writer.begin_object().member("standard", wanted.standard).member("from", wanted.from);
    writer.member("to", wanted.to);
    if (!wanted.query.empty()) writer.member("query", wanted.query);
    if (!wanted.why.empty()) writer.member("why", wanted.why);
    writer.end_object();
    TRY_VALUE(const json::Value begun, flow.api.call(Method::post, "/api/v1/evidence", &body));
    TRY_VALUE(const json::Value done, wait_for_job(flow, text_at(begun, "/id"), "Gathering"));
    flow.shown.object({{"job", "/id", Format::id}, {"state", "/state"}, {"made", "/detail"}}, done);
    if (wanted.file.empty()) return {};
    const std::string detail = text_at(done, "/detail");
    return get_evidence(flow, detail.substr(0, detail.find(' ')), wanted.file);
}

base::Status verify_evidence(const Shown& shown, const std::string& file, const std::string& key) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return base::not_found(file + " cannot be read");
    evidence::Reader reader;
    std::string piece(1UL << 20, '\0');
    while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0)
        TRY(reader.feed(
            base::as_bytes(std::string_view(piece).substr(0, static_cast<std::size_t>(in.gcount())))));
    TRY_VALUE(const evidence::Report report, reader.finish(key));
    const auto about = json::parse(report.about.empty() ? "{}" : report.about);
    const auto said = [&](std::string_view name) {
        const auto value = about.ok() ? about->find(name) : std::nullopt;
        return value ? std::string(value->text()) : std::string();
    };
    std::string text;
    json::Writer writer(text);
    writer.begin_object().member("good", report.good()).member("key", report.key);
    writer.member("key_is_trusted", !key.empty() && report.key == key);
    for (const char* name : {"standard", "from", "to", "query", "made", "made_by"})
        writer.member(name, said(name));
    writer.member("files", report.files).member("bytes", report.bytes);
    writer.key("wrong").begin_array();
    for (const evidence::Finding& finding : report.wrong)
        writer.value(finding.file.empty() ? finding.what : finding.file + ": " + finding.what);
    writer.end_array().end_object();
    TRY_VALUE(const json::Value told, json::parse(text));
    shown.object({{"as it was signed", "/good", Format::flag},
                  {"key", "/key", Format::id},
                  {"standard", "/standard"},
                  {"from", "/from", Format::time},
                  {"to", "/to", Format::time},
                  {"query", "/query", Format::id, kOnlyWhenThere},
                  {"made", "/made", Format::time},
                  {"made by", "/made_by"},
                  {"files", "/files", Format::integer},
                  {"wrong", "/wrong", Format::list, kOnlyWhenThere}},
                 told);
    if (!report.good()) return base::corrupt("the pack is not as it was signed");
    if (key.empty() && shown.output == Output::table)
        shown.console->err(
            "Whether the key is your server's: compare it with what 'oakum evidence key' shows there, "
            "or give it with --key.\n");
    return {};
}

} // namespace oakum::cli
