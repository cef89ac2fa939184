// SPDX-License-Identifier: Apache-2.0
#include "blocks.hpp"

namespace oakum::lwm2m {

using ports::coap::Option;

std::variant<ports::CoapMessage, std::uint8_t> Bodies::take(std::uint64_t link, ports::CoapMessage request,
                                                            base::Duration now) {
    if (!request.option(Option::block1)) {
        bodies_.erase(link);
        return request;
    }
    const auto block = request.block(Option::block1);
    if (!block || request.payload.size() > block->size ||
        (block->more && request.payload.size() != block->size))
        return ports::coap::kBadRequest;
    const std::string asked = std::to_string(request.code) + request.path();
    auto at = bodies_.find(link);
    if (block->number == 0) {
        if (at == bodies_.end() && bodies_.size() >= kMost) {
            std::erase_if(bodies_, [&](const auto& each) { return now - each.second.since > kPatience; });
            if (bodies_.size() >= kMost) return ports::coap::kUnavailable;
        }
        at = bodies_.insert_or_assign(link, Body{asked, {}, now}).first;
    }
    if (at == bodies_.end() || at->second.asked != asked) return ports::coap::kIncomplete;
    Body& body = at->second;
    if (block->offset() + request.payload.size() > kLongest) {
        bodies_.erase(at);
        return ports::coap::kTooLarge;
    }
    // One that comes again, since its answer was lost.
    const bool again = block->offset() + request.payload.size() <= body.bytes.size();
    if (block->offset() > body.bytes.size() || (!again && block->offset() != body.bytes.size())) {
        bodies_.erase(at);
        return ports::coap::kIncomplete;
    }
    if (!again) body.bytes += request.payload;
    body.since = now;
    if (block->more) return ports::coap::kContinue;
    request.payload = std::move(body.bytes);
    bodies_.erase(at);
    return request;
}

} // namespace oakum::lwm2m
