// SPDX-License-Identifier: Apache-2.0
#include "decisions.hpp"

#include "session.hpp"

#include <cli/table.hpp>
#include <json/writer.hpp>

#include <filesystem>
#include <fstream>

namespace oakum::cli {

using ports::Method;

namespace {

constexpr const char* kOwn = "/api/v1/own-advisories";

void member(json::Writer& writer, std::string_view name, const std::string& text) {
    if (!text.empty()) writer.member(name, text);
}

void members(json::Writer& writer, std::string_view name, const std::vector<std::string>& texts) {
    if (texts.empty()) return;
    writer.key(name).begin_array();
    for (const std::string& each : texts)
        writer.value(each);
    writer.end_array();
}

std::vector<std::string> texts_at(const json::Value& value, std::string_view pointer) {
    std::vector<std::string> texts;
    if (const auto list = at(value, pointer))
        for (const json::Value& each : list->items())
            texts.emplace_back(each.text());
    return texts;
}

// What stands there unless something else was given.
std::string either(const std::string& given, const json::Value& stored, std::string_view pointer) {
    return given.empty() ? text_at(stored, pointer) : given;
}

// `products`: those that are stored, when no other one is given.
Api::Body body_of(const OwnAdvisory& advisory, const std::optional<json::Value>& products) {
    Api::Body body;
    json::Writer writer(body.bytes);
    writer.begin_object().member("title", advisory.title);
    member(writer, "description", advisory.description);
    member(writer, "workaround", advisory.workaround);
    member(writer, "vector", advisory.vector);
    member(writer, "severity", advisory.severity);
    member(writer, "embargo", advisory.embargo);
    member(writer, "embargo_until", advisory.embargo_until);
    if (advisory.exploited) writer.member("exploited", *advisory.exploited);
    members(writer, "references", advisory.references);
    members(writer, "aliases", advisory.aliases);
    writer.key("products");
    if (advisory.component.empty() && products) {
        writer.raw(products->source());
    } else {
        writer.begin_array().begin_object().member("component", advisory.component);
        member(writer, "scheme", advisory.scheme);
        member(writer, "introduced", advisory.introduced);
        member(writer, "fixed", advisory.fixed);
        member(writer, "last_affected", advisory.last_affected);
        writer.end_object().end_array();
    }
    writer.end_object();
    return body;
}

void show(const Flow& flow, const json::Value& advisory) {
    flow.shown.object({{"id", "/id", Format::id},
                       {"title", "/title"},
                       {"exploited", "/exploited", Format::flag},
                       {"other ids", "/aliases", Format::list, kOnlyWhenThere},
                       {"merged with", "/merged_with", Format::id, kOnlyWhenThere},
                       {"embargo", "/embargo", Format::text, kOnlyWhenThere},
                       {"changed", "/changed", Format::time}},
                      advisory);
}

base::Result<json::Value> own(const Flow& flow, const std::string& id) {
    std::string cursor;
    do {
        TRY_VALUE(const json::Value page, flow.api.get(target(kOwn, {{"limit", "500"}, {"cursor", cursor}})));
        TRY_VALUE(const json::Value items, page.array_at("items"));
        for (const json::Value& each : items.items())
            if (text_at(each, "/id") == id) return each;
        cursor = text_at(page, "/next_cursor");
    } while (!cursor.empty());
    return base::not_found("there is no advisory " + printable(id) +
                           " of your own; oakum advisory own lists them");
}

// What the row is about becomes what the exception is about; the further advisories are the answer.
base::Result<std::vector<std::string>> take_fix(const Flow& flow, NewException& exception) {
    TRY_VALUE(
        const json::Value ends,
        flow.api.get(target("/api/v1/fixes/ends", {{"fix", exception.fix}, {"query", exception.query}})));
    std::vector<std::string> ids;
    if (const auto rows = at(ends, "/rows"))
        for (const json::Value& row : rows->items())
            ids.push_back(text_at(row, "/id"));
    if (ids.empty()) return base::conflict("it ends nothing that is open: there is nothing to decide");
    // On how many devices, too.
    if (flow.shown.output == Output::table) flow.console.out(printable(text_at(ends, "/sentence")) + "\n");
    const auto left = static_cast<std::uint64_t>(number_at(ends, "/left_out"));
    if (left > 0)
        flow.console.err("One exception names " + std::to_string(ids.size()) + " vulnerabilities; " +
                         std::to_string(left) + " that weigh less stay open.\n");
    exception.advisory = ids.front();
    exception.query = text_at(ends, "/query");
    if (exception.component.empty()) exception.component = text_at(ends, "/component");
    ids.erase(ids.begin());
    return ids;
}

} // namespace

base::Status add_exception(const Flow& flow, const NewException& exception) {
    std::string group;
    if (!exception.group.empty()) {
        TRY_VALUE(group, id_of(flow.api, "group", exception.group));
    }
    NewException asked = exception;
    std::vector<std::string> also;
    if (!exception.fix.empty()) {
        TRY_VALUE(also, take_fix(flow, asked));
    }
    Api::Body body;
    json::Writer writer(body.bytes);
    writer.begin_object().member("kind", exception.kind).member("reason", exception.reason);
    member(writer, "advisory", asked.advisory);
    members(writer, "also", also);
    member(writer, "component", asked.component);
    member(writer, "versions", exception.versions);
    if (exception.below_score > 0) writer.member("below_score", exception.below_score);
    member(writer, "group", group);
    member(writer, "query", asked.query);
    member(writer, "justification", exception.justification);
    member(writer, "metric", exception.metric);
    members(writer, "evidence", exception.evidence);
    member(writer, "expires", exception.expires);
    writer.end_object();
    TRY_VALUE(const json::Value preview, flow.api.call(Method::post, "/api/v1/exceptions/preview", &body));
    if (flow.dry_run || flow.shown.output == Output::table)
        flow.shown.object({{"", "/sentence"},
                           {"covers devices", "/covers/devices", Format::integer},
                           {"covers findings", "/covers/findings", Format::integer},
                           {"of them exploited", "/covers/exploited", Format::integer},
                           {"exposed before", "/before/exposed", Format::integer},
                           {"exposed after", "/after/exposed", Format::integer},
                           {"overdue before", "/before/overdue", Format::integer},
                           {"overdue after", "/after/overdue", Format::integer},
                           {"somebody else approves", "/second_person", Format::flag}},
                          preview);
    if (flow.dry_run) {
        if (flow.shown.output == Output::table)
            flow.console.out("Nothing was changed; run it again without --dry-run.\n");
        return {};
    }
    TRY_VALUE(const json::Value made, flow.api.call(Method::post, "/api/v1/exceptions", &body));
    flow.shown.object({{"id", "/id", Format::id}, {"state", "/state"}}, made);
    if (flow.shown.output == Output::table && text_at(made, "/state") == "asked")
        flow.console.out("It counts once somebody else approves it: oakum exception approve " +
                         text_at(made, "/id") + "\n");
    return {};
}

base::Status add_advisory(const Flow& flow, const OwnAdvisory& advisory) {
    if (flow.dry_run)
        return changed_nothing(flow, "Would record \"" + printable(advisory.title) + "\" about " +
                                         printable(advisory.component));
    const Api::Body body = body_of(advisory, std::nullopt);
    TRY_VALUE(const json::Value made, flow.api.call(Method::post, kOwn, &body));
    show(flow, made);
    return {};
}

base::Status edit_advisory(const Flow& flow, const OwnAdvisory& given) {
    TRY_VALUE(const json::Value stored, own(flow, given.id));
    if (flow.dry_run) return changed_nothing(flow, "Would change " + printable(given.id));
    OwnAdvisory next = given;
    next.title = either(given.title, stored, "/title");
    next.description = either(given.description, stored, "/description");
    next.workaround = either(given.workaround, stored, "/workaround");
    next.vector = either(given.vector, stored, "/vector");
    next.severity = either(given.severity, stored, "/severity");
    next.embargo = either(given.embargo, stored, "/embargo");
    next.embargo_until = either(given.embargo_until, stored, "/embargo_until");
    if (!given.exploited) next.exploited = flag_at(stored, "/exploited");
    if (given.references.empty()) next.references = texts_at(stored, "/references");
    if (given.aliases.empty()) next.aliases = texts_at(stored, "/aliases");
    TRY_VALUE(const json::Value products, stored.array_at("products"));
    Api::Body body = body_of(next, products);
    body.headers.emplace_back(
        "If-Match", "\"v" + std::to_string(static_cast<std::uint64_t>(number_at(stored, "/version"))) + "\"");
    TRY_VALUE(const json::Value made,
              flow.api.call(Method::put, std::string(kOwn) + "/" + encode(given.id), &body));
    show(flow, made);
    return {};
}

base::Status export_vex(const Flow& flow, const VexOf& vex) {
    if (!vex.file.empty() && std::filesystem::exists(vex.file))
        return base::conflict(vex.file + " is there already: name a new file");
    std::string release;
    if (!vex.release.empty()) {
        TRY_VALUE(release, id_of(flow.api, "release", vex.release));
    }
    TRY_VALUE(const json::Value document, flow.api.get(target("/api/v1/vex", {{"format", vex.format},
                                                                              {"advisory", vex.advisory},
                                                                              {"release", release},
                                                                              {"query", vex.query}})));
    const std::string text = std::string(document.source()) + "\n";
    if (vex.file.empty()) {
        flow.console.out(text);
        return {};
    }
    std::ofstream out(vex.file, std::ios::binary);
    out << text;
    out.close();
    if (!out)
        return base::unavailable("writing " + vex.file + " failed: is there room, and may you write there?");
    flow.console.out(vex.file + " is written.\n");
    return {};
}

} // namespace oakum::cli
