// SPDX-License-Identifier: Apache-2.0
#include "early_return.hpp"
#include "encode.hpp"
#include "routes.hpp"

#include <device/query_fields.hpp>

namespace oakum::api {

void write(Out& o, const FleetFinding& v) {
    object(o, [&] {
        o("advisory", v.advisory.id)("title", v.advisory.title)("severity", v.advisory.severity)("cvss",
                                                                                                 v.cvss);
        o("epss", v.epss)("exploited", v.advisory.exploited)("component", v.component)("verdict", v.verdict);
        o("devices", v.devices)("reason", v.reason)("fixed_in", v.fixed_in)("disclosed", v.disclosed);
        o("accepted", v.accepted)("mitigated", v.mitigated)("not_affected", v.not_affected)("suppressed",
                                                                                            v.suppressed);
    });
}

void list_findings(Context& context, Call call) {
    FleetFindingWish wish;
    OR_PROBLEM(query, text_parameter(call, "query", device::kMaxQuerySent));
    wish.query = std::move(*query);
    OR_PROBLEM(page, page_parameters(call));
    const std::string state = call.parameter("state");
    if (state == "unknown")
        wish.filter = FleetFindingFilter::unknown;
    else if (state == "all")
        wish.filter = FleetFindingFilter::all;
    else if (state == "assumed")
        wish.filter = FleetFindingFilter::assumed;
    else if (!state.empty() && state != "open")
        return call.reply.problem(
            base::invalid("it is one of open, unknown, all, assumed; what was closed stands at each device")
                .at("state"));
    OR_PROBLEM(fix, text_parameter(call, "fix", 512));
    wish.fix = std::move(*fix);
    if (!wish.fix.empty() && wish.filter != FleetFindingFilter::open)
        return call.reply.problem(base::invalid("what a fix is about is open").at("state"));
    OR_PROBLEM(exploited, flag_parameter(call, "exploited"));
    wish.exploited = *exploited;
    OR_PROBLEM(as_of, as_of_parameter(context, call));
    wish.as_of = *as_of;
    if (wish.as_of && (!wish.fix.empty() || wish.filter == FleetFindingFilter::assumed))
        return call.reply.problem(
            base::invalid("fixes and deadlines are of now; what was open then is asked for without them")
                .at("as_of"));
    context.services.findings.list(call.actor(), std::move(wish), *page, answer_page<FleetFindingPage>(call));
}

void explain_finding(Context& context, Call call) {
    const std::string& id = call.path.front();
    if (auto valid = check_advisory_id(id); !valid.ok()) return call.reply.problem(std::move(valid).error());
    auto device = device::DeviceId::parse(call.parameter("device"));
    if (!device.ok()) return call.reply.problem(base::invalid("it is a device's id").at("device"));
    context.services.findings.explain(call.actor(), id, *device, answer_json<Explanation>(call));
}

} // namespace oakum::api
