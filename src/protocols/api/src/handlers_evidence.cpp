// SPDX-License-Identifier: Apache-2.0
#include "decode.hpp"
#include "early_return.hpp"
#include "routes.hpp"

namespace oakum::api {
namespace {

constexpr std::size_t kSmall = 65'536;

base::Result<base::TimePoint> day_at(const json::Value& body, std::string_view name) {
    TRY_VALUE(const std::string text, body.string_at(name, 64));
    const auto time = base::parse_time(text);
    if (!time.ok())
        return base::invalid("it is a day such as 2026-11-01, or a time").at("/" + std::string(name));
    return *time;
}

base::Result<EvidenceWish> decode_evidence(const json::Value& body) {
    TRY(body.only({"standard", "from", "to", "query", "why"}));
    EvidenceWish wish;
    TRY_VALUE(const auto why, body.optional_string_at("why", 1024));
    wish.why = why.value_or("");
    TRY_VALUE(const auto standard, body.optional_string_at("standard", 64));
    wish.standard = standard.value_or("general");
    TRY_VALUE(wish.from, day_at(body, "from"));
    TRY_VALUE(wish.to, day_at(body, "to"));
    // A day is there to its end.
    TRY_VALUE(const std::string to, body.string_at("to", 64));
    if (to.size() == std::string_view("2026-11-01").size())
        wish.to += std::chrono::days(1) - base::Duration(1);
    TRY_VALUE(const auto query, body.optional_string_at("query", 4096));
    wish.query = query.value_or("");
    return wish;
}

} // namespace

void write(Out& o, const EvidencePack& v) {
    object(o, [&] {
        o("file", v.file)("standard", v.standard)("from", v.from)("to", v.to)("query", v.query)("made",
                                                                                                v.made);
        o("made_by", v.made_by)("bytes", v.bytes)("left_out", v.left_out);
    });
}
void write(Out& o, const EvidenceStandard& v) {
    object(o, [&] { o("name", v.name)("title", v.title); });
}

void list_evidence(Context& context, Call call) {
    OR_PROBLEM(page, page_parameters(call));
    context.services.evidence.list(call.actor(), *page, answer_page<Page<EvidencePack>>(call));
}

void make_evidence(Context& context, Call call) {
    BODY(wish, kSmall, decode_evidence);
    context.services.evidence.make(call.actor(), std::move(*wish), answer_json<Job>(call, 202));
}

void get_evidence(Context& context, Call call) {
    context.services.evidence.file(
        call.actor(), call.path.front(),
        [reply = call.reply, name = call.path.front()](base::Result<EvidenceService::File> file) {
            if (!file.ok()) return reply.problem(file.error());
            ports::HttpResponse response;
            response.headers = {{"Content-Type", "application/x-tar"},
                                {"Content-Disposition", "attachment; filename=\"" + name + "\""}};
            response.body = ports::FileRange{.path = file->path, .offset = 0, .length = file->length};
            add_security_headers(response);
            reply.send(std::move(response));
        });
}

void delete_evidence(Context& context, Call call) {
    context.services.evidence.remove(call.actor(), call.path.front(),
                                     [reply = call.reply](base::Result<base::Nothing> done) {
                                         if (!done.ok()) return reply.problem(done.error());
                                         reply.nothing();
                                     });
}

void get_evidence_key(Context& context, Call call) {
    context.services.evidence.key(
        call.actor(), [reply = call.reply,
                       standards = context.services.evidence.standards()](base::Result<EvidenceKey> key) {
            if (!key.ok()) return reply.problem(key.error());
            std::string body;
            Out o(body);
            object(o, [&] { o("id", key->id)("pem", key->pem)("standards", standards); });
            reply.json(200, std::move(body));
        });
}

} // namespace oakum::api
