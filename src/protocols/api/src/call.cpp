// SPDX-License-Identifier: Apache-2.0
#include "call.hpp"

#include <algorithm>

#include "cursor.hpp"
#include "decode.hpp"

#include <json/parse.hpp>

#include <charconv>

namespace oakum::api {

void Reply::json(int status, std::string body,
                 std::vector<std::pair<std::string, std::string>> headers) const {
    ports::HttpResponse response;
    response.status = status;
    response.headers = std::move(headers);
    response.headers.emplace_back("Content-Type", "application/json");
    response.body = std::move(body);
    add_security_headers(response);
    send_(std::move(response));
}

void Reply::nothing() const {
    ports::HttpResponse response;
    response.status = 204;
    add_security_headers(response);
    send_(std::move(response));
}

void Reply::problem(const base::Error& error) const {
    send_(problem_of(*log_, error, id_));
}

void Reply::not_in_data(const base::Error& error, const std::optional<base::TimePoint>& newest_record) const {
    send_(api::not_in_data(*log_, error, id_, newest_record));
}

bool from_this_machine(const ports::HttpRequest& request) {
    for (const char* header : {"forwarded", "x-forwarded-for", "x-real-ip", "via"})
        if (!request.header(header).empty()) return false;
    return request.peer.loopback;
}

std::string_view session_cookie(const ports::HttpRequest& request) {
    return cookie_of(request, "__Host-oakum_session=");
}

std::string_view cookie_of(const ports::HttpRequest& request, std::string_view name) {
    std::string_view rest = request.header("cookie");
    while (!rest.empty()) {
        const std::size_t end = rest.find(';');
        std::string_view one = rest.substr(0, end);
        one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
        if (one.starts_with(name)) return one.substr(name.size());
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
    return {};
}

std::vector<GroupRef> groups_of(const Context& context, device::TenantId tenant,
                                const std::vector<device::GroupId>& ids) {
    std::vector<GroupRef> refs;
    for (const device::GroupId& id : ids) {
        const auto group = context.services.control.find<ports::GroupRow>(tenant, id);
        refs.push_back({.id = id, .name = group ? group->name : "(deleted)"});
    }
    return refs;
}

base::Result<std::optional<std::uint64_t>> expected_version(const Call& call) {
    std::string_view tag = call.request.header("if-match");
    if (tag.empty()) return std::optional<std::uint64_t>();
    std::uint64_t version = 0;
    const bool framed = tag.size() > 3 && tag.starts_with("\"v") && tag.ends_with('"');
    if (framed) {
        tag = tag.substr(2, tag.size() - 3);
        const auto [end, error] = std::from_chars(tag.data(), tag.data() + tag.size(), version);
        if (error == std::errc() && end == tag.data() + tag.size()) return std::optional(version);
    }
    return base::invalid("it is the ETag of what was read before").at("If-Match");
}

base::Result<std::optional<std::string>> expected_tag(const Call& call) {
    const std::string_view tag = call.request.header("if-match");
    if (tag.empty()) return std::optional<std::string>();
    if (tag.size() < 3 || tag.size() > 64 || !tag.starts_with('"') || !tag.ends_with('"'))
        return base::invalid("it is the ETag of what was read before").at("If-Match");
    return std::optional(std::string(tag.substr(1, tag.size() - 2)));
}

std::string tag_of_version(std::uint64_t version) {
    return "\"v" + std::to_string(version) + "\"";
}

base::Error told_who(const base::Error& conflict, const std::optional<ports::AuditRow>& last) {
    if (!last) return conflict;
    std::string what;
    const auto before = json::parse(last->before), after = json::parse(last->after);
    if (before.ok() && after.ok())
        for (const json::Value& member : after->items()) {
            const auto was = before->find(member.key());
            if (!was || was->source() != member.source())
                what.append(what.empty() ? "" : ", ").append(member.key());
        }
    return base::conflict(last->actor + " changed it first, at " + base::to_iso8601(last->at) +
                          (what.empty() ? std::string() : " (" + what + ")") +
                          "; nothing of yours was kept: look again, then change what is still needed")
        .at(conflict.where);
}

std::function<void(base::Status)> answer_nothing(const Call& call) {
    return [reply = call.reply](base::Status status) {
        if (!status.ok()) return reply.problem(status.error());
        reply.nothing();
    };
}

std::string Call::parameter(std::string_view name) const {
    const auto value = request.parameter(name);
    return value ? std::string(*value) : std::string();
}

base::Result<std::string> text_parameter(const Call& call, std::string_view name, std::size_t max) {
    std::string text = call.parameter(name);
    if (text.size() > max)
        return base::too_large("it has more than " + std::to_string(max) + " bytes").at(name);
    if (!base::is_utf8(text) || text.find('\0') != std::string::npos)
        return base::invalid("it is not text in UTF-8").at(name);
    return text;
}

base::Result<bool> flag_parameter(const Call& call, std::string_view name) {
    const std::string text = call.parameter(name);
    if (text.empty() || text == "false") return false;
    if (text == "true") return true;
    return base::invalid("it is true or false").at(name);
}

base::Result<std::optional<base::TimePoint>> time_parameter(const Call& call, std::string_view name) {
    TRY_VALUE(const std::string text, text_parameter(call, name, 32));
    if (text.empty()) return std::optional<base::TimePoint>();
    const auto time = base::parse_time(text);
    if (!time.ok()) return base::invalid("it is a day such as 2026-11-22, or a time").at(std::string(name));
    return std::optional(*time);
}

base::Result<std::optional<base::TimePoint>> as_of_parameter(const Context& context, const Call& call) {
    TRY_VALUE(auto time, time_parameter(call, "as_of"));
    constexpr std::size_t kDay = std::string_view("2026-11-22").size();
    const base::TimePoint now = context.services.clock.now();
    if (time && call.parameter("as_of").size() == kDay && *time <= now)
        time = std::min(*time + std::chrono::days(1) - base::Duration(1), now);
    return time;
}

base::Result<PageRequest> page_parameters(const Call& call) {
    PageRequest page;
    if (const std::string text = call.parameter("limit"); !text.empty()) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), page.limit);
        if (error != std::errc() || end != text.data() + text.size() || page.limit < 1 || page.limit > 500)
            return base::invalid("it is a number from 1 to 500").at("limit");
    }
    if (const std::string cursor = call.parameter("cursor"); !cursor.empty()) {
        TRY_VALUE(page.after, decode_cursor(list_of(call), cursor));
    }
    return page;
}

std::string list_of(const Call& call) {
    std::string list = call.actor().user.text() + call.request.path;
    for (const auto& [name, value] : call.request.query)
        if (name != "cursor" && name != "limit") list.append("\n").append(name).append("=").append(value);
    return list;
}

std::string next_cursor(const std::string& list, const std::string& after) {
    return encode_cursor(list, after);
}

base::Result<json::Value> json_body(const Call& call, std::size_t limit) {
    if (call.request.body.empty()) return base::invalid("the body is missing").at("line 1, column 1");
    return json::parse(call.request.body,
                       {.max_bytes = limit, .max_depth = 12, .max_values = 20'000, .floats = false});
}

void write_extra(Out& o, const DevicePage& page) {
    o("unknown", page.unknown);
}
void write_extra(Out& o, const AdvisoryPage& page) {
    o("newest_record", page.newest_record);
}
void write_extra(Out& o, const FleetFindingPage& page) {
    o("findings", page.findings)("complete", page.complete);
}
void write_extra(Out& o, const FixPage& page) {
    o("total_risk", page.total_risk)("devices_without_fix", page.devices_without_fix);
    o("unsupported", page.unsupported);
}

base::Result<std::string> why_of(const Call& call) {
    if (call.request.body.empty()) return std::string();
    TRY_VALUE(const json::Value body, json_body(call, 65'536));
    return decode_why(body, WhyIs::optional);
}

base::Status check_advisory_id(std::string_view id) {
    const auto good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' ||
               c == '.' || c == '_' || c == '-';
    };
    if (id.size() > 128 || !std::ranges::all_of(id, good))
        return base::invalid("an advisory's id is made of letters, digits, ':', '.', '_' and '-'").at("id");
    return {};
}

} // namespace oakum::api
