// SPDX-License-Identifier: Apache-2.0
#include "seen.hpp"

#include "settings.hpp"

#include <device_lists/file.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>

namespace oakum::cli {
namespace {

constexpr std::size_t kLargest = 64UL << 20, kMost = 4096;

std::string said(const device_lists::Record& record, const char* fact) {
    const auto at = record.facts.find(fact);
    return at == record.facts.end() ? std::string() : at->second;
}

std::string in_quotes(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\' || c == '*') out += '\\';
        out += c;
    }
    return out + "\"";
}

// The name of the device that has the network card, else the address; empty: none, or it cannot be told
// which.
base::Result<std::string> known_as(Api& api, const device_lists::Record& record) {
    for (const char* fact : {"x.mac", "address"}) {
        const std::string value = said(record, fact);
        if (value.empty()) continue;
        const std::string query = std::string(fact) + " = " + in_quotes(value);
        TRY_VALUE(const json::Value page,
                  api.get(target("/api/v1/devices", {{"query", query}, {"limit", "2"}})));
        const auto items = page.find("items");
        if (items && items->size() == 1) return text_at(*items->items().begin(), "/name");
    }
    return std::string();
}

} // namespace

base::Status show_seen(const Flow& flow, const std::string& file, bool unknown_only) {
    TRY_VALUE(const std::string text, read_file(file, kLargest));
    if (device_lists::form_of(text) == device_lists::Form::table)
        return base::invalid(file +
                             " is no scan of nmap (-oX) and no lease file of dnsmasq, ISC dhcpd or Kea");
    TRY_VALUE(const std::unique_ptr<device_lists::File> seen, device_lists::open(text, {}));
    std::string json;
    json::Writer writer(json);
    writer.begin_array();
    std::size_t count = 0;
    std::vector<std::string> notes = seen->notes();
    for (bool last = false; !last;) {
        TRY_VALUE(const device_lists::Piece piece, seen->next(256));
        last = piece.last;
        for (const device_lists::Refused& refused : piece.refused)
            notes.push_back("Line " + std::to_string(refused.line) + ": " + refused.reason + ".");
        for (const device_lists::Record& record : piece.records) {
            if (++count > kMost)
                return base::too_large("more than 4,096 devices in one file; look at a part of the network");
            TRY_VALUE(const std::string known, known_as(flow.api, record));
            if (unknown_only && !known.empty()) continue;
            writer.begin_object()
                .member("address", said(record, "address"))
                .member("mac", said(record, "x.mac"));
            writer.member("name", said(record, "name")).member("maker", said(record, "manufacturer"));
            writer.member("services", said(record, "x.services"))
                .member("seen_by", said(record, "x.seen_by"));
            writer.member("seen_at", said(record, "x.seen_at")).member("known_as", known).end_object();
        }
    }
    writer.end_array();
    if (flow.shown.output == Output::json) {
        flow.console.out(json + "\n");
        return {};
    }
    TRY_VALUE(const json::Value list, json::parse(json, {.max_bytes = 64UL << 20}));
    std::vector<json::Value> rows;
    for (const json::Value& row : list.items())
        rows.push_back(row);
    flow.shown.page({{"ADDRESS", "/address", Format::id},
                     {"MAC", "/mac", Format::id, 1},
                     {"NAME", "/name"},
                     {"MAKER", "/maker", Format::text, 3},
                     {"SERVICES", "/services", Format::text, 2},
                     {"SEEN", "/seen_at", Format::text, 4},
                     {"KNOWN AS", "/known_as"}},
                    rows, unknown_only ? "Every device that was seen is known." : "Nothing was seen.");
    if (flow.shown.output == Output::table)
        for (const std::string& note : notes)
            flow.shown.sentence(note);
    return {};
}

} // namespace oakum::cli
