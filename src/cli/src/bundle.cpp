// SPDX-License-Identifier: Apache-2.0
#include "bundle.hpp"

#include "flows.hpp"

#include <cli/table.hpp>
#include <feed_bundle/manifest.hpp>
#include <feed_sync/walk.hpp>
#include <tar/header.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace oakum::cli {
namespace {

namespace fs = std::filesystem;
using feed_bundle::Entry;
using source::Source;

constexpr const char* kUsual[] = {"kev", "epss", "cve", "osv", "apple"};
constexpr std::size_t kPiece = 256 << 10;

// What goes in: an entry, and how its bytes are read.
struct Packed {
    Entry entry;
    std::function<base::Status(const std::function<base::Status(base::ByteView)>&)> read;
};

base::Status read_path(const std::string& path, const std::function<base::Status(base::ByteView)>& piece) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return base::not_found("cannot read " + path);
    std::vector<char> buffer(kPiece);
    while (file) {
        file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        const std::string_view got(buffer.data(), static_cast<std::size_t>(file.gcount()));
        if (!got.empty()) TRY(piece(base::as_bytes(got)));
    }
    if (file.bad()) return base::unavailable("cannot read all of " + path);
    return {};
}

std::string plain(std::string name) {
    for (char& c : name)
        if (!feed_bundle::is_plain_name(std::string("a") + c)) c = '_';
    if (name.empty() || name.front() == '.') name.insert(0, 1, '_');
    return name.substr(0, 90);
}

// The same name twice would be one file.
std::string unused(std::string name, const std::vector<Packed>& packed) {
    const auto taken = [&](const std::string& wanted) {
        return std::ranges::any_of(packed, [&](const Packed& each) { return each.entry.name == wanted; });
    };
    std::string wanted = name;
    for (int i = 2; taken(wanted); ++i)
        wanted = std::to_string(i) + "-" + name.substr(0, 80);
    return wanted;
}

base::Result<std::vector<Source>> sources_of(const NewBundle& bundle) {
    std::vector<std::string> names = bundle.sources;
    if (names.empty() && bundle.files.empty()) names.assign(std::begin(kUsual), std::end(kUsual));
    std::vector<Source> sources;
    for (const std::string& name : names) {
        const Source* offered = source::find_offered(name);
        if (offered == nullptr) {
            std::string known;
            for (const Source& each : source::offered())
                known += (known.empty() ? "" : ", ") + each.name;
            return base::invalid("there is no source " + name + "; there are " + known);
        }
        sources.push_back(*offered);
    }
    for (const std::string& pair : bundle.urls) {
        const std::size_t equals = pair.find('=');
        const auto of = std::ranges::find(sources, pair.substr(0, equals), &Source::name);
        if (equals == std::string::npos || of == sources.end())
            return base::invalid("--url is NAME=URL, and NAME one of the sources that are fetched");
        of->url = pair.substr(equals + 1);
        if (of->url.find("{}") == std::string::npos) of->parts.clear();
        TRY(source::check(*of, bundle.own_addresses ? source::Plain::allowed : source::Plain::refused));
    }
    return sources;
}

// Everything that a source has; what could not be had is named.
void fetch(Console& console, Fetching& fetching, const Source& source, std::vector<Packed>& packed,
           std::vector<std::string>& missing) {
    feed_sync::Tools tools{fetching.fetcher(),
                           fetching.files(),
                           fetching.clock(),
                           fetching.random(),
                           console.wait,
                           [] { return false; },
                           [&console](const std::string& what, std::uint64_t done, std::uint64_t total) {
                               if (total > 0) progress(console, what, done, total);
                           }};
    for (feed_sync::Fetched& part : feed_sync::walk(tools, source, {}).parts) {
        if (!part.failed.empty()) {
            missing.push_back(part.part + ": " + part.failed);
            continue;
        }
        Packed one;
        one.entry.name = unused(plain(part.part), packed);
        one.entry.kind = source.kind;
        one.entry.part = part.part;
        one.entry.url = part.url;
        one.entry.fetched = console.now();
        one.read = [&files = fetching.files(), incoming = part.incoming](const auto& piece) {
            return files.read(incoming, piece);
        };
        packed.push_back(std::move(one));
    }
}

base::Status measure(Packed& packed) {
    base::Sha256 sum;
    packed.entry.size = 0;
    TRY(packed.read([&](base::ByteView piece) -> base::Status {
        sum.update(piece);
        packed.entry.size += piece.size();
        return {};
    }));
    packed.entry.sha256 = sum.finish();
    return {};
}

class Archive {
  public:
    explicit Archive(const fs::path& path) : file_(path, std::ios::binary | std::ios::trunc) {}

    base::Status add(const std::string& name, std::uint64_t size, base::TimePoint at, const auto& read) {
        TRY_VALUE(const tar::Block head, tar::to_block({name, size, at}));
        TRY(write(head));
        std::uint64_t written = 0;
        TRY(read([&](base::ByteView piece) -> base::Status {
            written += piece.size();
            return write(piece);
        }));
        if (written != size) return base::conflict(name + " changed while it was packed");
        return zeros(tar::filling(size));
    }
    base::Status end() {
        TRY(zeros(2 * tar::kBlock));
        file_.close();
        return file_ ? base::Status() : base::Status(base::unavailable("writing failed"));
    }

  private:
    base::Status write(base::ByteView bytes) {
        file_.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
        return file_ ? base::Status() : base::Status(base::unavailable("writing failed: is the disk full?"));
    }
    base::Status zeros(std::size_t count) { return write(base::Bytes(count)); }

    std::ofstream file_;
};

base::Status write(const std::string& path, base::TimePoint made, const std::vector<Packed>& packed) {
    feed_bundle::Manifest manifest;
    manifest.made = made;
    for (const Packed& each : packed)
        manifest.entries.push_back(each.entry);
    const std::string text = feed_bundle::to_json(manifest);
    const fs::path temporary = path + ".new";
    Archive archive(temporary);
    TRY(archive.add(std::string(feed_bundle::kManifestName), text.size(), made,
                    [&](const auto& piece) { return piece(base::as_bytes(text)); }));
    for (const Packed& each : packed)
        TRY(archive.add(std::string(feed_bundle::kFolder) + each.entry.name, each.entry.size,
                        each.entry.fetched, [&](const auto& piece) { return each.read(piece); }));
    TRY(archive.end());
    std::error_code failed;
    fs::rename(temporary, path, failed);
    if (failed) return base::unavailable("writing " + path + ": " + failed.message());
    return {};
}

} // namespace

base::Status make_bundle(Console& console, const NewBundle& bundle) {
    TRY_VALUE(const std::vector<Source> sources, sources_of(bundle));
    if (bundle.dry_run) {
        std::string would = "Would fetch:";
        for (const Source& source : sources)
            would += "\n  " + source.name + " from " + printable(source.url);
        console.out(would + "\nNothing was fetched; run it again without --dry-run.\n");
        return {};
    }
    const fs::path folder = bundle.file + ".parts"; // so that what is cut off is gone on with
    TRY_VALUE(const std::unique_ptr<Fetching> fetching,
              console.fetching({folder.string(), bundle.authorities, bundle.own_addresses}));
    std::vector<Packed> packed;
    std::vector<std::string> missing;
    for (const std::string& path : bundle.files) {
        Packed one;
        one.entry.name = unused(plain(fs::path(path).filename().string()), packed);
        one.entry.fetched = console.now();
        one.read = [path](const auto& piece) { return read_path(path, piece); };
        packed.push_back(std::move(one));
    }
    for (const Source& source : sources) {
        console.err("fetching " + source.name + "\n");
        fetch(console, *fetching, source, packed, missing);
    }
    for (Packed& each : packed)
        TRY(measure(each));
    std::string said;
    for (const std::string& each : missing)
        said += "\n  " + printable(each);
    if (packed.empty()) return base::unavailable("nothing could be had, so no bundle was written:" + said);
    TRY(write(bundle.file, console.now(), packed));
    std::error_code ignored;
    if (missing.empty()) fs::remove_all(folder, ignored);
    console.out(printable(bundle.file) + ": " + std::to_string(packed.size()) +
                (packed.size() == 1 ? " feed" : " feeds") + ". Carry it to the server: oakum feed import " +
                printable(bundle.file) + "\n");
    if (missing.empty()) return {};
    return base::unavailable("the bundle is without what could not be had:" + said);
}

} // namespace oakum::cli
