// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "encode.hpp"
#include "problem.hpp"

#include <api/api.hpp>
#include <json/value.hpp>

#include <algorithm>
#include <charconv>
#include <map>
#include <string>
#include <vector>

namespace oakum::api {

class StaticFiles;

// What all handlers share.
struct Context {
    Services services;
    Settings settings;
    std::unique_ptr<StaticFiles> files;

    struct Streams {
        base::Mutex mutex;
        std::map<access::UserId, std::size_t> open GUARDED_BY(mutex);
        std::size_t total GUARDED_BY(mutex) = 0;
    };
    std::shared_ptr<Streams> streams = std::make_shared<Streams>();
};

// The way back to the peer of one request: used once, from any thread.
class Reply {
  public:
    Reply(std::function<void(ports::HttpResponse)> send, std::string id, base::LogSink& log)
        : send_(std::move(send)), id_(std::move(id)), log_(&log) {}

    // The same request, answered another way.
    Reply to(std::function<void(ports::HttpResponse)> send) const {
        return Reply(std::move(send), id_, *log_);
    }
    void send(ports::HttpResponse response) const { send_(std::move(response)); }
    void json(int status, std::string body,
              std::vector<std::pair<std::string, std::string>> headers = {}) const;
    void nothing() const; // 204
    // Logged once, here.
    void problem(const base::Error& error) const;
    void not_in_data(const base::Error& error, const std::optional<base::TimePoint>& newest_record) const;

  private:
    std::function<void(ports::HttpResponse)> send_;
    std::string id_;
    base::LogSink* log_;
};

// From this machine itself, and not handed on by a proxy on it, which would make everyone local.
bool from_this_machine(const ports::HttpRequest& request);

// One request whose sender was authenticated and may ask for the route at all.
struct Call {
    ports::HttpRequest request;
    governance::Principal principal; // empty on public routes
    std::vector<std::string> path;   // what stood for {id}
    Reply reply;

    const access::Actor& actor() const { return principal.actor; }
    device::TenantId tenant() const { return device::TenantId(principal.actor.tenant); }
    // A parameter's value, empty when missing.
    std::string parameter(std::string_view name) const;
};

// The secret of the session that the browser sent, or nothing.
std::string_view session_cookie(const ports::HttpRequest& request);
std::string_view cookie_of(const ports::HttpRequest& request, std::string_view name);

std::vector<GroupRef> groups_of(const Context& context, device::TenantId tenant,
                                const std::vector<device::GroupId>& ids);

// `"v7"`, as a thing's ETag told it; nothing without If-Match. Errors: invalid.
base::Result<std::optional<std::uint64_t>> expected_version(const Call& call);
std::string tag_of_version(std::uint64_t version);
// Any other ETag, without its quotes.
base::Result<std::optional<std::string>> expected_tag(const Call& call);
// Two people edit one thing: who comes second is told who was first, and what that changed.
template <class T>
Answer<T> or_who_was_first(Context& context, const Call& call, std::string resource, Answer<T> answer);

// A parameter that is too long is an error, told as a problem of that name.
base::Result<std::string> text_parameter(const Call& call, std::string_view name, std::size_t max);
// "true", or "false" or nothing.
base::Result<bool> flag_parameter(const Call& call, std::string_view name);
// A whole number; nothing when it is missing. Errors: invalid, at its name.
template <class Number>
base::Result<std::optional<Number>> number_parameter(const Call& call, std::string_view name) {
    const std::string text = call.parameter(name);
    if (text.empty()) return std::optional<Number>();
    Number number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || end != text.data() + text.size())
        return base::invalid("it is a whole number").at(name);
    return std::optional(number);
}

// A moment or a day; nothing when it is missing.
base::Result<std::optional<base::TimePoint>> time_parameter(const Call& call, std::string_view name);
// The parameter `as_of`: a moment, or the end of a day, which is now when that is today.
base::Result<std::optional<base::TimePoint>> as_of_parameter(const Context& context, const Call& call);
base::Result<PageRequest> page_parameters(const Call& call);
// Which list and filter a cursor belongs to: everything of the request but the cursor and the limit.
std::string list_of(const Call& call);

template <class Id> base::Result<Id> id_in_path(const Call& call) {
    auto id = Id::parse(call.path.front());
    // Not an id: there is no such thing. What the path holds is not repeated.
    if (!id.ok()) return base::not_found("there is nothing with this id").at("id");
    return id;
}

std::string next_cursor(const std::string& list, const std::string& after);

// The body as JSON within the route's limit. Errors: invalid, with the place.
base::Result<json::Value> json_body(const Call& call, std::size_t limit);
// The reason in a body that may be missing.
base::Result<std::string> why_of(const Call& call);
// Errors: invalid, at "id".
base::Status check_advisory_id(std::string_view id);

std::function<void(base::Status)> answer_nothing(const Call& call);

// The conflict with what the audit log says of the thing's last change.
base::Error told_who(const base::Error& conflict, const std::optional<ports::AuditRow>& last);

template <class T>
Answer<T> or_who_was_first(Context& context, const Call& call, std::string resource, Answer<T> answer) {
    return [&context, tenant = call.tenant(), resource = std::move(resource),
            answer = std::move(answer)](base::Result<T> result) {
        if (result.ok() || result.error().kind != base::ErrorKind::conflict ||
            result.error().where != "If-Match")
            return answer(std::move(result));
        context.services.audit.last_change(
            tenant, resource,
            [answer, conflict = result.error()](base::Result<std::optional<ports::AuditRow>> last) {
                answer(told_who(conflict, last.ok() ? *last : std::nullopt));
            });
    };
}

template <class T> Answer<T> answer_json(const Call& call, int status = 200) {
    return [reply = call.reply, status](base::Result<T> result) {
        if (!result.ok()) return reply.problem(result.error());
        reply.json(status, to_json(*result));
    };
}

// With an ETag over the body: who has it already gets 304.
template <class T> Answer<T> answer_tagged(const Call& call) {
    return [reply = call.reply,
            known = std::string(call.request.header("if-none-match"))](base::Result<T> result) {
        if (!result.ok()) return reply.problem(result.error());
        std::string body = to_json(*result);
        const std::string tag = "\"" + base::sha256(body).hex().substr(0, 32) + "\"";
        if (known == tag) {
            ports::HttpResponse unchanged;
            unchanged.status = 304;
            unchanged.headers.emplace_back("ETag", tag);
            return reply.send(std::move(unchanged));
        }
        // no-store keeps shared and browser caches out; the client that asked may keep it itself.
        reply.json(200, std::move(body), {{"ETag", tag}});
    };
}

template <class P, class Item>
std::string page_json(const P& page, const std::vector<Item>& items, const std::string& list) {
    std::string body;
    Out o(body);
    object(o, [&] {
        o("items", items)("next_cursor",
                          page.next ? std::optional(next_cursor(list, *page.next)) : std::nullopt);
        if (page.total) o("total", *page.total);
        write_extra(o, page);
    });
    return body;
}

// What pages of some nouns say beside their items.
template <class T> void write_extra(Out&, const Page<T>&) {}
void write_extra(Out& o, const DevicePage& page);
void write_extra(Out& o, const AdvisoryPage& page);
void write_extra(Out& o, const FixPage& page);
void write_extra(Out& o, const FleetFindingPage& page);
void write_extra(Out& o, const AlarmPage& page);

template <class P> Answer<P> answer_page(const Call& call) {
    return [reply = call.reply, list = list_of(call)](base::Result<P> page) {
        if (!page.ok()) return reply.problem(page.error());
        reply.json(200, page_json(*page, page->items, list));
    };
}

// A list that is held whole: the page after the index that the cursor names.
template <class T> Page<T> cut(std::vector<T> all, const PageRequest& request) {
    Page<T> page;
    page.total = all.size();
    std::size_t from = 0;
    for (const char c : request.after)
        from = c >= '0' && c <= '9'
                   ? std::min<std::size_t>(from * 10 + static_cast<std::size_t>(c - '0'), all.size())
                   : all.size();
    const std::size_t to = std::min(all.size(), from + request.limit);
    for (std::size_t i = from; i < to; ++i)
        page.items.push_back(std::move(all[i]));
    if (to < all.size()) page.next = std::to_string(to);
    return page;
}

// "publish" of ".../actions/publish".
inline std::string_view last_segment(const Call& call) {
    return std::string_view(call.request.path).substr(call.request.path.rfind('/') + 1);
}

} // namespace oakum::api
