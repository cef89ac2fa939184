// SPDX-License-Identifier: Apache-2.0
#include "state.hpp"

#include <utility>

namespace oakum::hawkbit {

HawkbitProtocol::HawkbitProtocol(Services services, Settings settings)
    : state_(std::make_unique<State>(services, std::move(settings))) {}
HawkbitProtocol::~HawkbitProtocol() = default;

bool HawkbitProtocol::is_asked(std::string_view path) {
    if (!path.starts_with('/')) return false;
    const std::size_t tenant = path.find('/', 1);
    return tenant != std::string_view::npos && tenant > 1 &&
           path.substr(tenant).starts_with("/controller/v1/");
}

std::variant<ports::BufferBody, std::unique_ptr<ports::BodySink>, HttpResponse>
HawkbitProtocol::on_head(const HttpRequest& head) {
    auto admitted = state_->admit(head, false);
    if (auto* refused = std::get_if<HttpResponse>(&admitted)) return std::move(*refused);
    return ports::BufferBody{.limit = std::get<Admission>(admitted).route.limit};
}

void HawkbitProtocol::handle(HttpRequest request, Respond respond) {
    auto admitted = state_->admit(request, true);
    if (auto* refused = std::get_if<HttpResponse>(&admitted)) return respond(std::move(*refused));
    Admission& admission = std::get<Admission>(admitted);
    if (request.body.size() > admission.route.limit)
        return respond(
            failure(413, "the message has at most " + std::to_string(admission.route.limit) + " bytes"));
    auto made = std::make_shared<State::Exchange>(); // until the newcomer is in, which may take a commit
    made->route = std::move(admission.route);
    made->media = admission.media;
    made->request = std::move(request);
    made->respond = std::move(respond);
    if (auto* device = std::get_if<fleet::DeviceActor>(&admission.who)) {
        made->device = std::move(*device);
        return state_->dispatch(std::move(*made));
    }
    state_->enter(made->request, made->route, std::get<Newcomer>(admission.who).token,
                  [this, made](base::Result<fleet::DeviceActor> device) {
                      if (!device.ok()) return made->respond(state_->failed(device.error(), made->route));
                      made->device = std::move(*device);
                      state_->dispatch(std::move(*made));
                  });
}

void HawkbitProtocol::State::dispatch(Exchange exchange) {
    switch (exchange.route.act) {
    case Act::base:
        return poll(std::move(exchange));
    case Act::deployment:
    case Act::installed:
    case Act::confirmation:
        return deployment(std::move(exchange));
    case Act::deployment_feedback:
        return deployment_feedback(std::move(exchange));
    case Act::cancel:
        return exchange.respond(cancel(exchange));
    case Act::cancel_feedback:
        return cancel_feedback(std::move(exchange));
    case Act::attributes:
        return attributes(std::move(exchange));
    case Act::auto_confirm:
        return exchange.respond(auto_confirm(exchange));
    case Act::activate:
    case Act::deactivate:
        return change_asking(std::move(exchange));
    case Act::confirmation_feedback:
        return confirmation_feedback(std::move(exchange));
    case Act::files:
        return exchange.respond(list_files(exchange));
    case Act::file:
        return exchange.respond(file(exchange));
    case Act::unknown:
        return exchange.respond(no_such(exchange, "address"));
    }
}

} // namespace oakum::hawkbit
