// SPDX-License-Identifier: Apache-2.0
#include "early_return.hpp"
#include "encode.hpp"
#include "routes.hpp"

namespace oakum::api {

void write(Out& o, const ports::FiguresRow& v) {
    object(o, [&] {
        o("day", base::to_date(v.day))("at", v.at)("devices", v.devices)("assessed", v.assessed);
        o("exposed", v.exposed)("exploited", v.exploited)("overdue", v.overdue)("cannot_tell", v.cannot_tell);
        o("excepted", v.excepted)("findings_mitigated", v.findings_mitigated);
        o("findings_accepted", v.findings_accepted)("findings_not_affected", v.findings_not_affected);
        o("findings_suppressed", v.findings_suppressed);
        o("quiet", v.quiet)("findings_open", v.findings_open)("verified", v.verified);
        o("risk", static_cast<double>(v.risk_thousandths) / 1000);
    });
}

void write(Out& o, const ports::MarkRow& v) {
    object(o, [&] {
        o("at", v.at)("kind", v.kind)("subject", v.subject.empty() ? std::nullopt : std::optional(v.subject));
        o("sentence", v.sentence);
    });
}

void write(Out& o, const Figures& v) {
    object(o, [&] {
        o("group", v.group)("from", base::to_date(v.from))("to", base::to_date(v.to));
        o("first_day", v.first_day ? std::optional(base::to_date(*v.first_day)) : std::nullopt);
        o("as_of", v.as_of)("held", v.held)("days", v.days)("marks", v.marks);
    });
}

void write(Out& o, const Heat::Row& v) {
    object(o, [&] {
        o("group", v.group)("site", v.site)("query", v.query)("owner", v.owner)("devices", v.devices);
        o("assessed", v.assessed)("exposed", v.exposed)("exploited", v.exploited)("overdue", v.overdue);
        o("cannot_tell", v.cannot_tell)("quiet", v.quiet)("risk", v.risk);
    });
}

void write(Out& o, const Heat& v) {
    object(o, [&] { o("as_of", v.as_of)("rows", v.rows); });
}

void write(Out& o, const AdvisoryThen& v) {
    object(o, [&] {
        o("id", v.id)("as_of", v.as_of)("devices", v.devices)("affected", v.affected);
        o("not_affected", v.not_affected)("cannot_tell", v.cannot_tell)("complete", v.complete);
        o("sentence", v.sentence);
    });
}

void write(Out& o, const Adoption::Model& v) {
    object(o, [&] { o("model", v.model)("devices", v.devices); });
}

void write(Out& o, const Adoption::Row& v) {
    object(o, [&] {
        o("day", base::to_date(v.day))("kind", v.kind)("version", v.version)("devices", v.devices);
    });
}

void write(Out& o, const Adoption& v) {
    object(o, [&] {
        o("model", v.model)("from", base::to_date(v.from))("to", base::to_date(v.to))("as_of", v.as_of);
        o("held", v.held)("models", v.models)("rows", v.rows);
    });
}

void get_adoption(Context& context, Call call) {
    AdoptionRequest request;
    if (call.request.parameter("model")) {
        OR_PROBLEM(model, text_parameter(call, "model", 512));
        request.model = *model;
    }
    OR_PROBLEM(from, time_parameter(call, "from"));
    OR_PROBLEM(to, time_parameter(call, "to"));
    request.from = *from;
    request.to = *to;
    context.services.figures.adoption(call.actor(), std::move(request), answer_json<Adoption>(call));
}

void get_heat(Context& context, Call call) {
    const std::string by = call.parameter("by");
    if (!by.empty() && by != "group" && by != "site")
        return call.reply.problem(base::invalid("it is group or site").at("by"));
    OR_PROBLEM(as_of, as_of_parameter(context, call));
    context.services.figures.heat(call.actor(), by == "site" ? HeatBy::site : HeatBy::group, *as_of,
                                  answer_json<Heat>(call));
}

void get_figures(Context& context, Call call) {
    FiguresRequest request;
    if (const std::string text = call.parameter("group"); !text.empty()) {
        const auto group = device::GroupId::parse(text);
        if (!group.ok()) return call.reply.problem(base::invalid("it is a group's id").at("group"));
        request.group = *group;
    }
    OR_PROBLEM(from, time_parameter(call, "from"));
    OR_PROBLEM(to, time_parameter(call, "to"));
    request.from = *from;
    request.to = *to;
    context.services.figures.figures(call.actor(), request, answer_json<Figures>(call));
}

} // namespace oakum::api
