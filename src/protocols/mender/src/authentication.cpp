// SPDX-License-Identifier: Apache-2.0
#include "state.hpp"

#include <base/client_key.hpp>
#include <base/digest.hpp>
#include <exchange/attributes.hpp>

namespace oakum::mender {
namespace {

struct Claim {
    std::string serial, mark, token;
    std::map<std::string, std::string> facts;
};

// The signature is over the bytes as they came; nothing of them is believed before.
base::Result<Claim> claim_of(const HttpRequest& request) {
    TRY_VALUE(const auto asked, mender_api::decode_auth_request(request.body));
    TRY_VALUE(const base::ClientKey key, base::ClientKey::pem(asked.pubkey));
    TRY_VALUE(const base::Bytes signature, base::from_base64(request.header("x-men-signature")));
    if (!key.verify(base::as_bytes(request.body), signature))
        return base::unauthenticated("the signature is not of this request and key");
    Claim claim;
    claim.serial = mender_api::serial_of(asked.identity);
    claim.mark = fleet::Guests::mark_of("mender key", key.digest().hex());
    claim.token = asked.tenant_token;
    std::map<std::string, std::string> told;
    for (const auto& [name, value] : asked.identity)
        told.emplace(std::string(exchange::kIdentity) + name, value);
    claim.facts = exchange::facts_of(told);
    if (const auto client = request.header("user-agent"); !client.empty())
        for (const auto& [name, value] : exchange::facts_of({{"client", std::string(client)}}))
            claim.facts.emplace(name, value);
    return claim;
}

} // namespace

void MenderProtocol::State::answer_known(const Exchange& exchange, const fleet::DeviceActor& device) {
    const auto row = services.core.fleet.device(device.key());
    if (!row || row->lifecycle == device::Lifecycle::pending)
        return exchange.respond(refused(401, base::unauthenticated("it waits for a person to accept it")));
    HttpResponse response;
    response.headers.emplace_back("Content-Type", "application/jwt");
    response.headers.emplace_back("Cache-Control", "no-store");
    response.body = passes.token(device, services.core.clock.now());
    exchange.respond(std::move(response));
}

void MenderProtocol::State::authenticate(Exchange exchange) {
    auto claim = claim_of(exchange.request);
    if (!claim.ok()) {
        const bool forged = claim.error().kind == base::ErrorKind::unauthenticated;
        return exchange.respond(refused(forged ? 401 : 400, claim.error()));
    }
    const auto known = services.guests.find(settings.tenant, claim->serial, claim->mark);
    const bool may_enter = !claim->token.empty() && services.guests.may_enter(settings.tenant, claim->token);
    // One that waits may have been given a token since.
    const auto row = known.ok() ? services.core.fleet.device(known->key()) : std::nullopt;
    const bool waits = row && row->lifecycle == device::Lifecycle::pending;
    if (known.ok() && !(waits && may_enter)) return answer_known(exchange, *known);
    fleet::GuestRequest asked;
    asked.token = may_enter ? claim->token : std::string();
    asked.mark = claim->mark;
    asked.serial = claim->serial;
    asked.protocol = "mender";
    asked.facts = std::move(claim->facts);
    // Strangers share what they may bring, and so do those with one token.
    bound_names(asked.facts, {}, {0, may_enter ? base::siphash24(1, 2, base::as_bytes(claim->token)) : 0});
    services.guests.admit(settings.tenant, std::move(asked),
                          [this, exchange = std::move(exchange)](base::Result<fleet::DeviceActor> device) {
                              if (!device.ok()) return exchange.respond(failed(device.error()));
                              answer_known(exchange, *device);
                          });
}

} // namespace oakum::mender
