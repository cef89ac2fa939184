// SPDX-License-Identifier: Apache-2.0
#include "advisories.hpp"

#include <advisory/compiler.hpp>
#include <algorithm>
#include <cli/table.hpp>
#include <compression/decompressor.hpp>
#include <feeds/reader.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <optional>
#include <ranges>
#include <risk/cvss.hpp>

namespace oakum::cli {
namespace {

constexpr std::size_t kSniffed = 64 << 10;
constexpr std::size_t kMostNamed = 10;

// Reads one feed file in pieces into the compiler. Of what is no feed nothing is taken, and `no_feed` is set
// beside the error.
base::Status read_feed(const std::string& path, advisory::AdvisoryCompiler& compiler, Advisories& out,
                       bool& no_feed) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return base::not_found("cannot read " + path);
    compression::Decompressor unpack;
    std::optional<feeds::FeedReader> reader;
    std::string first; // held back until the kind of feed is known
    const auto begin = [&]() -> base::Status {
        const auto kind = feeds::detect(first, path);
        no_feed = !kind.ok();
        if (no_feed) return kind.error();
        reader.emplace(*kind, [&](feeds::Item&& item) -> base::Status {
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
    if (!read.whole)
        return base::corrupt("it is cut off or broken in the middle, and half of it clears nothing");
    out.rejected += read.rejected;
    for (const advisory::Rejected& one : read.reasons)
        if (out.unread.size() < kMostNamed)
            out.unread.push_back(fmt::format("{}, {}: {}", path, one.where, one.reason));
    return {};
}

constexpr std::string_view kCompiled = ".oadb";
constexpr std::uintmax_t kLargestCompiled = 4ULL << 30;

base::Result<Advisories> open_compiled(const std::string& path) {
    std::error_code failed;
    const auto size = std::filesystem::file_size(path, failed);
    if (failed) return base::not_found("cannot read it: " + failed.message());
    if (size > kLargestCompiled) return base::too_large("compiled advisories of more than 4 GiB");
    Advisories out;
    out.bytes.resize(size);
    std::ifstream file(path, std::ios::binary);
    if (!file.read(reinterpret_cast<char*>(out.bytes.data()), static_cast<std::streamsize>(size)))
        return base::unavailable("cannot read it");
    TRY_VALUE(out.file, advisory::AdvisoryFile::open(out.bytes));
    TRY(out.file.verify());
    return out;
}

} // namespace

base::Result<Advisories> load_advisories(const std::vector<std::string>& paths) {
    if (paths.size() == 1 && paths.front().ends_with(kCompiled)) {
        auto compiled = open_compiled(paths.front());
        if (!compiled.ok()) return std::move(compiled).error().wrap(paths.front());
        return compiled;
    }
    TRY_VALUE(const std::vector<std::string> files, feed_files(paths));
    advisory::AdvisoryCompiler compiler(risk::base_score);
    Advisories out;
    for (const std::string& file : files) {
        bool no_feed = false;
        base::Status read = read_feed(file, compiler, out, no_feed);
        // A folder has other files too.
        if (no_feed && std::ranges::find(paths, file) == paths.end())
            out.left_out.push_back(file);
        else if (!read.ok())
            return std::move(read).error().wrap("reading " + file);
    }
    if (out.left_out.size() == files.size())
        return base::not_found(std::string("none of the ") + std::to_string(files.size()) +
                               " files there is a feed; the first of them is " + files.front());
    TRY_VALUE(out.bytes, compiler.compile());
    TRY_VALUE(out.file, advisory::AdvisoryFile::open(out.bytes));
    return out;
}

std::string left_out_line(const Advisories& advisories) {
    if (advisories.left_out.empty()) return {};
    std::string names;
    for (const std::string& path : advisories.left_out | std::views::take(kMostNamed))
        names += (names.empty() ? "" : ", ") + printable(path);
    if (advisories.left_out.size() > kMostNamed)
        names += fmt::format(" and {} more", advisories.left_out.size() - kMostNamed);
    return fmt::format("Left out, since they are no feeds: {}.\n", names);
}

std::string unread_line(const Advisories& advisories) {
    if (advisories.rejected == 0) return {};
    std::string line = advisories.rejected == 1
                           ? "1 record of the feeds could not be read, and is not used: "
                           : fmt::format("{} records of the feeds could not be read, and are not used: ",
                                         advisories.rejected);
    for (const std::string& one : advisories.unread)
        line += (&one == &advisories.unread.front() ? "" : "; ") + printable(one);
    if (advisories.rejected > advisories.unread.size())
        line += fmt::format("; and {} more", advisories.rejected - advisories.unread.size());
    return line + ".\n";
}

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
            if (at->is_regular_file() && (name.find(".json") != std::string::npos ||
                                          name.find(".csv") != std::string::npos || name.ends_with(".zip")))
                inside.push_back(at->path().string());
        }
        if (failed) return base::unavailable("listing " + path + ": " + failed.message());
        std::ranges::sort(inside);
        files.insert(files.end(), inside.begin(), inside.end());
    }
    if (files.empty())
        return base::not_found(
            "no feed files (.json, .jsonl, .csv, each also .gz or .zst; .zip) were found there");
    return files;
}

} // namespace oakum::cli
