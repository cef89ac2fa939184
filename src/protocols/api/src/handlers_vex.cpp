// SPDX-License-Identifier: Apache-2.0
#include "decode.hpp"
#include "early_return.hpp"
#include "routes.hpp"

#include <device/query_fields.hpp>

namespace oakum::api {

void get_vex(Context& context, Call call) {
    VexRequest request;
    OR_PROBLEM(query, text_parameter(call, "query", device::kMaxQuerySent));
    request.query = std::move(*query);
    const std::string format = call.parameter("format");
    if (format == "cyclonedx")
        request.format = VexFormat::cyclonedx;
    else if (!format.empty() && format != "openvex")
        return call.reply.problem(base::invalid("it is openvex or cyclonedx").at("format"));
    request.advisory = call.parameter("advisory");
    if (!request.advisory.empty())
        if (auto valid = check_advisory_id(request.advisory); !valid.ok())
            return call.reply.problem(std::move(valid).error().at("advisory"));
    if (const std::string release = call.parameter("release"); !release.empty()) {
        auto id = ports::ReleaseId::parse(release);
        if (!id.ok()) return call.reply.problem(base::invalid("the id of a release").at("release"));
        request.release = *id;
    }
    context.services.vex.document(call.actor(), std::move(request),
                                  [reply = call.reply](base::Result<std::string> document) {
                                      if (!document.ok()) return reply.problem(document.error());
                                      reply.json(200, std::move(*document));
                                  });
}

} // namespace oakum::api
