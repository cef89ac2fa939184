// SPDX-License-Identifier: Apache-2.0
#include "scan.hpp"

#include "settings.hpp"

#include <advisory/compiler.hpp>
#include <advisory/match.hpp>
#include <algorithm>
#include <cli/table.hpp>
#include <compression/decompressor.hpp>
#include <feeds/reader.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <json/parse.hpp>
#include <json/writer.hpp>
#include <optional>
#include <risk/cvss.hpp>
#include <sbom/document.hpp>

namespace oakum::cli {
namespace {

constexpr std::size_t kSniffed = 64 << 10;

// Reads one feed file in pieces into the compiler.
base::Status read_feed(const std::string& path, advisory::AdvisoryCompiler& compiler, feeds::Tally& tally) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return base::not_found("cannot read " + path);
    compression::Decompressor unpack;
    std::optional<feeds::FeedReader> reader;
    std::string first; // held back until the kind of feed is known
    const auto begin = [&]() -> base::Status {
        TRY_VALUE(const feeds::FeedKind kind, feeds::detect(first, path));
        reader.emplace(kind, [&](feeds::Item&& item) -> base::Status {
            std::visit([&](const auto& each) { compiler.add(each); }, item);
            return {};
        });
        return reader->feed(base::as_bytes(first));
    };
    const compression::Decompressor::Sink unpacked = [&](base::ByteView piece) -> base::Status {
        if (reader) return reader->feed(piece);
        first += base::as_text(piece);
        return first.size() >= kSniffed ? begin() : base::Status();
    };
    std::vector<char> buffer(kSniffed);
    while (file) {
        file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        const std::string_view got(buffer.data(), static_cast<std::size_t>(file.gcount()));
        TRY(unpack.feed(base::as_bytes(got), unpacked));
    }
    TRY(unpack.finish(unpacked));
    if (!reader) TRY(begin());
    TRY_VALUE(const feeds::Tally read, reader->finish());
    tally.accepted += read.accepted;
    tally.rejected += read.rejected;
    return {};
}

base::Result<base::Bytes> compile(const std::vector<std::string>& paths, feeds::Tally& tally) {
    TRY_VALUE(const std::vector<std::string> files, feed_files(paths));
    advisory::AdvisoryCompiler compiler(risk::base_score);
    for (const std::string& file : files) {
        base::Status read = read_feed(file, compiler, tally);
        if (!read.ok()) return std::move(read).error().wrap("reading " + file);
    }
    return compiler.compile();
}

struct Found {
    advisory::AdvisoryView advisory;
    std::string text; // one finding as JSON, what all outputs are made of
    bool affected = false;
};

Found describe(const advisory::AdvisoryFile& file, const component::Component& component,
               const advisory::SetVerdict& verdict) {
    Found found;
    found.advisory = file.advisory(verdict.verdict.advisory);
    found.affected = verdict.verdict.verdict == advisory::Verdict::affected;
    const advisory::Evidence why = advisory::evidence(file, component, verdict.verdict);
    json::Writer writer(found.text);
    writer.begin_object()
        .member("advisory", found.advisory.id)
        .member("severity", advisory::to_string(found.advisory.severity))
        .member("exploited", found.advisory.exploited)
        .member("component", component.name)
        .member("version", component.version)
        .member("verdict", found.affected ? "affected" : "cannot tell")
        .member("fixed_in", why.fixed_in)
        .member("why", why.sentence)
        .member("title", found.advisory.title);
    writer.key("cvss");
    if (found.advisory.base_score > 0)
        writer.value(found.advisory.base_score);
    else
        writer.null();
    writer.end_object();
    return found;
}

std::string said_of(const std::string& fail_on) {
    if (fail_on == "any") return "open";
    return fail_on == "exploited"
               ? "exploited"
               : fail_on + (fail_on == "high" ? ", critical or exploited" : " or exploited");
}

bool is_named(const Found& found, const std::string& fail_on) {
    if (!found.affected || fail_on.empty()) return false;
    if (fail_on == "any" || found.advisory.exploited) return true;
    const advisory::Severity severity = found.advisory.severity;
    return (fail_on == "critical" && severity == advisory::Severity::critical) ||
           (fail_on == "high" &&
            (severity == advisory::Severity::critical || severity == advisory::Severity::high));
}

} // namespace

base::Result<std::vector<std::string>> feed_files(const std::vector<std::string>& paths) {
    std::vector<std::string> files;
    for (const std::string& path : paths) {
        std::error_code failed;
        if (!std::filesystem::is_directory(path, failed)) {
            files.push_back(path);
            continue;
        }
        std::vector<std::string> inside;
        for (std::filesystem::recursive_directory_iterator at(path, failed), end; !failed && at != end;
             at.increment(failed)) {
            const std::string name = at->path().filename().string();
            if (at->is_regular_file() &&
                (name.find(".json") != std::string::npos || name.find(".csv") != std::string::npos))
                inside.push_back(at->path().string());
        }
        if (failed) return base::unavailable("listing " + path + ": " + failed.message());
        std::ranges::sort(inside);
        files.insert(files.end(), inside.begin(), inside.end());
    }
    if (files.empty())
        return base::not_found("no feed files (.json, .jsonl, .csv, each also .gz or .zst) were found there");
    return files;
}

base::Status scan_sbom(const Shown& shown, int limit, const Scan& scan) {
    TRY_VALUE(const std::string text, read_file(scan.file, 64 << 20));
    auto document = sbom::parse(text);
    if (!document.ok()) return std::move(document).error().wrap(scan.file);
    feeds::Tally tally;
    TRY_VALUE(const base::Bytes compiled, compile(scan.feeds, tally));
    TRY_VALUE(const advisory::AdvisoryFile file, advisory::AdvisoryFile::open(compiled));
    const advisory::SetAssessment assessed =
        advisory::match_set(file, document->components, document->statements, {});

    std::vector<json::Value> rows;
    std::size_t named = 0;
    for (const advisory::SetVerdict& verdict : assessed.verdicts) {
        const Found found = describe(file, document->components[verdict.component], verdict);
        named += is_named(found, scan.fail_on) ? 1 : 0;
        if (rows.size() == static_cast<std::size_t>(limit) && shown.output == Output::table) continue;
        TRY_VALUE(json::Value row, json::parse(found.text, {.floats = true}));
        rows.push_back(std::move(row));
    }
    const std::string what = document->name.empty() ? scan.file : document->name + " " + document->version;
    shown.sentence(fmt::format(
        "{} ({}, {} components) against {} advisories: affected by {}, {} of them exploited; of {} it cannot "
        "be told. Of {} components nothing can be said: they carry no version or name to match them by.",
        what, document->format, document->components.size(), file.size(), assessed.affected,
        assessed.exploited, assessed.unknown, assessed.not_assessed.size()));
    shown.page({{"ADVISORY", "/advisory", Format::id},
                {"SEVERITY", "/severity"},
                {"CVSS", "/cvss", Format::number, 1},
                {"EXPLOITED", "/exploited", Format::flag},
                {"COMPONENT", "/component"},
                {"VERSION", "/version"},
                {"VERDICT", "/verdict", Format::text, 3},
                {"FIXED IN", "/fixed_in", Format::text, 2},
                {"WHY", "/why", Format::text, 4}},
               rows, "Nothing known is open.");
    if (rows.size() < assessed.verdicts.size())
        shown.console->err(grouped(static_cast<long long>(rows.size())) + " of " +
                           grouped(static_cast<long long>(assessed.verdicts.size())) +
                           " shown; --limit N shows more.\n");
    if (tally.rejected > 0)
        shown.console->err(std::to_string(tally.rejected) + " records of the feeds could not be read.\n");
    if (named > 0) return base::invalid(std::to_string(named) + " findings are " + said_of(scan.fail_on));
    return {};
}

} // namespace oakum::cli
