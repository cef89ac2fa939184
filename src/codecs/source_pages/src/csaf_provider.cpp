// SPDX-License-Identifier: Apache-2.0
#include <source_pages/csaf_provider.hpp>

#include <csv/reader.hpp>
#include <json/parse.hpp>

#include <algorithm>
#include <optional>

namespace oakum::source_pages {
namespace {

constexpr std::size_t kMostBytes = 128 << 20, kMostListings = 100, kMostEntries = 500'000, kMostLinks = 20;
constexpr std::size_t kLongestUrl = 2048, kLongestPath = 500, kMostTold = 20;

json::Limits limits() {
    json::Limits limits;
    limits.max_bytes = kMostBytes;
    limits.max_values = 12'000'000;
    limits.floats = true;
    return limits;
}

bool is_address(std::string_view url) {
    return url.size() <= kLongestUrl && (url.starts_with("https://") || url.starts_with("http://")) &&
           std::ranges::all_of(url, [](char c) {
               return c > 0x20 && c < 0x7F && c != '\\' && c != '"' && c != '#' && c != '<' && c != '>';
           });
}

// A path that stays below its folder.
bool is_path(std::string_view path) {
    if (path.empty() || path.size() > kLongestPath || path.front() == '/' || !path.ends_with(".json"))
        return false;
    const bool plain = std::ranges::all_of(path, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("-_.+~/").find(c) != std::string_view::npos;
    });
    return plain && path.find("..") == std::string_view::npos;
}

void leave_out(CsafEntries& out, std::string why) {
    if (out.left_out.size() < kMostTold) out.left_out.push_back(std::move(why));
}

std::string shown(std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, 100))
        out += c > 0x1F && c < 0x7F ? c : '?';
    return out;
}

// The address of the document itself, among an entry's links, or of its content.
base::Result<std::string> address_of(const json::Value& entry) {
    TRY_VALUE(const auto links, entry.optional_array_at("link", kMostLinks));
    if (links)
        for (const json::Value& link : links->items()) {
            TRY_VALUE(const auto rel, link.optional_string_at("rel", 100));
            if (rel != "self") continue;
            return link.string_at("href", kLongestUrl);
        }
    TRY_VALUE(const json::Value content, entry.object_at("content"));
    return content.string_at("src", kLongestUrl);
}

base::Result<CsafEntry> entry_of(const json::Value& value) {
    CsafEntry entry;
    TRY_VALUE(entry.url, address_of(value));
    if (!is_address(entry.url)) return base::invalid("an address that cannot be asked");
    TRY_VALUE(const std::string updated, value.string_at("updated", 64));
    TRY_VALUE(entry.updated, base::parse_time(updated));
    return entry;
}

std::string without_slash(std::string url) {
    while (url.ends_with('/'))
        url.pop_back();
    return url;
}

// The listings of one of the provider's distributions: it names feeds, or a folder, or both.
base::Status read_distribution(const json::Value& distribution, std::vector<CsafListing>& found) {
    TRY_VALUE(const auto folder, distribution.optional_string_at("directory_url", kLongestUrl));
    if (folder && is_address(*folder))
        found.push_back({CsafListing::Kind::directory, without_slash(*folder), false});
    TRY_VALUE(const auto rolie, distribution.optional_object_at("rolie"));
    if (!rolie) return {};
    TRY_VALUE(const json::Value feeds, rolie->array_at("feeds", kMostListings));
    for (const json::Value& feed : feeds.items()) {
        TRY_VALUE(std::string url, feed.string_at("url", kLongestUrl));
        TRY_VALUE(const auto label, feed.optional_string_at("tlp_label", 40));
        if (!is_address(url)) continue;
        const bool open = !label || *label == "WHITE" || *label == "CLEAR" || *label == "UNLABELED";
        found.push_back({CsafListing::Kind::rolie, std::move(url), !open});
    }
    return {};
}

} // namespace

base::Result<std::vector<CsafListing>> read_csaf_provider(std::string_view text) {
    TRY_VALUE(const json::Value provider, json::parse(text, limits()));
    if (!provider.is_object()) return base::invalid("this is no provider-metadata.json of CSAF");
    TRY_VALUE(const auto distributions, provider.optional_array_at("distributions", kMostListings));
    if (!distributions)
        return base::invalid("this is no provider-metadata.json of CSAF: it has no \"distributions\"");
    std::vector<CsafListing> found;
    for (const json::Value& distribution : distributions->items())
        TRY(read_distribution(distribution, found));
    std::vector<CsafListing> once;
    for (CsafListing& listing : found)
        if (std::ranges::find(once, listing) == once.end()) once.push_back(std::move(listing));
    if (once.empty())
        return base::invalid("its provider-metadata.json names no place where documents are listed");
    if (once.size() > kMostListings)
        return base::too_large("its provider-metadata.json names more than 100 places");
    return once;
}

base::Result<CsafEntries> read_rolie(std::string_view text) {
    TRY_VALUE(const json::Value document, json::parse(text, limits()));
    TRY_VALUE(const json::Value feed, document.object_at("feed"));
    TRY_VALUE(const auto entries, feed.optional_array_at("entry", kMostEntries));
    CsafEntries out;
    if (!entries) return out;
    std::uint64_t number = 0;
    for (const json::Value& value : entries->items()) {
        ++number;
        auto entry = entry_of(value);
        if (entry.ok())
            out.entries.push_back(*std::move(entry));
        else
            leave_out(out, "entry " + std::to_string(number) + ": " + entry.error().message);
    }
    return out;
}

base::Result<CsafEntries> read_csaf_changes(std::string_view text, const std::string& url) {
    if (text.size() > kMostBytes) return base::too_large("its changes.csv is larger than 128 MiB");
    CsafEntries out;
    csv::Limits bounds;
    bounds.max_rows = kMostEntries;
    const auto take = [&](csv::Row&& row) -> base::Status {
        const std::string where = "line " + std::to_string(row.line) + ": ";
        const auto at = row.fields.size() < 2 ? base::Result<base::TimePoint>(base::invalid("no time"))
                                              : base::parse_time(row.fields[1]);
        if (!at.ok())
            leave_out(out, where + "no path with a time: " + shown(row.fields.empty() ? "" : row.fields[0]));
        else if (!is_path(row.fields[0]))
            leave_out(out, where + "no path of a document: " + shown(row.fields[0]));
        else
            out.entries.push_back({url + "/" + row.fields[0], *at});
        return {};
    };
    csv::Reader reader({take,
                        [&](std::uint64_t line, const std::string& why) -> base::Status {
                            leave_out(out, "line " + std::to_string(line) + ": " + why);
                            return {};
                        }},
                       bounds);
    TRY(reader.feed(base::as_bytes(text)));
    TRY(reader.finish());
    if (out.entries.empty() && !out.left_out.empty())
        return base::invalid("its changes.csv is none: " + out.left_out.front());
    return out;
}

base::Status check_csaf_document(std::string_view text) {
    TRY_VALUE(const json::Value value, json::parse(text, limits()));
    TRY_VALUE(const json::Value document, value.object_at("document", 1000));
    TRY_VALUE(const json::Value tracking, document.object_at("tracking", 1000));
    TRY(tracking.string_at("id", 1000));
    return {};
}

} // namespace oakum::source_pages
