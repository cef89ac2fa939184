// SPDX-License-Identifier: Apache-2.0
#include "decisions.hpp"
#include "early_return.hpp"

#include <algorithm>
#include <cmath>
#include <exception/wish.hpp>

namespace oakum::api {
namespace {

base::Result<exception::Wish> decode_wish(const json::Value& body) {
    TRY(body.only({"kind", "advisory", "also", "component", "versions", "below_score", "group", "query",
                   "justification", "metric", "reason", "evidence", "expires"}));
    exception::Wish wish;
    TRY_VALUE(const std::string kind, body.string_at("kind", 32));
    auto parsed = exception::parse_kind(kind);
    if (!parsed.ok()) return std::move(parsed).error().at("/kind");
    wish.kind = *parsed;
    const auto text = [&](std::string_view name, std::string& into, std::size_t most) -> base::Status {
        TRY_VALUE(auto value, body.optional_string_at(name, most));
        into = std::move(value).value_or("");
        return {};
    };
    TRY_VALUE(std::vector<std::string> ids, texts_at(body, "also", exception::kMostAdvisories - 1));
    TRY_VALUE(const auto first, body.optional_string_at("advisory", exception::kLongestId));
    if (!ids.empty() && first.value_or("").empty())
        return base::invalid("name the first vulnerability here, the further ones in `also`").at("/advisory");
    if (first && !first->empty()) ids.insert(ids.begin(), *first);
    TRY_VALUE(wish.subject.advisory, exception::advisories_text(ids));
    TRY(text("component", wish.subject.component, 1024));
    TRY(text("versions", wish.subject.versions, 1024));
    TRY(text("query", wish.scope.query, 8192));
    TRY(text("metric", wish.metric, 128));
    TRY(text("reason", wish.reason, 4096));
    TRY_VALUE(const auto below, body.optional_double_at("below_score"));
    if (below) {
        if (!(*below > 0) || *below > 10) return base::invalid("a score between 0 and 10").at("/below_score");
        wish.subject.below_tenths = static_cast<std::uint32_t>(std::lround(*below * 10));
    }
    TRY_VALUE(const auto group, body.optional_string_at("group", 64));
    if (group) {
        auto id = device::GroupId::parse(*group);
        if (!id.ok()) return base::invalid("the id of a group").at("/group");
        wish.scope.group = *id;
    }
    TRY_VALUE(const auto justification, body.optional_string_at("justification", 64));
    if (justification) {
        auto word = exception::parse_justification(*justification);
        if (!word.ok()) return std::move(word).error().at("/justification");
        wish.justification = *word;
    }
    TRY_VALUE(wish.evidence, texts_at(body, "evidence", 16));
    TRY_VALUE(const auto expires, body.optional_string_at("expires", 64));
    if (expires) {
        auto time = base::parse_time(*expires);
        if (!time.ok())
            return base::invalid("it is a day or a time like 2026-11-30T08:00:00Z").at("/expires");
        wish.expires = *time;
    }
    return wish;
}

void write_covers(Out& o, const Covers& v) {
    object(o, [&] { o("devices", v.devices)("findings", v.findings)("exploited", v.exploited); });
}

void write_standing(Out& o, const ports::FiguresRow& v) {
    object(o, [&] {
        o("exposed", v.exposed)("exploited", v.exploited)("overdue", v.overdue)("cannot_tell", v.cannot_tell);
        o("excepted", v.excepted)("findings_open", v.findings_open);
        o("risk", static_cast<double>(v.risk_thousandths) / 1000);
    });
}

std::optional<base::TimePoint> at(const std::optional<exception::Step>& step) {
    return step ? std::optional(step->at) : std::nullopt;
}

} // namespace

void write(Out& o, const exception::Step& v) {
    object(o, [&] { o("at", v.at)("state", v.to)("actor", v.actor)("why", some(v.why)); });
}

void write(Out& o, const Exception& v) {
    const exception::Wish& wish = v.row.wish;
    std::vector<std::string> ids = exception::advisories_of(wish.subject);
    std::optional<std::string> first;
    if (!ids.empty()) {
        first = std::move(ids.front());
        ids.erase(ids.begin());
    }
    object(o, [&] {
        o("id", v.row.id)("kind", wish.kind)("state", v.row.state)("sentence", v.sentence);
        o("advisory", first)("also", ids);
        o("component", some(wish.subject.component));
        o("versions", some(wish.subject.versions));
        o("below_score", wish.subject.below_tenths == 0
                             ? std::nullopt
                             : std::optional(static_cast<double>(wish.subject.below_tenths) / 10));
        o("group", v.group)("query", some(wish.scope.query));
        o("justification", some(exception::to_string(wish.justification)))("metric", some(wish.metric));
        o("reason", wish.reason)("evidence", wish.evidence)("expires", wish.expires);
        const exception::Course course = exception::course_of(v.row.history);
        const exception::Step approved = course.approved.value_or(exception::Step{});
        const exception::Step ended = course.ended.value_or(exception::Step{});
        o("asked_by", v.row.asked_by)("asked", course.asked);
        o("approved", at(course.approved))("approved_by", some(approved.actor));
        o("ended", at(course.ended))("ended_by", some(ended.actor))("ended_why", some(ended.why));
        o("history", v.row.history);
        o.w.key("covers");
        write_covers(o, v.covers);
        o("devices_query", v.devices_query)("ends_soon", v.ends_soon);
    });
}

void write(Out& o, const ExceptionPreview& v) {
    object(o, [&] {
        o("sentence", v.sentence)("devices_query", v.devices_query)("second_person", v.second_person);
        o.w.key("covers");
        write_covers(o, v.covers);
        o.w.key("before");
        write_standing(o, v.before);
        o.w.key("after");
        write_standing(o, v.after);
    });
}

void list_exceptions(Context& context, Call call) {
    OR_PROBLEM(page, page_parameters(call));
    constexpr std::array<std::pair<std::string_view, ExceptionFilter>, 7> kStates{
        {{"", ExceptionFilter::current},
         {"current", ExceptionFilter::current},
         {"asked", ExceptionFilter::asked},
         {"in_force", ExceptionFilter::in_force},
         {"ending", ExceptionFilter::ending},
         {"over", ExceptionFilter::over},
         {"all", ExceptionFilter::all}}};
    const std::string state = call.parameter("state");
    const auto known = std::ranges::find_if(kStates, [&](const auto& each) { return each.first == state; });
    if (known == kStates.end())
        return call.reply.problem(
            base::invalid("it is current, asked, in_force, ending, over or all").at("state"));
    OR_PROBLEM(from, time_parameter(call, "from"));
    OR_PROBLEM(to, time_parameter(call, "to"));
    exception::Period during;
    during.from = from->value_or(during.from);
    during.to = to->value_or(during.to);
    context.services.exceptions.list(call.actor(), known->second, during, *page,
                                     answer_page<Page<Exception>>(call));
}

void get_exception(Context& context, Call call) {
    PATH_ID(id, ports::ExceptionId);
    context.services.exceptions.get(call.actor(), *id, answer_json<Exception>(call));
}

void preview_exception(Context& context, Call call) {
    BODY(wish, kDecisionBody, decode_wish);
    context.services.exceptions.preview(call.actor(), std::move(*wish), answer_json<ExceptionPreview>(call));
}

void ask_exception(Context& context, Call call) {
    BODY(wish, kDecisionBody, decode_wish);
    context.services.exceptions.ask(call.actor(), std::move(*wish), answer_json<Exception>(call, 201));
}

void decide_exception(Context& context, Call call) {
    PATH_ID(id, ports::ExceptionId);
    OR_PROBLEM(why, decision_why(call));
    const exception::Event event = call.request.path.ends_with("/approve")  ? exception::Event::approved
                                   : call.request.path.ends_with("/refuse") ? exception::Event::refused
                                                                            : exception::Event::withdrawn;
    context.services.exceptions.decide(call.actor(), *id, event, std::move(*why),
                                       answer_json<Exception>(call));
}

} // namespace oakum::api
