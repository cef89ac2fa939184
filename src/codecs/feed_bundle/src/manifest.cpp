// SPDX-License-Identifier: Apache-2.0
#include <feed_bundle/manifest.hpp>

#include <json/parse.hpp>
#include <json/writer.hpp>

#include <algorithm>
#include <set>

namespace oakum::feed_bundle {
namespace {

constexpr std::string_view kForm = "oakum feed bundle";
constexpr std::uint64_t kVersion = 1;

base::Result<Entry> entry_of(const json::Value& value) {
    TRY(value.only({"name", "kind", "part", "url", "fetched", "size", "sha256"}));
    Entry entry;
    TRY_VALUE(entry.name, value.string_at("name", 200));
    if (!is_plain_name(entry.name)) return value.at("name")->wrong("it is no plain file name");
    TRY_VALUE(entry.kind, value.string_at("kind", 40));
    TRY_VALUE(entry.part, value.string_at("part", 200));
    TRY_VALUE(entry.url, value.string_at("url", 4096));
    TRY_VALUE(const std::string fetched, value.string_at("fetched", 64));
    TRY_VALUE(entry.fetched, base::parse_time(fetched));
    TRY_VALUE(entry.size, value.uint_at("size"));
    TRY_VALUE(const std::string sum, value.string_at("sha256", 64));
    TRY_VALUE(entry.sha256, base::Digest256::parse(sum));
    return entry;
}

} // namespace

bool is_plain_name(std::string_view name) {
    if (name.empty() || name.size() > 90 || name.front() == '.') return false;
    return std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '-' || c == '_' || c == '+';
    });
}

std::string to_json(const Manifest& manifest) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object()
        .member("form", kForm)
        .member("version", kVersion)
        .member("made", base::to_iso8601(manifest.made))
        .key("feeds")
        .begin_array();
    for (const Entry& entry : manifest.entries)
        writer.begin_object()
            .member("name", entry.name)
            .member("kind", entry.kind)
            .member("part", entry.part)
            .member("url", entry.url)
            .member("fetched", base::to_iso8601(entry.fetched))
            .member("size", entry.size)
            .member("sha256", entry.sha256.hex())
            .end_object();
    writer.end_array().end_object();
    return text;
}

base::Result<Manifest> read_manifest(std::string_view text) {
    json::Limits limits;
    limits.max_bytes = kLongestManifest;
    TRY_VALUE(const json::Value value, json::parse(text, limits));
    TRY_VALUE(const std::string form, value.string_at("form", 64));
    TRY_VALUE(const std::uint64_t version, value.uint_at("version"));
    if (form != kForm) return base::invalid("this is no bundle of feeds");
    if (version != kVersion)
        return base::invalid("this bundle has the form " + std::to_string(version) +
                             "; this program reads form " + std::to_string(kVersion));
    Manifest manifest;
    TRY_VALUE(const std::string made, value.string_at("made", 64));
    TRY_VALUE(manifest.made, base::parse_time(made));
    TRY_VALUE(const json::Value feeds, value.array_at("feeds", kMostEntries));
    std::set<std::string> names;
    for (const json::Value& each : feeds.items()) {
        TRY_VALUE(Entry entry, entry_of(each));
        if (!names.insert(entry.name).second) return each.wrong("the name " + entry.name + " stands twice");
        manifest.entries.push_back(std::move(entry));
    }
    if (manifest.entries.empty()) return base::invalid("this bundle has no feeds");
    return manifest;
}

} // namespace oakum::feed_bundle
