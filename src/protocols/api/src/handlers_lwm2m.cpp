// SPDX-License-Identifier: Apache-2.0
#include "decode.hpp"
#include "early_return.hpp"
#include "encode.hpp"
#include "routes.hpp"

namespace oakum::api {

namespace {

constexpr std::size_t kSmall = 65'536;

} // namespace

void write(Out& o, const Lwm2mEndpoint& v) {
    object(o, [&] {
        o("endpoint", v.endpoint)("identity", v.identity)("group", v.group)("has_key", v.has_key)("created",
                                                                                                  v.created);
    });
}
void write(Out& o, const Lwm2mEndpointMade& v) {
    object(o, [&] { o("endpoint", v.endpoint)("key", v.key); });
}

void list_lwm2m_endpoints(Context& context, Call call) {
    auto page = page_parameters(call);
    if (!page.ok()) return call.reply.problem(page.error());
    context.services.lwm2m.list(call.actor(), *page, answer_page<Page<Lwm2mEndpoint>>(call));
}

void add_lwm2m_endpoint(Context& context, Call call) {
    BODY(endpoint, kSmall, decode_lwm2m_endpoint);
    context.services.lwm2m.add(call.actor(), std::move(*endpoint), answer_json<Lwm2mEndpointMade>(call, 201));
}

void remove_lwm2m_endpoint(Context& context, Call call) {
    context.services.lwm2m.remove(call.actor(), call.path.front(),
                                  [reply = call.reply](base::Result<base::Nothing> done) {
                                      if (!done.ok()) return reply.problem(done.error());
                                      reply.nothing();
                                  });
}

} // namespace oakum::api
