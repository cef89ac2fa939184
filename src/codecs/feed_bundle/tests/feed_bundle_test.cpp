// SPDX-License-Identifier: Apache-2.0
#include <feed_bundle/reader.hpp>
#include <tar/header.hpp>

#include <doctest/doctest.h>

#include <map>

using namespace oakum;
using namespace oakum::feed_bundle;

namespace {

Entry entry(const std::string& name, const std::string& text) {
    Entry made;
    made.name = name;
    made.kind = "osv";
    made.part = "osv-Go";
    made.url = "https://h/" + name;
    made.fetched = base::from_unix_ms(1'790'000'000'000);
    made.size = text.size();
    made.sha256 = base::sha256(text);
    return made;
}

std::string bundle(const Manifest& manifest, const std::vector<tar::Entry>& files) {
    std::vector<tar::Entry> all{{std::string(kManifestName), to_json(manifest)}};
    all.insert(all.end(), files.begin(), files.end());
    return tar::archive(all, manifest.made).value();
}

const std::string kLong(100'000, 'x');
const Manifest kManifest{base::from_unix_ms(1'790'000'000'000),
                         {entry("a.json", "{}"), entry("b.zip", kLong), entry("c", "")}};
const std::vector<tar::Entry> kFiles{{"feeds/a.json", "{}"}, {"feeds/b.zip", kLong}, {"feeds/c", ""}};

struct Read {
    std::map<std::string, std::string> files;
    base::Status status;
};
Read read(const std::string& bytes, std::size_t piece = 1000) {
    Read result;
    std::string name, text;
    Reader reader({[&](const Entry& begun) -> base::Status {
                       name = begun.name;
                       text.clear();
                       return {};
                   },
                   [&](base::ByteView view) -> base::Status {
                       text += base::as_text(view);
                       return {};
                   },
                   [&](const Entry& ended) -> base::Status {
                       result.files[ended.name] = text;
                       return {};
                   }});
    for (std::size_t at = 0; at < bytes.size() && result.status.ok(); at += piece)
        result.status = reader.feed(base::as_bytes(std::string_view(bytes).substr(at, piece)));
    if (result.status.ok()) result.status = reader.finish();
    return result;
}

} // namespace

TEST_CASE("a bundle gives back what went in, whatever the size of the pieces") {
    const std::string whole = bundle(kManifest, kFiles);
    CHECK(is_bundle(base::as_bytes(whole)));
    for (const std::size_t piece : {std::size_t{1}, std::size_t{511}, std::size_t{4096}, whole.size()}) {
        const Read got = read(whole, piece);
        REQUIRE(got.status.ok());
        CHECK(got.files == std::map<std::string, std::string>{{"a.json", "{}"}, {"b.zip", kLong}, {"c", ""}});
    }
    CHECK(read_manifest(to_json(kManifest)).value() == kManifest);
}

TEST_CASE("a bundle that is cut off, anywhere, is never whole") {
    const std::string whole = bundle(kManifest, kFiles);
    for (std::size_t size = 0; size + 512 < whole.size(); size += 509)
        CHECK_FALSE(read(whole.substr(0, size)).status.ok());
}

TEST_CASE("what is not what the manifest says is an error") {
    const auto wrong = [](std::vector<tar::Entry> files) {
        const Read got = read(bundle(kManifest, files));
        REQUIRE_FALSE(got.status.ok());
        return got.status.error().text();
    };
    auto files = kFiles;
    files[0].content = "[]";
    CHECK(wrong(files).find("a.json is not what") != std::string::npos);
    files = kFiles;
    files[1].content += "x";
    CHECK(wrong(files).find("b.zip has 100001 bytes") != std::string::npos);
    files = kFiles;
    std::swap(files[0], files[1]);
    CHECK(wrong(files).find("where its manifest names a.json") != std::string::npos);
    files = kFiles;
    files.pop_back();
    CHECK(wrong(files).find("ends before all") != std::string::npos);
    files = kFiles;
    files.push_back({"feeds/d", "x"});
    CHECK(wrong(files).find("names no more") != std::string::npos);
    CHECK(wrong({{"feeds/../a.json", "{}"}}).find("where its manifest names") != std::string::npos);
    CHECK_FALSE(read(bundle(kManifest, kFiles) + "more").status.ok());
    CHECK_FALSE(read(tar::archive(kFiles, {}).value()).status.ok());
}

TEST_CASE("names that lead elsewhere, stand twice, or are not told are no manifest") {
    const auto with = [](const std::string& name) {
        Manifest manifest = kManifest;
        manifest.entries.front().name = name;
        return read_manifest(to_json(manifest)).ok();
    };
    CHECK(with("x.json"));
    for (const char* name : {"../a", "a/b", "/etc/passwd", "", ".a", "b.zip", "a\\b", "a\nb"}) {
        CAPTURE(name);
        CHECK_FALSE(with(name));
    }
    for (const char* text :
         {"", "{}", "[]", R"({"form":"other","version":1,"made":"2026-01-01T00:00:00Z","feeds":[]})",
          R"({"form":"oakum feed bundle","version":2,"made":"2026-01-01T00:00:00Z","feeds":[]})",
          R"({"form":"oakum feed bundle","version":1,"made":"2026-01-01T00:00:00Z","feeds":[]})",
          R"({"form":"oakum feed bundle","version":1,"made":"x","feeds":[{}]})"})
        CHECK_FALSE(read_manifest(text).ok());
    CHECK_FALSE(is_bundle(base::as_bytes("{}")));
    CHECK_FALSE(is_bundle(base::as_bytes(tar::archive(kFiles, {}).value())));
}
