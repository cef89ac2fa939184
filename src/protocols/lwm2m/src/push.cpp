// SPDX-License-Identifier: Apache-2.0
// How a package gets to a device: the address that it fetches from, or the package itself in blocks.
#include "state.hpp"

#include <algorithm>

namespace oakum::lwm2m {

namespace coap = ports::coap;
using coap::Option;
using lwm2m_data::Path;

std::optional<std::string> Lwm2mProtocol::State::package_address(const Registration& registration,
                                                                 const exchange::Wanted& wanted,
                                                                 const Shown& shown) const {
    if (shown.delivery == Delivery::push) return std::nullopt;
    const std::string path = addresses.path_of(registration.device, wanted.deployment);
    const bool says = !shown.fetches.empty();
    const auto can = [&](Fetch fetch) {
        return std::ranges::find(shown.fetches, fetch) != shown.fetches.end();
    };
    // By the way that it came, with its own key; then by those that it names.
    if (registration.proven && (!says || can(Fetch::coaps)))
        return (settings.coaps_url.empty() ? registration.local : settings.coaps_url) + path;
    if (!registration.proven && (!says || can(Fetch::coap)))
        return (settings.coap_url.empty() ? registration.local : settings.coap_url) + path;
    if (can(Fetch::https) && !settings.https_url.empty())
        return settings.https_url + std::string(Downloads::kPrefix) + path;
    if (can(Fetch::coap) && !settings.coap_url.empty()) return settings.coap_url + path;
    return std::nullopt;
}

void Lwm2mProtocol::State::push(Registration& registration, const exchange::Wanted& wanted) {
    Push& at = *registration.work->push;
    const std::size_t size =
        static_cast<std::size_t>(std::min<std::uint64_t>(at.size, wanted.length - at.offset()));
    const auto path = services.updates.file(wanted);
    auto piece = path.ok() ? pieces.read(wanted.release.artifact, *path, at.offset(), size)
                           : base::Result<std::string>(path.error());
    if (!piece.ok())
        return fail(registration, wanted, install::Reason::download_failed, piece.error().message);
    CoapMessage request = to(registration, coap::kPut, Path{5, registration.firmware_instance, 0});
    request.add(Option::content_format, std::uint32_t{lwm2m_data::kOpaque})
        .add(Option::block1, coap::Block{at.number, at.offset() + size < wanted.length, at.size});
    if (at.number == 0 && wanted.length <= 0xffffffffU)
        request.add(Option::size1, static_cast<std::uint32_t>(wanted.length));
    request.payload = *std::move(piece);
    ask(registration, std::move(request),
        [this, wanted](Registration& held, const Answer& answer) { pushed(held, wanted, answer); });
}

void Lwm2mProtocol::State::pushed(Registration& registration, const exchange::Wanted& wanted,
                                  const Answer& answer) {
    Work& work = *registration.work;
    // What was taken back meanwhile is not pushed on.
    const auto now_wanted = services.updates.current(registration.device, false);
    const bool goes_on = now_wanted && now_wanted->deployment.id == wanted.deployment.id &&
                         now_wanted->deployment.attempt == wanted.deployment.attempt &&
                         now_wanted->deployment.state == install::State::downloading;
    if (!work.push || !goes_on) {
        work.push.reset();
        work.shown.reset();
        return poll(registration);
    }
    Push& at = *work.push;
    const std::uint8_t code = answer.message ? answer.message->code : std::uint8_t{0};
    const auto block = answer.message ? answer.message->block(Option::block1) : std::nullopt;
    if (answer.message && answer.message->is_success()) {
        const std::uint64_t next = at.offset() + at.size;
        if (next >= wanted.length) {
            work.push.reset();
            work.shown.reset();
            return poll(registration);
        }
        // It may wish for smaller blocks.
        if (block && block->size < at.size) at.size = block->size;
        at.number = static_cast<std::uint32_t>(next / at.size);
        return push(registration, wanted);
    }
    const bool smaller = code == coap::kTooLarge && at.size > 16 && (!block || block->size < at.size);
    constexpr unsigned kMostRestarts = 6;
    if ((smaller || code == coap::kIncomplete) && at.restarts < kMostRestarts) {
        if (smaller) at.size = block ? block->size : at.size / 2;
        at.number = 0;
        ++at.restarts;
        return push(registration, wanted);
    }
    work.push.reset();
    const auto reason =
        code == coap::kTooLarge ? install::Reason::out_of_space : install::Reason::agent_error;
    fail(registration, wanted, reason,
         "it does not take the package (/5/0/0): " + (answer.message ? coap::text(code) : "reset"));
}

} // namespace oakum::lwm2m
